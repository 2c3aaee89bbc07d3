using System.Globalization;
using Aggregator.Reminders;
using Aggregator.Testing;
using Aggregator.Years;

namespace Aggregator.Domain.Tests.Reminders;

public sealed class LadderTests
{
    static readonly WorkCalendar calendar = WorkCalendar.Known;
    static readonly ReportingYear year = new("360922", 2023, "2021", new DateOnly(2024, 1, 31), new DateOnly(2024, 3, 31), "open");

    [Fact]
    public void The_default_ladder_goes_down_to_the_due_day_and_then_weekly_until_the_county_is_due_itself() =>
        Ladder.Default.Schedule(year, year.DueDate, calendar).Select(s => $"{ChinaTime.Text(s.At)} {s.Code}{(s.CopyLeader ? " +leader" : "")}{(s.AttachLetter ? " +letter" : "")}").ShouldBe([
            "2024年1月3日 09:00 opening",
            "2024年1月10日 09:00 before-15",
            "2024年1月22日 09:00 before-7",
            "2024年1月26日 09:00 before-3",
            "2024年1月30日 09:00 before-1",
            "2024年1月31日 09:00 due",
            "2024年2月1日 09:00 after-1",
            "2024年2月4日 09:00 after-3 +leader", // the Sunday before the Spring Festival is worked
            "2024年2月7日 09:00 after-7 +leader +letter",
            "2024年2月18日 09:00 after-14 +leader +letter", // 14 February is in the festival; people are back on Sunday the 18th
            "2024年2月21日 09:00 after-21 +leader +letter",
            "2024年2月28日 09:00 after-28 +leader +letter", // a leap year
            "2024年3月6日 09:00 after-35 +leader +letter",
            "2024年3月13日 09:00 after-42 +leader +letter",
            "2024年3月20日 09:00 after-49 +leader +letter",
            "2024年3月27日 09:00 after-56 +leader +letter",
        ]);

    [Fact]
    public void A_due_day_that_is_off_stays_where_it_is_and_what_comes_after_waits_for_a_working_day()
    {
        var steps = Ladder.Default.Schedule(new("360922", 2021, "2021", new DateOnly(2022, 1, 31), new DateOnly(2022, 3, 31), "open"), new DateOnly(2022, 1, 31), calendar);

        steps.Single(s => s.Code == "due").At.ShouldBe(FakeClock.Shanghai(2022, 1, 31, 9, 0, 0));
        steps.Where(s => s.Code is "after-1" or "after-3" or "after-7").ShouldAllBe(s => s.At == FakeClock.Shanghai(2022, 2, 7, 9, 0, 0));
    }

    [Fact]
    public void A_year_simulated_hour_by_hour_sends_each_step_once_and_in_order()
    {
        var sent = new HashSet<string>();
        var order = new List<string>();
        for (var now = FakeClock.Shanghai(2023, 12, 1, 0, 0, 0); now.Year < 2025; now = now.AddHours(1))
        {
            if (Ladder.Default.Due(year, Missing(), calendar, sent, now) is { } step)
            {
                sent.Add(step.Key).ShouldBeTrue();
                order.Add(step.Code);
            }
        }

        order.ShouldBe(Ladder.Default.Schedule(year, year.DueDate, calendar).Select(s => s.Code));
    }

    [Fact]
    public void Whoever_looks_at_whatever_times_sends_no_step_twice_and_after_an_outage_the_latest_only() => Seeded.Run(300, random =>
    {
        var (sent, schedule) = (new HashSet<string>(), Ladder.Default.Schedule(year, year.DueDate, calendar));
        var now = FakeClock.Shanghai(2023, 12, 1, 0, 0, 0);
        DateTimeOffset? before = null;
        while (now < FakeClock.Shanghai(2024, 4, 10, 0, 0, 0))
        {
            now = now.AddMinutes(random.Next(1, 30 * 24 * 60) / random.Next(1, 2000) + 1);
            var due = Ladder.Default.Due(year, Missing(), calendar, sent, now);
            if (due is not null)
            {
                due.At.ShouldBeLessThanOrEqualTo(now);
                schedule.Last(s => s.At <= now).Key.ShouldBe(due.Key);
                (before is null || due.At > before).ShouldBeTrue("never backwards");
                before = due.At;
                sent.Add(due.Key).ShouldBeTrue();
                Ladder.Default.Due(year, Missing(), calendar, sent, now).ShouldBeNull("one look, one mail");
            }
        }
    });

    [Theory]
    [InlineData("submitted", true)]
    [InlineData("accepted", true)]
    [InlineData("missing", false)]
    public void Nobody_who_has_filed_or_is_exempt_is_ever_reminded(string status, bool expected) => Seeded.Run(200, random =>
        Ladder.Default.Due(year, new UnitState("360922201", expected, status, year.DueDate.AddDays(random.Next(60))), calendar, new HashSet<string>(),
            FakeClock.Shanghai(2023, 12, 1, 0, 0, 0).AddHours(random.Next(24 * 200))).ShouldBeNull());

    // 8 March is a Friday: one day after and three days after both wait for Monday, and the later one speaks.
    [Fact]
    public void An_extension_begins_a_ladder_of_its_own_and_a_step_is_at_its_own_day()
    {
        var sent = Ladder.Default.Schedule(year, year.DueDate, calendar).Where(s => s.At <= FakeClock.Shanghai(2024, 2, 8, 0, 0, 0)).Select(s => s.Key).ToHashSet();
        var extended = Missing() with { DueDate = new DateOnly(2024, 3, 8), Extended = true };

        Ladder.Default.Ahead(year, extended, calendar, sent, FakeClock.Shanghai(2024, 2, 8, 9, 0, 0)).Select(s => s.Key).ShouldBe([
            "before-15@2024-03-08", "before-7@2024-03-08", "before-3@2024-03-08", "before-1@2024-03-08", "due@2024-03-08",
            "after-3@2024-03-08", "after-7@2024-03-08", "after-14@2024-03-08", "after-21@2024-03-08"]);
    }

    [Fact]
    public void Who_is_sent_back_is_not_blamed_for_what_was_due_before()
    {
        var returned = FakeClock.Shanghai(2024, 2, 22, 10, 0, 0);
        var unit = Missing() with { Status = "returned", OwesSince = returned };

        Ladder.Default.Due(year, unit, calendar, new HashSet<string>(), returned).ShouldBeNull();
        Ladder.Default.Due(year, unit, calendar, new HashSet<string>(), FakeClock.Shanghai(2024, 2, 28, 9, 0, 0))!.Code.ShouldBe("after-28");
    }

    // 14 February's step was sent on that day; the new ladder has none there, and its last one lies before it.
    [Fact]
    public void A_ladder_that_is_changed_does_not_remind_at_once_who_was_reminded_since()
    {
        var changed = Ladder.Default with { Steps = [new(0), new(3)], RepeatDays = 20 };
        var sent = new HashSet<string> { "after-14@2024-01-31" };
        var unit = Missing() with { RemindedAt = FakeClock.Shanghai(2024, 2, 14, 9, 0, 1) };
        var now = FakeClock.Shanghai(2024, 2, 15, 9, 0, 0);

        changed.Due(year, unit with { RemindedAt = null }, calendar, sent, now)!.Code.ShouldBe("after-3");
        changed.Due(year, unit, calendar, sent, now).ShouldBeNull();
        changed.Ahead(year, unit, calendar, sent, now).First().Code.ShouldBe("after-23");
    }

    [Theory]
    [InlineData("closed", false)]
    [InlineData("published", false)]
    [InlineData("open", true)]
    public void A_year_that_takes_no_reports_asks_for_none(string state, bool reminded) =>
        (Ladder.Default.Due(year with { State = state }, Missing(), calendar, new HashSet<string>(), FakeClock.Shanghai(2024, 2, 7, 9, 0, 0)) is not null).ShouldBe(reminded);

    [Fact]
    public void After_the_county_is_due_itself_there_is_silence_though_the_outage_was_long() =>
        Ladder.Default.Due(year, Missing(), calendar, new HashSet<string>(), FakeClock.Shanghai(2024, 4, 1, 9, 0, 0)).ShouldBeNull();

    [Theory]
    [InlineData("""{"enabled":true,"time":"09:00:00","openingWorkdays":20,"steps":[],"repeatDays":7}""", "$.steps")]
    [InlineData("""{"enabled":true,"time":"09:00:00","openingWorkdays":20,"steps":[{"days":1},{"days":-1}],"repeatDays":7}""", "$.steps")]
    [InlineData("""{"enabled":true,"time":"09:00:00","openingWorkdays":20,"steps":[{"days":999}],"repeatDays":7}""", "$.steps")]
    [InlineData("""{"enabled":true,"time":"09:00:00","openingWorkdays":5,"steps":[{"days":-15}],"repeatDays":7}""", "$.openingWorkdays")]
    [InlineData("""{"enabled":true,"time":"09:00:00","openingWorkdays":20,"steps":[{"days":-15}],"repeatDays":0}""", "$.repeatDays")]
    [InlineData("""{"enabled":true,"time":"09:00:30","openingWorkdays":20,"steps":[{"days":-15}],"repeatDays":null}""", "$.time")]
    public void A_ladder_that_makes_no_sense_is_refused(string json, string path) =>
        System.Text.Json.JsonSerializer.Deserialize<Ladder>(json, System.Text.Json.JsonSerializerOptions.Web)!.Refuse()!.Errors.Single().Path.ShouldBe(path);

    [Fact]
    public void Machines_in_any_zone_and_years_that_end_count_the_same_days()
    {
        var steps = Ladder.Default.Schedule(new("360922", 2022, "2021", new DateOnly(2023, 1, 3), new DateOnly(2023, 3, 31), "open"), new DateOnly(2023, 1, 3), calendar);

        // 31 December to 2 January are off by the notice for 2023.
        steps.Single(s => s.Code == "before-1").At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture).ShouldBe("2022-12-30T01:00:00.0000000Z");
    }

    [Theory]
    [InlineData("America/New_York")]
    [InlineData("UTC")]
    [InlineData("Pacific/Auckland")]
    public void The_zone_of_the_machine_does_not_matter(string zone)
    {
        var expected = Look();
        var before = Environment.GetEnvironmentVariable("TZ");
        try
        {
            Environment.SetEnvironmentVariable("TZ", zone);
            TimeZoneInfo.ClearCachedData();
            Look().ShouldBe(expected);
        }
        finally
        {
            Environment.SetEnvironmentVariable("TZ", before);
            TimeZoneInfo.ClearCachedData();
        }

        static string Look() => string.Join('\n', Ladder.Default.Schedule(year, year.DueDate, calendar).Select(s =>
            $"{s.At.UtcDateTime:O} {ChinaTime.DateOf(s.At):O} {Ladder.Default.Due(year, Missing(), calendar, new HashSet<string>(), s.At.AddTicks(-1))?.Key} {Ladder.Default.Due(year, Missing(), calendar, new HashSet<string>(), s.At)?.Key}"));
    }

    static UnitState Missing() => new("360922201", true, "missing", year.DueDate);
}
