using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Aggregator.Forms;
using Aggregator.Submissions;

namespace Aggregator;

/// <summary>What this system measures about itself; heard only where telemetry is switched on.</summary>
public static class Measures
{
    /// <summary>Name of the meter and of the source of activities.</summary>
    public const string Name = "Aggregator";

    /// <summary>Work that is not a request: runs of jobs.</summary>
    public static readonly ActivitySource Activities = new(Name);

    static readonly Meter meter = new(Name);
    static readonly ConcurrentDictionary<string, double> outboxes = new();
    static double stale;

    static readonly Counter<long> submissions = meter.CreateCounter<long>("aggregator.submissions", "{submission}", "Reports that were handed in, by outcome");
    static readonly Counter<long> findings = meter.CreateCounter<long>("aggregator.findings", "{finding}", "Findings of reports that were handed in, by rule and severity");
    static readonly Counter<long> differences = meter.CreateCounter<long>("aggregator.recheck.differences", "{difference}", "Differences between stored figures and the bodies as received");
    static readonly Histogram<double> runs = meter.CreateHistogram<double>("aggregator.job.duration", "s", "Runs of jobs, by job and outcome");
    static readonly Histogram<double> editions = meter.CreateHistogram<double>("aggregator.edition.duration", "s", "Building an edition");

    static Measures()
    {
        meter.CreateObservableGauge("aggregator.stale.age", () => Volatile.Read(ref stale), "s", "How long the oldest stale total has waited");
        meter.CreateObservableGauge("aggregator.outbox.age",
            () => outboxes.Select(o => new Measurement<double>(o.Value, new KeyValuePair<string, object?>("outbox", o.Key))), "s",
            "How long the oldest of what should have been sent has waited, by outbox");
    }

    /// <summary>A report was handed in and kept.</summary>
    public static void Submitted(Receipt receipt)
    {
        submissions.Add(1, new KeyValuePair<string, object?>("outcome", receipt.Status));
        foreach (var group in receipt.Findings.GroupBy(f => (f.Rule, f.Severity)))
        {
            findings.Add(group.Count(), new KeyValuePair<string, object?>("rule", group.Key.Rule),
                new KeyValuePair<string, object?>("severity", group.Key.Severity switch { Severity.Hard => "hard", Severity.Warning => "warning", _ => "notice" }));
        }
    }

    /// <summary>A run of a job is over.</summary>
    public static void Ran(string job, bool failed, TimeSpan duration) => runs.Record(
        duration.TotalSeconds, new KeyValuePair<string, object?>("job", job), new KeyValuePair<string, object?>("outcome", failed ? "failed" : "done"));

    /// <summary>An edition was built.</summary>
    public static void Built(TimeSpan duration) => editions.Record(duration.TotalSeconds);

    /// <summary>A recheck has found differences.</summary>
    public static void Differed(int count) => differences.Add(count);

    /// <summary>How long the oldest stale total has waited, in seconds.</summary>
    public static void StaleFor(double seconds) => Volatile.Write(ref stale, seconds);

    /// <summary>How long the oldest of what should have left an outbox (<c>webhook</c>, <c>mail</c>) has waited, in seconds.</summary>
    public static void OutboxWaits(string outbox, double seconds) => outboxes[outbox] = seconds;
}
