using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Totals;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Totals;

/// <summary>Totals of counties and of the levels above.</summary>
public static class TotalEndpoints
{
    /// <summary>Maps <c>/counties/{county}/years/{year}/totals</c>.</summary>
    public static void MapTotals(this RouteGroupBuilder year)
    {
        var totals = year.MapGroup("/totals").WithTags("totals").RequireRight(Right.ReadDivision);
        totals.MapGet("", GetCountyAsync).WithName("getTotals");
        totals.MapGet("/cells/{path}", GetCountyCellAsync).WithName("getTotalCell");
    }

    /// <summary>Maps <c>/divisions/{division}/years/{year}/totals</c>.</summary>
    public static void MapDivisionTotals(this RouteGroupBuilder api)
    {
        var totals = api.MapGroup("/divisions/{division}/years/{year:int}/totals").WithTags("totals").RequireRight(Right.ReadDivision);
        totals.MapGet("", GetAsync).WithName("getDivisionTotals");
        totals.MapGet("/cells/{path}", GetCellAsync).WithName("getDivisionTotalCell");
    }

    /// <summary>The county's totals.</summary>
    public static Task<Results<Ok<Total>, ProblemHttpResult>> GetCountyAsync(string county, int year, TotalStore totals, CancellationToken token) =>
        GetAsync(county, year, totals, token);

    /// <summary>Who contributed what to a cell.</summary>
    public static Task<Results<Ok<CellBreakdown>, ProblemHttpResult>> GetCountyCellAsync(
        string county, int year, string path, TotalStore totals, CancellationToken token) => GetCellAsync(county, year, path, totals, token);

    /// <summary>Totals of any division; the nation is 00.</summary>
    /// <remarks>Errors: <c>year_not_found</c>.</remarks>
    public static async Task<Results<Ok<Total>, ProblemHttpResult>> GetAsync(string division, int year, TotalStore totals, CancellationToken token) =>
        await totals.FindAsync(division, year, token) is { } total ? TypedResults.Ok(total) : Problems.YearNotFound(division, year);

    /// <summary>Which divisions below contributed what to a cell.</summary>
    /// <remarks>Errors: <c>cell_not_found</c>.</remarks>
    public static async Task<Results<Ok<CellBreakdown>, ProblemHttpResult>> GetCellAsync(
        string division, int year, string path, TotalStore totals, CancellationToken token) =>
        await totals.BreakDownAsync(division, year, path, token) is { } cell
            ? TypedResults.Ok(cell)
            : Problems.NotFound("cell_not_found", $"{division} 的 {year} 年度合计里没有“{path}”这一格；各格的路径见 GET /forms/{{form}} 的 cells。");
}
