using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Checks;

/// <summary>A county's numbers that are far off.</summary>
/// <param name="County">County code.</param>
/// <param name="Year">Report year.</param>
/// <param name="Form">Form of the year.</param>
/// <param name="Outliers">The numbers, the farthest off first.</param>
public sealed record OutlierList(string County, int Year, string Form, IReadOnlyList<Outlier> Outliers);

/// <summary>Numbers that a county should look at.</summary>
public static class OutlierEndpoints
{
    /// <summary>Maps <c>…/outliers</c>.</summary>
    public static void MapOutliers(this RouteGroupBuilder year) =>
        year.MapGroup("/outliers").WithTags("checks").RequireRight(Right.ReadDivision).MapGet("", GetAsync).WithName("getOutliers");

    /// <summary>Numbers far off the unit's own last year or the county's other units.</summary>
    /// <remarks>
    /// Computed on demand from the reports that count; none of them need be wrong. The limits stand in the form's rule OUT.
    /// Errors: <c>year_not_found</c>.
    /// </remarks>
    public static async Task<Results<Ok<OutlierList>, ProblemHttpResult>> GetAsync(
        string county, int year, YearStore years, LastYearStore reports, RuleSettings rules, CancellationToken token)
    {
        if (await years.FindAsync(county, year, token) is not { } found)
        {
            return Problems.YearNotFound(county, year);
        }

        var form = Form.Find(found.Form)!;
        return TypedResults.Ok(new OutlierList(county, year, form.Code,
            Outliers.Find(form, year, await reports.ListAsync(county, year, token), rules)));
    }
}
