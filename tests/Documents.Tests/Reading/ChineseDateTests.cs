using Aggregator.Documents.Reading;

namespace Aggregator.Documents.Tests.Reading;

public sealed class ChineseDateTests
{
    [Theory]
    [InlineData("2022年1月20日")]
    [InlineData("２０２２ 年 １ 月 ２０ 日")]
    [InlineData("二〇二二年一月二十日")]
    [InlineData("二○二二年一月二十日")]
    [InlineData("2022-01-20")]
    [InlineData("2022.1.20")]
    [InlineData("2022/01/20")]
    public void Is_read_however_it_is_written(string text)
    {
        ChineseDate.IsDate(text).ShouldBeTrue();
        ChineseDate.Find($"发布日期：{text} 浏览次数：5").ShouldBe(new DateOnly(2022, 1, 20));
    }

    [Theory]
    [InlineData("2022年2月30日")]
    [InlineData("2022年13月1日")]
    [InlineData("2022年1月")]
    [InlineData("2022年1月20日起施行")]
    [InlineData("")]
    public void Other_text_is_no_date(string text) => ChineseDate.IsDate(text).ShouldBeFalse();
}
