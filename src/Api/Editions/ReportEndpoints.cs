using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Documents.Writing;
using Aggregator.Editions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Aggregator.Api.Editions;

/// <summary>The combined county report in every format, as it stands and as an edition froze it.</summary>
public static class ReportEndpoints
{
    const string Remarks = """
        Of a year: as it stands, what the next edition would be. Of an edition: as it was frozen. Errors: `year_not_found`,
        `edition_not_found`, `edition_not_built` with Retry-After, `edition_failed`; of PDF also `pdf_converter_missing`, `conversion_failed`.
        """;

    /// <summary>
    /// Maps <c>report.json</c>, <c>report.html</c> and the report in each of <see cref="FileFormats.Report"/> below a year and below
    /// each of its editions.
    /// </summary>
    public static void MapReport(this RouteGroupBuilder year)
    {
        MapFormats<LiveReport>(year.MapGroup("").WithTags("report"), "getReport");
        MapFormats<FrozenReport>(year.MapGroup("/editions/{number:int}").WithTags("editions"), "getEditionReport");
    }

    static void MapFormats<TSource>(RouteGroupBuilder group, string name)
        where TSource : IReportSource
    {
        group.RequireRight(Right.ReadDivision);
        Map("/report.json", name, "The report as data.", GetJsonAsync<TSource>);
        Map("/report.html", $"{name}Page", "The report as a page that stands alone when it is saved, and prints on A4.", GetHtmlAsync<TSource>)
            .Produces<string>(StatusCodes.Status200OK, "text/html");
        foreach (var format in FileFormats.Report)
        {
            Map($"/report.{format.Extension}", name + format.Name, $"The report as {format.Extension}.",
                    ([AsParameters] TSource source, HttpRequest request, CancellationToken token) => SendAsync(format, source, request, token))
                .Produces<byte[]>(StatusCodes.Status200OK, format.MediaType.Split(';')[0]);
        }

        // The document's generator does not find the comments of generic methods.
#pragma warning disable RDG002 // Nor does the one of the endpoints' delegates: these are made when the program starts.
        RouteHandlerBuilder Map(string address, string operation, string summary, Delegate handler) =>
            group.MapGet(address, handler).WithName(operation).WithSummary(summary).WithDescription(Remarks);
#pragma warning restore RDG002
    }

    /// <summary>The report as data.</summary>
    public static async Task<Results<Ok<CountyReport>, ProblemHttpResult>> GetJsonAsync<TSource>([AsParameters] TSource source, CancellationToken token)
        where TSource : IReportSource =>
        (await source.FindAsync(token)).Is(out var report, out var refusal) ? TypedResults.Ok(report) : Problems.Of(refusal);

    /// <summary>The report as a page that stands alone when it is saved, and prints on A4.</summary>
    public static async Task<Results<RazorComponentResult<ReportPage>, ProblemHttpResult>> GetHtmlAsync<TSource>([AsParameters] TSource source, CancellationToken token)
        where TSource : IReportSource =>
        (await source.FindAsync(token)).Is(out var report, out var refusal)
            ? new RazorComponentResult<ReportPage>(new { Report = report })
            : Problems.Of(refusal);

    static async Task<Results<FileContentHttpResult, ProblemHttpResult>> SendAsync<TSource>(
        FileFormat<CountyReport> format, TSource source, HttpRequest request, CancellationToken token)
        where TSource : IReportSource =>
        (await source.FindAsync(token)).Is(out var report, out var refusal)
            ? await Files.SendAsync(request, format, report, report.FileName(format.Suffix, format.Extension), token)
            : Problems.Of(refusal);
}

/// <summary>Where a report comes from.</summary>
public interface IReportSource
{
    /// <summary>The report that the address names.</summary>
    Task<Outcome<CountyReport>> FindAsync(CancellationToken token);
}

/// <summary>The report as it stands.</summary>
/// <param name="County">County.</param>
/// <param name="Year">Report year.</param>
/// <param name="Reports">Puts it together.</param>
public sealed record LiveReport(string County, int Year, [FromServices] ReportStore Reports) : IReportSource
{
    /// <inheritdoc/>
    public async Task<Outcome<CountyReport>> FindAsync(CancellationToken token) =>
        await Reports.FindAsync(County, Year, ownWords: true, token) is { } report ? report : Problems.NoYear(County, Year);
}

/// <summary>The report of an edition.</summary>
/// <param name="County">County.</param>
/// <param name="Year">Report year.</param>
/// <param name="Number">Number of the edition.</param>
/// <param name="Editions">Where it is kept.</param>
/// <param name="Context">The answer's headers.</param>
public sealed record FrozenReport(string County, int Year, int Number, EditionStore Editions, HttpContext Context) : IReportSource
{
    /// <inheritdoc/>
    public async Task<Outcome<CountyReport>> FindAsync(CancellationToken token)
    {
        var outcome = await Editions.ReadReportAsync(County, Year, Number, token);
        EditionEndpoints.SayWhenToRetry(Context.Response, outcome.Refusal);
        return outcome;
    }
}
