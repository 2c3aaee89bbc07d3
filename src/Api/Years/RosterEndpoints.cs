using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Reminders;
using Aggregator.Units;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Years;

/// <summary>What an import did.</summary>
/// <param name="Added">Units that are new on the roster.</param>
/// <param name="LeftOut">Units that are not on the roster, with the reason: closed, merged, exempt in the year that is copied, or too late for an import.</param>
/// <param name="Roster">The roster now.</param>
public sealed record RosterImport(int Added, IReadOnlyList<LeftOutUnit> LeftOut, Roster Roster);

/// <summary>A unit's place on the roster as it is written.</summary>
/// <param name="Expected">False exempts the unit (免报); needs a reason.</param>
/// <param name="DueDate">An extension for this unit; needs a reason.</param>
/// <param name="Reason">Why, in Chinese, for the file; also needed by a unit that is added after the due day.</param>
public sealed record RosterBody(bool Expected = true, DateOnly? DueDate = null, string? Reason = null);

/// <summary>Many units' place on the roster as it is written, the same for all.</summary>
/// <param name="Units">1 to 1,000 unit codes, each once.</param>
/// <param name="Expected">False exempts the units (免报); needs a reason.</param>
/// <param name="DueDate">An extension for these units; needs a reason.</param>
/// <param name="Reason">Why, in Chinese, for the file.</param>
public sealed record RosterBatchBody(IReadOnlyList<string> Units, bool Expected = true, DateOnly? DueDate = null, string? Reason = null);

/// <summary>Who has to report, and how far they are.</summary>
public static class RosterEndpoints
{
    /// <summary>Maps <c>…/roster</c>.</summary>
    public static void MapRoster(this RouteGroupBuilder year)
    {
        var roster = year.MapGroup("/roster").WithTags("roster");
        roster.MapGet("", GetAsync).WithName("getRoster").RequireRight(Right.ReadDivision);
        roster.MapPost("/import", ImportAsync).WithName("importRoster").RequireRight(Right.ManageCounty);
        roster.MapPut("", PutManyAsync).WithName("putRosterUnits").RequireRight(Right.ManageCounty);
        roster.MapPut("/{unit}", PutAsync).WithName("putRosterUnit").RequireRight(Right.ManageCounty);
    }

    /// <summary>Units with status, lateness and findings; counts and rates.</summary>
    /// <remarks>Errors: <c>year_not_found</c>.</remarks>
    public static async Task<Results<Ok<Roster>, ProblemHttpResult>> GetAsync(
        string county, int year, YearStore years, RosterStore rosters, TimeProvider time, CancellationToken token)
    {
        var roster = await rosters.ReadAsync(county, year, time.GetUtcNow(), token);
        return roster.Units.Count > 0 || await years.FindAsync(county, year, token) is not null
            ? TypedResults.Ok(roster)
            : Problems.YearNotFound(county, year);
    }

    /// <summary>Fill the roster from the list of divisions, and from an earlier year.</summary>
    /// <remarks>
    /// Adds the county's streets, towns and townships, and with <c>?from=</c> whoever else was expected in that year, such as its departments;
    /// who is there already stays as is. Who does not report for the year, being closed or merged, is left out and named; so is who would be
    /// late on a roster that was there before the due day, and who is no township and was exempt in the year that is copied. Errors:
    /// <c>year_not_found</c>.
    /// </remarks>
    public static async Task<Results<Ok<RosterImport>, ProblemHttpResult>> ImportAsync(
        string county, int year, HttpContext context, YearStore years, RosterStore rosters, StaleTotalNotifier stale, TimeProvider time, CancellationToken token, int? from = null)
    {
        foreach (var wanted in new[] { year, from ?? year })
        {
            if (await years.FindAsync(county, wanted, token) is null)
            {
                return Problems.YearNotFound(county, wanted);
            }
        }

        var now = time.GetUtcNow();
        var added = await rosters.ImportAsync(county, year, from, context.Caller().Actor, now, token);
        stale.Signal();
        return TypedResults.Ok(new RosterImport(added.Added, added.LeftOut, await rosters.ReadAsync(county, year, now, token)));
    }

    /// <summary>Expect, exempt or extend a unit.</summary>
    /// <remarks>
    /// A unit that is put on the roster after the due day, when others had been there before, is added late: that needs a reason and
    /// is shown. Errors: <c>reason_required</c>, <c>invalid_due_date</c>, <c>year_not_found</c>, <c>unit_not_found</c>,
    /// <c>unit_not_active</c> for a year in which the unit does not report.
    /// </remarks>
    public static async Task<Results<Ok<RosterLine>, ProblemHttpResult>> PutAsync(
        string county, int year, string unit, RosterBody body, HttpContext context, YearStore years, RosterStore rosters, CalendarStore calendars, DueDateSettings dueDates, StaleTotalNotifier stale, TimeProvider time, CancellationToken token)
    {
        var now = time.GetUtcNow();
        if (await ChangeAsync(county, year, unit, body, context.Caller().Actor, years, rosters, calendars, dueDates, now, token) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        stale.Signal();
        return TypedResults.Ok((await rosters.FindAsync(county, year, unit, now, token))!);
    }

    /// <summary>Expect, exempt or extend many units at once.</summary>
    /// <remarks>
    /// One transaction. Each unit stands for itself: one with which it cannot be done is named under <c>refused</c> with the code and the words
    /// that it alone would be refused with; the others are changed. Errors: <c>invalid_body</c>, <c>reason_required</c>,
    /// <c>invalid_due_date</c>, <c>year_not_found</c>.
    /// </remarks>
    public static async Task<Results<Ok<Batch>, ProblemHttpResult>> PutManyAsync(
        string county, int year, RosterBatchBody body, HttpContext context, YearStore years, RosterStore rosters, CalendarStore calendars, DueDateSettings dueDates, StaleTotalNotifier stale, TimeProvider time, CancellationToken token)
    {
        if (Batch.RefuseList(body.Units) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        var entry = await ReadAsync(county, year, new(body.Expected, body.DueDate, body.Reason), years, calendars, dueDates, token);
        if (!entry.Is(out var written, out refusal))
        {
            return Problems.Of(refusal);
        }

        var outcomes = await rosters.PutAsync(county, year, body.Units, written, context.Caller().Actor, time.GetUtcNow(), token);
        stale.Signal();
        return TypedResults.Ok(Batch.Of(outcomes));
    }

    /// <summary>Changes a unit's place on the roster; null if it is done.</summary>
    internal static async Task<Refusal?> ChangeAsync(
        string county, int year, string unit, RosterBody body, string actor, YearStore years, RosterStore rosters,
        CalendarStore calendars, DueDateSettings dueDates, DateTimeOffset now, CancellationToken token)
    {
        if (!UnitCode.IsValid(unit))
        {
            return new Refusal(RefusalKind.NotFound, "unit_not_found", $"{county} 没有代码为“{unit}”的单位；县直部门请先登记（PUT /units/{{code}}）。");
        }

        return (await ReadAsync(county, year, body, years, calendars, dueDates, token)).Is(out var entry, out var refusal)
            ? (await rosters.PutAsync(county, year, [unit], entry, actor, now, token)).Single().Refusal
            : refusal;
    }

    /// <summary>What is to be written. Refusals: <c>reason_required</c>, <c>invalid_due_date</c>, <c>year_not_found</c>.</summary>
    static async Task<Outcome<RosterEntry>> ReadAsync(
        string county, int year, RosterBody body, YearStore years, CalendarStore calendars, DueDateSettings dueDates, CancellationToken token)
    {
        var reason = body.Reason?.Trim();
        if (((!body.Expected || body.DueDate is not null) && string.IsNullOrEmpty(reason)) || reason?.Length > 500 || reason?.Any(char.IsControl) == true)
        {
            return Refusal.Invalid("reason", "reason_required", "免报或延期须写明理由（reason），不超过 500 字，不含控制字符");
        }

        if (await years.FindAsync(county, year, token) is not { } found)
        {
            return Problems.NoYear(county, year);
        }

        if (body.DueDate is { } due && (due < found.DueDate || due.Year > year + 2))
        {
            return Refusal.Invalid("dueDate", "invalid_due_date", "延期日期不能早于本年度的截止日，也不能晚于报告年度之后第二年");
        }

        DateOnly? extension = body.DueDate is { } stated ? dueDates.Of(stated, await calendars.ReadAsync(token)) : null;
        return new RosterEntry(body.Expected, extension, reason);
    }
}
