using Aggregator.Editions;
using Aggregator.Testing;
using Aggregator.Units;

namespace Aggregator.Domain.Tests.Editions;

public class DunningLetterTests
{
    static readonly CountyReport report = SampleCounty.Of("2021",
        SampleUnit.Filed("360922201", "马步乡"),
        SampleUnit.Missing("360922202", "白水乡") with { Late = true },
        SampleUnit.Missing("360922-edu", "教育局") with { Status = "returned", Late = true },
        SampleUnit.Missing("360922203", "三兴镇") with { DueDate = new DateOnly(2022, 2, 20) },
        SampleUnit.Missing("360922299", "园区管委会") with { Status = "exempt" });

    [Fact]
    public void It_says_who_owes_what_since_when_and_on_what_ground()
    {
        var letter = DunningLetter.Of(report, "360922202", [new Contact("办公室"), new Contact("王某", Phone: "0795-0000000")]).Value.ShouldNotBeNull();

        letter.Title.ShouldBe("关于催报2021年度政府信息公开工作年度报告的函");
        letter.Recipient.ShouldBe("白水乡：");
        letter.Paragraphs[0].ShouldBe("根据《中华人民共和国政府信息公开条例》第五十条和万载县2021年度政府信息公开工作年度报告编报工作安排，你单位应当于2022年1月31日前报送2021年度政府信息公开工作年度报告。"
            + "截至2022年2月10日，尚未收到你单位的报告，已逾期10天。");
        letter.Paragraphs[1].ShouldContain("国办公开办函〔2021〕30号");
        letter.Paragraphs[2].ShouldContain("第四十七条");
        (letter.Contact, letter.Issuer, letter.Date).ShouldBe(("王某，0795-0000000", "万载县人民政府办公室", new DateOnly(2022, 2, 10)));
    }

    [Fact]
    public void A_department_is_bound_by_article_49()
    {
        var first = DunningLetter.Of(report, "360922-edu", []).Value.ShouldNotBeNull().Paragraphs[0];

        first.ShouldContain("第四十九条、第五十条");
        first.ShouldContain("你单位的报告已被退回，尚未重新报送，已逾期10天");
    }

    [Fact]
    public void Who_still_has_time_is_only_reminded()
    {
        var letter = DunningLetter.Of(report, "360922203", []).Value.ShouldNotBeNull();

        string.Concat(letter.Paragraphs).ShouldNotContain("逾期");
        letter.Paragraphs[0].ShouldContain("应当于2022年2月20日前报送");
        letter.Contact.ShouldBeNull();
    }

    [Theory]
    [InlineData("360922201", "already_filed")]
    [InlineData("360922299", "unit_exempt")]
    [InlineData("360922999", "unit_not_on_roster")]
    public void Who_owes_nothing_gets_no_letter(string unit, string code) =>
        DunningLetter.Of(report, unit, []).Refusal.ShouldNotBeNull().Code.ShouldBe(code);
}
