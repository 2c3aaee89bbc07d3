using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Editions;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Editions;
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
/// <param name="Edition">Number of the edition to publish, or to put in place of the published one; may be left out at first.</param>
/// <param name="Reason">Why a published year is taken back, in Chinese, for the file; at most 2,000 characters.</param>
public sealed record YearBody(
    string? Form = null, DateOnly? DueDate = null, DateOnly? CountyDueDate = null, string? State = null, int? Edition = null, string? Reason = null);

/// <summary>Report years of a county.</summary>
public static class YearEndpoints
{
    const int MaxReason = 2000;

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
    /// <remarks>
    /// Which state can follow which is in <see cref="YearStep"/>. Publishing takes an edition: the one that is named, or the newest
    /// if nothing has come in since; the county's totals, and all above, then repeat it until the year is reopened, with a reason,
    /// or another edition is named. Errors: <c>invalid_year</c>, <c>county_not_found</c>, <c>illegal_step</c>,
    /// <c>reason_required</c>, <c>edition_required</c>, <c>edition_outdated</c>, <c>edition_not_found</c>, <c>edition_not_built</c>,
    /// <c>edition_failed</c>, <c>busy</c>.
    /// </remarks>
    public static async Task<Results<Ok<ReportingYear>, Created<ReportingYear>, ProblemHttpResult>> PutAsync(
        string county, int year, YearBody body, HttpContext context, YearStore years, EditionStore editions, CalendarStore calendars, DueDateSettings dueDates, StaleTotalNotifier stale, TimeProvider time, CancellationToken token)
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

        if (written.CountyDueDate.Year > year + 2)
        {
            return Invalid("countyDueDate", $"县级截止日应不晚于 {year + 2} 年底");
        }

        var reason = body.Reason?.Trim();
        if (reason is not null && (reason.Length > MaxReason || reason.Any(char.IsControl)))
        {
            return Invalid("reason", $"理由不超过 {MaxReason} 字，不含控制字符");
        }

        if (body.Edition is not null && written.State != "published")
        {
            return Invalid("edition", "只有发布（state 为 published）时才写明 edition");
        }

        var from = before?.State ?? "open";
        var isStep = from != written.State || (body.Edition is { } named && named != before!.PublishedEdition);
        var step = isStep ? YearStep.Find(from, written.State) : null;
        if (isStep && step is null)
        {
            return Problems.Of(YearStep.Refuse(from, written.State));
        }

        if (step is { NeedsReason: true } && string.IsNullOrEmpty(reason))
        {
            var detail = $"{step.Label}须写明理由（reason）";
            return Problems.Of(new Refusal(RefusalKind.Invalid, "reason_required", $"{detail}。", [new RefusalError("$.reason", "reason_required", detail)]));
        }

        if (step is { To: "published" })
        {
            if (!(await editions.ChooseAsync(county, year, body.Edition, token)).Is(out var edition, out var refusal))
            {
                EditionEndpoints.SayWhenToRetry(context.Response, refusal);
                return Problems.Of(refusal);
            }

            written = written with { PublishedEdition = edition.Number, PublishedLabel = edition.Label };
        }
        else if (step is null)
        {
            written = written with { PublishedEdition = before?.PublishedEdition, PublishedLabel = before?.PublishedLabel };
        }

        var created = await years.PutAsync(before, written, step, reason, context.Caller().Actor, time.GetUtcNow(), token);
        stale.Signal();
        return created switch
        {
            true => TypedResults.Created($"/api/v1/counties/{county}/years/{year}", written),
            false => TypedResults.Ok(written),
            null when await years.FindAsync(county, year, token) is not null => Problems.Of(
                new Refusal(RefusalKind.Conflict, "busy", "这个年度刚刚被他人修改，请重新查看后再试。")),
            null => Problems.NotFound("county_not_found", $"全国区划中没有代码为“{county}”的县级区划；自设的请先登记单位。"),
        };
    }

    static ProblemHttpResult Invalid(string member, string detail) =>
        Problems.Of(new Refusal(RefusalKind.Invalid, "invalid_year", $"{detail}。", [new RefusalError($"$.{member}", "invalid_year", detail)]));
}
