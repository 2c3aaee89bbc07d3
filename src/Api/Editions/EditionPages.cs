using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Api.Years;
using Aggregator.Editions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Editions;

/// <summary>The pages of the county's report: its editions, what came in since, and the county's own words.</summary>
public static class EditionPages
{
    /// <summary>Maps <c>…/editions</c> and <c>…/narrative</c>.</summary>
    public static void MapEditionPages(this RouteGroupBuilder year)
    {
        var read = year.MapGroup("").RequireRight(Right.ReadDivision);
        read.MapGet("/editions", ShowAsync);
        read.MapGet("/editions/{number:int}", ShowChangesAsync);
        read.MapGet("/narrative", ShowNarrativeAsync);
        year.MapPost("/editions", RequestAsync).RequireRight(Right.ManageCounty);
        year.MapPost("/narrative/{section}", WriteAsync).RequireRight(Right.ReviewReport);
        year.MapPost("/narrative/{section}/remove", RemoveAsync).RequireRight(Right.ReviewReport);
    }

    /// <summary>The editions, and what can be downloaded.</summary>
    public static async Task<IResult> ShowAsync([AsParameters] YearSource source, EditionStore editions, CancellationToken token) =>
        (await source.FindAsync(token)).Is(out var year, out var refusal)
            ? new RazorComponentResult<EditionsPage>(new
            {
                County = year,
                Editions = await editions.ListAsync(source.County, source.Year, 0, Paging.Size, token),
                MayBuild = source.Context.Caller().May(Right.ManageCounty, source.County),
            })
            : RefusalPage.Of(source.Context, refusal);

    /// <summary>What came in since an edition was built.</summary>
    public static async Task<IResult> ShowChangesAsync([AsParameters] YearSource source, int number, EditionStore editions, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var year, out var refusal)
            || !(await editions.ReadChangesAsync(source.County, source.Year, number, token)).Is(out var changes, out refusal))
        {
            return RefusalPage.Of(source.Context, refusal, $"{source.Address}/editions");
        }

        return new RazorComponentResult<EditionChangesPage>(new { County = year, Changes = changes });
    }

    /// <summary>Has an edition built.</summary>
    public static async Task<IResult> RequestAsync([AsParameters] YearSource source, EditionStore editions, StaleTotalNotifier stale, CancellationToken token) =>
        await PageForms.AnswerAsync(source.Context, "edition",
            await EditionEndpoints.RequestAsync(source.County, source.Year, source.Context, editions, stale, token),
            "已开始生成定稿。", $"{source.Address}/editions", () => ShowAsync(source, editions, token));

    /// <summary>What the report's sections say: the county's own words, or what is written without them.</summary>
    public static async Task<IResult> ShowNarrativeAsync([AsParameters] YearSource source, ReportStore reports, NarrativeStore narrative, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var year, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        return new RazorComponentResult<NarrativePage>(new
        {
            County = year,
            Sections = await NarrativeEndpoints.ListAsync(source.County, source.Year, reports, narrative, token),
            MayWrite = source.Context.Caller().May(Right.ReviewReport, source.County),
        });
    }

    /// <summary>Writes a section in the county's own words.</summary>
    public static async Task<IResult> WriteAsync([AsParameters] YearSource source, string section, ReportStore reports, NarrativeStore narrative, CancellationToken token)
    {
        var form = await PageForms.ReadAsync(source.Context, token);
        return await PageForms.AnswerAsync(source.Context, section,
            await NarrativeEndpoints.PutAsync(source.County, source.Year, section, new NarrativeBody(form["text"].ToString().ReplaceLineEndings("\n").Trim()), source.Context, source.Years, narrative, token),
            "文字已保存，从下一份定稿起采用。", $"{source.Address}/narrative#{section}", () => ShowNarrativeAsync(source, reports, narrative, token));
    }

    /// <summary>Takes the county's own words back.</summary>
    public static async Task<IResult> RemoveAsync([AsParameters] YearSource source, string section, ReportStore reports, NarrativeStore narrative, CancellationToken token)
    {
        await PageForms.ReadAsync(source.Context, token);
        return await PageForms.AnswerAsync(source.Context, section,
            await NarrativeEndpoints.DeleteAsync(source.County, source.Year, section, source.Context, source.Years, narrative, token),
            "已改用系统起草的文字。", $"{source.Address}/narrative#{section}", () => ShowNarrativeAsync(source, reports, narrative, token));
    }
}
