using System.Globalization;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Api.Years;
using Aggregator.Reminders;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Reminders;

/// <summary>The pages about reminders: what goes out when, what went out, and what can be sent now.</summary>
public static class ReminderPages
{
    const int LogLines = 100;

    /// <summary>Maps <c>…/reminders</c>.</summary>
    public static void MapReminderPages(this RouteGroupBuilder year)
    {
        var reminders = year.MapGroup("/reminders");
        var read = reminders.MapGroup("").RequireRight(Right.ReadDivision);
        read.MapGet("", ShowAsync);
        read.MapGet("/preview", ShowPreviewAsync);

        var manage = reminders.MapGroup("").RequireRight(Right.ManageCounty);
        manage.MapPost("/send", SendAsync);
        manage.MapPost("/test", TestAsync);
        manage.MapPost("/ladder", PutLadderAsync);
        manage.MapPost("/{id:long}/retry", RetryAsync);
    }

    /// <summary>What goes out next, the ladder, and the log, newest first.</summary>
    public static async Task<IResult> ShowAsync([AsParameters] YearSource source, ReminderStore reminders, MailStore mails, MailSettings settings, CancellationToken token, long? before = null)
    {
        if (!(await source.FindAsync(token)).Is(out var year, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        var (found, caller) = ((await reminders.FindAsync(source.County, source.Year, null, token))!, source.Context.Caller());
        var log = await mails.ListLastAsync(source.County, source.Year, before, LogLines + 1, caller.May(Right.ReadContacts, source.County), token);
        return new RazorComponentResult<RemindersPage>(new
        {
            County = year,
            Reminders = found,
            Plan = ReminderEndpoints.PlanOf(found, addresses: false, source.Time.GetUtcNow()),
            Log = log.Take(LogLines).ToList(),
            Older = log.Count > LogLines ? log[LogLines - 1].Id : (long?)null,
            Warnings = ReminderEndpoints.WarningsOf(found, settings),
            MayManage = caller.May(Right.ManageCounty, source.County),
        });
    }

    /// <summary>A mail as it would be.</summary>
    public static async Task<IResult> ShowPreviewAsync(
        [AsParameters] YearSource source, ReminderStore reminders, MailSettings settings, CancellationToken token, string unit = "", string step = "")
    {
        if (!(await source.FindAsync(token)).Is(out var year, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        var preview = await ReminderEndpoints.PreviewAsync(source.County, source.Year, unit, step, reminders, source.Rosters, settings, source.Time, token);
        return preview.Result is Ok<ReminderPreview> { Value: { } mail }
            ? new RazorComponentResult<ReminderPreviewPage>(new { County = year, Mail = mail, Unit = unit })
            : RefusalPage.Of(((ProblemHttpResult)preview.Result).ProblemDetails, $"{year.Address}/reminders");
    }

    /// <summary>Reminds all that have not filed.</summary>
    public static async Task<IResult> SendAsync([AsParameters] YearSource source, ReminderStore reminders, MailStore mails, MailSettings settings, CancellationToken token)
    {
        var sent = await ReminderEndpoints.SendAsync(source.County, source.Year, new SendBody(), source.Context, reminders, mails, source.Time, token);
        return await PageForms.AnswerAsync(source.Context, "send", sent, Said((sent.Result as Ok<SentReminders>)?.Value), $"{source.Address}/reminders",
            () => ShowAsync(source, reminders, mails, settings, token));
    }

    /// <summary>Sends a test mail.</summary>
    public static async Task<IResult> TestAsync([AsParameters] YearSource source, ReminderStore reminders, MailStore mails, MailSettings settings, CancellationToken token)
    {
        var form = await SignInPages.ReadAsync(source.Context.Request, token);
        var sent = await ReminderEndpoints.TestAsync(source.County, source.Year, new TestMailBody(form["address"].ToString()), reminders, mails, source.Time, token);
        return await PageForms.AnswerAsync(source.Context, "test", sent, "测试邮件已放入发送队列，请稍后查看收件箱和下面的记录。", $"{source.Address}/reminders",
            () => ShowAsync(source, reminders, mails, settings, token));
    }

    /// <summary>Changes the ladder.</summary>
    public static async Task<IResult> PutLadderAsync(
        [AsParameters] YearSource source, ReminderStore reminders, MailStore mails, MailSettings settings, LadderStore ladders, CancellationToken token)
    {
        var form = await SignInPages.ReadAsync(source.Context.Request, token);
        Refusal? refusal = null;
        if (Read(form) is { } ladder)
        {
            refusal = (await ladders.PutAsync(source.County, source.Year, ladder, Number(form["revision"]), source.Context.Caller().Actor, source.Time.GetUtcNow(), token)).Refusal;
        }
        else
        {
            refusal = new Refusal(RefusalKind.Invalid, "invalid_ladder", "时间应为“9:00”这样的时刻，天数应为整数。");
        }

        return await PageForms.AnswerAsync(source.Context, "ladder", refusal, "提醒安排已保存；已经发出的不会重发。", $"{source.Address}/reminders",
            () => ShowAsync(source, reminders, mails, settings, token));
    }

    /// <summary>Tries a mail again.</summary>
    public static async Task<IResult> RetryAsync([AsParameters] YearSource source, long id, ReminderStore reminders, MailStore mails, MailSettings settings, CancellationToken token) =>
        await PageForms.AnswerAsync(source.Context, "retry", await mails.RetryAsync(source.County, source.Year, id, source.Context.Caller().Actor, token),
            "邮件已重新放入发送队列。", $"{source.Address}/reminders", () => ShowAsync(source, reminders, mails, settings, token));

    /// <summary>What came of reminding, in words.</summary>
    internal static string Said(SentReminders? sent) => sent is null ? ""
        : (sent.Queued.Count, sent.Skipped.Count) switch
        {
            (0, _) => $"没有发出提醒：{string.Join('、', sent.Skipped.Select(s => s.Reason).Distinct())}。",
            (var queued, 0) => $"已向 {queued} 个单位发出提醒。",
            (var queued, var skipped) => $"已向 {queued} 个单位发出提醒；{skipped} 个单位没有发（{string.Join('、', sent.Skipped.Select(s => s.Reason).Distinct())}）。",
        };

    /// <summary>The ladder as it stands in the form; null where a number or the time is none.</summary>
    static Ladder? Read(IFormCollection form)
    {
        var steps = new List<LadderStep>();
        for (var i = 0; form.ContainsKey($"days.{i}"); i++)
        {
            if (form[$"days.{i}"].ToString().Trim() is { Length: > 0 } text)
            {
                if (Number(text) is not { } days)
                {
                    return null;
                }

                steps.Add(new LadderStep(form[$"when.{i}"] == "before" ? -days : days, form.ContainsKey($"leader.{i}"), form.ContainsKey($"letter.{i}")));
            }
        }

        var repeat = form["repeatDays"].ToString().Trim();
        return TimeOnly.TryParseExact(form["time"].ToString().Trim(), ["H:mm", "HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            && Number(form["openingWorkdays"]) is { } opening && (repeat.Length == 0 || Number(repeat) is not null)
            ? new Ladder(form.ContainsKey("enabled"), time, opening, [.. steps.OrderBy(s => s.Days)], repeat.Length == 0 ? null : Number(repeat))
            : null;
    }

    static int? Number(string? text) => int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
