using System.Globalization;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Editions;
using Aggregator.Api.Submissions;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Checks;
using Aggregator.Editions;
using Aggregator.Reminders;
using Aggregator.Submissions;
using Aggregator.Totals;
using Aggregator.Units;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Years;

/// <summary>The pages of a county's coordinator: who has filed, one report's review, the totals with what they are made of, the editions.</summary>
public static class YearPages
{
    /// <summary>Maps <c>/counties/{county}/years/{year}</c>.</summary>
    public static void MapYearPages(this IEndpointRouteBuilder app)
    {
        var year = app.MapGroup("/counties/{county}/years/{year:int}").ExcludeFromDescription();
        var read = year.MapGroup("").RequireRight(Right.ReadDivision);
        read.MapGet("", ShowAsync);
        read.MapGet("/totals", ShowTotalsAsync);
        read.MapGet("/totals/{path}", ShowCellAsync);
        read.MapGet("/editions", ShowEditionsAsync);
        year.MapPost("/editions", RequestEditionAsync).RequireRight(Right.ManageCounty);

        var unit = year.MapGroup("/units/{unit}");
        unit.MapGet("", ShowReviewAsync).RequireRight(Right.ReadReport);
        unit.MapPost("/{step:regex(^(return|accept|reopen)$)}", TakeStepAsync).RequireRight(Right.ReviewReport);
        unit.MapPost("/findings/{rule}/waive", WaiveAsync).RequireRight(Right.ReviewReport);
        unit.MapPost("/roster", ChangeRosterAsync).RequireRight(Right.ManageCounty);
    }

    /// <summary>Counts, days that are left, and the units: sorted, filtered, searched by query.</summary>
    public static async Task<IResult> ShowAsync(
        [AsParameters] YearSource source, CancellationToken token, string sort = "unit", string state = "", string q = "") =>
        (await source.FindAsync(token)).Is(out var year, out var refusal)
            ? new RazorComponentResult<YearPage>(new
            {
                County = year,
                Years = await source.Years.ListAsync(source.County, token),
                Sort = sort,
                State = state,
                Search = q.Trim(),
                MayReview = source.Context.Caller().May(Right.ReviewReport, source.County),
            })
            : RefusalPage.Of(source.Context, refusal, "/account");

    /// <summary>The totals as the statutory tables; each cell leads to the units that make it up.</summary>
    public static async Task<IResult> ShowTotalsAsync([AsParameters] YearSource source, TotalStore totals, CancellationToken token) =>
        (await source.FindAsync(token)).Is(out var year, out var refusal) && await totals.FindAsync(source.County, source.Year, token) is { } total
            ? new RazorComponentResult<TotalPage>(new { County = year, Total = total, Before = await totals.FindAsync(source.County, source.Year - 1, token) })
            : RefusalPage.Of(source.Context, refusal ?? Problems.NoYear(source.County, source.Year));

    /// <summary>One cell of the totals: who contributed what, beside last year and the others.</summary>
    public static async Task<IResult> ShowCellAsync(
        [AsParameters] YearSource source, string path, TotalStore totals, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var year, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        if (await totals.BreakDownAsync(source.County, source.Year, path, token) is not { } cell)
        {
            return RefusalPage.Of(source.Context, new Refusal(RefusalKind.NotFound, "cell_not_found", "没有这一格。"), $"{year.Address}/totals");
        }

        var before = await totals.BreakDownAsync(source.County, source.Year - 1, path, token);
        return new RazorComponentResult<TotalCellPage>(new { County = year, Cell = cell, Before = before?.Contributions.ToDictionary(c => c.Unit, c => c.Value) ?? [] });
    }

    /// <summary>The editions, and what can be downloaded.</summary>
    public static async Task<IResult> ShowEditionsAsync([AsParameters] YearSource source, EditionStore editions, CancellationToken token) =>
        (await source.FindAsync(token)).Is(out var year, out var refusal)
            ? new RazorComponentResult<EditionsPage>(new
            {
                County = year,
                Editions = await editions.ListAsync(source.County, source.Year, 0, Paging.Size, token),
                MayBuild = source.Context.Caller().May(Right.ManageCounty, source.County),
            })
            : RefusalPage.Of(source.Context, refusal);

    /// <summary>Has an edition built.</summary>
    public static async Task<IResult> RequestEditionAsync([AsParameters] YearSource source, EditionStore editions, StaleTotalNotifier stale, CancellationToken token)
    {
        if (await editions.RequestAsync(source.County, source.Year, null, source.Context.Caller().Actor, token) is null)
        {
            return RefusalPage.Of(source.Context, Problems.NoYear(source.County, source.Year));
        }

        stale.Signal();
        return Results.LocalRedirect($"/counties/{source.County}/years/{source.Year}/editions");
    }

    /// <summary>One report: its figures as on paper, its findings, and the steps.</summary>
    public static async Task<IResult> ShowReviewAsync(
        [AsParameters] UnitYearSource source, string county, SubmissionStore submissions, LastYearStore reports, CancellationToken token, int? revision = null)
    {
        if (source.County != county || !(await source.FindAsync(token)).Is(out var report, out var refusal))
        {
            return RefusalPage.Of(source.Context, new Refusal(RefusalKind.NotFound, "unit_not_on_roster", $"“{source.Unit}”不在 {county} {source.Year} 年度的报送名录中。"));
        }

        return new RazorComponentResult<ReviewPage>(new
        {
            Report = report,
            Read = await submissions.FindAsync(county, source.Year, source.Unit, revision, token),
            Last = await reports.FindAsync(county, source.Year, source.Unit, token),
            MayReview = source.Caller.May(Right.ReviewReport, source.Unit),
        });
    }

    /// <summary>Returns, accepts or reopens the report that was looked at.</summary>
    public static async Task<IResult> TakeStepAsync(
        [AsParameters] UnitYearSource source, string county, string step, WorkflowStore workflow, StaleTotalNotifier stale, CancellationToken token)
    {
        var form = await SignInPages.ReadAsync(source.Context.Request, token);
        var (back, seen, reason) = (ReviewAddress(county, source), int.TryParse(form["seen"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (int?)null, form["reason"].ToString().ReplaceLineEndings("\n").Trim());
        var wanted = Workflow.Steps.Single(s => s.Action == step);
        if ((WorkflowEndpoints.RefuseReason(wanted, reason)
            ?? await workflow.StepAsync(wanted, county, source.Year, source.Unit, wanted.NeedsReason ? reason : null, seen, source.Caller.Actor, token)) is { } refusal)
        {
            return RefusalPage.Of(source.Context, refusal, back);
        }

        stale.Signal();
        return Results.LocalRedirect(back);
    }

    /// <summary>Lets a hard finding pass.</summary>
    public static async Task<IResult> WaiveAsync(
        [AsParameters] UnitYearSource source, string county, string rule, WaiverStore waivers, SubmissionStore submissions, StaleTotalNotifier stale, CancellationToken token)
    {
        var (back, form) = (ReviewAddress(county, source), await SignInPages.ReadAsync(source.Context.Request, token));
        var reason = form["reason"].ToString().ReplaceLineEndings(" ").Trim();
        if (!(await waivers.WaiveAsync(submissions, county, source.Year, source.Unit, rule, form["path"], reason, source.Caller.Actor, token)).Is(out _, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal, back);
        }

        stale.Signal();
        return Results.LocalRedirect(back);
    }

    /// <summary>Expects, exempts or extends the unit.</summary>
    public static async Task<IResult> ChangeRosterAsync(
        [AsParameters] UnitYearSource source, string county, CalendarStore calendars, DueDateSettings dueDates, StaleTotalNotifier stale, CancellationToken token)
    {
        var (back, form) = (ReviewAddress(county, source), await SignInPages.ReadAsync(source.Context.Request, token));
        DateOnly? due = DateOnly.TryParseExact(form["dueDate"], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
        if (due is null && form.ContainsKey("dueDate"))
        {
            return RefusalPage.Of(source.Context, Refusal.Invalid("dueDate", "invalid_due_date", "请写明延至哪一天"), back);
        }

        var body = new RosterBody(form["expected"] != "no", due, form["reason"].ToString().ReplaceLineEndings(" ").Trim());
        if (await RosterEndpoints.ChangeAsync(county, source.Year, source.Unit, body, source.Caller.Actor, source.Years, source.Rosters, calendars, dueDates, source.Time.GetUtcNow(), token) is { } refusal)
        {
            return RefusalPage.Of(source.Context, refusal, back);
        }

        stale.Signal();
        return Results.LocalRedirect(back);
    }

    static string ReviewAddress(string county, UnitYearSource source) => $"/counties/{county}/years/{source.Year}/units/{source.Unit}";
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
public sealed record YearSource(string County, int Year, HttpContext Context, UnitStore Units, YearStore Years, RosterStore Rosters, TimeProvider Time)
{
    /// <summary>What the pages show. Refusals: <c>year_not_found</c>.</summary>
    public async Task<Outcome<CountyYear>> FindAsync(CancellationToken token)
    {
        var now = Time.GetUtcNow();
        return await Years.FindAsync(County, Year, token) is { } year
            ? new CountyYear((await Units.FindAsync(County, token))?.Name ?? County, year, await Rosters.ReadAsync(County, Year, now, token), ChinaTime.DateOf(now))
            : Problems.NoYear(County, Year);
    }
}
