using Aggregator.Jobs;
using Aggregator.Worker.Jobs;
using Aggregator.Years;

namespace Aggregator.Worker.Years;

/// <summary>Writes down whose due day has passed: the run of the clock queues one for each county, so that all workers share them.</summary>
sealed class MarkOverdueJob(OverdueStore overdue, JobRunStore runs) : IClockJob
{
    /// <inheritdoc/>
    public async Task<JobResult> RunAsync(ClaimedRun run, ReportProgress report, CancellationToken token) => run.County.Length > 0
        ? JobResult.Of("units", await overdue.MarkAsync(run.County, token))
        : JobResult.Of("counties", await runs.EnqueueAsync(run.Job, run.Key, await overdue.ListCountiesAsync(token), token));
}
