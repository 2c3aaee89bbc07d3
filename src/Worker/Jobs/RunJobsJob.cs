using System.Diagnostics;
using Aggregator.Database;
using Aggregator.Jobs;
using Npgsql;

namespace Aggregator.Worker.Jobs;

/// <summary>
/// Runs what is queued for the jobs of the clock, and writes down what came of it. Any number of workers may do so at once; each
/// takes a run that no other is on, and those of a worker that has died.
/// </summary>
sealed partial class RunJobsJob(
    JobRunStore runs, IServiceProvider services, WorkerName name, TimeProvider time, ILogger<RunJobsJob> logger) : BackgroundService
{
    /// <summary>At once, so that a long one keeps no short one waiting.</summary>
    const int Runners = 2;

    /// <summary>A run that as many workers have died on is not given to another.</summary>
    const int MaxAttempts = 5;

    static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Runners).Select(_ => RunAllAsync(stoppingToken)));

    async Task RunAllAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                while (await runs.ClaimAsync(name.Text, JobNames.OfTheClock, stoppingToken) is { } run)
                {
                    await RunAsync(run, stoppingToken);
                }
            }
            catch (Exception e) when (AggregatorDatabase.HasFailed(e))
            {
                DatabaseLost(logger, e);
            }

            await Task.Delay(pause, time, stoppingToken);
        }
    }

    /// <summary>Runs one that this worker has claimed.</summary>
    internal async Task RunAsync(ClaimedRun run, CancellationToken stoppingToken)
    {
        if (run.Attempts > MaxAttempts)
        {
            await runs.EndAsync(run, null, $"已有 {MaxAttempts} 个工作进程在运行中意外退出，不再自动重试。", stoppingToken);
            return;
        }

        // Not only where somebody listens: the log is to name it too.
        using var activity = Measures.Activities.StartActivity(run.Job) ?? new Activity(run.Job).Start();
        var begun = Stopwatch.GetTimestamp();
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        JobResult? result = null;
        string? error = null;
        try
        {
            result = await services.GetRequiredKeyedService<IClockJob>(run.Job).RunAsync(run, Throttled(run, lost), lost.Token);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await runs.ReleaseAsync(run, CancellationToken.None);
            throw;
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            TakenOver(logger, run.Job, run.Id);
            return;
        }
        catch (Exception e)
        {
            Failed(logger, e, run.Job, run.Id);
            error = Explain(e, activity.TraceId);
            activity.SetStatus(ActivityStatusCode.Error);
        }

        await runs.EndAsync(run, result, error, stoppingToken);
        Measures.Ran(run.Job, error is not null, Stopwatch.GetElapsedTime(begun));
    }

    /// <summary>Writes progress at most once a second, and ends the run if another worker has it by now.</summary>
    ReportProgress Throttled(ClaimedRun run, CancellationTokenSource lost)
    {
        var written = 0L;
        return async (done, total) =>
        {
            if (written != 0 && done < total && time.GetElapsedTime(written) < pause)
            {
                return;
            }

            written = time.GetTimestamp();
            if (!await runs.ReportAsync(run, done, total, lost.Token))
            {
                await lost.CancelAsync();
                lost.Token.ThrowIfCancellationRequested();
            }
        };
    }

    /// <summary>Words of others may hold a password or a figure, so but for the database's own sentence they stay in the log.</summary>
    static string Explain(Exception exception, ActivityTraceId trace) =>
        $"{(exception is PostgresException p ? $"PostgreSQL {p.SqlState}：{p.MessageText}" : exception.GetType().Name)}；详见工作进程日志，跟踪号 {trace}。";

    [LoggerMessage(LogLevel.Error, "The database is not available; jobs wait")]
    static partial void DatabaseLost(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "{Job} has failed in run {Run}")]
    static partial void Failed(ILogger logger, Exception exception, string job, long run);

    [LoggerMessage(LogLevel.Warning, "Another worker has taken {Job} over, run {Run}")]
    static partial void TakenOver(ILogger logger, string job, long run);
}
