using Aggregator.Years;

namespace Aggregator.Domain.Tests.Years;

public sealed class RosterSummaryTests
{
    [Fact]
    public void Units_are_counted_by_what_they_have_done()
    {
        var summary = RosterSummary.Of(
        [
            Line("submitted"), Line("accepted"), Line("accepted"), Line("submitted", late: true),
            Line("missing"), Line("missing", late: true), Line("draft", late: true), Line("returned"),
            Line("exempt", expected: false), Line("exempt", expected: false),
        ]);

        summary.ShouldBe(new RosterSummary(Expected: 8, Filed: 4, OnTime: 3, Late: 1, Missing: 4, Overdue: 2, Exempt: 2, Completeness: 0.5m, Timeliness: 0.375m));
    }

    [Fact]
    public void An_empty_roster_has_no_rates()
    {
        RosterSummary.Of([]).ShouldBe(new RosterSummary(0, 0, 0, 0, 0, 0, 0, null, null));
    }

    [Fact]
    public void A_roster_of_exempt_units_has_no_rates()
    {
        RosterSummary.Of([Line("exempt", expected: false)]).ShouldBe(new RosterSummary(0, 0, 0, 0, 0, 0, 1, null, null));
    }

    [Fact]
    public void An_exempt_unit_is_not_filed_even_if_it_had_handed_in_something()
    {
        RosterSummary.Of([Line("submitted", expected: false)]).Filed.ShouldBe(0);
    }

    [Theory]
    [InlineData(38, 42, "0.9048")]
    [InlineData(1, 3, "0.3333")]
    [InlineData(2, 3, "0.6667")]
    [InlineData(42, 42, "1")]
    [InlineData(0, 42, "0")]
    public void Rates_have_four_decimals(int filed, int expected, string rate)
    {
        var summary = RosterSummary.Of([.. Enumerable.Repeat(Line("submitted"), filed), .. Enumerable.Repeat(Line("missing"), expected - filed)]);

        summary.Completeness.ShouldBe(decimal.Parse(rate, System.Globalization.CultureInfo.InvariantCulture));
        summary.Timeliness.ShouldBe(summary.Completeness);
    }

    [Theory]
    [InlineData("submitted", true, true)]
    [InlineData("accepted", true, true)]
    [InlineData("missing", true, false)]
    [InlineData("draft", true, false)]
    [InlineData("returned", true, false)]
    [InlineData("exempt", false, false)]
    public void A_report_counts_once_it_is_filed_and_until_it_is_returned(string status, bool expected, bool filed)
    {
        Line(status, expected: expected).IsFiled.ShouldBe(filed);
    }

    static RosterLine Line(string status, bool late = false, bool expected = true) => new(
        "360922201", "马步乡", "township", expected, status, late, new DateOnly(2022, 1, 31), null, null, 0, null, null, null, new FindingCounts(0, 0, 0));
}
