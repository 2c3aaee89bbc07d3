using System.Collections.Immutable;
using Aggregator.Forms;

namespace Aggregator.Totals;

/// <summary>A division's totals of several years in the form of the last one.</summary>
/// <param name="Division">Its code.</param>
/// <param name="Name">Its name.</param>
/// <param name="Form">The form of the last year, in whose cells the years are compared.</param>
/// <param name="Years">The years, oldest first.</param>
/// <param name="Cells">Each cell of the form.</param>
public sealed record Comparison(string Division, string Name, string Form, IReadOnlyList<ComparedYear> Years, IReadOnlyList<ComparedCell> Cells)
{
    /// <summary>Compares totals; null if there are none.</summary>
    public static Comparison? Of(string division, string name, IReadOnlyList<Total> totals)
    {
        if (totals is not [.., { Figures.Form: var form }])
        {
            return null;
        }

        return new Comparison(division, name, form.Code,
            [.. totals.Select(t => new ComparedYear(t.Year, t.Form, t.Units.Expected, t.Units.Included, t.Complete, t.Figures))],
            [.. form.Cells.Select(cell => new ComparedCell(cell.Path, cell.Name, cell.Column.Unit, [.. totals.Select(t => Sum(t.Figures, form, [cell]))],
                [.. totals.Select(t => WhyNot(t.Figures.Form, form, cell)).OfType<string>().Distinct()]))]);
    }

    /// <summary>Each year's sum of some cells; null where a year's form has nothing that means the same, or a number is missing.</summary>
    public ImmutableArray<decimal?> Sum(params Cell[] cells) => [.. Years.Select(y => Sum(y.Figures, Forms.Form.Find(Form)!, cells))];

    static decimal? Sum(Figures figures, Form form, Cell[] cells)
    {
        var same = figures.Form == form ? [.. cells] : Conversion.Find(figures.Form, form)?.SameAs(cells);
        return same is { } own && own.All(c => figures[c] is not null) ? own.Sum(c => figures[c]) : null;
    }

    static string? WhyNot(Form from, Form to, Cell cell) =>
        from == to ? null
        : Conversion.Find(from, to) is not { } conversion ? $"{from.Code}年格式与{to.Code}年格式不能比较"
        : conversion.SameAs([cell]) is null ? conversion.Moves.First(m => m.To == cell).Reason
        : null;
}

/// <summary>A year that is compared.</summary>
/// <param name="Year">Report year.</param>
/// <param name="Form">Its own form.</param>
/// <param name="Expected">Reporting units expected.</param>
/// <param name="Included">Reporting units in the total.</param>
/// <param name="Complete">Nobody is missing.</param>
/// <param name="Figures">The total in its own form.</param>
public sealed record ComparedYear(
    int Year, string Form, int Expected, int Included, bool Complete, [property: System.Text.Json.Serialization.JsonIgnore] Figures Figures);

/// <summary>A cell over the years.</summary>
/// <param name="Path">Cell path in the form of the last year.</param>
/// <param name="Label">The cell in words.</param>
/// <param name="Unit">Unit of measure.</param>
/// <param name="Values">One for each year; null where that year has none that means the same.</param>
/// <param name="Notes">Why years in another form have none, in Chinese.</param>
public sealed record ComparedCell(string Path, string Label, string Unit, IReadOnlyList<decimal?> Values, IReadOnlyList<string> Notes);
