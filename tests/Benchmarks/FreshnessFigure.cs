using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Aggregator.Testing;

namespace Aggregator.Benchmarks;

/// <summary>How long after a submission its county's totals, and then the nation's, show it, when nothing else is going on.</summary>
static class FreshnessFigure
{
    const int Times = 100;
    const int Warmup = 20;

    /// <summary>Measures and reports.</summary>
    public static async Task MeasureAsync(Table table, Nation nation, Uri address)
    {
        Console.WriteLine($"Freshness: {Times} submissions one by one.");
        var year = await nation.OpenYearAsync();
        using var worker = AggregatorProcess.StartWorker(nation.ConnectionString);
        using var viewer = Client(Nation.ViewerKey);
        List<double> answered = [], county = [], whole = [];
        for (var number = 0; number < Warmup + Times; number++)
        {
            var unit = Nation.UnitAt(number);
            var countyTotals = string.Create(CultureInfo.InvariantCulture, $"/api/v1/counties/{Nation.CountyOf(unit)}/years/{year}/totals");
            var nationTotals = string.Create(CultureInfo.InvariantCulture, $"/api/v1/divisions/00/years/{year}/totals");
            var before = (County: await TagAsync(countyTotals, null), Nation: await TagAsync(nationTotals, null));
            using var client = Client(Nation.UnitKey(unit));
            using var body = new ByteArrayContent(Nation.BodyOf(unit)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            var start = Stopwatch.GetTimestamp();
            using var answer = await client.PostAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"/api/v1/counties/{Nation.CountyOf(unit)}/years/{year}/submissions"), UriKind.Relative), body);
            answer.EnsureSuccessStatusCode();
            answered.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await TagAsync(countyTotals, before.County);
            county.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await TagAsync(nationTotals, before.Nation);
            whole.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await Task.Delay(30);
        }

        Add("submission → county's totals, idle", county, "–");
        Add("submission → nation's totals, idle", whole, "p99 < 100 ms");

        void Add(string figure, List<double> times, string aim)
        {
            var (floor, result) = (LoadResult.Of(answered[Warmup..], 0), LoadResult.Of(times[Warmup..], 0));
            table.Add($"{figure}, p50 / p99", $"its 201: {floor.P50:0.0} / {floor.P99:0.0} ms", $"{result.P50:0.0} / {result.P99:0.0} ms", null, aim);
        }

        HttpClient Client(string key) => new() { BaseAddress = address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };

        // The tag of the totals, as soon as it is another than the one that is known.
        async Task<EntityTagHeaderValue?> TagAsync(string path, EntityTagHeaderValue? known)
        {
            while (true)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                if (known is not null)
                {
                    request.Headers.IfNoneMatch.Add(known);
                }

                using var answer = await viewer.SendAsync(request);
                if (answer.StatusCode != HttpStatusCode.NotModified)
                {
                    return answer.EnsureSuccessStatusCode().Headers.ETag;
                }
            }
        }
    }
}
