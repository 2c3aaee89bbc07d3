using Aggregator.Totals;

namespace Aggregator.Worker.Totals;

/// <summary>Computes every total again from the received reports, as if nothing had been added up yet. Idempotent.</summary>
sealed partial class RecheckTotalsJob(TotalStore totals, ILogger<RecheckTotalsJob> logger)
{
    /// <summary>Marks them; <see cref="RefreshTotalsJob"/> does the rest.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        var marked = await totals.MarkAllAsync(token);
        Marked(logger, marked);
    }

    [LoggerMessage(LogLevel.Information, "Marked {Count} totals for recheck")]
    static partial void Marked(ILogger logger, int count);
}
