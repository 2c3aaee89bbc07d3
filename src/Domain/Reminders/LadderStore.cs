using System.Text.Json;
using Dapper;
using Npgsql;

namespace Aggregator.Reminders;

/// <summary>A county's ladder for a year with its revision, for If-Match; revision 0 is the default.</summary>
public sealed record StoredLadder(int Revision, Ladder Ladder);

/// <summary>The ladders of counties.</summary>
public sealed class LadderStore(NpgsqlDataSource database)
{
    const string Select = "select revision, body::text as body from ladder where county = @county and year = @year";

    const string Upsert = """
        with written as (
            insert into ladder as l (county, year, revision, body, actor, at)
            select @county, @year, 1, @body::jsonb, @actor, @now where coalesce(@ifRevision::int, 0) = 0 or exists (
                select from ladder where county = @county and year = @year and revision = @ifRevision)
            on conflict (county, year) do update set revision = l.revision + 1, body = excluded.body, actor = excluded.actor, at = excluded.at
            where @ifRevision::int is null or l.revision = @ifRevision
            returning revision
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @county, @now, @actor, 'put_ladder', @year, @county, @body::jsonb from written
        )
        select revision from written
        """;

    /// <summary>The ladder of a county's year; the default if it has set none.</summary>
    public async Task<StoredLadder> FindAsync(string county, int year, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(Select, new { county, year }, cancellationToken: token));
        return row is null ? new StoredLadder(0, Ladder.Default) : new StoredLadder(row.Revision, Read(row.Body));
    }

    /// <summary>Writes the ladder of a year that exists. Refusals: <c>invalid_ladder</c>, <c>stale_revision</c>.</summary>
    public async Task<Outcome<StoredLadder>> PutAsync(
        string county, int year, Ladder ladder, int? ifRevision, string actor, DateTimeOffset now, CancellationToken token)
    {
        if (ladder.Refuse() is { } refusal)
        {
            return refusal;
        }

        var body = JsonSerializer.Serialize(ladder, StoredJson.Readable.Ladder);
        await using var connection = await database.OpenConnectionAsync(token);
        var revision = await connection.ExecuteScalarAsync<int?>(new CommandDefinition(
            Upsert, new { county, year, body, ifRevision, actor, now }, cancellationToken: token));
        return revision is { } written ? new StoredLadder(written, ladder)
            : new Refusal(RefusalKind.Stale, "stale_revision", "催报安排刚刚被他人修改，请重新查看后再改。");
    }

    internal static Ladder Read(string? body) => body is null ? Ladder.Default : JsonSerializer.Deserialize(body, StoredJson.Readable.Ladder)!;

    sealed record Row(int Revision, string Body);
}
