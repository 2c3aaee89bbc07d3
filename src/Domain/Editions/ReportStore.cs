using System.Text.Json;
using Aggregator.Checks;
using Dapper;
using Npgsql;

namespace Aggregator.Editions;

/// <summary>A unit's report that is in a county's total.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Revision">The revision that was added up.</param>
/// <param name="Prose">Its texts, in the order of <see cref="Forms.Form.Prose"/>.</param>
/// <param name="Figures">Its numbers, in the order of <see cref="Forms.Form.Cells"/>.</param>
/// <param name="Findings">What its checks found and did not hold it up for.</param>
/// <param name="PublishedAt">When the unit published it.</param>
/// <param name="PublishedUrl">Where.</param>
/// <param name="Returned">How often the county has sent the unit's report back this year.</param>
public sealed record IncludedReport(
    string Unit, int Revision, string?[] Prose, decimal?[] Figures, IReadOnlyList<Finding> Findings, DateOnly? PublishedAt = null, string? PublishedUrl = null,
    int Returned = 0);

/// <summary>What a county's report needs besides year, total and roster.</summary>
public sealed class ReportStore(NpgsqlDataSource database)
{
    // The total's row is there even if it has no sources: no row at all means that the total has moved on.
    const string SelectIncluded = """
        select s.unit, s.revision, r.prose, r.figures, r.findings::text as findings, r.published_at, r.published_url,
            (select count(*)::int from audit a where a.county = t.division and a.year = t.year and a.subject = s.unit and a.action = 'return') as returned
        from total t
        left join lateral unnest(t.sources, t.source_revisions) as s (unit, revision) on true
        left join revision r on r.county = t.division and r.year = t.year and r.unit = s.unit and r.revision = s.revision
        where t.division = @county and t.year = @year and t.revision = @totalRevision
        order by s.unit
        """;

    /// <summary>The reports that a revision of a county's total was made of; null if the total has changed since.</summary>
    public async Task<IReadOnlyList<IncludedReport>?> ReadIncludedAsync(string county, int year, int totalRevision, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var rows = (await connection.QueryAsync<IncludedRow>(
            new CommandDefinition(SelectIncluded, new { county, year, totalRevision }, cancellationToken: token))).AsList();
        return rows.Count == 0 ? null
            : [.. rows.Where(r => r.Unit is not null).Select(r => new IncludedReport(r.Unit!, r.Revision!.Value, r.Prose!, r.Figures!,
                JsonSerializer.Deserialize(r.Findings!, StoredJson.Readable.IReadOnlyListFinding)!, r.PublishedAt, r.PublishedUrl, r.Returned))];
    }

    sealed record IncludedRow(
        string? Unit, int? Revision, string?[]? Prose, decimal?[]? Figures, string? Findings, DateOnly? PublishedAt, string? PublishedUrl, int Returned);
}
