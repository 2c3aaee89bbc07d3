using Aggregator.Forms;
using Aggregator.Testing;
using Aggregator.Totals;

namespace Aggregator.Domain.Tests.Totals;

public sealed class ComparisonTests
{
    static readonly Form form = Form.Find("2021")!;

    [Fact]
    public void A_cell_that_means_the_same_in_both_forms_is_compared()
    {
        var comparison = Compare(Old(("disclosure.normativeDocuments.created", 9), ("requests.received.total", 5)), New(("disclosure.normativeDocuments.issued", 7), ("requests.received.total", 6)));

        Values(comparison, "disclosure.normativeDocuments.issued").ShouldBe([9, 7]);
        Values(comparison, "requests.received.total").ShouldBe([5, 6]);
    }

    [Theory]
    [InlineData("disclosure.fees.amount", "2019年格式填的是收费项目数量")]
    [InlineData("disclosure.normativeDocuments.inForce", "“对外公开总数量”不等于“现行有效件数”")]
    [InlineData("requests.otherOutcome.other.total", "2019年格式的“（六）其他处理”只有一行")]
    public void A_cell_that_does_not_carry_over_is_never_compared_and_the_reason_is_told(string path, string reason)
    {
        var comparison = Compare(Old(), New((path, 3)));

        Values(comparison, path).ShouldBe([null, 3]);
        comparison.Cells.Single(c => c.Path == path).Notes.Single().ShouldStartWith(reason);
    }

    [Fact]
    public void What_was_one_row_is_compared_with_the_sum_of_the_rows_that_it_became()
    {
        var comparison = Compare(Old(("requests.otherOutcome.total", 4)), New(("requests.otherOutcome.other.total", 1), ("requests.otherOutcome.feeUnpaid.total", 2)));

        comparison.Sum([.. form.Cells.Where(c => c.Path.StartsWith("requests.otherOutcome.", StringComparison.Ordinal) && c.Column.Code == "total")]).ShouldBe([4, 3]);
    }

    [Fact]
    public void A_number_that_is_missing_is_no_zero()
    {
        var comparison = Compare(Total(2021, new Figures(form)), New());

        Values(comparison, "requests.received.total").ShouldBe([null, 0]);
    }

    [Fact]
    public void Years_of_one_form_need_no_notes() =>
        Compare(New(), Total(2022, Report.Zero("2021").Figures)).Cells.ShouldAllBe(c => c.Notes.Count == 0);

    [Fact]
    public void Nothing_is_compared_with_nothing() => Comparison.Of("360922", "万载县", []).ShouldBeNull();

    static Comparison Compare(params Total[] totals) => Comparison.Of("360922", "万载县", totals)!;

    static IReadOnlyList<decimal?> Values(Comparison comparison, string path) => comparison.Cells.Single(c => c.Path == path).Values;

    static Total Old(params (string Path, decimal Value)[] cells) => Total(2020, With("2019", cells));

    static Total New(params (string Path, decimal Value)[] cells) => Total(2021, With("2021", cells));

    static Figures With(string code, (string Path, decimal Value)[] cells) =>
        cells.Aggregate(Report.Zero(code), (report, cell) => report.With(cell.Path, cell.Value)).Figures;

    static Total Total(int year, Figures figures) =>
        new("360922", "万载县", year, figures.Form.Code, figures, new TotalUnits(1, 1, []), true, [], 1, null, false);
}
