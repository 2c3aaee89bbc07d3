using System.Diagnostics;
using System.Globalization;
using Aggregator.Testing;
using Npgsql;

namespace Aggregator.Benchmarks;

/// <summary>What the worker has to keep up with: all totals of the nation anew, and the last hour before the deadline.</summary>
sealed class TotalsFigure(Nation nation, Uri address)
{
    const int Clients = 16;

    /// <summary>Measures and reports.</summary>
    public async Task MeasureAsync(Table table)
    {
        using var worker = await RebuildAsync(table);

        // Twenty thousand in the last hour are six a second: ten times that, and then as fast as they go.
        await BurstAsync(table, 1_800, 60);
        await BurstAsync(table, 20_000, double.PositiveInfinity);
    }

    /// <summary>Measures all totals anew; gives the Worker that has made them, which is warm then.</summary>
    async Task<AggregatorProcess> RebuildAsync(Table table)
    {
        const int Years = 4;
        Console.WriteLine($"Rebuild: {Years * Nation.Units} reports.");
        var years = new List<int>();
        for (var year = 0; year < Years; year++)
        {
            years.Add(await nation.OpenYearAsync());
        }

        await nation.PlantReportsAsync(years);
        var copies = new List<double>();
        for (var round = 0; round < 3; round++)
        {
            copies.Add(await CopyAsync(years));
        }

        var worker = AggregatorProcess.StartWorker(nation.ConnectionString);
        await Task.Delay(TimeSpan.FromSeconds(3));
        var server = CpuTime.OfFamily(nation.ServerProcess);
        var own = CpuTime.Of(worker.Id);
        var clock = Stopwatch.StartNew();
        await nation.MarkAllAsync(years);
        await nation.WaitUntilFreshAsync();
        var rebuild = clock.Elapsed.TotalSeconds;
        copies.Sort();
        table.Add($"rebuild of all totals from {Years * Nation.Units / 1000} thousand reports", $"COPY: {copies[1]:0.0} s", $"{rebuild:0.0} s", rebuild / copies[1], "≤ 2");
        table.Add("– its processor time", "–", $"PostgreSQL {CpuTime.OfFamily(nation.ServerProcess) - server:0.0} s, Worker {CpuTime.Of(worker.Id) - own:0.0} s", null, "–");
        table.Add("memory of the Worker, at most", "–", $"{Memory.Most(worker.Id):0} MB", null, "< 300 MB");
        return worker;
    }

    /// <summary>Seconds to get the same figures out of PostgreSQL as fast as it gives them.</summary>
    async Task<double> CopyAsync(List<int> years)
    {
        await using var connection = new NpgsqlConnection(nation.ConnectionString);
        await connection.OpenAsync();
        var clock = Stopwatch.StartNew();
        await using var copy = await connection.BeginRawBinaryCopyAsync(
            $"copy (select county, year, unit, figures from revision where year in ({string.Join(',', years)})) to stdout (format binary)");
        var buffer = new byte[1 << 16];
        while (await copy.ReadAsync(buffer.AsMemory(), CancellationToken.None) > 0)
        {
        }

        return clock.Elapsed.TotalSeconds;
    }

    async Task BurstAsync(Table table, int submissions, double perSecond)
    {
        Console.WriteLine($"Burst: {submissions} submissions while a worker runs.");
        var year = await nation.OpenYearAsync();
        await nation.WaitUntilFreshAsync();
        var load = new HttpLoad(address);
        var clock = Stopwatch.StartNew();
        var running = Task.Factory.StartNew(
            () => load.Run(Clients, TimeSpan.FromSeconds(120), "201", () => (number, buffer) => SubmissionFigure.WriteRequest(number, buffer, year, Nation.CountyKey), submissions, perSecond),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        // Lag: how long ago as many reports had been answered as the nation's total includes now.
        var (answered, worst, arrived) = (new List<(double At, long Count)>(), 0.0, 0);
        await using var connection = new NpgsqlConnection(nation.ConnectionString);
        await connection.OpenAsync();
        while (true)
        {
            answered.Add((clock.Elapsed.TotalSeconds, load.Answered));
            var included = await Nation.IncludedAsync(connection, year);
            var now = clock.Elapsed.TotalSeconds;
            while (arrived < answered.Count && answered[arrived].Count <= included)
            {
                arrived++;
            }

            worst = Math.Max(worst, arrived < answered.Count ? now - answered[arrived].At : 0);
            if (included >= submissions)
            {
                break;
            }

            await Task.Delay(20);
        }

        var result = await running;
        table.Add($"burst of {submissions} submissions, lag of the nation's totals",
            string.Create(CultureInfo.InvariantCulture, $"{result.PerSecond:0} /s"), $"at most {worst:0.0} s", null, "≤ 5 s");
    }
}
