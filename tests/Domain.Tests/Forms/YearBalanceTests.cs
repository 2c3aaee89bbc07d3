using Aggregator.Forms;

namespace Aggregator.Domain.Tests.Forms;

public sealed class YearBalanceTests
{
    [Theory]
    [InlineData("2019", 7, 0)]
    [InlineData("2021", 7, 2)]
    public void X1_holds_for_each_of_the_seven_columns_and_X2_for_both_rows_that_say_what_is_in_force(string code, int x1, int x2)
    {
        var form = Form.Find(code)!;

        form.YearBalances.Count(b => b.Rule.Code == "X1").ShouldBe(x1);
        form.YearBalances.Count(b => b.Rule.Code == "X2").ShouldBe(x2);
        form.YearBalances.Length.ShouldBe(x1 + x2);
        form.YearBalances.Where(b => b.IsOpening).ShouldBe(form.YearBalances.Where(b => b.Rule.Code == "X1"));
    }

    [Fact]
    public void X1_expects_what_last_year_carried_over()
    {
        var balance = Form.Find("2021")!.YearBalances.Single(b => b.At.Path == "requests.carriedIn.business");

        Terms(balance).ShouldBe(["+ last year requests.carriedOut.business"]);
        balance.Message.ShouldBe("法人或其他组织 商业企业：上年结转为 {found}，{lastYear}年度报告的结转下年度继续办理为 {expected}");
    }

    [Fact]
    public void X2_adds_what_was_issued_and_subtracts_what_was_repealed()
    {
        var balance = Form.Find("2021")!.YearBalances.Single(b => b.At.Path == "disclosure.normativeDocuments.inForce");

        Terms(balance).ShouldBe(
        [
            "+ last year disclosure.normativeDocuments.inForce",
            "+ this year disclosure.normativeDocuments.issued",
            "- this year disclosure.normativeDocuments.repealed",
        ]);
        balance.Message.ShouldStartWith("行政规范性文件：");
    }

    [Fact]
    public void An_equation_between_years_is_none_within_a_report()
    {
        // X1's found side is one cell, too; taken for a computed total, 上年结转 would be lost in every sum.
        Form.All.SelectMany(f => f.Balances).Where(b => b.Rule.Code is "X1" or "X2").ShouldBeEmpty();
        Form.All.SelectMany(f => f.Computed).Where(b => b.At.Row.Code == "carriedIn" && b.Rule.Code != "H1").ShouldBeEmpty();
    }

    [Fact]
    public void Paths_that_both_forms_have_are_those_that_mean_the_same()
    {
        // Last year's cell is found by its path alone; a path reused with another meaning would compare what cannot be compared.
        Form.Find("2019")!.Cells.Where(c => c.Section.Code == "disclosure" && Form.Find("2021")!.FindCell(c.Path) is not null).Select(c => c.Path).ShouldBe(
        [
            "disclosure.licences.decisions",
            "disclosure.penalties.decisions",
            "disclosure.coerciveMeasures.decisions",
        ]);
        Form.Find("2019")!.Cells.Where(c => c.Section.Code != "disclosure" && Form.Find("2021")!.FindCell(c.Path) is { } same && same.Name != c.Name).ShouldBeEmpty();
    }

    static IEnumerable<string> Terms(YearBalance balance) =>
        balance.Expected.Select(t => $"{(t.Subtracted ? '-' : '+')} {(t.OfLastYear ? "last" : "this")} year {t.Cell.Path}");
}
