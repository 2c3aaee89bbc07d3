using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Jobs;

/// <summary>What runs in the background: when, with what result, how far.</summary>
public static class JobEndpoints
{
    /// <summary>Maps <c>/jobs</c>.</summary>
    public static void MapJobs(this RouteGroupBuilder api)
    {
        var jobs = api.MapGroup("/jobs").WithTags("jobs")
            .RequireAuthorization(policy => policy.RequireAssertion(context => context.User.CallerOrNull()?.Role is Role.Operator or Role.County));
        jobs.MapGet("", ListAsync).WithName("listJobs");
        jobs.MapGet("/{id:long}", GetAsync).WithName("getJob");
        jobs.MapGet("/{id:long}/events", FollowAsync).WithName("followJob").WithMetadata(new Streamed())
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream");
        jobs.MapPost("/{id:long}/retry", RetryAsync).WithName("retryJob");

        var clock = api.MapGroup("/jobs/{job}").WithTags("jobs").RequireOperator();
        clock.MapPost("/pause", PauseAsync).WithName("pauseJob");
        clock.MapPost("/resume", ResumeAsync).WithName("resumeJob");
    }

    /// <summary>Runs of jobs, newest first: all for an operator, its own for a county.</summary>
    /// <remarks>In pages of 200, <c>?after=</c> an id; <c>?job=</c> one job, <c>?state=</c> <c>queued</c>, <c>running</c>, <c>done</c> or <c>failed</c>.</remarks>
    public static async Task<Ok<JobRun[]>> ListAsync(
        HttpContext context, JobRunStore runs, CancellationToken token, long after = long.MaxValue, string? job = null, string? state = null)
    {
        var caller = context.Caller();
        var found = await runs.ListAsync(caller.Role == Role.Operator ? null : caller.Scope, job, state, after, Paging.Size + 1, token);
        return TypedResults.Ok(Paging.Page(context, found, r => r.Id).ToArray());
    }

    /// <summary>A run: its state, how far it is, what came of it.</summary>
    /// <remarks>With <c>If-None-Match</c> it answers 304 while nothing has changed. Errors: <c>run_not_found</c> (also for one that the caller may not see).</remarks>
    public static async Task<Results<Ok<JobRun>, ProblemHttpResult>> GetAsync(long id, HttpContext context, JobRunStore runs, CancellationToken token) =>
        await FindAsync(id, context, runs, token) is { } run ? TypedResults.Ok(run) : NotFound();

    /// <summary>The same as server-sent events: one at once, one whenever something has changed, and the end when the run is over.</summary>
    /// <remarks>
    /// Each <c>event: run</c> has the run as its <c>data</c> and an <c>id</c> that grows; a comment comes every fifteen seconds, so that no
    /// proxy takes the connection for dead. After ten minutes it ends, and an <c>EventSource</c> comes back by itself. Errors:
    /// <c>run_not_found</c>, <c>too_many_streams</c> (more than four of one caller at once on one server).
    /// </remarks>
    public static async Task<IResult> FollowAsync(
        long id, HttpContext context, JobRunStore runs, JobStreams streams, TimeProvider time, CancellationToken token)
    {
        if (await FindAsync(id, context, runs, token) is not { } run)
        {
            return NotFound();
        }

        var actor = context.Caller().Actor;
        if (!streams.TryEnter(actor))
        {
            return Problems.Of(new Refusal(RefusalKind.TooOften, "too_many_streams", $"同时跟踪的任务过多，最多 {JobStreams.MostPerCaller} 个；请关闭其他页面后再试。"));
        }

        try
        {
            await JobStreams.WriteAsync(context, run, runs, time, token);
            return Results.Empty;
        }
        finally
        {
            streams.Leave(actor);
        }
    }

    /// <summary>Run a failed run once more, as a run of its own.</summary>
    /// <remarks>Asked twice, it is still one. Errors: <c>run_not_found</c>, <c>run_not_failed</c>, <c>not_retryable</c>.</remarks>
    public static async Task<Results<Accepted<JobRun>, ProblemHttpResult>> RetryAsync(long id, HttpContext context, JobRunStore runs, CancellationToken token)
    {
        if (await FindAsync(id, context, runs, token) is not { } failed)
        {
            return NotFound();
        }

        return (await runs.RetryAsync(failed, context.Caller().Actor, token)).Is(out var run, out var refusal)
            ? TypedResults.Accepted($"/api/v1/jobs/{run.Id}", run)
            : Problems.Of(refusal);
    }

    /// <summary>Begin no run of a job any more.</summary>
    /// <remarks>What is running ends; what becomes due waits, as one run. Errors: <c>job_not_found</c>.</remarks>
    public static async Task<Results<NoContent, ProblemHttpResult>> PauseAsync(string job, HttpContext context, JobRunStore runs, CancellationToken token)
    {
        if (!JobNames.OfTheClock.Contains(job))
        {
            return JobNotFound();
        }

        await runs.PauseAsync(job, context.Caller().Actor, token);
        return TypedResults.NoContent();
    }

    /// <summary>Begin runs of a job again.</summary>
    /// <remarks>What has waited is run at once. Errors: <c>job_not_found</c>.</remarks>
    public static async Task<Results<NoContent, ProblemHttpResult>> ResumeAsync(string job, HttpContext context, JobRunStore runs, CancellationToken token)
    {
        if (!JobNames.OfTheClock.Contains(job))
        {
            return JobNotFound();
        }

        await runs.ResumeAsync(job, context.Caller().Actor, token);
        return TypedResults.NoContent();
    }

    static async Task<JobRun?> FindAsync(long id, HttpContext context, JobRunStore runs, CancellationToken token) =>
        await runs.FindAsync(id, token) is { } run && (context.Caller().Role == Role.Operator || context.Caller().Scope == run.County) ? run : null;

    static ProblemHttpResult NotFound() => Problems.NotFound("run_not_found", "没有这个任务。");

    static ProblemHttpResult JobNotFound() =>
        Problems.NotFound("job_not_found", $"没有这项定时任务；有：{string.Join('、', JobNames.OfTheClock.Select(j => $"{j}（{JobNames.LabelOf(j)}）"))}。");
}
