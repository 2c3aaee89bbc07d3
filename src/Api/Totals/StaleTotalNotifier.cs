using System.Threading.Channels;
using Aggregator.Database;
using Aggregator.Totals;
using Npgsql;

namespace Aggregator.Api.Totals;

/// <summary>
/// Wakes the workers after a commit. NOTIFY inside the filing transaction would serialise all commits, so it is sent afterwards
/// and once for many; a lost one costs no more than the worker's next sweep.
/// </summary>
public sealed partial class StaleTotalNotifier(NpgsqlDataSource database, ILogger<StaleTotalNotifier> logger) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    readonly Channel<bool> signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Something has become stale.</summary>
    public void Signal() => signals.Writer.TryWrite(true);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in signals.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await using var notify = database.CreateCommand($"notify {TotalStore.Channel}");
                await notify.ExecuteNonQueryAsync(stoppingToken);
            }
            catch (Exception e) when (AggregatorDatabase.HasFailed(e))
            {
                NotSent(logger, e);
            }

            await Task.Delay(Pause, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The workers could not be woken; they will find the work by themselves")]
    static partial void NotSent(ILogger logger, Exception exception);
}
