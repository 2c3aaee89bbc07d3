using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests.Checks;

public sealed class YearCheckTests
{
    static readonly string[] columns = ["naturalPerson", "business", "research", "publicWelfare", "legalService", "other", "total"];

    [Theory]
    [InlineData("2019", "2019", 2020)]
    [InlineData("2019", "2021", 2021)]
    [InlineData("2021", "2021", 2022)]
    public void X1_compares_each_column_with_what_last_year_carried_over_also_across_the_formats(string before, string now, int year)
    {
        var last = Report.Zero(before).WithRow("requests.carriedOut", 1, 2, 3, 4, 5, 6, 21);

        Summary(Check(Report.Zero(now).WithRow("requests.carriedIn", 1, 2, 3, 4, 5, 6, 21), last, year), "X1").ShouldBeEmpty();
        for (var i = 0; i < columns.Length; i++)
        {
            decimal?[] row = [1, 2, 3, 4, 5, 6, 21];
            row[i] += 7;
            Summary(Check(Report.Zero(now).WithRow("requests.carriedIn", row), last, year), "X1")
                .ShouldBe([$"X1 requests.carriedIn.{columns[i]} expected {row[i] - 7} found {row[i]}"]);
        }
    }

    [Fact]
    public void X1_says_in_one_sentence_what_is_wrong_and_names_the_cells_of_both_years()
    {
        var finding = Check(Report.Zero("2021"), Report.Zero("2019").With("requests.carriedOut.naturalPerson", 3), 2021).ShouldHaveSingleItem();

        finding.Severity.ShouldBe(Severity.Warning);
        finding.Message.ShouldBe("自然人：上年结转为 0，2020年度报告的结转下年度继续办理为 3");
        finding.Label.ShouldBe("二、上年结转政府信息公开申请数量 · 自然人");
        finding.Cells.ShouldBe(["2020:requests.carriedOut.naturalPerson", "requests.carriedIn.naturalPerson"]);
    }

    [Fact]
    public void X2_expects_last_years_documents_with_the_new_ones_without_the_repealed_ones()
    {
        var last = RealReports.Geshan2021;
        var now = Report.Zero("2021").WithRow("disclosure.normativeDocuments", 4, 7, 60);

        Check(now, last, 2022).ShouldBeEmpty();
        var finding = Check(now.With("disclosure.normativeDocuments.inForce", 63), last, 2022).ShouldHaveSingleItem();
        (finding.Rule, finding.Severity, finding.Path, finding.Expected, finding.Found)
            .ShouldBe(("X2", Severity.Warning, "disclosure.normativeDocuments.inForce", "60", "63"));
        finding.Message.ShouldBe("行政规范性文件：现行有效为 63，按2021年度报告的现行有效加本年制发减本年废止应为 60");
        finding.Cells.ShouldBe(
        [
            "2021:disclosure.normativeDocuments.inForce", "disclosure.normativeDocuments.issued",
            "disclosure.normativeDocuments.repealed", "disclosure.normativeDocuments.inForce",
        ]);
    }

    [Fact]
    public void X2_is_silent_for_2021_whose_last_year_did_not_say_what_is_in_force()
    {
        Check(RealReports.Geshan2021, Report.Zero("2019").WithRow("disclosure.normativeDocuments", 9, 9, 99), 2021).ShouldBeEmpty();
    }

    [Fact]
    public void The_two_real_years_of_Hongze_agree_in_X2_and_jump_in_licences_only()
    {
        var finding = Check(RealReports.Hongze2024, RealReports.Hongze2023, 2024).ShouldHaveSingleItem();

        (finding.Rule, finding.Severity, finding.Path, finding.Expected, finding.Found).ShouldBe(("OUT", Severity.Notice, "disclosure.licences.decisions", null, "9487"));
        finding.Message.ShouldBe("行政许可 · 本年处理决定数量：为 9487，2023年度为 550，相差悬殊，请核实；属实的不必改动");
        finding.Cells.ShouldBe(["disclosure.licences.decisions", "2023:disclosure.licences.decisions"]);
    }

    [Fact]
    public void OUT_works_across_the_formats_where_the_meaning_carries_over()
    {
        var last = Report.Zero("2019").With("disclosure.penalties.decisions", 1000).With("disclosure.fees.previousItems", 1000);

        Summary(Check(Report.Zero("2021").With("disclosure.fees.amount", 50_000), last, 2021)).ShouldBe(["OUT disclosure.penalties.decisions expected  found 0"]);
    }

    [Fact]
    public void What_is_missing_in_either_year_is_not_compared()
    {
        var last = Report.Zero("2021").Without("requests.carriedOut.business").Without("disclosure.rules.inForce").Without("disclosure.licences.decisions");
        var now = Report.Zero("2021").With("requests.carriedIn.business", 1).Without("requests.carriedIn.total").With("disclosure.rules.inForce", 1)
            .Without("disclosure.normativeDocuments.issued").With("disclosure.normativeDocuments.inForce", 5).With("disclosure.licences.decisions", 5000);

        Check(now, last, 2022).Where(f => f.Rule is "X1" or "X2" or "OUT").ShouldBeEmpty();
    }

    [Fact]
    public void Without_a_report_of_last_year_nothing_is_said_across_years()
    {
        var report = Report.Zero("2021").WithRow("requests.carriedIn", 1, 0, 0, 0, 0, 0, 1).With("disclosure.licences.decisions", 9487);

        FigureCheck.Run(report.Figures, new CheckScope(CheckLevel.Unit, report.Form, RuleSettings.Default))
            .Where(f => f.Rule is "X1" or "X2" or "OUT").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("X1")]
    [InlineData("X2")]
    [InlineData("OUT")]
    public void An_installation_can_switch_each_rule_off_or_change_its_weight(string rule)
    {
        var last = Report.Zero("2021");
        var now = Report.Zero("2021").With("requests.carriedIn.naturalPerson", 1).With("disclosure.normativeDocuments.inForce", 1)
            .With("disclosure.penalties.decisions", 1000);
        string[] rules = ["X1", "X2", "OUT"];

        Found("off").Select(f => f.Rule).Distinct().ShouldBe(rules.Except([rule]));
        Found("hard").Where(f => f.Severity == Severity.Hard).Select(f => f.Rule).Distinct().ShouldBe([rule]);

        IEnumerable<Finding> Found(string setting) => FigureCheck.Run(now.Figures,
            new CheckScope(CheckLevel.Unit, now.Form, new RuleSettings([new(rule, setting)]), new LastYear(2021, last.Figures, [])))
            .Where(f => rules.Contains(f.Rule));
    }

    [Fact]
    public void Random_years_that_follow_from_each_other_have_no_finding_and_each_broken_cell_has_one()
    {
        Seeded.Run(300, random =>
        {
            var last = RandomReport.Consistent(random.Next(2) == 0 ? "2019" : "2021", random);
            var now = Report.Zero("2021").WithRow("requests.carriedIn", [.. columns.Select(c => last.Figures[last.Form.FindCell($"requests.carriedOut.{c}")!])]);
            foreach (var row in new[] { "rules", "normativeDocuments" })
            {
                var before = last.Form.FindCell($"disclosure.{row}.inForce") is { } cell ? last.Figures[cell] : 0;
                var (issued, repealed) = (random.Next(100), random.Next(100));
                now = now.WithRow($"disclosure.{row}", issued, repealed, before + issued - repealed);
            }

            AcrossYears(now).ShouldBeEmpty();
            var column = columns[random.Next(columns.Length)];
            AcrossYears(now.With($"requests.carriedIn.{column}", -1)).ShouldBe([$"requests.carriedIn.{column}"]);

            List<string> AcrossYears(Report report) => [.. Check(report, last, last.Form.Code == "2019" ? 2021 : 2022).Where(f => f.Rule is "X1" or "X2").Select(f => f.Path)];
        });
    }

    [Fact]
    public void A_finding_about_merged_units_says_that_last_years_number_is_a_sum()
    {
        var last = new LastYear(2021, Report.Zero("2021").With("requests.carriedOut.naturalPerson", 3).Figures, [new SourceRevision("360922201", 2), new SourceRevision("360922202", 5)]);

        var findings = FigureCheck.Run(Report.Zero("2021").Figures, new CheckScope(CheckLevel.Unit, Form.ForYear(2022), RuleSettings.Default, last));

        findings.ShouldHaveSingleItem().Message.ShouldBe("自然人：上年结转为 0，2021年度报告的结转下年度继续办理为 3（有单位并入，为 2 个单位上年数的合计）");
    }

    static List<Finding> Check(Report report, Report last, int year) => FigureCheck.Run(report.Figures,
        new CheckScope(CheckLevel.Unit, Form.ForYear(year), RuleSettings.Default, new LastYear(year - 1, last.Figures, [])))
        .FindAll(f => f.Rule is "X1" or "X2" or "OUT");

    static IEnumerable<string> Summary(IEnumerable<Finding> findings, string? rule = null) =>
        findings.Where(f => rule is null || f.Rule == rule).Select(f => $"{f.Rule} {f.Path} expected {f.Expected} found {f.Found}");
}
