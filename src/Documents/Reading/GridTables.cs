using System.Collections.Immutable;
using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Finds rows of figures in tables that are grids: the row by the label at its left, the column by the head above. One grid may
/// hold several statutory tables, and one statutory table may be cut into several grids.
/// </summary>
sealed class GridTables(FormLabels labels, Finds finds)
{
    /// <summary>More fields that reach into later rows than any table has; a bound against files made to exhaust us.</summary>
    const int MaxReaching = 60;

    /// <summary>More columns than any statutory table has.</summary>
    const int MaxFieldsInRow = 60;

    readonly List<Head> heads = [];
    ImmutableArray<Leaf> leaves = [];
    bool inHead;
    int headsWidth;
    bool continued;
    Label? block;
    Table? tableOfHeads;

    /// <summary>Reads one table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="caption">The line above it, which may name the block that it holds.</param>
    public void Read(SourceTable table, string caption)
    {
        block = NumberText.LooksLikeFigure(caption) ? null : labels.Find(caption) is { Fit: Fit.Exact } match ? BlockOf(match) : null;
        var width = table.Fields.IsEmpty ? 0 : table.Fields.Max(f => f.Column + f.ColumnSpan);
        // A table cut by a page break goes on below under the heads above.
        continued = leaves.Length > 0 && (width == headsWidth || GoesOn(table));
        if (!continued)
        {
            Forget();
        }

        headsWidth = width;
        inHead = false;
        var reaching = new List<SourceField>();
        foreach (var row in table.Fields.GroupBy(f => f.Row).OrderBy(g => g.Key))
        {
            SourceField[] own = [.. row.OrderBy(f => f.Column).Take(MaxFieldsInRow)];
            reaching.RemoveAll(f => f.Row + f.RowSpan <= row.Key);
            ReadRow(table, own, reaching);
            reaching.AddRange(own.Where(f => f.RowSpan > 1).Take(MaxReaching - reaching.Count));
        }
    }

    /// <summary>
    /// Whether a table of another width goes on with the one above: it has no heads, rows of that table, and as many figures in
    /// each as there are heads, one below the other. The heads then stand above those.
    /// </summary>
    bool GoesOn(SourceTable table)
    {
        var rows = table.Fields.GroupBy(f => f.Row).Select(r => r.OrderBy(f => f.Column).ToList()).Where(r => r.Exists(f => !string.IsNullOrWhiteSpace(f.Text))).ToList();
        if (TableOfHeads() is not { Layout: TableLayout.Grid } above
            || !rows.TrueForAll(r => r.Count > leaves.Length && r[^leaves.Length..].TrueForAll(f => NumberText.LooksLikeFigure(f.Text) && f is { RowSpan: 1, ColumnSpan: 1 })
                && RowOf([.. r[..^leaves.Length].Where(f => !string.IsNullOrWhiteSpace(f.Text))]) is { Row: { } row, Fit: Fit.Exact } && row.Table.Code == above.Code)
            || rows.Select(r => r[^leaves.Length].Column).Distinct().Count() != 1)
        {
            return false;
        }

        leaves = [.. leaves.Select((leaf, i) => rows[0][^(leaves.Length - i)] is var field ? leaf with { Start = field.Column, End = field.Column + 1 } : leaf)];
        return true;
    }

    void Forget()
    {
        heads.Clear();
        leaves = [];
        tableOfHeads = null;
        inHead = false;
        continued = false;
    }

    void ReadRow(SourceTable table, SourceField[] own, List<SourceField> reaching)
    {
        var texts = own.Where(f => !string.IsNullOrWhiteSpace(f.Text)).ToList();
        if (texts.Count == 0)
        {
            return;
        }

        var meanings = texts.ToDictionary(f => f, f => NumberText.LooksLikeFigure(f.Text) ? null : labels.Find(f.Text));
        var figures = texts.Count(f => NumberText.LooksLikeFigure(f.Text));
        if (figures == 0 && meanings.Values.Any(m => m?.As(LabelKind.Title) is not null))
        {
            Forget();
        }
        else if (figures == 0 && IsHead(texts, meanings))
        {
            AddHeads(own, meanings);
        }
        else
        {
            inHead = false;
            ReadFigures(table, own, reaching);
        }
    }

    /// <summary>
    /// A row without any figure is one of heads if it holds a head, or blocks that stand side by side, and does not begin with
    /// the label of a row whose figures were left blank.
    /// </summary>
    bool IsHead(List<SourceField> texts, Dictionary<SourceField, LabelMatch?> meanings)
    {
        var isRow = meanings[texts[0]] is { } first && first.As(LabelKind.Row) is { Table.Layout: TableLayout.Grid }
            && (first.Number > 0 || !first.IsHead || (leaves.Length > 0 && texts[0].Column < leaves[0].Start));
        return !(isRow && texts.Skip(1).All(f => meanings[f] is not { IsHead: true }))
            && texts.Any(f => meanings[f] is { } m && (m.IsHead || BlockOf(m) is not null));
    }

    static Label? BlockOf(LabelMatch match) =>
        match.Labels.FirstOrDefault(l => l.Kind is LabelKind.Row or LabelKind.RowGroup && l.Table.Layout == TableLayout.SideBySide);

    void AddHeads(SourceField[] own, Dictionary<SourceField, LabelMatch?> meanings)
    {
        if (!inHead)
        {
            Forget();
            inHead = true;
        }

        heads.AddRange(own.Where(f => meanings.ContainsKey(f)).Select(f => new Head(f, meanings[f])));
        leaves = Leaves();
    }

    /// <summary>The lowest heads from left to right. A corner is no head, nor is unknown text left of the first head.</summary>
    ImmutableArray<Leaf> Leaves()
    {
        var found = new List<Leaf>();
        foreach (var head in heads)
        {
            var (field, match) = head;
            if (match is not null && match.Labels.All(l => l.Kind is LabelKind.Corner)
                || heads.Any(below => below.Field.Row > field.Row && Overlap(below.Field, field) > 0))
            {
                continue;
            }

            var block = heads.Where(above => above.Field.Row < field.Row && Overlap(above.Field, field) > 0)
                .Select(above => above.Match?.As(LabelKind.Row)).LastOrDefault(l => l?.Table.Layout == TableLayout.SideBySide);
            found.Add(new Leaf(field.Column, field.Column + field.ColumnSpan, field.Text, match, block?.Row));
        }

        var first = found.Where(l => l.Match?.As(LabelKind.Column) is not null).Select(l => l.Start).DefaultIfEmpty(int.MaxValue).Min();
        var corner = found.Where(l => l.Match?.As(LabelKind.Column) is null && l.Start < first && l.Start == 0).Select(l => l.Start).ToHashSet();
        return Placed([.. found.Where(l => !corner.Contains(l.Start) || l.Match?.As(LabelKind.Column) is not null).OrderBy(l => l.Start)]);
    }

    /// <summary>
    /// Unknown heads between two known ones are the columns that the form has between these, if they are as many and have letters
    /// in common with them: 企业 for 商业企业.
    /// </summary>
    static ImmutableArray<Leaf> Placed(List<Leaf> leaves)
    {
        if (TableOf(leaves) is not { Layout: TableLayout.Grid } table)
        {
            return [.. leaves];
        }

        var section = leaves.SelectMany(l => l.Match?.Labels ?? []).First(l => l.Table.Code == table.Code).Section;
        Column?[] columns = [.. leaves.Select(l => l.Match?.As(LabelKind.Column, table)?.Column)];
        for (var i = 1; i < leaves.Count; i++)
        {
            var end = Array.FindIndex(columns, i, c => c is not null);
            if (columns[i] is null && columns[i - 1] is { } before && end >= 0
                && table.Columns.SkipWhile(c => c != before).Skip(1).TakeWhile(c => c != columns[end]).ToList() is var missing && missing.Count == end - i
                && !missing.Exists(columns.Contains) && missing.Zip(leaves.Skip(i)).All(p => LabelText.Of(p.First.Label).Brief.Intersect(LabelText.Of(p.Second.Text).Core).Any()))
            {
                for (var j = i; j < end; j++)
                {
                    leaves[j] = leaves[j] with
                    {
                        Match = new LabelMatch([new Label(LabelKind.Column, leaves[j].Text, section, table, Column: missing[j - i])], Fit.Place, 0),
                    };
                }
            }
        }

        return [.. leaves];
    }

    void ReadFigures(SourceTable table, SourceField[] own, List<SourceField> reaching)
    {
        var start = leaves.Length > 0 ? leaves[0].Start : int.MaxValue;
        var labelFields = new List<SourceField>();
        var values = new List<SourceField>();
        foreach (var field in own)
        {
            var figure = NumberText.LooksLikeFigure(field.Text);
            var blank = string.IsNullOrWhiteSpace(field.Text);
            if (values.Count == 0 && !figure && (field.Column < start || (!blank && labelFields.Count == 0 && labels.Find(field.Text) is not null)))
            {
                if (!blank)
                {
                    labelFields.Add(field);
                }
            }
            else
            {
                values.Add(field);
            }
        }

        // A figure merged with the one above reaches down from a row that is no head.
        var lastHead = heads.Count > 0 ? heads.Max(h => h.Field.Row) : -1;
        var merged = continued ? [] : reaching.Where(f => f.Column >= start && f.Row > lastHead).ToList();
        values = [.. values.Concat(merged).OrderBy(f => f.Column)];
        var all = values.Count;
        while (values.Count > 0 && leaves.Length > 0 && string.IsNullOrWhiteSpace(values[^1].Text) && values[^1].Column >= leaves[^1].End)
        {
            values.RemoveAt(values.Count - 1);
        }

        var (row, label, fit) = RowOf(labelFields);
        if (row is null && block is { Kind: LabelKind.Row } && labelFields.Count == 0 && leaves.All(l => l.Block is null) && TableOfHeads()?.Code == block.Table.Code)
        {
            (row, label, fit) = (block, block.Text, Fit.Exact);
        }

        var where = $"{table.Where}第{own[0].Row + 1}行";
        var inTable = row?.Table ?? TableOfHeads();
        if (row is null && labelFields.Count == 0 && !leaves.Any(l => l.Block is not null))
        {
            // Figures without any label: nothing says what they are.
            if (leaves.Length > 0)
            {
                finds.Rows.Add(new FoundRow(inTable, null, null, "", Fit.Place, [.. leaves.Select(_ => (Cell?)null)], Fields(table, values), null, null, where));
            }

            return;
        }

        if (row is null && leaves.Length == 0)
        {
            return;
        }

        if (row is not null)
        {
            tableOfHeads ??= row.Table;
        }

        var doubt = row is null ? null : FoundRow.DoubtOfHeads(tableOfHeads!, row.Table);
        var slots = Slots(row, inTable);
        label = label.Length > 0 ? label : slots.OfType<Cell>().FirstOrDefault()?.Section.Heading ?? "";
        finds.Rows.Add(new FoundRow(inTable, row?.Row, row?.From, label, fit, slots, Fields(table, values),
            Disorder(row, slots, values, merged.Count), doubt, where)
        {
            IsLoose = values.Count < all,
            Unit = leaves.Where(l => l.Match?.As(LabelKind.Column)?.Column!.Type == ColumnType.Amount).Select(l => NumberText.UnitOfHead(l.Text)).FirstOrDefault(),
            Heads = [.. leaves.Where(l => l.Match is { Fit: Fit.Place }).Select(l => new PlacedHead(l.Match!.Labels[0].Column!, l.Text))],
        });
    }

    (Label? Row, string Text, Fit Fit) RowOf(List<SourceField> fields)
    {
        if (fields.Count == 0)
        {
            return (null, "", Fit.Exact);
        }

        List<string> pieces = [.. fields.SelectMany(f => Pieces(f.Text))];
        var all = string.Join(' ', fields.Select(f => f.Text.Trim()));
        return LabelSequence.Split(labels, pieces) is [.., { Match: { } match } last] && (match.As(LabelKind.Row) ?? match.As(LabelKind.ForeignRow)) is { } row
            ? (row, last.Text, match.Fit)
            : (null, all, Fit.Exact);
    }

    static string[] Pieces(string text) => PlainText.Fold(text).Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries);

    Table? TableOfHeads() => TableOf(leaves);

    static Table? TableOf(IEnumerable<Leaf> leaves) => leaves.SelectMany(l => l.Match?.Labels ?? []).Where(l => l.Kind == LabelKind.Column)
        .GroupBy(l => l.Table.Code).MaxBy(g => g.Count())?.First().Table;

    ImmutableArray<Cell?> Slots(Label? row, Table? table)
    {
        return [.. leaves.Select(leaf => leaf.Match?.As(LabelKind.Column, table) is { Column: { } column } label
            ? (leaf.Block ?? (row?.From is null ? row?.Row : null)) is { } r ? labels.CellAt(label.Section, r, column) : Foreign(row, label)
            : null)];

        // Fields of a row that only another form has are read by that form's cells.
        static Cell? Foreign(Label? row, Label label) => row?.From is { } from
            ? FormLabels.Of(from).CellAt(label.Section, row.Row!, label.Column!)
            : null;
    }

    string? Disorder(Label? row, ImmutableArray<Cell?> slots, List<SourceField> values, int merged)
    {
        if (leaves.Length == 0 || slots.All(s => s is null))
        {
            return row is null ? null : "没有认出各列的表头";
        }

        if (merged > 0)
        {
            return "有与上一行合并的格";
        }

        if (values.Count != leaves.Length)
        {
            return $"有{values.Count}个数据格，表头有{leaves.Length}列";
        }

        for (var i = 0; i < values.Count; i++)
        {
            var field = values[i];
            var own = Overlap(leaves[i], field);
            if (own == 0 || leaves.Where((_, j) => j != i).Any(l => Overlap(l, field) > own))
            {
                return "数据格与表头没有对齐";
            }
        }

        return null;
    }

    static ImmutableArray<FoundField> Fields(SourceTable table, List<SourceField> values) =>
        [.. values.Select(f => new FoundField(f.Text, $"{table.Where}第{f.Row + 1}行第{f.Column + 1}列"))];

    static int Overlap(SourceField a, SourceField b) =>
        Math.Max(0, Math.Min(a.Column + a.ColumnSpan, b.Column + b.ColumnSpan) - Math.Max(a.Column, b.Column));

    static int Overlap(Leaf leaf, SourceField field) =>
        Math.Max(0, Math.Min(leaf.End, field.Column + field.ColumnSpan) - Math.Max(leaf.Start, field.Column));

    readonly record struct Head(SourceField Field, LabelMatch? Match);

    readonly record struct Leaf(int Start, int End, string Text, LabelMatch? Match, Row? Block);
}
