using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Api.Years;
using Aggregator.Checks;
using Aggregator.Forms;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Checks;

/// <summary>The page of what a county should look at although no rule is broken.</summary>
public static class AnomalyPages
{
    /// <summary>Maps <c>…/anomalies</c>.</summary>
    public static void MapAnomalyPages(this RouteGroupBuilder year) => year.MapGet("/anomalies", ShowAsync).RequireRight(Right.ReadDivision);

    /// <summary>Numbers that are far off, and texts that are nearly the same.</summary>
    public static async Task<IResult> ShowAsync([AsParameters] YearSource source, LastYearStore reports, ProseStore prose, RuleSettings rules, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var year, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        var form = Form.Find(year.Year.Form)!;

        // One is looked for while the other is: both are arithmetic on all that two years hold.
        var outliers = FindOutliersAsync();
        var duplicates = PairsOnce(Duplicates.Find(form, source.Year, await prose.ListAsync(source.County, source.Year, token), rules));
        return new RazorComponentResult<AnomaliesPage>(new
        {
            County = year,
            Outliers = await outliers,
            Duplicates = duplicates,
        });

        async Task<IReadOnlyList<Outlier>> FindOutliersAsync() => Outliers.Find(form, source.Year, await reports.ListAsync(source.County, source.Year, token), rules);
    }

    /// <summary>Two units whose texts are most like each other's are one line, not two.</summary>
    static IReadOnlyList<Duplicate> PairsOnce(IReadOnlyCollection<Duplicate> duplicates)
    {
        var pairs = duplicates.Select(d => (d.Path, d.Unit, Like: d.Like.Unit)).ToHashSet();
        return [.. duplicates.Where(d => string.CompareOrdinal(d.Unit, d.Like.Unit) <= 0 || !pairs.Contains((d.Path, d.Like.Unit, d.Unit)))];
    }
}
