using System.Collections.Immutable;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Checks;
using Aggregator.Documents.Reading;
using Aggregator.Documents.Writing;
using Aggregator.Forms;
using Aggregator.Submissions;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Aggregator.Api.Submissions;

/// <summary>What came, or would come, of a sheet.</summary>
/// <param name="DryRun">Nothing was to be stored.</param>
/// <param name="Applied">Something was stored.</param>
/// <param name="Rows">Every row, in the sheet's order.</param>
/// <param name="Summary">Counts.</param>
public sealed record BulkAnswer(bool DryRun, bool Applied, ImmutableArray<BulkAnswerRow> Rows, BulkSummary Summary);

/// <summary>What came, or would come, of a row.</summary>
/// <param name="Row">Its number in the sheet, from 1.</param>
/// <param name="Unit">Unit code.</param>
/// <param name="Name">Name of the unit.</param>
/// <param name="Status"><c>submitted</c>, <c>draft</c> (it has hard findings) or <c>refused</c>.</param>
/// <param name="Revision">The revision that was stored, if any.</param>
/// <param name="Late">Whether the unit is late; null if nothing was stored.</param>
/// <param name="Findings">Findings of its figures.</param>
/// <param name="Errors">Why it is refused.</param>
/// <param name="Warnings">What to look at, though it does not hinder the filing.</param>
public sealed record BulkAnswerRow(
    int Row,
    string Unit,
    string? Name,
    string Status,
    int? Revision,
    bool? Late,
    IReadOnlyList<Finding> Findings,
    ImmutableArray<BulkError> Errors,
    ImmutableArray<BulkError> Warnings);

/// <summary>One place of a sheet that is wrong.</summary>
/// <param name="Path">Name of the column, which is the cell path for a figure.</param>
/// <param name="Cell">Place in the sheet, such as <c>F12</c>.</param>
/// <param name="Code">Stable code.</param>
/// <param name="Detail">Chinese sentence.</param>
public sealed record BulkError(string Path, string Cell, string Code, string Detail);

/// <summary>Counts of a sheet's rows. rows = submitted + drafts + refused.</summary>
/// <param name="Rows">All rows.</param>
/// <param name="Submitted">Without hard findings.</param>
/// <param name="Drafts">With hard findings.</param>
/// <param name="Refused">Not understood or not allowed.</param>
public sealed record BulkSummary(int Rows, int Submitted, int Drafts, int Refused);

/// <summary>Many units' reports in one sheet.</summary>
public static class BulkEndpoints
{
    const int MaxErrors = 100;

    /// <summary>Maps <c>…/submissions/bulk</c> and its templates.</summary>
    public static void MapBulk(this RouteGroupBuilder year)
    {
        var submissions = year.MapGroup("/submissions").WithTags("submissions");
        var templates = submissions.MapGroup("").RequireRight(Right.ReadDivision);
        templates.MapGet("/bulk-template.csv", GetCsvAsync).WithName("getBulkTemplateCsv").Produces<string>(StatusCodes.Status200OK, BulkTemplate.CsvMediaType);
        templates.MapGet("/bulk-template.xlsx", GetExcelAsync).WithName("getBulkTemplateExcel").Produces<string>(StatusCodes.Status200OK, BulkTemplate.ExcelMediaType);

        // More than is allowed: past its own limit the server cuts the line, and the sender never reads why.
        submissions.MapPost("/bulk", PostAsync).WithName("fileBulk").RequireRight(Right.FileReport).AcceptsSheet()
            .WithMetadata(new RequestSizeLimitAttribute(4 * BulkSheet.MaxFileBytes));
    }

    /// <summary>The sheet to fill in for many units, as CSV.</summary>
    /// <remarks>One row for each unit that is expected, one column for each cell path. Errors: <c>year_not_found</c>.</remarks>
    public static async Task<Results<FileContentHttpResult, ProblemHttpResult>> GetCsvAsync(
        string county, int year, YearStore years, RosterStore rosters, TimeProvider time, CancellationToken token) =>
        await FindAsync(county, year, years, rosters, time, token) is var (form, units)
            ? TypedResults.File(BulkTemplate.WriteCsv(form, units), $"{BulkTemplate.CsvMediaType}; charset=utf-8", $"{county}-{year}-批量报送.csv")
            : Problems.YearNotFound(county, year);

    /// <summary>The sheet to fill in for many units, as Excel.</summary>
    /// <remarks>One row for each unit that is expected, one column for each cell path. Errors: <c>year_not_found</c>.</remarks>
    public static async Task<Results<FileContentHttpResult, ProblemHttpResult>> GetExcelAsync(
        string county, int year, YearStore years, RosterStore rosters, TimeProvider time, CancellationToken token) =>
        await FindAsync(county, year, years, rosters, time, token) is var (form, units)
            ? TypedResults.File(BulkTemplate.WriteExcel(form, units), BulkTemplate.ExcelMediaType, $"{county}-{year}-批量报送.xlsx")
            : Problems.YearNotFound(county, year);

    /// <summary>File many units' reports from one sheet.</summary>
    /// <remarks>
    /// The county's key only. All or nothing: a row that is refused or has hard findings → 422 <c>bulk_refused</c> with every
    /// row, and nothing is stored. <c>?partial=true</c> files what can be filed and keeps drafts of rows with hard findings.
    /// <c>?dryRun=true</c> stores nothing and answers 200. <c>Idempotency-Key</c>: same key, same answer. Errors:
    /// <c>year_not_found</c>, <c>empty_file</c>, <c>invalid_columns</c>, <c>no_rows</c>, <c>too_many_rows</c>,
    /// <c>too_many_columns</c>, <c>invalid_utf8</c>, <c>invalid_csv</c>, <c>not_csv</c>, <c>invalid_xlsx</c>,
    /// <c>unsupported_excel</c>, <c>file_too_complex</c>, <c>body_too_large</c>, <c>unsupported_media_type</c>,
    /// <c>invalid_idempotency_key</c>, <c>idempotency_key_reused</c>, <c>busy</c>.
    /// </remarks>
    public static async Task<Results<Ok<BulkAnswer>, ProblemHttpResult>> PostAsync(
        string county, int year, HttpContext context, YearStore years, BulkStore bulk, StaleTotalNotifier stale, CancellationToken token,
        bool dryRun = false, bool partial = false)
    {
        if (SubmissionEndpoints.ReadIdempotencyKey(context.Request, out var idempotencyKey) is { } invalid)
        {
            return Problems.Of(invalid);
        }

        if (MediaTypeOf(context.Request) is not { } mediaType)
        {
            return Problems.Of(new Refusal(RefusalKind.UnsupportedMedia, "unsupported_media_type",
                $"请求正文应为 UTF-8 编码的 {BulkTemplate.CsvMediaType}，或 {BulkTemplate.ExcelMediaType}（.xlsx），不压缩。"));
        }

        if (await years.FindAsync(county, year, token) is not { } reportingYear)
        {
            return Problems.YearNotFound(county, year);
        }

        if (!(await JsonBody.ReadBytesAsync(context.Request, BulkSheet.MaxFileBytes, token)).Is(out var body, out var refusal)
            || !BulkSheet.Read(body, mediaType, Form.Find(reportingYear.Form)!).Is(out var sheet, out refusal))
        {
            return Problems.Of(refusal);
        }

        var request = new FilingRequest(county, year, context.Caller().Actor, MayStateFiledAt: true, idempotencyKey, IfRevision: null);
        var mode = (dryRun, partial) switch { (true, _) => BulkMode.DryRun, (_, true) => BulkMode.Partial, _ => BulkMode.AllOrNothing };
        if (!(await bulk.FileAsync(new BulkFile(body, mediaType), sheet.Rows, request, mode, token)).Is(out var filing, out refusal))
        {
            return Problems.Of(refusal);
        }

        var answer = Answer(sheet, filing, dryRun);
        if (!dryRun && !filing.Applied)
        {
            return Refused(sheet, filing, answer);
        }

        if (filing.Applied && answer.Summary.Submitted > 0)
        {
            stale.Signal();
        }

        return TypedResults.Ok(answer);
    }

    static string? MediaTypeOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        && request.Headers.ContentEncoding.Count == 0
            ? BulkSheet.MediaTypes.FirstOrDefault(known => type.MediaType.Equals(known, StringComparison.OrdinalIgnoreCase))
            : null;

    static async Task<(Form Form, IEnumerable<RosterLine> Units)?> FindAsync(
        string county, int year, YearStore years, RosterStore rosters, TimeProvider time, CancellationToken token)
    {
        if (await years.FindAsync(county, year, token) is not { } found)
        {
            return null;
        }

        var roster = await rosters.ReadAsync(county, year, time.GetUtcNow(), token);
        return (Form.Find(found.Form)!, roster.Units.Where(u => u.Expected));
    }

    static BulkAnswer Answer(BulkSheet sheet, BulkFiling filing, bool dryRun) => new(
        dryRun,
        filing.Applied,
        [
            .. filing.Rows.Select(r => new BulkAnswerRow(r.Row, r.Unit, r.Name, r.Status, r.Receipt?.Revision, r.Receipt?.Late, r.Findings,
                [.. r.Errors.Select(e => Located(sheet, r.Row, e))], [.. r.Warnings.Select(w => Located(sheet, r.Row, w))])),
        ],
        new BulkSummary(filing.Rows.Count, Count(filing, "submitted"), Count(filing, "draft"), Count(filing, "refused")));

    static int Count(BulkFiling filing, string status) => filing.Rows.Count(r => r.Status == status);

    static BulkError Located(BulkSheet sheet, int row, RefusalError error)
    {
        var (located, cell) = sheet.Locate(row, error);
        return new BulkError(located.Path, cell, located.Code, located.Detail);
    }

    /// <summary>Errors and hard findings of all rows as one list, each with its place in the sheet, and all the rows besides.</summary>
    static ProblemHttpResult Refused(BulkSheet sheet, BulkFiling filing, BulkAnswer answer)
    {
        var errors = filing.Rows
            .SelectMany(r => r.Errors.Concat(r.Findings.Where(f => f.Blocks).Select(f => new RefusalError(f.Path, f.Rule, f.Message)))
                .Select(e => Located(sheet, r.Row, e))
                .Select(e => new RefusalError(e.Cell, e.Code, $"第 {r.Row} 行（{r.Name ?? r.Unit}）{e.Cell}：{e.Detail}")))
            .Take(MaxErrors).ToImmutableArray();
        var (_, _, drafts, refused) = answer.Summary;
        var detail = $"{answer.Summary.Rows} 行中有 {refused} 行读不懂或不能报送、{drafts} 行不符合勾稽等要求，全部没有保存；改正后重新上传即可。第一处：{errors[0].Detail}。";
        return Problems.Of(new Refusal(RefusalKind.Unacceptable, "bulk_refused", detail, errors),
            new("dryRun", answer.DryRun), new("applied", answer.Applied), new("rows", answer.Rows), new("summary", answer.Summary));
    }
}
