using Aggregator.Documents.Reading;

namespace Aggregator.Documents.Tests.Reading;

public sealed class LabelTextTests
{
    [Theory]
    [InlineData("（三）不予公开", 3, true, "不予公开", "不予公开")]
    [InlineData("㈢ 不 予 公 开", 3, true, "不予公开", "不予公开")]
    [InlineData("12、其他", 12, false, "其他", "其他")]
    [InlineData("１．属于国家秘密", 1, false, "属于国家秘密", "属于国家秘密")]
    [InlineData("⒈属于国家秘密", 1, false, "属于国家秘密", "属于国家秘密")]
    [InlineData("三、本年度办\n理结果", 3, false, "本年度办理结果", "本年度办理结果")]
    [InlineData("3.危及“三安全一稳定”", 3, false, "危及三安全一稳定", "危及三安全一稳定")]
    [InlineData("本年增/减", 0, false, "本年增减", "本年增减")]
    [InlineData("本年收费金额（单位：万元）", 0, false, "本年收费金额单位万元", "本年收费金额")]
    [InlineData("（区分处理的）部分公开", 0, false, "区分处理的部分公开", "部分公开")]
    [InlineData("第二十条第（一）项", 0, false, "第二十条第一项", "第二十条第项")]
    [InlineData("12.5", 0, false, "125", "125")]
    [InlineData("[bookmark: _GoBack]规章①", 0, false, "规章", "规章")]
    [InlineData("⼀、总体情况", 1, false, "总体情况", "总体情况")]
    [InlineData("", 0, false, "", "")]
    [InlineData("（三", 0, false, "三", "")]
    public void A_label_is_its_number_and_its_letters(string text, int number, bool bracketed, string core, string brief)
    {
        var label = LabelText.Of(text);
        (label.Number, label.Bracketed, label.Core, label.Brief).ShouldBe((number, bracketed, core, brief));
    }

    [Fact]
    public void A_long_text_is_taken_apart_too() => LabelText.Of(new string('公', 5000) + "（件）").Aside.ShouldBe("件");
}
