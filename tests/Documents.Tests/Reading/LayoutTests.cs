using System.Globalization;
using System.Net;
using System.Text;
using Aggregator.Documents.Reading;
using Aggregator.Testing;

namespace Aggregator.Documents.Tests.Reading;

/// <summary>
/// Layouts of published reports as programs flatten them, page by page or cell by cell: every figure is read, and nothing is
/// said of a clean one.
/// </summary>
public sealed partial class LayoutTests
{
    delegate string Writer(List<string[]> rows, int width);

    static readonly Writer tabs = (rows, _) => Lines(rows.Select(r => string.Join('\t', r)));
    static readonly Writer barsAround = (rows, width) => Lines(rows.Select(r => $"| {string.Join(" | ", r)} | {Filling(r, width)}"));
    static readonly Writer barsBehind = (rows, width) => Lines(rows.Select(r => $"{string.Join(" | ", r)} | {Filling(r, width)}"));
    static readonly Writer barsBetween = (rows, _) => Lines(rows.Select(r => string.Join(" | ", r)));
    static readonly Writer barAfterCell = (rows, width) => Lines(rows.Select(r => Lines(r.Select(c => $"{c} |".TrimStart()).Append(Filling(r, width)).Where(l => l.Length > 0))));
    static readonly Writer barOnItsOwn = (rows, width) => Lines(rows.Select(r => Lines(r.Select(c => $"{c}\n|".TrimStart()).Append(Filling(r, width)).Where(l => l.Length > 0))));
    static readonly Writer barBeforeRow = (rows, width) => Lines(rows.Select(r => "|\n" + barAfterCell([r], width)));
    static readonly Writer markdown = (rows, width) => Lines(rows.Select((r, i) =>
        $"|{string.Join('|', r.Concat(Enumerable.Repeat("", width - r.Length)))}|{(i > 0 ? "" : $"\n|{string.Concat(Enumerable.Repeat(":---:|", width))}")}"));
    static readonly Writer drawn = (rows, width) => Lines(rows.Select(r => $"│{string.Join('│', r)}│\n├{string.Join('┼', Enumerable.Repeat("────", width))}┤"));
    static readonly Writer cellALine = (rows, _) => Lines(rows.Select(r => string.Join("\n \n", r) + "\n"));
    static readonly Writer blanksBetween = (rows, _) => string.Join(' ', rows.SelectMany(r => r));
    static readonly Writer html = (rows, _) => Html(rows, r => string.Concat(r.Select(c => $"<td><p>{WebUtility.HtmlEncode(c)}</p></td>")));

    static readonly Dictionary<string, Layout> layouts = new()
    {
        ["tabs"] = new(tabs),
        ["bars around, lines filled up"] = new(barsAround),
        ["bars behind, lines filled up"] = new(barsBehind),
        ["bars between"] = new(barsBetween),
        ["a bar after each cell, each on its line"] = new(barAfterCell),
        ["cells and bars on lines of their own"] = new(barOnItsOwn),
        ["a bar before each row, cells on their lines"] = new(barBeforeRow),
        ["markdown"] = new(markdown),
        ["drawn with lines"] = new(drawn),
        ["full-width bars"] = new((rows, width) => barsBetween(rows, width).Replace(" | ", "｜", StringComparison.Ordinal)),
        ["a cell a line, blank lines between"] = new(cellALine),
        ["cells of a page without spans"] = new(html),
        ["cells of a page without spans, lines filled up"] = new((rows, width) => html([.. rows.Select(r => (string[])[.. r, .. Enumerable.Repeat("", width - r.Length)])], width)),
        ["tables of a page within a text"] = new((rows, width) => $"\n<html><body>{html(rows, width)}</body></html>\n", Change: t => $"# {t.Replace("一、", "## 一、", StringComparison.Ordinal)}"),

        ["zeros blank, bars around"] = new(barsAround, ZerosBlank: true),
        ["zeros blank, bars behind"] = new(barsBehind, ZerosBlank: true),
        ["zeros blank, a bar after each cell"] = new(barAfterCell, ZerosBlank: true),
        ["zeros blank, cells and bars on lines of their own"] = new(barOnItsOwn, ZerosBlank: true),
        ["zeros blank, a bar before each row"] = new(barBeforeRow, ZerosBlank: true),
        ["zeros blank, markdown"] = new(markdown, ZerosBlank: true),

        ["traditional characters"] = new(barsAround, Change: Traditional),
        ["traditional characters, a cell a line"] = new(cellALine, Change: Traditional),
        ["half-width brackets and stops"] = new(barsBehind, Change: t => t.Replace('（', '(').Replace('）', ')').Replace('，', ',').Replace('：', ':')),
        ["brackets with blanks"] = new(barsAround, Change: t => t.Replace("第（", "第 （ ", StringComparison.Ordinal).Replace("）项", " ） 项", StringComparison.Ordinal)),
        ["heads torn across the table"] = new(barsAround, Rows: TearHeads),
        ["heads torn across the table, a cell a line"] = new(cellALine, Rows: TearHeads),
        ["heads broken by blanks"] = new(barsAround, Change: t => t.Replace("商业企业", "商业 企业", StringComparison.Ordinal).Replace("科研机构", "科研 机构", StringComparison.Ordinal).Replace("结果维持", "结果 维持", StringComparison.Ordinal)),
        ["heads broken by lines"] = new(cellALine, Change: t => t.Replace("商业企业", "商业\n企业", StringComparison.Ordinal).Replace("尚未审结", "尚未\n审结", StringComparison.Ordinal)),
        ["units behind figures"] = new(barsAround, Change: t => FigureBeforeBar().Replace(t, "$1件 |"), Form: "2021"),
        ["letters spaced out"] = new(barsAround, Change: t => t.Replace("自然人", "自 然 人", StringComparison.Ordinal).Replace("总计", "总　计", StringComparison.Ordinal)),
        ["full-width figures"] = new(cellALine, Change: t => string.Concat(t.Select(c => char.IsAsciiDigit(c) ? (char)(c + 0xFEE0) : c))),
        ["within a site's frame"] = new(barsAround, Change: t => $"首页 > 政务公开 > 年报\n发布日期：2022-01-18 | 来源：办公室 | 字体：大 中 小 | 打印\n{t}\n上一篇：无\n下一篇：通知公告\n主办：某县人民政府 | 网站地图\n"),
        ["the form of 2019"] = new(barsAround, Form: "2019"),
        ["the form of 2019, a cell a line"] = new(cellALine, Form: "2019"),
        ["the form of 2019 in a later year"] = new(barsBehind, Form: "2019", Year: 2023, Remarks: "form_of_other_year"),
        ["all in one line a table"] = new((rows, width) => barsAround(rows, width).Replace('\n', ' ')),
        ["all in one line a table, blanks between"] = new(blanksBetween),
        ["all in one line"] = new(blanksBetween, Change: t => t.Replace('\n', ' ')),
        ["all in one line, the form of 2019"] = new(blanksBetween, Form: "2019", Change: t => t.Replace('\n', ' ')),
        ["all in one line, bars around"] = new(barsAround, Change: t => t.Replace('\n', ' ')),
        ["all in one paragraph of a page"] = new(blanksBetween, Change: t => $"<html><body><p>{t.Replace('\n', ' ')}</p></body></html>"),
    };

    public static TheoryData<string> Layouts => [.. layouts.Keys];

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task Every_figure_is_read_and_nothing_is_said_of_a_clean_report(string name)
    {
        var layout = layouts[name];
        var report = RandomReport.Consistent(layout.Form, new Random(7));
        var paper = new PaperReport(report.Form, c => report.Figures[c] is 0 && layout.ZerosBlank ? null : report.Figures[c], new Random(1)) { Year = layout.Year ?? (layout.Form == "2019" ? 2020 : 2021) };

        var document = await Shown.ReadAsync(Encoding.UTF8.GetBytes(layout.Write(paper)));
        ReportReader.Read(document).Is(out var reading, out var refusal).ShouldBeTrue(refusal?.Detail);

        reading.Form.ShouldBe(report.Form);
        reading.Year.ShouldBe(paper.Year);
        string[] wrong = [.. report.Form.Cells.Where(c => reading.Figures[c] != (report.Figures[c] is 0 && layout.ZerosBlank ? null : report.Figures[c])).Select(c => $"{c.Path}: {reading.Figures[c]} instead of {report.Figures[c]}")];
        wrong.ShouldBeEmpty(string.Join('\n', reading.Remarks.Take(5).Select(r => r.Message)));
        string.Join(' ', reading.Remarks.Select(r => r.Code).Where(c => !(layout.ZerosBlank && c is "blank_cell" or "blank_row" or "row_irregular")).Distinct()).ShouldBe(layout.Remarks, string.Join('\n', reading.Remarks.Take(5).Select(r => r.Message)));
        reading.Cells.ShouldAllBe(c => c.Confidence == Confidence.Certain || c.Value == null || layout.ZerosBlank, "a line that ends with blanks may only be filled up");
        reading.Prose.ShouldAllBe(p => p != null && p.Length > 0 && !p.Contains('|'));
    }

    static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);

    static string Filling(string[] row, int width) => new('|', Math.Max(0, width - row.Length - 1));

    static string Html(List<string[]> rows, Func<string[], string> cells) => $"<table>{string.Concat(rows.Select(r => $"<tr>{cells(r)}</tr>"))}</table>";

    /// <summary>Each line of a head stands in a row of its own: 商业 and 科研 above 企业 and 机构.</summary>
    static List<string[]> TearHeads(List<string[]> rows)
    {
        var at = rows.FindIndex(r => r.Contains("商业企业"));
        return at < 0 ? rows : [.. rows[..at], [.. rows[at].Select(h => h is "商业企业" or "科研机构" ? h[..2] : h)], ["企业", "机构"], .. rows[(at + 1)..]];
    }

    static string Traditional(string text)
    {
        const string Simple = "总体况动开处复议讼问题进报项条内现规范数单万业团组织结转继续办区计种国密护权稳类过执询机无没补后举诉当确认获缴费层构会务许罚强业关为";
        const string Old = "總體況動開處複議訟問題進報項條內現規範數單萬業團組織結轉繼續辦區計種國密護權穩類過執詢機無沒補後舉訴當確認獲繳費層構會務許罰強業關為";
        return string.Concat(text.Select(c => Simple.IndexOf(c, StringComparison.Ordinal) is >= 0 and var i ? Old[i] : c));
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"(?<=\| )([0-9]+) \|")]
    private static partial System.Text.RegularExpressions.Regex FigureBeforeBar();

    sealed record Layout(Writer Table, string Form = "2021", int? Year = null, bool ZerosBlank = false, string Remarks = "",
        Func<string, string>? Change = null, Func<List<string[]>, List<string[]>>? Rows = null)
    {
        const string Prose = "本年公开信息34条，收到申请3件，行政许可12件，完善了制度，加强了监督，取得了较好成效，今后继续努力做好各项工作。";

        public string Write(PaperReport paper)
        {
            var isHtml = Table([["0"]], 1).StartsWith('<');
            var text = new StringBuilder();
            Add($"某县某镇{paper.Year}年政府信息公开工作年度报告");
            foreach (var section in paper.Form.Sections)
            {
                Add(section.Heading);
                if (section.Tables.IsEmpty)
                {
                    Add(section == paper.Form.Sections[^1] ? "本年度没有收取信息处理费。" : Prose);
                    continue;
                }

                List<string[]> rows = [.. paper.Tables.Where(t => t.Section == section).SelectMany(t => t.Rows)
                    .Select(r => r.OrderBy(f => f.Column).Select(f => f.Text).ToArray())];
                rows = Rows?.Invoke(rows) ?? rows;
                text.Append(CultureInfo.InvariantCulture, $"{Table(rows, rows.Max(r => r.Length))}\n");
            }

            return Change?.Invoke(text.ToString()) ?? text.ToString();

            void Add(string line) => text.Append(CultureInfo.InvariantCulture, $"{(isHtml ? $"<p>{line}</p>" : line)}\n");
        }
    }
}
