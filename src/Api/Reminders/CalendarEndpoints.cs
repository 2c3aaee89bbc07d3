using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Reminders;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Reminders;

/// <summary>A year's holidays as they are written.</summary>
/// <param name="Source">The notice of the State Council's office.</param>
/// <param name="DaysOff">Days off, weekends between them included; the last days of the December before may be among them.</param>
/// <param name="Workdays">Saturdays and Sundays on which people work (调休).</param>
public sealed record CalendarBody(string Source, IReadOnlyList<DateOnly> DaysOff, IReadOnlyList<DateOnly> Workdays);

/// <summary>Official holidays and make-up days.</summary>
public static class CalendarEndpoints
{
    /// <summary>Maps <c>/calendar/{year}</c>.</summary>
    public static void MapCalendar(this RouteGroupBuilder api)
    {
        var calendar = api.MapGroup("/calendar/{year:int}").WithTags("calendar");
        calendar.MapGet("", GetAsync).WithName("getCalendar").RequireAuthorization();
        calendar.MapPut("", PutAsync).WithName("putCalendar")
            .RequireAuthorization(policy => policy.RequireAssertion(context => context.User.CallerOrNull()?.Role == Role.Operator));
    }

    /// <summary>The holidays of a year, with the notice that they come from.</summary>
    /// <remarks>Errors: <c>calendar_not_found</c>: nobody has entered the year yet, and weekends are all that counts.</remarks>
    public static async Task<Results<Ok<HolidayYear>, ProblemHttpResult>> GetAsync(int year, CalendarStore calendars, CancellationToken token) =>
        await calendars.FindAsync(year, token) is { } found
            ? TypedResults.Ok(found)
            : Problems.NotFound("calendar_not_found", $"还没有录入{year}年的节假日安排，暂按周一至周五为工作日推算。");

    /// <summary>Enter or correct the holidays of a year.</summary>
    /// <remarks>What is written takes the place of what the release knows. Errors: <c>invalid_calendar</c>.</remarks>
    public static async Task<Results<Ok<HolidayYear>, ProblemHttpResult>> PutAsync(
        int year, CalendarBody body, HttpContext context, CalendarStore calendars, TimeProvider time, CancellationToken token)
    {
        var written = new HolidayYear(year, body.Source.Trim(), body.DaysOff, body.Workdays);
        return await calendars.PutAsync(written, context.Caller().Actor, time.GetUtcNow(), token) is { } refusal
            ? Problems.Of(refusal)
            : TypedResults.Ok((await calendars.FindAsync(year, token))!);
    }
}
