using Aggregator.Documents.Reading;

namespace Aggregator.Documents.Tests.Reading;

public sealed class ChineseNumberTests
{
    [Theory]
    [InlineData("零", 0)]
    [InlineData("两", 2)]
    [InlineData("十", 10)]
    [InlineData("十二", 12)]
    [InlineData("二十", 20)]
    [InlineData("一百零五", 105)]
    [InlineData("一千二百三十四", 1234)]
    [InlineData("三万", 30000)]
    [InlineData("十二万三千", 123000)]
    [InlineData("二〇二二", 2022)]
    [InlineData("二○二二", 2022)]
    [InlineData("2022", 2022)]
    public void Is_read(string text, int number) => ChineseNumber.Parse(text).ShouldBe(number);

    [Theory]
    [InlineData("")]
    [InlineData("规章")]
    [InlineData("百")]
    [InlineData("十百")]
    [InlineData("万万")]
    [InlineData("一百十百")]
    [InlineData("一二百")]
    [InlineData("十十")]
    public void Is_not_guessed(string text) => ChineseNumber.Parse(text).ShouldBeNull();
}
