using System.Globalization;
using Aggregator.Documents.Reading;
using Aggregator.Forms;

namespace Aggregator.Documents.Tests.Reading;

/// <summary>
/// A report as it may lie on a desk: tables that can be damaged in any way, and beside them what a careful person would read in
/// each cell. Drawn from the form's own grids and then written as a grid or flattened to text.
/// </summary>
sealed class PaperReport
{
    readonly Random random;

    public PaperReport(Form form, Func<Cell, decimal?> value, Random random)
    {
        this.random = random;
        Form = form;
        Truth = [.. form.Cells.Select(c => new Truth(value(c)))];
        foreach (var section in form.Sections.Where(s => !s.Tables.IsEmpty))
        {
            var grid = TableGrid.Of(form, section);
            foreach (var block in grid.Blocks)
            {
                Tables.Add(new PaperTable(section, block.Table, block.HeadRows, [.. block.Rows.Select(row => row.Select(c =>
                    new PaperField(c.Kind, c.Cell is null ? c.Text : Figures.Text(value(c.Cell)), c.Column, c.RowSpan, c.ColumnSpan, c.Cell)).ToList())]));
            }
        }
    }

    public Form Form { get; }

    public Truth[] Truth { get; }

    public List<PaperTable> Tables { get; } = [];

    /// <summary>Rows that have lost or gained a field; twice in one row, nobody could tell.</summary>
    public HashSet<List<PaperField>> Broken { get; } = [];

    /// <summary>The row that a field stands in.</summary>
    public List<PaperField> RowOf(PaperField field) => Tables.SelectMany(t => t.Rows).First(r => r.Contains(field));

    public int Year { get; set; } = 2021;

    /// <summary>Tables and text that do not belong to the statutory ones, by section.</summary>
    public List<(string Section, PaperTable Table)> Foreign { get; } = [];

    public bool HasContents { get; set; }

    public bool HasNoise { get; set; }

    /// <summary>All statutory tables in one, section headings as rows.</summary>
    public bool InOneTable { get; set; }

    public SourceDocument Write(PaperStyle style)
    {
        var blocks = new List<SourceBlock>();
        Add($"某县某镇{Year}年政府信息公开工作年度报告");
        Add($"本年度报告中所列数据的统计期限自{Year}年1月1日起至{Year}年12月31日止。联系电话：0795-7161260。");
        if (HasContents)
        {
            foreach (var section in Form.Sections)
            {
                Add(section.Heading);
            }
        }

        foreach (var section in Form.Sections)
        {
            var isInside = InOneTable && !section.Tables.IsEmpty;
            if (!isInside)
            {
                Add(Heading(section.Heading));
            }

            if (section.Tables.IsEmpty)
            {
                Add($"{Year}年，我镇认真做好工作，主动公开政府信息65条，收到申请3件，行政许可12件，总计77件，成效明显，受到好评，今后将继续努力做好各项工作。");
                continue;
            }

            if (HasNoise && !isInside)
            {
                Add("本年度有关情况如下表所示，表中数据均以件为单位，由各科室分别统计后汇总，并经主要负责同志审核，请予以监督。");
            }

            List<PaperTable> tables = [.. Foreign.Where(f => f.Section == section.Code).Select(f => f.Table), .. Tables.Where(t => t.Section.Code == section.Code)];
            if (InOneTable && style == PaperStyle.Grid)
            {
                if (section == Form.Sections.First(s => !s.Tables.IsEmpty))
                {
                    AddGrid([.. Form.Sections.Where(s => !s.Tables.IsEmpty).SelectMany(s => (PaperTable[])[HeadingTable(s), .. Tables.Where(t => t.Section == s)])]);
                }
            }
            else if (style == PaperStyle.Grid)
            {
                var isJoined = random.Next(2) == 0;
                for (var i = 0; i < tables.Count; i++)
                {
                    var part = isJoined && tables[i].CanJoin ? tables.Skip(i).TakeWhile(t => t.CanJoin).ToList() : [tables[i]];
                    AddGrid(part);
                    i += part.Count - 1;
                    Add("");
                }
            }
            else
            {
                foreach (var table in tables)
                {
                    AddFlat(table, style);
                }
            }
        }

        Add("某县某镇人民政府");
        Add($"{Year + 1}年1月20日");
        return new SourceDocument("text/plain", style == PaperStyle.RunTogether
            ? [new SourceParagraph(string.Join(' ', blocks.Cast<SourceParagraph>().Select(p => p.Text)), "第1段")] : [.. blocks]);

        void Add(string text) => blocks.Add(new SourceParagraph(text, $"第{blocks.Count + 1}段"));

        void AddGrid(List<PaperTable> tables)
        {
            var fields = new List<SourceField>();
            var row = 0;
            foreach (var table in tables)
            {
                foreach (var line in table.Rows)
                {
                    fields.AddRange(line.OrderBy(f => f.Column).Select(f => new SourceField(row, f.Column, f.RowSpan, f.ColumnSpan, f.Text)));
                    row++;
                    if (table.BreaksAfter.Contains(line))
                    {
                        Flush();
                    }
                }
            }

            Flush();

            void Flush()
            {
                if (fields.Count > 0)
                {
                    var first = fields[0].Row;
                    blocks.Add(new SourceTable([.. fields.Select(f => f with { Row = f.Row - first })], $"第{blocks.Count + 1}个表格"));
                    fields.Clear();
                }
            }
        }

        void AddFlat(PaperTable table, PaperStyle style)
        {
            foreach (var line in table.Rows)
            {
                List<PaperField> fields = [.. line.OrderBy(f => f.Column)];
                switch (style)
                {
                    case PaperStyle.TabbedLines:
                        fields.ForEach(f => Lines($"\t{f.Text}"));
                        Add("");
                        break;
                    case PaperStyle.Lines:
                        fields.Where(f => f.Text.Length > 0).ToList().ForEach(f => Lines(f.Text));
                        break;
                    case PaperStyle.TabRows:
                        Add(string.Join('\t', Padded(table, line, fields).Select(t => t.Replace('\n', ' '))));
                        break;
                    case PaperStyle.Bars:
                        Add($"| {string.Join(" | ", fields.Select(f => f.Text.Replace('\n', ' ')))} |{new string('|', Math.Max(0, table.Rows.Max(r => r.Count) - fields.Count))}");
                        break;
                    case PaperStyle.Spaced or PaperStyle.RunTogether:
                        Add(string.Join("   ", fields.Where(f => f.Text.Trim().Length > 0).Select(f => f.Text.Replace('\n', ' '))));
                        break;
                    case PaperStyle.Centred when fields.Find(f => f.Kind == GridCellKind.Row) is { Text.Length: > 11 } label:
                        // Figures stand beside the middle of three lines of their label.
                        var lines = label.Text.Replace('\n', ' ').Chunk((label.Text.Length / 3) + 1).Select(c => new string(c)).ToArray();
                        Add(string.Join("  ", fields.TakeWhile(f => f != label).Select(f => f.Text.Replace('\n', ' ')).Append(lines[0])));
                        Add(string.Join("  ", fields.SkipWhile(f => f != label).Skip(1).Select(f => f.Text).Where(t => t.Trim().Length > 0).Prepend(lines[1])));
                        lines.Skip(2).ToList().ForEach(Add);
                        break;
                    default:
                        var text = string.Join("  ", fields.Where(f => f.Cell is null && f.Text.Trim().Length > 0).Select(f => f.Text.Replace('\n', ' ')));
                        while (text.Length > 16 && fields.Any(f => f.Kind == GridCellKind.Row))
                        {
                            Add(text[..10]);
                            text = text[10..].TrimStart();
                        }

                        text = string.Join("  ", fields.Where(f => f.Cell is not null && f.Text.Trim().Length > 0).Select(f => f.Text).Prepend(text));
                        Add(text);
                        break;
                }

                if (table.BreaksAfter.Contains(line))
                {
                    Add("— 3 —");
                }
            }
        }

        void Lines(string text)
        {
            foreach (var part in text.Split('\n'))
            {
                Add(part);
            }
        }
    }

    /// <summary>Tab-separated rows have an empty field where a merged one reaches down.</summary>
    static IEnumerable<string> Padded(PaperTable table, List<PaperField> line, List<PaperField> fields)
    {
        var at = 0;
        foreach (var field in fields)
        {
            var isReached = table.Rows.Take(table.Rows.IndexOf(line)).SelectMany((r, i) => r.Where(f => i + f.RowSpan > table.Rows.IndexOf(line))).ToList();
            for (; at < field.Column; at++)
            {
                if (isReached.Any(f => f.Column == at))
                {
                    yield return "";
                }
            }

            yield return field.Text;
            at = field.Column + field.ColumnSpan;
        }
    }

    static PaperTable HeadingTable(Section section) =>
        new(section, section.Tables[0], 1, [[new PaperField(GridCellKind.Title, section.Heading, 0, 1, 10, null)]]);

    string Heading(string heading) => random.Next(6) switch
    {
        0 => heading.Replace("、", "、 ", StringComparison.Ordinal),
        1 => $"　{heading}",
        2 => $"{"一二三四五六".IndexOf(heading[0], StringComparison.Ordinal) + 1}、{heading[2..]}",
        3 => string.Join(' ', heading.ToCharArray()),
        _ => heading,
    };
}

enum PaperStyle
{
    Grid,
    TabbedLines,
    Lines,
    TabRows,
    Spaced,
    Wrapped,
    Centred,

    /// <summary>Cells between bars, lines filled up to the width of the table, as pages are flattened.</summary>
    Bars,

    /// <summary>All of the report in one line, its line breaks lost.</summary>
    RunTogether,
}

/// <summary>A table on paper.</summary>
sealed record PaperTable(Section Section, Table Table, int HeadRows, List<List<PaperField>> Rows)
{
    public HashSet<List<PaperField>> BreaksAfter { get; } = [];

    /// <summary>Whether it can share a grid with its neighbours.</summary>
    public bool CanJoin { get; set; } = true;

    public IEnumerable<List<PaperField>> DataRows => Rows.Where(r => r.Any(f => f.Cell is not null));

    public IEnumerable<PaperField> Labels => Rows.SelectMany(r => r).Where(f => f.Cell is null && f.Kind != GridCellKind.Data && f.Text.Length > 0);
}

/// <summary>A field on paper.</summary>
sealed class PaperField(GridCellKind kind, string text, int column, int rowSpan, int columnSpan, Cell? cell)
{
    public GridCellKind Kind { get; } = kind;

    public string Text { get; set; } = text;

    public int Column { get; set; } = column;

    public int RowSpan { get; set; } = rowSpan;

    public int ColumnSpan { get; set; } = columnSpan;

    public Cell? Cell { get; set; } = cell;

    public PaperField Copy() => new(Kind, Text, Column, RowSpan, ColumnSpan, Cell);
}

/// <summary>What a careful person would read in a cell: any of these is right.</summary>
sealed class Truth(decimal? value)
{
    public decimal? Shown { get; set; } = value;

    public HashSet<string> Right { get; } = [Figures.Text(value)];

    /// <summary>Nothing but a warning is right, whatever is read.</summary>
    public bool MustWarn { get; set; }

    public void OnlyIs(decimal? value)
    {
        Shown = value;
        Right.Clear();
        Right.Add(Figures.Text(value));
    }

    public void MayBe(decimal? value) => Right.Add(Figures.Text(value));

    public bool Fits(decimal? value) => Right.Contains(Figures.Text(value));

    public override string ToString() => string.Join('|', Right.Select(r => r.Length == 0 ? "null" : r).Order(StringComparer.Ordinal)).ToString(CultureInfo.InvariantCulture);
}
