using Aggregator.Api.Web;
using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Submissions;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Submissions;

/// <summary>What a report can begin with.</summary>
public static class PrefillEndpoints
{
    /// <summary>Maps <c>…/submissions/{unit}/prefill</c>.</summary>
    public static void MapPrefill(this RouteGroupBuilder unit) => unit.MapGet("/prefill", GetAsync).WithName("getPrefill");

    /// <summary>What last year's report says about this year's.</summary>
    /// <remarks>
    /// The opening balances as values, last year's 现行有效 as a reference, each with its reason. With units merged into this one,
    /// their numbers are added. Errors: <c>year_not_found</c>; <c>no_last_year</c> if no report of last year counts, or one of the
    /// merged units' is missing.
    /// </remarks>
    public static async Task<Results<Ok<Prefill>, ProblemHttpResult>> GetAsync(
        string county, int year, string unit, YearStore years, LastYearStore reports, CancellationToken token)
    {
        if (await years.FindAsync(county, year, token) is not { } found)
        {
            return Problems.YearNotFound(county, year);
        }

        return await reports.FindAsync(county, year, unit, token) is { } last
            ? TypedResults.Ok(Prefill.Of(unit, year, Form.Find(found.Form)!, last))
            : Problems.NotFound("no_last_year", $"“{unit}”没有已报送的 {year - 1} 年度报告可供预填（有单位并入的，各单位都要有），请据实填写。");
    }
}
