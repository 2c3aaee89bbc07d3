using System.Diagnostics;
using Aggregator.Testing;
using Npgsql;

namespace Aggregator.Benchmarks;

/// <summary>From the start of a process to its first answer (of the Worker: its first sign of life in the database), and memory.</summary>
static class StartFigure
{
    /// <summary>Measures and reports.</summary>
    public static async Task MeasureAsync(Table table, Nation nation, int rounds)
    {
        Console.WriteLine("Start and memory.");
        List<Start> empty = [], api = [], worker = [];
        for (var round = 0; round <= rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            var (floor, _) = await Floor.StartAsync();
            using (floor)
            {
                empty.Add(await MeasureAsync(clock, floor.Id));
                floor.Kill();
            }

            clock.Restart();
            var (program, _) = await AggregatorProcess.StartApiAsync(nation.ConnectionString);
            using (program)
            {
                api.Add(await MeasureAsync(clock, program.Id));
            }

            await using var connection = new NpgsqlConnection(nation.ConnectionString);
            await connection.OpenAsync();
            await using var clear = new NpgsqlCommand("delete from worker", connection);
            await clear.ExecuteNonQueryAsync();
            clock.Restart();
            using var job = AggregatorProcess.StartWorker(nation.ConnectionString);
            await using var seen = new NpgsqlCommand("select exists (select from worker)", connection);
            while (!(bool)(await seen.ExecuteScalarAsync())!)
            {
                await Task.Delay(20);
            }

            worker.Add(await MeasureAsync(clock, job.Id));
        }

        var least = Median(empty);
        foreach (var (name, start) in (IEnumerable<(string, Start)>)[("Api", Median(api)), ("Worker", Median(worker))])
        {
            table.Add($"start of the {name}", $"{least.Seconds * 1000:0} ms", $"{start.Seconds * 1000:0} ms", start.Seconds / least.Seconds, "≤ 2");
            table.Add("– its processor time", $"{least.Cpu * 1000:0} ms", $"{start.Cpu * 1000:0} ms", start.Cpu / least.Cpu, "–");
            table.Add($"memory of the {name}, idle", $"{least.Memory:0} MB", $"{start.Memory:0} MB", start.Memory / least.Memory, name == "Api" ? "< 250 MB" : "< 300 MB");
        }
    }

    static async Task<Start> MeasureAsync(Stopwatch clock, int process)
    {
        var (seconds, cpu) = (clock.Elapsed.TotalSeconds, CpuTime.Of(process));
        await Task.Delay(TimeSpan.FromSeconds(1));
        return new Start(seconds, cpu, Memory.Now(process));
    }

    static Start Median(List<Start> starts)
    {
        var counted = starts.Count > 1 ? starts[1..] : starts;
        return new Start(Of(s => s.Seconds), Of(s => s.Cpu), Of(s => s.Memory));

        double Of(Func<Start, double> quantity) => counted.Select(quantity).Order().ElementAt(counted.Count / 2);
    }

    sealed record Start(double Seconds, double Cpu, double Memory);
}
