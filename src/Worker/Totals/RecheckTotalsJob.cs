using Aggregator.Totals;
using Quartz;

namespace Aggregator.Worker.Totals;

/// <summary>Computes every total again from the received reports, as if nothing had been added up yet. Idempotent.</summary>
sealed partial class RecheckTotalsJob(TotalStore totals, ILogger<RecheckTotalsJob> logger) : IJob
{
    public static readonly JobKey Key = new("recheck-totals");

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var marked = await totals.MarkAllAsync(cancellationToken);
        Marked(logger, marked);
    }

    [LoggerMessage(LogLevel.Information, "Marked {Count} totals for recheck")]
    static partial void Marked(ILogger logger, int count);
}
