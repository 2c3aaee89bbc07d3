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

/// <summary>How a finding came about.</summary>
/// <param name="Text">In Chinese, for the county and the file; at most 2,000 characters.</param>
/// <param name="Path">The cell that the finding is shown at; all findings of the rule if left out.</param>
public sealed record ExplanationBody(string Text, string? Path = null);

/// <summary>Findings that the county lets pass, and those that the unit explains.</summary>
public static class WaiverEndpoints
{
    /// <summary>Maps <c>…/submissions/{unit}/findings/{rule}/waive · explain</c>.</summary>
    public static void MapWaivers(this RouteGroupBuilder year)
    {
        var finding = year.MapGroup("/submissions/{unit}/findings/{rule}").WithTags("workflow");
        finding.MapPost("/waive", WaiveAsync).WithName("waiveFinding").RequireRight(Right.ReviewReport);
        finding.MapPost("/explain", ExplainAsync).WithName("explainFinding").RequireRight(Right.FileReport);
    }

    /// <summary>Let a hard finding of the newest revision pass.</summary>
    /// <remarks>
    /// A draft in which nothing hard is left counts as filed when it came in, unless it was read from a document: a person has to file
    /// that. The waiver holds for later revisions until a cell that the rule reads has changed; then the finding is hard again and
    /// names the lapsed waiver. Errors: <c>reason_required</c>, <c>finding_not_found</c>, <c>not_waivable</c>, <c>stale_revision</c>.
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

    /// <summary>Explain a warning or notice of the newest revision.</summary>
    /// <remarks>
    /// The finding stays and carries the explanation, in later revisions too until what the rule reads has changed; then the finding
    /// names the lapsed explanation. A second one takes the place of the first, which the audit keeps. Errors: <c>text_required</c>,
    /// <c>finding_not_found</c> (also for a hard finding: that one is corrected, or waived by the county), <c>stale_revision</c>.
    /// </remarks>
    public static async Task<Results<Ok<Revision>, ProblemHttpResult>> ExplainAsync(
        string county, int year, string unit, string rule, ExplanationBody body, HttpContext context, WaiverStore waivers, SubmissionStore submissions, CancellationToken token)
    {
        var explained = await waivers.ExplainAsync(submissions, county, year, unit, rule, body.Path, body.Text.Trim(), context.Caller().Actor, token);
        return explained.Is(out var revision, out var refusal) ? TypedResults.Ok(revision) : Problems.Of(refusal);
    }
}
