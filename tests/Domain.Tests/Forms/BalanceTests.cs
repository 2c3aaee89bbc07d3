using Aggregator.Forms;

namespace Aggregator.Domain.Tests.Forms;

public sealed class BalanceTests
{
    static readonly string[] applicants = ["naturalPerson", "business", "research", "publicWelfare", "legalService", "other"];

    [Theory]
    [InlineData("2019", 23)]
    [InlineData("2021", 25)]
    public void There_is_one_equation_for_each_row_column_and_block(string code, int requestRows)
    {
        var counts = Form.Find(code)!.Balances.CountBy(b => b.Rule.Code).ToDictionary();

        counts.ShouldBe(new Dictionary<string, int> { ["H1"] = requestRows, ["V1"] = 7, ["V2"] = 7, ["T4"] = 3 }, ignoreOrder: true);
    }

    [Fact]
    public void H1_compares_the_six_kinds_of_applicant_with_the_total_of_the_row()
    {
        var balance = Find("2021", "H1", "requests.refused.stateSecret.total");

        balance.Expected.Select(c => c.Path).ShouldBe(applicants.Select(a => $"requests.refused.stateSecret.{a}"));
        balance.Found.Select(c => c.Path).ShouldBe(["requests.refused.stateSecret.total"]);
        balance.Message.ShouldBe("（三）不予公开 1.属于国家秘密：总计为 {found}，各列之和为 {expected}");
    }

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void V1_adds_every_row_of_results_and_nothing_else(string code)
    {
        var form = Form.Find(code)!;
        var rows = form.Sections.Single(s => s.Code == "requests").Tables.Single().Rows.Select(r => r.Code).Except(["received", "carriedIn", "total", "carriedOut"]).ToList();

        foreach (var column in applicants.Append("total"))
        {
            var balance = Find(code, "V1", $"requests.total.{column}");

            balance.Expected.Select(c => c.Path).ShouldBe(rows.Select(row => $"requests.{row}.{column}"), ignoreOrder: true);
            balance.Found.Select(c => c.Path).ShouldBe([$"requests.total.{column}"]);
        }
    }

    [Fact]
    public void V2_compares_what_came_in_with_what_was_handled_or_carried_over()
    {
        var balance = Find("2021", "V2", "requests.total.business");

        balance.Expected.Select(c => c.Path).ShouldBe(["requests.received.business", "requests.carriedIn.business"]);
        balance.Found.Select(c => c.Path).ShouldBe(["requests.total.business", "requests.carriedOut.business"]);
        balance.Message.ShouldStartWith("法人或其他组织 商业企业：");
    }

    [Fact]
    public void T4_adds_the_four_results_of_a_block()
    {
        var balance = Find("2019", "T4", "review.litigationDirect.total");

        balance.Expected.Select(c => c.Column.Code).ShouldBe(["upheld", "corrected", "otherResult", "pending"]);
        balance.Found.Select(c => c.Path).ShouldBe(["review.litigationDirect.total"]);
    }

    [Fact]
    public void Paths_name_every_cell_of_both_sides()
    {
        foreach (var balance in Form.All.SelectMany(f => f.Balances))
        {
            balance.Paths.ShouldBe(balance.Expected.Concat(balance.Found).Select(c => c.Path));
            balance.Paths.ShouldBeUnique();
            balance.Paths.ShouldContain(balance.At.Path);
        }
    }

    [Fact]
    public void A_message_keeps_no_placeholder_but_the_two_sums()
    {
        var messages = Form.All.SelectMany(f => f.Balances).Select(b => b.Message).ToList();

        messages.Where(m => !m.Contains("{expected}", StringComparison.Ordinal) || !m.Contains("{found}", StringComparison.Ordinal)).ShouldBeEmpty();
        messages.Where(m => m.Contains("{row}", StringComparison.Ordinal) || m.Contains("{column}", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void The_computed_cells_are_the_totals_and_no_others(string code)
    {
        var form = Form.Find(code)!;

        form.Computed.SelectMany(b => b.Found).Distinct().OrderBy(c => c.Index)
            .ShouldBe(form.Cells.Where(c => c.Column.Code == "total" || (c.Section.Code == "requests" && c.Row.Code == "total")));
    }

    static Balance Find(string form, string rule, string at) => Form.Find(form)!.Balances.Single(b => b.Rule.Code == rule && b.At.Path == at);
}
