using Aggregator.Jobs;

namespace Aggregator.Worker.Jobs;

/// <summary>Deletes what retention does not keep.</summary>
sealed class CleanUpJob(RetentionStore retention) : IClockJob
{
    /// <inheritdoc/>
    public Task<JobResult> RunAsync(ClaimedRun run, ReportProgress report, CancellationToken token) => retention.CleanUpAsync(token);
}
