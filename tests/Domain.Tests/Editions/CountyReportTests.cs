using System.Text.Json;
using Aggregator.Checks;
using Aggregator.Editions;
using Aggregator.Forms;
using Aggregator.Totals;
using Aggregator.Years;

namespace Aggregator.Domain.Tests.Editions;

public class CountyReportTests
{
    static readonly DateTimeOffset now = new(2022, 2, 9, 17, 0, 0, TimeSpan.Zero);

    [Fact]
    public void One_of_three_is_labelled_incomplete_and_speaks_of_that_unit_only()
    {
        var report = Report([Filed("360922201", "马步乡", figures: Numbers(("disclosure.penalties.decisions", 1))), Missing("360922202", "白水乡"), Missing("360922203", "三兴镇")]);

        report.Title.ShouldBe("万载县2021年政府信息公开工作年度报告");
        report.Complete.ShouldBeFalse();
        report.Label.ShouldBe("未完整：已报 1/3 个单位");
        report.AsOf.ShouldBe(new DateOnly(2022, 2, 10), "the day in China");
        report.Units.Included.ShouldHaveSingleItem().Name.ShouldBe("马步乡");
        report.Units.Missing.Select(u => u.Code).ShouldBe(["360922202", "360922203"]);
        Overview(report).ShouldContain("万载县应当报送政府信息公开工作年度报告的单位共3个。截至2022年2月10日，1个单位的报告已计入本报告，其中按期报送1个，逾期报送0个；2个单位的报告尚未计入。");
        Overview(report).ShouldContain("本报告数据不完整，只反映已计入单位的情况。");
        Overview(report).ShouldContain("2021年，已计入的1个单位制发行政规范性文件0件，废止0件，现行有效0件；作出行政许可处理决定0件、行政处罚处理决定1件、行政强制处理决定0件；行政事业性收费0万元。");
        Overview(report).ShouldNotContain("全县");
    }

    [Fact]
    public void All_filed_is_complete_and_speaks_of_the_whole_county()
    {
        var report = Report([Filed("360922201", "马步乡"), Filed("360922-edu", "教育局"), Exempt("360922299", "园区管委会", "当年新设")]);

        report.Complete.ShouldBeTrue();
        report.Label.ShouldBe("2 个单位全部报送");
        report.Units.Missing.ShouldBeEmpty();
        Overview(report).ShouldContain("的单位共2个，已全部报送，其中按期报送2个，逾期报送0个。另有1个单位免报。");
        Overview(report).ShouldContain("2021年，全县没有收到政府信息公开申请，也没有上年结转的申请。");
        Overview(report).ShouldContain("2021年，全县没有因政府信息公开工作被申请行政复议或者被提起行政诉讼。");
        Overview(report).ShouldNotContain("不完整");
    }

    [Theory]
    [InlineData("万载县", "全县")]
    [InlineData("樟树市", "全市")]
    [InlineData("洪泽区", "全区")]
    [InlineData("科尔沁左翼中旗", "全旗")]
    public void A_county_level_division_is_called_what_it_is(string name, string all) =>
        Overview(Report([Filed("360922201", "马步乡")], name)).ShouldContain($"2021年，{all}制发");

    [Fact]
    public void Nothing_included_has_no_figure_at_all()
    {
        var report = Report([Missing("360922201", "马步乡")]);

        report.Label.ShouldBe("未完整：已报 0/1 个单位");
        report.Figures.Values.ShouldAllBe(v => v == null);
        Overview(report).ShouldContain("截至2022年2月10日，尚无单位的报告计入本报告。");
        Overview(report).ShouldContain("没有数据不等于没有发生。");
        Overview(report).ShouldNotContain("0件");
        Overview(report).ShouldNotContain("没有收到政府信息公开申请");
        Section(report, "problems").ShouldBe("尚无单位的报告计入，没有可以汇集的内容。");
    }

    [Fact]
    public void Nobody_expected_is_not_complete()
    {
        var report = Report([Exempt("360922299", "园区管委会", "当年新设")]);

        report.Complete.ShouldBeFalse();
        report.Label.ShouldBe("未完整：名录中没有应报送的单位");
    }

    [Fact]
    public void A_missing_figure_is_named_and_never_zero()
    {
        var figures = Numbers();
        figures.Values[Cell("disclosure.fees.amount").Index] = null;
        var overview = Overview(Report([Filed("360922201", "马步乡", figures: figures)]));

        overview.ShouldNotContain("行政事业性收费0万元");
        overview.ShouldContain("行政强制处理决定0件。");
        overview.ShouldContain("以下数据没有单位填报，不作为0：行政事业性收费 · 本年收费金额（单位：万元）。");
    }

    [Fact]
    public void A_sentence_with_a_gap_in_a_sum_or_in_its_items_is_left_out()
    {
        var figures = Numbers(("requests.received.naturalPerson", 2), ("requests.received.total", 2), ("review.reconsideration.upheld", 1), ("review.reconsideration.total", 1));
        figures.Values[Cell("requests.received.research").Index] = null;
        figures.Values[Cell("requests.refused.stateSecret.total").Index] = null;
        figures.Values[Cell("review.reconsideration.pending").Index] = null;
        var overview = Overview(Report([Filed("360922201", "马步乡")], figures: figures));

        overview.ShouldContain("2021年，全县新收政府信息公开申请2件，上年结转0件；本年度办结0件，结转下年度继续办理0件。");
        overview.ShouldContain("2021年，全县因政府信息公开工作未经复议直接被提起行政诉讼0件；经复议后被提起行政诉讼0件。");
        overview.ShouldContain("不作为0：一、本年新收政府信息公开申请数量 · 法人或其他组织 科研机构、（三）不予公开 1.属于国家秘密 · 总计、行政复议 · 尚未审结。");
    }

    [Fact]
    public void Requests_are_told_by_applicant_and_outcome()
    {
        var overview = Overview(Report([Filed("360922201", "马步乡", figures: Numbers(
            ("requests.received.naturalPerson", 90), ("requests.received.business", 5), ("requests.carriedIn.other", 4),
            ("requests.granted.naturalPerson", 50), ("requests.partlyGranted.business", 9), ("requests.refused.securityAndStability.naturalPerson", 1),
            ("requests.refused.enforcementFile.naturalPerson", 2), ("requests.otherOutcome.feeUnpaid.other", 3), ("requests.carriedOut.naturalPerson", 34)))]));

        overview.ShouldContain("新收政府信息公开申请95件，上年结转4件；本年度办结65件，结转下年度继续办理34件；新收申请中，自然人提出90件，法人或其他组织提出5件；"
            + "办理结果为予以公开50件、部分公开9件、不予公开3件、其他处理3件。");
    }

    [Fact]
    public void Reviews_are_told_by_result()
    {
        var overview = Overview(Report([Filed("360922201", "马步乡", figures: Numbers(
            ("review.reconsideration.upheld", 2), ("review.reconsideration.pending", 1), ("review.litigationAfterReconsideration.corrected", 1)))]));

        overview.ShouldContain("因政府信息公开工作被申请行政复议3件（结果维持2件、尚未审结1件）；未经复议直接被提起行政诉讼0件；经复议后被提起行政诉讼1件（结果纠正1件）。");
    }

    [Fact]
    public void The_form_of_2019_is_told_in_its_own_terms()
    {
        var report = Report([Filed("360922201", "马步乡", form: "2019", figures: Numbers("2019", ("disclosure.normativeDocuments.disclosedTotal", 7), ("disclosure.fees.change", -3),
            ("requests.received.naturalPerson", 2), ("requests.otherOutcome.naturalPerson", 2)))], year: 2020);

        report.Form.ShouldBe("2019");
        Overview(report).ShouldContain("新制作规范性文件0件，新公开0件，对外公开总数量7件；");
        Overview(report).ShouldContain("行政事业性收费上一年项目0项、本年减少3项；政府集中采购项目0项，采购总金额0万元。");
        Overview(report).ShouldContain("办理结果为其他处理2件。");
    }

    [Theory]
    [InlineData(-3, "本年减少3项")]
    [InlineData(0, "本年增减0项")]
    [InlineData(12, "本年增加12项")]
    public void A_change_of_2019_is_told_in_words_and_not_by_its_sign(int change, string told) => Overview(Report([Filed("360922201", "马步乡", form: "2019",
        figures: Numbers("2019", ("disclosure.fees.change", change)))], year: 2020)).ShouldContain($"行政事业性收费上一年项目0项、{told}；");

    [Fact]
    public void Late_missing_and_exempt_units_are_listed_with_day_and_reason()
    {
        var report = Report(
        [
            Filed("360922201", "马步乡") with { Late = true, FiledAt = now },
            Missing("360922202", "白水乡") with { Late = true, DueDate = new DateOnly(2022, 2, 5), Reason = "换届" },
            Missing("360922203", "三兴镇") with { Status = "draft" },
            Missing("360922204", "高城镇") with { Status = "returned" },
            Exempt("360922299", "园区管委会", "当年新设"),
        ]);

        var late = report.Units.Late.ShouldHaveSingleItem();
        (late.Code, late.FiledAt, late.DueDate, late.Standing).ShouldBe(("360922201", now, new DateOnly(2022, 1, 31), "逾期报送"));
        report.Units.Missing.Select(u => (u.Name, u.Standing, u.Late)).ShouldBe(
            [("白水乡", "未报送", true), ("三兴镇", "存有未通过校验的草稿", false), ("高城镇", "已退回，待重新报送", false)]);
        (report.Units.Missing[0].DueDate, report.Units.Missing[0].Reason).ShouldBe((new DateOnly(2022, 2, 5), "换届"));
        var exempt = report.Units.Exempt.ShouldHaveSingleItem();
        (exempt.Name, exempt.Reason, exempt.Standing).ShouldBe(("园区管委会", "当年新设", "免报"));
        report.Units.Expected.ShouldBe(4);
        Overview(report).ShouldContain("其中按期报送0个，逾期报送1个；3个单位的报告尚未计入。另有1个单位免报。");
    }

    [Fact]
    public void A_unit_that_joined_and_filed_since_the_total_was_computed_is_not_yet_in_it()
    {
        var included = Filed("360922201", "马步乡");
        var justNow = Filed("360922202", "白水乡");
        var report = Report([included, justNow], notYetAdded: "360922202");

        report.Complete.ShouldBeFalse();
        report.Label.ShouldBe("未完整：已报 1/2 个单位");
        report.Units.Missing.ShouldHaveSingleItem().Standing.ShouldBe("已报送，尚未计入汇总");
    }

    [Fact]
    public void Six_sections_stand_in_order_and_the_tables_have_no_words()
    {
        var report = Report([Filed("360922201", "马步乡")]);

        report.Sections.Select(s => s.Heading).ShouldBe(["一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
            "四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项"]);
        report.Sections.Where(s => s.Code is "disclosure" or "requests" or "review").ShouldAllBe(s => s.Parts.Count == 0);
        report.Preamble.ShouldContain("国办公开办函〔2021〕30号");
        report.Preamble.ShouldContain("自2021年1月1日起至2021年12月31日止");
        report.Notes.ShouldContain(n => n.Contains("政府信息管理、政府信息公开平台建设、监督保障三个方面"));
    }

    [Fact]
    public void Units_own_words_stand_under_their_names_and_none_is_counted()
    {
        var report = Report(
        [
            Filed("360922201", "马步乡", problems: "　　一是更新不及时。\r\n\r\n二是解读不多。", other: "无。"),
            Filed("360922202", "白水乡", problems: "<b>人手不足</b>", other: " 无其他需要报告的事项。"),
            Filed("360922203", "三兴镇", problems: null, other: "无偿提供查阅场所12处。"),
            Missing("360922204", "高城镇"),
        ]);

        var problems = report.Sections.Single(s => s.Code == "problems").Parts;
        problems[0].Paragraphs.ShouldBe(["以下为2个单位报告的原文；1个单位此项空缺；1个单位的报告尚未计入。"]);
        (problems[1].Heading, problems[1].Unit).ShouldBe(("马步乡", "360922201"));
        problems[1].Paragraphs.ShouldBe(["一是更新不及时。", "二是解读不多。"]);
        problems[2].Paragraphs.ShouldBe(["<b>人手不足</b>"], "words are passed on as they are; whoever shows them encodes them");
        var other = report.Sections.Single(s => s.Code == "other").Parts;
        other.Select(p => p.Heading).ShouldBe([null, "三兴镇"]);
        other[0].Paragraphs.ShouldBe(["以下为1个单位报告的原文；2个单位报“无”；1个单位的报告尚未计入。"]);
    }

    [Theory]
    [InlineData("无")]
    [InlineData("暂无。")]
    [InlineData("没有其他需要报告的事项")]
    [InlineData("无其他需报告事项。")]
    [InlineData("本单位无其他需要说明的情况。")]
    public void Nothing_to_report_is_recognised(string text) =>
        Section(Report([Filed("360922201", "马步乡", other: text)]), "other").ShouldBe("1个单位报“无”。");

    [Theory]
    [InlineData("2021年没有收取信息处理费。")]
    [InlineData("无法按时更新的栏目有两个。")]
    [InlineData("无。\n另收取信息处理费100元。")]
    public void A_sentence_that_only_begins_with_no_is_kept(string text) =>
        Section(Report([Filed("360922201", "马步乡", other: text)]), "other").ShouldStartWith("以下为1个单位报告的原文。");

    [Fact]
    public void The_processing_fees_that_the_units_name_are_added_up_and_who_names_none_is_told()
    {
        var report = Report(
        [
            Filed("360922201", "马步乡", other: "2021年收取信息处理费380元。"),
            Filed("360922202", "白水乡", other: "未收取信息处理费。"),
            Filed("360922203", "三兴镇", other: "收取信息处理费0.15万元。"),
            Filed("360922204", "高城镇", other: "无。"),
            Filed("360922205", "株潭镇", other: "信息处理费每件100元，共收取200元。"),
        ]);

        report.Sections.Single(s => s.Code == "other").Parts[0].Paragraphs[^1].ShouldBe(
            "3个单位写明了信息处理费的数额，合计1880元（马步乡380元、三兴镇1500元）；没有写明或者数额没有读出的2个单位未计入：高城镇、株潭镇。");
        Section(Report([Filed("360922201", "马步乡", other: "无。")]), "other").ShouldNotContain("处理费");
    }

    [Fact]
    public void Findings_of_the_total_come_along()
    {
        var report = Report([Filed("360922201", "马步乡", figures: Numbers(("requests.received.naturalPerson", 2)))]);

        report.Findings.Select(f => f.Rule).Distinct().ShouldBe(["V2"]);
    }

    [Fact]
    public void A_correction_by_the_county_stands_in_the_notes_with_its_reason()
    {
        var report = Report([Filed("360922201", "马步乡")], adjustments: [new Adjustment("disclosure.penalties.decisions", -2, "联合发文重复统计。", 1, "key", now)]);

        report.Notes.ShouldContain("更正：行政处罚 · 本年处理决定数量减少2件，理由：联合发文重复统计。");
    }

    [Fact]
    public void The_change_on_last_year_is_told_where_both_years_have_the_figure()
    {
        var overview = Overview(Report([Filed("360922201", "马步乡", figures: Numbers(
                ("disclosure.licences.decisions", 1234), ("disclosure.penalties.decisions", 3), ("disclosure.fees.amount", 12.5m), ("requests.received.naturalPerson", 2), ("requests.carriedOut.naturalPerson", 2)))],
            lastYear: LastYear(Numbers("2019", ("disclosure.licences.decisions", 1000), ("disclosure.penalties.decisions", 5), ("requests.received.total", 2)), complete: true)));

        overview.ShouldContain("行政事业性收费12.5万元。同比行政许可处理决定增加234件（23.4%），行政处罚处理决定减少2件，行政强制处理决定持平；制发行政规范性文件、行政事业性收费上年无可比数据。");
        overview.ShouldContain("同比新收政府信息公开申请持平，办结政府信息公开申请持平，结转下年度继续办理增加2件。");
        overview.ShouldContain("没有因政府信息公开工作被申请行政复议或者被提起行政诉讼。同比行政复议持平，行政诉讼持平。");
    }

    [Theory]
    [InlineData(400, 449, "增加49件（12.3%）")]
    [InlineData(400, 351, "减少49件（12.3%）")]
    [InlineData(62222, 62223, "增加1件（不足0.1%）")]
    [InlineData(100, 0, "减少100件（100%）")]
    [InlineData(99, 198, "增加99件，")]
    [InlineData(0, 5, "增加5件，")]
    [InlineData(550, 9487, "增加8937件（1624.9%）")]
    public void A_percentage_is_rounded_as_officials_round_and_told_only_of_numbers_that_are_large_enough(int was, int now, string told) =>
        Overview(Report([Filed("360922201", "马步乡", figures: Numbers(("disclosure.licences.decisions", now)))],
            lastYear: LastYear(Numbers("2019", ("disclosure.licences.decisions", was)), complete: true))).ShouldContain($"同比行政许可处理决定{told}");

    [Fact]
    public void Years_are_compared_only_if_nobody_is_missing_in_either()
    {
        var last = LastYear(Numbers(("disclosure.licences.decisions", 9)), complete: true);

        Overview(Report([Filed("360922201", "马步乡")])).ShouldContain("上年无可比数据。");
        Overview(Report([Filed("360922201", "马步乡")], lastYear: last with { ComputedAt = null })).ShouldContain("上年无可比数据。");
        Overview(Report([Filed("360922201", "马步乡")], lastYear: last with { Complete = false })).ShouldContain("上年数据不完整，不与上年比较。");
        var incomplete = Overview(Report([Filed("360922201", "马步乡"), Missing("360922202", "白水乡")], lastYear: last));
        incomplete.ShouldContain("本年数据不完整，不与上年比较。");
        incomplete.ShouldNotContain("同比");
    }

    [Fact]
    public void Each_units_words_about_a_topic_are_there_to_choose_from()
    {
        var report = Report(
        [
            Filed("360922201", "马步乡") with { Overview = "（一）主动公开情况。发布80条。更新及时。\n（二）依申请公开情况。没有申请。\n（三）政府信息公开平台建设：建成专栏。" },
            Filed("360922202", "白水乡") with { Overview = "2021年，本乡把主动公开放在首位，发布12条；其中财政4条。监督保障方面，开展考核1次。" },
            Filed("360922203", "三兴镇") with { Overview = "工作平稳。" },
        ]);

        report.Topics.Select(t => (t.Name, t.Told)).ShouldBe([("主动公开", true), ("依申请公开", true), ("政府信息管理", false), ("政府信息公开平台建设", false), ("监督保障", false)]);
        report.Topics[0].Words.Select(w => (w.Heading, string.Concat(w.Paragraphs))).ShouldBe(
            [("马步乡", "发布80条。更新及时。"), ("白水乡", "2021年，本乡把主动公开放在首位，发布12条；其中财政4条。")]);
        report.Topics[1].Words.ShouldHaveSingleItem().Paragraphs.ShouldBe(["没有申请。"]);
        report.Topics[2].Words.ShouldBeEmpty();
        report.Topics[3].Words.ShouldHaveSingleItem().Paragraphs.ShouldBe(["建成专栏。"]);
        (report.Topics[4].Words.ShouldHaveSingleItem().Unit, report.Topics[4].Words[0].Paragraphs[0]).ShouldBe(("360922202", "监督保障方面，开展考核1次。"));
    }

    [Fact]
    public void Every_units_numbers_and_open_findings_come_along()
    {
        var open = new Finding("X1", Severity.Warning, "requests.carriedIn.total", "上年结转", "1", "0", ["requests.carriedIn.total"], "上年结转不符");
        var report = Report(
        [
            Filed("360922202", "白水乡", figures: Numbers(("disclosure.licences.decisions", 5))) with { Findings = [open, open with { Waived = "已核实" }] },
            Filed("360922201", "马步乡", figures: Numbers(("disclosure.licences.decisions", 7))),
            Missing("360922203", "三兴镇"),
        ]);

        report.Reports.Select(r => r.Unit).ShouldBe(["360922202", "360922201"]);
        report.Reports.Sum(r => r.Figures[Cell("disclosure.licences.decisions").Index]).ShouldBe(report.Figures[Cell("disclosure.licences.decisions")]);
        report.Reports[0].Findings.ShouldHaveSingleItem().Waived.ShouldBeNull();
        report.Roster.Select(u => u.Code).ShouldBe(["360922201", "360922202", "360922203"]);
    }

    [Fact]
    public void A_frozen_report_is_read_back_whole()
    {
        var report = Report(
            [Filed("360922201", "马步乡", figures: Numbers(("disclosure.fees.amount", 59237.2449m))) with { Overview = "主动公开12条。" }, Missing("360922202", "白水乡"), Exempt("360922299", "园区管委会", "当年新设")],
            adjustments: [new Adjustment("disclosure.penalties.decisions", -2, "重复统计", 1, "key", now)], lastYear: LastYear(Numbers("2019"), complete: true));
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        var json = JsonSerializer.Serialize(report, options);

        var read = JsonSerializer.Deserialize<CountyReport>(json, options)!;

        JsonSerializer.Serialize(read, options).ShouldBe(json);
        read.Figures.Values.ShouldBe(report.Figures.Values);
        (read.Figures.Form.Code, read.LastYear!.Figures.Form.Code).ShouldBe(("2021", "2019"));
        read.Reports[0].Figures.ShouldBe(report.Reports[0].Figures);
    }

    static Total LastYear(Figures figures, bool complete) => new("360922", "万载县", 2020, figures.Form.Code, figures, new TotalUnits(1, 1, []), complete, [], 1, now, Stale: false);

    static CountyReport Report(Line[] lines, string name = "万载县", int year = 2021, string? notYetAdded = null, Figures? figures = null, Adjustment[]? adjustments = null, Total? lastYear = null)
    {
        var form = Form.ForYear(year)!;
        Line[] added = [.. lines.Where(l => l.Figures is not null && l.Code != notYetAdded)];
        figures ??= added.Length == 0 ? new Figures(form) : FigureSum.Of(form, added.Select(l => l.Figures!.Values));
        var findings = added.Length == 0 ? [] : FigureCheck.Run(figures, new CheckScope(CheckLevel.County, form, RuleSettings.Default));
        RosterLine[] roster = [.. lines.Select(l => new RosterLine(l.Code, l.Name, "town", l.Status != "exempt", l.Status, l.Late, l.DueDate, l.Reason,
            l.FiledAt, l.Figures is null ? 0 : 2, l.Figures is null ? null : 2, null, null, new FindingCounts(0, 0, 0)))];
        var summary = RosterSummary.Of(roster);
        var total = new Total("360922", name, year, form.Code, figures, new TotalUnits(summary.Expected, added.Length, []),
            summary.Expected > 0 && (added.Length == summary.Expected || notYetAdded is not null), findings, 3, now, Stale: false);
        return CountyReport.Of(
            new ReportingYear("360922", year, form.Code, new DateOnly(2022, 1, 31), new DateOnly(2022, 3, 31), "open"), name, total,
            new Roster(summary, roster), [.. added.Select(l => new IncludedReport(l.Code, 2, [l.Overview, l.Problems, l.Other], l.Figures!.Values, l.Findings))], adjustments ?? [], now, lastYear);
    }

    static Line Filed(string code, string name, Figures? figures = null, string? problems = "人手不足。", string? other = "无", string form = "2021") =>
        new(code, name, "submitted", figures ?? Numbers(form), problems, other) { FiledAt = now.AddDays(-20) };

    static Line Missing(string code, string name) => new(code, name, "missing", null, null, null);

    static Line Exempt(string code, string name, string reason) => new(code, name, "exempt", null, null, null) { Reason = reason };

    static Cell Cell(string path) => Form.Find("2021")!.FindCell(path)!;

    static Figures Numbers(params (string Path, decimal Value)[] values) => Numbers("2021", values);

    static Figures Numbers(string form, params (string Path, decimal Value)[] values)
    {
        var figures = new Figures(Form.Find(form)!, [.. Form.Find(form)!.Cells.Select(_ => (decimal?)0)]);
        foreach (var (path, value) in values)
        {
            figures.Values[figures.Form.FindCell(path)!.Index] = value;
        }

        return figures;
    }

    static string Overview(CountyReport report) => Section(report, "overview");

    static string Section(CountyReport report, string code) =>
        string.Concat(report.Sections.Single(s => s.Code == code).Parts.SelectMany(p => p.Paragraphs.Prepend(p.Heading ?? "")));

    sealed record Line(string Code, string Name, string Status, Figures? Figures, string? Problems, string? Other)
    {
        public bool Late { get; init; }

        public DateOnly DueDate { get; init; } = new(2022, 1, 31);

        public string? Reason { get; init; }

        public DateTimeOffset? FiledAt { get; init; }

        public string Overview { get; init; } = "";

        public Finding[] Findings { get; init; } = [];
    }
}
