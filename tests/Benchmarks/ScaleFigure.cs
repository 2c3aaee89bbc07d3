using System.Diagnostics;
using System.Globalization;
using System.Text;
using Aggregator.Testing;
using Npgsql;

namespace Aggregator.Benchmarks;

/// <summary>More Apis, more Workers, and a standby that every commit waits for and that serves the reads. All on this one machine.</summary>
sealed class ScaleFigure(Nation nation)
{
    const int Clients = 16;
    static readonly TimeSpan duration = TimeSpan.FromSeconds(6);

    /// <summary>An Api's code is compiled while it runs, and each Api's by itself.</summary>
    static readonly TimeSpan warmUp = TimeSpan.FromSeconds(10);

    /// <summary>Measures and reports.</summary>
    public async Task MeasureAsync(Table table)
    {
        var one = await AddAsync(table, 1, nation.ConnectionString, null, "1 Api: submissions");
        await AddAsync(table, 2, nation.ConnectionString, one, "2 Apis");
        await AddAsync(table, 4, nation.ConnectionString, one, "4 Apis");
        await AddWorkersAsync(table);

        var standby = await StartStandbyAsync();
        await AddAsync(table, 1, standby, one, "1 Api, a standby that commits wait for: submissions");
        await AddReadsAsync(table, standby);
    }

    async Task<double> AddAsync(Table table, int apis, string connectionString, double? one, string figure)
    {
        var started = new List<(AggregatorProcess Api, Uri Address)>();
        for (var number = 0; number < apis; number++)
        {
            started.Add(await AggregatorProcess.StartApiAsync(connectionString));
        }

        var load = new HttpLoad([.. started.Select(s => s.Address)]);
        await FileAsync(warmUp * apis);
        List<Run> runs = [];
        for (var round = 0; round < 3; round++)
        {
            runs.Add((await FileAsync(duration)).Print(figure));
        }

        started.ForEach(s => s.Api.Dispose());
        var run = Run.Median(runs);
        table.Add(figure, one is { } rate ? $"{rate:0} /s" : "–", string.Create(CultureInfo.InvariantCulture, $"{run.PerSecond:0} /s, p99 {run.P99:0.0} ms"), run.PerSecond / one, "–");
        return run.PerSecond;

        async Task<Run> FileAsync(TimeSpan time)
        {
            var year = await nation.OpenYearAsync();
            return Run.Measure(nation.ServerProcess, started[0].Api.Id, () => load.Run(Clients, time, "201",
                () => (number, buffer) => SubmissionFigure.WriteRequest(number, buffer, year, Nation.CountyKey)));
        }
    }

    async Task AddWorkersAsync(Table table)
    {
        List<int> years = [await nation.OpenYearAsync(), await nation.OpenYearAsync()];
        await nation.PlantReportsAsync(years);
        var alone = 0.0;
        foreach (var count in (int[])[1, 2, 4])
        {
            List<AggregatorProcess> workers = [.. Enumerable.Range(0, count).Select(_ => AggregatorProcess.StartWorker(nation.ConnectionString))];
            await Task.Delay(TimeSpan.FromSeconds(4));
            var clock = Stopwatch.StartNew();
            await nation.MarkAllAsync(years);
            await nation.WaitUntilFreshAsync();
            var seconds = clock.Elapsed.TotalSeconds;
            alone = count == 1 ? seconds : alone;
            table.Add($"{count} Worker{(count == 1 ? "" : "s")}: all totals of {years.Count * Nation.Units / 1000} thousand reports", $"{alone:0.0} s", $"{seconds:0.0} s", seconds / alone, "–");
            workers.ForEach(worker => worker.Dispose());
        }
    }

    async Task AddReadsAsync(Table table, string standby)
    {
        var (api, address) = await AggregatorProcess.StartApiAsync(standby);
        using (api)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/counties/{Nation.FirstCounty}/years/2021/totals");
            var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Nation.ViewerKey}\r\n\r\n");
            List<Run> runs = [];
            for (var round = 0; round < 3; round++)
            {
                runs.Add(Run.Measure(nation.ServerProcess, api.Id, () => new HttpLoad(address).Run(Clients, duration, "200", () => (_, buffer) =>
                {
                    request.CopyTo(buffer, 0);
                    return request.Length;
                })).Print("totals from the standby"));
            }

            var run = Run.Median(runs);
            table.Add("GET totals, with a standby", "–", string.Create(CultureInfo.InvariantCulture, $"{run.PerSecond:0} /s, of which the primary's part {run.Database:0} µs"), null, "–");
        }
    }

    /// <summary>Starts a standby beside the cluster; the connection string of both.</summary>
    async Task<string> StartStandbyAsync()
    {
        var cluster = Environment.GetEnvironmentVariable("AGGREGATOR_CLUSTER")!;
        await ScriptAsync("standby", $"{cluster}.standby", "5432", cluster);
        var settings = new NpgsqlConnectionStringBuilder(nation.ConnectionString);
        settings.Host = $"{new NpgsqlConnectionStringBuilder(await ScriptAsync("url", $"{cluster}.standby", settings.Database!)).Host},{settings.Host}";
        return settings.ConnectionString;
    }

    static async Task<string> ScriptAsync(params string[] arguments)
    {
        using var script = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "deploy/postgres.sh"), arguments) { RedirectStandardOutput = true })!;
        var output = await script.StandardOutput.ReadLineAsync();
        await script.WaitForExitAsync();
        return script.ExitCode == 0 ? output ?? "" : throw new InvalidOperationException($"deploy/postgres.sh {string.Join(' ', arguments)} failed.");
    }
}
