using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Checks;
using Aggregator.Api.Editions;
using Aggregator.Api.Reminders;
using Aggregator.Api.Submissions;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Api.Webhooks;
using Aggregator.Totals;
using Aggregator.Units;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Aggregator.Api.Years;

/// <summary>The pages of a county's coordinator: who has filed, one report's review, the totals with what they are made of, the editions.</summary>
public static class YearPages
{
    /// <summary>Maps <c>/counties/{county}/years/{year}</c>.</summary>
    public static void MapYearPages(this IEndpointRouteBuilder app)
    {
        var year = app.MapGroup("/counties/{county}/years/{year:int}").ExcludeFromDescription();
        year.MapGet("", ShowAsync).RequireRight(Right.ReadDivision);
        year.MapSelectionPages();
        year.MapReviewPages();
        year.MapTotalPages();
        year.MapAnomalyPages();
        year.MapReminderPages();
        year.MapEditionPages();
        year.MapRosterPages();
        year.MapAccountPages();
        year.MapSettingPages();

        var manage = year.MapGroup("").RequireRight(Right.ManageCounty);
        manage.MapKeyPages();
        manage.MapWebhookPages();
        year.MapAuditPages();
    }

    /// <summary>Counts, days that are left, and the units: sorted, filtered, searched by query.</summary>
    public static async Task<IResult> ShowAsync(
        [AsParameters] YearSource source, DivisionStore divisions, CancellationToken token, string sort = "unit", string state = "", string q = "", bool all = false) =>
        (await source.FindAsync(token)).Is(out var year, out var refusal)
            ? new RazorComponentResult<YearPage>(new
            {
                County = year,
                Years = await source.Years.ListAsync(source.County, token),
                Progress = (await divisions.FindAsync(source.County, source.Year, counties: false, token))?.Progress,
                Sort = sort,
                State = state,
                Search = q.Trim(),
                All = all,
                MayReview = source.Context.Caller().May(Right.ReviewReport, source.County),
            })
            : RefusalPage.Of(source.Context, refusal, "/account");
}

/// <summary>What every page about a county's year shows.</summary>
/// <param name="Name">Name of the county.</param>
/// <param name="Year">The year.</param>
/// <param name="Roster">Its units.</param>
/// <param name="Today">The day in China.</param>
public sealed record CountyYear(string Name, ReportingYear Year, Roster Roster, DateOnly Today)
{
    /// <summary>Address of the pages.</summary>
    public string Address => $"/counties/{Year.County}/years/{Year.Year}";

    /// <summary>Address of the same in the API, for downloads.</summary>
    public string ApiAddress => $"/api/v1{Address}";

    /// <summary>The page above the others.</summary>
    public IReadOnlyList<(string Text, string Address)> Crumbs => [($"{Year.Year}年度报送情况", Address)];
}

/// <summary>A county and a year as an address names them.</summary>
/// <param name="County">County.</param>
/// <param name="Year">Report year.</param>
/// <param name="Context">The request.</param>
/// <param name="Units">Names it.</param>
/// <param name="Years">Its due days.</param>
/// <param name="Rosters">Its units.</param>
/// <param name="Time">The clock.</param>
public sealed record YearSource(
    string County, int Year, HttpContext Context,
    [FromServices] UnitStore Units,
    [FromServices] YearStore Years,
    [FromServices] RosterStore Rosters,
    [FromServices] TimeProvider Time)
{
    /// <summary>Address of the pages.</summary>
    public string Address => $"/counties/{County}/years/{Year}";

    /// <summary>What the pages show. Refusals: <c>year_not_found</c>.</summary>
    public async Task<Outcome<CountyYear>> FindAsync(CancellationToken token)
    {
        var now = Time.GetUtcNow();
        return await Years.FindAsync(County, Year, token) is { } year
            ? new CountyYear((await Units.FindAsync(County, token))?.Name ?? County, year, await Rosters.ReadAsync(County, Year, now, token), ChinaTime.DateOf(now))
            : Problems.NoYear(County, Year);
    }
}
