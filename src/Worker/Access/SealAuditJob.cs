using Aggregator.Access;
using Aggregator.Database;

namespace Aggregator.Worker.Access;

/// <summary>Seals new audit lines every second. Any number may run at once; one of them does the work.</summary>
sealed partial class SealAuditJob(AuditStore audit, TimeProvider time, ILogger<SealAuditJob> logger) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await audit.SealAsync(stoppingToken) > 0)
                {
                }
            }
            catch (Exception e) when (AggregatorDatabase.HasFailed(e))
            {
                DatabaseLost(logger, e);
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Error, "The database is not available; audit lines wait for their seals")]
    static partial void DatabaseLost(ILogger logger, Exception exception);
}
