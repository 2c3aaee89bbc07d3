using System.Globalization;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Api.Years;
using Aggregator.Totals;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Totals;

/// <summary>The pages of a county's totals: the statutory tables, and each cell with what it is made of and how it is corrected.</summary>
public static class TotalPages
{
    /// <summary>Maps <c>…/totals</c>.</summary>
    public static void MapTotalPages(this RouteGroupBuilder year)
    {
        var totals = year.MapGroup("/totals");
        totals.MapGet("", ShowAsync).RequireRight(Right.ReadDivision);
        totals.MapGet("/{path}", ShowCellAsync).RequireRight(Right.ReadDivision);
        totals.MapPost("/{path}/adjust", AdjustAsync).RequireRight(Right.ReviewReport);
        totals.MapPost("/{path}/unadjust", RemoveAdjustmentAsync).RequireRight(Right.ReviewReport);
    }

    /// <summary>The totals as the statutory tables; each cell leads to the units that make it up.</summary>
    public static async Task<IResult> ShowAsync([AsParameters] YearSource source, TotalStore totals, AdjustmentStore adjustments, CancellationToken token) =>
        (await source.FindAsync(token)).Is(out var year, out var refusal) && await totals.FindAsync(source.County, source.Year, token) is { } total
            ? new RazorComponentResult<TotalPage>(new
            {
                County = year,
                Total = total,
                Before = await totals.FindAsync(source.County, source.Year - 1, token),
                Adjustments = await adjustments.ListAsync(source.County, source.Year, token),
            })
            : RefusalPage.Of(source.Context, refusal ?? Problems.NoYear(source.County, source.Year));

    /// <summary>One cell of the totals: who contributed what, beside last year and the others.</summary>
    public static async Task<IResult> ShowCellAsync([AsParameters] YearSource source, string path, TotalStore totals, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var year, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        if (await totals.BreakDownAsync(source.County, source.Year, path, token) is not { } cell)
        {
            return RefusalPage.Of(source.Context, new Refusal(RefusalKind.NotFound, "cell_not_found", "没有这一格。"), $"{year.Address}/totals");
        }

        return new RazorComponentResult<TotalCellPage>(new
        {
            County = year,
            Cell = cell,
            Before = await totals.BreakDownAsync(source.County, source.Year - 1, path, token),
            MayAdjust = source.Context.Caller().May(Right.ReviewReport, source.County),
        });
    }

    /// <summary>Corrects a cell.</summary>
    public static async Task<IResult> AdjustAsync(
        [AsParameters] YearSource source, string path, TotalStore totals, AdjustmentStore adjustments, StaleTotalNotifier stale, CancellationToken token)
    {
        var form = await SignInPages.ReadAsync(source.Context.Request, token);
        // What is no number is refused as 0 is: in the endpoint's words.
        var delta = decimal.TryParse(form["delta"].ToString().Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return await PageForms.AnswerAsync(source.Context, "adjust",
            await AdjustmentEndpoints.PutAsync(source.County, source.Year, path, new AdjustmentBody(delta, form["reason"].ToString()), source.Context, source.Years, adjustments, stale, token),
            "更正已记下，合计几秒钟内重新算出。", $"{source.Address}/totals/{path}", () => ShowCellAsync(source, path, totals, token));
    }

    /// <summary>Takes a correction back.</summary>
    public static async Task<IResult> RemoveAdjustmentAsync(
        [AsParameters] YearSource source, string path, TotalStore totals, AdjustmentStore adjustments, StaleTotalNotifier stale, CancellationToken token) =>
        await PageForms.AnswerAsync(source.Context, "unadjust",
            await AdjustmentEndpoints.DeleteAsync(source.County, source.Year, path, source.Context, adjustments, stale, token),
            "更正已撤销，合计几秒钟内重新算出。", $"{source.Address}/totals/{path}", () => ShowCellAsync(source, path, totals, token));
}
