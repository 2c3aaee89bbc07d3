using Aggregator.Access;
using Aggregator.Api.Web;
using Aggregator.Api.Years;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Access;

/// <summary>The page of who did what.</summary>
public static class AuditPages
{
    const int Lines = 100;

    /// <summary>Maps <c>…/audit</c>.</summary>
    public static void MapAuditPages(this RouteGroupBuilder year) => year.MapGet("/audit", ShowAsync).RequireRight(Right.ReadDivision);

    /// <summary>The county's audit, newest first, of one unit or account if asked for; with a check of the seals if asked for.</summary>
    public static async Task<IResult> ShowAsync(
        [AsParameters] YearSource source, AuditStore audit, CancellationToken token, string subject = "", long? before = null, bool verify = false)
    {
        if (!(await source.FindAsync(token)).Is(out var year, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        var lines = await audit.ListLastAsync(source.County, before, subject.Length == 0 ? null : subject, Lines + 1, token);
        return new RazorComponentResult<AuditPage>(new
        {
            County = year,
            Lines = lines.Take(Lines).ToList(),
            Older = lines.Count > Lines ? lines[Lines - 1].Id : (long?)null,
            Subject = subject,
            Check = verify ? await audit.VerifyAsync(source.County, source.Time.GetUtcNow(), token) : null,
        });
    }
}
