using Aggregator.Jobs;

namespace Aggregator.Worker.Jobs;

/// <summary>
/// A job that the clock starts. It may be run at any time by anybody, twice, twice at once, and die halfway: what it has done
/// it finds done.
/// </summary>
interface IClockJob
{
    /// <summary>Runs it for a county, or for the whole installation if that is empty.</summary>
    Task<JobResult> RunAsync(ClaimedRun run, ReportProgress report, CancellationToken token);
}
