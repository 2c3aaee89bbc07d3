using Aggregator.Reminders;
using Aggregator.Testing;
using Aggregator.Units;
using Aggregator.Years;

namespace Aggregator.Domain.Tests.Reminders;

public sealed class MailWordingTests
{
    static readonly ReportingYear year = new("360922", 2021, "2021", new DateOnly(2022, 1, 31), new DateOnly(2022, 3, 31), "open");

    [Theory]
    [InlineData("2022-01-19", "missing", "提醒：2021年度政府信息公开工作年度报告距截止日还有9个工作日")]
    [InlineData("2022-01-31", "missing", "提醒：2021年度政府信息公开工作年度报告今日截止")]
    [InlineData("2022-02-07", "missing", "催办：2021年度政府信息公开工作年度报告已逾期7天")]
    [InlineData("2022-02-07", "draft", "催办：2021年度政府信息公开工作年度报告已逾期7天")]
    [InlineData("2022-02-07", "returned", "提醒：2021年度政府信息公开工作年度报告已退回，请修改后重新报送（截止日已过7天）")]
    public void A_reminder_says_what_is_true_on_the_day_on_which_it_is_written(string day, string status, string subject) =>
        MailWording.Reminder(About(status, day), opening: false, withLetter: false).Subject.ShouldBe(subject);

    [Theory]
    [InlineData("万载县", "全县")]
    [InlineData("洪泽区", "全区")]
    [InlineData("樟树市", "全市")]
    public void A_district_is_not_called_a_county(string name, string words) =>
        MailWording.Filed(About("submitted", "2022-01-19") with { CountyName = name }, 1, FakeClock.Shanghai(2022, 1, 19, 9, 0, 0), false).ToText().ShouldContain($"计入{words}汇总");

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(2, 1, "系统核对发现3处需要留意")]
    public void A_receipt_says_that_something_is_in_doubt(int warnings, int notices, string? words)
    {
        var about = About("submitted", "2022-01-19");
        about = about with { Line = about.Line with { Revision = 2, Findings = new(0, warnings, notices) } };

        Filed(2).Contains("需要留意", StringComparison.Ordinal).ShouldBe(words is not null);
        Filed(2).ShouldContain(words ?? "");
        Filed(1).ShouldNotContain("需要留意", Case.Sensitive, "they are another revision's");

        string Filed(int revision) => MailWording.Filed(about, revision, about.Now, false).ToText();
    }

    [Fact]
    public void A_letter_is_mentioned_only_where_one_is_attached()
    {
        MailWording.Reminder(About("missing", "2022-02-07"), false, withLetter: true).ToText().ShouldContain("现随信附上催办函");
        MailWording.Reminder(About("missing", "2022-02-07"), false, withLetter: false).ToText().ShouldNotContain("催办函");
    }

    [Theory]
    [InlineData("360922201", "条例》第五十条")]
    [InlineData("360922-zfb", "条例》第四十九条、第五十条")]
    public void Article_49_is_quoted_to_those_whom_it_names(string unit, string clause) =>
        MailWording.Reminder(About("missing", "2022-01-19", unit), true, false).ToText().ShouldContain(clause);

    [Fact]
    public void A_draft_and_a_returned_report_are_told_what_is_wrong()
    {
        MailWording.Reminder(About("draft", "2022-01-19"), false, false).ToText().ShouldContain("必须改正：2处");
        MailWording.Reminder(About("returned", "2022-01-19"), false, false).ToText().ShouldContain("退回理由：表三与文字不一致");
    }

    [Fact]
    public void A_link_leads_to_the_page_that_the_mail_is_about()
    {
        const string Page = "https://x.example.cn/units/360922201/years/2021";
        var about = About("returned", "2022-01-19");
        var roster = new Roster(RosterSummary.Of([]), []);

        MailWording.Reminder(about, false, false).Link.ShouldBe(Page);
        MailWording.Returned(about, 1, "请核对").Link.ShouldBe(Page);
        MailWording.Accepted(about, 1).Link.ShouldBe(Page);
        MailWording.WaiverLapsed(about, 2, []).Link.ShouldBe(Page);
        MailWording.Filed(about, 3, about.Now, false).Link.ShouldBe($"{Page}/receipt?revision=3");
        MailWording.Digest("万载县", year, roster, null, about.Now, "https://x.example.cn", WorkCalendar.Known).Link.ShouldBe("https://x.example.cn/counties/360922/years/2021");
    }

    [Fact]
    public void A_digest_names_who_has_filed_since_the_last_one_and_who_is_missing()
    {
        var lines = new[] { Line("submitted", "360922100", FakeClock.Shanghai(2022, 1, 18, 9, 0, 0)), Line("submitted", "360922101", FakeClock.Shanghai(2022, 1, 10, 9, 0, 0)), Line("missing", "360922102") };
        var now = FakeClock.Shanghai(2022, 1, 19, 9, 0, 0);

        var text = MailWording.Digest("万载县", year, new Roster(RosterSummary.Of(lines), lines), now.AddDays(-2), now, "https://x.example.cn", WorkCalendar.Known).ToText();

        text.ShouldContain("应报3家，已报2家");
        text.ShouldContain("新近报送（1家）\n  · 单位360922100");
        text.ShouldContain("未报单位（1家）\n  · 单位360922102");
    }

    static MailSubject About(string status, string day, string unit = "360922201") => new("万载县", year, Line(status, unit), WorkCalendar.Known,
        DateTimeOffset.ParseExact($"{day}T09:00+08:00", "yyyy-MM-dd'T'HH:mmzzz", System.Globalization.CultureInfo.InvariantCulture), "https://x.example.cn", [new Contact("政务公开办", Phone: "0795-1")]);

    static RosterLine Line(string status, string unit, DateTimeOffset? filedAt = null) => new(unit, $"单位{unit}", "township", true, status, false, year.DueDate, null,
        filedAt, 1, null, null, "表三与文字不一致", new FindingCounts(2, 1, 0));
}
