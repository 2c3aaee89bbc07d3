using Aggregator.Forms;

namespace Aggregator.Domain.Tests.Forms;

public class NarrativeTests
{
    static readonly Form form = Form.Find("2021")!;

    [Theory]
    [InlineData("许可{disclosure.licences.decisions}件", "许可[disclosure.licences.decisions]件")]
    [InlineData("共{requests.otherOutcome.*.total}件", "共[requests.otherOutcome.notCorrected.total requests.otherOutcome.feeUnpaid.total requests.otherOutcome.other.total]件")]
    [InlineData("{review.litigationDirect.total+review.litigationAfterReconsideration.total}", "[review.litigationDirect.total review.litigationAfterReconsideration.total]")]
    [InlineData("没有数据", "没有数据")]
    public void A_place_is_a_cell_or_a_sum_of_cells(string text, string filled) =>
        Narrative.Fill(form, text, cells => $"[{string.Join(' ', cells.Select(c => c.Path))}]").ShouldBe(filled);

    [Theory]
    [InlineData("许可{disclosure.licences.decided}件", null)]
    [InlineData("许可{disclosure.procurement.amount}万元", null)]
    [InlineData("许可{licences}件", null)]
    [InlineData("结果为{items}", null)]
    [InlineData("许可{disclosure.licences.decisions}件", "没有许可{disclosure.licences.decisions}件")]
    public void A_text_with_a_place_that_is_no_cell_stops_the_start(string text, string? zero) =>
        Should.Throw<InvalidDataException>(() => Of("overview", new NarrativeSentence(text, zero, [])).Validate(form)).Message.ShouldStartWith("Form 2021: ");

    [Fact]
    public void Items_are_looked_at_too() =>
        Should.Throw<InvalidDataException>(() => Of("overview", new NarrativeSentence("结果为{items}", null, ["公开{requests.granted}件"])).Validate(form));

    [Theory]
    [InlineData("requests")]
    [InlineData("summary")]
    public void It_is_written_in_a_section_of_prose(string section) =>
        Should.Throw<InvalidDataException>(() => Of(section).Validate(form)).Message.ShouldBe($"Form 2021: no section of prose {section}.");

    static Narrative Of(string section, params NarrativeSentence[] sentences) => new(section, [new NarrativePart("主动公开情况", null, null, [.. sentences])]);
}
