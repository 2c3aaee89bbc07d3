using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>Rows whose label is none of the form's, read by where they stand.</summary>
static class FoundRows
{
    /// <summary>
    /// A row between two that were recognised, where the form has exactly one row between them too, is that row if the two labels
    /// have something in common. It is doubtful all the same.
    /// </summary>
    public static List<FoundRow> Placed(Form form, List<FoundRow> rows)
    {
        var labels = FormLabels.Of(form);
        List<FoundRow> placed = [.. rows];
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i] is { Row: null, Label.Length: > 0, Table: { Layout: TableLayout.Grid } table, Fields.Length: > 0 } row
                && !rows[i].Slots.Any(s => s is not null)
                && Between(table, i > 0 ? rows[i - 1] : null, i + 1 < rows.Count ? rows[i + 1] : null) is { } missing
                && !rows.Any(r => r.Table?.Code == table.Code && r.Row?.Code == missing.Code)
                && LabelText.Of(missing.Label).Brief.Intersect(LabelText.Of(row.Label).Core).Any())
            {
                var section = form.Sections.First(s => s.Tables.Contains(table));
                placed[i] = row with
                {
                    Row = missing,
                    Fit = Fit.Place,
                    Slots = [.. table.Columns.Select(c => labels.CellAt(section, missing, c))],
                    Disorder = row.Fields.Length == table.Columns.Length ? null : $"有{row.Fields.Length}个数据，应为{table.Columns.Length}个",
                };
            }
        }

        return placed;
    }

    static Row? Between(Table table, FoundRow? above, FoundRow? below)
    {
        var first = above?.Table?.Code == table.Code && above.Row is not null ? IndexOf(table, above.Row) : -1;
        var last = below?.Table?.Code == table.Code && below.Row is not null ? IndexOf(table, below.Row) : table.Rows.Length;
        return last - first == 2 && (first >= 0 || last < table.Rows.Length) ? table.Rows[first + 1] : null;
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
