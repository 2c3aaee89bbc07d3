using Aggregator.Checks;
using Aggregator.Editions;
using Aggregator.Forms;
using Aggregator.Units;
using Aggregator.Years;

namespace Aggregator.Documents.Writing;

/// <summary>
/// Writes the county's annual report as the Word document that the office stamps: title, six sections, statutory tables with
/// their merged heads, and the annexes. What the office has still to write or to decide stands in 【】, marked yellow; whose words
/// a paragraph of section 五 or 六 are stands in a comment.
/// </summary>
public static class ReportWord
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

    /// <summary>The file.</summary>
    public static byte[] Write(CountyReport report)
    {
        var mark = report.Complete ? null : $"未完整：{report.Units.Included.Count}/{report.Units.Expected}（本标记由汇总系统加注，定稿时由主管部门删除）";
        var paper = new OfficialPaper(report.Title, mark);
        var subject = report.Title.IndexOf('年', report.Name.Length) + 1;
        paper.Title(report.Title[..subject], report.Title[subject..]);
        if (!report.Complete)
        {
            paper.Todo($"{report.Label}，数据只反映已计入的单位，不得作为全部数据使用。待全部单位报送后重新生成，或者核定后删除本段。");
        }

        paper.Text(report.Preamble);
        foreach (var section in report.Sections)
        {
            Section(paper, report, section);
        }

        string[] annexes = ["各单位主要数据", "报送情况", "数据更正和校验情况", "各单位总体情况原文摘录（供选用）"];
        paper.Annexes(annexes);
        paper.Sign($"{report.Name}人民政府办公室", ChinaTime.Text(report.AsOf));
        paper.EndSection(landscape: false);

        Annex(paper, 1, annexes[0], newPage: false);
        UnitTable(paper, report);
        paper.EndSection(landscape: true);

        Annex(paper, 2, annexes[1], newPage: false);
        Filing(paper, report);
        Annex(paper, 3, annexes[2]);
        Corrections(paper, report);
        Annex(paper, 4, annexes[3]);
        Excerpts(paper, report);
        return paper.Save();
    }

    static void Section(OfficialPaper paper, CountyReport report, ReportSection section)
    {
        var form = report.Figures.Form;
        var tables = form.Sections.Single(s => s.Code == section.Code);
        var grid = tables.Tables.IsEmpty ? null : TableGrid.Of(form, tables);

        // A table as high as a page begins one, so that it stays in one piece.
        var isLong = grid?.Blocks.Sum(b => b.Rows.Length) > 20;
        paper.Head(section.Heading, isLong);
        if (grid is not null)
        {
            StatutoryTable(paper, report.Figures, grid, together: !isLong);
            return;
        }

        if (section.ByCounty)
        {
            foreach (var paragraph in section.Parts.SelectMany(p => p.Paragraphs))
            {
                paper.Text(paragraph);
            }

            return;
        }

        if (section.Code == form.Narrative.Section)
        {
            Narrative(paper, report, section);
            return;
        }

        // Many units say the same in the same words; the office reads it once.
        var units = report.Units.Included.ToDictionary(u => u.Code);
        foreach (var same in section.Parts.GroupBy(p => (p.Unit is null, string.Join('\n', p.Paragraphs))))
        {
            ReportUnit[] sources = [.. same.Where(p => p.Unit is not null).Select(p => units[p.Unit!])];
            foreach (var paragraph in same.First().Paragraphs)
            {
                if (sources.Length == 0)
                {
                    paper.Todo(section.Parts.Count > 1 && ReferenceEquals(paragraph, section.Parts[0].Paragraphs[0]) ? $"{paragraph.TrimEnd('。')}，每段的来源单位见批注；请据此归纳成文。" : paragraph);
                }
                else
                {
                    paper.Text(paragraph, $"来源：{string.Join("；", sources.Select(u => $"{u.Name}（{u.Code}），第{u.Revision}稿"))}");
                }
            }
        }
    }

    static void Narrative(OfficialPaper paper, CountyReport report, ReportSection section)
    {
        foreach (var part in section.Parts)
        {
            paper.Subhead(part.Heading!);
            foreach (var paragraph in part.Paragraphs)
            {
                paper.Text(paragraph);
            }
        }

        var number = section.Parts.Count;
        foreach (var topic in report.Topics.Where(t => !t.Told))
        {
            paper.Subhead($"（{CountyReport.Numerals[number++]}）{topic.Name}情况");
            paper.Todo(topic.Words.Count > 0 ? $"待补写。{topic.Words.Count}个单位的有关表述见附件4。" : "待补写。各单位报告中没有找到有关表述。");
        }
    }

    static void StatutoryTable(OfficialPaper paper, Figures figures, TableGrid grid, bool together)
    {
        var only = grid.Blocks is [var single] ? single : null;
        GridCell[] values = [.. grid.Blocks.SelectMany(b => b.Rows).SelectMany(r => r).Where(f => f.Cell is not null)];
        var widths = Widths(grid, [.. values.Where(f => f.ColumnSpan == 1).GroupBy(f => f.Column).OrderBy(g => g.Key).Select(g => g.Max(Digits))]);

        // A digit of Times New Roman is half as wide as it is high.
        var size = Math.Clamp((int)values.Min(f => (widths.AsSpan(f.Column, f.ColumnSpan).ToArray().Sum() - 90) / 20d * 2 / (Digits(f) * 0.5)), 10, 21);
        paper.Table(widths, grid.Blocks.SelectMany(b => b.Rows).Select(row => row.Select(field => field.Cell is { } cell
            ? new PaperField(figures[cell] is { } value ? Figures.Text(value) : "—", field.ColumnSpan, field.RowSpan, Size: size == 21 ? null : size)
            : new PaperField(field.Text, field.ColumnSpan, field.RowSpan, field.Kind != GridCellKind.Row, field.Kind == GridCellKind.Row && grid.StubColumns > 1))),
            only?.HeadRows ?? 0, together);
        if (figures.Form.Cells.Any(c => grid.Blocks.Any(b => b.Table == c.Table) && figures[c] is null))
        {
            paper.Note("注：“—”表示没有数据，不等于0。");
        }

        paper.Blank();

        int Digits(GridCell field) => Math.Max(1, Figures.Text(figures[field.Cell!]).Length);
    }

    /// <summary>
    /// Heads beside several rows are narrow, as in the printed form; the rows' own heads take what the values leave. A column of long
    /// values is wider than the others.
    /// </summary>
    /// <param name="grid">The tables.</param>
    /// <param name="digits">Length of the longest value in each column, where values stand in single columns.</param>
    static int[] Widths(TableGrid grid, int[] digits)
    {
        const int Outer = 440, Inner = 920, Narrow = 640, Label = 2560, Digit = 105, Only = 1860;
        var values = grid.ColumnCount - grid.StubColumns;
        if (grid.StubColumns > 1)
        {
            int[] groups = [.. Enumerable.Range(0, grid.StubColumns - 1).Select(i => i == 0 ? Outer : Inner)];
            var columns = Needed(OfficialPaper.TextWidth - groups.Sum() - Label, Narrow);
            return [.. groups, OfficialPaper.TextWidth - groups.Sum() - columns.Sum(), .. columns];
        }

        var rest = OfficialPaper.TextWidth - (grid.StubColumns * Only);
        return [.. Enumerable.Repeat(Only, grid.StubColumns), .. digits.Length == values ? Spread(Needed(rest, rest / values * 3 / 4), rest) : Shares(rest, values)];

        // What is above the least is cut by the same share from all until it fits.
        int[] Needed(int most, int least)
        {
            int[] more = [.. digits.Select(d => Math.Max(0, (d * Digit) + 90 - least))];
            var room = most - (least * values);
            return [.. more.Select(m => least + (more.Sum() > room ? (int)((long)m * room / more.Sum()) : m))];
        }
    }

    static int[] Spread(int[] columns, int width) => [.. columns.Zip(Shares(width - columns.Sum(), columns.Length), (column, more) => column + more)];

    static int[] Shares(int width, int columns) => [.. Enumerable.Range(0, columns).Select(i => (width * (i + 1) / columns) - (width * i / columns))];

    static void Annex(OfficialPaper paper, int number, string title, bool newPage = true)
    {
        paper.Flush($"附件{number}", isHead: true, newPage);
        paper.Title(title);
    }

    static void UnitTable(OfficialPaper paper, CountyReport report)
    {
        var form = report.Figures.Form;
        NarrativeChange[] columns = [.. form.Narrative.Parts.SelectMany(p => p.Changes)];
        const int Number = 560, Name = 2600;
        var names = report.Units.Included.ToDictionary(u => u.Code, u => u.Name);
        int[] longest = [.. columns.Select(c => Math.Max(7, Value(Forms.Narrative.CellsOf(form, c.Of), cell => report.Figures[cell]).Text.Length))];
        paper.Table(
            [Number, Name, .. longest.Select(l => (OfficialPaper.LandscapeWidth - Number - Name) * l / longest.Sum())],
            [
                [Head("序号"), Head("单位"), .. columns.Select(c => Head($"{c.Name}（{Forms.Narrative.CellsOf(form, c.Of)[0].Column.Unit}）"))],
                .. report.Reports.Select((r, i) => (IEnumerable<PaperField>)
                    [new($"{i + 1}"), new(names[r.Unit], IsText: true), .. columns.Select(c => Value(Forms.Narrative.CellsOf(form, c.Of), cell => r.Figures[cell.Index]))]),
                [Head("合计", 2), .. columns.Select(c => Value(Forms.Narrative.CellsOf(form, c.Of), cell => report.Figures[cell]))],
            ]);
        paper.Note($"注：全部{form.Cells.Length}项数据见同名Excel表格。{(report.Adjustments.Count > 0 ? "合计含主管部门更正，见附件3。" : "")}“—”表示没有数据，不等于0。");

        static PaperField Value(Cell[] cells, Func<Cell, decimal?> figure) =>
            new(cells.Any(c => figure(c) is null) ? "—" : Figures.Text(cells.Sum(figure)));
    }

    static void Filing(OfficialPaper paper, CountyReport report)
    {
        paper.Text($"截至{ChinaTime.Text(report.AsOf)}，应报送{report.Units.Expected}个单位，已计入{report.Units.Included.Count}个，"
            + $"其中逾期报送{report.Units.Late.Count}个；未计入{report.Units.Missing.Count}个；免报{report.Units.Exempt.Count}个。");
        ReportUnit[] listed = [.. report.Units.Missing, .. report.Units.Late, .. report.Units.Exempt];
        if (listed.Length == 0)
        {
            paper.Text("没有逾期报送、未报送和免报的单位。");
            return;
        }

        paper.Table([560, 2500, 1984, 1900, 1900],
            [
                [Head("序号"), Head("单位"), Head("情况"), Head("期限"), Head("报送日期")],
                .. listed.Select((u, i) => (IEnumerable<PaperField>)
                [
                    new($"{i + 1}"), new(u.Name, IsText: true), new(u.Reason is { Length: > 0 } reason && u.Status == "exempt" ? $"{u.Standing}（{reason}）" : u.Standing),
                    new(u.Status == "exempt" ? "—" : ChinaTime.Text(u.DueDate)), new(u.FiledAt is { } at ? ChinaTime.Text(ChinaTime.DateOf(at)) : "—"),
                ]),
            ]);
    }

    static void Corrections(OfficialPaper paper, CountyReport report)
    {
        paper.Subhead("（一）主管部门更正");
        if (report.Adjustments.Count == 0)
        {
            paper.Text("没有更正。");
        }
        else
        {
            paper.Table([560, 3600, 1100, 3584],
                [
                    [Head("序号"), Head("数据"), Head("增减"), Head("理由")],
                    .. report.Adjustments.Select((a, i) => (IEnumerable<PaperField>)
                    [
                        new($"{i + 1}"), new(report.Figures.Form.FindCell(a.Path)!.Name, IsText: true),
                        new($"{(a.Delta > 0 ? "+" : "")}{Figures.Text(a.Delta)}"), new(a.Reason, IsText: true),
                    ]),
                ]);
        }

        paper.Subhead("（二）尚未消除的校验问题");
        var names = report.Units.Included.ToDictionary(u => u.Code, u => u.Name);
        (string Whose, Finding Finding)[] findings =
            [.. report.Findings.Select(f => ($"全{Area.Of(report.Name)}合计", f)), .. report.Reports.SelectMany(r => r.Findings.Select(f => (names[r.Unit], f)))];
        if (findings.Length == 0)
        {
            paper.Text("没有。");
            return;
        }

        paper.Table([560, 2000, 700, 5584],
            [
                [Head("序号"), Head("单位"), Head("类别"), Head("问题")],
                .. findings.Select((f, i) => (IEnumerable<PaperField>)
                    [new($"{i + 1}"), new(f.Whose, IsText: true), new(FindingText.Of(f.Finding.Severity)), new(f.Finding.Message, IsText: true)]),
            ]);
    }

    static void Excerpts(OfficialPaper paper, CountyReport report)
    {
        foreach (var (topic, i) in report.Topics.Select((t, i) => (t, i)))
        {
            paper.Subhead($"（{CountyReport.Numerals[i]}）{topic.Name}");
            if (topic.Words.Count == 0)
            {
                paper.Text("各单位报告中没有找到有关表述。");
                continue;
            }

            paper.Table([1900, 6944],
                [
                    [Head("单位"), Head("原文")],
                    .. topic.Words.Select(w => (IEnumerable<PaperField>)[new(w.Heading ?? "", IsText: true), new(string.Concat(w.Paragraphs), IsText: true)]),
                ]);
        }
    }

    static PaperField Head(string text, int columns = 1) => new(text, columns, IsHead: true);
}
