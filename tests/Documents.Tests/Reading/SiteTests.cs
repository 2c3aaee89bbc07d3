using System.Globalization;
using System.Net;
using System.Text;
using Aggregator.Documents.Reading;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Documents.Tests.Reading;

/// <summary>
/// Reports as the sites of counties and townships publish them, with all that stands around and within: every figure, the year, the
/// unit and the day are read, and what a person would ask about is told.
/// </summary>
public sealed class SiteTests
{
    static readonly Dictionary<string, Site> sites = new()
    {
        ["a plain page"] = new(),
        ["Word's own HTML"] = new(Cell: t => $"<p class=MsoNormal align=center style='text-align:center'><span lang=EN-US style='mso-bidi-font-family:宋体'>{t}</span><o:p></o:p></p>"),
        ["nested formats and blanks"] = new(Cell: t => $"<p>&nbsp;<span><span>{t[..(t.Length / 2)]}</span></span><b>{t[(t.Length / 2)..]}</b>&nbsp;</p>"),
        ["lines of the source within a cell"] = new(Cell: t => $"\r\n    <p>\r\n      {(char.IsAsciiDigit(t[0]) ? t : t.Insert(t.Length / 2, "\r\n      "))}</p>\r\n"),
        ["tables that lay out the page"] = new(Table: t => $"<table><tr><td align=center>{t}</td></tr></table>",
            Page: p => $"<table><tr><td width=200><ul><li>机构职能</li><li>2019年</li></ul></td><td>{p}</td></tr></table>"),
        ["each item in a table of its own"] = new(Joined: false),
        ["a site for several encodings"] = new(Encoding: CodePagesEncodingProvider.Instance.GetEncoding("gb18030")),
        ["thousands separators"] = new(Figure: (_, t) => t.Contains('.') ? t : decimal.Parse(t, CultureInfo.InvariantCulture).ToString("#,##0", CultureInfo.InvariantCulture)),
        ["a spreadsheet's decimals"] = new(Figure: (_, t) => t.Contains('.') ? t : t + ".0"),
        ["units behind figures"] = new(Figure: (c, t) => t + c.Column.Unit),
        ["footnotes and deletions"] = new(Figure: (_, t) => $"<s>9</s>{t}<span style='text-decoration: line-through'>8</span>"),
        ["raised numbers of footnotes"] = new(Figure: (c, t) => c.Row.Code == "fees" ? $"{t}<sup>2</sup>" : t, Remarks: "odd_number"),
        ["fees in 元"] = new(Label: t => t.Replace("单位：万元", "单位：元", StringComparison.Ordinal),
            Figure: (c, t) => c.Column.Type == ColumnType.Amount ? Figures.Text(decimal.Parse(t, CultureInfo.InvariantCulture) * 10_000) : t, Remarks: "unit_conflict"),
        ["other words for the same heads"] = new(Label: t => t.Replace("其他", "其它", StringComparison.Ordinal).Replace("尚未审结", "尚未审理", StringComparison.Ordinal)),
        ["another word for the totals"] = new(Label: t => t.Replace("总计", "合计", StringComparison.Ordinal)),
        ["a slash or a line within a label"] = new(Label: t => t.Length is > 4 and < 12 && !t.Contains("总计", StringComparison.Ordinal) ? t.Insert(4, t.Length % 2 == 0 ? "/" : "\n") : t),
        ["an explanation longer than any label"] = new(Label: t => t == "行政许可"
            ? "行政许可（指本机关依法办结并送达的各类行政许可决定，含延续、变更、补证以及按告知承诺办理的事项，不含内部审批、备案和其他对外管理服务事项）" : t, Remarks: "row_irregular"),
        ["a head cut short"] = new(Label: t => t == "商业企业" ? "企业" : t, Remarks: "column_differs"),
        ["labels cut short"] = new(Label: t => t.Replace("政府信息公开申请数量", "申请数量", StringComparison.Ordinal).Replace("本年新收", "新收", StringComparison.Ordinal), Remarks: "row_irregular"),
        ["other numbers and brackets"] = new(Label: t => t.Replace("（", "(", StringComparison.Ordinal).Replace("）", ")", StringComparison.Ordinal).Replace(".", "、", StringComparison.Ordinal)),
    };

    public static TheoryData<string> Sites => [.. sites.Keys];

    [Theory]
    [MemberData(nameof(Sites))]
    public async Task A_published_report_is_read_whole(string name)
    {
        var site = sites[name];
        var report = RandomReport.Consistent("2021", new Random(11));
        var file = (site.Encoding ?? Encoding.UTF8).GetBytes(site.Write(new PaperReport(report.Form, c => report.Figures[c], new Random(1)) { Year = 2022 }));

        ReportReader.Read(await Shown.ReadAsync(file)).Is(out var reading, out var refusal).ShouldBeTrue(refusal?.Detail);

        (reading.Year, reading.Unit, reading.PublishedAt).ShouldBe((2022, "清溪镇", new DateOnly(2023, 1, 20)));
        report.Form.Cells.Where(c => reading.Figures[c] != report.Figures[c]).Select(c => $"{c.Path}: {reading.Figures[c]} instead of {report.Figures[c]}").ShouldBeEmpty();
        string.Join(' ', reading.Remarks.Select(r => r.Code).Where(c => c != "label_differs").Distinct()).ShouldBe(site.Remarks);
        reading.Cells.Any(c => c.Confidence != Confidence.Certain).ShouldBe(site.Remarks.Length > 0);
    }

    [Theory]
    [InlineData("清溪镇人民政府2022年度政府信息公开工作年度报告", 2022, "清溪镇人民政府")]
    [InlineData("清溪镇人民政府|2022年政府信息公开工作年度报告", 2022, "清溪镇人民政府")]
    [InlineData("某县清溪|镇人民政府2022年政府信息公开|工作年度报告", 2022, "某县清溪镇人民政府")]
    [InlineData("2022年清溪镇政府信息公开年度报告", 2022, "清溪镇")]
    [InlineData("清溪镇政府信息公开工作年度报告（2022年度）", 2022, "清溪镇")]
    [InlineData("清溪镇政府信息公开工作2022年度报告", 2022, "清溪镇")]
    [InlineData("清溪镇2022年度政府信息公开年报", 2022, "清溪镇")]
    [InlineData("某县市场监督管理局2022年法治政府建设暨政府信息公开工作年度报告", 2022, "某县市场监督管理局")]
    [InlineData("清溪镇关于二〇二二年政府信息公开工作的年度报告", 2022, "清溪镇")]
    [InlineData("首页|2019年|2020年|2021年度政府信息公开工作年度报告|清溪镇2022年政府信息公开工作年度报告", 2022, "清溪镇")]
    [InlineData("清溪镇2021年政府信息公开工作年度报告|清溪镇2022年政府信息公开工作年度报告", 2022, "清溪镇")]
    [InlineData("清溪镇2022年政府信息公开工作年度报告|现将清溪镇2021年政府信息公开工作年度报告的补充情况公布如下", 2022, "清溪镇")]
    [InlineData("2022年清溪镇人民政府年报|•2022年清溪镇政府信息公开工作年度报告", 2022, "清溪镇")]
    [InlineData("【图文】清溪镇2022年度政府信息公开工作年度报告", 2022, "清溪镇")]
    [InlineData("某县人民政府机关|2022年政府信息公开工作年度报告", 2022, "某县人民政府机关")]
    [InlineData("清溪镇2022年政府信息公开工作年度报告|根据要求，现编制《清溪镇政府2022年度政府信息公开工作年度报告》。", 2022, "清溪镇")]
    [InlineData("本报告是由清溪镇人民政府编制的2022年度政府信息公开年度报告。", 2022, "清溪镇人民政府")]
    public void Year_and_unit_are_those_of_the_report_s_own_title(string lines, int year, string unit)
    {
        SourceBlock[] blocks = [.. lines.Split('|').Append("一、总体情况").Append("收到申请0件。").Append("六、其他需要报告的事项").Select(l => new SourceParagraph(l, ""))];

        ReportReader.Read(new SourceDocument("text/plain", [.. blocks])).Is(out var reading, out var refusal).ShouldBeTrue(refusal?.Detail);

        (reading.Year, reading.Unit).ShouldBe((year, unit));
    }

    [Theory]
    [InlineData("<title>清溪镇2022年政府信息公开工作年度报告_某县人民政府</title>", "清溪镇")]
    [InlineData("<title>某县人民政府门户网站 - 年报 - 清溪镇2022年政府信息公开工作年度报告</title>", "清溪镇")]
    [InlineData("<meta name=ArticleTitle content='清溪镇2022年政府信息公开工作年度报告'><title>某县人民政府</title>", "清溪镇")]
    [InlineData("<title>某县人民政府_2022年政府信息公开工作年度报告</title>", null)]
    [InlineData("<title>某县人民政府</title>", null)]
    public async Task A_title_that_stands_in_the_head_of_the_page_only_is_found_there(string head, string? unit)
    {
        var report = RandomReport.Consistent("2021", new Random(1));
        var page = new Site().Write(new PaperReport(report.Form, c => report.Figures[c], new Random(1)) { Year = 2022 })
            .Replace("<h1>清溪镇2022年政府信息公开工作年度报告</h1>", "", StringComparison.Ordinal)
            .Replace("<title>年报_某县人民政府</title>", head + "<meta name='PubDate' content='2023-01-19 10:00'>", StringComparison.Ordinal);

        ReportReader.Read(await Shown.ReadAsync(Encoding.UTF8.GetBytes(page))).Is(out var reading, out _).ShouldBeTrue();

        (reading!.Unit, reading.PublishedAt).ShouldBe((unit, new DateOnly(2023, 1, 20)), "the page's own date counts more than its head's");
        reading.Year.ShouldBe(unit is null ? 2021 : 2022, "the list beside the report has a title of another year");
    }

    [Fact]
    public async Task A_day_that_stands_in_the_head_of_the_page_only_is_found_there()
    {
        var report = RandomReport.Consistent("2021", new Random(1));
        var page = new Site().Write(new PaperReport(report.Form, c => report.Figures[c], new Random(1)) { Year = 2022 })
            .Replace("发布日期：", "", StringComparison.Ordinal).Replace("2023年1月18日", "", StringComparison.Ordinal)
            .Replace("<title>", "<meta name='PubDate' content='2023-01-19 10:00'><title>", StringComparison.Ordinal);

        ReportReader.Read(await Shown.ReadAsync(Encoding.UTF8.GetBytes(page))).Is(out var reading, out _).ShouldBeTrue();

        reading!.PublishedAt.ShouldBe(new DateOnly(2023, 1, 19));
    }

    [Fact]
    public async Task Two_reports_in_one_file_are_one_only_if_they_are_the_same()
    {
        var (first, second) = (RandomReport.Consistent("2021", new Random(1)), RandomReport.Consistent("2021", new Random(2)));
        string Page(Report report) => new Site().Write(new PaperReport(report.Form, c => report.Figures[c], new Random(1)) { Year = 2022 });

        ReportReader.Read(await Shown.ReadAsync(Encoding.UTF8.GetBytes(Page(first) + Page(second)))).Refusal?.Code.ShouldBe("several_reports");
        ReportReader.Read(await Shown.ReadAsync(Encoding.UTF8.GetBytes(Page(first) + Page(first)))).Is(out var reading, out _).ShouldBeTrue();
        reading!.Figures.Values.ShouldBe(first.Figures.Values);
    }

    sealed record Site(Func<string, string>? Label = null, Func<Cell, string, string>? Figure = null, Func<string, string>? Cell = null, Func<string, string>? Table = null,
        Func<string, string>? Page = null, bool Joined = true, Encoding? Encoding = null, string Remarks = "")
    {
        public string Write(PaperReport paper)
        {
            var text = new StringBuilder("<h1>清溪镇2022年政府信息公开工作年度报告</h1><p>统计期限自2022年1月1日起至2022年12月31日止。</p>");
            foreach (var section in paper.Form.Sections)
            {
                text.Append(CultureInfo.InvariantCulture, $"<p><strong>{section.Heading}</strong></p>");
                if (section.Tables.IsEmpty)
                {
                    text.Append("<p>全年公开信息326条，收到申请13件；没有收取信息处理费。</p>");
                    continue;
                }

                var tables = paper.Tables.Where(t => t.Section == section).Select(t => t.Rows).ToList();
                foreach (var rows in Joined ? [[.. tables.SelectMany(t => t)]] : tables)
                {
                    var table = $"<table border=1>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.OrderBy(f => f.Column).Select(Field))}</tr>"))}</table>";
                    text.Append(Table?.Invoke(table) ?? table);
                }
            }

            return Frame(Page?.Invoke(text.ToString()) ?? text.ToString());
        }

        string Field(PaperField field)
        {
            var text = field.Cell is { } cell ? Figure?.Invoke(cell, field.Text) ?? field.Text : WebUtility.HtmlEncode(Label?.Invoke(field.Text) ?? field.Text);
            return $"<td colspan={field.ColumnSpan} rowspan=\"{field.RowSpan}\">{Cell?.Invoke(text) ?? text}</td>";
        }

        /// <summary>What surrounds a report on its page: years, days and numbers that are not its own.</summary>
        static string Frame(string report) => $"""
            <html><head><title>年报_某县人民政府</title></head><body>
            <div>今天是2026年11月28日 星期六</div><ul><li>首页</li><li>走进清溪</li><li>2019年</li><li>2020年</li><li>2021年度政府信息公开工作年度报告</li></ul>
            <div>当前位置：首页 &gt; 政府信息公开年报 &gt; 2025年</div>
            <table><tr><td>索引号：</td><td>014000335/2023-00012</td><td>主题分类：</td><td>年度报告</td></tr><tr><td>发布机构：</td><td>某县政府办</td><td>发布日期：</td><td>2023-01-20</td></tr></table>
            <div id=zoom>{report}<p>清溪镇人民政府</p><p>2023年1月18日</p></div>
            <div>分享到： 微信 微博 浏览次数：1234 次 【打印】【关闭】</div><div>主办：某县人民政府 电话：0795-12345 赣ICP备05001234号</div></body></html>
            """;
    }
}
