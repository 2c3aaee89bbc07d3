using System.Text.Json;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Submissions;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Aggregator.Api.Submissions;

/// <summary>
/// The pages of a unit's clerk: how far the report is, the form to fill in, a file to hand in, receipt and history. They work
/// without script, and do what the endpoints do by the same functions.
/// </summary>
public static class UnitPages
{
    /// <summary>Maps <c>/units/{unit}/years/{year}</c>.</summary>
    public static void MapUnitPages(this IEndpointRouteBuilder app)
    {
        var unit = app.MapGroup("/units/{unit}/years/{year:int}").ExcludeFromDescription();
        var read = unit.MapGroup("").RequireRight(Right.ReadReport);
        read.MapGet("", ShowAsync);
        read.MapGet("/reading", ShowReadingAsync);
        read.MapGet("/receipt", ShowReceiptAsync);
        read.MapGet("/history", ShowHistoryAsync);

        var write = unit.MapGroup("").RequireRight(Right.FileReport);
        write.MapGet("/edit", ShowFormAsync);
        write.MapPost("/edit", TakeFormAsync);
        write.MapPost("/document", TakeDocumentAsync).WithMetadata(new RequestSizeLimitAttribute(2L * DocumentEndpoints.MaxBodyBytes));
        write.MapPost("/withdraw", WithdrawAsync);
        write.MapPost("/findings/{rule}/explain", ExplainAsync);
    }

    /// <summary>What is due, how far it is, what is wrong, what to do next.</summary>
    public static async Task<IResult> ShowAsync([AsParameters] UnitYearSource source, SubmissionStore submissions, YearStore years, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var report, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal, "/account");
        }

        return new RazorComponentResult<UnitPage>(new
        {
            Report = report,
            Years = await years.ListAsync(report.County, token),
            Newest = await submissions.FindAsync(report.County, source.Year, source.Unit, null, token),
            IsReporter = source.Caller.Role == Role.Reporter,
        });
    }

    /// <summary>The form: the newest revision, or what last year's report says about this year's.</summary>
    public static async Task<IResult> ShowFormAsync(
        [AsParameters] UnitYearSource source, SubmissionStore submissions, TypingStore typings, LastYearStore reports, RuleSettings rules, CancellationToken token, int? saved = null)
    {
        if (!(await source.FindAsync(token)).Is(out var report, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        var last = await reports.FindAsync(report.County, source.Year, source.Unit, token);
        var newest = await submissions.FindAsync(report.County, source.Year, source.Unit, null, token);
        var typed = newest switch
        {
            null => TypedReport.Of(last is null ? new Figures(report.Form) : Prefill.Of(source.Unit, source.Year, report.Form, last).Figures,
                report.Form.Prose.Select(_ => ""), null, null, 0),
            { Form: var code } when code == report.Form.Code => TypedReport.Of(
                newest.Figures, report.Form.Prose.Select(s => newest.Prose.GetValueOrDefault(s.Code)), newest.PublishedAt, newest.PublishedUrl, newest.RevisionNumber),
            _ => Converted(newest, new CheckScope(CheckLevel.Unit, report.Form, rules, last)),
        };
        var restored = await typings.FindAsync(report.County, source.Year, source.Unit, token) is { } typing && typing.Form == report.Form.Code && typing.Seen == typed.Seen ? typing : null;
        typed = restored is null ? typed : TypedReport.Of(report.Form, restored);
        var (message, kind) = (saved, newest) switch
        {
            _ when restored is not null => (null, "ok"),
            ({ } number, _) => ($"草稿已保存（第 {number} 稿，{ChinaTime.ShortText(source.Time.GetUtcNow())}），尚未报送。", "ok"),
            (_, { } found) when found.Form != report.Form.Code => ($"第 {found.RevisionNumber} 稿用的是{found.Form}年格式，已按{report.Form.Code}年格式换好；空着的格请据实填写。", "warning"),
            (_, null) when last is not null => ($"已按 {last.Year} 年度报告预填上年结转数，其余请据实填写。", "ok"),
            _ => (null, "ok"),
        };
        return new RazorComponentResult<EditPage>(new
        {
            Report = report,
            Typed = typed,
            Last = last,
            Findings = restored is null && newest is not null && newest.Form == report.Form.Code ? newest.Findings : [],
            Restored = restored,
            Message = message,
            Kind = kind,
        });
    }

    /// <summary>What was typed: checked, completed, kept as a draft or filed. Whatever comes of it, nothing typed is lost.</summary>
    public static async Task<IResult> TakeFormAsync(
        [AsParameters] UnitYearSource source, SubmissionStore submissions, TypingStore typings, LastYearStore reports, StaleTotalNotifier stale, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var report, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        var fields = await SignInPages.ReadAsync(source.Context.Request, token);
        var (typed, wish) = (TypedReport.Read(report.Form, fields), fields["do"].ToString());
        if (wish == "drop")
        {
            await typings.DropAsync(report.County, source.Year, source.Unit, token);
            return Results.LocalRedirect($"{report.Address}/edit");
        }

        if (wish == "type")
        {
            return await CheckTypedAsync(source, report, typed, fields.ContainsKey("keep"), submissions, typings, token);
        }

        var last = await reports.FindAsync(report.County, source.Year, source.Unit, token);
        typed = wish switch
        {
            "zeros" => typed.WithZeros().WithTotals(),
            "totals" => typed.WithTotals(),
            _ => typed,
        };
        if (!typed.ToSubmission(source.Unit).Is(out var submission, out refusal))
        {
            return Page(refusal.Detail, "hard", errors: refusal.Errors, status: 400);
        }

        var request = new FilingRequest(report.County, source.Year, source.Caller.Actor, MayStateFiledAt: false, IdempotencyKey: null, typed.Seen, AsDraft: wish == "save");
        if (wish is not ("save" or "file"))
        {
            return (await submissions.CheckAsync(submission, request with { IfRevision = null }, token)).Is(out var found, out refusal)
                ? Page(wish switch { "zeros" => "空着的格已填 0，总计已计算；尚未保存。", "totals" => "总计已计算；尚未保存。", _ => null }, "", found)
                : Page(refusal.Detail, "hard", status: Problems.Status(refusal.Kind));
        }

        if (!(await submissions.FileAsync(submission, request, token)).Is(out var receipt, out refusal))
        {
            if (refusal.Kind != RefusalKind.Stale || await submissions.FindAsync(report.County, source.Year, source.Unit, null, token) is not { } newest)
            {
                return Page(refusal.Detail, "hard", status: Problems.Status(refusal.Kind));
            }

            var before = await submissions.FindAsync(report.County, source.Year, source.Unit, typed.Seen, token);
            typed = typed with { Seen = newest.RevisionNumber };
            return Page($"在您填写期间，已有人保存了第 {newest.RevisionNumber} 稿。您填写的内容还在，没有保存。", "warning",
                changes: [.. RevisionChange.Between(before, newest)], status: 412);
        }

        await typings.DropAsync(report.County, source.Year, source.Unit, token);
        if (wish == "save")
        {
            return Results.LocalRedirect($"{report.Address}/edit?saved={receipt.Revision}");
        }

        if (receipt.Status == "submitted")
        {
            stale.Signal();
            return Results.LocalRedirect($"{report.Address}/receipt?revision={receipt.Revision}");
        }

        typed = typed with { Seen = receipt.Revision };
        var hard = receipt.Findings.Count(f => f.Blocks);
        return Page($"有 {hard} 处必须改正，还没有报送。填写的内容已存为草稿（第 {receipt.Revision} 稿），改正后再点“报送”。", "hard", receipt.Findings, status: 422);

        IResult Page(string? message, string kind, IReadOnlyList<Finding>? findings = null, IReadOnlyList<RefusalError>? errors = null,
            IReadOnlyList<RevisionChange>? changes = null, int status = 200) =>
            new RazorComponentResult<EditPage>(new
            {
                Report = report,
                Typed = typed,
                Last = last,
                Findings = findings ?? [],
                Errors = errors ?? [],
                Changes = changes ?? [],
                Checked = findings is not null,
                Message = message,
                Kind = kind,
            })
            { StatusCode = status };
    }

    /// <summary>What a check says while one types; now and then what is typed is kept besides.</summary>
    static async Task<IResult> CheckTypedAsync(
        UnitYearSource source, UnitYear report, TypedReport typed, bool keep, SubmissionStore submissions, TypingStore typings, CancellationToken token)
    {
        var now = source.Time.GetUtcNow();
        if (keep)
        {
            await typings.KeepAsync(report.County, source.Year, source.Unit, typed.ToTyping(source.Caller.Actor, now), token);
        }

        List<Finding>? found = null;
        if (typed.ToSubmission(source.Unit).Is(out var submission, out var refusal))
        {
            var request = new FilingRequest(report.County, source.Year, source.Caller.Actor, MayStateFiledAt: false, IdempotencyKey: null, IfRevision: null);
            (await submissions.CheckAsync(submission, request, token)).Is(out found, out refusal);
        }

        return new RazorComponentResult<TypedFindings>(new
        {
            Findings = found ?? [],
            Errors = refusal is null ? [] : refusal.Errors.IsEmpty ? [new RefusalError("report", refusal.Code, refusal.Detail)] : refusal.Errors,
            Checked = found is not null,
            Kept = keep ? ChinaTime.ShortText(now) : null,
        });
    }

    /// <summary>A file that the report is read from; what was read is on a page of its own.</summary>
    public static async Task<IResult> TakeDocumentAsync([AsParameters] UnitYearSource source, SubmissionStore submissions, CancellationToken token)
    {
        var back = $"/units/{source.Unit}/years/{source.Year}";
        var form = await SignInPages.ReadAsync(source.Context.Request, token);
        if (form.Files is not [{ Length: > 0 } file])
        {
            return RefusalPage.Of(source.Context, new Refusal(RefusalKind.Invalid, "file_missing", "没有收到文件，请选择要上传的年报文件。"), back);
        }

        var content = new byte[file.Length];
        await using (var sent = file.OpenReadStream())
        {
            await sent.ReadExactlyAsync(content, token);
        }

        var request = new FilingRequest(source.County, source.Year, source.Caller.Actor, MayStateFiledAt: false, IdempotencyKey: null, IfRevision: null);
        return (await DocumentEndpoints.KeepAsync(new(DocumentEndpoints.NameOnly(file.FileName), content), source.Unit, request, submissions, source.Units, token))
            .Is(out var receipt, out var refusal)
            ? Results.LocalRedirect($"{back}/reading?revision={receipt.Revision}")
            : RefusalPage.Of(source.Context, refusal, back);
    }

    /// <summary>What was read from a file, the doubtful cells first.</summary>
    public static Task<IResult> ShowReadingAsync([AsParameters] UnitYearSource source, SubmissionStore submissions, CancellationToken token, int revision = 0) =>
        ShowRevisionAsync(source, submissions, revision, async (report, read) =>
            await submissions.FindReadingAsync(report.County, source.Year, source.Unit, read.RevisionNumber, token) is { } reading
                ? new RazorComponentResult<ReadingPage>(new
                {
                    Report = report,
                    Read = read,
                    Reading = JsonSerializer.Deserialize(reading, ApiJson.Default.DocumentReading),
                    MayFile = source.Caller.May(Right.FileReport, source.Unit),
                })
                : Results.LocalRedirect($"{report.Address}/receipt?revision={read.RevisionNumber}"), token);

    /// <summary>What was filed, to be printed and kept.</summary>
    public static Task<IResult> ShowReceiptAsync([AsParameters] UnitYearSource source, SubmissionStore submissions, CancellationToken token, int? revision = null) =>
        ShowRevisionAsync(source, submissions, revision, (report, read) =>
            Task.FromResult<IResult>(new RazorComponentResult<ReceiptPage>(new { Report = report, Read = read })), token);

    /// <summary>All revisions with what changed, newest first.</summary>
    public static async Task<IResult> ShowHistoryAsync([AsParameters] UnitYearSource source, SubmissionStore submissions, CancellationToken token) =>
        (await source.FindAsync(token)).Is(out var report, out var refusal)
            ? new RazorComponentResult<HistoryPage>(new
            {
                Report = report,
                Revisions = await submissions.ListAsync(report.County, source.Year, source.Unit, Math.Max(1, report.Line.Revision - 20), Paging.Size, token),
            })
            : RefusalPage.Of(source.Context, refusal);

    /// <summary>Takes the report back.</summary>
    public static async Task<IResult> WithdrawAsync([AsParameters] UnitYearSource source, WorkflowStore workflow, StaleTotalNotifier stale, CancellationToken token)
    {
        var back = $"/units/{source.Unit}/years/{source.Year}";
        if (await workflow.StepAsync(Workflow.Withdraw, source.County, source.Year, source.Unit, null, null, source.Caller.Actor, token) is { } refusal)
        {
            return RefusalPage.Of(source.Context, refusal, back);
        }

        stale.Signal();
        return Results.LocalRedirect(back);
    }

    /// <summary>Explains a warning or notice.</summary>
    public static async Task<IResult> ExplainAsync(
        [AsParameters] UnitYearSource source, string rule, WaiverStore waivers, SubmissionStore submissions, CancellationToken token)
    {
        var (back, form) = ($"/units/{source.Unit}/years/{source.Year}", await SignInPages.ReadAsync(source.Context.Request, token));
        var text = form["text"].ToString().ReplaceLineEndings(" ").Trim();
        return (await waivers.ExplainAsync(submissions, source.County, source.Year, source.Unit, rule, form["path"], text, source.Caller.Actor, token)).Is(out _, out var refusal)
            ? Results.LocalRedirect($"{back}#findings")
            : RefusalPage.Of(source.Context, refusal, back);
    }

    static async Task<IResult> ShowRevisionAsync(
        UnitYearSource source, SubmissionStore submissions, int? revision, Func<UnitYear, Revision, Task<IResult>> show, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var report, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        return await submissions.FindAsync(report.County, source.Year, source.Unit, revision, token) is { } read
            ? await show(report, read)
            : RefusalPage.Of(source.Context, new Refusal(RefusalKind.NotFound, "submission_not_found", revision is null ? "本年度还没有报送过。" : $"本年度没有第 {revision} 稿。"), report.Address);
    }

    /// <summary>A report in last year's form put into this year's, with blanks where only the unit knows.</summary>
    static TypedReport Converted(Revision newest, CheckScope scope) => ConvertedReport.Of(newest.ToSubmission(), scope).Is(out var converted, out _)
        ? TypedReport.Of(converted.Figures, scope.Required!.Prose.Select(s => converted.Prose.GetValueOrDefault(s.Code)), newest.PublishedAt, newest.PublishedUrl, newest.RevisionNumber)
        : TypedReport.Of(new Figures(scope.Required!), scope.Required!.Prose.Select(s => newest.Prose.GetValueOrDefault(s.Code)), newest.PublishedAt, newest.PublishedUrl, newest.RevisionNumber);
}
