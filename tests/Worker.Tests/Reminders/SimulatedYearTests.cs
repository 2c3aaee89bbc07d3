using System.Globalization;
using System.Text;
using Aggregator.Submissions;
using Aggregator.Testing;

namespace Aggregator.Worker.Tests.Reminders;

/// <summary>
/// A whole year, day by day, with 48 units that behave as units do, against a real mail server. The list of mails is a golden
/// file: <c>ACCEPT=1</c> writes it anew.
/// </summary>
public sealed class SimulatedYearTests
{
    const string Golden = "tests/Worker.Tests/Reminders/simulated-year.txt";

    static readonly Report wrong = Report.Zero("2021").With("requests.received.naturalPerson", 1);

    [Fact]
    public async Task Everybody_gets_what_is_due_once_and_nobody_who_has_filed_is_reminded()
    {
        var first = FakeClock.Shanghai(2021, 12, 1, 9, 0, 0);
        await using var county = await ChasedCounty.OpenAsync(48, first);
        await county.SqlAsync($$"""update unit set contacts = '[]' where code = '{{ChasedCounty.Unit(48)}}'""");
        var filed = new Dictionary<string, List<(DateTimeOffset At, bool Counts)>>();
        var events = Events(county, filed).OrderBy(e => e.At).ToList();
        var list = new StringBuilder();
        var received = new List<ReceivedMail>();

        var ticks = events.Select(e => e.At)
            .Concat(from day in Enumerable.Range(0, 365)
                    from minutes in day < 150 ? (int[])[0, (7 * 60) + 30, 14 * 60] : [0]
                    select first.AddDays(day).AddMinutes(minutes))
            .Distinct().Order();
        foreach (var now in ticks)
        {
            county.Clock.Set(now);
            foreach (var happens in events.Where(e => e.At == now))
            {
                await happens.DoAsync();
            }

            await county.WorkAsync();
            var lines = new List<string>();
            while (county.Smtp.Mails.TryDequeue(out var mail))
            {
                received.Add(mail);
                lines.Add(Line(now, mail));
                if (IsReminder(mail))
                {
                    var states = filed.GetValueOrDefault(ToUnit(mail), []);
                    states.LastOrDefault(s => s.At <= now).Counts.ShouldBeFalse($"{lines[^1]} though it has filed");
                }
            }

            lines.Order(StringComparer.Ordinal).ToList().ForEach(l => list.Append(l).Append('\n'));
        }

        received.Select(m => m.Header("Message-ID")).ShouldBeUnique();
        received.Where(IsReminder).Select(m => (ToUnit(m), m.Subject)).ShouldBeUnique("nobody hears the same twice");
        (await county.CountAsync("state = 'queued'")).ShouldBe(0);
        (await county.Database.ScalarAsync<long>("select count(*) from (select from mail group by county, year, unit, step having count(*) > 1) m")).ShouldBe(0);
        (await LateAsync(23)).ShouldBeFalse("23:59:59 is on time");
        (await LateAsync(24)).ShouldBeTrue("00:00:00 is late");
        ShouldBeGolden(list.ToString());

        Task<bool> LateAsync(int unit) => county.Database.ScalarAsync<bool>($"select late from revision where unit = '{ChasedCounty.Unit(unit)}'");
    }

    static IEnumerable<Event> Events(ChasedCounty county, Dictionary<string, List<(DateTimeOffset At, bool Counts)>> filed)
    {
        // Early, in January, at the last second and one too late, after it, and never (31 to 34).
        for (var unit = 1; unit <= 12; unit++)
        {
            yield return File(unit, 1, 3 + unit, 10);
        }

        for (var unit = 13; unit <= 22; unit++)
        {
            yield return File(unit, 1, 7 + unit, 16);
        }

        yield return Filing(23, FakeClock.Shanghai(2022, 1, 31, 23, 59, 59));
        yield return Filing(24, FakeClock.Shanghai(2022, 2, 1, 0, 0, 0));
        for (var unit = 25; unit <= 30; unit++)
        {
            yield return File(unit, 2, 7 + (2 * (unit - 25)), 11);
        }

        // Returned, and corrected in time, late, and never.
        for (var unit = 35; unit <= 38; unit++)
        {
            yield return File(unit, 1, 12, 9);
            var returned = unit;
            yield return On(1, 18, 10, async at =>
            {
                filed[ChasedCounty.Unit(returned)].Add((at, false));
                await county.StepAsync(Workflow.Return, returned, "表三与文字不一致");
            });
        }

        yield return File(35, 1, 26, 15);
        yield return File(36, 1, 26, 16);
        yield return File(37, 2, 10, 15);
        yield return On(2, 21, 10, _ => county.StepAsync(Workflow.Accept, 35));

        // Extended: in time and late by the later day, never, and after the first day was over.
        for (var unit = 39; unit <= 41; unit++)
        {
            var extended = unit;
            yield return On(1, 25, 10, _ => county.PutRosterAsync(extended, true, new DateOnly(2022, 2, 15)));
        }

        yield return File(39, 2, 10, 10);
        yield return File(40, 2, 20, 10);
        yield return On(2, 17, 10, _ => county.PutRosterAsync(42, true, new DateOnly(2022, 3, 10)));
        yield return File(42, 3, 9, 10);

        yield return On(12, 1, 9, _ => county.PutRosterAsync(43, false, null));
        yield return On(12, 1, 9, _ => county.PutRosterAsync(44, false, null));
        yield return On(1, 20, 10, _ => county.PutRosterAsync(45, false, null));
        yield return On(1, 10, 10, _ => county.SqlAsync($"update unit set merged_into = '{ChasedCounty.Unit(47)}', active_to = 2020 where code = '{ChasedCounty.Unit(46)}'"));
        yield return On(1, 10, 11, _ => county.FileAsync(47, wrong));
        yield return File(47, 1, 24, 10);
        yield return File(48, 2, 3, 10);

        Event File(int unit, int month, int day, int hour) => Filing(unit, FakeClock.Shanghai(2022, month, day, hour, 0, 0));

        Event Filing(int unit, DateTimeOffset at) => new(at, async () =>
        {
            if (!filed.TryGetValue(ChasedCounty.Unit(unit), out var states))
            {
                filed[ChasedCounty.Unit(unit)] = states = [];
            }

            states.Add((at, true));
            await county.FileAsync(unit);
        });

        static Event On(int month, int day, int hour, Func<DateTimeOffset, Task> happens)
        {
            var at = FakeClock.Shanghai(month == 12 ? 2021 : 2022, month, day, hour, 0, 0);
            return new Event(at, () => happens(at));
        }
    }

    static bool IsReminder(ReceivedMail mail) => mail.Subject is ['提', '醒', ..] or ['催', '办', ..] or ['通', '知', '：', '请', ..];

    static string Line(DateTimeOffset now, ReceivedMail mail) => string.Create(CultureInfo.InvariantCulture,
        $"{now:yyyy-MM-dd HH:mm:ss} {string.Join(", ", mail.Recipients.Select(r => r.Split('@')[0]))}: {mail.Subject}");

    static string ToUnit(ReceivedMail mail) => mail.Recipients[0] == ChasedCounty.Coordinator ? ChasedCounty.Code : $"{ChasedCounty.Code}-{mail.Recipients[0].Split('@')[0]}";

    static void ShouldBeGolden(string list)
    {
        var golden = Path.Combine(Repository.Root, Golden);
        if (Environment.GetEnvironmentVariable("ACCEPT") == "1")
        {
            File.WriteAllText(golden, list);
        }

        list.ShouldBe(File.ReadAllText(golden), "the mails of the year have changed; if that is meant, run this test once with ACCEPT=1 and commit the file");
    }

    sealed record Event(DateTimeOffset At, Func<Task> DoAsync);
}
