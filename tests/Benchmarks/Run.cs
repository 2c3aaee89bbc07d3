using System.Diagnostics;

namespace Aggregator.Benchmarks;

/// <summary>One run of clients, with the processor time of everybody who takes part, in µs for each request.</summary>
/// <param name="PerSecond">Requests per second.</param>
/// <param name="P50">Median time of one, in milliseconds.</param>
/// <param name="P99">99th percentile, in milliseconds.</param>
/// <param name="Database">PostgreSQL's.</param>
/// <param name="Api">That of the program that is asked.</param>
/// <param name="Client">Of those who ask.</param>
/// <param name="All">The rate of every run behind a median.</param>
sealed record Run(double PerSecond, double P50, double P99, double Database, double Api, double Client, double[] All)
{
    /// <summary>All that a request costs; unlike the rate it hardly depends on who else is using the machine.</summary>
    public double Cpu => Database + Api + Client;

    /// <summary>A run whose clients say themselves how much they took.</summary>
    public static Run Measure(int server, int? program, Func<(LoadResult Result, double Cpu)> load)
    {
        var (database, api) = (CpuTime.OfFamily(server), ApiTime());
        var (result, client) = load();
        (database, api) = (CpuTime.OfFamily(server) - database, ApiTime() - api);
        return new Run(result.PerSecond, result.P50, result.P99, PerRequest(database), PerRequest(api), PerRequest(client), [result.PerSecond]);

        double ApiTime() => program is { } id ? CpuTime.Of(id) : 0;

        double PerRequest(double seconds) => seconds * 1e6 / result.Count;
    }

    /// <summary>A run whose clients are threads of this program.</summary>
    public static Run Measure(int server, int program, Func<LoadResult> load)
    {
        using var self = Process.GetCurrentProcess();
        return Measure(server, program, () =>
        {
            var before = self.TotalProcessorTime;
            var result = load();
            self.Refresh();
            return (result, (self.TotalProcessorTime - before).TotalSeconds);
        });
    }

    /// <summary>Median of each quantity by itself; the first run is the warm-up.</summary>
    public static Run Median(List<Run> runs)
    {
        var counted = runs.Count > 1 ? runs[1..] : runs;
        return new Run(Of(r => r.PerSecond), Of(r => r.P50), Of(r => r.P99), Of(r => r.Database), Of(r => r.Api), Of(r => r.Client), [.. counted.Select(r => r.PerSecond)]);

        double Of(Func<Run, double> quantity)
        {
            double[] sorted = [.. counted.Select(quantity).Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    /// <summary>Says what the run was, and gives it.</summary>
    public Run Print(string name)
    {
        Console.WriteLine($"  {name,-30} {PerSecond,6:0} /s  p50 {P50,5:0.0} ms  p99 {P99,5:0.0} ms  µs: PostgreSQL {Database,4:0}  Api {Api,4:0}  client {Client,4:0}  load {Machine.Load()}");
        return this;
    }
}
