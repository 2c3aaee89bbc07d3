using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Forms;
using Aggregator.Totals;
using Aggregator.Units;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Totals;

/// <summary>The pages of who looks at a city, a province or the nation, and those that compare, which a county has too.</summary>
public static class DivisionPages
{
    /// <summary>Maps <c>/divisions/{division}/years/{year}</c>.</summary>
    public static void MapDivisionPages(this IEndpointRouteBuilder app)
    {
        var year = app.MapGroup("/divisions/{division}/years/{year:int}").ExcludeFromDescription().RequireRight(Right.ReadDivision);
        year.MapGet("", ShowAsync);
        year.MapGet("/totals", ShowTotalAsync);
        year.MapGet("/totals/{path}", ShowCellAsync);
        year.MapGet("/comparison", CompareAsync);
        year.MapGet("/heat-map", ShowHeatMapAsync);
    }

    /// <summary>Address of a division's year, which for a county is the county's own page.</summary>
    internal static string AddressOf(string division, object year) =>
        UnitCode.IsCounty(division) ? $"/counties/{division}/years/{year}" : $"/divisions/{division}/years/{year}";

    /// <summary>The divisions below: how many reports are in, how many were in time; in order of a column, or by county.</summary>
    public static async Task<IResult> ShowAsync(
        string division, int year, HttpContext context, DivisionStore divisions, TimeProvider time, CancellationToken token, string sort = "rank", bool counties = false) =>
        UnitCode.IsCounty(division) ? Results.LocalRedirect(AddressOf(division, year))
        : await divisions.FindAsync(division, year, counties && division.Length == 2 && division != UnitCode.Nation, token) is { } found
            ? new RazorComponentResult<DivisionPage>(new { Division = found, Today = ChinaTime.DateOf(time.GetUtcNow()), Sort = sort, Counties = counties, Caller = context.Caller() })
            : RefusalPage.Of(context, Problems.NoYear(division, year), "/account");

    /// <summary>The totals as the statutory tables; each cell leads to the divisions that make it up.</summary>
    public static async Task<IResult> ShowTotalAsync(string division, int year, HttpContext context, TotalStore totals, CancellationToken token) =>
        UnitCode.IsCounty(division) ? Results.LocalRedirect($"{AddressOf(division, year)}/totals")
        : await totals.FindAsync(division, year, token) is { } total
            ? new RazorComponentResult<DivisionTotalPage>(new { Total = total, Before = await totals.FindAsync(division, year - 1, token) })
            : RefusalPage.Of(context, Problems.NoYear(division, year), "/account");

    /// <summary>One cell of the totals: which division contributed what, beside last year.</summary>
    public static async Task<IResult> ShowCellAsync(string division, int year, string path, HttpContext context, UnitStore units, TotalStore totals, CancellationToken token)
    {
        if (UnitCode.IsCounty(division))
        {
            return Results.LocalRedirect($"{AddressOf(division, year)}/totals/{Uri.EscapeDataString(path)}");
        }

        if (await totals.BreakDownAsync(division, year, path, token) is not { } cell)
        {
            return RefusalPage.Of(context, new Refusal(RefusalKind.NotFound, "cell_not_found", "没有这一格。"), $"{AddressOf(division, year)}/totals");
        }

        var before = await totals.BreakDownAsync(division, year - 1, path, token);
        return new RazorComponentResult<DivisionCellPage>(new
        {
            Division = division,
            Name = (await units.FindAsync(division, token))?.Name ?? division,
            Year = year,
            Cell = cell,
            Before = before?.Contributions.ToDictionary(c => c.Unit, c => c.Value),
        });
    }

    /// <summary>Five years side by side.</summary>
    public static async Task<IResult> CompareAsync(string division, int year, HttpContext context, DivisionStore divisions, CancellationToken token) =>
        await divisions.CompareAsync(division, year, token) is { } comparison
            ? new RazorComponentResult<ComparisonPage>(new { Comparison = comparison })
            : RefusalPage.Of(context, Problems.NoYear(division, year), "/account");

    /// <summary>The main figures of all divisions below, or of a county's units.</summary>
    public static async Task<IResult> ShowHeatMapAsync(string division, int year, HttpContext context, UnitStore units, DivisionStore divisions, CancellationToken token) =>
        Form.ForYear(year) is { } form && await divisions.ListFiguresAsync(division, year, form, token) is { Count: > 0 } parts
            ? new RazorComponentResult<HeatMapPage>(new { Division = division, Name = (await units.FindAsync(division, token))?.Name ?? division, Year = year, Form = form, Parts = parts })
            : RefusalPage.Of(context, Problems.NoYear(division, year), "/account");
}
