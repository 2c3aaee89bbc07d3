using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Submissions;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests.Submissions;

public sealed class PrefillTests
{
    static readonly string[] columns = ["naturalPerson", "business", "research", "publicWelfare", "legalService", "other", "total"];

    [Theory]
    [InlineData("2019", "2019", 2020)]
    [InlineData("2019", "2021", 2021)]
    [InlineData("2021", "2021", 2022)]
    public void The_opening_balances_are_last_years_closing_balances_in_all_seven_columns(string before, string now, int year)
    {
        var prefill = Of(Report.Zero(before).WithRow("requests.carriedOut", 1, 2, 3, 4, 5, 6, 21), now, year);

        foreach (var (column, number) in columns.Zip(new decimal[] { 1, 2, 3, 4, 5, 6, 21 }))
        {
            var cell = prefill.Cells.Single(c => c.Path == $"requests.carriedIn.{column}");
            (cell.Value, cell.Reference, cell.From).ShouldBe((number, null, $"{year - 1}:requests.carriedOut.{column}"));
            prefill.Figures[prefill.Figures.Form.FindCell(cell.Path)!].ShouldBe(number);
        }

        prefill.Figures.Values.Count(v => v is not null).ShouldBe(7);
        prefill.Cells[0].Reason.ShouldBe($"{year - 1}年度报告的“四、结转下年度继续办理 · 自然人”为 1");
    }

    [Fact]
    public void A_report_begun_with_the_prefill_has_no_X1()
    {
        Seeded.Run(100, random =>
        {
            var last = new LastYear(2021, RandomReport.Consistent("2021", random).Figures, []);
            var figures = Prefill.Of("360922201", 2022, Form.Find("2021")!, last).Figures;

            FigureCheck.Run(figures, new CheckScope(CheckLevel.Unit, figures.Form, RuleSettings.Default, last)).Where(f => f.Rule == "X1").ShouldBeEmpty();
        });
    }

    [Fact]
    public void What_was_in_force_is_a_reference_and_no_value()
    {
        var prefill = Of(RealReports.Geshan2021, "2021", 2022);

        var cell = prefill.Cells.Single(c => c.Path == "disclosure.normativeDocuments.inForce");
        (cell.Value, cell.Reference, cell.From).ShouldBe((null, 63m, "2021:disclosure.normativeDocuments.inForce"));
        cell.Reason.ShouldBe("2021年度报告的“行政规范性文件 · 现行有效件数”为 63，仅供核对：表二第（一）项各行：现行有效件数等于上一年度报告的现行有效件数加本年制发件数减本年废止件数。");
        prefill.Figures[prefill.Figures.Form.FindCell(cell.Path)!].ShouldBeNull();
    }

    [Fact]
    public void The_form_of_2019_does_not_say_what_is_in_force()
    {
        var cell = Of(Report.Zero("2019").WithRow("disclosure.normativeDocuments", 9, 9, 99), "2021", 2021).Cells.Single(c => c.Path == "disclosure.normativeDocuments.inForce");

        (cell.Value, cell.Reference, cell.From).ShouldBe((null, null, null));
        cell.Reason.ShouldBe("2020年度报告用的是2019年格式，没有“行政规范性文件 · 现行有效件数”，无从参照，请据实填写");
    }

    [Fact]
    public void A_cell_that_last_year_left_out_is_left_out()
    {
        var prefill = Of(Report.Zero("2021").Without("requests.carriedOut.business"), "2021", 2022);

        var cell = prefill.Cells.Single(c => c.Path == "requests.carriedIn.business");
        (cell.Value, cell.From).ShouldBe((null, "2021:requests.carriedOut.business"));
        prefill.Figures.Values.Count(v => v is not null).ShouldBe(6);
    }

    [Fact]
    public void A_number_that_stands_in_no_single_report_is_said_to_be_a_sum()
    {
        var last = new LastYear(2021, Report.Zero("2021").Figures, [new SourceRevision("360922201", 2), new SourceRevision("360922202", 5)]);

        Prefill.Of("360922201", 2022, Form.Find("2021")!, last).Cells.ShouldAllBe(c => c.Reason.Contains("2 个单位", StringComparison.Ordinal));
    }

    [Fact]
    public void It_names_the_revisions_that_it_comes_from()
    {
        var form = Form.Find("2021")!;
        var last = new LastYear(2021, Report.Zero("2021").Figures, [new SourceRevision("360922201", 2), new SourceRevision("360922202", 5)]);

        Prefill.Of("360922201", 2022, form, last).From.Revision.ShouldBe(2);
        Prefill.Of("360922201", 2022, form, last).From.Merged.ShouldBe([new SourceRevision("360922202", 5)]);
        Prefill.Of("360922203", 2022, form, last).From.Revision.ShouldBeNull();
    }

    static Prefill Of(Report last, string form, int year) =>
        Prefill.Of("360922201", year, Form.Find(form)!, new LastYear(year - 1, last.Figures, [new SourceRevision("360922201", 1)]));
}
