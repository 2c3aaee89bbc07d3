using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Aggregator.Submissions;
using Aggregator.Testing;
using Aggregator.Years;

namespace Aggregator.Benchmarks;

/// <summary>What people and programs read most: a county's totals against a constant, roster and revisions against their one query.</summary>
sealed class ReadFigure(Nation nation, AggregatorProcess api, Uri address, PgBench pgbench)
{
    const int Clients = 16;
    static readonly TimeSpan duration = TimeSpan.FromSeconds(4);

    // The runtime counts what is called how, for its second and last translation; while it does, a request costs the Api two to five times as much.
    static readonly TimeSpan warmUp = TimeSpan.FromSeconds(20);

    static readonly Dictionary<string, string> types = new()
    {
        ["county"] = "text",
        ["year"] = "int",
        ["unit"] = "text",
        ["now"] = "timestamptz",
        ["first"] = "int",
        ["limit"] = "int",
    };

    /// <summary>Measures and reports.</summary>
    public async Task MeasureAsync(Table table, int rounds)
    {
        Console.WriteLine($"Reads: {Clients} clients, runs of {duration.TotalSeconds} s, after {warmUp.TotalSeconds} s to warm up.");
        var year = await nation.OpenLargeCountyAsync(address);
        var county = string.Create(CultureInfo.InvariantCulture, $"/api/v1/counties/{Nation.LargeCounty}/years/{year}");
        var unit = $"{Nation.LargeCounty}101";
        var variables = new Dictionary<string, string>
        {
            ["county"] = Nation.LargeCounty,
            ["year"] = year.ToString(CultureInfo.InvariantCulture),
            ["unit"] = unit,
            ["now"] = "2022-01-20 10:00:00+00",
            ["first"] = "1",
            ["limit"] = "202",
        };
        var (floor, constants) = await Floor.StartAsync();
        try
        {
            using var client = new HttpClient { BaseAddress = address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Nation.LargeCountyKey) } };
            using var totals = await client.GetAsync(new Uri($"{county}/totals", UriKind.Relative));
            totals.EnsureSuccessStatusCode();
            var (tag, size) = (totals.Headers.ETag!.ToString(), (await totals.Content.ReadAsByteArrayAsync()).Length);
            var constant = string.Create(CultureInfo.InvariantCulture, $"/constant/{size}");

            await CompareAsync($"GET totals, 200, {size / 1000.0:0.0} kB", "≥ 0.80", time => Load(constants, floor.Id, constant, null, "200", time), time => Load(address, api.Id, $"{county}/totals", null, "200", time));
            await CompareAsync("GET totals, 304", "≥ 0.80", time => Load(constants, floor.Id, constant, "\"constant\"", "304", time), time => Load(address, api.Id, $"{county}/totals", tag, "304", time));
            await CompareAsync($"GET roster of {Nation.LargeCountyUnits} units", "≥ 0.60",
                time => Query(PgBench.Statement(RosterStore.Select, types, "unit"), variables, time), time => Load(address, api.Id, $"{county}/roster", null, "200", time));
            await CompareAsync($"GET {Nation.LargeCountyRevisions} revisions of a unit", "≥ 0.60",
                time => Query(PgBench.Statement(SubmissionStore.SelectSome, types), variables, time), time => Load(address, api.Id, $"{county}/submissions/{unit}/revisions", null, "200", time));
        }
        finally
        {
            floor.Kill();
            floor.Dispose();
        }

        async Task CompareAsync(string figure, string aim, Func<TimeSpan, Run> floorRun, Func<TimeSpan, Run> run)
        {
            List<Run> floors = [], runs = [];
            for (var round = 0; round <= rounds; round++)
            {
                floors.Add(floorRun(duration).Print("floor"));
                runs.Add(run(round == 0 ? warmUp : duration).Print(figure));
                await Task.Yield();
            }

            var (least, median) = (Run.Median(floors), Run.Median(runs));
            table.Add(figure, $"{least.PerSecond:0} /s", $"{median.PerSecond:0} /s", median.PerSecond / least.PerSecond, aim);
            table.Add("– its processor time", $"{least.Cpu:0} µs", $"{median.Cpu:0} µs: PostgreSQL {median.Database:0}, Api {median.Api:0}", least.Cpu / median.Cpu, "–");
        }
    }

    Run Query(string script, Dictionary<string, string> variables, TimeSpan time) =>
        Run.Measure(nation.ServerProcess, null, () => pgbench.Run(script, variables, "aggregator_api", Clients, time));

    Run Load(Uri host, int process, string path, string? tag, string status, TimeSpan time)
    {
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Nation.LargeCountyKey}\r\n{(tag is null ? "" : $"If-None-Match: {tag}\r\n")}\r\n");
        return Run.Measure(nation.ServerProcess, process, () => new HttpLoad(host).Run(Clients, time, status, () => (_, buffer) =>
        {
            request.CopyTo(buffer, 0);
            return request.Length;
        }));
    }
}
