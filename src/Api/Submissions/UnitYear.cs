using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Forms;
using Aggregator.Units;
using Aggregator.Years;
using Microsoft.AspNetCore.Mvc;

namespace Aggregator.Api.Submissions;

/// <summary>What every page about a unit's report of a year shows.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Year">The year.</param>
/// <param name="Line">The unit's line on the roster.</param>
/// <param name="Today">The day in China.</param>
/// <param name="IsReviewer">Whether the county's clerk looks at it.</param>
public sealed record UnitYear(Unit Unit, ReportingYear Year, RosterLine Line, DateOnly Today, bool IsReviewer)
{
    /// <summary>The county of the unit.</summary>
    public string County => Year.County;

    /// <summary>Form of the year.</summary>
    public Form Form => Form.Find(Year.Form)!;

    /// <summary>Address of the unit's own pages.</summary>
    public string Address => $"/units/{Unit.Code}/years/{Year.Year}";

    /// <summary>Address of the county's page about the report.</summary>
    public string ReviewAddress => $"/counties/{County}/years/{Year.Year}/units/{Unit.Code}";

    /// <summary>Days that are left; negative when the due day is over.</summary>
    public int DaysLeft => Line.DueDate.DayNumber - Today.DayNumber;

    /// <summary>The pages above those about the report.</summary>
    public IReadOnlyList<(string Text, string Address)> Crumbs => IsReviewer
        ? [($"{Year.Year}年度报送情况", $"/counties/{County}/years/{Year.Year}"), (Unit.Name, ReviewAddress)]
        : [($"{Year.Year}年度报告", Address)];
}

/// <summary>A unit and a year as an address names them.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Year">Report year.</param>
/// <param name="Context">The request.</param>
/// <param name="Units">Names it.</param>
/// <param name="Years">Its due day.</param>
/// <param name="Rosters">How far it is.</param>
/// <param name="Time">The clock.</param>
public sealed record UnitYearSource(
    string Unit, int Year, HttpContext Context,
    [FromServices] UnitStore Units,
    [FromServices] YearStore Years,
    [FromServices] RosterStore Rosters,
    [FromServices] TimeProvider Time)
{
    /// <summary>The county of the unit; callers have passed its right, so the code is one.</summary>
    public string County => UnitCode.CountyOf(Unit);

    /// <summary>Who calls.</summary>
    public Caller Caller => Context.Caller();

    /// <summary>What the pages show. Refusals: <c>year_not_found</c>, <c>unit_not_on_roster</c>.</summary>
    public async Task<Outcome<UnitYear>> FindAsync(CancellationToken token)
    {
        var now = Time.GetUtcNow();
        if (await Years.FindAsync(County, Year, token) is not { } year)
        {
            return Problems.NoYear(County, Year);
        }

        return await Units.FindAsync(Unit, token) is { } unit && await Rosters.FindAsync(County, Year, Unit, now, token) is { } line
            ? new UnitYear(unit, year, line, ChinaTime.DateOf(now), Caller.Role == Role.County)
            : new Refusal(RefusalKind.NotFound, "unit_not_on_roster", $"“{Unit}”不在 {Year} 年度的报送名录中，请联系县级主管部门。");
    }
}
