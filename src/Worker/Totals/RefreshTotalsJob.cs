using System.Diagnostics;
using System.Threading.Channels;
using Aggregator.Database;
using Aggregator.Totals;
using Npgsql;

namespace Aggregator.Worker.Totals;

/// <summary>
/// Keeps totals fresh: woken by the Api's NOTIFY, and by its own sweep in case one was lost. Two add up counties, so that one
/// counts while the database reads for the other; one adds up the levels above, which in a burst would wait behind every county, and
/// takes a third of its time for that while counties are waiting. Any number of workers may run at once; each takes a total that no other is on.
/// </summary>
sealed partial class RefreshTotalsJob(NpgsqlDataSource database, TotalStore totals, ILogger<RefreshTotalsJob> logger) : BackgroundService
{
    static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    readonly Channel<bool> counties = CreateBell();
    readonly Channel<bool> above = CreateBell();
    int countiesBusy;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Whichever fails, the others end with it, and the host is told.
        Func<CancellationToken, Task>[] all = [ListenAsync, RefreshCountiesAsync, RefreshCountiesAsync, RefreshAboveAsync];
        return Parallel.ForEachAsync(
            all, new ParallelOptions { MaxDegreeOfParallelism = all.Length, CancellationToken = stoppingToken }, async (work, token) => await PersistAsync(work, token));
    }

    /// <summary>Something that has rung once until somebody looks.</summary>
    static Channel<bool> CreateBell() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    async Task PersistAsync(Func<CancellationToken, Task> work, CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            try
            {
                await work(token);
            }
            catch (Exception e) when (AggregatorDatabase.HasFailed(e))
            {
                DatabaseLost(logger, e);
                database.Clear(); // The listener went back to the pool as it was, listening.
                await Task.Delay(Retry, token);
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
            Ring();
            await listener.WaitAsync(Sweep, token);
        }
    }

    async Task RefreshCountiesAsync(CancellationToken token)
    {
        while (await counties.Reader.WaitToReadAsync(token))
        {
            counties.Reader.TryRead(out _);
            var refreshed = 0;
            Interlocked.Increment(ref countiesBusy);
            try
            {
                while (await totals.RefreshNextCountyAsync(token))
                {
                    refreshed++;
                    Ring(); // The level above may be marked now; and where there was one county there may be more.
                }
            }
            finally
            {
                Interlocked.Decrement(ref countiesBusy);
            }

            if (refreshed > 0)
            {
                Refreshed(logger, refreshed);
            }
        }
    }

    async Task RefreshAboveAsync(CancellationToken token)
    {
        while (await above.Reader.WaitToReadAsync(token))
        {
            above.Reader.TryRead(out _);
            var begun = Stopwatch.GetTimestamp();
            while (await totals.RefreshNextAboveAsync(token))
            {
                if (Volatile.Read(ref countiesBusy) > 0)
                {
                    await Task.Delay(2 * Stopwatch.GetElapsedTime(begun), token);
                }

                begun = Stopwatch.GetTimestamp();
            }
        }
    }

    void Ring()
    {
        counties.Writer.TryWrite(true);
        above.Writer.TryWrite(true);
    }

    [LoggerMessage(LogLevel.Debug, "Refreshed {Count} totals")]
    static partial void Refreshed(ILogger logger, int count);

    [LoggerMessage(LogLevel.Error, "The database is not available; totals wait")]
    static partial void DatabaseLost(ILogger logger, Exception exception);
}
