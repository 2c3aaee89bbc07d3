using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>Rows whose label is none of the form's, read by where they stand.</summary>
static class FoundRows
{
    /// <summary>
    /// Rows between two that were recognised, where the form has exactly as many between them, are those rows if each label has
    /// letters in common with the form's and no other number. They are doubtful all the same.
    /// </summary>
    public static List<FoundRow> Placed(Form form, List<FoundRow> rows)
    {
        var labels = FormLabels.Of(form);
        List<FoundRow> placed = [.. rows];
        for (var i = 0; i < rows.Count; i++)
        {
            var count = rows.Skip(i).TakeWhile(IsUnknown).Count();
            if (count > 0 && rows[i].Table is { } table
                && Between(table, i > 0 ? rows[i - 1] : null, i + count < rows.Count ? rows[i + count] : null) is { } missing && missing.Length == count
                && missing.Zip(rows.Skip(i)).All(p => MayBe(rows, table, p.First, p.Second)))
            {
                var section = form.Sections.First(s => s.Tables.Contains(table));
                for (var j = 0; j < count; j++)
                {
                    var row = rows[i + j];
                    placed[i + j] = row with
                    {
                        Row = missing[j],
                        Fit = Fit.Place,
                        Slots = [.. table.Columns.Select(c => labels.CellAt(section, missing[j], c))],
                        Disorder = row.Fields.Length == table.Columns.Length ? null : $"有{row.Fields.Length}个数据，应为{table.Columns.Length}个",
                    };
                }
            }

            i += Math.Max(0, count - 1);
        }

        return placed;
    }

    static bool IsUnknown(FoundRow row) =>
        row is { Row: null, Label.Length: > 0, Table.Layout: TableLayout.Grid, Fields.Length: > 0 } && !row.Slots.Any(s => s is not null);

    static bool MayBe(List<FoundRow> rows, Table table, Row missing, FoundRow found)
    {
        var (form, label) = (LabelText.Of(missing.Label), LabelText.Of(found.Label));
        return found.Table?.Code == table.Code && !rows.Any(r => r.Table?.Code == table.Code && r.Row?.Code == missing.Code)
            && (label.Number == 0 || form.Number == 0 || label.Number == form.Number) && form.Brief.Intersect(label.Core).Any();
    }

    /// <summary>The rows that the form has between two, or null if nothing can be said.</summary>
    static Row[]? Between(Table table, FoundRow? above, FoundRow? below)
    {
        var first = above?.Table?.Code == table.Code && above.Row is not null ? IndexOf(table, above.Row) : -1;
        var last = below?.Table?.Code == table.Code && below.Row is not null ? IndexOf(table, below.Row) : table.Rows.Length;
        return first >= -1 && last > first + 1 && (first >= 0 || last < table.Rows.Length) ? [.. table.Rows.AsSpan()[(first + 1)..last]] : null;
    }

    /// <summary>
    /// Where most rows of a table have more fields than its heads promise, or fewer, a row that has as many may have lost one and
    /// gained another. Where nothing but blanks parts figures and no arithmetic tells, one such row in the document is enough.
    /// </summary>
    public static IEnumerable<FoundRow> Doubted(Form form, List<FoundRow> rows)
    {
        var torn = rows.Exists(r => r.IsLoose && r.Fields.Length != r.Slots.Length);
        var unruly = rows.Where(r => r.Fields.Length > 0).GroupBy(r => r.Table?.Code)
            .Where(t => t.Count(r => r.Fields.Length != r.Slots.Length) * 2 > t.Count()).Select(t => t.Key).ToHashSet();
        return rows.Select(r => r.Fields.Length == r.Slots.Length
            && (unruly.Contains(r.Table?.Code) || (torn && r.IsLoose && !form.Balances.Any(b => b.At.Table.Code == r.Table?.Code)))
            ? r with { Doubt = r.Doubt ?? "其他行的数据个数与表头不符，这一行也可能缺了一格又多了一格" }
            : r);
    }

    static int IndexOf(Table table, Row row)
    {
        for (var i = 0; i < table.Rows.Length; i++)
        {
            if (table.Rows[i].Code == row.Code)
            {
                return i;
            }
        }

        return -2;
    }
}
