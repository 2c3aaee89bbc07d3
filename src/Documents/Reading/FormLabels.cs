using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Everything that is printed in a form's tables beside the figures, to be found again in a document. A label is recognised by
/// its letters, whatever stands between them; one that differs a little is recognised if no other label is as near.
/// </summary>
public sealed class FormLabels
{
    static readonly ConcurrentDictionary<string, FormLabels> forms = new();

    readonly FrozenDictionary<string, ImmutableArray<Label>> labels;
    readonly FrozenDictionary<(string Section, string Row, string Column), Cell> cells;
    readonly FrozenDictionary<char, int[]> coresWith;
    readonly string[] cores;
    readonly ConcurrentDictionary<string, LabelMatch?> known = new();

    FormLabels(Form form)
    {
        Form = form;
        cells = form.Cells.ToFrozenDictionary(c => (c.Section.Code, c.Row.Code, c.Column.Code));
        labels = All(form)
            .SelectMany(l => l.Text.Contains("总计", StringComparison.Ordinal) ? [l, l with { Text = l.Text.Replace("总计", "合计", StringComparison.Ordinal) }] : (Label[])[l])
            .SelectMany(l => Cores(l.Text).Select(core => (Core: core, Label: l)))
            .GroupBy(l => l.Core)
            .ToFrozenDictionary(g => g.Key, g => g.Select(l => l.Label).Distinct().ToImmutableArray());
        cores = [.. labels.Keys];
        coresWith = cores.SelectMany((core, i) => core.Distinct().Select(c => (c, i))).GroupBy(p => p.c, p => p.i)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray());
        LongestCore = cores.Max(c => c.Length);
    }

    /// <summary>The form.</summary>
    public Form Form { get; }

    /// <summary>Length of the longest label in letters.</summary>
    public int LongestCore { get; }

    /// <summary>No label may differ by more letters.</summary>
    internal const int MostDiffering = 6;

    /// <summary>Begins a text that may become a label.</summary>
    internal LabelPrefix Begin() => new(cores, coresWith);

    /// <summary>The labels of a form.</summary>
    public static FormLabels Of(Form form) => forms.GetOrAdd(form.Code, _ => new FormLabels(form));

    /// <summary>The cell of a row and a column, or null.</summary>
    public Cell? CellAt(Section section, Row row, Column column) => cells.GetValueOrDefault((section.Code, row.Code, column.Code));

    /// <summary>The label that a text is or nearly is, or null.</summary>
    public LabelMatch? Find(string text) => Find(LabelText.Of(text));

    /// <inheritdoc cref="Find(string)"/>
    public LabelMatch? Find(LabelText label)
    {
        if (label.Core.Length == 0)
        {
            return null;
        }

        if (labels.TryGetValue(label.Core, out var exact))
        {
            return new LabelMatch(exact, Fit.Exact, label.Number);
        }

        if (label.Brief != label.Core && labels.TryGetValue(label.Brief, out exact))
        {
            return new LabelMatch(exact, IsUnit(label.Aside) ? Fit.Exact : Fit.Part, label.Number) { Distance = label.Aside.Length };
        }

        if (label.Core.Length > LongestCore + Allowed(LongestCore))
        {
            return null;
        }

        // Documents are many and their labels few; what a hostile one adds is bounded by its own length and then dropped.
        if (known.Count > 10_000)
        {
            known.Clear();
        }

        var near = known.GetOrAdd(label.Core, FindNear);
        return near is null ? null : near with { Number = label.Number };
    }

    /// <summary>
    /// The only label that a longer text holds, or of which it is a piece. Good enough to show the text to a person, never to
    /// read a figure as certain.
    /// </summary>
    public LabelMatch? FindPart(string text)
    {
        const int Shortest = 4;
        var label = LabelText.Of(text);
        if (label.Core.Length < Shortest || label.Core.Length > LongestCore * 2)
        {
            return null;
        }

        string? found = null;
        foreach (var core in cores)
        {
            if (core.Length >= Shortest && (core.Contains(label.Core, StringComparison.Ordinal) || label.Core.Contains(core, StringComparison.Ordinal)))
            {
                if (found is not null && !SameThing(core, found))
                {
                    return null;
                }

                found = found is null || core.Length > found.Length ? core : found;
            }
        }

        return found is null ? null : new LabelMatch(labels[found], Fit.Part, label.Number);
    }

    LabelMatch? FindNear(string core)
    {
        Span<int> shared = stackalloc int[cores.Length];
        foreach (var c in core)
        {
            foreach (var i in coresWith.GetValueOrDefault(c, []))
            {
                shared[i]++;
            }
        }

        var (nearest, distance, second) = (-1, int.MaxValue, int.MaxValue);
        for (var i = 0; i < cores.Length; i++)
        {
            var allowed = Allowed(cores[i].Length);
            if (shared[i] < cores[i].Length - allowed - 1 || Math.Abs(cores[i].Length - core.Length) > allowed + 1)
            {
                continue;
            }

            var d = Distance(cores[i], core);
            if (d < distance)
            {
                second = nearest >= 0 && !SameThing(cores[nearest], cores[i]) ? distance : second;
                (nearest, distance) = (i, d);
            }
            else if (nearest >= 0 && !SameThing(cores[nearest], cores[i]))
            {
                second = Math.Min(second, d);
            }
        }

        return nearest >= 0 && distance <= Allowed(cores[nearest].Length) && distance < second
            ? new LabelMatch(labels[cores[nearest]], Fit.Near, 0) { Distance = distance }
            : null;
    }

    /// <summary>A label and its shorter form mean the same and are no rivals.</summary>
    bool SameThing(string core, string other) => labels[core].Intersect(labels[other]).Any();

    /// <summary>How many letters may differ: none in 规章 or 其他, one in 行政处罚.</summary>
    internal static int Allowed(int length) => length switch { < 3 => 0, < 7 => 1, < 13 => 2, _ => Math.Min(MostDiffering, length / 6) };

    /// <summary>What may stand in brackets behind a label without changing it: a unit, or the number of a footnote.</summary>
    static bool IsUnit(string aside) => aside.All(char.IsAsciiDigit) || (aside.StartsWith("单位", StringComparison.Ordinal) ? aside[2..] : aside) is "件" or "项" or "个" or "万元";

    static IEnumerable<string> Cores(string text)
    {
        var label = LabelText.Of(text);
        return label.Brief.Length > 0 && label.Brief != label.Core ? [label.Core, label.Brief] : [label.Core];
    }

    static IEnumerable<Label> All(Form form)
    {
        foreach (var section in form.Sections)
        {
            foreach (var table in section.Tables)
            {
                foreach (var (kind, text) in ((LabelKind, string?)[])
                    [(LabelKind.Title, table.Title), (LabelKind.Corner, table.Corner), (LabelKind.ColumnsTitle, table.ColumnsTitle)])
                {
                    if (text is not null)
                    {
                        yield return new Label(kind, text, section, table);
                    }
                }

                foreach (var column in table.Columns)
                {
                    yield return new Label(LabelKind.Column, column.Label, section, table, Column: column);
                    if (column.Group is { } group)
                    {
                        yield return new Label(LabelKind.ColumnGroup, group, section, table);
                    }
                }

                foreach (var row in table.Rows)
                {
                    yield return new Label(LabelKind.Row, row.Label, section, table, row);
                    foreach (var group in row.Groups)
                    {
                        yield return new Label(LabelKind.RowGroup, group, section, table);
                    }
                }

                foreach (var other in Form.All.Where(f => f != form))
                {
                    foreach (var label in Borrowed(form, section, table, other))
                    {
                        yield return label;
                    }
                }
            }
        }
    }

    /// <summary>
    /// How other forms label the same rows and columns; units mix the wordings. A row that only the other form has is known, too,
    /// if a conversion says what becomes of it.
    /// </summary>
    static IEnumerable<Label> Borrowed(Form form, Section section, Table table, Form other)
    {
        foreach (var cell in other.Cells.Where(c => c.Section.Code == section.Code && c.Table.Code == table.Code))
        {
            if (table.Rows.FirstOrDefault(r => r.Code == cell.Row.Code) is { } row)
            {
                yield return new Label(LabelKind.Row, cell.Row.Label, section, table, row);
            }
            else if (Conversion.All.Any(c => c.From == other && c.To == form))
            {
                yield return new Label(LabelKind.ForeignRow, cell.Row.Label, section, table, cell.Row, From: other);
            }

            if (table.Columns.FirstOrDefault(c => c.Code == cell.Column.Code && c.Type == cell.Column.Type) is { } column)
            {
                yield return new Label(LabelKind.Column, cell.Column.Label, section, table, Column: column);
            }
        }
    }

    /// <summary>How many letters have to be put in, left out or exchanged to make one text the other.</summary>
    static int Distance(string a, string b)
    {
        Span<int> line = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            line[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = line[0];
            line[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = line[j];
                line[j] = Math.Min(Math.Min(line[j] + 1, line[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return line[b.Length];
    }
}

/// <summary>Something printed in a form's tables beside the figures.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">How it is printed.</param>
/// <param name="Section">Its section.</param>
/// <param name="Table">Its table.</param>
/// <param name="Row">The row that it names.</param>
/// <param name="Column">The column that it names.</param>
/// <param name="From">The other form whose row it is.</param>
public sealed record Label(LabelKind Kind, string Text, Section Section, Table Table, Row? Row = null, Column? Column = null, Form? From = null)
{
    /// <summary>Two labels are one if they name the same thing, however it is worded.</summary>
    public bool Equals(Label? other) => other is not null
        && (Kind, Table.Code, Row?.Code, Column?.Code) == (other.Kind, other.Table.Code, other.Row?.Code, other.Column?.Code)
        && (Row is not null || Column is not null || Text == other.Text);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Table.Code, Row?.Code, Column?.Code);
}

/// <summary>Kinds of label.</summary>
public enum LabelKind
{
    /// <summary>The line across a table.</summary>
    Title,

    /// <summary>The top left field.</summary>
    Corner,

    /// <summary>The head above all columns.</summary>
    ColumnsTitle,

    /// <summary>A head above some columns.</summary>
    ColumnGroup,

    /// <summary>The head of a column.</summary>
    Column,

    /// <summary>A head beside some rows.</summary>
    RowGroup,

    /// <summary>The head of a row.</summary>
    Row,

    /// <summary>The head of a row that only another form has.</summary>
    ForeignRow,
}

/// <summary>How well a text fits a label.</summary>
public enum Fit
{
    /// <summary>Letter by letter.</summary>
    Exact,

    /// <summary>But for a letter or two.</summary>
    Near,

    /// <summary>One holds the other.</summary>
    Part,

    /// <summary>Not by its text: it stands where the only missing label should stand.</summary>
    Place,
}

/// <summary>What a text means in a form's tables.</summary>
/// <param name="Labels">Everything that it may mean: 总计 is a row and a column.</param>
/// <param name="Fit">How well it fits.</param>
/// <param name="Number">The number in front of it, 0 if there is none.</param>
public sealed record LabelMatch(ImmutableArray<Label> Labels, Fit Fit, int Number)
{
    /// <summary>How many letters it has too many, too few or others, where it is not a part of the label.</summary>
    public int Distance { get; init; }

    /// <summary>The meaning of a kind, in a table if one is given, or null.</summary>
    public Label? As(LabelKind kind, Table? table = null) => Labels.FirstOrDefault(l => l.Kind == kind && (table is null || l.Table.Code == table.Code));

    /// <summary>Whether it may be a head above figures.</summary>
    public bool IsHead => Labels.Any(l => l.Kind is LabelKind.Column or LabelKind.ColumnGroup or LabelKind.ColumnsTitle or LabelKind.Corner);
}
