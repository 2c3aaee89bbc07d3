using System.Globalization;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Editions;
using Aggregator.Forms;
using Aggregator.Submissions;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Editions;

/// <summary>The county's own words as they are written.</summary>
/// <param name="Text">Plain text; each line is a paragraph. At most as long as a unit's.</param>
public sealed record NarrativeBody(string Text);

/// <summary>What a section of the county's report says, and what it would say.</summary>
/// <param name="Section">Code of the section.</param>
/// <param name="Heading">Its heading.</param>
/// <param name="Revision">Counts the changes of the county's words; 0 before the first.</param>
/// <param name="Text">The county's own words; null if there are none.</param>
/// <param name="Actor">Id of the key that wrote them last.</param>
/// <param name="At">When.</param>
/// <param name="Proposal">What the report says without them: written from the figures, or gathered from the units.</param>
public sealed record NarrativeSection(
    string Section, string Heading, int Revision, string? Text, string? Actor, DateTimeOffset? At, IReadOnlyList<ReportPart> Proposal);

/// <summary>The county's own words for the sections of its report.</summary>
public static class NarrativeEndpoints
{
    /// <summary>Maps <c>…/narrative/{section}</c>.</summary>
    public static void MapNarrative(this RouteGroupBuilder year)
    {
        var section = year.MapGroup("/narrative/{section}").WithTags("report");
        section.MapGet("", GetAsync).WithName("getNarrative").RequireRight(Right.ReadDivision);
        section.MapPut("", PutAsync).WithName("putNarrative").RequireRight(Right.ReviewReport);
        section.MapDelete("", DeleteAsync).WithName("removeNarrative").RequireRight(Right.ReviewReport);
    }

    /// <summary>The county's own words for a section, and what the report says without them.</summary>
    /// <remarks>The ETag is the revision, for If-Match. Errors: <c>year_not_found</c>, <c>section_not_found</c>.</remarks>
    public static async Task<Results<Ok<NarrativeSection>, ProblemHttpResult>> GetAsync(
        string county, int year, string section, HttpContext context, ReportStore reports, NarrativeStore narrative, CancellationToken token)
    {
        if (await ListAsync(county, year, reports, narrative, token) is not { Count: > 0 } sections)
        {
            return Problems.YearNotFound(county, year);
        }

        if (sections.FirstOrDefault(s => s.Section == section) is not { } found)
        {
            return SectionNotFound(section);
        }

        Tag(context, found.Revision);
        return TypedResults.Ok(found);
    }

    /// <summary>The same of every section; none, if the county has not opened the year.</summary>
    internal static async Task<IReadOnlyList<NarrativeSection>> ListAsync(string county, int year, ReportStore reports, NarrativeStore narrative, CancellationToken token)
    {
        if (await reports.FindAsync(county, year, ownWords: false, token) is not { } report)
        {
            return [];
        }

        var words = (await narrative.ListAsync(county, year, token)).ToDictionary(n => n.Section);
        return
        [
            .. from section in Form.Find(report.Form)!.Prose
               let own = words.GetValueOrDefault(section.Code) ?? new NarrativeText(section.Code, 0, null)
               select new NarrativeSection(
                   section.Code, section.Heading, own.Revision, own.Text, own.Actor, own.At, report.Sections.Single(s => s.Code == section.Code).Parts),
        ];
    }

    /// <summary>Write a section of the county's report in the county's own words.</summary>
    /// <remarks>
    /// They take the place of what was written from the figures or gathered, in the report and in the next edition; editions that
    /// are there do not change. <c>If-Match</c>: the revision that was read. Errors: <c>year_not_found</c>, <c>section_not_found</c>,
    /// <c>invalid_narrative</c>, <c>invalid_if_match</c>, <c>stale_revision</c>.
    /// </remarks>
    public static async Task<Results<NoContent, ProblemHttpResult>> PutAsync(
        string county, int year, string section, NarrativeBody body, HttpContext context, YearStore years, NarrativeStore narrative, CancellationToken token)
    {
        var detail = string.IsNullOrWhiteSpace(body.Text) ? "请写明这一部分的文字；不要了请用 DELETE"
            : body.Text.Length > SubmissionReader.MaxTextLength ? $"文字共 {body.Text.Length} 字，最多 {SubmissionReader.MaxTextLength} 字"
            : body.Text.Contains('\0', StringComparison.Ordinal) ? "文字里有空字符（\\u0000），请检查原文"
            : null;
        return detail is null
            ? await WriteAsync(county, year, section, body.Text, context, years, narrative, token)
            : Problems.Of(new Refusal(RefusalKind.Invalid, "invalid_narrative", $"{detail}。", [new RefusalError("$.text", "invalid_narrative", detail)]));
    }

    /// <summary>Take the county's own words back.</summary>
    /// <remarks>The report says again what it said without them. Errors: as for writing, and <c>narrative_not_found</c>.</remarks>
    public static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string county, int year, string section, HttpContext context, YearStore years, NarrativeStore narrative, CancellationToken token) =>
        (await narrative.ListAsync(county, year, token)).Any(n => n.Section == section && n.Text is not null)
            ? await WriteAsync(county, year, section, null, context, years, narrative, token)
            : Problems.NotFound("narrative_not_found", $"“{section}”这一部分没有县级主管部门自己写的文字。");

    static async Task<Results<NoContent, ProblemHttpResult>> WriteAsync(
        string county, int year, string section, string? text, HttpContext context, YearStore years, NarrativeStore narrative, CancellationToken token)
    {
        if (await years.FindAsync(county, year, token) is not { } found)
        {
            return Problems.YearNotFound(county, year);
        }

        if (FindSection(found.Form, section) is null)
        {
            return SectionNotFound(section);
        }

        if (!IfMatch.Read(context.Request, out var ifRevision, out var refusal)
            || !(await narrative.PutAsync(county, year, section, text, ifRevision, context.Caller().Actor, token)).Is(out var written, out refusal))
        {
            return Problems.Of(refusal);
        }

        Tag(context, written.Revision);
        return TypedResults.NoContent();
    }

    static void Tag(HttpContext context, int revision) =>
        context.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    static Section? FindSection(string form, string section) => Form.Find(form)!.Prose.FirstOrDefault(s => s.Code == section);

    static ProblemHttpResult SectionNotFound(string section) =>
        Problems.NotFound("section_not_found", $"报告没有“{section}”这一文字部分；文字部分见 GET /forms/{{form}} 的 sections。");
}
