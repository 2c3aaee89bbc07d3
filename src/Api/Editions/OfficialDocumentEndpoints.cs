using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Checks;
using Aggregator.Documents.Writing;
using Aggregator.Editions;
using Aggregator.Units;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Aggregator.Api.Editions;

/// <summary>What a county makes of its live report: the circular, letters to who has not filed, the picture page.</summary>
public static class OfficialDocumentEndpoints
{
    /// <summary>Maps <c>circular</c>, <c>roster/{unit}/dunning-letter</c> and <c>infographic</c> below <c>/counties/{county}/years/{year}</c>.</summary>
    public static void MapOfficialDocuments(this RouteGroupBuilder year)
    {
        var documents = year.MapGroup("").WithTags("documents").RequireRight(Right.ReadDivision);
        foreach (var format in FileFormats.Circular)
        {
            documents.MapGet($"/circular.{format.Extension}", ([AsParameters] LiveReport source, [AsParameters] CircularSources sources, HttpRequest request, CancellationToken token) =>
                    SendCircularAsync(format, source, sources, request, token))
                .WithName($"getCircular{format.Name}").Produces<byte[]>(StatusCodes.Status200OK, format.MediaType)
                .WithSummary($"The circular (通报) of who was late or is missing, with the units' scores, as {format.Extension}.");
        }

        foreach (var format in FileFormats.DunningLetter)
        {
            documents.MapGet($"/roster/{{unit}}/dunning-letter.{format.Extension}", (string unit, [AsParameters] LiveReport source, UnitStore units, HttpRequest request, CancellationToken token) =>
                    SendLetterAsync(format, unit, source, units, request, token))
                .WithName($"getDunningLetter{format.Name}").Produces<byte[]>(StatusCodes.Status200OK, format.MediaType)
                .WithSummary($"The letter (催办函) to a unit that has not filed, as {format.Extension}. Errors: unit_not_on_roster, unit_exempt, already_filed.");
        }

        foreach (var file in FileFormats.Infographic)
        {
            documents.MapGet($"/infographic.{file.Extension}", ([AsParameters] LiveReport source, HttpRequest request, CancellationToken token, string format = "a4") =>
                    SendPictureAsync(file, format, source, request, token))
                .WithName($"getInfographic{file.Name}").Produces<byte[]>(StatusCodes.Status200OK, file.MediaType)
                .WithSummary($"The year in figures (图解) as {file.Extension}; ?format=a4 (upright) or wide (16:9). Errors: invalid_format.");
        }
    }

    static async Task<Results<FileContentHttpResult, ProblemHttpResult>> SendCircularAsync(
        FileFormat<Circular> format, LiveReport source, CircularSources sources, HttpRequest request, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var report, out var refusal))
        {
            return Problems.Of(refusal);
        }

        var duplicates = Duplicates.Find(report.Figures.Form, report.Year, await sources.Prose.ListAsync(report.County, report.Year, token), sources.Rules);
        var circular = Circular.Of(report, sources.Scoring, duplicates);
        return await Files.SendAsync(request, format, circular, $"{circular.Title}.{format.Extension}", token);
    }

    static async Task<Results<FileContentHttpResult, ProblemHttpResult>> SendLetterAsync(
        FileFormat<DunningLetter> format, string unit, LiveReport source, UnitStore units, HttpRequest request, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var report, out var refusal))
        {
            return Problems.Of(refusal);
        }

        var office = await units.FindAsync(source.County, token);
        return DunningLetter.Of(report, unit, office?.Contacts ?? []).Is(out var letter, out refusal)
            ? await Files.SendAsync(request, format, letter, $"{letter.Title}（{letter.Recipient.TrimEnd('：')}）.{format.Extension}", token)
            : Problems.Of(refusal);
    }

    static async Task<Results<FileContentHttpResult, ProblemHttpResult>> SendPictureAsync(
        FileFormat<(CountyReport, bool)> format, string shape, LiveReport source, HttpRequest request, CancellationToken token)
    {
        if (shape is not ("a4" or "wide"))
        {
            return Problems.Of(new Refusal(RefusalKind.Invalid, "invalid_format", "format 应为 a4（竖版）或 wide（16:9 横版）。"));
        }

        return (await source.FindAsync(token)).Is(out var report, out var refusal)
            ? await Files.SendAsync(request, format, (report, shape == "wide"), report.FileName(format.Suffix, format.Extension), token)
            : Problems.Of(refusal);
    }
}

/// <summary>What a circular needs besides the report.</summary>
/// <param name="Scoring">How units are scored.</param>
/// <param name="Prose">The units' texts.</param>
/// <param name="Rules">The installation's rule settings.</param>
public sealed record CircularSources([FromServices] ScoringTable Scoring, [FromServices] ProseStore Prose, [FromServices] RuleSettings Rules);
