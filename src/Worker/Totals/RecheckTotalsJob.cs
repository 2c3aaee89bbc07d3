using Aggregator.Jobs;
using Aggregator.Totals;
using Aggregator.Worker.Jobs;

namespace Aggregator.Worker.Totals;

/// <summary>
/// Adds up every open year again from the bodies as received and says what differs, county by county; then marks every total, so
/// that <see cref="RefreshTotalsJob"/> makes them right.
/// </summary>
sealed partial class RecheckTotalsJob(RecheckStore rechecks, TotalStore totals, ILogger<RecheckTotalsJob> logger) : IClockJob
{
    /// <inheritdoc/>
    public async Task<JobResult> RunAsync(ClaimedRun run, ReportProgress report, CancellationToken token)
    {
        var years = await rechecks.ListYearsAsync(token);
        var (reports, differences) = (0L, new List<string>());
        for (var i = 0; i < years.Count; i++)
        {
            await report(i, years.Count);
            var recheck = await rechecks.CheckAsync(years[i], token);
            reports += recheck.Reports;
            differences.AddRange(recheck.Differences);
        }

        await report(years.Count, years.Count);
        if (differences.Count > 0)
        {
            Differs(logger, differences.Count, differences[0]);
            Measures.Differed(differences.Count);
        }

        var marked = await totals.MarkAllAsync(token);
        return new JobResult(
            new Dictionary<string, long> { ["years"] = years.Count, ["reports"] = reports, ["differences"] = differences.Count, ["marked"] = marked },
            differences);
    }

    [LoggerMessage(LogLevel.Error, "Stored figures and received bodies differ in {Count} places; the first: {First}")]
    static partial void Differs(ILogger logger, int count, string first);
}
