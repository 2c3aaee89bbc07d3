using Aggregator.Checks;

namespace Aggregator.Domain.Tests.Checks;

public sealed class ChineseNumeralTests
{
    [Theory]
    [InlineData("零", 0)]
    [InlineData("〇", 0)]
    [InlineData("二", 2)]
    [InlineData("两", 2)]
    [InlineData("十", 10)]
    [InlineData("十二", 12)]
    [InlineData("二十", 20)]
    [InlineData("二十一", 21)]
    [InlineData("一百零三", 103)]
    [InlineData("一百二十", 120)]
    [InlineData("两千零五", 2005)]
    [InlineData("九千九百九十九", 9999)]
    [InlineData("一百零五", 105)]
    [InlineData("一千二百三十四", 1234)]
    [InlineData("三万", 30000)]
    [InlineData("十二万三千", 123000)]
    [InlineData("二〇二一", 2021)]
    [InlineData("二○二二", 2022)]
    [InlineData("2022", 2022)]
    public void Numerals_are_read(string text, int number) => ChineseNumeral.Parse(text).ShouldBe(number);

    [Theory]
    [InlineData("")]
    [InlineData("十十")]
    [InlineData("百")]
    [InlineData("一十百")]
    [InlineData("二三十")]
    [InlineData("十百")]
    [InlineData("万万")]
    [InlineData("一百十百")]
    [InlineData("一二百")]
    [InlineData("件")]
    [InlineData("规章")]
    public void Anything_else_is_not_a_number(string text) => ChineseNumeral.Parse(text).ShouldBeNull();
}
