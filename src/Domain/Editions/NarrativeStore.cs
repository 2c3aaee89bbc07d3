using Aggregator.Database;
using Dapper;
using Npgsql;

namespace Aggregator.Editions;

/// <summary>The county's own words for a section of its report.</summary>
/// <param name="Section">Code of the section.</param>
/// <param name="Revision">Counts the changes of this section's words; 0 before the first.</param>
/// <param name="Text">The words; null if there are none (any more).</param>
/// <param name="Actor">Id of the key that wrote them last.</param>
/// <param name="At">When.</param>
public sealed record NarrativeText(string Section, int Revision, string? Text, string? Actor = null, DateTimeOffset? At = null);

/// <summary>The county's own words. Each change of a section is a further row; taking them back as well.</summary>
public sealed class NarrativeStore(NpgsqlDataSource database, TimeProvider time)
{
    const string Select = """
        select distinct on (section) section, revision, text, actor, at from narrative
        where county = @county and year = @year order by section, revision desc
        """;

    const string Insert = """
        with seen as (
            select coalesce(max(revision), 0) as revision from narrative where county = @county and year = @year and section = @section
        ), written as (
            insert into narrative (county, year, section, revision, text, actor, at)
            select @county, @year, @section, revision + 1, @text, @actor, @now from seen where @ifRevision::int is null or revision = @ifRevision
            on conflict do nothing
            returning revision
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @county, @now, @actor, @action, @year, @section, jsonb_build_object('revision', revision) from written
        )
        select revision from written
        """;

    /// <summary>The county's words for each section for which there ever were any.</summary>
    public async Task<IReadOnlyList<NarrativeText>> ListAsync(string county, int year, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return await ListAsync(connection, county, year, token);
    }

    /// <summary>
    /// Writes a section's words, or takes them back with null; gives their revision. The year must be there. Refusals:
    /// <c>stale_revision</c>.
    /// </summary>
    public async Task<Outcome<NarrativeText>> PutAsync(
        string county, int year, string section, string? text, int? ifRevision, string actor, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var now = time.GetUtcNow();
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var revision = await connection.ExecuteScalarAsync<int?>(new CommandDefinition(
                Insert,
                new { county, year, section, text, ifRevision, actor, now, action = text is null ? "remove_narrative" : "put_narrative" },
                cancellationToken: token));
            if (revision is { } written)
            {
                return new NarrativeText(section, written, text, actor, now);
            }

            var newest = (await ListAsync(connection, county, year, token)).FirstOrDefault(n => n.Section == section)?.Revision ?? 0;
            if (ifRevision is { } seen && seen != newest)
            {
                return new Refusal(RefusalKind.Stale, "stale_revision", $"您依据的是第 {seen} 稿，现在是第 {newest} 稿；请先查看新稿再改。");
            }
        }

        return new Refusal(RefusalKind.Conflict, "busy", "这一部分正在被多人同时修改，请稍后重试。");
    }

    internal static async Task<IReadOnlyList<NarrativeText>> ListAsync(NpgsqlConnection connection, string county, int year, CancellationToken token) =>
        (await connection.QueryAsync<NarrativeText>(new CommandDefinition(Select, new { county, year }, cancellationToken: token))).AsList();
}
