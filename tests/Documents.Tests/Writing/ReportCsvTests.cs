using System.Text;
using Aggregator.Documents.Writing;
using Aggregator.Editions;
using Aggregator.Forms;
using Aggregator.Totals;
using Aggregator.Years;

namespace Aggregator.Documents.Tests.Writing;

public class ReportCsvTests
{
    [Fact]
    public void Begins_with_the_mark_that_tells_Excel_the_encoding() =>
        ReportCsv.Write(Report("2021")).Take(3).ShouldBe(new byte[] { 0xEF, 0xBB, 0xBF });

    [Theory]
    [InlineData("2019", 198)]
    [InlineData("2021", 200)]
    public void Has_one_line_for_each_cell_in_the_order_of_the_form(string form, int cells)
    {
        var lines = Lines(Report(form));

        lines[0].ShouldBe("path,section,table,row,column,unit,value");
        lines.Length.ShouldBe(cells + 1);
        lines.Skip(1).Select(l => l.Split(',')[0]).ShouldBe(Form.Find(form)!.Cells.Select(c => c.Path));
        lines.ShouldAllBe(l => l.Split(',').Length == 7);
    }

    [Fact]
    public void A_line_names_its_cell_in_words()
    {
        var lines = Lines(Report("2021", ("disclosure.fees.amount", 59237.2449m), ("requests.refused.stateSecret.business", 27642000m)));

        lines.ShouldContain("disclosure.fees.amount,二、主动公开政府信息情况,第二十条第（八）项,行政事业性收费,本年收费金额（单位：万元）,万元,59237.2449");
        lines.ShouldContain("requests.refused.stateSecret.business,三、收到和处理政府信息公开申请情况,,（三）不予公开 1.属于国家秘密,法人或其他组织 商业企业,件,27642000");
    }

    [Fact]
    public void Missing_is_empty_and_zero_is_zero()
    {
        var lines = Lines(Report("2021", ("disclosure.licences.decisions", 0m)));

        lines.Single(l => l.StartsWith("disclosure.licences.decisions", StringComparison.Ordinal)).ShouldEndWith(",件,0");
        lines.Single(l => l.StartsWith("disclosure.penalties.decisions", StringComparison.Ordinal)).ShouldEndWith(",件,");
    }

    [Fact]
    public void A_negative_change_stays_a_number_and_no_text_starts_a_formula()
    {
        var lines = Lines(Report("2019", ("disclosure.fees.change", -3m)));

        lines.ShouldContain(l => l.EndsWith(",项,-3", StringComparison.Ordinal));
        lines.SelectMany(l => l.Split(',')[..^1]).ShouldAllBe(field => field.Length == 0 || !"=+-@\t\r".Contains(field[0]));
    }

    [Fact]
    public void The_file_name_says_that_somebody_is_missing() =>
        Report("2021").FileName("数据", "csv").ShouldBe("万载县2021年政府信息公开工作年度报告数据（未完整0-1）.csv");

    static string[] Lines(CountyReport report) =>
        Encoding.UTF8.GetString(ReportCsv.Write(report)).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

    static CountyReport Report(string code, params (string Path, decimal Value)[] values)
    {
        var form = Form.Find(code)!;
        var figures = new Figures(form);
        foreach (var (path, value) in values)
        {
            figures.Values[form.FindCell(path)!.Index] = value;
        }

        RosterLine[] lines = [new("360922201", "马步乡", "township", true, "missing", false, new DateOnly(2022, 1, 31), null, null, 0, null, null, null, new FindingCounts(0, 0, 0))];
        return CountyReport.Of(
            new ReportingYear("360922", form.FirstYear, code, new DateOnly(2022, 1, 31), new DateOnly(2022, 3, 31), "open"), "万载县",
            new Total("360922", "万载县", form.FirstYear, code, figures, new TotalUnits(1, 0, ["360922201"]), false, [], 1, null, Stale: false),
            new Roster(RosterSummary.Of(lines), lines), [], [], new DateTimeOffset(2022, 2, 10, 0, 0, 0, TimeSpan.Zero));
    }
}
