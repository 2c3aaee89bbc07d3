using System.Globalization;
using Aggregator.Forms;

namespace Aggregator.Documents.Tests.Reading;

/// <summary>What happens to reports on their way. Each changes the paper, and the truth where a person would read something else.</summary>
static class Mutations
{
    public const string Twice = "table twice, one differs";

    public delegate void Mutation(PaperReport paper, Random random);

    /// <summary>Layout only: a person reads every figure as before.</summary>
    public static readonly (string Name, Mutation Apply)[] Mild =
    [
        ("spaces in labels", (p, r) => EachLabel(p, r, 3, f => f.Text.StartsWith('[') ? f.Text : string.Join(' ', f.Text.ToCharArray()))),
        ("line breaks in labels", (p, r) => EachLabel(p, r, 3, f => f.Text.Length < 4 ? f.Text : f.Text.Insert(r.Next(1, f.Text.Length), "\n"))),
        ("full-width labels", (p, r) => EachLabel(p, r, 2, f => FullWidth(f.Text))),
        ("half-width brackets", (p, r) => EachLabel(p, r, 2, f => f.Text.Replace('（', '(').Replace('）', ')'))),
        ("numerals apart", (p, r) => EachLabel(p, r, 2, f => f.Kind == GridCellKind.Row ? f.Text.Replace(".", ". ", StringComparison.Ordinal).Replace("）", "） ", StringComparison.Ordinal) : f.Text)),
        ("numerals by comma", (p, r) => EachLabel(p, r, 2, f => f.Kind == GridCellKind.Row ? f.Text.Replace(".", "、", StringComparison.Ordinal) : f.Text)),
        ("footnote marks", (p, r) => EachLabel(p, r, 8, f => f.Text + Pick(r, "①", "*", "[1]", "②"))),
        ("bookmarks", (p, r) => EachLabel(p, r, 8, f => "[bookmark: _GoBack]" + f.Text)),
        ("units in heads", (p, r) => EachLabel(p, r, 2, f => f.Kind == GridCellKind.Column && !f.Text.Contains('（') ? f.Text + "（件）" : f.Text)),
        ("blanks around figures", (p, r) => EachFigure(p, r, 2, f => Pick(r, " ", "　", "\u00A0", "   ") + f.Text + Pick(r, "", " ", "　"))),
        ("full-width figures", (p, r) => EachFigure(p, r, 2, f => FullWidth(f.Text))),
        ("thousands separators", (p, r) => EachFigure(p, r, 1, f => decimal.TryParse(f.Text, CultureInfo.InvariantCulture, out var d) && decimal.IsInteger(d) ? d.ToString("#,##0", CultureInfo.InvariantCulture) : f.Text)),
        ("units", (p, r) => EachFigure(p, r, 3, f => f.Text.Trim().Length == 0 ? f.Text : f.Text + f.Cell!.Column.Unit)),
        ("group labels dropped", (p, r) => EachLabel(p, r, 1, f => f.Kind == GridCellKind.RowGroup ? "" : f.Text)),
        ("group labels repeated", RepeatGroups),
        ("page break with repeated head", (p, r) => PageBreak(p, r, true)),
        ("two rows change places", SwapRows),
        ("local row", (p, r) => AddRow(p, r, Pick(r, "本年度政府信息公开发布总数量（非新闻类）", "其他需要说明的事项", "行政检查", "政策解读材料"))),
        ("table of contents", (p, r) => p.HasContents = true),
        ("noise", (p, r) => p.HasNoise = true),
        ("one table", (p, r) => p.InOneTable = true),
        ("local statistics", LocalStatistics),
        ("longer than before", (p, r) => EachLabel(p, r, 1, f => f.Kind == GridCellKind.Corner ? f.Text + "（单位：件）" : f.Text)),
    ];

    /// <summary>Damage: figures in odd dress, fields lost or added, labels changed.</summary>
    public static readonly (string Name, Mutation Apply)[] Heavy =
    [
        ("remarks", (p, r) => SomeFigures(p, r, 4, (f, t) => f.Text += Pick(r, "（含自然失效29件）", "（其中网上3件）", "(含2件)"))),
        ("blank or mark", (p, r) => SomeFigures(p, r, 6, (f, t) =>
        {
            // A blank may be as good as none, and a row that has also lost or gained a field would be anybody's guess.
            if (!p.Broken.Add(p.RowOf(f)))
            {
                return;
            }

            f.Text = Pick(r, "", "/", "-", "—", "——", "－", "无", " ");
            t.OnlyIs(null);
        })),
        ("in words", (p, r) => SomeFigures(p, r, 4, (f, t) =>
        {
            if (t.Shown is >= 0 and <= 10 and var v && decimal.IsInteger(v))
            {
                f.Text = "零一二三四五六七八九十"[(int)v].ToString();
            }
        })),
        ("blank within a number", (p, r) => SomeFigures(p, r, 4, (f, t) =>
        {
            if (f.Text.Length > 1 && f.Text.All(char.IsAsciiDigit))
            {
                f.Text = f.Text.Insert(r.Next(1, f.Text.Length), Pick(r, " ", "　"));
                t.MayBe(null);
            }
        })),
        ("about", (p, r) => SomeFigures(p, r, 3, (f, t) =>
        {
            f.Text = "约" + f.Text;
            t.MayBe(null);
        })),
        ("yuan for ten thousand yuan", (p, r) => SomeFigures(p, r, 40, (f, t) =>
        {
            if (f.Cell!.Column.Type == ColumnType.Amount && t.Shown is { } v)
            {
                f.Text = Figures.Text(v * 10_000) + "元";
            }
        })),
        ("fraction", (p, r) => SomeFigures(p, r, 2, (f, t) =>
        {
            if (f.Cell!.Column.Type == ColumnType.Count && t.Shown is { } v && decimal.IsInteger(v))
            {
                f.Text = Figures.Text(v) + Pick(r, ".5", "．5");
                t.OnlyIs(v + 0.5m);
                t.MayBe(null);
            }
        })),
        ("dropped field", DropField),
        ("additional field", AddField),
        ("fields merged sideways", MergeSideways),
        ("fields merged downwards", MergeDownwards),
        ("field split", SplitField),
        ("group field missing", DropGroupField),
        ("typing error in a label", (p, r) => Typo(p, r, 2)),
        ("labels exchanged", ExchangeLabels),
        ("row removed", (p, r) => RemoveRow(p, r)),
        ("row removed, another like it", RowReplaced),
        ("another row like it", (p, r) => AddRow(p, r, Pick(r, "其中：行政处罚（罚款）", "行政许可公示数量", "行政处罚信息公开数", "重复申请（同一申请人）", "属于国家秘密的", "规章以外的规范性文件"))),
        ("columns change places", SwapColumns),
        ("column removed", RemoveColumn),
        ("extra column", ExtraColumn),
        ("heads removed", RemoveHeads),
        ("page break without head", (p, r) => PageBreak(p, r, false)),
        ("table removed", (p, r) =>
        {
            var table = Pick(r, p.Tables);
            p.Tables.Remove(table);
            Blank(p, table.DataRows.SelectMany(f => f));
        }),
        (Twice, TableTwice),
        ("page number among figures", (p, r) =>
        {
            var row = AnyRow(p, r).Row;
            Insert(row, row.FindIndex(f => f.Cell is not null) + r.Next(1, 3), r.Next(1, 9).ToString(CultureInfo.InvariantCulture));
            Loose(p, row);
        }),
        ("numeral on its own", (p, r) =>
        {
            var (table, row) = AnyRow(p, r);
            if (row.Find(f => f.Kind == GridCellKind.Row) is { } label && label.Text.Length > 2 && char.IsAsciiDigit(label.Text[0]))
            {
                row.Insert(row.IndexOf(label), new PaperField(GridCellKind.Corner, label.Text[..1], label.Column, 1, 1, null));
                label.Text = label.Text[2..];
                Shift(row, label, 1);
                Loose(p, row);
                if (table.Rows.IndexOf(row) is > 0 and var at)
                {
                    Loose(p, table.Rows[at - 1]);
                }
            }
        }),
    ];

    static void EachLabel(PaperReport paper, Random random, int oneIn, Func<PaperField, string> change)
    {
        foreach (var label in paper.Tables.SelectMany(t => t.Labels).Where(_ => random.Next(oneIn) == 0).ToList())
        {
            label.Text = change(label);
        }
    }

    static void EachFigure(PaperReport paper, Random random, int oneIn, Func<PaperField, string> change)
    {
        foreach (var field in paper.Tables.SelectMany(t => t.DataRows).SelectMany(r => r).Where(f => f.Cell is not null && random.Next(oneIn) == 0).ToList())
        {
            field.Text = change(field);
        }
    }

    static void SomeFigures(PaperReport paper, Random random, int count, Action<PaperField, Truth> change)
    {
        PaperField[] all = [.. paper.Tables.SelectMany(t => t.DataRows).SelectMany(r => r).Where(f => f.Cell is not null && f.Text.Trim().Length > 0)];
        foreach (var field in random.GetItems(all, all.Length == 0 ? 0 : count).Distinct())
        {
            change(field, paper.Truth[field.Cell!.Index]);
        }
    }

    static (PaperTable Table, List<PaperField> Row) AnyRow(PaperReport paper, Random random)
    {
        (PaperTable Table, List<PaperField> Row)[] all = [.. paper.Tables.SelectMany(t => t.DataRows.Select(r => (t, r)))];
        (PaperTable Table, List<PaperField> Row)[] whole = [.. all.Where(r => !paper.Broken.Contains(r.Row))];
        var drawn = Pick(random, whole.Length > 0 ? whole : all);
        paper.Broken.Add(drawn.Row);
        return drawn;
    }

    /// <summary>Nobody can tell which field is which: the old figures are right, and so is none.</summary>
    static void Loose(PaperReport paper, IEnumerable<PaperField> row)
    {
        foreach (var field in row.Where(f => f.Cell is not null))
        {
            paper.Truth[field.Cell!.Index].MayBe(null);
        }
    }

    static void Blank(PaperReport paper, IEnumerable<PaperField> fields)
    {
        foreach (var field in fields.Where(f => f.Cell is not null))
        {
            paper.Truth[field.Cell!.Index].OnlyIs(null);
        }
    }

    static void Shift(List<PaperField> row, PaperField from, int by)
    {
        foreach (var field in row.Where(f => f.Column >= from.Column && f != from).Append(from))
        {
            field.Column += by;
        }
    }

    static void Insert(List<PaperField> row, int at, string text)
    {
        var place = row[Math.Min(at, row.Count - 1)];
        var column = at < row.Count ? place.Column : place.Column + place.ColumnSpan;
        foreach (var field in row.Where(f => f.Column >= column))
        {
            field.Column += place.ColumnSpan;
        }

        row.Insert(Math.Min(at, row.Count), new PaperField(GridCellKind.Data, text, column, 1, place.ColumnSpan, null));
    }

    static void DropField(PaperReport paper, Random random)
    {
        var row = AnyRow(paper, random).Row;
        var fields = row.Where(f => f.Cell is not null).ToList();
        var dropped = Pick(random, fields);
        Loose(paper, row);
        row.Remove(dropped);
        foreach (var field in row.Where(f => f.Column > dropped.Column))
        {
            field.Column -= dropped.ColumnSpan;
        }
    }

    static void AddField(PaperReport paper, Random random)
    {
        var row = AnyRow(paper, random).Row;
        var first = row.FindIndex(f => f.Cell is not null);
        Loose(paper, row);
        Insert(row, random.Next(first, row.Count + 1), random.Next(3) switch { 0 => "0", 1 => "", _ => random.Next(30).ToString(CultureInfo.InvariantCulture) });
    }

    static void MergeSideways(PaperReport paper, Random random)
    {
        var row = AnyRow(paper, random).Row;
        var first = row.FindIndex(f => f.Cell is not null);
        if (row.Count - first >= 2)
        {
            var at = random.Next(first, row.Count - 1);
            Loose(paper, row);
            row[at].ColumnSpan += row[at + 1].ColumnSpan;
            row.RemoveAt(at + 1);
        }
    }

    static void MergeDownwards(PaperReport paper, Random random)
    {
        var (table, row) = AnyRow(paper, random);
        var next = table.Rows.IndexOf(row) + 1;
        if (next < table.Rows.Count && table.Rows[next].Any(f => f.Cell is not null) && paper.Broken.Add(table.Rows[next]))
        {
            var field = Pick(random, row.Where(f => f.Cell is not null).ToList());
            if (table.Rows[next].Find(f => f.Column == field.Column) is { Cell: not null } below)
            {
                field.RowSpan = 2;
                table.Rows[next].Remove(below);
                Loose(paper, row);
                Loose(paper, table.Rows[next]);
                paper.Truth[below.Cell!.Index].OnlyIs(paper.Truth[field.Cell!.Index].Shown);
                paper.Truth[below.Cell!.Index].MayBe(null);
                paper.Truth[below.Cell!.Index].MustWarn = true;
            }
        }
    }

    static void SplitField(PaperReport paper, Random random)
    {
        var row = AnyRow(paper, random).Row;
        var at = random.Next(row.FindIndex(f => f.Cell is not null), row.Count);
        Loose(paper, row);
        Insert(row, at + 1, "");
    }

    static void DropGroupField(PaperReport paper, Random random)
    {
        var rows = paper.Tables.SelectMany(t => t.DataRows).Where(r => r.Any(f => f.Kind == GridCellKind.RowGroup)).ToList();
        if (rows.Count > 0)
        {
            var row = Pick(random, rows);
            var group = row.First(f => f.Kind == GridCellKind.RowGroup);
            row.Remove(group);
            row.ForEach(f => f.Column -= f.Column > group.Column ? 1 : 0);

            Loose(paper, row);
        }
    }

    static void RepeatGroups(PaperReport paper, Random random)
    {
        foreach (var table in paper.Tables)
        {
            for (var i = 0; i < table.Rows.Count; i++)
            {
                foreach (var group in table.Rows[i].Where(f => f.Kind == GridCellKind.RowGroup && f.RowSpan > 1).ToList())
                {
                    for (var j = 1; j < group.RowSpan && i + j < table.Rows.Count; j++)
                    {
                        var copy = group.Copy();
                        copy.RowSpan = 1;
                        table.Rows[i + j].Add(copy);
                        table.Rows[i + j].Sort((a, b) => a.Column.CompareTo(b.Column));
                    }

                    group.RowSpan = 1;
                }
            }
        }
    }

    static void PageBreak(PaperReport paper, Random random, bool repeatsHead)
    {
        var tables = paper.Tables.Where(t => t.Table.Layout == TableLayout.Grid && t.Rows.Count > t.HeadRows + 2).ToList();
        if (tables.Count == 0)
        {
            return;
        }

        var table = Pick(random, tables);
        RepeatGroups(paper, random);
        var at = random.Next(table.HeadRows + 1, table.Rows.Count);
        table.CanJoin = false;
        table.BreaksAfter.Add(table.Rows[at - 1]);
        if (repeatsHead)
        {
            table.Rows.InsertRange(at, table.Rows.Take(table.HeadRows).Select(r => r.Select(f => f.Copy()).ToList()).ToList());
        }
    }

    static void SwapRows(PaperReport paper, Random random)
    {
        RepeatGroups(paper, random);
        foreach (var table in paper.Tables.Where(t => t.Table.Layout == TableLayout.Grid && t.DataRows.Count() > 1))
        {
            var rows = table.DataRows.ToList();
            var (a, b) = (table.Rows.IndexOf(Pick(random, rows)), table.Rows.IndexOf(Pick(random, rows)));
            (table.Rows[a], table.Rows[b]) = (table.Rows[b], table.Rows[a]);
        }
    }

    static void AddRow(PaperReport paper, Random random, string label)
    {
        var tables = paper.Tables.Where(t => t.Table.Layout == TableLayout.Grid && t.DataRows.Any()).ToList();
        if (tables.Count > 0)
        {
            RepeatGroups(paper, random);
            var table = Pick(random, tables);
            var model = Pick(random, table.DataRows.ToList());
            List<PaperField> row = [.. model.Where(f => f.Kind is not GridCellKind.RowGroup).Select(f =>
                new PaperField(f.Kind, f.Cell is null ? label : random.Next(3) == 0 ? "" : random.Next(50).ToString(CultureInfo.InvariantCulture), f.Column, 1, f.ColumnSpan, null))];
            var name = row.First(f => f.Kind == GridCellKind.Row);
            row.RemoveAll(f => f.Column < name.Column);
            name.ColumnSpan += name.Column;
            name.Column = 0;
            table.Rows.Insert(random.Next(table.Rows.IndexOf(table.DataRows.First()), table.Rows.Count + 1), row);
        }
    }

    static void LocalStatistics(PaperReport paper, Random random)
    {
        var section = Pick(random, paper.Form.Sections.Where(s => !s.Tables.IsEmpty).ToList());
        List<List<PaperField>> rows =
        [
            [Text("公开渠道", 0), Text("条数", 1), Text("总计", 2)],
            [Text("行政许可", 0), Text("12", 1), Text("3", 2)],
            [Text("政府网站", 0), Text("33", 1), Text("", 2)],
            [Text("总计", 0), Text("45", 1), Text("5", 2)],
        ];
        paper.Foreign.Add((section.Code, new PaperTable(section, section.Tables[0], 1, rows) { CanJoin = false }));

        static PaperField Text(string text, int column) => new(GridCellKind.Data, text, column, 1, 1, null);
    }

    static void Typo(PaperReport paper, Random random, int count)
    {
        foreach (var label in random.GetItems(paper.Tables.SelectMany(t => t.Labels).ToArray(), count))
        {
            var at = random.Next(label.Text.Length);
            if (label.Text.Length > 1)
            {
                label.Text = random.Next(2) == 0 ? label.Text.Remove(at, 1) : label.Text.Remove(at, 1).Insert(at, Pick(random, "某", "许", "罚", "的", "大"));
            }
        }
    }

    static void ExchangeLabels(PaperReport paper, Random random)
    {
        var table = Pick(random, paper.Tables);
        var rows = table.DataRows.Where(r => r.Any(f => f.Kind == GridCellKind.Row)).ToList();
        rows.RemoveAll(paper.Broken.Contains);
        if (rows.Count < 2)
        {
            return;
        }

        var (a, b) = (Pick(random, rows), Pick(random, rows));
        var (first, second) = (a.First(f => f.Kind == GridCellKind.Row), b.First(f => f.Kind == GridCellKind.Row));
        (first.Text, second.Text) = (second.Text, first.Text);
        foreach (var (x, y) in a.Where(f => f.Cell is not null).Zip(b.Where(f => f.Cell is not null)).ToList())
        {
            // What stood under the one label stands under the other now.
            (paper.Truth[x.Cell!.Index], paper.Truth[y.Cell!.Index]) = (paper.Truth[y.Cell.Index], paper.Truth[x.Cell.Index]);
            (x.Cell, y.Cell) = (y.Cell, x.Cell);
            paper.Truth[x.Cell!.Index].MustWarn = paper.Truth[y.Cell!.Index].MustWarn = false;
        }

        Loose(paper, a);
        Loose(paper, b);
    }

    static List<PaperField> RemoveRow(PaperReport paper, Random random)
    {
        RepeatGroups(paper, random);
        var (table, row) = AnyRow(paper, random);
        table.Rows.Remove(row);
        Blank(paper, row);
        return row;
    }

    static void RowReplaced(PaperReport paper, Random random)
    {
        RepeatGroups(paper, random);
        var (_, row) = AnyRow(paper, random);
        if (row.Find(f => f.Kind == GridCellKind.Row) is { } label)
        {
            label.Text = Pick(random, "其中：", "") + label.Text + Pick(random, "公示数量", "（罚款）", "以外的", "信息");
            foreach (var field in row.Where(f => f.Cell is not null))
            {
                paper.Truth[field.Cell!.Index].MayBe(null);
                paper.Truth[field.Cell!.Index].MustWarn = true;
            }
        }
    }

    static void SwapColumns(PaperReport paper, Random random)
    {
        var tables = paper.Tables.Where(t => t.Table.Layout == TableLayout.Grid && t.Table.Columns.Length > 1).ToList();
        if (tables.Count == 0)
        {
            return;
        }

        var table = Pick(random, tables);
        var columns = table.Rows.SelectMany(r => r).Where(f => f.Kind == GridCellKind.Column).GroupBy(f => (table.Rows.FindIndex(r => r.Contains(f)), f.RowSpan)).ToList();
        if (columns.Count == 0)
        {
            return;
        }

        var heads = Pick(random, columns).ToList();
        var (a, b) = (Pick(random, heads), Pick(random, heads));
        foreach (var row in table.DataRows)
        {
            if (row.Find(f => f.Column == a.Column) is { Cell: not null } x && row.Find(f => f.Column == b.Column) is { Cell: not null } y)
            {
                (x.Text, y.Text, x.Cell, y.Cell) = (y.Text, x.Text, y.Cell, x.Cell);
            }
        }

        // A head that is repeated after a page break changes with the first.
        foreach (var row in table.Rows)
        {
            if (row.Find(f => f.Kind == GridCellKind.Column && f.Column == a.Column) is { } x && row.Find(f => f.Kind == GridCellKind.Column && f.Column == b.Column) is { } y)
            {
                (x.Text, y.Text) = (y.Text, x.Text);
            }
        }
    }

    static void RemoveColumn(PaperReport paper, Random random)
    {
        var tables = paper.Tables.Where(t => t.Table.Layout == TableLayout.Grid && t.Table.Columns.Length > 2).ToList();
        if (tables.Count == 0)
        {
            return;
        }

        var table = Pick(random, tables);
        var heads = table.Rows.SelectMany(r => r).Where(f => f.Kind == GridCellKind.Column).ToList();
        if (heads.Count < 3)
        {
            return;
        }

        var head = Pick(random, heads);
        foreach (var row in table.Rows)
        {
            var gone = row.Where(f => f.Column == head.Column && (f.Kind == GridCellKind.Column || f.Cell is not null)).ToList();
            Blank(paper, gone);
            row.RemoveAll(gone.Contains);
            foreach (var field in row.Where(f => f.Column < head.Column && f.Column + f.ColumnSpan > head.Column))
            {
                field.ColumnSpan -= head.ColumnSpan;
            }

            foreach (var field in row.Where(f => f.Column > head.Column))
            {
                field.Column -= head.ColumnSpan;
            }
        }
    }

    static void ExtraColumn(PaperReport paper, Random random)
    {
        var tables = paper.Tables.Where(t => t.Table.Layout == TableLayout.Grid).ToList();
        if (tables.Count == 0)
        {
            return;
        }

        var table = Pick(random, tables);
        table.CanJoin = false;
        var heads = table.Rows.SelectMany(r => r).Where(f => f.Kind == GridCellKind.Column).ToList();
        if (heads.Count == 0)
        {
            return;
        }

        var after = heads.Max(f => f.Column + f.ColumnSpan);
        table.Rows.First(r => r.Any(f => f.Kind == GridCellKind.Column)).Add(new PaperField(GridCellKind.Column, Pick(random, "备注", "其中网上申请", "同比"), after, 1, 1, null));
        foreach (var row in table.DataRows)
        {
            row.Add(new PaperField(GridCellKind.Data, random.Next(20).ToString(CultureInfo.InvariantCulture), after, 1, 1, null));
            Loose(paper, row);
        }
    }

    static void RemoveHeads(PaperReport paper, Random random)
    {
        var table = Pick(random, paper.Tables);
        if (table.HeadRows < table.Rows.Count)
        {
            table.Rows.RemoveRange(0, table.HeadRows);
            table.CanJoin = false;
            foreach (var row in table.DataRows)
            {
                Loose(paper, row);
            }
        }
    }

    static void TableTwice(PaperReport paper, Random random)
    {
        var table = Pick(random, paper.Tables);
        var copy = new PaperTable(table.Section, table.Table, table.HeadRows, [.. table.Rows.Select(r => r.Select(f => f.Copy()).ToList())]);
        if (!table.DataRows.Any())
        {
            return;
        }

        var field = Pick(random, Pick(random, copy.DataRows.ToList()).Where(f => f.Cell is not null).ToList());
        var truth = paper.Truth[field.Cell!.Index];
        var other = (truth.Shown ?? 0) + 7;
        field.Text = Figures.Text(other);
        truth.MayBe(other);
        truth.MayBe(null);
        truth.MustWarn = true;
        copy.CanJoin = table.CanJoin;
        paper.Tables.Insert(paper.Tables.IndexOf(table) + 1, copy);
    }

    static string FullWidth(string text) => string.Concat(text.Select(c => c is > ' ' and <= '~' ? (char)(c + 0xFEE0) : c));

    static T Pick<T>(Random random, params IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
