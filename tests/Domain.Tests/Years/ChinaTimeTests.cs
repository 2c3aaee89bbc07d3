using Aggregator.Years;

namespace Aggregator.Domain.Tests.Years;

public class ChinaTimeTests
{
    [Fact]
    public void A_day_begins_eight_hours_before_it_does_in_Greenwich()
    {
        ChinaTime.DateOf(new DateTimeOffset(2022, 1, 31, 15, 59, 59, TimeSpan.Zero)).ShouldBe(new DateOnly(2022, 1, 31));
        ChinaTime.DateOf(new DateTimeOffset(2022, 1, 31, 16, 0, 0, TimeSpan.Zero)).ShouldBe(new DateOnly(2022, 2, 1));
    }

    [Fact]
    public void Days_and_instants_are_written_without_padding_the_date()
    {
        ChinaTime.Text(new DateOnly(2022, 1, 31)).ShouldBe("2022年1月31日");
        ChinaTime.Text(new DateTimeOffset(2022, 1, 31, 1, 5, 0, TimeSpan.Zero)).ShouldBe("2022年1月31日 09:05");
    }

    [Fact]
    public void A_due_day_lasts_to_its_last_minute()
    {
        ChinaTime.DueText(new DateOnly(2022, 1, 31)).ShouldBe("1月31日 23:59");
        ChinaTime.ShortText(new DateTimeOffset(2022, 1, 31, 15, 59, 59, TimeSpan.Zero)).ShouldBe("1月31日 23:59");
    }
}
