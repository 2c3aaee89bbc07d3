using System.Text.Json;
using Dapper;
using Npgsql;

namespace Aggregator.Jobs;

/// <summary>A run that this worker, and no other, is on.</summary>
/// <param name="County">County; empty for the whole installation.</param>
/// <param name="Id">Number of the run.</param>
/// <param name="Job">Which job.</param>
/// <param name="Key">What for.</param>
/// <param name="Attempts">Which attempt this is, from 1.</param>
public sealed record ClaimedRun(string County, long Id, string Job, string Key, int Attempts);

/// <summary>Runs of jobs: queued, claimed by one worker at a time, taken over when that dies, and kept as history.</summary>
public sealed class JobRunStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>A worker that was not seen for so long has died; six beats of its heart.</summary>
    public static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(15);

    /// <summary>Most remarks that a run keeps.</summary>
    const int MaxRemarks = 100;

    const string Columns = """
        id, job, key, nullif(county, '') as county, state, queued_at, queued_by, started_at, ended_at, worker, attempts, done, total,
        counts::text as counts, remarks, error, retry_of
        """;

    const string Select = $"""
        select {Columns} from job_run
        where (@county::text is null or county = @county) and (@job::text is null or job = @job) and (@state::text is null or state = @state)
            and id < @before
        order by id desc limit @limit
        """;

    const string SelectOne = $"select {Columns} from job_run where id = @id";

    // One that waits does all the work that is due when it begins, so a second one would find nothing.
    const string EnqueueDue = """
        insert into job_run (job, key, queued_at, queued_by)
        select @job, @key, @now, 'clock' where not exists (select from job_run where county = '' and job = @job and state = 'queued')
        on conflict do nothing
        """;

    const string EnqueueCounties = """
        insert into job_run (county, job, key, queued_at, queued_by)
        select c.county, @job, @key, @now, 'clock' from unnest(@counties) as c (county)
        where not exists (select from job_run r where r.county = c.county and r.job = @job and r.state = 'queued')
        on conflict do nothing
        """;

    const string Retry = """
        with queued as (
            insert into job_run (county, job, key, queued_at, queued_by, retry_of)
            select county, job, key || ' #' || id, @now, @actor, id from job_run where id = @id and state = 'failed'
            on conflict do nothing
            returning id, county, job
        ), audited as (
            insert into audit (county, at, actor, action, subject, detail)
            select county, @now, @actor, 'retry_job', job, jsonb_build_object('run', @id, 'as', id) from queued
        )
        select id from queued
        """;

    const string Pause = """
        with written as (
            insert into job_pause (job, paused_by, paused_at) values (@job, @actor, @now) on conflict do nothing returning job
        )
        insert into audit (county, at, actor, action, subject) select '', @now, @actor, 'pause_job', job from written
        """;

    const string Resume = """
        with written as (
            delete from job_pause where job = @job returning job
        )
        insert into audit (county, at, actor, action, subject) select '', @now, @actor, 'resume_job', job from written
        """;

    const string Claim = """
        with next as (
            select r.county, r.id from job_run r
            where r.job = any(@jobs)
                and (r.state = 'queued' or r.state = 'running' and not exists (select from worker w where w.name = r.worker and w.seen_at > @deadSince))
                and not exists (select from job_pause p where p.job = r.job)
            order by r.id limit 1
            for update of r skip locked
        )
        update job_run r set state = 'running', worker = @worker, started_at = @now, attempts = r.attempts + 1, done = 0, total = null
        from next n where r.county = n.county and r.id = n.id
        returning r.county, r.id, r.job, r.key, r.attempts
        """;

    // Only by who is on it still: a worker that was taken for dead has nothing to say any more.
    const string IsMine = "where county = @County and id = @Id and attempts = @Attempts and state = 'running'";

    const string Progress = $"update job_run set done = @done, total = @total {IsMine}";

    const string End = $"""
        update job_run set state = @state, ended_at = @now, counts = @counts::jsonb, remarks = @remarks, error = @error,
            done = case when @state = 'done' then coalesce(total, done) else done end
        {IsMine}
        """;

    const string Release = $"update job_run set state = 'queued', worker = null {IsMine}";

    /// <summary>Queues a job of the clock for an instant at which it was due; not if one waits already.</summary>
    public Task EnqueueDueAsync(string job, string key, CancellationToken token) =>
        ExecuteAsync(EnqueueDue, new { job, key, now = time.GetUtcNow() }, token);

    /// <summary>Queues a run for each of some counties; how many are new.</summary>
    public Task<int> EnqueueAsync(string job, string key, IReadOnlyCollection<string> counties, CancellationToken token) =>
        ExecuteAsync(EnqueueCounties, new { job, key, counties = counties.ToArray(), now = time.GetUtcNow() }, token);

    /// <summary>Runs before a number, newest first; of one county, job or state if asked for.</summary>
    public async Task<IReadOnlyList<JobRun>> ListAsync(string? county, string? job, string? state, long before, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var rows = await connection.QueryAsync<RunRow>(new CommandDefinition(Select, new { county, job, state, before, limit }, cancellationToken: token));
        return [.. rows.Select(r => r.ToRun())];
    }

    /// <summary>A run, or null.</summary>
    public async Task<JobRun?> FindAsync(long id, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QuerySingleOrDefaultAsync<RunRow>(new CommandDefinition(SelectOne, new { id }, cancellationToken: token)))?.ToRun();
    }

    /// <summary>Runs a failed one once more; the number of the new run, the same however often it is asked for. Refusals: <c>run_not_failed</c>, <c>not_retryable</c>.</summary>
    public async Task<Outcome<JobRun>> RetryAsync(JobRun failed, string actor, CancellationToken token)
    {
        if (!JobNames.OfTheClock.Contains(failed.Job))
        {
            return new Refusal(RefusalKind.Conflict, "not_retryable", $"“{failed.Label}”不能在这里重新运行，请重新提交申请。");
        }

        if (failed.State != "failed")
        {
            return new Refusal(RefusalKind.Conflict, "run_not_failed", "只有失败的任务可以重新运行。");
        }

        await using var connection = await database.OpenConnectionAsync(token);
        var values = new { id = failed.Id, actor, now = time.GetUtcNow() };
        var id = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(Retry, values, cancellationToken: token))
            ?? await connection.ExecuteScalarAsync<long>(new CommandDefinition("select id from job_run where retry_of = @id", values, cancellationToken: token));
        return (await FindAsync(id, token))!;
    }

    /// <summary>Nobody begins a run of the job any more; those that have begun end.</summary>
    public Task PauseAsync(string job, string actor, CancellationToken token) => ExecuteAsync(Pause, new { job, actor, now = time.GetUtcNow() }, token);

    /// <summary>What has waited is run.</summary>
    public Task ResumeAsync(string job, string actor, CancellationToken token) => ExecuteAsync(Resume, new { job, actor, now = time.GetUtcNow() }, token);

    /// <summary>Takes the oldest run of some jobs that waits, or whose worker has died; null if there is none.</summary>
    public async Task<ClaimedRun?> ClaimAsync(string worker, IReadOnlyCollection<string> jobs, CancellationToken token)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.QuerySingleOrDefaultAsync<ClaimedRun>(new CommandDefinition(
            Claim, new { worker, jobs = jobs.ToArray(), now, deadSince = now - DeadAfter }, cancellationToken: token));
    }

    /// <summary>Writes down how far it is; false if another worker has taken it over.</summary>
    public async Task<bool> ReportAsync(ClaimedRun run, int done, int total, CancellationToken token) =>
        await ExecuteAsync(Progress, new { run.County, run.Id, run.Attempts, done, total }, token) > 0;

    /// <summary>Ends a run: with its result, or as failed with the error.</summary>
    public Task EndAsync(ClaimedRun run, JobResult? result, string? error, CancellationToken token) =>
        ExecuteAsync(
            End,
            new
            {
                run.County,
                run.Id,
                run.Attempts,
                state = error is null ? "done" : "failed",
                now = time.GetUtcNow(),
                counts = JsonSerializer.Serialize(result?.Counts ?? new Dictionary<string, long>(), StoredJson.Readable.IReadOnlyDictionaryStringInt64),
                remarks = result?.Remarks.Take(MaxRemarks).ToArray() ?? [],
                error,
            },
            token);

    /// <summary>Gives a run back, for another worker.</summary>
    public Task ReleaseAsync(ClaimedRun run, CancellationToken token) => ExecuteAsync(Release, new { run.County, run.Id, run.Attempts }, token);

    async Task<int> ExecuteAsync(string sql, object values, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteAsync(new CommandDefinition(sql, values, cancellationToken: token));
    }

    sealed record RunRow(
        long Id, string Job, string Key, string? County, string State, DateTimeOffset QueuedAt, string QueuedBy, DateTimeOffset? StartedAt,
        DateTimeOffset? EndedAt, string? Worker, int Attempts, int Done, int? Total, string Counts, string[] Remarks, string? Error, long? RetryOf)
    {
        public JobRun ToRun() => new(Id, Job, Key, County, State, QueuedAt, QueuedBy, StartedAt, EndedAt, Worker, Attempts, Done, Total,
            JsonSerializer.Deserialize(Counts, StoredJson.Readable.IReadOnlyDictionaryStringInt64)!, Remarks, Error, RetryOf);
    }
}
