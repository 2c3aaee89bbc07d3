using System.Globalization;

namespace Aggregator.Benchmarks;

/// <summary>Where and of what the figures are.</summary>
static class Machine
{
    /// <summary>Processor, memory, commit, date.</summary>
    public static string Describe()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor";
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 30);
        var commit = Environment.GetEnvironmentVariable("AGGREGATOR_COMMIT") ?? "unknown";
        var today = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return $"{Environment.ProcessorCount} × {model}, {memory} GB; .NET {Environment.Version}; commit {commit}; {today}; load average {Load()}";
    }

    /// <summary>Others' work on the machine is the noise in the figures.</summary>
    public static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
