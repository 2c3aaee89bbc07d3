using System.Collections.Immutable;
using System.Globalization;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Checks;
using Aggregator.Submissions;
using Aggregator.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Submissions;

/// <summary>A revision in the history.</summary>
/// <param name="Revision">Number, from 1.</param>
/// <param name="Status">How it was received: <c>submitted</c> or <c>draft</c>.</param>
/// <param name="Form">Form.</param>
/// <param name="FiledAt">When it was filed.</param>
/// <param name="ReceivedAt">When the server received it.</param>
/// <param name="Actor">Id of the key that handed it in.</param>
/// <param name="Sha256">SHA-256 of the body.</param>
/// <param name="Findings">Findings.</param>
/// <param name="Changes">Differences to the revision before; empty for the first.</param>
public sealed record RevisionEntry(
    int Revision,
    string Status,
    string Form,
    DateTimeOffset FiledAt,
    DateTimeOffset ReceivedAt,
    string Actor,
    string Sha256,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<RevisionChange> Changes);

/// <summary>The revision that is there now, for somebody who has seen another one.</summary>
/// <param name="Revision">Its number, for the next <c>If-Match</c>.</param>
/// <param name="Actor">Who handed it in.</param>
/// <param name="FiledAt">When it was filed.</param>
public sealed record CurrentRevision(int Revision, string Actor, DateTimeOffset FiledAt);

/// <summary>Intake of reports, and what became of them.</summary>
public static class SubmissionEndpoints
{
    /// <summary>Maps <c>…/submissions</c>.</summary>
    public static void MapSubmissions(this RouteGroupBuilder year)
    {
        var submissions = year.MapGroup("/submissions").WithTags("submissions");
        submissions.MapPost("", PostAsync).WithName("fileSubmission").RequireAuthorization().AcceptsSubmission();
        submissions.MapDocuments();

        var unit = submissions.MapGroup("/{unit}").RequireRight(Right.ReadReport);
        unit.MapGet("", GetAsync).WithName("getSubmission");
        unit.MapGet("/body", GetBodyAsync).WithName("getSubmissionBody");
        unit.MapGet("/reading", DocumentEndpoints.GetReadingAsync).WithName("getReading");
        unit.MapGet("/revisions", ListAsync).WithName("listRevisions");
        unit.MapPrefill();
        unit.MapConversion();
    }

    /// <summary>File a unit's report.</summary>
    /// <remarks>
    /// 201 with findings; hard findings → 422 <c>hard_findings</c>, and the body is kept as a draft revision at <c>Location</c>.
    /// <c>Idempotency-Key</c>: same key, same answer. <c>If-Match: "revision"</c>: 412 <c>stale_revision</c> if there is a newer one,
    /// with its ETag, <c>current{revision, actor, filedAt}</c> and <c>changes[{path, label, from, to}]</c> since the one that was seen.
    /// </remarks>
    public static async Task<Results<Created<Receipt>, ProblemHttpResult, ForbidHttpResult>> PostAsync(
        string county, int year, HttpContext context, SubmissionStore submissions, StaleTotalNotifier stale, CancellationToken token)
    {
        var caller = context.Caller();
        if (caller.Role is not (Role.Reporter or Role.County))
        {
            return TypedResults.Forbid();
        }

        if (!ReadConditions(context.Request, out var idempotencyKey, out var ifRevision).Is(out _, out var refusal)
            || !(await JsonBody.ReadAsync(context.Request, SubmissionReader.MaxBodyBytes, token)).Is(out var body, out refusal)
            || !SubmissionReader.Read(body).Is(out var submission, out refusal))
        {
            return Problems.Of(refusal);
        }

        if (!caller.May(Right.FileReport, submission.Unit) || UnitCode.CountyOf(submission.Unit) != county)
        {
            return TypedResults.Forbid();
        }

        var request = new FilingRequest(county, year, caller.Actor, caller.Role == Role.County, idempotencyKey, ifRevision);
        if (!(await submissions.FileAsync(submission, request, token)).Is(out var receipt, out refusal))
        {
            return await RefuseAsync(refusal, county, year, submission.Unit, ifRevision, context, submissions, token);
        }

        var location = $"/api/v1/counties/{county}/years/{year}/submissions/{receipt.Unit}?revision={receipt.Revision}";
        context.Response.Headers.ETag = Tag(receipt.Revision);
        if (receipt.Status == "draft")
        {
            context.Response.Headers.Location = location;
            return HardFindings(receipt);
        }

        stale.Signal();
        return TypedResults.Created(location, receipt);
    }

    /// <summary>A report as filed, the newest revision or a given one.</summary>
    /// <remarks>The newest revision, or <c>?revision=</c>. Its ETag is the revision, for If-Match. Errors: <c>submission_not_found</c>.</remarks>
    public static async Task<Results<Ok<Revision>, ProblemHttpResult>> GetAsync(
        string county, int year, string unit, HttpContext context, SubmissionStore submissions, CancellationToken token, int? revision = null)
    {
        if (await submissions.FindAsync(county, year, unit, revision, token) is not { } found)
        {
            return NotFound(unit, revision);
        }

        context.Response.Headers.ETag = Tag(found.RevisionNumber);
        return TypedResults.Ok(found);
    }

    /// <summary>The body of a revision, byte for byte as received.</summary>
    /// <remarks>JSON, or the file that the report was read from, to be saved. Errors: <c>submission_not_found</c>.</remarks>
    public static async Task<Results<FileContentHttpResult, ProblemHttpResult>> GetBodyAsync(
        string county, int year, string unit, int revision, SubmissionStore submissions, CancellationToken token)
    {
        if (await submissions.FindBodyAsync(county, year, unit, revision, token) is not { } body)
        {
            return NotFound(unit, revision);
        }

        // Never shown in place: a page that somebody sent must not run as one of ours.
        return TypedResults.File(body.Body, body.MediaType, body.MediaType == "application/json" ? null : body.FileName ?? $"{unit}-{year}-{revision}");
    }

    /// <summary>The history with differences.</summary>
    /// <remarks>Revisions after <c>?after=</c>, oldest first, in pages of 200.</remarks>
    public static async Task<Ok<RevisionEntry[]>> ListAsync(
        string county, int year, string unit, HttpContext context, SubmissionStore submissions, CancellationToken token, int after = 0)
    {
        // One more at the front, for the differences of the first, and one more at the end, to know whether there is a next page.
        var found = await submissions.ListAsync(county, year, unit, after, Paging.Size + 2, token);
        var previous = found is [{ } first, ..] && first.RevisionNumber == after ? first : null;
        var entries = new List<RevisionEntry>();
        foreach (var revision in found.Skip(previous is null ? 0 : 1))
        {
            entries.Add(new RevisionEntry(revision.RevisionNumber, revision.Status, revision.Form, revision.FiledAt, revision.ReceivedAt, revision.Actor,
                revision.Sha256, revision.Findings, previous is null ? [] : [.. RevisionChange.Between(previous, revision)]));
            previous = revision;
        }

        return TypedResults.Ok(Paging.Page(context, entries, e => e.Revision).ToArray());
    }

    /// <summary>
    /// A refusal; if the report has changed since the caller read it, with what changed. To who has seen none of its revisions,
    /// all of the newest one is new.
    /// </summary>
    internal static async Task<ProblemHttpResult> RefuseAsync(
        Refusal refusal, string county, int year, string unit, int? seen, HttpContext context, SubmissionStore submissions, CancellationToken token)
    {
        if (refusal.Kind != RefusalKind.Stale || seen is null || await submissions.FindAsync(county, year, unit, null, token) is not { } newest)
        {
            return Problems.Of(refusal);
        }

        var before = await submissions.FindAsync(county, year, unit, seen, token);
        context.Response.Headers.ETag = Tag(newest.RevisionNumber);
        return Problems.Of(refusal,
            new("current", new CurrentRevision(newest.RevisionNumber, newest.Actor, newest.FiledAt)),
            new("changes", RevisionChange.Between(before, newest).ToArray()));
    }

    static ProblemHttpResult HardFindings(Receipt receipt)
    {
        var hard = receipt.Findings.Where(f => f.Blocks).ToImmutableArray();
        var detail = $"报告有 {hard.Length} 处不符合要求，已存为草稿（第 {receipt.Revision} 稿），这一稿不计入全县合计；改正后重新报送即可。第一处：{hard[0].Message}。";
        return Problems.Of(
            new Refusal(RefusalKind.Unacceptable, "hard_findings", detail, [.. hard.Select(f => new RefusalError(f.Path, f.Rule, f.LapsedWaiver is null ? f.Message : $"{f.Message}（原有豁免因所涉数据变动已失效）"))]),
            new("unit", receipt.Unit), new("year", receipt.Year), new("revision", receipt.Revision), new("late", receipt.Late),
            new("filedAt", receipt.FiledAt), new("sha256", receipt.Sha256), new("findings", receipt.Findings));
    }

    /// <summary>The <c>Idempotency-Key</c> of a request, if it has one. Refusals: <c>invalid_idempotency_key</c>.</summary>
    internal static Refusal? ReadIdempotencyKey(HttpRequest request, out string? idempotencyKey)
    {
        idempotencyKey = null;
        if (request.Headers.TryGetValue("Idempotency-Key", out var keys))
        {
            idempotencyKey = keys.ToString();
            if (idempotencyKey.Length is 0 or > 200 || idempotencyKey.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                return new Refusal(RefusalKind.Invalid, "invalid_idempotency_key", "Idempotency-Key 应为 1 至 200 个可见的 ASCII 字符。");
            }
        }

        return null;
    }

    internal static Outcome<HttpRequest> ReadConditions(HttpRequest request, out string? idempotencyKey, out int? ifRevision)
    {
        ifRevision = null;
        if (ReadIdempotencyKey(request, out idempotencyKey) is { } refusal)
        {
            return refusal;
        }

        return IfMatch.Read(request, out ifRevision, out var invalid) ? request : invalid;
    }

    internal static string Tag(int revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    internal static ProblemHttpResult NotFound(string unit, int? revision) =>
        Problems.NotFound("submission_not_found", revision is null ? $"“{unit}”本年度还没有报送过。" : $"“{unit}”本年度没有第 {revision} 稿。");
}
