using Dapper;
using Npgsql;

namespace Aggregator.Editions;

/// <summary>A unit's report that is in a county's total.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Revision">The revision that was added up.</param>
/// <param name="Prose">Its texts, in the order of <see cref="Forms.Form.Prose"/>.</param>
public sealed record IncludedReport(string Unit, int Revision, string?[] Prose);

/// <summary>What a county's report needs besides year, total and roster.</summary>
public sealed class ReportStore(NpgsqlDataSource database)
{
    // The total's row is there even if it has no sources: no row at all means that the total has moved on.
    const string SelectIncluded = """
        select s.unit, s.revision, r.prose
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
            : [.. rows.Where(r => r.Unit is not null).Select(r => new IncludedReport(r.Unit!, r.Revision!.Value, r.Prose!))];
    }

    sealed record IncludedRow(string? Unit, int? Revision, string?[]? Prose);
}
