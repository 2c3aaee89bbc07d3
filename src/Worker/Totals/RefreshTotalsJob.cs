using Aggregator.Database;
using Aggregator.Totals;
using Npgsql;

namespace Aggregator.Worker.Totals;

/// <summary>
/// Keeps totals fresh: woken by the Api's NOTIFY, and by its own sweep in case one was lost. Any number may run at once; each
/// takes a total that no other is on.
/// </summary>
sealed partial class RefreshTotalsJob(NpgsqlDataSource database, TotalStore totals, ILogger<RefreshTotalsJob> logger) : BackgroundService
{
    static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception e) when (AggregatorDatabase.HasFailed(e))
            {
                DatabaseLost(logger, e);
                database.Clear(); // The listener went back to the pool as it was, listening.
                await Task.Delay(Retry, stoppingToken);
            }
        }
    }

    async Task ListenAsync(CancellationToken token)
    {
        await using var listener = await database.OpenConnectionAsync(token);
        await using (var listen = new NpgsqlCommand($"listen {TotalStore.Channel}", listener))
        {
            await listen.ExecuteNonQueryAsync(token);
        }

        while (true)
        {
            var refreshed = 0;
            while (await totals.RefreshNextAsync(token))
            {
                refreshed++;
            }

            if (refreshed > 0)
            {
                Refreshed(logger, refreshed);
            }

            await listener.WaitAsync(Sweep, token);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Refreshed {Count} totals")]
    static partial void Refreshed(ILogger logger, int count);

    [LoggerMessage(LogLevel.Error, "The database is not available; totals wait")]
    static partial void DatabaseLost(ILogger logger, Exception exception);
}
