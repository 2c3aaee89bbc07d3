using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests.Checks;

public sealed class FigureCheckTests
{
    static readonly Form form2021 = Form.Find("2021")!;

    [Fact]
    public void Correct_real_reports_have_no_finding()
    {
        Check(RealReports.Mabu2021, 2021).ShouldBeEmpty();
        Check(RealReports.Geshan2021, 2021).ShouldBeEmpty();
        Check(RealReports.Malugou2020, 2020).ShouldBeEmpty();
        Check(RealReports.Hongze2024, 2024).ShouldBeEmpty();
    }

    [Fact]
    public void Requests_counted_in_the_total_but_under_no_applicant_break_H1_twice_and_V2_once()
    {
        Summary(Check(RealReports.XiangningOffice2021, 2021)).ShouldBe(
        [
            "H1 requests.unavailable.notHeld.total expected 0 found 2",
            "H1 requests.total.total expected 0 found 2",
            "V2 requests.total.naturalPerson expected 2 found 0",
        ]);
    }

    [Fact]
    public void A_finding_says_what_the_contract_promises()
    {
        var finding = Check(RealReports.XiangningOffice2021, 2021)[0];

        finding.Message.ShouldBe("（四）无法提供 1.本机关不掌握相关政府信息：总计为 2，各列之和为 0");
        finding.Severity.ShouldBe(Severity.Hard);
        finding.Label.ShouldBe("（四）无法提供 1.本机关不掌握相关政府信息 · 总计");
        finding.Cells.ShouldBe(
        [
            "requests.unavailable.notHeld.naturalPerson", "requests.unavailable.notHeld.business", "requests.unavailable.notHeld.research",
            "requests.unavailable.notHeld.publicWelfare", "requests.unavailable.notHeld.legalService", "requests.unavailable.notHeld.other",
            "requests.unavailable.notHeld.total",
        ]);
    }

    [Fact]
    public void V2_names_the_column_and_both_sums()
    {
        var finding = Check(RealReports.XiangningOffice2021, 2021).Single(f => f.Rule == "V2");

        finding.Message.ShouldBe("自然人：本年新收与上年结转之和为 2，（七）总计与结转下年度之和为 0");
        finding.Cells.ShouldBe(["requests.received.naturalPerson", "requests.carriedIn.naturalPerson", "requests.total.naturalPerson", "requests.carriedOut.naturalPerson"]);
    }

    [Fact]
    public void The_old_format_in_a_new_year_is_exactly_F()
    {
        var finding = Check(RealReports.Wanjinshan2021, 2021).ShouldHaveSingleItem();

        (finding.Rule, finding.Severity, finding.Path, finding.Expected, finding.Found).ShouldBe(("F", Severity.Hard, "form", "2021", "2019"));
        finding.Message.ShouldBe("本年度应使用2021年格式（国办公开办函〔2021〕30号），报送的是2019年格式（国办公开办函〔2019〕60号（试行））");
    }

    [Fact]
    public void The_new_format_in_an_old_year_is_F_too_and_no_year_asks_for_no_format()
    {
        Summary(Check(RealReports.Mabu2021, 2020)).ShouldBe(["F form expected 2019 found 2021"]);
        Run(RealReports.Wanjinshan2021, new CheckScope(CheckLevel.Unit, null, RuleSettings.Default)).ShouldBeEmpty();
    }

    [Fact]
    public void Totals_of_table_four_left_at_zero_break_T4_once_for_each_block()
    {
        var findings = Check(RealReports.Hongze2023, 2023);

        Summary(findings).ShouldBe(
        [
            "T4 review.reconsideration.total expected 11 found 0",
            "T4 review.litigationAfterReconsideration.total expected 5 found 0",
        ]);
        findings[0].Message.ShouldBe("行政复议：总计为 0，四项结果之和为 11");
        findings[1].Message.ShouldBe("行政诉讼 复议后起诉：总计为 0，四项结果之和为 5");
    }

    [Fact]
    public void A_total_of_results_that_is_too_small_breaks_V1()
    {
        var report = Report.Zero("2021")
            .WithRow("requests.received", 3, 0, 0, 0, 0, 0, 3)
            .WithRow("requests.granted", 2, 0, 0, 0, 0, 0, 2)
            .WithRow("requests.otherOutcome.other", 2, 0, 0, 0, 0, 0, 2)
            .WithRow("requests.total", 3, 0, 0, 0, 0, 0, 3);

        Summary(Check(report, 2021)).ShouldBe(
        [
            "V1 requests.total.naturalPerson expected 4 found 3",
            "V1 requests.total.total expected 4 found 3",
        ]);
    }

    [Fact]
    public void A_missing_cell_is_N_and_its_sums_are_left_alone()
    {
        var report = RealReports.XiangningOffice2021.Without("requests.unavailable.notHeld.business");

        var findings = Check(report, 2021);

        Summary(findings).ShouldBe(
        [
            "N requests.unavailable.notHeld.business expected 数字 found ",
            "H1 requests.total.total expected 0 found 2",
            "V2 requests.total.naturalPerson expected 2 found 0",
        ]);
        findings[0].Found.ShouldBeNull();
        findings[0].Cells.ShouldBe(["requests.unavailable.notHeld.business"]);
        findings[0].Message.ShouldBe("（四）无法提供 1.本机关不掌握相关政府信息 · 法人或其他组织 商业企业：未填；没有的应填0，空缺不等于0");
    }

    [Theory]
    [InlineData("2019", 198)]
    [InlineData("2021", 200)]
    public void An_empty_report_misses_every_cell_and_breaks_no_sum(string form, int cells)
    {
        var findings = Run(Report.Blank(form), new CheckScope(CheckLevel.Unit, Form.Find(form), RuleSettings.Default));

        findings.Count.ShouldBe(cells);
        findings.ShouldAllBe(f => f.Rule == "N" && f.Found == null);
    }

    [Theory]
    [InlineData("-1", "不小于0的整数", "行政处罚 · 本年处理决定数量：为 -1，件数、项数不能是负数")]
    [InlineData("0.5", "整数", "行政处罚 · 本年处理决定数量：为 0.5，应为整数")]
    [InlineData("-0.5", "不小于0的整数", "行政处罚 · 本年处理决定数量：为 -0.5，件数、项数不能是负数")]
    public void A_count_is_whole_and_not_negative(string number, string expected, string message)
    {
        var finding = Check(With("disclosure.penalties.decisions", number), 2021).ShouldHaveSingleItem();

        (finding.Rule, finding.Severity, finding.Expected, finding.Found, finding.Message).ShouldBe(("N", Severity.Hard, expected, number, message));
    }

    [Theory]
    [InlineData("-0.0001", "不小于0的数", "行政事业性收费 · 本年收费金额（单位：万元）：为 -0.0001，金额不能是负数")]
    [InlineData("1.00001", "不超过四位小数", "行政事业性收费 · 本年收费金额（单位：万元）：为 1.00001，以万元计最多四位小数（精确到元）")]
    public void An_amount_has_at_most_four_decimals_and_is_not_negative(string number, string expected, string message)
    {
        var finding = Check(With("disclosure.fees.amount", number), 2021).ShouldHaveSingleItem();

        (finding.Rule, finding.Expected, finding.Found, finding.Message).ShouldBe(("N", expected, number, message));
    }

    [Theory]
    [InlineData("disclosure.penalties.decisions", "1.0")]
    [InlineData("disclosure.penalties.decisions", "27642000")]
    [InlineData("disclosure.penalties.decisions", "99999999999")]
    [InlineData("disclosure.fees.amount", "59237.2449")]
    [InlineData("disclosure.fees.amount", "59237.24490000")]
    [InlineData("disclosure.fees.amount", "2585000")]
    public void Numbers_that_occur_are_no_finding(string path, string number)
    {
        Check(With(path, number), 2021).ShouldBeEmpty();
    }

    [Fact]
    public void A_change_against_last_year_may_be_negative_but_not_fractional()
    {
        var report = Report.Zero("2019").With("disclosure.licences.change", -12).With("disclosure.fees.change", 3);

        Check(report, 2020).ShouldBeEmpty();
        Summary(Check(report.With("disclosure.penalties.change", 0.5m), 2020)).ShouldBe(["N disclosure.penalties.change expected 整数 found 0.5"]);
        Summary(Check(report.With("disclosure.licences.previousItems", -1), 2020)).ShouldBe(["N disclosure.licences.previousItems expected 不小于0的整数 found -1"]);
    }

    [Theory]
    [InlineData(CheckLevel.Unit, 3)]
    [InlineData(CheckLevel.County, 3)]
    [InlineData(CheckLevel.Above, 0)]
    public void Who_cannot_make_rules_reports_none(CheckLevel level, int findings)
    {
        var report = Report.Zero("2021").WithRow("disclosure.rules", 1, 1, 1);

        var found = Run(report, new CheckScope(level, form2021, RuleSettings.Default));

        found.Select(f => f.Rule).ShouldBe(Enumerable.Repeat("R", findings));
        found.ShouldAllBe(f => f.Severity == Severity.Hard && f.Expected == "0" && f.Found == "1" && f.Cells.Length == 1 && f.Cells[0] == f.Path);
    }

    [Fact]
    public void Only_rules_above_zero_break_R_and_a_missing_one_is_N()
    {
        Summary(Check(Report.Zero("2019").WithRow("disclosure.rules", null, 2, 0), 2019)).ShouldBe(
        [
            "N disclosure.rules.created expected 数字 found ",
            "R disclosure.rules.disclosed expected 0 found 2",
        ]);
    }

    [Theory]
    [InlineData("off", null)]
    [InlineData("warning", Severity.Warning)]
    [InlineData("notice", Severity.Notice)]
    [InlineData("hard", Severity.Hard)]
    public void An_installation_decides_how_much_R_weighs(string setting, Severity? severity)
    {
        var settings = new RuleSettings([new("R", setting)]);

        var findings = Run(Report.Zero("2021").With("disclosure.rules.inForce", 1), new CheckScope(CheckLevel.Unit, form2021, settings));

        findings.Select(f => (Severity?)f.Severity).ShouldBe(severity is null ? [] : [severity]);
    }

    [Theory]
    [InlineData("N")]
    [InlineData("H1")]
    [InlineData("V1")]
    [InlineData("V2")]
    [InlineData("T4")]
    [InlineData("R")]
    public void Every_arithmetic_rule_can_be_switched_off_or_made_a_warning(string rule)
    {
        var everythingWrong = Report.Zero("2019")
            .With("disclosure.rules.created", 1)
            .With("disclosure.fees.previousItems", -1)
            .With("requests.total.total", 1)
            .With("requests.total.other", 2)
            .With("review.reconsideration.total", 1);
        string[] rules = ["F", "H1", "N", "R", "T4", "V1", "V2"];

        Rules(new RuleSettings([])).ShouldBe(rules);
        Rules(new RuleSettings([new(rule, "off")])).ShouldBe(rules.Except([rule]));
        Run(everythingWrong, new CheckScope(CheckLevel.Unit, form2021, new RuleSettings([new(rule, "warning")])))
            .ShouldAllBe(f => f.Severity == (f.Rule == rule ? Severity.Warning : Severity.Hard));

        IEnumerable<string> Rules(RuleSettings settings) =>
            Run(everythingWrong, new CheckScope(CheckLevel.Unit, form2021, settings)).Select(f => f.Rule).Distinct().Order(StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void Random_consistent_reports_have_no_finding(string form)
    {
        Seeded.Run(2_000, random => Check(RandomReport.Consistent(form, random)).ShouldBeEmpty());
    }

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void Changing_any_single_cell_of_table_three_or_four_is_a_hard_finding_that_lists_the_cell(string form)
    {
        Seeded.Run(100, random =>
        {
            var report = RandomReport.Consistent(form, random);
            foreach (var cell in report.Form.Cells.Where(c => c.Section.Code is "requests" or "review"))
            {
                var before = report.Figures[cell]!.Value;
                var after = before > 0 && random.Next(2) == 0 ? random.NextInt64((long)before) : before + 1 + random.Next(1000);

                Check(report.With(cell.Path, after)).Any(f => f.Severity == Severity.Hard && f.Rule != "N" && f.Cells.Contains(cell.Path))
                    .ShouldBeTrue($"{cell.Path}: {before} → {after}");
            }
        });
    }

    [Fact]
    public void Emptying_any_single_cell_is_N_at_that_cell_and_nothing_else()
    {
        Seeded.Run(20, random =>
        {
            var report = RandomReport.Consistent("2021", random);
            foreach (var cell in report.Form.Cells)
            {
                var finding = Check(report.Without(cell.Path)).ShouldHaveSingleItem();
                (finding.Rule, finding.Path, finding.Found).ShouldBe(("N", cell.Path, null));
            }
        });
    }

    [Fact]
    public void Checking_a_clean_report_allocates_next_to_nothing()
    {
        var figures = RandomReport.Consistent("2021", new Random(1)).Figures;
        var scope = new CheckScope(CheckLevel.Unit, form2021, RuleSettings.Default);
        FigureCheck.Run(figures, scope).ShouldBeEmpty();

        var before = GC.GetAllocatedBytesForCurrentThread();
        FigureCheck.Run(figures, scope);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        allocated.ShouldBeLessThan(1024);
    }

    static List<Finding> Check(Report report, int year) => Run(report, new CheckScope(CheckLevel.Unit, Form.ForYear(year), RuleSettings.Default));

    static List<Finding> Check(Report report) => Run(report, new CheckScope(CheckLevel.Unit, report.Form, RuleSettings.Default));

    static List<Finding> Run(Report report, CheckScope scope) => FigureCheck.Run(report.Figures, scope);

    static Report With(string path, string number) =>
        Report.Zero("2021").With(path, decimal.Parse(number, System.Globalization.CultureInfo.InvariantCulture));

    static IEnumerable<string> Summary(IEnumerable<Finding> findings) => findings.Select(f => $"{f.Rule} {f.Path} expected {f.Expected} found {f.Found}");
}
