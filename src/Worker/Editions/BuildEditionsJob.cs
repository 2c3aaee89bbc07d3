using Aggregator.Database;
using Aggregator.Editions;

namespace Aggregator.Worker.Editions;

/// <summary>Builds the editions that counties have asked for. Any number may run at once; each takes one that no other is on.</summary>
sealed partial class BuildEditionsJob(EditionStore editions, TimeProvider time, ILogger<BuildEditionsJob> logger) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await editions.BuildNextAsync(stoppingToken))
                {
                }
            }
            catch (Exception e) when (AggregatorDatabase.IsAway(e))
            {
                DatabaseLost(logger, e);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                NotBuilt(logger, e); // And marked as failed, so that the next one is not kept waiting.
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Error, "The database is not available; editions wait")]
    static partial void DatabaseLost(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "An edition could not be built")]
    static partial void NotBuilt(ILogger logger, Exception exception);
}
