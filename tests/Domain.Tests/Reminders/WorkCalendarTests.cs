using Aggregator.Reminders;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests.Reminders;

public sealed class WorkCalendarTests
{
    static readonly WorkCalendar calendar = WorkCalendar.Known;

    [Theory]
    [InlineData("2022-01-28", true)]
    [InlineData("2022-01-29", true)] // Saturday, worked for the Spring Festival
    [InlineData("2022-01-30", true)]
    [InlineData("2022-01-31", false)] // a Monday off: the statutory due day of 2021's reports
    [InlineData("2022-02-06", false)]
    [InlineData("2022-02-07", true)]
    [InlineData("2022-12-31", false)] // of the notice for 2023
    [InlineData("2023-01-29", true)]
    [InlineData("2020-01-31", false)] // the festival of 2020 was made longer
    [InlineData("2020-02-01", false)] // and what had been a make-up day with it
    [InlineData("2020-02-03", true)]
    [InlineData("2024-02-09", true)] // officially no day off
    [InlineData("2024-02-29", true)]
    [InlineData("2026-01-04", true)]
    [InlineData("2026-02-23", false)]
    [InlineData("2027-01-01", true)] // not known yet: weekends only
    [InlineData("2027-01-02", false)]
    public void A_day_is_worked_or_off_as_the_notice_says(string day, bool worked) =>
        calendar.IsWorkday(Day(day)).ShouldBe(worked);

    [Fact]
    public void Every_year_of_the_release_names_its_notice_and_holds_the_rules_of_an_entry()
    {
        HolidayYear.Known.Select(y => y.Year).ShouldBe(Enumerable.Range(2020, 7));
        foreach (var year in HolidayYear.Known)
        {
            year.Refuse().ShouldBeNull();
            year.Source.ShouldContain($"{year.Year}年部分节假日安排的通知");

            // The law gives 11 days (13 from 2025 on); weekends are moved, not given.
            var given = year.DaysOff.Count(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)) - year.Workdays.Count;
            given.ShouldBeInRange(7, 13, year.Source);
        }
    }

    [Fact]
    public void Counting_working_days_forth_and_back_ends_where_it_began() => Seeded.Run(500, random =>
    {
        var start = calendar.OnOrAfter(new DateOnly(2020, 1, 2).AddDays(random.Next(365 * 8)));
        var count = random.Next(1, 60);
        var end = calendar.AddWorkdays(start, count);

        calendar.IsWorkday(end).ShouldBeTrue();
        calendar.AddWorkdays(end, -count).ShouldBe(start);
        calendar.WorkdaysUntil(start, end).ShouldBe(count);
        Enumerable.Range(1, end.DayNumber - start.DayNumber).Count(d => calendar.IsWorkday(start.AddDays(d))).ShouldBe(count);
    });

    [Fact]
    public void The_next_working_day_is_the_first_one_that_is_not_earlier() => Seeded.Run(500, random =>
    {
        var day = new DateOnly(2020, 1, 1).AddDays(random.Next(365 * 8));
        var next = calendar.OnOrAfter(day);

        next.ShouldBeGreaterThanOrEqualTo(day);
        calendar.IsWorkday(next).ShouldBeTrue();
        for (var between = day; between < next; between = between.AddDays(1))
        {
            calendar.IsWorkday(between).ShouldBeFalse();
        }
    });

    [Fact]
    public void A_due_day_off_is_noted_and_a_year_that_nobody_knows_yet_is_said_so()
    {
        calendar.NoteOn(new DateOnly(2022, 1, 31)).ShouldBe("2022年1月31日不是工作日，截止日不顺延；最后一个工作日是2022年1月30日。");
        calendar.NoteOn(new DateOnly(2024, 1, 31)).ShouldBeNull();
        calendar.NoteOn(new DateOnly(2028, 1, 31))!.ShouldContain("还没有录入2028年");
        calendar.Warnings(2026, 2027, 2027).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(1999, "通知", "1999-01-01", "", "year")]
    [InlineData(2027, " ", "2027-01-01", "", "source")]
    [InlineData(2027, "通知", "", "", "daysOff")]
    [InlineData(2027, "通知", "2027-01-01 2027-01-01", "", "daysOff")]
    [InlineData(2027, "通知", "2027-01-02", "2027-01-02", "daysOff")]
    [InlineData(2027, "通知", "2026-12-24", "", "daysOff")]
    [InlineData(2027, "通知", "2028-01-01", "", "daysOff")]
    [InlineData(2027, "通知", "2027-01-01", "2027-01-04", "workdays")]
    public void An_arrangement_that_cannot_be_is_refused(int year, string source, string off, string worked, string member) =>
        new HolidayYear(year, source, Days(off), Days(worked)).Refuse()!.Errors.Single().Path.ShouldBe($"$.{member}");

    static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    static DateOnly[] Days(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Day)];
}
