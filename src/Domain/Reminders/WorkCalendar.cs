using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace Aggregator.Reminders;

/// <summary>The official holidays of one year, as the State Council's yearly notice arranges them.</summary>
/// <param name="Year">The year that the notice is about; its first days off may lie in the December before.</param>
/// <param name="Source">The notice.</param>
/// <param name="DaysOff">Days off, weekends between them included.</param>
/// <param name="Workdays">Saturdays and Sundays on which people work (调休).</param>
public sealed record HolidayYear(int Year, string Source, IReadOnlyList<DateOnly> DaysOff, IReadOnlyList<DateOnly> Workdays)
{
    const int MaxDays = 60;

    /// <summary>The years whose notices are known to this release.</summary>
    public static readonly ImmutableArray<HolidayYear> Known = Load();

    /// <summary>Why this is not a year's arrangement, or null.</summary>
    public Refusal? Refuse()
    {
        RefusalError? error =
            Year is < 2000 or > 2100 ? Error("year", "年份应在 2000 至 2100 之间")
            : string.IsNullOrWhiteSpace(Source) || Source.Length > 300 || Source.Any(char.IsControl) ? Error("source", "请写明依据的通知（source），不超过 300 字，不含控制字符")
            : DaysOff.Count is 0 or > MaxDays || Workdays.Count > MaxDays ? Error("daysOff", $"放假日期应为 1 至 {MaxDays} 个，调休上班日期不超过 {MaxDays} 个")
            : DaysOff.Concat(Workdays).GroupBy(d => d).FirstOrDefault(g => g.Count() > 1) is { } twice ? Error("daysOff", $"{twice.Key:yyyy-MM-dd} 出现了两次")
            : DaysOff.Concat(Workdays).Where(d => d.Year != Year && d < new DateOnly(Year - 1, 12, 25)).Concat(DaysOff.Concat(Workdays).Where(d => d.Year > Year)).FirstOrDefault() is { Year: > 1 } far
                ? Error("daysOff", $"{far:yyyy-MM-dd} 不属于 {Year} 年的安排（上一年 12 月 25 日起可以）")
            : Workdays.FirstOrDefault(d => !WorkCalendar.IsWeekend(d)) is { Year: > 1 } plain ? Error("workdays", $"{plain:yyyy-MM-dd} 不是周六、周日，本来就要上班")
            : null;
        return error is null ? null : new Refusal(RefusalKind.Invalid, "invalid_calendar", $"{error.Detail}。", [error]);
    }

    static RefusalError Error(string member, string detail) => new($"$.{member}", "invalid_calendar", detail);

    static ImmutableArray<HolidayYear> Load()
    {
        using var stream = typeof(HolidayYear).Assembly.GetManifestResourceStream("holidays.json")!;
        return [.. JsonSerializer.Deserialize(stream, StoredJson.Readable.ListHolidayYear)!];
    }
}

/// <summary>Chinese working days: weekends, official holidays and make-up days (调休). Pure; the days are China's.</summary>
public sealed class WorkCalendar
{
    readonly FrozenSet<DateOnly> off;
    readonly FrozenSet<DateOnly> worked;
    readonly FrozenSet<int> years;

    /// <summary>A calendar of some years; what is known of no year is weekdays and weekends.</summary>
    public WorkCalendar(IEnumerable<HolidayYear> holidays)
    {
        HolidayYear[] all = [.. holidays];
        off = all.SelectMany(h => h.DaysOff).ToFrozenSet();
        worked = all.SelectMany(h => h.Workdays).ToFrozenSet();
        years = all.Select(h => h.Year).ToFrozenSet();
    }

    /// <summary>The calendar of this release, before an operator's changes.</summary>
    public static WorkCalendar Known { get; } = new(HolidayYear.Known);

    /// <summary>Whether the year's notice is known; otherwise only weekends count.</summary>
    public bool Knows(int year) => years.Contains(year);

    /// <summary>Whether people work on a day.</summary>
    public bool IsWorkday(DateOnly day) => worked.Contains(day) || (!off.Contains(day) && !IsWeekend(day));

    /// <summary>The day itself if people work on it, else the next one on which they do.</summary>
    public DateOnly OnOrAfter(DateOnly day)
    {
        while (!IsWorkday(day))
        {
            day = day.AddDays(1);
        }

        return day;
    }

    /// <summary>A number of working days after a day, or before it if the number is negative; the day itself does not count.</summary>
    public DateOnly AddWorkdays(DateOnly day, int workdays)
    {
        for (var left = Math.Abs(workdays); left > 0;)
        {
            day = day.AddDays(Math.Sign(workdays));
            left -= IsWorkday(day) ? 1 : 0;
        }

        return day;
    }

    /// <summary>How many working days there are after a day, up to and with another one; 0 if it is not later.</summary>
    public int WorkdaysUntil(DateOnly day, DateOnly end)
    {
        var count = 0;
        while (day < end)
        {
            day = day.AddDays(1);
            count += IsWorkday(day) ? 1 : 0;
        }

        return count;
    }

    /// <summary>What a clerk should know about a due date: it is a day off, or nobody knows yet whether it is; null for a plain working day.</summary>
    public string? NoteOn(DateOnly due) =>
        !IsWorkday(due) ? $"{Text(due)}不是工作日，截止日不顺延；最后一个工作日是{Text(AddWorkdays(due, -1))}。"
        : !Knows(due.Year) ? MissingYear(due.Year)
        : null;

    /// <summary>What is assumed for years whose notices are not there yet, in words.</summary>
    public IReadOnlyList<string> Warnings(params ReadOnlySpan<int> needed)
    {
        var warnings = new List<string>();
        foreach (var year in needed)
        {
            if (!Knows(year) && !warnings.Contains(MissingYear(year)))
            {
                warnings.Add(MissingYear(year));
            }
        }

        return warnings;
    }

    internal static bool IsWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    static string MissingYear(int year) => $"还没有录入{year}年的节假日安排，暂按周一至周五为工作日推算；请运维在国务院办公厅通知发布后录入（PUT /calendar/{year}）。";

    static string Text(DateOnly day) => Years.ChinaTime.Text(day);
}
