using Aggregator.Api.Installation;
using Aggregator.Api.Web;
using Aggregator.Units;
using Aggregator.Years;
using Microsoft.AspNetCore.Mvc;

namespace Aggregator.Api.Access;

/// <summary>Whose keys and webhooks a page is about: a county's, among the pages of one of its years, or the whole installation's.</summary>
/// <param name="Context">The request; its address says whose.</param>
/// <param name="Units">Names them.</param>
/// <param name="Years">The county's years.</param>
public sealed record HolderSource(HttpContext Context, [FromServices] UnitStore Units, [FromServices] YearStore Years)
{
    const int MostUnits = 1000;

    /// <summary>The county; null for the whole installation.</summary>
    public string? County => (string?)Context.Request.RouteValues["county"];

    /// <summary>Address that the pages stand below.</summary>
    public string Address => County is null ? InstallationPages.Start : $"/counties/{County}/years/{Year}";

    int Year => int.Parse((string)Context.Request.RouteValues["year"]!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What the pages show. Refusals: <c>year_not_found</c>.</summary>
    public async Task<Outcome<Holder>> FindAsync(CancellationToken token)
    {
        if (County is not { } county)
        {
            return new Holder(null, "全系统", Address, [("运行与设置", Address)], []);
        }

        return await Years.FindAsync(county, Year, token) is not null
            ? new Holder(county, (await Units.FindAsync(county, token))?.Name ?? county, Address, [($"{Year}年度报送情况", Address)], await Units.ListAsync(county, "", MostUnits, token))
            : Problems.NoYear(county, Year);
    }
}

/// <summary>Who holds keys and webhooks.</summary>
/// <param name="County">The county; null for the whole installation.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Address that the pages stand below.</param>
/// <param name="Crumbs">The page above them.</param>
/// <param name="Units">The county's units; none for the installation.</param>
public sealed record Holder(string? County, string Name, string Address, IReadOnlyList<(string Text, string Address)> Crumbs, IReadOnlyList<Unit> Units);
