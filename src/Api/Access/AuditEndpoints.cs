using System.Text.Json;
using Aggregator.Access;
using Aggregator.Api.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Access;

/// <summary>A line of the audit as it is shown.</summary>
/// <param name="Id">Grows; for <c>?after=</c>.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Id of the caller's key, or <c>account:</c> and a login name.</param>
/// <param name="Action">What was done.</param>
/// <param name="Year">Report year, if any.</param>
/// <param name="Subject">Unit, county, key or account that it was done to.</param>
/// <param name="Detail">Particulars.</param>
public sealed record AuditEntry(long Id, DateTimeOffset At, string Actor, string Action, int? Year, string Subject, JsonElement? Detail);

/// <summary>The audit of a county.</summary>
public static class AuditEndpoints
{
    /// <summary>Maps <c>/counties/{county}/audit</c>.</summary>
    public static void MapAudit(this RouteGroupBuilder county)
    {
        var audit = county.MapGroup("/audit").WithTags("audit").RequireRight(Right.ReadDivision);
        audit.MapGet("", ListAsync).WithName("listAudit");
        audit.MapGet("/verify", VerifyAsync).WithName("verifyAudit");
    }

    /// <summary>Who did what, when.</summary>
    /// <remarks>Lines after <c>?after=</c>, oldest first, in pages of 200; <c>?subject=</c> a unit, key or account, <c>?year=</c> a report year.</remarks>
    public static async Task<Ok<AuditEntry[]>> ListAsync(
        string county, HttpContext context, AuditStore audit, CancellationToken token, long after = 0, string? subject = null, int? year = null)
    {
        var lines = Paging.Page(context, await audit.ListAsync(county, after, subject, year, Paging.Size + 1, token), l => l.Id);
        return TypedResults.Ok(lines.Select(l => new AuditEntry(l.Id, l.At, l.Actor, l.Action, l.Year, l.Subject,
            l.Detail is null ? null : JsonElement.Parse(l.Detail))).ToArray());
    }

    /// <summary>Check the hash chain.</summary>
    /// <remarks>Computes every seal of the county's audit again and reports the first broken link, or lines left unsealed for over a minute.</remarks>
    public static async Task<Ok<AuditCheck>> VerifyAsync(string county, AuditStore audit, TimeProvider time, CancellationToken token) =>
        TypedResults.Ok(await audit.VerifyAsync(county, time.GetUtcNow(), token));
}
