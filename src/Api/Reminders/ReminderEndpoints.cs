using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Documents.Writing;
using Aggregator.Reminders;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Reminders;

/// <summary>The ladder and the log of a county's year.</summary>
/// <param name="Ladder">When the units are reminded.</param>
/// <param name="LadderRevision">Its revision, for <c>If-Match</c>; 0 for the default.</param>
/// <param name="MailConfigured">Whether there is a mail server; without one, mails wait.</param>
/// <param name="Waiting">How many mails wait.</param>
/// <param name="Warnings">What is only assumed, or does not work, in words.</param>
/// <param name="DueDateNote">What to know about the due date.</param>
/// <param name="Log">Mails, oldest first.</param>
public sealed record ReminderLog(
    Ladder Ladder, int LadderRevision, bool MailConfigured, long Waiting, IReadOnlyList<string> Warnings, string? DueDateNote, IReadOnlyList<MailLine> Log);

/// <summary>Who would get what when, if nobody filed from now on.</summary>
/// <param name="Warnings">What is only assumed, in words.</param>
/// <param name="DueDateNote">What to know about the due date.</param>
/// <param name="Mails">Mails in the order in which they would go out.</param>
public sealed record ReminderPlan(IReadOnlyList<string> Warnings, string? DueDateNote, IReadOnlyList<PlannedMail> Mails);

/// <summary>One planned mail.</summary>
/// <param name="At">When.</param>
/// <param name="Unit">Unit.</param>
/// <param name="Name">Its name.</param>
/// <param name="Step">Code of the step.</param>
/// <param name="To">Addresses.</param>
/// <param name="Copies">Addresses that get a copy.</param>
/// <param name="AttachLetter">Whether a dunning letter is attached.</param>
public sealed record PlannedMail(DateTimeOffset At, string Unit, string Name, string Step, IReadOnlyList<string> To, IReadOnlyList<string> Copies, bool AttachLetter);

/// <summary>A mail as it would be.</summary>
/// <param name="At">When it would be written.</param>
/// <param name="To">Addresses.</param>
/// <param name="Copies">Addresses that get a copy.</param>
/// <param name="Subject">Subject.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Html">HTML.</param>
public sealed record ReminderPreview(DateTimeOffset At, IReadOnlyList<string> To, IReadOnlyList<string> Copies, string Subject, string Text, string Html);

/// <summary>Whom to remind now.</summary>
/// <param name="Units">Units; all that have not filed, if left out.</param>
public sealed record SendBody(IReadOnlyList<string>? Units = null);

/// <summary>What came of it.</summary>
/// <param name="Queued">Units that are reminded.</param>
/// <param name="Skipped">Units that are not, and why.</param>
public sealed record SentReminders(IReadOnlyList<string> Queued, IReadOnlyList<SkippedUnit> Skipped);

/// <summary>A unit that is not reminded.</summary>
/// <param name="Unit">Unit.</param>
/// <param name="Reason">Why, in Chinese.</param>
public sealed record SkippedUnit(string Unit, string Reason);

/// <summary>Where a test mail goes.</summary>
/// <param name="Address">An address among the contacts of the county or its units.</param>
public sealed record TestMailBody(string Address);

/// <summary>Reminders to the units of a county.</summary>
public static class ReminderEndpoints
{
    const string NoServer = "没有设置邮件服务器（Mail:Host），邮件在队列中等待；其他功能不受影响。";

    /// <summary>Maps <c>…/reminders</c>.</summary>
    public static void MapReminders(this RouteGroupBuilder year)
    {
        var reminders = year.MapGroup("/reminders").WithTags("reminders");
        reminders.MapGet("", ListAsync).WithName("getReminders").RequireRight(Right.ReadDivision);
        reminders.MapGet("/plan", PlanAsync).WithName("getReminderPlan").RequireRight(Right.ReadDivision);
        reminders.MapGet("/preview", PreviewAsync).WithName("previewReminder").RequireRight(Right.ReadDivision);
        reminders.MapPut("/ladder", PutLadderAsync).WithName("putReminderLadder").RequireRight(Right.ManageCounty);
        reminders.MapPost("/send", SendAsync).WithName("sendReminders").RequireRight(Right.ManageCounty);
        reminders.MapPost("/test", TestAsync).WithName("sendTestMail").RequireRight(Right.ManageCounty);
        reminders.MapPost("/{id:long}/retry", RetryAsync).WithName("retryMail").RequireRight(Right.ManageCounty);
    }

    /// <summary>The ladder, and what was sent.</summary>
    /// <remarks>The log's lines after <c>?after=</c>, oldest first, in pages of 200. Errors: <c>year_not_found</c>.</remarks>
    public static async Task<Results<Ok<ReminderLog>, ProblemHttpResult>> ListAsync(
        string county, int year, HttpContext context, ReminderStore reminders, MailStore mails, MailSettings settings, CancellationToken token, long after = 0)
    {
        if (await reminders.FindAsync(county, year, "", token) is not { } found)
        {
            return Problems.YearNotFound(county, year);
        }

        var lines = await mails.ListAsync(county, year, after, Paging.Size + 1, context.Caller().May(Right.ReadContacts, county), token);
        return TypedResults.Ok(new ReminderLog(
            found.Ladder, found.LadderRevision, settings.Configured, await mails.CountWaitingAsync(county, year, token),
            WarningsOf(found, settings), found.Calendar.NoteOn(found.Year.DueDate),
            Paging.Page(context, lines, l => l.Id)));
    }

    /// <summary>Dry run: who would get what when, if nobody filed from now on.</summary>
    /// <remarks>Errors: <c>year_not_found</c>.</remarks>
    public static async Task<Results<Ok<ReminderPlan>, ProblemHttpResult>> PlanAsync(
        string county, int year, HttpContext context, ReminderStore reminders, TimeProvider time, CancellationToken token)
    {
        if (await reminders.FindAsync(county, year, null, token) is not { } found)
        {
            return Problems.YearNotFound(county, year);
        }

        return TypedResults.Ok(PlanOf(found, context.Caller().May(Right.ReadContacts, county), time.GetUtcNow()));
    }

    /// <summary>A reminder as it would be written on the day of its step.</summary>
    /// <remarks><c>?unit=</c> a unit of the roster, <c>?step=</c> a code such as <c>opening</c>, <c>before-7</c>, <c>due</c>, <c>after-3</c>. Errors: <c>year_not_found</c>, <c>unit_not_on_roster</c>, <c>unknown_step</c>.</remarks>
    public static async Task<Results<Ok<ReminderPreview>, ProblemHttpResult>> PreviewAsync(
        string county, int year, string unit, string step, ReminderStore reminders, RosterStore rosters, MailSettings settings, TimeProvider time, CancellationToken token)
    {
        if (await reminders.FindAsync(county, year, unit, token) is not { } found)
        {
            return Problems.YearNotFound(county, year);
        }

        if (found.Units is not [var one] || await rosters.FindAsync(county, year, unit, time.GetUtcNow(), token) is not { } line)
        {
            return Problems.NotFound("unit_not_on_roster", $"“{unit}”不在 {county} {year} 年度的名录中。");
        }

        var schedule = found.Ladder.Schedule(found.Year, one.State.DueDate, found.Calendar);
        if (schedule.FirstOrDefault(s => s.Code == step) is not { } wanted)
        {
            return Problems.NotFound("unknown_step", $"没有“{step}”这一步；现有：{string.Join('、', schedule.Select(s => s.Code))}。");
        }

        var to = MailAddresses.Of(one.Contacts, wanted.CopyLeader);
        var content = MailWording.Reminder(
            new MailSubject(found.CountyName, found.Year, line, found.Calendar, wanted.At, settings.PublicUrl, found.Office), step == Ladder.Opening, wanted.AttachLetter);
        return TypedResults.Ok(new ReminderPreview(wanted.At, to.To, to.Copies, content.Subject, content.ToText(), await MailHtml.WriteAsync(content)));
    }

    /// <summary>Change the ladder.</summary>
    /// <remarks><c>If-Match</c> with the ladder's revision. What was sent is not sent again. Errors: <c>invalid_ladder</c>, <c>invalid_if_match</c>, <c>stale_revision</c>, <c>year_not_found</c>.</remarks>
    public static async Task<Results<Ok<StoredLadder>, ProblemHttpResult>> PutLadderAsync(
        string county, int year, Ladder body, HttpContext context, YearStore years, LadderStore ladders, TimeProvider time, CancellationToken token)
    {
        if (!IfMatch.Read(context.Request, out var revision, out var refusal))
        {
            return Problems.Of(refusal);
        }

        if (await years.FindAsync(county, year, token) is null)
        {
            return Problems.YearNotFound(county, year);
        }

        var put = await ladders.PutAsync(county, year, body, revision, context.Caller().Actor, time.GetUtcNow(), token);
        return put.Is(out var stored, out refusal) ? TypedResults.Ok(stored) : Problems.Of(refusal);
    }

    /// <summary>Remind units now.</summary>
    /// <remarks>Those that are named, or all that have not filed; each at most once a day. Errors: <c>invalid_body</c>, <c>year_not_found</c>.</remarks>
    public static async Task<Results<Ok<SentReminders>, ProblemHttpResult>> SendAsync(
        string county, int year, SendBody body, HttpContext context, ReminderStore reminders, MailStore mails, TimeProvider time, CancellationToken token)
    {
        if (await reminders.FindAsync(county, year, null, token) is not { } found)
        {
            return Problems.YearNotFound(county, year);
        }

        if (body.Units?.Any(u => u is null) == true)
        {
            const string Detail = "units 应为单位代码的列表";
            return Problems.Of(new Refusal(RefusalKind.Invalid, "invalid_body", $"{Detail}。", [new RefusalError("$.units", "invalid_body", Detail)]));
        }

        var caller = context.Caller().Actor;
        var step = $"hand@{ChinaTime.DateOf(time.GetUtcNow()):yyyy-MM-dd}";
        var units = found.Units.ToDictionary(u => u.State.Unit);
        var wanted = body.Units?.Distinct().ToList() ?? [.. found.Units.Where(u => u.State.Owes).Select(u => u.State.Unit)];
        var skipped = wanted.Select(u => (Unit: u, Reason: WhyNot(units.GetValueOrDefault(u), step))).ToLookup(s => s.Reason is null);
        var queued = await mails.QueueRemindersAsync(
            county, year, [.. skipped[true].Select(s => new NewMail(s.Unit, step, new MailDetail("hand", By: caller)))], caller, token);
        var late = skipped[true].Where(s => !queued.Contains(s.Unit)).Select(s => new SkippedUnit(s.Unit, "刚刚已报送或已有提醒"));
        return TypedResults.Ok(new SentReminders(queued, [.. skipped[false].Select(s => new SkippedUnit(s.Unit, s.Reason!)), .. late]));
    }

    /// <summary>Send a test mail.</summary>
    /// <remarks>Only to an address that stands among the contacts of the county or its units, and once a minute: this is no way to write to anybody. Errors: <c>address_not_known</c>, <c>too_many_tests</c>, <c>year_not_found</c>.</remarks>
    public static async Task<Results<Accepted, ProblemHttpResult>> TestAsync(
        string county, int year, TestMailBody body, ReminderStore reminders, MailStore mails, TimeProvider time, CancellationToken token)
    {
        if (await reminders.FindAsync(county, year, null, token) is not { } found)
        {
            return Problems.YearNotFound(county, year);
        }

        var address = body.Address.Trim();
        var known = found.Units.SelectMany(u => u.Contacts).Concat(found.Office).Any(c => string.Equals(c.Email, address, StringComparison.OrdinalIgnoreCase));
        if (!known || MailAddresses.Refuse(address) is not null)
        {
            const string Detail = "测试邮件只能发往本县及其填报单位已登记的联系人地址";
            return Problems.Of(new Refusal(RefusalKind.Unacceptable, "address_not_known", $"{Detail}。", [new RefusalError("$.address", "address_not_known", Detail)]));
        }

        var mail = new NewMail(county, $"test@{time.GetUtcNow():yyyy-MM-dd'T'HH:mm}", new MailDetail(To: address));
        return await mails.QueueAsync(county, year, "test", mail, token) is null
            ? Problems.Of(new Refusal(RefusalKind.Conflict, "too_many_tests", "一分钟内已发过测试邮件，请稍后再试。"))
            : TypedResults.Accepted($"/api/v1/counties/{county}/years/{year}/reminders");
    }

    /// <summary>Try a mail again that was refused, given up or came back.</summary>
    /// <remarks>Errors: <c>mail_not_found</c>, <c>mail_not_retryable</c>.</remarks>
    public static async Task<Results<NoContent, ProblemHttpResult>> RetryAsync(
        string county, int year, long id, HttpContext context, MailStore mails, CancellationToken token) =>
        await mails.RetryAsync(county, year, id, context.Caller().Actor, token) is { } refusal ? Problems.Of(refusal) : TypedResults.NoContent();

    /// <summary>What is only assumed, or does not work.</summary>
    internal static IReadOnlyList<string> WarningsOf(ReminderYear found, MailSettings settings) => settings.Configured ? found.Warnings : [NoServer, .. found.Warnings];

    /// <summary>Who would get what when, if nobody filed from now on.</summary>
    internal static ReminderPlan PlanOf(ReminderYear found, bool addresses, DateTimeOffset now)
    {
        var mails =
            from unit in found.Units
            from step in found.Ladder.Ahead(found.Year, unit.State, found.Calendar, unit.Sent, now)
            let to = addresses ? MailAddresses.Of(unit.Contacts, step.CopyLeader) : new MailAddresses([], [])
            orderby step.At, unit.State.Unit
            select new PlannedMail(step.At, unit.State.Unit, unit.Name, step.Code, to.To, to.Copies, step.AttachLetter);
        return new ReminderPlan(found.Warnings, found.Calendar.NoteOn(found.Year.DueDate), [.. mails]);
    }

    static string? WhyNot(ReminderUnit? unit, string step) => unit switch
    {
        null => "不在名录中",
        { State.Expected: false } => "免报或已撤并",
        { State.Owes: false } => "已报送",
        _ when unit.Sent.Contains(step) => "今天已提醒过",
        _ => null,
    };
}
