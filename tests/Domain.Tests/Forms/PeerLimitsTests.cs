using Aggregator.Forms;

namespace Aggregator.Domain.Tests.Forms;

public sealed class PeerLimitsTests
{
    static readonly PeerLimits limits = new(AtLeast: 8, Smallest: 100, Deviations: 6, Kinds: []);

    [Theory]
    [InlineData(700, 100, 100, true)]
    [InlineData(699, 100, 100, false)]
    [InlineData(100, 700, 100, true)]
    [InlineData(100, 0, 0, true)]
    [InlineData(99, 0, 0, false)]
    [InlineData(99, 0, 1, false)]
    [InlineData(0, 0, 0, false)]
    public void Out_of_line_is_far_from_the_median_in_itself_and_against_the_spread(int value, int median, int mad, bool outOfLine)
    {
        (limits.Distance(value, median, mad) >= 1).ShouldBe(outOfLine);
    }
}
