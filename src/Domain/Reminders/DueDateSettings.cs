using Microsoft.Extensions.Configuration;

namespace Aggregator.Reminders;

/// <summary>
/// What becomes of a due date on a day off: setting <c>Calendar:MoveDueDates</c>. Article 49 names days and says nothing of
/// holidays, so a date stays where it is unless an installation decides otherwise; then it is moved when it is written.
/// </summary>
/// <param name="Move">Whether it moves to the next working day.</param>
public sealed record DueDateSettings(bool Move)
{
    /// <summary>The settings of a program; a wrong one stops its start.</summary>
    public static DueDateSettings Read(IConfiguration configuration) => new(configuration["Calendar:MoveDueDates"] switch
    {
        null or "" or "false" => false,
        "true" => true,
        var other => throw new ArgumentException($"Calendar:MoveDueDates is '{other}'; it takes true or false.", nameof(configuration)),
    });

    /// <summary>The due date that is written for a stated one.</summary>
    public DateOnly Of(DateOnly stated, WorkCalendar calendar) => Move ? calendar.OnOrAfter(stated) : stated;
}
