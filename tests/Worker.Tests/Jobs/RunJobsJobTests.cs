using Aggregator.Database;
using Aggregator.Jobs;
using Aggregator.Testing;
using Aggregator.Worker.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Aggregator.Worker.Tests.Jobs;

public sealed class RunJobsJobTests : IAsyncLifetime
{
    static readonly string[] cleanUp = [JobNames.CleanUp];

    readonly FakeClock clock = FakeClock.InJanuary2022();
    TestDatabase? database;
    NpgsqlDataSource? worker;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    JobRunStore Runs => new(worker!, clock);

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        worker = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.WorkerRole);
        await new WorkerStore(worker, clock).BeatAsync("one", Token);
        await new WorkerStore(worker, clock).BeatAsync("two", Token);
    }

    public async ValueTask DisposeAsync()
    {
        await worker!.DisposeAsync();
        await database!.DisposeAsync();
    }

    [Fact]
    public async Task A_run_says_how_far_it_is_and_what_came_of_it()
    {
        var run = await ClaimAsync();
        JobRun? midway = null;
        await RunAsync(run, async (report, token) =>
        {
            await report(3, 7);
            midway = await Runs.FindAsync(run.Id, token);
            return new JobResult(new Dictionary<string, long> { ["sessions"] = 5 }, ["请查看"]);
        });

        var over = (await Runs.FindAsync(run.Id, Token))!;
        (midway!.State, midway.Done, midway.Total, midway.Worker).ShouldBe(("running", 3, 7, "one"));
        (over.State, over.Done, over.Total, over.Counts["sessions"], over.Error).ShouldBe(("done", 7, 7, 5L, null));
        over.Remarks.ShouldBe(["请查看"]);
        over.EndedAt.ShouldBe(clock.GetUtcNow());
    }

    [Fact]
    public async Task What_a_failure_says_stays_in_the_log_for_it_may_hold_a_secret()
    {
        var run = await ClaimAsync();
        await RunAsync(run, (_, _) => throw new InvalidOperationException("Password=hunter2 of 360922"));

        var over = (await Runs.FindAsync(run.Id, Token))!;
        over.State.ShouldBe("failed");
        over.Error.ShouldNotBeNull().ShouldContain("InvalidOperationException");
        over.Error.ShouldNotContain("hunter2");
        over.Error.ShouldMatch("[0-9a-f]{32}", "the trace that the log names too");
    }

    [Fact]
    public async Task A_dead_workers_run_is_taken_over_and_it_has_nothing_to_say_any_more()
    {
        var dead = await ClaimAsync();
        (await Runs.ClaimAsync("two", cleanUp, Token)).ShouldBeNull("the other one is alive");
        clock.Set(clock.GetUtcNow() + JobRunStore.DeadAfter);

        var taken = (await Runs.ClaimAsync("two", cleanUp, Token)).ShouldNotBeNull();
        (taken.Id, taken.Attempts).ShouldBe((dead.Id, 2));
        await new WorkerStore(worker!, clock).BeatAsync("two", Token);
        (await Runs.ReportAsync(dead, 1, 2, Token)).ShouldBeFalse();
        await Runs.EndAsync(dead, JobResult.Of("sessions", 1), null, Token);
        (await Runs.FindAsync(dead.Id, Token))!.State.ShouldBe("running");
    }

    [Fact]
    public async Task A_run_that_has_killed_five_workers_is_given_to_no_other()
    {
        await EnqueueAsync();
        ClaimedRun? run = null;
        for (var attempt = 1; attempt <= 6; attempt++)
        {
            run = (await Runs.ClaimAsync($"w{attempt}", cleanUp, Token)).ShouldNotBeNull();
        }

        await RunAsync(run!, (_, _) => throw new InvalidOperationException("must not be called"));

        (await Runs.FindAsync(run!.Id, Token))!.Error.ShouldNotBeNull().ShouldContain("意外退出");
    }

    [Fact]
    public async Task A_paused_job_waits_as_one_run_and_is_run_when_it_is_resumed()
    {
        await using var api = AggregatorDatabase.Open(database!.ConnectionString, AggregatorDatabase.ApiRole);
        var operators = new JobRunStore(api, clock);
        await operators.PauseAsync(JobNames.CleanUp, "op", Token);
        await EnqueueAsync();
        await EnqueueAsync();

        (await Runs.ClaimAsync("one", cleanUp, Token)).ShouldBeNull();
        await operators.ResumeAsync(JobNames.CleanUp, "op", Token);
        (await Runs.ClaimAsync("one", cleanUp, Token)).ShouldNotBeNull();
        (await Runs.ClaimAsync("one", cleanUp, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Thousand_claims_at_once_by_eight_claimers_give_each_run_to_one()
    {
        await database!.ScalarAsync<int>("""
            insert into job_run (job, key, queued_at, queued_by) select 'clean_up', n::text, now(), 'clock' from generate_series(1, 1000) n
            """);
        var claimed = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var ids = new List<long>();
            while (await Runs.ClaimAsync("one", cleanUp, Token) is { } run)
            {
                ids.Add(run.Id);
            }

            return ids;
        }));

        claimed.SelectMany(ids => ids).Order().ShouldBe((await Runs.ListAsync(null, null, "running", long.MaxValue, 2000, Token)).Select(r => r.Id).Order());
        claimed.Sum(ids => ids.Count).ShouldBe(1000);
    }

    Task EnqueueAsync() => Runs.EnqueueDueAsync(JobNames.CleanUp, Guid.NewGuid().ToString(), Token);

    async Task<ClaimedRun> ClaimAsync()
    {
        await EnqueueAsync();
        return (await Runs.ClaimAsync("one", cleanUp, Token))!;
    }

    async Task RunAsync(ClaimedRun run, Func<ReportProgress, CancellationToken, Task<JobResult>> work)
    {
        var services = new ServiceCollection();
        services.AddKeyedSingleton<IClockJob>(JobNames.CleanUp, new Scripted(work));
        await using var provider = services.BuildServiceProvider();
        using var job = new RunJobsJob(Runs, provider, new WorkerName("one"), clock, NullLogger<RunJobsJob>.Instance);
        await job.RunAsync(run, Token);
    }

    sealed class Scripted(Func<ReportProgress, CancellationToken, Task<JobResult>> work) : IClockJob
    {
        public Task<JobResult> RunAsync(ClaimedRun run, ReportProgress report, CancellationToken token) => work(report, token);
    }
}
