using System.Collections.Immutable;
using System.Globalization;
using Aggregator.Years;

namespace Aggregator.Reminders;

/// <summary>One step of a ladder.</summary>
/// <param name="Days">Negative: so many working days before the due day. 0: the due day. Positive: so many days after it.</param>
/// <param name="CopyLeader">Whether the unit's leader (分管领导) gets a copy.</param>
/// <param name="AttachLetter">Whether a dunning letter (催办函) is attached.</param>
public sealed record LadderStep(int Days, bool CopyLeader = false, bool AttachLetter = false);

/// <summary>When a county reminds its units for a year. A pure rule: what is due follows from it, the calendar and what has been sent.</summary>
/// <param name="Enabled">Whether reminders and digests are sent at all.</param>
/// <param name="Time">Time of day in China.</param>
/// <param name="OpeningWorkdays">The opening notice goes out so many working days before the due day.</param>
/// <param name="Steps">The steps, earliest first.</param>
/// <param name="RepeatDays">After the last step it is repeated every so many days until the county's own due date; null for never.</param>
public sealed record Ladder(bool Enabled, TimeOnly Time, int OpeningWorkdays, IReadOnlyList<LadderStep> Steps, int? RepeatDays)
{
    /// <summary>The step of the opening notice; the only one that an extension does not start anew.</summary>
    public const string Opening = "opening";

    const int MaxSteps = 20;
    const int MaxDays = 120;

    static readonly TimeSpan china = TimeSpan.FromHours(8);

    /// <summary>The ladder of a county that has set none.</summary>
    public static readonly Ladder Default = new(true, new TimeOnly(9, 0), 20,
        [new(-15), new(-7), new(-3), new(-1), new(0), new(1), new(3, CopyLeader: true), new(7, CopyLeader: true, AttachLetter: true)], 7);

    /// <summary>Why this is not a ladder, or null.</summary>
    public Refusal? Refuse()
    {
        RefusalError? error =
            Steps.Count is 0 or > MaxSteps || Steps.Any(s => s is null) ? Error("steps", $"步骤应为 1 至 {MaxSteps} 个")
            : Steps.Any(s => Math.Abs(s.Days) > MaxDays) ? Error("steps", $"各步骤距截止日不超过 {MaxDays} 天")
            : Steps.Zip(Steps.Skip(1)).Any(p => p.First.Days >= p.Second.Days) ? Error("steps", "各步骤应由早到晚排列，不能重复")
            : OpeningWorkdays is < 1 or > MaxDays || OpeningWorkdays <= -Steps[0].Days ? Error("openingWorkdays", $"开始通知应早于其他步骤，不超过截止日前 {MaxDays} 个工作日")
            : RepeatDays is < 1 or > MaxDays ? Error("repeatDays", $"重复间隔应为 1 至 {MaxDays} 天")
            : Time.Ticks % TimeSpan.TicksPerMinute != 0 ? Error("time", "发送时间应为整分钟")
            : null;
        return error is null ? null : new Refusal(RefusalKind.Invalid, "invalid_ladder", $"{error.Detail}。", [error]);
    }

    /// <summary>Every step of a unit that does not file, in the order in which they come; nothing after the county's own due date but what a late extension needs.</summary>
    public ImmutableArray<ScheduledStep> Schedule(ReportingYear year, DateOnly due, WorkCalendar calendar)
    {
        var end = End(year, due);
        var steps = ImmutableArray.CreateBuilder<ScheduledStep>();
        steps.Add(At(Opening, calendar.AddWorkdays(due, -OpeningWorkdays), due, new LadderStep(-OpeningWorkdays)));
        foreach (var step in Steps)
        {
            steps.Add(At(step, due, calendar));
        }

        if (RepeatDays is { } every && Steps[^1] is { Days: >= 0 } last)
        {
            for (var days = last.Days + every; due.AddDays(days) <= end; days += every)
            {
                steps.Add(At(last with { Days = days }, due, calendar));
            }
        }

        steps.RemoveAll(s => ChinaTime.DateOf(s.At) > end);
        return steps.ToImmutable();
    }

    /// <summary>
    /// What a unit has to be sent now: the latest step whose time has come, if it has not been sent; null for nothing. Steps that
    /// were missed before it are not made up for, and neither are those from before the unit owed its report or was last reminded.
    /// </summary>
    public ScheduledStep? Due(ReportingYear year, UnitState unit, WorkCalendar calendar, IReadOnlySet<string> sent, DateTimeOffset now)
    {
        var today = ChinaTime.DateOf(now);
        if (!Enabled || !unit.Owes || !CanFile(year, unit, today) || today > End(year, unit.DueDate))
        {
            return null;
        }

        var latest = Schedule(year, unit.DueDate, calendar).LastOrDefault(s => s.At <= now);
        return latest is null || sent.Contains(latest.Key) || latest.At < unit.OwesSince || latest.At < unit.RemindedAt ? null : latest;
    }

    /// <summary>What a unit would still be sent if it never filed, beginning with what is due.</summary>
    public IEnumerable<ScheduledStep> Ahead(ReportingYear year, UnitState unit, WorkCalendar calendar, IReadOnlySet<string> sent, DateTimeOffset now)
    {
        if (Due(year, unit, calendar, sent, now) is { } due)
        {
            yield return due;
        }

        foreach (var day in Schedule(year, unit.DueDate, calendar).Where(s => s.At > now && !sent.Contains(s.Key)).GroupBy(s => s.At))
        {
            if (Due(year, unit, calendar, sent, day.Key) is { } step)
            {
                yield return step;
            }
        }
    }

    /// <summary>Whether it is a day on which the coordinator gets a digest even if nothing has changed.</summary>
    public static bool IsDigestMonth(ReportingYear year, DateOnly today) => today.Year == year.Year + 1 && today.Month == 1;

    /// <summary>When digests and steps of a day go out.</summary>
    public DateTimeOffset On(DateOnly day) => new(day, Time, china);

    static bool CanFile(ReportingYear year, UnitState unit, DateOnly today) =>
        year.State == "open" || (year.State == "closed" && unit.Extended && today <= unit.DueDate);

    DateOnly End(ReportingYear year, DateOnly due) => due.AddDays(Math.Max(0, Steps[^1].Days)) is var last && last > year.CountyDueDate ? last : year.CountyDueDate;

    ScheduledStep At(LadderStep step, DateOnly due, WorkCalendar calendar) => step.Days switch
    {
        < 0 => At(Number($"before-{-step.Days}"), calendar.AddWorkdays(due, step.Days), due, step),
        0 => At("due", due, due, step),

        // Nobody reads on a day off that he is late; the due day alone stays where it is.
        _ => At(Number($"after-{step.Days}"), calendar.OnOrAfter(due.AddDays(step.Days)), due, step),
    };

    ScheduledStep At(string code, DateOnly day, DateOnly due, LadderStep step) =>
        new(code == Opening ? code : string.Create(CultureInfo.InvariantCulture, $"{code}@{due:yyyy-MM-dd}"), code, On(day), step.CopyLeader, step.AttachLetter);

    static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    static RefusalError Error(string member, string detail) => new($"$.{member}", "invalid_ladder", detail);
}

/// <summary>A step with its instant.</summary>
/// <param name="Key">What it is sent at most once under: the code and the due day that it counts from, so that an extension begins a ladder of its own.</param>
/// <param name="Code"><c>opening</c>, <c>before-7</c> (working days), <c>due</c>, <c>after-3</c> (days).</param>
/// <param name="At">When.</param>
/// <param name="CopyLeader">Whether the leader gets a copy.</param>
/// <param name="AttachLetter">Whether a dunning letter is attached.</param>
public sealed record ScheduledStep(string Key, string Code, DateTimeOffset At, bool CopyLeader, bool AttachLetter);

/// <summary>How far a unit is, as far as reminders ask.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Expected">Neither exempt nor closed or merged.</param>
/// <param name="Status">Status of its report.</param>
/// <param name="DueDate">Its last day.</param>
/// <param name="Extended">Whether that is an extension of its own.</param>
/// <param name="OwesSince">When its report went back, if it did; what was due before that is not made up for.</param>
/// <param name="RemindedAt">When it was last reminded of that day; what was due before that is not made up for either, or else a new ladder would begin with one more mail to all.</param>
public sealed record UnitState(
    string Unit, bool Expected, string Status, DateOnly DueDate, bool Extended = false, DateTimeOffset? OwesSince = null, DateTimeOffset? RemindedAt = null)
{
    /// <summary>Whether it has to be reminded: expected, and not filed or sent back.</summary>
    public bool Owes => Expected && Status is "missing" or "draft" or "returned";
}
