using System.Globalization;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Api.Years;
using Aggregator.Checks;
using Aggregator.Reminders;
using Aggregator.Submissions;
using Aggregator.Units;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Aggregator.Api.Submissions;

/// <summary>The page on which a county's coordinator reviews one report, and what can be done about it there.</summary>
public static class ReviewPages
{
    /// <summary>Maps <c>/counties/{county}/years/{year}/units/{unit}</c>.</summary>
    public static void MapReviewPages(this RouteGroupBuilder year)
    {
        var unit = year.MapGroup("/units/{unit}");
        unit.MapGet("", ShowAsync).RequireRight(Right.ReadReport);
        unit.MapPost("/{step:regex(^(return|accept|reopen)$)}", TakeStepAsync).RequireRight(Right.ReviewReport);
        unit.MapPost("/findings/{rule}/waive", WaiveAsync).RequireRight(Right.ReviewReport);
        unit.MapPost("/roster", ChangeRosterAsync).RequireRight(Right.ManageCounty);
    }

    /// <summary>One report: its figures as on paper, its findings, and the steps.</summary>
    public static async Task<IResult> ShowAsync([AsParameters] ReviewSource source, CancellationToken token, int? revision = null)
    {
        if (!(await source.FindAsync(token)).Is(out var report, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        var waiting = (await source.Rosters.ReadAsync(source.County, source.Year, source.Time.GetUtcNow(), token)).Units
            .Where(u => u.Status == "submitted" && u.Unit != source.Unit).ToList();
        return new RazorComponentResult<ReviewPage>(new
        {
            Report = report,
            Read = await source.Submissions.FindAsync(source.County, source.Year, source.Unit, revision, token),
            Last = await source.Reports.FindAsync(source.County, source.Year, source.Unit, token),
            MayReview = source.Caller.May(Right.ReviewReport, source.Unit),
            Waiting = waiting.Count,
            Next = waiting.Find(u => string.CompareOrdinal(u.Unit, source.Unit) > 0) ?? waiting.FirstOrDefault(),
        });
    }

    /// <summary>Returns, accepts or reopens the report that was looked at.</summary>
    public static async Task<IResult> TakeStepAsync([AsParameters] ReviewSource source, string step, WorkflowStore workflow, StaleTotalNotifier stale, CancellationToken token)
    {
        if ((await source.FindAsync(token)).Refusal is { } stranger)
        {
            return RefusalPage.Of(source.Context, stranger);
        }

        var form = await PageForms.ReadAsync(source.Context, token);
        var wanted = Workflow.Steps.Single(s => s.Action == step);
        int? seen = int.TryParse(form["seen"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        var reason = string.Join('\n', form["template"].Append(form["reason"].ToString().ReplaceLineEndings("\n").Trim()).Where(t => !string.IsNullOrEmpty(t)));
        var refusal = WorkflowEndpoints.RefuseReason(wanted, reason)
            ?? await workflow.StepAsync(wanted, source.County, source.Year, source.Unit, wanted.NeedsReason ? reason : null, seen, source.Caller.Actor, token);
        stale.Signal();
        return await PageForms.AnswerAsync(source.Context, step, refusal, step switch
        {
            "accept" => "已审核通过。",
            "return" => "已退回，填报单位登录后可以看到理由。",
            _ => "已重新打开，可以退回或者再次审核。",
        }, source.Address, () => ShowAsync(source, token));
    }

    /// <summary>Lets a hard finding pass.</summary>
    public static async Task<IResult> WaiveAsync([AsParameters] ReviewSource source, string rule, WaiverStore waivers, StaleTotalNotifier stale, CancellationToken token)
    {
        if ((await source.FindAsync(token)).Refusal is { } stranger)
        {
            return RefusalPage.Of(source.Context, stranger);
        }

        var form = await PageForms.ReadAsync(source.Context, token);
        var reason = form["reason"].ToString().ReplaceLineEndings(" ").Trim();
        var waived = await waivers.WaiveAsync(source.Submissions, source.County, source.Year, source.Unit, rule, form["path"], reason, source.Caller.Actor, token);
        stale.Signal();
        return await PageForms.AnswerAsync(source.Context, $"waive-{form["path"]}", waived.Refusal, "已豁免这一处；有关的数改动后，豁免失效。", $"{source.Address}#findings", () => ShowAsync(source, token));
    }

    /// <summary>Expects, exempts or extends the unit.</summary>
    public static async Task<IResult> ChangeRosterAsync(
        [AsParameters] ReviewSource source, CalendarStore calendars, DueDateSettings dueDates, StaleTotalNotifier stale, CancellationToken token)
    {
        var form = await PageForms.ReadAsync(source.Context, token);
        var (expected, extends) = (form["expected"] != "no", form.ContainsKey("dueDate"));
        DateOnly? due = DateOnly.TryParseExact(form["dueDate"], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
        var body = new RosterBody(expected, due, form["reason"].ToString().ReplaceLineEndings(" ").Trim());
        var refusal = extends && due is null ? Refusal.Invalid("dueDate", "invalid_due_date", "请写明延至哪一天")
            : await RosterEndpoints.ChangeAsync(source.County, source.Year, source.Unit, body, source.Caller.Actor, source.Years, source.Rosters, calendars, dueDates, source.Time.GetUtcNow(), token);
        stale.Signal();
        return await PageForms.AnswerAsync(source.Context, extends ? "extend" : "exempt", refusal,
            !expected ? "已列为免报，不再催报，也不影响完整程度。" : extends ? "已延期，提醒按新的截止日重新安排。" : "已列为应报。", source.Address,
            // Who looks after the roster need not be one who may read reports.
            () => source.Caller.May(Right.ReadReport, source.Unit) ? ShowAsync(source, token) : Task.FromResult<IResult>(RefusalPage.Of(source.Context, refusal!)));
    }
}

/// <summary>A unit's report as the county's address names it.</summary>
/// <param name="County">County.</param>
/// <param name="Year">Report year.</param>
/// <param name="Unit">Unit code.</param>
/// <param name="Context">The request.</param>
/// <param name="Units">Names it.</param>
/// <param name="Years">Its due day.</param>
/// <param name="Rosters">How far it is.</param>
/// <param name="Submissions">What it says.</param>
/// <param name="Reports">What last year's said.</param>
/// <param name="Time">The clock.</param>
public sealed record ReviewSource(
    string County, int Year, string Unit, HttpContext Context,
    [FromServices] UnitStore Units,
    [FromServices] YearStore Years,
    [FromServices] RosterStore Rosters,
    [FromServices] SubmissionStore Submissions,
    [FromServices] LastYearStore Reports,
    [FromServices] TimeProvider Time)
{
    /// <summary>Who calls.</summary>
    public Caller Caller => Context.Caller();

    /// <summary>Address of the page.</summary>
    public string Address => $"/counties/{County}/years/{Year}/units/{Unit}";

    /// <summary>The unit's year. Refusals: <c>year_not_found</c>, <c>unit_not_on_roster</c>, also for another county's unit.</summary>
    public async Task<Outcome<UnitYear>> FindAsync(CancellationToken token) => UnitCode.IsValid(Unit) && UnitCode.CountyOf(Unit) == County
        ? await new UnitYearSource(Unit, Year, Context, Units, Years, Rosters, Time).FindAsync(token)
        : new Refusal(RefusalKind.NotFound, "unit_not_on_roster", $"“{Unit}”不在 {County} {Year} 年度的报送名录中。");
}
