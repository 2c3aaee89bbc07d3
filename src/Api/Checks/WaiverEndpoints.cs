using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Checks;
using Aggregator.Submissions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Checks;

/// <summary>Why a finding may pass.</summary>
/// <param name="Reason">In Chinese, for the file.</param>
/// <param name="Path">The cell that the finding is shown at; all findings of the rule if left out.</param>
public sealed record WaiverBody(string Reason, string? Path = null);

/// <summary>Findings that the county lets pass.</summary>
public static class WaiverEndpoints
{
    /// <summary>Maps <c>…/submissions/{unit}/findings/{rule}/waive</c>.</summary>
    public static void MapWaivers(this RouteGroupBuilder year) =>
        year.MapPost("/submissions/{unit}/findings/{rule}/waive", WaiveAsync).WithName("waiveFinding").WithTags("workflow").RequireRight(Right.ReviewReport);

    /// <summary>Let a hard finding of the newest revision pass.</summary>
    /// <remarks>
    /// A draft in which nothing hard is left counts as filed when it came in. The waiver holds for later revisions until a cell that
    /// the rule reads has changed; then the finding is hard again and names the lapsed waiver. Errors: <c>reason_required</c>,
    /// <c>finding_not_found</c>, <c>not_waivable</c>, <c>stale_revision</c>.
    /// </remarks>
    public static async Task<Results<Ok<Revision>, ProblemHttpResult>> WaiveAsync(
        string county, int year, string unit, string rule, WaiverBody body, HttpContext context, WaiverStore waivers, SubmissionStore submissions, StaleTotalNotifier stale, CancellationToken token)
    {
        var waived = await waivers.WaiveAsync(submissions, county, year, unit, rule, body.Path, body.Reason.Trim(), context.Caller().Actor, token);
        if (!waived.Is(out var revision, out var refusal))
        {
            return Problems.Of(refusal);
        }

        stale.Signal();
        return TypedResults.Ok(revision);
    }
}
