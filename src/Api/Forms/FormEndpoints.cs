using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Aggregator.Api.Web;
using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Submissions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Forms;

/// <summary>A form in a list.</summary>
/// <param name="Form">Code.</param>
/// <param name="Title">Title.</param>
/// <param name="Basis">Document that fixed it.</param>
/// <param name="FirstYear">First report year.</param>
/// <param name="LastYear">Last report year, or null.</param>
/// <param name="CellCount">Number of cells.</param>
public sealed record FormSummary(string Form, string Title, string Basis, int FirstYear, int? LastYear, int CellCount);

/// <summary>A form with everything that is known about it.</summary>
/// <param name="Form">Code.</param>
/// <param name="Title">Title.</param>
/// <param name="Basis">Document that fixed it.</param>
/// <param name="FirstYear">First report year.</param>
/// <param name="LastYear">Last report year, or null.</param>
/// <param name="Sections">The six sections with their tables, rows and columns.</param>
/// <param name="Cells">Cell paths in cell order.</param>
/// <param name="Rules">The rules.</param>
public sealed record FormDetail(
    string Form,
    string Title,
    string Basis,
    int FirstYear,
    int? LastYear,
    ImmutableArray<Section> Sections,
    IReadOnlyList<string> Cells,
    IReadOnlyList<FormRule> Rules);

/// <summary>A rule in words.</summary>
/// <param name="Code">Code.</param>
/// <param name="Kind">How much a breach weighs.</param>
/// <param name="Text">The rule.</param>
/// <param name="Source">Clause that it comes from.</param>
public sealed record FormRule(string Code, Severity Kind, string Text, string Source);

/// <summary>What a check found.</summary>
/// <param name="Form">Form that the body was checked against.</param>
/// <param name="Fileable">No hard finding: the body could be filed.</param>
/// <param name="Findings">Findings.</param>
public sealed record CheckResult(string Form, bool Fileable, IReadOnlyList<Finding> Findings);

/// <summary>The statutory formats. Public: they are law.</summary>
public static class FormEndpoints
{
    /// <summary>Maps <c>/forms</c>.</summary>
    public static void MapForms(this RouteGroupBuilder api)
    {
        var forms = api.MapGroup("/forms").WithTags("forms").AllowAnonymous();
        forms.MapGet("", List).WithName("listForms");
        forms.MapGet("/{form}", Get).WithName("getForm");
        forms.MapGet("/{form}/schema", GetSchema).WithName("getFormSchema");
        forms.MapPost("/{form}/check", CheckAsync).WithName("checkSubmission").AcceptsSubmission();
    }

    /// <summary>The statutory formats.</summary>
    public static Ok<FormSummary[]> List() => TypedResults.Ok(Form.All.Select(f =>
        new FormSummary(f.Code, f.Title, f.Basis, f.FirstYear, f.LastYear, f.Cells.Length)).ToArray());

    /// <summary>A format: sections, tables, cells, rules.</summary>
    /// <remarks>Errors: <c>form_not_found</c>.</remarks>
    public static Results<Ok<FormDetail>, ProblemHttpResult> Get(string form) => Form.Find(form) is not { } f ? NotFound(form)
        : TypedResults.Ok(new FormDetail(f.Code, f.Title, f.Basis, f.FirstYear, f.LastYear, f.Sections, [.. f.Cells.Select(c => c.Path)],
            [.. f.Rules.Select(r => new FormRule(r.Code, r.Kind, r.Text, r.Source))]));

    /// <summary>JSON Schema 2020-12 of a submission.</summary>
    /// <remarks>Errors: <c>form_not_found</c>.</remarks>
    public static Results<JsonHttpResult<JsonObject>, ProblemHttpResult> GetSchema(string form) => Form.Find(form) is { } f
        ? TypedResults.Json(FormSchema.Of(f), ApiJson.Default.JsonObject, "application/schema+json")
        : NotFound(form);

    /// <summary>Findings for a body; nothing is stored.</summary>
    /// <remarks>
    /// Checks a submission as the form that the year demands; a body in another form is read as what it says it is and gets
    /// finding F. Errors: <c>form_not_found</c> and those of reading a submission.
    /// </remarks>
    public static async Task<Results<Ok<CheckResult>, ProblemHttpResult>> CheckAsync(string form, HttpRequest request, RuleSettings rules, CancellationToken token)
    {
        if (Form.Find(form) is not { } required)
        {
            return NotFound(form);
        }

        if (!(await JsonBody.ReadAsync(request, SubmissionReader.MaxBodyBytes, token)).Is(out var body, out var refusal)
            || !SubmissionReader.Read(body).Is(out var submission, out refusal))
        {
            return Problems.Of(refusal);
        }

        var findings = FigureCheck.Run(submission.Figures, new CheckScope(CheckLevel.Unit, required, rules));
        ProseCheck.Run(submission.Figures, submission.Prose, null, rules, findings);
        return TypedResults.Ok(new CheckResult(submission.Figures.Form.Code, findings.TrueForAll(f => !f.Blocks), findings));
    }

    static ProblemHttpResult NotFound(string form) =>
        Problems.NotFound("form_not_found", $"没有“{form}”这种报告格式，现有：{string.Join('、', Form.All.Select(f => f.Code))}。");
}
