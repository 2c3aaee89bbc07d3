using System.Globalization;
using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Submissions;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests.Submissions;

public sealed class ConvertedReportTests
{
    static readonly string[] blanks =
    [
        "disclosure.rules.repealed", "disclosure.rules.inForce", "disclosure.normativeDocuments.repealed",
        "disclosure.normativeDocuments.inForce", "disclosure.fees.amount",
    ];

    [Fact]
    public void Wanjinshans_report_converts_and_only_its_blanks_are_findings()
    {
        var converted = Convert(RealReports.Wanjinshan2021);

        converted.Form.ShouldBe("2021");
        converted.Findings.Select(f => $"{f.Rule} {f.Path}").ShouldBe(blanks.Select(path => $"N {path}"));
        converted.Cells.Where(c => c.Action == CellAction.LeftBlank).Select(c => c.To).ShouldBe(blanks);
        converted.Cells.Count(c => c.Action == CellAction.Carried).ShouldBe(195);
        converted.Figures.Values.Count(v => v is null).ShouldBe(5);
    }

    [Fact]
    public void With_the_blanks_filled_in_it_can_be_filed()
    {
        var figures = Convert(RealReports.Wanjinshan2021).Figures;
        foreach (var path in blanks)
        {
            figures.Values[figures.Form.FindCell(path)!.Index] = 0;
        }

        FigureCheck.Run(figures, Scope()).ShouldBeEmpty();
    }

    [Fact]
    public void Numbers_go_where_they_mean_the_same()
    {
        var converted = Convert(Report.Zero("2019")
            .WithRow("disclosure.normativeDocuments", 9, 8, 77)
            .WithRow("disclosure.licences", 100, -3, 550)
            .WithRow("disclosure.fees", 12, 1)
            .With("disclosure.procurement.amount", 59_237.2449m)
            .WithRow("requests.received", 4, 1, 0, 0, 0, 0, 5)
            .WithRow("requests.otherOutcome", 4, 1, 0, 0, 0, 0, 5)
            .WithRow("requests.total", 4, 1, 0, 0, 0, 0, 5)
            .WithRow("review.reconsideration", 1, 0, 0, 2, 3));

        Line("disclosure.normativeDocuments.issued").ShouldBe("disclosure.normativeDocuments.created Carried 9");
        Line("disclosure.normativeDocuments.inForce").ShouldBe(" LeftBlank ");
        Line("disclosure.licences.decisions").ShouldBe("disclosure.licences.decisions Carried 550");
        Line("disclosure.fees.amount").ShouldBe(" LeftBlank ");
        Line("requests.otherOutcome.notCorrected.naturalPerson").ShouldBe("requests.otherOutcome.naturalPerson Carried 0");
        Line("requests.otherOutcome.feeUnpaid.total").ShouldBe("requests.otherOutcome.total Carried 0");
        Line("requests.otherOutcome.other.naturalPerson").ShouldBe("requests.otherOutcome.naturalPerson Carried 4");
        Line("requests.otherOutcome.other.total").ShouldBe("requests.otherOutcome.total Carried 5");
        Line("review.reconsideration.pending").ShouldBe("review.reconsideration.pending Carried 2");
        var dropped = converted.Cells.Single(c => c.From == "disclosure.procurement.amount");
        (dropped.To, dropped.Action, dropped.Value, dropped.Label).ShouldBe((null, CellAction.Dropped, 59_237.2449m, "政府集中采购 · 采购总金额"));
        dropped.Reason.ShouldBe("2021年格式没有“政府集中采购”");
        converted.Findings.ShouldAllBe(f => f.Rule == "N");

        string Line(string to)
        {
            var cell = converted.Cells.Single(c => c.To == to);
            converted.Figures[converted.Figures.Form.FindCell(to)!].ShouldBe(cell.Value);
            return string.Create(CultureInfo.InvariantCulture, $"{cell.From} {cell.Action} {cell.Value}");
        }
    }

    [Fact]
    public void What_the_old_report_left_out_stays_left_out_also_where_a_zero_would_be_put()
    {
        var converted = Convert(Report.Zero("2019").Without("requests.otherOutcome.business").Without("disclosure.penalties.decisions"));

        var left = converted.Cells.Where(c => c.Action == CellAction.LeftBlank && c.From is not null).ToList();
        left.Select(c => c.To).ShouldBe(
        [
            "disclosure.penalties.decisions", "requests.otherOutcome.notCorrected.business",
            "requests.otherOutcome.feeUnpaid.business", "requests.otherOutcome.other.business",
        ]);
        left.ShouldAllBe(c => c.Value == null && converted.Figures[converted.Figures.Form.FindCell(c.To!)!] == null);
        left[0].Reason.ShouldBe("原报告的“行政处罚 · 处理决定数量”未填，请据实填写；没有的填0");
    }

    [Fact]
    public void Random_reports_keep_every_balance_of_tables_three_and_four()
    {
        Seeded.Run(300, random => Convert(RandomReport.Consistent("2019", random)).Findings.Select(f => f.Path).ShouldBe(blanks));
    }

    [Fact]
    public void Prose_and_publication_are_taken_over()
    {
        var converted = Convert(RealReports.Wanjinshan2021);

        converted.Prose["overview"].ShouldBe("总体。");
        converted.Prose["problems"].ShouldBeNull();
        converted.Prose["other"].ShouldBe("其他。");
        converted.PublishedAt.ShouldBe(new DateOnly(2022, 1, 20));
        converted.PublishedUrl.ShouldBe("https://example.gov.cn/");
    }

    [Fact]
    public void A_report_in_the_right_form_and_one_in_a_newer_form_are_refused()
    {
        ConvertedReport.Of(Submitted(RealReports.Mabu2021), Scope()).Refusal!.Code.ShouldBe("form_fits");
        ConvertedReport.Of(Submitted(RealReports.Mabu2021), new CheckScope(CheckLevel.Unit, Form.Find("2019"), RuleSettings.Default))
            .Refusal!.Code.ShouldBe("no_conversion");
    }

    static ConvertedReport Convert(Report report) => ConvertedReport.Of(Submitted(report), Scope()).Value!;

    static CheckScope Scope() => new(CheckLevel.Unit, Form.Find("2021"), RuleSettings.Default);

    static Submission Submitted(Report report) =>
        new("230523203", report.Figures, ["总体。", null, "其他。"], new DateOnly(2022, 1, 20), "https://example.gov.cn/", null, default);
}
