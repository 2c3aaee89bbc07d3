using System.Text.Json;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Checks;
using Aggregator.Documents.Reading;
using Aggregator.Submissions;
using Aggregator.Units;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Aggregator.Api.Submissions;

/// <summary>How a document was read.</summary>
/// <param name="Form">The format that the document itself is in, whatever its year.</param>
/// <param name="StatedYear">Report year that it states, or null.</param>
/// <param name="StatedPeriod">The days that it says it is about, or null.</param>
/// <param name="StatedUnit">Unit that it names, or null.</param>
/// <param name="Reading">How each cell was read, in the form's order.</param>
/// <param name="Topics">The overview's topics that were found, by name.</param>
/// <param name="ProcessingFee">信息处理费 in 元, as section 六 states it, or null.</param>
/// <param name="Contacts">Lines with address, telephone or e-mail of the unit.</param>
/// <param name="Remarks">What was odd about the document, for the clerk to look at.</param>
public sealed record DocumentReading(
    string Form,
    int? StatedYear,
    ReportingPeriod? StatedPeriod,
    string? StatedUnit,
    IReadOnlyList<CellReading> Reading,
    IReadOnlyDictionary<string, string?> Topics,
    decimal? ProcessingFee,
    IReadOnlyList<string> Contacts,
    IReadOnlyList<ReadingRemark> Remarks);

/// <summary>What came of handing in a document.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Year">Report year that it was handed in for.</param>
/// <param name="Revision">Number of the draft that was kept.</param>
/// <param name="Status">Always <c>draft</c>: figures count when a person has filed them.</param>
/// <param name="Late">Whether the unit would be late if this were a report.</param>
/// <param name="FiledAt">When it was received.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hex.</param>
/// <param name="MediaType">Media type of the file, as its content shows it.</param>
/// <param name="FileName">What the sender calls it, or null.</param>
/// <param name="Form">The format that the document itself is in; not the year's → finding F.</param>
/// <param name="StatedYear">Report year that it states, or null.</param>
/// <param name="StatedPeriod">The days that it says it is about, or null.</param>
/// <param name="StatedUnit">Unit that it names, or null.</param>
/// <param name="Reading">How each cell was read, in the form's order.</param>
/// <param name="Prose">Texts by section; null for a section that was not found.</param>
/// <param name="Topics">The overview's topics by name; null for one that was not found.</param>
/// <param name="ProcessingFee">信息处理费 in 元, as section 六 states it, or null.</param>
/// <param name="PublishedAt">The date that the document carries, or null.</param>
/// <param name="Contacts">Lines with address, telephone or e-mail of the unit.</param>
/// <param name="Remarks">What was odd about the document, for the clerk to look at.</param>
/// <param name="Findings">Findings of the figures that were read.</param>
public sealed record DocumentReceipt(
    string Unit,
    int Year,
    int Revision,
    string Status,
    bool Late,
    DateTimeOffset FiledAt,
    string Sha256,
    string MediaType,
    string? FileName,
    string Form,
    int? StatedYear,
    ReportingPeriod? StatedPeriod,
    string? StatedUnit,
    IReadOnlyList<CellReading> Reading,
    IReadOnlyDictionary<string, string?> Prose,
    IReadOnlyDictionary<string, string?> Topics,
    decimal? ProcessingFee,
    DateOnly? PublishedAt,
    IReadOnlyList<string> Contacts,
    IReadOnlyList<ReadingRemark> Remarks,
    IReadOnlyList<Finding> Findings);

/// <summary>Reports that a unit has as a file, read into drafts.</summary>
public static class DocumentEndpoints
{
    /// <summary>Room for the form around the file.</summary>
    internal const int MaxBodyBytes = SourceFile.MaxBytes + (64 << 10);

    const int MaxFileName = 200;

    /// <summary>Maps <c>…/submissions/from-document</c>.</summary>
    public static void MapDocuments(this RouteGroupBuilder submissions) =>
        submissions.MapPost("/from-document", PostAsync).WithName("readDocument").RequireAuthorization().AcceptsFile()
            // More than is allowed: past its own limit the server cuts the line, and the sender never reads why.
            .WithMetadata(new RequestSizeLimitAttribute(8L * MaxBodyBytes));

    /// <summary>Read a unit's report from a file into a draft.</summary>
    /// <remarks>
    /// 201 with each figure, the text that it was read from, where that stands, and how sure it is; <c>Location</c> is the draft, whose
    /// body is the file. It never counts by itself: a person looks at it and files the figures. Another unit or year than asked for is
    /// remarked (<c>other_unit</c>, <c>other_year</c>). A file that is refused is not kept. Errors: <c>file_missing</c>,
    /// <c>invalid_form</c>, <c>body_too_large</c>, <c>unsupported_media_type</c>, <c>empty_file</c>, <c>unknown_file</c>, <c>damaged_file</c>,
    /// <c>encrypted_file</c>, <c>macros_not_allowed</c>, <c>file_too_complex</c>, <c>embedded_document</c>, <c>unsupported_excel</c>,
    /// <c>no_text_layer</c>, <c>pdf_reader_missing</c>, <c>converter_missing</c>, <c>conversion_failed</c>, <c>not_a_report</c>,
    /// <c>several_reports</c>, and those of filing a report.
    /// </remarks>
    public static async Task<Results<Created<DocumentReceipt>, ProblemHttpResult, ForbidHttpResult>> PostAsync(
        string county, int year, string unit, HttpContext context, SubmissionStore submissions, UnitStore units, CancellationToken token)
    {
        var caller = context.Caller();
        if (!caller.May(Right.FileReport, unit) || UnitCode.CountyOf(unit) != county)
        {
            return TypedResults.Forbid();
        }

        if (!SubmissionEndpoints.ReadConditions(context.Request, out var idempotencyKey, out var ifRevision).Is(out _, out var refusal)
            || !(await ReadFileAsync(context.Request, token)).Is(out var file, out refusal)
            || !(await KeepAsync(file, unit, new FilingRequest(county, year, caller.Actor, MayStateFiledAt: false, idempotencyKey, ifRevision),
                submissions, units, token)).Is(out var receipt, out refusal))
        {
            return Problems.Of(refusal);
        }

        context.Response.Headers.ETag = SubmissionEndpoints.Tag(receipt.Revision);
        return TypedResults.Created($"/api/v1/counties/{county}/years/{year}/submissions/{unit}?revision={receipt.Revision}", receipt);
    }

    /// <summary>Reads a file and keeps it as a draft; nothing is kept of one that is refused.</summary>
    internal static async Task<Outcome<DocumentReceipt>> KeepAsync(
        UploadedFile file, string unit, FilingRequest request, SubmissionStore submissions, UnitStore units, CancellationToken token)
    {
        if (!(await SourceFile.ReadAsync(file.Content, token)).Is(out var document, out var refusal)
            || !ReportReader.Read(document).Is(out var report, out refusal))
        {
            return refusal;
        }

        var form = report.Form;
        var reading = new DocumentReading(form.Code, report.Year, report.Period, report.Unit, report.Cells,
            form.Prose.SelectMany(s => s.Topics).Zip(report.Topics).ToDictionary(t => t.First, t => t.Second), report.ProcessingFee, report.Contacts,
            [.. report.Remarks, .. OtherThanAsked(report, request.Year, (await units.FindAsync(unit, token))?.Name)]);
        var received = new ReceivedDocument(document.MediaType, file.Name, JsonSerializer.Serialize(reading, ApiJson.Default.DocumentReading));
        var submission = new Submission(unit, report.Figures, [.. report.Prose], report.PublishedAt, null, null, file.Content, received);
        return (await submissions.FileAsync(submission, request, token)).Is(out var receipt, out refusal)
            ? new DocumentReceipt(unit, request.Year, receipt.Revision, receipt.Status, receipt.Late, receipt.FiledAt, receipt.Sha256, document.MediaType, file.Name,
                reading.Form, reading.StatedYear, reading.StatedPeriod, reading.StatedUnit, reading.Reading,
                form.Prose.Zip(report.Prose).ToDictionary(p => p.First.Code, p => p.Second), reading.Topics, reading.ProcessingFee, report.PublishedAt,
                reading.Contacts, reading.Remarks, receipt.Findings)
            : refusal;
    }

    /// <summary>How the document of a revision was read.</summary>
    /// <remarks>Errors: <c>reading_not_found</c> if there is no such revision, or it was not read from a document.</remarks>
    public static async Task<Results<Ok<DocumentReading>, ProblemHttpResult>> GetReadingAsync(
        string county, int year, string unit, int revision, SubmissionStore submissions, CancellationToken token) =>
        await submissions.FindReadingAsync(county, year, unit, revision, token) is { } reading
            ? TypedResults.Ok(JsonSerializer.Deserialize(reading, ApiJson.Default.DocumentReading))
            : Problems.NotFound("reading_not_found", $"“{unit}”本年度第 {revision} 稿不存在，或者不是从文件读出的。");

    static async Task<Outcome<UploadedFile>> ReadFileAsync(HttpRequest request, CancellationToken token)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= 200 } boundary || request.Headers.ContentEncoding.Count > 0)
        {
            return new Refusal(RefusalKind.UnsupportedMedia, "unsupported_media_type", "请求正文应为 multipart/form-data，其中有一个文件，不压缩。");
        }

        if (!(await JsonBody.ReadBytesAsync(request, MaxBodyBytes, token)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        try
        {
            UploadedFile? file = null;
            var form = new MultipartReader(boundary.Value!, new MemoryStream(body, writable: false));
            while (await form.ReadNextSectionAsync(token) is { } section)
            {
                if (section.GetContentDispositionHeader() is not { } disposition || !disposition.IsFileDisposition())
                {
                    continue;
                }

                if (file is not null)
                {
                    return new Refusal(RefusalKind.Invalid, "invalid_form", "一次只能上传一个文件。");
                }

                using var content = new MemoryStream();
                await section.Body.CopyToAsync(content, token);
                var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName);
                file = new UploadedFile(NameOnly(name.ToString()), content.ToArray());
            }

            return file is null ? new Refusal(RefusalKind.Invalid, "file_missing", "请求里没有文件，请选择要上传的报告。") : file;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return new Refusal(RefusalKind.Invalid, "invalid_form", "请求正文不是完整的 multipart/form-data 表单，请重新上传。");
        }
    }

    /// <summary>The name without folders, as old browsers send them, and without what cannot be seen.</summary>
    internal static string? NameOnly(string sent)
    {
        var name = string.Concat(sent[(sent.LastIndexOfAny(['/', '\\']) + 1)..].Where(c => !char.IsControl(c) && !char.IsSurrogate(c))).Trim();
        return name.Length == 0 ? null : name[..Math.Min(name.Length, MaxFileName)];
    }

    static IEnumerable<ReadingRemark> OtherThanAsked(ReportReading report, int year, string? name)
    {
        if (report.Year is { } stated && stated != year)
        {
            yield return new ReadingRemark("other_year", null, $"文件写的是 {stated} 年度的报告，这里报送的是 {year} 年度，请核对", null);
        }

        if (report.Unit is { } unit && name is not null && !IsSame(unit, name))
        {
            yield return new ReadingRemark("other_unit", null, $"文件写的单位是“{unit}”，这里报送的单位是“{name}”，请核对", null);
        }
    }

    /// <summary>Reports name the unit with or without the county before it and 人民政府 behind it.</summary>
    static bool IsSame(string stated, string name)
    {
        var (a, b) = (Bare(stated), Bare(name));
        return a.Contains(b, StringComparison.Ordinal) || b.Contains(a, StringComparison.Ordinal);
    }

    static string Bare(string name) => string.Concat(name.Replace("人民政府", "", StringComparison.Ordinal).Where(c => !char.IsWhiteSpace(c)));

    /// <summary>A file as it was sent.</summary>
    internal sealed record UploadedFile(string? Name, byte[] Content);
}
