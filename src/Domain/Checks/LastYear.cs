using System.Collections.Immutable;
using Aggregator.Forms;
using Aggregator.Totals;

namespace Aggregator.Checks;

/// <summary>What a unit reported the year before, to compare with.</summary>
/// <param name="Year">That year.</param>
/// <param name="Figures">The numbers, in the form of that year; with units merged into this one, the sum of all.</param>
/// <param name="Sources">The revisions that they come from.</param>
public sealed record LastYear(int Year, Figures Figures, ImmutableArray<SourceRevision> Sources)
{
    /// <summary>
    /// Last year's number in a cell of this year's form; null if it is missing or last year's form has no such cell. A path that
    /// two forms share means the same in both.
    /// </summary>
    public decimal? this[Cell cell] => Figures.Form.FindCell(cell.Path) is { } same ? Figures[same] : null;

    /// <summary>What a clerk has to be told after a number that stands in no single report of last year; empty if it does.</summary>
    public string OfSeveral => Sources.Length > 1 ? $"（有单位并入，为 {Sources.Length} 个单位上年数的合计）" : "";

    /// <summary>How a finding names a cell of last year's report.</summary>
    public string PathOf(Cell cell) => $"{Year}:{cell.Path}";

    /// <summary>
    /// Last year's figures of a unit, out of its own and other units' reports of both years. A unit that was merged into it, directly
    /// or by way of others, is added, unless it or one on the way still reports by itself. Null if anybody expected last year is not in: half a sum would accuse the innocent.
    /// </summary>
    public static LastYear? Of(string unit, int year, IReadOnlyCollection<FiledReport> reports) =>
        Add(unit, year, ByHeir(year, reports, [unit])[unit]);

    /// <summary>The same for every unit that reports, as far as there is anything.</summary>
    public static Dictionary<string, LastYear> OfEach(int year, IReadOnlyCollection<FiledReport> reports) =>
        ByHeir(year, reports, []).Where(added => added.Key.Length > 0).Select(added => (Unit: added.Key, Last: Add(added.Key, year, added)))
            .Where(u => u.Last is not null).ToDictionary(u => u.Unit, u => u.Last!);

    /// <summary>The reports of last year, each by the unit to which it is added now; those of units that are nobody's any more, by "".</summary>
    static ILookup<string, FiledReport> ByHeir(int year, IReadOnlyCollection<FiledReport> reports, IEnumerable<string> others)
    {
        HashSet<string> reporting = [.. reports.Where(r => r.Year == year).Select(r => r.Unit), .. others];
        return reports.Where(r => r.Year == year - 1).ToLookup(r => r.Heirs.Prepend(r.Unit).FirstOrDefault(reporting.Contains, ""));
    }

    static LastYear? Add(string unit, int year, IEnumerable<FiledReport> reports)
    {
        FiledReport[] added = [.. reports.OrderBy(r => r.Unit != unit).ThenBy(r => r.Unit, StringComparer.Ordinal)];
        if (added is not [{ Figures: { } first }, ..] || added.Any(r => r.Figures?.Form != first.Form))
        {
            return null;
        }

        return new LastYear(year - 1, added.Length == 1 ? first : FigureSum.Of(first.Form, added.Select(r => r.Figures!.Values)),
            [.. added.Select(r => new SourceRevision(r.Unit, r.Revision!.Value))]);
    }
}

/// <summary>A revision of a unit's report.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Revision">Its number.</param>
public sealed record SourceRevision(string Unit, int Revision);

/// <summary>What an expected unit has filed for a year.</summary>
/// <param name="Year">Report year.</param>
/// <param name="Unit">Unit code.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Heirs">The unit that took it over, the one that took over that one, and so on.</param>
/// <param name="Revision">The revision that counts; null if none does.</param>
/// <param name="Figures">Its numbers; null if none counts.</param>
public sealed record FiledReport(int Year, string Unit, string Name, string Kind, string[] Heirs, int? Revision, Figures? Figures);
