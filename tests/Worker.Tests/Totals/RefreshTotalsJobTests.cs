using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Aggregator.Access;
using Aggregator.Testing;

namespace Aggregator.Worker.Tests.Totals;

public sealed class RefreshTotalsJobTests(RunningSystem system) : IClassFixture<RunningSystem>
{
    const int Year = 2021;

    [Fact]
    public async Task Every_acknowledged_report_is_counted_exactly_once_though_workers_are_killed()
    {
        string[] counties = ["360922", "360982", "361021", "320813"];
        var units = await ExpectDepartmentsAsync(counties, each: 50);
        var clerks = counties.Zip(await Task.WhenAll(counties.Select(c => system.ClientAsync(Role.County, c)))).ToDictionary();
        var acknowledged = new ConcurrentDictionary<string, long>();
        var waiting = new ConcurrentQueue<string>(units.OrderBy(u => u[^3..], StringComparer.Ordinal));

        using (var first = AggregatorProcess.StartWorker(system.Database))
        using (AggregatorProcess.StartWorker(system.Database))
        {
            var clients = Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
            {
                while (waiting.TryDequeue(out var unit))
                {
                    var penalties = 1_000_000_000L + acknowledged.Count;
                    var body = Report.Zero("2021").With("disclosure.penalties.decisions", penalties).ToJson(unit).ToJsonString();
                    using var content = new StringContent(body, Encoding.UTF8, "application/json");
                    var response = await clerks[unit[..6]].PostAsync($"/api/v1/counties/{unit[..6]}/years/{Year}/submissions", content);
                    response.StatusCode.ShouldBe(HttpStatusCode.Created);
                    acknowledged[unit] = penalties;
                    if (acknowledged.Count == 100)
                    {
                        first.Kill();
                    }
                }
            })).ToArray();
            await Task.WhenAll(clients);
        }

        // Both workers are dead now; a new one finds what they left.
        using var restarted = AggregatorProcess.StartWorker(system.Database);
        await system.WaitUntilFreshAsync();

        acknowledged.Count.ShouldBe(200);
        var viewer = await system.ClientAsync(Role.Viewer, "00");
        foreach (var division in counties.SelectMany(c => new[] { c, c[..4], c[..2] }).Append("00").Distinct())
        {
            var below = acknowledged.Where(a => division == "00" || a.Key.StartsWith(division, StringComparison.Ordinal)).ToList();
            var totals = await viewer.TotalsAsync(division, Year);
            ((long?)totals["figures"]!["disclosure"]!["penalties"]!["decisions"]).ShouldBe(below.Sum(a => a.Value), division);
            ((int?)totals["units"]!["included"]).ShouldBe(below.Count, division);
            ((int?)totals["units"]!["expected"]).ShouldBe(below.Count, division);
        }
    }

    async Task<List<string>> ExpectDepartmentsAsync(string[] counties, int each)
    {
        foreach (var county in counties)
        {
            var clerk = await system.ClientAsync(Role.County, county);
            using var year = new StringContent("{}", Encoding.UTF8, "application/json");
            (await clerk.PutAsync($"/api/v1/counties/{county}/years/{Year}", year)).EnsureSuccessStatusCode();
            await system.Database.ScalarAsync<int>($"""
                with added as (
                    insert into unit (code, name, kind, parent)
                    select '{county}-d' || to_char(n, 'FM000'), '部门' || n, 'department', '{county}' from generate_series(1, {each}) n
                    returning code
                )
                insert into filing (county, year, unit) select '{county}', {Year}, code from added
                """);
        }

        return [.. counties.SelectMany(county => Enumerable.Range(1, each).Select(n => $"{county}-d{n:000}"))];
    }
}
