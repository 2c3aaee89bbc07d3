using Aggregator.Database;
using Aggregator.Jobs;

namespace Aggregator.Worker.Jobs;

/// <summary>Says every few seconds that this worker is there, and measures how long work has been waiting.</summary>
sealed partial class BeatJob(WorkerStore workers, WorkerName name, TimeProvider time, ILogger<BeatJob> logger) : BackgroundService
{
    static readonly TimeSpan Pause = JobRunStore.DeadAfter / 6;

    /// <summary>Known before anything is claimed in its name.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await BeatAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to end before it began; the host takes a start that is cancelled for one that has failed.
        }

        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await workers.LeaveAsync(name.Text, cancellationToken);
        }
        catch (Exception e) when (AggregatorDatabase.HasFailed(e))
        {
            DatabaseLost(logger, e);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Pause, time, stoppingToken);
            await BeatAsync(stoppingToken);
        }
    }

    async Task BeatAsync(CancellationToken token)
    {
        try
        {
            await workers.BeatAsync(name.Text, token);
            var ages = await workers.ReadAgesAsync(token);
            Measures.StaleFor(ages.Stale);
            Measures.OutboxWaits("webhook", ages.Deliveries);
            Measures.OutboxWaits("mail", ages.Mails);
        }
        catch (Exception e) when (AggregatorDatabase.HasFailed(e))
        {
            DatabaseLost(logger, e);
        }
    }

    [LoggerMessage(LogLevel.Error, "The database is not available; nobody can see that this worker is there")]
    static partial void DatabaseLost(ILogger logger, Exception exception);
}
