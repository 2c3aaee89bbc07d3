using System.Globalization;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Reminders;
using Aggregator.Api.Submissions;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Reminders;
using Aggregator.Submissions;
using Aggregator.Units;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Aggregator.Api.Years;

/// <summary>What is done with the units that were ticked: looked at once more, and then done to each.</summary>
public static class SelectionPages
{
    /// <summary>Maps <c>…/selection</c>.</summary>
    public static void MapSelectionPages(this RouteGroupBuilder year)
    {
        var selection = year.MapGroup("/selection").RequireRight(Right.ReviewReport);
        selection.MapGet("", ShowAsync);
        selection.MapPost("/remind", RemindAsync);
        selection.MapPost("/accept", AcceptAsync);
        selection.MapPost("/{wish:regex(^(extend|exempt)$)}", ChangeRosterAsync);
    }

    /// <summary>The ticked units: to which it will be done, and to which not.</summary>
    public static async Task<IResult> ShowAsync([AsParameters] YearSource source, CancellationToken token, string @do = "", [FromQuery] string[]? unit = null) =>
        (await source.FindAsync(token)).Is(out var year, out var refusal)
            ? new RazorComponentResult<SelectionPage>(new { County = year, Wish = @do, Ticked = (unit ?? []).ToHashSet() })
            : RefusalPage.Of(source.Context, refusal);

    /// <summary>Reminds them.</summary>
    public static async Task<IResult> RemindAsync([AsParameters] YearSource source, ReminderStore reminders, MailStore mails, CancellationToken token)
    {
        var units = Units(await PageForms.ReadAsync(source.Context, token)).Select(u => u.Unit).ToList();
        var sent = await ReminderEndpoints.SendAsync(source.County, source.Year, new SendBody(units), source.Context, reminders, mails, source.Time, token);
        return await PageForms.AnswerAsync(source.Context, "remind", sent, ReminderPages.Said((sent.Result as Ok<SentReminders>)?.Value), source.Address, () => ShowAsync(source, token, "remind", [.. units]));
    }

    /// <summary>Accepts their reports, each as it was when it was looked at.</summary>
    public static async Task<IResult> AcceptAsync([AsParameters] YearSource source, WorkflowStore workflow, StaleTotalNotifier stale, CancellationToken token)
    {
        var units = Units(await PageForms.ReadAsync(source.Context, token));
        var accepted = await WorkflowEndpoints.AcceptManyAsync(
            source.County, source.Year, new AcceptBody([.. units.Select(u => new SeenReport(u.Unit, u.Seen))]), source.Context, source.Years, workflow, stale, token);
        return await PageForms.AnswerAsync(source.Context, "accept", accepted, Said("已审核通过 # 个单位的报告。", accepted.Result), source.Address,
            () => ShowAsync(source, token, "accept", [.. units.Select(u => u.Unit)]));
    }

    /// <summary>Gives them more time, or exempts them.</summary>
    public static async Task<IResult> ChangeRosterAsync(
        [AsParameters] YearSource source, string wish, CalendarStore calendars, DueDateSettings dueDates, StaleTotalNotifier stale, CancellationToken token)
    {
        var form = await PageForms.ReadAsync(source.Context, token);
        var (units, extends) = (Units(form).Select(u => u.Unit).ToList(), wish == "extend");
        DateOnly? due = DateOnly.TryParseExact(form["dueDate"], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
        var body = new RosterBatchBody(units, extends, due, form["reason"].ToString().ReplaceLineEndings(" ").Trim());
        Results<Ok<Batch>, ProblemHttpResult> put = extends && due is null
            ? Problems.Of(Refusal.Invalid("dueDate", "invalid_due_date", "请写明延至哪一天"))
            : await RosterEndpoints.PutManyAsync(source.County, source.Year, body, source.Context, source.Years, source.Rosters, calendars, dueDates, stale, source.Time, token);
        return await PageForms.AnswerAsync(source.Context, wish, put, Said(extends ? "已为 # 个单位延期。" : "已将 # 个单位列为免报。", put.Result), source.Address,
            () => ShowAsync(source, token, wish, [.. units]));
    }

    /// <summary>For how many it is done, and why not for the others.</summary>
    static string Said(string done, IResult result) => (result as Ok<Batch>)?.Value is not { } batch ? ""
        : done.Replace("#", batch.Done.Count.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            + (batch.Refused.Count == 0 ? "" : $"{batch.Refused.Count} 个没有办成：{string.Concat(batch.Refused.Take(3).Select(r => r.Detail))}");

    /// <summary>A ticked unit, and the revision that was looked at: <c>360922201:3</c>.</summary>
    static List<(string Unit, int? Seen)> Units(IFormCollection form) =>
    [
        .. from text in form["unit"]
           let parts = text!.Split(':')
           select (parts[0], int.TryParse(parts.ElementAtOrDefault(1), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : (int?)null),
    ];
}
