using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Documents.Writing;
using Aggregator.Editions;
using Aggregator.Totals;
using Aggregator.Units;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Editions;

/// <summary>The combined county report, put together anew on every request.</summary>
public static class ReportEndpoints
{
    /// <summary>
    /// Maps <c>report.json</c>, <c>report.html</c> and the report in each of <see cref="FileFormats.Report"/> below
    /// <c>/counties/{county}/years/{year}</c>.
    /// </summary>
    public static RouteGroupBuilder MapReport(this RouteGroupBuilder year)
    {
        var report = year.MapGroup("").WithTags("report").RequireRight(Right.ReadDivision);
        report.MapGet("/report.json", GetJsonAsync).WithName("getReport");
        report.MapGet("/report.html", GetHtmlAsync).WithName("getReportPage").Produces<string>(StatusCodes.Status200OK, "text/html");
        foreach (var format in FileFormats.Report)
        {
            report.MapGet($"/report.{format.Extension}", (string county, int year, [AsParameters] ReportSources sources, HttpRequest request, CancellationToken token) =>
                    SendAsync(format, county, year, sources, request, token))
                .WithName($"getReport{format.Name}").Produces<byte[]>(StatusCodes.Status200OK, format.MediaType.Split(';')[0])
                .WithSummary($"The report as {format.Extension}.");
        }

        return report;
    }

    /// <summary>The report as data.</summary>
    public static async Task<Results<Ok<CountyReport>, ProblemHttpResult>> GetJsonAsync(
        string county, int year, [AsParameters] ReportSources sources, CancellationToken token) =>
        await sources.FindAsync(county, year, token) is { } report ? TypedResults.Ok(report) : Problems.YearNotFound(county, year);

    /// <summary>The report as a page that stands alone when it is saved, and prints on A4.</summary>
    public static async Task<Results<RazorComponentResult<ReportPage>, ProblemHttpResult>> GetHtmlAsync(
        string county, int year, [AsParameters] ReportSources sources, CancellationToken token) =>
        await sources.FindAsync(county, year, token) is { } report
            ? new RazorComponentResult<ReportPage>(new { Report = report })
            : Problems.YearNotFound(county, year);

    static async Task<Results<FileContentHttpResult, ProblemHttpResult>> SendAsync(
        FileFormat<CountyReport> format, string county, int year, ReportSources sources, HttpRequest request, CancellationToken token) =>
        await sources.FindAsync(county, year, token) is { } report
            ? await Files.SendAsync(request, format, report, report.FileName(format.Suffix, format.Extension), token)
            : Problems.YearNotFound(county, year);
}

/// <summary>Where a report comes from.</summary>
/// <param name="Years">Report years.</param>
/// <param name="Units">Names.</param>
/// <param name="Totals">Figures.</param>
/// <param name="Rosters">Who is expected.</param>
/// <param name="Reports">What was added up.</param>
/// <param name="Adjustments">What the county corrected.</param>
/// <param name="Time">The clock.</param>
public sealed record ReportSources(
    YearStore Years, UnitStore Units, TotalStore Totals, RosterStore Rosters, ReportStore Reports, AdjustmentStore Adjustments, TimeProvider Time)
{
    /// <summary>The report, or null if the county has not opened the year.</summary>
    public async Task<CountyReport?> FindAsync(string county, int year, CancellationToken token)
    {
        if (await Years.FindAsync(county, year, token) is not { } reportingYear || await Units.FindAsync(county, token) is not { } unit)
        {
            return null;
        }

        // Figures and texts must be of the same reports: if a worker writes a new total between the two reads, read again.
        while (await Totals.FindAsync(county, year, token) is { } total)
        {
            if (await Reports.ReadIncludedAsync(county, year, total.Revision, token) is { } included)
            {
                var now = Time.GetUtcNow();
                var roster = await Rosters.ReadAsync(county, year, now, token);
                return CountyReport.Of(reportingYear, unit.Name, total, roster, included, await Adjustments.ListAsync(county, year, token), now,
                    await Totals.FindAsync(county, year - 1, token));
            }
        }

        return null;
    }
}
