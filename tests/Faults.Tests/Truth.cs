using System.Globalization;
using System.Text.Json.Nodes;
using Aggregator.Forms;

namespace Aggregator.Faults.Tests;

/// <summary>
/// What a county's total has to say, from the bodies that were sent. The arithmetic is written out from the statutory tables:
/// leaves are added, totals computed anew.
/// </summary>
static class Truth
{
    static readonly Form form = Form.Find("2021")!;
    static readonly string[] notResults = ["received", "carriedIn", "total", "carriedOut"];

    /// <summary>Figures by cell path.</summary>
    public static Dictionary<string, decimal> Sum(IReadOnlyCollection<byte[]> bodies)
    {
        var sums = form.Cells.ToDictionary(c => c.Path, _ => 0m);
        foreach (var figures in bodies.Select(b => JsonNode.Parse(b)!["figures"]!))
        {
            foreach (var path in sums.Keys)
            {
                sums[path] += NumberAt(figures, path) ?? 0;
            }
        }

        foreach (var table in form.Sections.Where(s => s.Code is "requests" or "review"))
        {
            var cells = form.Cells.Where(c => c.Section.Code == table.Code).ToLookup(c => c.Row.Code);
            if (table.Code == "requests")
            {
                foreach (var total in cells["total"])
                {
                    sums[total.Path] = cells.Where(row => !notResults.Contains(row.Key)).Sum(row => sums[row.Single(c => c.Column.Code == total.Column.Code).Path]);
                }
            }

            foreach (var row in cells)
            {
                sums[row.Single(c => c.Column.Code == "total").Path] = row.Where(c => c.Column.Code != "total").Sum(c => sums[c.Path]);
            }
        }

        return sums;
    }

    /// <summary>Adds one county to those before it.</summary>
    public static void Add(Dictionary<string, decimal> to, Dictionary<string, decimal> figures)
    {
        foreach (var (path, number) in figures)
        {
            to[path] = to.GetValueOrDefault(path) + number;
        }
    }

    /// <summary>The cells in which a total differs; one that nobody has reported to has none.</summary>
    public static List<string> Differences(JsonObject total, Dictionary<string, decimal> expected) =>
        [.. expected.Where(e => NumberAt(total["figures"]!, e.Key) != e.Value).Select(e => $"{e.Key} is {NumberAt(total["figures"]!, e.Key)}, not {e.Value}")];

    static decimal? NumberAt(JsonNode figures, string path) =>
        path.Split('.').Aggregate((JsonNode?)figures, (node, segment) => node?[segment]) is { } value
            ? decimal.Parse(value.ToString(), NumberStyles.Number | NumberStyles.AllowExponent, CultureInfo.InvariantCulture) : null;
}
