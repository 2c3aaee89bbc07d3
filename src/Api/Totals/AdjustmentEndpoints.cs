using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Forms;
using Aggregator.Totals;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Totals;

/// <summary>A correction as it is written.</summary>
/// <param name="Delta">What to add to the units' sum; negative to deduct; not zero.</param>
/// <param name="Reason">Why, in Chinese; it stands in the report's notes.</param>
public sealed record AdjustmentBody(decimal Delta, string Reason);

/// <summary>Explicit corrections of a county's totals.</summary>
public static class AdjustmentEndpoints
{
    const int MaxReason = 500;
    const decimal MaxDelta = 999_999_999_999_999m;

    /// <summary>Maps <c>…/totals/adjustments</c>.</summary>
    public static void MapAdjustments(this RouteGroupBuilder year)
    {
        var adjustments = year.MapGroup("/totals/adjustments").WithTags("totals");
        adjustments.MapGet("", ListAsync).WithName("listAdjustments").RequireRight(Right.ReadDivision);
        adjustments.MapPut("/{path}", PutAsync).WithName("putAdjustment").RequireRight(Right.ReviewReport);
        adjustments.MapDelete("/{path}", DeleteAsync).WithName("removeAdjustment").RequireRight(Right.ReviewReport);
    }

    /// <summary>The corrections in force.</summary>
    public static async Task<Ok<IReadOnlyList<Adjustment>>> ListAsync(string county, int year, AdjustmentStore adjustments, CancellationToken token) =>
        TypedResults.Ok(await adjustments.ListAsync(county, year, token));

    /// <summary>Correct a cell of the county's totals.</summary>
    /// <remarks>
    /// Only leaf cells; the 总计 follow. Errors: <c>year_not_found</c>, <c>cell_not_found</c>, <c>cell_computed</c>,
    /// <c>invalid_adjustment</c>, <c>year_published</c>.
    /// </remarks>
    public static async Task<Results<NoContent, ProblemHttpResult>> PutAsync(
        string county, int year, string path, AdjustmentBody body, HttpContext context, YearStore years, AdjustmentStore adjustments, StaleTotalNotifier stale, CancellationToken token)
    {
        if (await years.FindAsync(county, year, token) is not { } found)
        {
            return Problems.YearNotFound(county, year);
        }

        var form = Form.Find(found.Form)!;
        if (form.FindCell(path) is not { } cell)
        {
            return CellNotFound(path, year);
        }

        if (form.Computed.Any(b => b.Found[0] == cell))
        {
            return Problems.Of(new Refusal(RefusalKind.Unacceptable, "cell_computed", $"“{cell.Name}”由明细相加得出，不能直接更正；请更正相应的明细。"));
        }

        var reason = body.Reason.Trim();
        if (reason.Length is 0 or > MaxReason || reason.Any(char.IsControl))
        {
            return Invalid("reason", $"更正须写明理由，不超过 {MaxReason} 字，不含控制字符");
        }

        var places = cell.Column.Type == ColumnType.Amount ? 4 : 0;
        if (body.Delta == 0 || Math.Abs(body.Delta) > MaxDelta || decimal.Round(body.Delta, places) != body.Delta)
        {
            return Invalid("delta", places == 0 ? "更正数应为不等于0的整数" : "更正数应不等于0，最多四位小数");
        }

        return await WriteAsync(county, year, path, body.Delta, reason, context, adjustments, stale, token);
    }

    /// <summary>Remove the correction of a cell.</summary>
    /// <remarks>Errors: <c>adjustment_not_found</c>, <c>year_published</c>.</remarks>
    public static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string county, int year, string path, HttpContext context, AdjustmentStore adjustments, StaleTotalNotifier stale, CancellationToken token) =>
        (await adjustments.ListAsync(county, year, token)).Any(a => a.Path == path)
            ? await WriteAsync(county, year, path, 0, "撤销更正", context, adjustments, stale, token)
            : Problems.NotFound("adjustment_not_found", $"“{path}”这一格没有更正。");

    static async Task<Results<NoContent, ProblemHttpResult>> WriteAsync(
        string county, int year, string path, decimal delta, string reason, HttpContext context, AdjustmentStore adjustments, StaleTotalNotifier stale, CancellationToken token)
    {
        if (!await adjustments.PutAsync(county, year, path, delta, reason, context.Caller().Actor, token))
        {
            return Problems.Of(new Refusal(RefusalKind.Conflict, "year_published", $"{year} 年度已发布；请先重新打开年度再更正。"));
        }

        stale.Signal();
        return TypedResults.NoContent();
    }

    static ProblemHttpResult CellNotFound(string path, int year) =>
        Problems.NotFound("cell_not_found", $"{year} 年度的表里没有“{path}”这一格；各格的路径见 GET /forms/{{form}} 的 cells。");

    static ProblemHttpResult Invalid(string member, string detail) =>
        Problems.Of(new Refusal(RefusalKind.Invalid, "invalid_adjustment", $"{detail}。", [new RefusalError($"$.{member}", "invalid_adjustment", detail)]));
}
