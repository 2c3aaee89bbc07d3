using Aggregator.Api.Web;
using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Submissions;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Submissions;

/// <summary>Help for a report in the wrong form for its year.</summary>
public static class ConversionEndpoints
{
    /// <summary>Maps <c>…/submissions/{unit}/convert</c>.</summary>
    public static void MapConversion(this RouteGroupBuilder unit) =>
        unit.MapPost("/convert", PostAsync).WithName("convertSubmission").AcceptsSubmission(required: false);

    /// <summary>Propose the report in the form of the year; nothing is stored.</summary>
    /// <remarks>
    /// Takes a submission, or without a body the unit's newest revision, and says of each cell whether it was carried, left blank or
    /// dropped, and why. Whoever agrees fills the blanks in and files it. Errors: <c>year_not_found</c>,
    /// <c>submission_not_found</c>, <c>unit_mismatch</c>, <c>form_fits</c>, <c>no_conversion</c> and those of reading a submission.
    /// </remarks>
    public static async Task<Results<Ok<ConvertedReport>, ProblemHttpResult>> PostAsync(
        string county, int year, string unit, HttpContext context, YearStore years, SubmissionStore submissions, LastYearStore reports,
        RuleSettings rules, CancellationToken token)
    {
        if (await years.FindAsync(county, year, token) is not { } found)
        {
            return Problems.YearNotFound(county, year);
        }

        Submission? submission;
        if (context.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody)
        {
            if (!(await JsonBody.ReadAsync(context.Request, SubmissionReader.MaxBodyBytes, token)).Is(out var body, out var refusal)
                || !SubmissionReader.Read(body).Is(out submission, out refusal))
            {
                return Problems.Of(refusal);
            }

            if (submission.Unit != unit)
            {
                var detail = $"正文里的单位是“{submission.Unit}”，地址里的是“{unit}”";
                return Problems.Of(new Refusal(RefusalKind.Invalid, "unit_mismatch", $"{detail}。", [new RefusalError("$.unit", "unit_mismatch", detail)]));
            }
        }
        else if (await submissions.FindAsync(county, year, unit, null, token) is { } newest)
        {
            submission = newest.ToSubmission();
        }
        else
        {
            return SubmissionEndpoints.NotFound(unit, null);
        }

        var scope = new CheckScope(CheckLevel.Unit, Form.Find(found.Form), rules, await reports.FindAsync(county, year, unit, token));
        return ConvertedReport.Of(submission, scope).Is(out var converted, out var refused) ? TypedResults.Ok(converted) : Problems.Of(refused);
    }
}
