using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Api.Web.Charts;
using Aggregator.Documents.Writing;
using Aggregator.Forms;
using Aggregator.Totals;
using Aggregator.Units;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Aggregator.Api.Totals;

/// <summary>What the levels above a county ask: how far the divisions below are, how it was in other years, and both as charts.</summary>
public static class DivisionEndpoints
{
    /// <summary>Maps <c>/divisions/{division}/years/{year}</c> but for its totals.</summary>
    public static void MapDivisions(this RouteGroupBuilder api)
    {
        var year = api.MapGroup("/divisions/{division}/years/{year:int}").WithTags("divisions").RequireRight(Right.ReadDivision);
        year.MapGet("/standings", GetStandingsAsync).WithName("getDivisionStandings");
        year.MapGet("/progress", GetProgressAsync).WithName("getDivisionProgress");
        year.MapGet("/comparison", CompareAsync).WithName("getDivisionComparison");
        foreach (var format in ChartFile.Formats)
        {
            year.MapGet($"/charts/{{chart}}.{format.Extension}", ([AsParameters] ChartSource source, string chart, HttpRequest request, CancellationToken token) =>
                    SendChartAsync(source, chart, format, request, token))
                .WithName($"getDivisionChart{format.Name}").Produces<byte[]>(StatusCodes.Status200OK, format.MediaType)
                .WithSummary($"A chart as {format.Extension}: progress, outcomes, years or heat-map. Errors: chart_not_found, year_not_found, png_converter_missing.");
        }
    }

    /// <summary>How far the reports of a division and of the divisions below it are.</summary>
    /// <remarks>
    /// Completeness is filed / expected, timeliness on time / expected. <c>counties=true</c> lists all counties below instead of the
    /// next level. Above the county a number follows the reports within seconds. Errors: <c>year_not_found</c>.
    /// </remarks>
    public static async Task<Results<Ok<DivisionYear>, ProblemHttpResult>> GetStandingsAsync(
        string division, int year, DivisionStore divisions, CancellationToken token, bool counties = false) =>
        await divisions.FindAsync(division, year, counties, token) is { } found ? TypedResults.Ok(found) : Problems.YearNotFound(division, year);

    /// <summary>How many reports had come by the end of each day, this year and last.</summary>
    /// <remarks>Only days on which a report came are listed. Errors: <c>year_not_found</c>.</remarks>
    public static async Task<Results<Ok<Progress>, ProblemHttpResult>> GetProgressAsync(string division, int year, DivisionStore divisions, CancellationToken token) =>
        await divisions.FindAsync(division, year, counties: false, token) is { } found ? TypedResults.Ok(found.Progress) : Problems.YearNotFound(division, year);

    /// <summary>A year's totals beside those of the four years before, in the form of the year.</summary>
    /// <remarks>
    /// Where a year was reported in another form, a cell has a value only if that form has one that means the same; <c>notes</c> say
    /// why not. Errors: <c>year_not_found</c>.
    /// </remarks>
    public static async Task<Results<Ok<Comparison>, ProblemHttpResult>> CompareAsync(string division, int year, DivisionStore divisions, CancellationToken token) =>
        await divisions.CompareAsync(division, year, token) is { } comparison ? TypedResults.Ok(comparison) : Problems.YearNotFound(division, year);

    static async Task<Results<FileContentHttpResult, ProblemHttpResult>> SendChartAsync(
        ChartSource source, string name, FileFormat<Chart> format, HttpRequest request, CancellationToken token) =>
        (await source.FindAsync(name, token)).Is(out var chart, out var refusal)
            ? await Files.SendAsync(request, format, chart, $"{chart.Title}.{format.Extension}", token)
            : Problems.Of(refusal);
}

/// <summary>What a chart's address names.</summary>
/// <param name="Division">County or a level above.</param>
/// <param name="Year">Report year.</param>
/// <param name="Divisions">The numbers.</param>
/// <param name="Units">Names it.</param>
/// <param name="Time">The clock.</param>
public sealed record ChartSource(string Division, int Year, [FromServices] DivisionStore Divisions, [FromServices] UnitStore Units, [FromServices] TimeProvider Time)
{
    /// <summary>The chart with a name, its title saying whose it is. Refusals: <c>chart_not_found</c>, <c>year_not_found</c>.</summary>
    public async Task<Outcome<Chart>> FindAsync(string name, CancellationToken token)
    {
        if (name is not (DivisionCharts.Progress or DivisionCharts.Outcomes or DivisionCharts.Years or DivisionCharts.HeatMap))
        {
            return new Refusal(RefusalKind.NotFound, "chart_not_found", $"没有名为“{name}”的图：有 progress、outcomes、years、heat-map。");
        }

        var chart = name switch
        {
            DivisionCharts.Progress => await Divisions.FindAsync(Division, Year, counties: false, token) is { } found
                ? DivisionCharts.OfProgress(found.Progress, ChinaTime.DateOf(Time.GetUtcNow())) : null,
            DivisionCharts.HeatMap => Form.ForYear(Year) is { } form && await Divisions.ListFiguresAsync(Division, Year, form, token) is { Count: > 0 } parts
                ? DivisionCharts.OfParts(parts, form, _ => null) : null,
            _ => await Divisions.CompareAsync(Division, Year, token) is { } comparison
                ? name == DivisionCharts.Years ? DivisionCharts.OfYears(comparison) : DivisionCharts.OfOutcomes(comparison) : null,
        };
        return chart is null ? Problems.NoYear(Division, Year) : chart with { Title = $"{(await Units.FindAsync(Division, token))?.Name}{Year}年度{chart.Title}" };
    }
}
