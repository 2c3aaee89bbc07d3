using System.Globalization;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Editions;
using Aggregator.Reminders;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Aggregator.Api.Years;

/// <summary>The page of a year's due dates and states.</summary>
public static class SettingPages
{
    /// <summary>Maps <c>…/settings</c>.</summary>
    public static void MapSettingPages(this RouteGroupBuilder year)
    {
        var settings = year.MapGroup("/settings").RequireRight(Right.ManageCounty);
        settings.MapGet("", ShowAsync);
        settings.MapPost("/dates", PutDatesAsync);
        settings.MapPost("/state", PutStateAsync);
        settings.MapPost("/next", OpenNextAsync);
    }

    /// <summary>Due dates, state, and what can be done next.</summary>
    public static async Task<IResult> ShowAsync([AsParameters] SettingSource source, CancellationToken token)
    {
        if (!(await source.Of.FindAsync(token)).Is(out var year, out var refusal))
        {
            return RefusalPage.Of(source.Of.Context, refusal);
        }

        return new RazorComponentResult<SettingsPage>(new
        {
            County = year,
            DueDateNote = (await source.Calendars.ReadAsync(token)).NoteOn(year.Year.DueDate),
            Editions = await source.Editions.ListAsync(source.County, source.Year, 0, Paging.Size, token),
            Newest = (await source.Years.ListAsync(source.County, token))[0].Year,
        });
    }

    /// <summary>Sets the due dates.</summary>
    public static async Task<IResult> PutDatesAsync([AsParameters] SettingSource source, CancellationToken token)
    {
        var form = await PageForms.ReadAsync(source.Context, token);
        return await PutAsync(source, source.Year, new YearBody(DueDate: Day(form["dueDate"]), CountyDueDate: Day(form["countyDueDate"])), "dates", "截止日期已保存。", token);
    }

    /// <summary>Closes, opens, publishes or takes back the year.</summary>
    public static async Task<IResult> PutStateAsync([AsParameters] SettingSource source, CancellationToken token)
    {
        var form = await PageForms.ReadAsync(source.Context, token);
        var (state, reason) = (form["state"].ToString(), form["reason"].ToString());
        return await PutAsync(
            source, source.Year,
            new YearBody(State: state, Edition: int.TryParse(form["edition"], NumberStyles.None, CultureInfo.InvariantCulture, out var edition) ? edition : null, Reason: reason.Length == 0 ? null : reason),
            form["form"].ToString() is { Length: > 0 } name ? name : "state", $"{source.Year} 年度现在是“{YearStep.LabelOf(state)}”。", token);
    }

    /// <summary>Opens the next report year.</summary>
    public static async Task<IResult> OpenNextAsync([AsParameters] SettingSource source, CancellationToken token) =>
        await PutAsync(source, source.Year + 1, new YearBody(), "next", $"{source.Year + 1} 年度已开设，请导入名录。", token, $"/counties/{source.County}/years/{source.Year + 1}/roster");

    static async Task<IResult> PutAsync(SettingSource source, int year, YearBody body, string form, string said, CancellationToken token, string? next = null) =>
        await PageForms.AnswerAsync(
            source.Context, form,
            await YearEndpoints.PutAsync(source.County, year, body, source.Context, source.Years, source.Editions, source.Calendars, source.DueDates, source.Stale, source.Time, token),
            said, next ?? $"{source.Of.Address}/settings", () => ShowAsync(source, token));

    static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}

/// <summary>What the page of a year's settings reads and writes.</summary>
/// <param name="County">County.</param>
/// <param name="Year">Report year.</param>
/// <param name="Context">The request.</param>
/// <param name="Units">Names the county.</param>
/// <param name="Years">The year.</param>
/// <param name="Rosters">Its units.</param>
/// <param name="Editions">What can be published.</param>
/// <param name="Calendars">Working days.</param>
/// <param name="DueDates">How due dates move on days off.</param>
/// <param name="Stale">Wakes the workers.</param>
/// <param name="Time">The clock.</param>
public sealed record SettingSource(
    string County, int Year, HttpContext Context,
    [FromServices] Aggregator.Units.UnitStore Units,
    [FromServices] YearStore Years,
    [FromServices] RosterStore Rosters,
    [FromServices] EditionStore Editions,
    [FromServices] CalendarStore Calendars,
    [FromServices] DueDateSettings DueDates,
    [FromServices] StaleTotalNotifier Stale,
    [FromServices] TimeProvider Time)
{
    /// <summary>The county's year.</summary>
    public YearSource Of => new(County, Year, Context, Units, Years, Rosters, Time);
}
