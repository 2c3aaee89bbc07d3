using Aggregator.Api.Access;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Submissions;
using Aggregator.Units;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Aggregator.Api.Submissions;

/// <summary>Why a step is taken.</summary>
/// <param name="Reason">In Chinese, for the other side and the file; at most 2,000 characters.</param>
public sealed record StepBody(string? Reason = null);

/// <summary>Reports that have been looked at.</summary>
/// <param name="Units">1 to 1,000, each unit once.</param>
public sealed record AcceptBody(IReadOnlyList<SeenReport> Units);

/// <summary>A step to take, and what it takes.</summary>
/// <param name="County">County.</param>
/// <param name="Year">Report year.</param>
/// <param name="Unit">Unit.</param>
/// <param name="Context">Request.</param>
/// <param name="Workflow">Takes the step.</param>
/// <param name="Submissions">Shows what changed.</param>
/// <param name="Rosters">Shows the result.</param>
/// <param name="Stale">Wakes the workers.</param>
/// <param name="Time">The clock.</param>
/// <param name="Token">Ends with the request.</param>
public sealed record StepRequest(
    string County,
    int Year,
    string Unit,
    HttpContext Context,
    [FromServices] WorkflowStore Workflow,
    [FromServices] SubmissionStore Submissions,
    [FromServices] RosterStore Rosters,
    [FromServices] StaleTotalNotifier Stale,
    [FromServices] TimeProvider Time,
    CancellationToken Token);

/// <summary>The steps of a report's life; which are possible when is in <see cref="Workflow"/>.</summary>
public static class WorkflowEndpoints
{
    const int MaxReason = 2000;

    /// <summary>Maps <c>…/submissions/{unit}/withdraw · return · accept · reopen</c> and <c>…/submissions/accept</c>.</summary>
    public static void MapWorkflow(this RouteGroupBuilder year)
    {
        year.MapPost("/submissions/accept", AcceptManyAsync).WithTags("workflow").WithName("acceptSubmissions").RequireRight(Workflow.Accept.Right);
        var unit = year.MapGroup("/submissions/{unit}").WithTags("workflow");
        unit.MapPost("/withdraw", WithdrawAsync).WithName("withdrawSubmission").RequireRight(Workflow.Withdraw.Right);
        unit.MapPost("/return", ReturnAsync).WithName("returnSubmission").RequireRight(Workflow.Return.Right);
        unit.MapPost("/accept", AcceptAsync).WithName("acceptSubmission").RequireRight(Workflow.Accept.Right);
        unit.MapPost("/reopen", ReopenAsync).WithName("reopenSubmission").RequireRight(Workflow.Reopen.Right);
    }

    /// <summary>Take a report back before it is accepted.</summary>
    /// <remarks>The unit no longer counts as having filed. <c>If-Match</c> as when filing. Errors: <c>illegal_step</c>, <c>stale_revision</c>.</remarks>
    public static Task<Results<Ok<RosterLine>, ProblemHttpResult>> WithdrawAsync([AsParameters] StepRequest request) => TakeAsync(Workflow.Withdraw, request, null);

    /// <summary>Send a report back to be corrected.</summary>
    /// <remarks>Its figures stop counting. <c>If-Match</c> as when filing. Errors: <c>reason_required</c>, <c>illegal_step</c>, <c>stale_revision</c>.</remarks>
    public static Task<Results<Ok<RosterLine>, ProblemHttpResult>> ReturnAsync([AsParameters] StepRequest request, StepBody body) =>
        TakeAsync(Workflow.Return, request, body.Reason);

    /// <summary>Accept a report.</summary>
    /// <remarks><c>If-Match</c>: the revision that was looked at. Errors: <c>illegal_step</c>, <c>stale_revision</c>.</remarks>
    public static Task<Results<Ok<RosterLine>, ProblemHttpResult>> AcceptAsync([AsParameters] StepRequest request) => TakeAsync(Workflow.Accept, request, null);

    /// <summary>Accept many reports.</summary>
    /// <remarks>
    /// One transaction. Each unit stands for itself: a report that cannot be accepted, or of which there is a newer <c>revision</c> than the one
    /// that was looked at, is named under <c>refused</c> with the code and the words that accepting it alone would be refused with; the others
    /// are accepted. Errors: <c>invalid_body</c>, <c>year_not_found</c>.
    /// </remarks>
    public static async Task<Results<Ok<Batch>, ProblemHttpResult>> AcceptManyAsync(
        string county, int year, AcceptBody body, HttpContext context, YearStore years, WorkflowStore workflow, StaleTotalNotifier stale, CancellationToken token)
    {
        if (Batch.RefuseList(body.Units?.Select(u => u?.Unit).ToList()) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        if (await years.FindAsync(county, year, token) is null)
        {
            return Problems.YearNotFound(county, year);
        }

        var batch = await workflow.StepAsync(Workflow.Accept, county, year, body.Units!, null, context.Caller().Actor, token);
        stale.Signal();
        return TypedResults.Ok(batch);
    }

    /// <summary>Open an accepted report again.</summary>
    /// <remarks>Errors: <c>reason_required</c>, <c>illegal_step</c>, <c>stale_revision</c>.</remarks>
    public static Task<Results<Ok<RosterLine>, ProblemHttpResult>> ReopenAsync([AsParameters] StepRequest request, StepBody body) =>
        TakeAsync(Workflow.Reopen, request, body.Reason);

    /// <summary>Why a step cannot be taken for a reason, or the want of one. Refusal: <c>reason_required</c>.</summary>
    internal static Refusal? RefuseReason(Workflow step, string? reason) => step.NeedsReason && (string.IsNullOrEmpty(reason) || reason.Length > MaxReason)
        ? Refusal.Invalid("reason", "reason_required", $"{step.Label}须写明理由（reason），不超过 {MaxReason} 字")
        : null;

    static async Task<Results<Ok<RosterLine>, ProblemHttpResult>> TakeAsync(Workflow step, StepRequest request, string? stated)
    {
        var (county, year, unit, context, token) = (request.County, request.Year, request.Unit, request.Context, request.Token);
        var reason = stated?.Trim();
        if (RefuseReason(step, reason) is { } unreasoned)
        {
            return Problems.Of(unreasoned);
        }

        if (!IfMatch.Read(context.Request, out var ifRevision, out var refusal))
        {
            return Problems.Of(refusal);
        }

        if (await request.Workflow.StepAsync(step, county, year, unit, reason, ifRevision, context.Caller().Actor, token) is { } refused)
        {
            return await SubmissionEndpoints.RefuseAsync(refused, county, year, unit, ifRevision, context, request.Submissions, token);
        }

        request.Stale.Signal();
        return TypedResults.Ok((await request.Rosters.FindAsync(county, year, unit, request.Time.GetUtcNow(), token))!);
    }
}
