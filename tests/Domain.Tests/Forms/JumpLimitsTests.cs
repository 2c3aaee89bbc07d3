using System.Globalization;
using Aggregator.Forms;
using Aggregator.Units;

namespace Aggregator.Domain.Tests.Forms;

public sealed class JumpLimitsTests
{
    static readonly JumpLimits limits = new(Smallest: 100, Factor: 5);

    [Theory]
    [InlineData("550", "9487", true)]
    [InlineData("9487", "550", true)]
    [InlineData("0", "100", true)]
    [InlineData("0", "99", false)]
    [InlineData("20", "100", true)]
    [InlineData("21", "100", false)]
    [InlineData("1", "99", false)]
    [InlineData("0", "0", false)]
    [InlineData("1000", "4999.9999", false)]
    [InlineData("1000", "5000", true)]
    [InlineData("999999999999999", "999999999999999", false)]
    public void A_jump_is_large_in_itself_and_against_the_other_number(string a, string b, bool jump)
    {
        (limits.Distance(Number(a), Number(b)) >= 1).ShouldBe(jump);
        limits.Distance(Number(b), Number(a)).ShouldBe(limits.Distance(Number(a), Number(b)));
    }

    [Fact]
    public void The_limits_of_the_forms_leave_nothing_to_divide_by_zero()
    {
        foreach (var check in Form.All.SelectMany(f => f.Outliers).Select(o => o.Rule.Check))
        {
            check.LastYear!.Smallest.ShouldBeGreaterThan(0);
            check.LastYear.Factor.ShouldBeGreaterThan(1);
            check.Peers!.Smallest.ShouldBeGreaterThan(0);
            check.Peers.Deviations.ShouldBeGreaterThan(0);
            check.Peers.AtLeast.ShouldBeGreaterThan(2);
            check.Peers.Kinds.SelectMany(k => k).ShouldBeUnique();
            check.Peers.Kinds.SelectMany(k => k).Except(UnitStore.Kinds).ShouldBeEmpty();
        }
    }

    static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
