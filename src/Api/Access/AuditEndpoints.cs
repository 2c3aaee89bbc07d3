using System.Text.Json;
using Aggregator.Access;
using Aggregator.Api.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Access;

/// <summary>A line of the audit as it is shown.</summary>
/// <param name="Id">Grows; for <c>?after=</c>.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Id of the caller's key.</param>
/// <param name="Action">What was done.</param>
/// <param name="Year">Report year, if any.</param>
/// <param name="Subject">Unit, county or key that it was done to.</param>
/// <param name="Detail">Particulars.</param>
public sealed record AuditEntry(long Id, DateTimeOffset At, string Actor, string Action, int? Year, string Subject, JsonElement? Detail);

/// <summary>The audit of a county.</summary>
public static class AuditEndpoints
{
    /// <summary>Maps <c>/counties/{county}/audit</c>.</summary>
    public static void MapAudit(this RouteGroupBuilder county) =>
        county.MapGroup("/audit").WithTags("audit").RequireRight(Right.ReadDivision)
            .MapGet("", ListAsync).WithName("listAudit");

    /// <summary>Who did what, when.</summary>
    /// <remarks>Lines after <c>?after=</c>, oldest first, in pages of 200.</remarks>
    public static async Task<Ok<AuditEntry[]>> ListAsync(string county, HttpContext context, AuditStore audit, CancellationToken token, long after = 0)
    {
        var lines = Paging.Page(context, await audit.ListAsync(county, after, Paging.Size + 1, token), l => l.Id);
        return TypedResults.Ok(lines.Select(l => new AuditEntry(l.Id, l.At, l.Actor, l.Action, l.Year, l.Subject,
            l.Detail is null ? null : JsonElement.Parse(l.Detail))).ToArray());
    }
}
