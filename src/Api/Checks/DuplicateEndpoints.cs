using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Checks;

/// <summary>A county's texts that are nearly the same.</summary>
/// <param name="County">County code.</param>
/// <param name="Year">Report year.</param>
/// <param name="Form">Form of the year.</param>
/// <param name="Duplicates">One entry for each section of a report that is like another; section by section, the most alike first.</param>
public sealed record DuplicateList(string County, int Year, string Form, IReadOnlyList<Duplicate> Duplicates);

/// <summary>Texts that a county should look at.</summary>
public static class DuplicateEndpoints
{
    /// <summary>Maps <c>…/duplicates</c>.</summary>
    public static void MapDuplicates(this RouteGroupBuilder year) =>
        year.MapGroup("/duplicates").WithTags("checks").RequireRight(Right.ReadDivision).MapGet("", GetAsync).WithName("getDuplicates");

    /// <summary>Texts nearly the same as another unit's, or as the unit's own last year's (雷同).</summary>
    /// <remarks>
    /// Computed on demand from the reports that count. For the county and above only: a unit may not read what others wrote.
    /// From when on texts are alike stands in the form's rule DUP; passages that more than half of the units share do not count.
    /// Errors: <c>year_not_found</c>.
    /// </remarks>
    public static async Task<Results<Ok<DuplicateList>, ProblemHttpResult>> GetAsync(
        string county, int year, YearStore years, ProseStore prose, RuleSettings rules, CancellationToken token)
    {
        if (await years.FindAsync(county, year, token) is not { } found)
        {
            return Problems.YearNotFound(county, year);
        }

        var form = Form.Find(found.Form)!;
        return TypedResults.Ok(new DuplicateList(county, year, form.Code, Duplicates.Find(form, year, await prose.ListAsync(county, year, token), rules)));
    }
}
