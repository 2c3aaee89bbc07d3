using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Aggregator.Access;

namespace Aggregator.Browser.Tests;

/// <summary>
/// Goes wherever a link leads, as each kind of person, in a county of 110 units with five years of reports in a province of 183
/// counties. With MEASURE=1 each page is asked for twenty times more, for the table in docs/pages.md.
/// </summary>
public sealed partial class EveryPageTests(Chromium chromium)
{
    const string Year = "/counties/510104/years/2023";

    /// <summary>Addresses of one kind that are looked at; their pages differ in what stands in them, not in how they are made.</summary>
    const int OfEachKind = 3;

    [Theory]
    [InlineData(null, "", 1, "/sign-in")]
    [InlineData(Role.Reporter, "510104-u150", 6)]
    [InlineData(Role.County, "510104", 20, $"{Year}/selection?do=remind", $"{Year}/selection?do=extend", $"{Year}/selection?do=exempt", $"{Year}/selection?do=accept", $"{Year}/reminders/preview?unit=510104-u150&step=due")]
    [InlineData(Role.Viewer, "00", 7)]
    [InlineData(Role.Operator, "", 4, "/installation?q=区", "/installation/counties/510104")]
    public async Task Every_page_is_small_with_a_county_of_110_units_and_five_years(Role? role, string scope, int kinds, params string[] begin)
    {
        await chromium.FillProvinceAsync();
        await chromium.Samples.System.WaitUntilFreshAsync();
        var visits = new ConcurrentBag<Visit>();
        using var person = await Visitor.SignedInAsync(chromium.Samples.System, role, scope, visits);
        var all = string.Concat(Enumerable.Range(100, 110).Select(n => $"&unit=510104-u{n}"));
        var ahead = new Queue<string>([.. begin.Select(a => a.Contains("/selection", StringComparison.Ordinal) ? a + all : a), "/"]);
        var (known, seen) = (ahead.ToHashSet(), new SortedDictionary<string, List<(string Address, int Characters, int Bytes)>>(StringComparer.Ordinal));
        while (ahead.TryDequeue(out var address))
        {
            var kind = KindOf(address);
            if (seen.TryGetValue(kind, out var others) && others.Count == OfEachKind)
            {
                continue;
            }

            await person.OpenAsync(address, kind);
            if (person.IsPage)
            {
                (seen[KindOf(address)] = others ?? []).Add((address, person.Page.Length, person.Bytes + await person.ScriptBytesAsync()));
                foreach (var link in person.Links.Where(l => IsPage(l) && known.Add(l)))
                {
                    ahead.Enqueue(link);
                }
            }
        }

        seen.Count.ShouldBeGreaterThanOrEqualTo(kinds, string.Join(' ', seen.Keys));
        await WriteAsync(person, visits, role, seen);
        seen.Values.SelectMany(pages => pages).Where(p => p.Bytes >= 100_000).ShouldBeEmpty();
    }

    static async Task WriteAsync(Visitor person, ConcurrentBag<Visit> visits, Role? role, SortedDictionary<string, List<(string Address, int Characters, int Bytes)>> seen)
    {
        foreach (var (kind, pages) in seen)
        {
            var largest = pages.MaxBy(p => p.Bytes);
            visits.Clear();
            for (var time = 0; time < (Environment.GetEnvironmentVariable("MEASURE") == "1" ? 20 : 1); time++)
            {
                await person.OpenAsync(largest.Address, kind);
            }

            double[] times = [.. visits.Select(v => v.Milliseconds).Order()];
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {role?.ToString().ToLowerInvariant()} | `{kind}` | {largest.Characters / 1000.0:0} | {largest.Bytes / 1000.0:0} | {times[times.Length / 2]:0} |"));
        }
    }

    /// <summary>Files and the machine's own pages are not ours to count.</summary>
    static bool IsPage(string address) => !address.StartsWith("/swagger", StringComparison.Ordinal)
        && (!address.StartsWith("/api/", StringComparison.Ordinal) || address.Split('?')[0].EndsWith(".html", StringComparison.Ordinal));

    /// <summary>The address without what names one of many.</summary>
    static string KindOf(string address)
    {
        var parts = address.Split('?');
        return Named().Replace(parts[0], "/*") + (parts.Length == 1 ? "" : "?" + string.Join('&', parts[1].Split('&').Select(p => p.Split('=')[0]).Distinct()));
    }

    [GeneratedRegex(@"(?<=/totals)/[\w.]+|/\d[\w-]*")]
    private static partial Regex Named();
}
