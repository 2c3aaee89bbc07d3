using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Forms;
using Aggregator.Reminders;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Years;

/// <summary>A report year as it is written; what is left out stays as it is, or is as the law says in a new year.</summary>
/// <param name="Form">The form in force for the year; may be left out.</param>
/// <param name="DueDate">Last day for the units; by law 31 January.</param>
/// <param name="CountyDueDate">Last day for the county's own report; by law 31 March.</param>
/// <param name="State"><c>open</c>, <c>closed</c> or <c>published</c>; a new year is open.</param>
public sealed record YearBody(string? Form = null, DateOnly? DueDate = null, DateOnly? CountyDueDate = null, string? State = null);

/// <summary>Report years of a county.</summary>
public static class YearEndpoints
{
    /// <summary>Maps <c>/counties/{county}/years/{year}</c>.</summary>
    public static void MapYears(this RouteGroupBuilder county)
    {
        var years = county.MapGroup("/years/{year:int}").WithTags("years");
        years.MapGet("", GetAsync).WithName("getYear").RequireRight(Right.ReadYear);
        years.MapPut("", PutAsync).WithName("putYear").RequireRight(Right.ManageCounty);
    }

    /// <summary>Form, due dates and state of a report year.</summary>
    /// <remarks>Errors: <c>year_not_found</c>.</remarks>
    public static async Task<Results<Ok<ReportingYear>, ProblemHttpResult>> GetAsync(string county, int year, YearStore years, CalendarStore calendars, CancellationToken token) =>
        await years.FindAsync(county, year, token) is { } found
            ? TypedResults.Ok(found with { DueDateNote = (await calendars.ReadAsync(token)).NoteOn(found.DueDate) })
            : Problems.YearNotFound(county, year);

    /// <summary>Open or change a report year.</summary>
    /// <remarks>Errors: <c>invalid_year</c>, <c>county_not_found</c>.</remarks>
    public static async Task<Results<Ok<ReportingYear>, Created<ReportingYear>, ProblemHttpResult>> PutAsync(
        string county, int year, YearBody body, HttpContext context, YearStore years, CalendarStore calendars, DueDateSettings dueDates, StaleTotalNotifier stale, TimeProvider time, CancellationToken token)
    {
        if (Form.ForYear(year) is not { } form || year > ReportingYear.Last)
        {
            return Invalid("year", $"报告年度应在 {ReportingYear.First} 至 {ReportingYear.Last} 之间");
        }

        if (body.Form is { } stated && stated != form.Code)
        {
            return Invalid("form", $"{year} 年度的法定格式是 {form.Code}（{form.Basis}），不是“{stated}”");
        }

        var before = await years.FindAsync(county, year, token);
        var calendar = await calendars.ReadAsync(token);
        var due = dueDates.Of(body.DueDate ?? before?.DueDate ?? ReportingYear.StatutoryDueDate(year), calendar);
        var written = new ReportingYear(
            county,
            year,
            form.Code,
            due,
            body.CountyDueDate ?? before?.CountyDueDate ?? ReportingYear.StatutoryCountyDueDate(year),
            body.State ?? before?.State ?? "open")
        {
            DueDateNote = calendar.NoteOn(due),
        };
        if (!ReportingYear.States.Contains(written.State))
        {
            return Invalid("state", "state 应为 open（开放）、closed（截止）或 published（已发布）");
        }

        if (written.DueDate.Year < year || written.DueDate.Year > year + 2 || written.CountyDueDate < written.DueDate)
        {
            return Invalid("dueDate", $"单位截止日应在 {year} 至 {year + 2} 年之间，且不晚于县级截止日");
        }

        var created = await years.PutAsync(written, context.Caller().KeyId, time.GetUtcNow(), token);
        stale.Signal();
        return created switch
        {
            null => Problems.NotFound("county_not_found", $"全国区划中没有代码为“{county}”的县级区划；自设的请先登记单位。"),
            true => TypedResults.Created($"/api/v1/counties/{county}/years/{year}", written),
            false => TypedResults.Ok(written),
        };
    }

    static ProblemHttpResult Invalid(string member, string detail) =>
        Problems.Of(new Refusal(RefusalKind.Invalid, "invalid_year", $"{detail}。", [new RefusalError($"$.{member}", "invalid_year", detail)]));
}
