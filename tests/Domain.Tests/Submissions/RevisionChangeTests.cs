using Aggregator.Submissions;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests.Submissions;

public sealed class RevisionChangeTests
{
    static readonly Revision first = Revised(RealReports.Mabu2021);

    [Fact]
    public void The_same_content_is_no_change_whoever_sent_it_and_when()
    {
        var second = first with { RevisionNumber = 2, Actor = "another", FiledAt = first.FiledAt.AddDays(1), Status = "draft", Late = true, Sha256 = "00" };

        RevisionChange.Between(first, second).ShouldBeEmpty();
    }

    [Fact]
    public void Changed_cells_are_listed_in_form_order_in_words_and_numbers()
    {
        var report = RealReports.Mabu2021.With("requests.received.total", 2).With("disclosure.penalties.decisions", 3).With("disclosure.fees.amount", 59237.2449m);

        RevisionChange.Between(first, Revised(report)).ShouldBe(
        [
            new("disclosure.penalties.decisions", "行政处罚 · 本年处理决定数量", "1", "3"),
            new("disclosure.fees.amount", "行政事业性收费 · 本年收费金额（单位：万元）", "0", "59237.2449"),
            new("requests.received.total", "一、本年新收政府信息公开申请数量 · 总计", "0", "2"),
        ]);
    }

    [Fact]
    public void Missing_and_zero_are_different()
    {
        var blank = Revised(RealReports.Mabu2021.Without("disclosure.licences.decisions"));

        RevisionChange.Between(first, blank).ShouldBe([new("disclosure.licences.decisions", "行政许可 · 本年处理决定数量", "0", null)]);
        RevisionChange.Between(blank, first).ShouldBe([new("disclosure.licences.decisions", "行政许可 · 本年处理决定数量", null, "0")]);
    }

    [Fact]
    public void The_same_number_written_with_more_zeros_is_no_change()
    {
        RevisionChange.Between(first, Revised(RealReports.Mabu2021.With("disclosure.penalties.decisions", 1.000m))).ShouldBeEmpty();
    }

    [Fact]
    public void Texts_and_publication_follow_the_figures()
    {
        var second = first with
        {
            Prose = Prose("总体情况（改）", null, "无"),
            PublishedAt = new DateOnly(2022, 1, 20),
            PublishedUrl = "https://example.gov.cn/2021.html",
        };

        RevisionChange.Between(first, second).ShouldBe(
        [
            new("prose.overview", "一、总体情况", "总体情况", "总体情况（改）"),
            new("prose.problems", "五、存在的主要问题及改进情况", "问题", null),
            new("publishedAt", "公布日期", null, "2022-01-20"),
            new("publishedUrl", "公布网址", null, "https://example.gov.cn/2021.html"),
        ]);
    }

    [Fact]
    public void A_change_of_form_is_said_first_and_cells_of_both_forms_are_compared()
    {
        var old = Revised(Report.Zero("2019").With("disclosure.penalties.decisions", 4));

        var changes = RevisionChange.Between(old, first).ToList();

        changes[0].ShouldBe(new RevisionChange("form", "报告格式", "2019", "2021"));
        changes.ShouldContain(new RevisionChange("disclosure.penalties.decisions", "行政处罚 · 本年处理决定数量", "4", "1"));
        changes.ShouldNotContain(c => c.Path == "review.reconsideration.total");
    }

    [Fact]
    public void To_who_has_seen_nothing_all_that_is_filled_in_is_new()
    {
        var changes = RevisionChange.Between(null, Revised(RealReports.Mabu2021.Without("disclosure.licences.decisions"))).ToList();

        changes.Count(c => c.Path.Contains('.', StringComparison.Ordinal) && !c.Path.StartsWith("prose.", StringComparison.Ordinal)).ShouldBe(199);
        changes.ShouldContain(new RevisionChange("disclosure.penalties.decisions", "行政处罚 · 本年处理决定数量", null, "1"));
        changes.ShouldContain(new RevisionChange("prose.other", "六、其他需要报告的事项", null, "无"));
    }

    static Revision Revised(Report report) => new(
        "360922201", 2021, 1, "submitted", report.Form.Code, report.Figures, Prose("总体情况", "问题", "无"), null, null, false, false,
        new DateTimeOffset(2022, 1, 10, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2022, 1, 10, 0, 0, 0, TimeSpan.Zero), "key", "ab", []);

    static Dictionary<string, string?> Prose(string? overview, string? problems, string? other) =>
        new() { ["overview"] = overview, ["problems"] = problems, ["other"] = other };
}
