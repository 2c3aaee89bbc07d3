using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Aggregator.Access;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Browser.Tests.Submissions;

/// <summary>
/// A clerk's worst case, an hour in twenty seconds: all 48 units of a county file, a dozen of them by a Word file of 20 MB, and the
/// Worker dies. Nothing that was acknowledged may be lost; how long pages took is written down, not asserted. Alone, for it takes all of the machine.
/// </summary>
[Collection(nameof(LastHourTests))]
[CollectionDefinition(nameof(LastHourTests), DisableParallelization = true)]
public sealed partial class LastHourTests(Chromium chromium)
{
    const string County = "360922";
    const int Year = 2025;
    static readonly TimeSpan apart = TimeSpan.FromMilliseconds(420);

    [Fact]
    public async Task Forty_eight_units_file_in_the_last_hour_and_nothing_is_lost()
    {
        var system = new RunningSystem();
        await system.InitializeAsync();
        await using var running = system;
        var worker = AggregatorProcess.StartWorker(system.Database);
        try
        {
            using var office = await system.ClientAsync(Role.County, County);
            var units = await OpenYearAsync(system, office);
            var (visits, filed, word) = (new ConcurrentBag<Visit>(), new ConcurrentDictionary<string, Filed>(), WordFileOf20Megabytes());

            var hour = Task.WhenAll(units.Select(async (unit, i) =>
            {
                await Task.Delay(apart * i);
                filed[unit] = (i % 4) switch
                {
                    0 => await HandInAsync(system, visits, unit, ReportOf(i), word),
                    3 => await SendAsync(system, unit, ReportOf(i)),
                    _ => await FillInAsync(system, visits, unit, ReportOf(i)),
                };
            }));
            var watched = Task.WhenAll(WatchAsync(system, visits, units[0], hour), LookOnAsync(system, visits, hour));
            for (; filed.Count < units.Length / 2 && !hour.IsCompleted; await Task.Delay(20))
            {
                // Nothing yet.
            }

            worker.Kill();
            await Task.Delay(2000);
            worker = AggregatorProcess.StartWorker(system.Database);
            await hour;
            await watched;

            await system.WaitUntilFreshAsync();
            for (var i = 0; i < units.Length; i++)
            {
                foreach (var (revision, sha256) in filed[units[i]].Bodies)
                {
                    var body = await office.GetByteArrayAsync($"/api/v1/counties/{County}/years/{Year}/submissions/{units[i]}/body?revision={revision}");
                    Convert.ToHexStringLower(SHA256.HashData(body)).ShouldBe(sha256, $"{units[i]}, revision {revision}");
                }
            }

            var totals = await office.TotalsAsync(County, Year);
            ((int)totals["figures"]!["disclosure"]!["penalties"]!["decisions"]!).ShouldBe(Enumerable.Range(1, 48).Sum());
            ((int)totals["units"]!["included"]!).ShouldBe(48);
            ((bool)totals["complete"]!).ShouldBeTrue();
            Write(visits);
        }
        finally
        {
            worker.Dispose();
        }
    }

    /// <summary>What a unit was told that it had handed in.</summary>
    /// <param name="Bodies">Each revision with the hash of its body.</param>
    sealed record Filed(params (int Revision, string Sha256)[] Bodies);

    static Report ReportOf(int i) => Report.Zero("2021").With("disclosure.penalties.decisions", i + 1);

    static async Task<string[]> OpenYearAsync(RunningSystem system, HttpClient office)
    {
        (await office.PutAsync($"/api/v1/counties/{County}/years/{Year}", new StringContent("{}", null, "application/json"))).EnsureSuccessStatusCode();
        return (await system.Database.ScalarAsync<string[]>($"""
            insert into unit (code, name, kind, parent) select '{County}-d' || n, '县直部门' || n, 'department', '{County}' from generate_series(11, 99) n;
            with units as (select code from unit where parent = '{County}' order by code limit 48),
            listed as (insert into filing (county, year, unit) select '{County}', {Year}, code from units)
            select array_agg(code order by code desc) from units
            """))!;
    }

    /// <summary>The report of a town, with pictures as large as a file may be.</summary>
    static byte[] WordFileOf20Megabytes()
    {
        var picture = new byte[20_900_000];
        new Random(1).NextBytes(picture);
        var text = Repository.Read("samples/documents/geshan-2021.txt").Replace("2021", $"{Year}", StringComparison.Ordinal).ReplaceLineEndings("\n").Split('\n');
        return WordFile.With(WordFile.Of(string.Concat(text.Select(line => WordFile.Paragraph(System.Security.SecurityElement.Escape(line.Replace('\t', ' ')))))), "word/media/image1.png", picture);
    }

    /// <summary>A program files.</summary>
    static async Task<Filed> SendAsync(RunningSystem system, string unit, Report report)
    {
        using var client = await system.ClientAsync(Role.Reporter, unit);
        var body = report.ToBody(unit);
        var response = await client.PostAsync($"/api/v1/counties/{County}/years/{Year}/submissions",
            new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } });
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        return new Filed((1, Convert.ToHexStringLower(SHA256.HashData(body))));
    }

    /// <summary>A clerk types, is told what is found, and files.</summary>
    static async Task<Filed> FillInAsync(RunningSystem system, ConcurrentBag<Visit> visits, string unit, Report report)
    {
        using var clerk = await Visitor.SignedInAsync(system, Role.Reporter, unit, visits);
        await clerk.OpenAsync("/", "unit");
        return await FileAsync(clerk, unit, report, checks: 3);
    }

    /// <summary>A clerk hands the Word file in, looks at what was read, corrects it and files.</summary>
    static async Task<Filed> HandInAsync(RunningSystem system, ConcurrentBag<Visit> visits, string unit, Report report, byte[] word)
    {
        using var clerk = await Visitor.SignedInAsync(system, Role.Reporter, unit, visits);
        await clerk.OpenAsync("/", "unit");
        await clerk.SendFileAsync($"/units/{unit}/years/{Year}/document", "hand in 20 MB, to what was read", word);
        clerk.Address.AbsolutePath.ShouldEndWith("/reading");
        var draft = RevisionOf(clerk);
        var filed = await FileAsync(clerk, unit, report, checks: 1);
        return new Filed([(draft, Convert.ToHexStringLower(SHA256.HashData(word))), .. filed.Bodies]);
    }

    static async Task<Filed> FileAsync(Visitor clerk, string unit, Report report, int checks)
    {
        var edit = $"/units/{unit}/years/{Year}/edit";
        await clerk.OpenAsync(edit, "edit");
        var prose = report.ToJson(unit)["prose"]!.AsObject();
        Dictionary<string, string> fields = report.Form.Cells.ToDictionary(c => c.Path, c => Figures.Text(report.Figures.Values[c.Index]));
        foreach (var (code, text) in prose)
        {
            fields[$"prose.{code}"] = (string)text!;
        }

        fields["seen"] = clerk.Field("seen");
        for (var check = 0; check < checks; check++)
        {
            await clerk.SendAsync(edit, "check while typing", [.. fields, new("do", "type"), new("keep", "1")]);
        }

        await clerk.SendAsync(edit, "file, to the receipt", [.. fields, new("do", "file")]);
        clerk.Address.AbsolutePath.ShouldEndWith("/receipt");
        await clerk.OpenAsync($"/units/{unit}/years/{Year}/history", "history");
        await clerk.OpenAsync($"/units/{unit}/years/{Year}/receipt", "receipt");
        return new Filed((RevisionOf(clerk), Hash().Match(clerk.Page).Value));
    }

    static int RevisionOf(Visitor clerk) => int.Parse(RevisionNumber().Match(clerk.Page).Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>The coordinator goes from page to page until all have filed.</summary>
    static async Task WatchAsync(RunningSystem system, ConcurrentBag<Visit> visits, string unit, Task hour)
    {
        using var office = await Visitor.SignedInAsync(system, Role.County, County, visits);
        var year = $"/counties/{County}/years/{Year}";
        while (!hour.IsCompleted)
        {
            foreach (var (page, what) in new[] { (year, "dashboard"), ($"{year}/totals", "totals"), ($"{year}/anomalies", "anomalies"), ($"{year}/units/{unit}", "review"), ($"/divisions/{County}/years/{Year}/heat-map", "heat map") })
            {
                await office.OpenAsync(page, what);
                await Task.Delay(100);
            }
        }

        await office.OpenAsync(year, "dashboard");
        office.Page.ShouldContain("已报 48 / 48 个单位");
    }

    /// <summary>The same in a window.</summary>
    async Task LookOnAsync(RunningSystem system, ConcurrentBag<Visit> visits, Task hour)
    {
        var page = await chromium.OpenAsync(address: system.Address);
        await Chromium.SignInAsync(page.Context, system, Role.County, County);
        while (!hour.IsCompleted)
        {
            var watch = Stopwatch.StartNew();
            await page.GotoAsync($"/counties/{County}/years/{Year}");
            visits.Add(new Visit("dashboard in Chromium, loaded", watch.Elapsed.TotalMilliseconds));
            await Task.Delay(1000);
        }
    }

    static void Write(ConcurrentBag<Visit> visits)
    {
        foreach (var group in visits.GroupBy(v => v.What).Append(visits.GroupBy(_ => "all").Single()).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            double[] times = [.. group.Select(v => v.Milliseconds).Order()];
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {group.Key} | {times.Length} | {times[times.Length / 2]:0} | {times[times.Length * 95 / 100]:0} | {times[^1]:0} |"));
        }
    }

    [GeneratedRegex("第 (\\d+) 稿")]
    private static partial Regex RevisionNumber();

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Hash();
}
