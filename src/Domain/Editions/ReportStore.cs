using System.Data;
using System.Text.Json;
using Aggregator.Checks;
using Aggregator.Database;
using Aggregator.Totals;
using Aggregator.Years;
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

/// <summary>Puts a county's report together, all of it from one moment of the database.</summary>
public sealed class ReportStore(NpgsqlDataSource database, TotalStore totals, TimeProvider time)
{
    const string SelectIncluded = """
        select r.unit, r.revision, r.prose, r.figures, r.findings::text as findings, r.published_at, r.published_url,
            (select count(*)::int from audit a where a.county = r.county and a.year = r.year and a.subject = r.unit and a.action = 'return') as returned
        from unnest(@sources, @revisions) as s (unit, revision)
        join revision r on r.county = @county and r.year = @year and r.unit = s.unit and r.revision = s.revision
        order by r.unit
        """;

    /// <summary>
    /// The report as it stands: what the next edition would be, once the worker has added up what came in last. Null if the county
    /// has not opened the year.
    /// </summary>
    /// <param name="county">County.</param>
    /// <param name="year">Report year.</param>
    /// <param name="ownWords">False for the text that the county's own words replace.</param>
    /// <param name="token">Ends the work.</param>
    public async Task<CountyReport?> FindAsync(string county, int year, bool ownWords, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, token);
        return (await ReadAsync(connection, county, year, time.GetUtcNow(), countAnew: false, ownWords, token))?.Report;
    }

    /// <summary>
    /// The one way from the database to a report; the caller's transaction holds the moment. A published year's total says what
    /// its edition says, so what counts now has to be counted anew there.
    /// </summary>
    internal async Task<ReadReport?> ReadAsync(
        NpgsqlConnection connection, string county, int year, DateTimeOffset now, bool countAnew, bool ownWords, CancellationToken token)
    {
        if (await YearStore.FindAsync(connection, county, year, token) is not { } reportingYear
            || await TotalStore.ReadAsync(connection, county, year, token) is not { } total)
        {
            return null;
        }

        if (countAnew || total.PublishedEdition is not null)
        {
            total = total.With(await totals.CountAsync(connection, total, token), now);
        }

        var adjustments = await AdjustmentStore.ListAsync(connection, county, year, token);
        var narrative = ownWords ? await NarrativeStore.ListAsync(connection, county, year, token) : [];
        var roster = await RosterStore.ReadAsync(connection, county, year, now, token);
        var rows = await connection.QueryAsync<IncludedRow>(new CommandDefinition(
            SelectIncluded, new { county, year, sources = total.Sources, revisions = total.SourceRevisions }, cancellationToken: token));
        IncludedReport[] included = [.. rows.Select(r => r.ToReport())];
        var lastYear = (await TotalStore.ReadAsync(connection, county, year - 1, token))?.ToTotal();
        return new ReadReport(
            CountyReport.Of(reportingYear, total.Name, total.ToTotal(), roster, included, adjustments, now, lastYear, narrative), total, adjustments);
    }

    /// <summary>A report and what it was made of.</summary>
    internal sealed record ReadReport(CountyReport Report, TotalStore.TotalRow Total, IReadOnlyList<Adjustment> Adjustments);

    sealed record IncludedRow(
        string Unit, int Revision, string?[] Prose, decimal?[] Figures, string Findings, DateOnly? PublishedAt, string? PublishedUrl, int Returned)
    {
        public IncludedReport ToReport() => new(Unit, Revision, Prose, Figures,
            JsonSerializer.Deserialize(Findings, StoredJson.Readable.IReadOnlyListFinding)!, PublishedAt, PublishedUrl, Returned);
    }
}
