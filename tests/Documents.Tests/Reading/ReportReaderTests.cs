using System.Diagnostics;
using System.Globalization;
using Aggregator.Documents.Reading;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Documents.Tests.Reading;

/// <summary>Real reports, flattened to text as units send them.</summary>
public sealed class ReportReaderTests
{
    public static TheoryData<string> Seeds => ["geshan-2021", "mabu-2021", "xiangning-office-2021", "malugou-2020", "wanjinshan-2021"];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_figure_of_a_real_report_is_read(string seed)
    {
        var expected = Expected(seed);
        foreach (var keepsBlanks in new[] { true, false })
        {
            var reading = Read(seed, keepsBlanks);
            reading.Form.ShouldBe(expected.Form);
            foreach (var cell in reading.Form.Cells)
            {
                reading.Figures[cell].ShouldBe(expected.Figures[cell], $"{cell.Path}, blanks {keepsBlanks}: {string.Join('\n', reading.Remarks)}");
            }
        }
    }

    [Theory]
    [InlineData("geshan-2021", 2021, "樟树市阁山镇", null, null, "")]
    [InlineData("mabu-2021", 2021, "马步乡", 0, null, "")]
    [InlineData("xiangning-office-2021", 2021, "乡宁县人民政府办公室", null, null, "")]
    [InlineData("malugou-2020", 2020, "马鹿沟镇", null, "2021-01-04", "extra_row")]
    [InlineData("wanjinshan-2021", 2021, "宝清县万金山乡", null, null, "form_of_other_year row_recovered")]
    public void What_is_odd_about_a_real_report_is_told_and_nothing_else(string seed, int year, string unit, int? fee, string? published, string remarks)
    {
        var reading = Read(seed, true);
        (reading.Year, reading.Unit, reading.ProcessingFee).ShouldBe((year, unit, (decimal?)fee));
        reading.PublishedAt.ShouldBe(published is null ? null : DateOnly.Parse(published, CultureInfo.InvariantCulture));
        string.Join(' ', reading.Remarks.Select(r => r.Code).Where(c => c != "fee_missing")).ShouldBe(remarks);
        reading.Cells.Where(c => c.Confidence != Confidence.Certain).ShouldAllBe(c => seed == "wanjinshan-2021" && c.Path.StartsWith("review.") && c.Confidence == Confidence.Doubtful);
        reading.Cells.ShouldAllBe(c => c.Where != null && c.Text != null);
        reading.Prose.ShouldAllBe(p => p != null && p.Length > 0 && !p.Contains("bookmark"));
    }

    [Fact]
    public void A_report_says_when_where_and_about_what()
    {
        var reading = Read("geshan-2021", true);
        reading.Period.ShouldBe(new ReportingPeriod(new DateOnly(2021, 1, 1), new DateOnly(2021, 12, 31)));
        reading.Contacts.ShouldBe(["地址：樟树市阁山镇府前路1号", "电话：0795-7161260", "邮编：331200"]);
        reading.Topics.Length.ShouldBe(5);
        reading.Topics[3].ShouldNotBeNull().ShouldStartWith("建设政务公开和信息查询点");
        reading.Prose[0]!.Split('\n').Length.ShouldBe(11);
        reading.Prose[2].ShouldBe("无");
        Read("mabu-2021", true).Topics[3].ShouldNotBeNull("“平台建设”即“政府信息公开平台建设”").ShouldStartWith("以政府网站为主要平台");
        Read("malugou-2020", true).Prose[2]!.ShouldEndWith("一站式服务。", Case.Sensitive, "the signature is no prose");
    }

    [Theory]
    [InlineData(2023)]
    [InlineData(2024)]
    public void A_row_of_the_old_form_in_a_new_report_is_carried_over_as_doubtful(int year)
    {
        var expected = year == 2023 ? RealReports.Hongze2023 : RealReports.Hongze2024;
        foreach (var style in Enum.GetValues<PaperStyle>())
        {
            var paper = new PaperReport(expected.Form, c => expected.Figures[c], new Random(1)) { Year = year };
            var requests = paper.Tables.Single(t => t.Section.Code == "requests");
            requests.Rows.RemoveAll(r => r.Any(f => f.Cell?.Row.Code is "otherOutcome.feeUnpaid" or "otherOutcome.other"));
            var only = requests.Rows.Single(r => r.Any(f => f.Cell?.Row.Code == "otherOutcome.notCorrected"));
            only.RemoveAll(f => f.Kind == GridCellKind.RowGroup);
            var label = only.Single(f => f.Kind == GridCellKind.Row);
            (label.Text, label.Column, label.ColumnSpan) = ("（六）其他处理", 1, 2);

            ReportReader.Read(paper.Write(style)).Is(out var reading, out _).ShouldBeTrue();

            reading!.Form.Code.ShouldBe("2021");
            reading.Figures.Values.ShouldBe(expected.Figures.Values, style.ToString());
            var doubtful = reading.Cells.Where(c => c.Confidence == Confidence.Doubtful).ToList();
            doubtful.Count(c => c.Path.StartsWith("requests.otherOutcome.")).ShouldBe(21);
            if (style is not (PaperStyle.Spaced or PaperStyle.Wrapped or PaperStyle.Centred or PaperStyle.RunTogether))
            {
                // Where only blanks part the figures, a balance that fails (T4 in 2023) makes them doubtful, too.
                doubtful.Count.ShouldBe(21, style.ToString());
            }

            reading.Remarks.ShouldContain(r => r.Code == "row_of_other_form");
        }
    }

    [Fact]
    public void Blocks_that_stand_apart_are_told_by_what_is_written_above_them()
    {
        var paper = Write(RealReports.Hongze2024, PaperStyle.Grid);
        var at = paper.Blocks.ToList().FindLastIndex(b => b is SourceTable);
        string[] blocks = ["（一）行政复议", "（二）复议后起诉", "（三）未经复议直接起诉"];
        string[] figures = ["11002", "20103", "10001"];
        var apart = blocks.SelectMany((block, i) => (SourceBlock[])[new SourceParagraph(block, "第1段"), new SourceTable(
        [
            .. "结果维持 结果纠正 其他结果 尚未审结 总计".Split(' ').Select((t, j) => new SourceField(0, j, 1, 1, t)),
            .. figures[i].Select((c, j) => new SourceField(1, j, 1, 1, c.ToString())),
        ], $"第{i + 5}个表格")]);
        ReportReader.Read(paper with { Blocks = paper.Blocks.RemoveAt(at).InsertRange(at, apart) }).Is(out var reading, out _).ShouldBeTrue();
        reading!.Figures.Values.ShouldBe(RealReports.Hongze2024.Figures.Values);
    }

    [Theory]
    [InlineData("119 25 91 24 259 7 0 15 6 28 21 1 7 9 38", true)]
    [InlineData("119 25 91 24 259 7 0 15 6 28 21 1 7 9", false)]
    public void Table_four_without_its_heads_is_read_in_the_order_of_the_form_if_nothing_is_missing(string figures, bool isRead)
    {
        var document = Lines("三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议、行政诉讼情况", "行政复议行政诉讼", $"| {figures.Replace(" ", " | ", StringComparison.Ordinal)} |",
            "五、存在的主要问题及改进情况", "平台建设还要加强。", "六、其他需要报告的事项", "无。");
        ReportReader.Read(document).Is(out var reading, out _).ShouldBeTrue();

        var cells = reading!.Cells.Where(c => c.Path.StartsWith("review.", StringComparison.Ordinal)).ToList();
        cells.Select(c => c.Text).ShouldBe(isRead ? figures.Split(' ') : Enumerable.Repeat<string?>(null, 15));
        cells.ShouldAllBe(c => c.Confidence == (isRead ? Confidence.Doubtful : Confidence.None));
    }

    [Fact]
    public void A_letter_is_no_report() =>
        ReportReader.Read(Lines("关于召开会议的通知", "各乡镇：", "兹定于2022年1月20日召开会议。")).Refusal!.Code.ShouldBe("not_a_report");

    [Fact]
    public void Figures_in_prose_are_not_taken_for_those_of_a_missing_table()
    {
        var document = Lines("某镇2021年政府信息公开工作年度报告", "一、总体情况", "收到申请3件。", "二、主动公开政府信息情况", "规范性文件28件，行政许可0件。",
            "三、收到和处理政府信息公开申请情况", "本年新收3件，予以公开2件。", "四、政府信息公开行政复议、行政诉讼情况", "无。",
            "五、存在的主要问题及改进情况", "略。", "六、其他需要报告的事项", "2021年未收取信息处理费。");
        ReportReader.Read(document).Is(out var reading, out _).ShouldBeTrue();
        reading!.Figures.Values.ShouldAllBe(v => v == null);
        reading.Cells.ShouldAllBe(c => c.Confidence == Confidence.None);
        reading.Remarks.Count(r => r.Code == "table_missing").ShouldBe(6);
        reading.ProcessingFee.ShouldBe(0);
    }

    [Fact]
    public void Of_tables_with_labels_and_no_figures_is_told_once_each()
    {
        var paper = new PaperReport(Form.Find("2021")!, _ => null, new Random(1));
        var document = paper.Write(PaperStyle.Lines);

        // As where a page breaks and a row stands on both sides.
        document = document with { Blocks = [.. document.Blocks.SelectMany(b => b is SourceParagraph { Text: "行政许可" } ? [b, b] : (SourceBlock[])[b])] };
        ReportReader.Read(document).Is(out var reading, out _).ShouldBeTrue();

        reading!.Figures.Values.ShouldAllBe(v => v == null);
        reading.Remarks.Where(r => r.Path is not (null or "other")).Select(r => (r.Code, r.Path)).ShouldBe(
            [.. Enumerable.Repeat(("table_blank", "disclosure"), 4), ("table_blank", "requests"), ("table_missing", "review")]!);
        reading.Remarks.First(r => r.Code == "table_blank").Message.ShouldContain("没有填数");
    }

    [Fact]
    public void A_row_that_is_filled_once_and_once_not_is_told()
    {
        var paper = new PaperReport(Form.Find("2021")!, _ => 1, new Random(1));
        var blocks = paper.Write(PaperStyle.Spaced).Blocks;
        ReportReader.Read(new SourceDocument("text/plain", [.. blocks.SelectMany(b => b is SourceParagraph { Text: "行政许可   1" } row ? [row, row with { Text = "行政许可" }] : (SourceBlock[])[b])]))
            .Is(out var reading, out _).ShouldBeTrue();

        reading!.Remarks.ShouldContain(r => r.Code == "duplicate_row" && r.Path == "disclosure.licences");
        reading.Cells.Single(c => c.Path == "disclosure.licences.decisions").Value.ShouldBe(1);
    }

    [Theory]
    [InlineData("2021年收取信息处理费251000元。", 251000, null)]
    [InlineData("收取政府信息公开信息处理费 1.5 万元", 15000, null)]
    [InlineData("本年度收取信息处理费0元。", 0, null)]
    [InlineData("本年度未收取信息处理费。", 0, null)]
    [InlineData("信息处理费收费情况为零。", 0, null)]
    [InlineData("2021年度无政府信息公开信息处理费收取情况。", 0, null)]
    [InlineData("本年度没有信息处理费收入。", 0, null)]
    [InlineData("有2名申请人没有缴纳信息处理费。", null, "fee_unclear")]
    [InlineData("依法收取信息处理费：超过30页的每页10元，共收取200元。", null, "fee_unclear")]
    [InlineData("按规定收取信息处理费。", null, "fee_unclear")]
    [InlineData("无", null, "fee_missing")]
    public void The_fee_is_read_from_the_last_section(string text, int? fee, string? remark)
    {
        var paper = Write(RealReports.Geshan2021, PaperStyle.Grid);
        var at = paper.Blocks.ToList().FindLastIndex(b => b is SourceParagraph { Text.Length: > 40 });
        ReportReader.Read(paper with { Blocks = paper.Blocks.SetItem(at, new SourceParagraph(text, "第9段")) }).Is(out var reading, out _).ShouldBeTrue();
        reading!.ProcessingFee.ShouldBe(fee);
        reading.Remarks.Where(r => r.Code.StartsWith("fee_")).Select(r => r.Code).SingleOrDefault().ShouldBe(remark);
    }

    [Fact]
    public void Headings_may_run_on_into_the_text_and_stand_in_a_table_of_contents()
    {
        var document = Lines("目录", "一、总体情况 1", "二、主动公开政府信息情况 2", "五、存在的主要问题及改进情况 3", "六、其他需要报告的事项 4",
            "某镇政府信息公开", "工作年度报告（2021年）", "一、 总体情况。2021年，我镇认真做好工作。", "第二段。", "２、行政机关主动公开政府信息情况",
            "5.政府信息公开工作存在的主要问题及改进措施", "问题。", "六 、其他需要报告的事项", "无其他需要报告的事项。", "某镇人民政府", "二〇二二年一月二十日");
        ReportReader.Read(document).Is(out var reading, out _).ShouldBeTrue();
        reading!.Prose.ShouldBe(["2021年，我镇认真做好工作。\n第二段。", "问题。", "无其他需要报告的事项。"]);
        (reading.Year, reading.Unit).ShouldBe((2021, "某镇"));
        reading.PublishedAt.ShouldBe(new DateOnly(2022, 1, 20));
    }

    [Fact]
    public void Headings_of_older_reports_are_told_by_their_number_and_a_word()
    {
        var document = Lines("清溪镇2022年政府信息公开工作年度报告", "一、概述", "全年公开信息12条。", "二、政府信息主动公开情况", "三、政府信息依申请公开办理情况",
            "四、行政复议和行政诉讼情况", "五、存在的不足和今后打算", "人手不足。", "六、其他事项", "未收取信息处理费。");
        ReportReader.Read(document).Is(out var reading, out var refusal).ShouldBeTrue(refusal?.Detail);
        reading.Prose.ShouldBe(["全年公开信息12条。", "人手不足。", "未收取信息处理费。"]);
    }

    [Theory]
    [InlineData("（一）主动公开。公开3条。|（二）规范依申请公开办理。收到0件。|（三）政府信息管理情况：有专人。|（四）加强公开平台建设|有网站。|（五）监督保障方面。有考核。")]
    [InlineData("（一）政府信息主动公开情况|公开3条。|（二）政府信息依申请公开情况|收到0件。|（三）完善政府信息管理|有专人。|（四）政务公开平台建设情况|有网站。|（五）监督保障机制|有考核。")]
    [InlineData("1、 主动公开。公开3条。|2、 依申请公开。收到0件。|3、 政府信息管理。有专人。|4、 平台建设。有网站。|5、 监督保障。有考核。")]
    public void Topics_are_told_by_their_words_however_they_are_headed(string lines)
    {
        ReportReader.Read(Lines(["清溪镇2022年政府信息公开工作年度报告", "一、总体情况", .. lines.Split('|'), "五、存在的主要问题及改进情况", "略。"]))
            .Is(out var reading, out var refusal).ShouldBeTrue(refusal?.Detail);
        reading.Topics.ShouldBe(["公开3条。", "收到0件。", "有专人。", "有网站。", "有考核。"]);
    }

    [Fact]
    public void What_the_prose_says_does_not_make_the_form_a_mixed_one()
    {
        var paper = Write(Report.Zero("2019"), PaperStyle.Grid);
        var at = paper.Blocks.ToList().FindIndex(b => b is SourceParagraph { Text: "一、总体情况" });
        var said = paper with { Blocks = paper.Blocks.Insert(at + 1, new SourceParagraph("全年制发行政规范性文件0件。", "第3段")) };
        ReportReader.Read(said).Is(out var reading, out _).ShouldBeTrue();
        reading.Remarks.ShouldNotContain(r => r.Code == "mixed_form");
    }

    [Fact]
    public void Fields_that_reach_as_far_below_the_next_head_as_below_their_own_are_theirs_in_order()
    {
        // As seen on a city's page: 上一年项目数量 over one column, its figures over two, and 本年增/减 over the second and the third.
        var paper = Write(Report.Zero("2019"), PaperStyle.Grid);
        var at = paper.Blocks.ToList().FindIndex(b => b is SourceTable);
        string[] heads = ["信息内容", "上一年项目数量", "本年增/减", "处理决定数量"], row = ["行政许可", "26", "-3", "517"];
        var shifted = new SourceTable(
        [
            .. heads.Select((t, i) => new SourceField(0, i < 3 ? i : 4, 1, i == 2 ? 2 : 1, t)),
            .. row.Select((t, i) => new SourceField(1, i < 2 ? i : i + 1, 1, i == 1 ? 2 : 1, t)),
        ], "第1个表格");
        ReportReader.Read(paper with { Blocks = paper.Blocks.SetItem(at, shifted) }).Is(out var reading, out _).ShouldBeTrue();
        var licences = reading.Cells.Where(c => c.Path.StartsWith("disclosure.licences.", StringComparison.Ordinal)).ToList();
        licences.Select(c => c.Value).ShouldBe([26, -3, 517]);
        licences.ShouldAllBe(c => c.Confidence == Confidence.Certain);
    }

    [Fact]
    public void Where_most_rows_have_a_figure_too_many_one_that_seems_whole_is_doubtful()
    {
        var document = Lines("三、收到和处理政府信息公开申请情况", "自然人  商业企业  科研机构  社会公益组织  法律服务机构  其他  总计",
            "一、本年新收政府信息公开申请数量  3  0  0  0  0  0  3  1", "二、上年结转政府信息公开申请数量  0  0  0  0  0  0  0  9",
            "（一）予以公开  1  0  0  0  0  0  1", "（七）总计  3  0  0  0  0  0  3  2", "四、结转下年度继续办理  0  0  0  0  0  0  0  4");
        ReportReader.Read(document).Is(out var reading, out _).ShouldBeTrue();

        reading!.Cells.Where(c => c.Path.StartsWith("requests.granted.", StringComparison.Ordinal)).ShouldAllBe(c => c.Confidence == Confidence.Doubtful);
    }

    [Theory]
    [InlineData("3  0  0  0  0  0  3", Confidence.Certain)]
    [InlineData("3  0  0  0  0  0  3  1", Confidence.Doubtful)]
    public void Where_only_blanks_part_figures_one_row_that_is_torn_makes_those_without_arithmetic_doubtful(string received, Confidence confidence)
    {
        // 2 162 may be a figure with a blank in it beside one that is lost.
        var document = Lines("二、主动公开政府信息情况", "第二十条第（一）项", "信息内容  本年制发件数  本年废止件数  现行有效件数", "规章  0  0  0", "行政规范性文件  2  162  40",
            "三、收到和处理政府信息公开申请情况", "自然人  商业企业  科研机构  社会公益组织  法律服务机构  其他  总计", $"一、本年新收政府信息公开申请数量  {received}",
            "二、上年结转政府信息公开申请数量  0  0  0  0  0  0  0", "（一）予以公开  3  0  0  0  0  0  3");
        ReportReader.Read(document).Is(out var reading, out _).ShouldBeTrue();

        reading!.Cells.Where(c => c.Path.StartsWith("disclosure.normativeDocuments.", StringComparison.Ordinal)).Select(c => c.Confidence).ShouldAllBe(c => c == confidence);
    }

    [Fact]
    public void A_hostile_document_is_read_in_time()
    {
        SourceDocument[] documents =
        [
            Lines([.. Enumerable.Repeat("一、总体情况", 100_000)]),
            Lines([.. Enumerable.Range(0, 100_000).Select(i => i % 2 == 0 ? "申请人" : "正当理由")]),
            Lines([.. Enumerable.Range(0, 100_000).Select(i => i % 2 == 0 ? "规章" : "0")]),
            Lines([.. Enumerable.Repeat("二、主动公开政府信息情况", 1), .. Enumerable.Repeat("申\t请\t人\t无\t正\t当\t理\t由\t逾\t期\t不", 100_000)]),
            Lines(new string('一', 5_000_000)),
            Lines(["一、总体情况", "（一）主动公开", .. Enumerable.Repeat(new string('甲', 100), 50_000), "二、主动公开政府信息情况"]),
            Grid(Enumerable.Range(0, 100_000).Select(i => new SourceField(i / 100, i % 100, 1000, 1, "规章"))),
            Grid(Enumerable.Range(0, 100_000).Select(i => new SourceField(i, 0, 1, 1, i % 2 == 0 ? "本年制发件数" : "规章以外的"))),
            Grid(Enumerable.Range(0, 100_000).Select(i => new SourceField(0, i, 1, int.MaxValue - i - 1, "0"))),
        ];
        _ = Read("geshan-2021", true);
        foreach (var document in documents)
        {
            var clock = Stopwatch.StartNew();
            _ = ReportReader.Read(document);
            TestContext.Current.TestOutputHelper!.WriteLine($"{clock.ElapsedMilliseconds} ms");
            clock.ElapsedMilliseconds.ShouldBeLessThan(30_000, $"a second on a quiet machine, minutes if it were not linear: {document.Blocks.Length} blocks, {NumberText.Quote(document.Blocks[0] is SourceParagraph p ? p.Text : "grid")}");
        }

        static SourceDocument Grid(IEnumerable<SourceField> fields) => new("text/html", [new SourceTable([.. fields], "第1个表格")]);
    }

    static SourceDocument Write(Report report, PaperStyle style) =>
        new PaperReport(report.Form, c => report.Figures[c], new Random(1)).Write(style);

    static SourceDocument Lines(params string[] lines) =>
        new("text/plain", [.. lines.Select((l, i) => new SourceParagraph(l, $"第{i + 1}行"))]);

    static Report Expected(string seed) => seed switch
    {
        "geshan-2021" => RealReports.Geshan2021,
        "mabu-2021" => RealReports.Mabu2021,
        "xiangning-office-2021" => RealReports.XiangningOffice2021,
        "malugou-2020" => RealReports.Malugou2020,
        _ => RealReports.Wanjinshan2021,
    };

    static ReportReading Read(string seed, bool keepsBlanks)
    {
        var lines = Repository.Read($"samples/documents/{seed}.txt").Split('\n');
        var document = new SourceDocument("text/plain", [.. lines.Select((l, i) => (SourceBlock)new SourceParagraph(l, $"第{i + 1}行"))
            .Where(b => keepsBlanks || !string.IsNullOrWhiteSpace(((SourceParagraph)b).Text))]);
        ReportReader.Read(document).Is(out var reading, out var refusal).ShouldBeTrue(refusal?.Detail);
        return reading!;
    }
}
