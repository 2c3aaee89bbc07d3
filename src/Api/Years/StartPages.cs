using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Installation;
using Aggregator.Api.Totals;
using Aggregator.Totals;
using Aggregator.Units;
using Aggregator.Years;

namespace Aggregator.Api.Years;

/// <summary>Where everybody begins.</summary>
public static class StartPages
{
    /// <summary>Maps <c>/</c>.</summary>
    public static void MapStart(this IEndpointRouteBuilder app) => app.MapGet("/", ShowAsync).ExcludeFromDescription();

    /// <summary>Leads to the page of one's work: the newest year of one's unit, county or division; to sign-in without a session.</summary>
    public static async Task<IResult> ShowAsync(HttpContext context, YearStore years, DivisionStore divisions, CancellationToken token)
    {
        if (context.User.CallerOrNull() is not { } caller)
        {
            return Results.LocalRedirect("/sign-in");
        }

        if (caller.Role == Role.Viewer)
        {
            return Results.LocalRedirect(await divisions.ListYearsAsync(caller.Scope, token) is [var last, ..] ? DivisionPages.AddressOf(caller.Scope, last) : "/account");
        }

        if (caller.Role == Role.Operator)
        {
            return Results.LocalRedirect(InstallationPages.Start);
        }

        var county = caller.Role switch
        {
            Role.Reporter => UnitCode.CountyOf(caller.Scope),
            Role.County => caller.Scope,
            _ => null,
        };
        return Results.LocalRedirect(county is not null && await years.ListAsync(county, token) is [var newest, ..]
            ? caller.Role == Role.Reporter ? $"/units/{caller.Scope}/years/{newest.Year}" : $"/counties/{county}/years/{newest.Year}"
            : "/account");
    }
}
