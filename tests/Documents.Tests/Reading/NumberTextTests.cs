using System.Globalization;
using Aggregator.Documents.Reading;
using Aggregator.Forms;

namespace Aggregator.Documents.Tests.Reading;

public sealed class NumberTextTests
{
    static readonly Column count = new("c", "数量", "件", null, ColumnType.Count);
    static readonly Column amount = new("a", "金额", "万元", null, ColumnType.Amount);
    static readonly Column change = new("d", "本年增/减", "项", null, ColumnType.Change);

    [Theory]
    [InlineData("0", "0")]
    [InlineData(" 　12\u00A0", "12")]
    [InlineData("１２", "12")]
    [InlineData("1,234", "1234")]
    [InlineData("1，234，567", "1234567")]
    [InlineData("12件", "12")]
    [InlineData("12 件", "12")]
    [InlineData("27642000", "27642000")]
    [InlineData("12.00", "12")]
    public void A_plain_count_is_certain(string text, string value) => Check(text, count, value, Confidence.Certain, null);

    [Theory]
    [InlineData("59237.2449", "59237.2449")]
    [InlineData("25.1万元", "25.1")]
    [InlineData("7730．28", "7730.28")]
    public void A_plain_amount_is_certain(string text, string value) => Check(text, amount, value, Confidence.Certain, null);

    [Theory]
    [InlineData("-3", "-3", Confidence.Certain)]
    [InlineData("－3", "-3", Confidence.Certain)]
    [InlineData("+3", "3", Confidence.Certain)]
    [InlineData("减少3", "-3", Confidence.Certain)]
    [InlineData("减4项", "-4", Confidence.Certain)]
    [InlineData("增3", "3", Confidence.Certain)]
    [InlineData("↓2", "-2", Confidence.Certain)]
    [InlineData("—3", "-3", Confidence.Doubtful)]
    public void A_change_has_a_sign(string text, string value, Confidence confidence) =>
        Check(text, change, value, confidence, confidence == Confidence.Certain ? null : "odd_number");

    [Theory]
    [InlineData("二", "2")]
    [InlineData("十二", "12")]
    [InlineData("〇", "0")]
    [InlineData("55（含自然失效29件）", "55")]
    [InlineData("12①", "12")]
    [InlineData("约20", "20")]
    [InlineData("20余件", "20")]
    [InlineData("1 2", "12")]
    [InlineData("1　2", "12")]
    [InlineData("12\n3", "123")]
    [InlineData("3．5", "3.5")]
    [InlineData("1.234", "1.234")]
    [InlineData("1.000", "1")]
    [InlineData("12,34", "1234")]
    [InlineData("-5", "-5")]
    [InlineData("007", "7")]
    [InlineData("0。", "0")]
    public void An_odd_number_is_read_and_told(string text, string value) => Check(text, count, value, Confidence.Doubtful, "odd_number");

    [Theory]
    [InlineData("251000元", "25.1")]
    [InlineData("1.5亿元", "15000")]
    public void Another_unit_is_converted_and_told(string text, string value) => Check(text, amount, value, Confidence.Doubtful, "unit_conflict");

    [Fact]
    public void Money_is_no_count() => Check("3元", count, "3", Confidence.Doubtful, "unit_conflict");

    [Theory]
    [InlineData("")]
    [InlineData(" \n　")]
    [InlineData("/")]
    [InlineData("-")]
    [InlineData("—")]
    [InlineData("－")]
    [InlineData("——")]
    [InlineData("无")]
    [InlineData("持平")]
    public void What_stands_for_none_is_missing_and_not_zero(string text) => Check(text, count, "", Confidence.None, "blank_cell");

    [Theory]
    [InlineData("见附件")]
    [InlineData("O")]
    [InlineData("0\n0")]
    [InlineData("12abc")]
    [InlineData("3/5")]
    [InlineData("1.属于国家秘密")]
    [InlineData("1234567890123456789012345")]
    public void What_is_no_number_is_missing(string text) => Check(text, count, "", Confidence.None, "not_a_number");

    [Theory]
    [InlineData("12", true)]
    [InlineData("无", true)]
    [InlineData("——", true)]
    [InlineData("二", true)]
    [InlineData("55（含2件）", true)]
    [InlineData("二、", false)]
    [InlineData("（二）", false)]
    [InlineData("1.", false)]
    [InlineData("1.属于国家秘密", false)]
    [InlineData("一般", false)]
    [InlineData("*", false)]
    [InlineData("、", false)]
    [InlineData("规章", false)]
    [InlineData("", false)]
    public void A_figure_alone_on_a_line_is_told_from_a_label(string text, bool isFigure) => NumberText.LooksLikeFigure(text).ShouldBe(isFigure);

    static void Check(string text, Column column, string value, Confidence confidence, string? code)
    {
        var number = NumberText.Parse(text, column);
        (Figures.Text(number.Value).ToString(CultureInfo.InvariantCulture), number.Confidence, number.Code).ShouldBe((value, confidence, code), number.Oddity);
        (number.Oddity is null).ShouldBe(confidence == Confidence.Certain);
    }
}
