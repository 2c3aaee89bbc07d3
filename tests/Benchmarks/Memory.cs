using System.Globalization;

namespace Aggregator.Benchmarks;

/// <summary>Memory of a process that lies in RAM, in MB, from /proc.</summary>
static class Memory
{
    /// <summary>Now.</summary>
    public static double Now(int process) => Read(process, "VmRSS:");

    /// <summary>At most so far.</summary>
    public static double Most(int process) => Read(process, "VmHWM:");

    static double Read(int process, string field)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status")).First(l => l.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
