using System.Text.Json;
using Aggregator.Access;
using Aggregator.Api.Web;
using Aggregator.Documents.Writing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

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

/// <summary>The audit: of each county, and of what the operator does beside all counties.</summary>
public static class AuditEndpoints
{
    const string NdjsonType = "application/x-ndjson";

    static readonly byte[] newLine = [(byte)'\n'];

    /// <summary>What belongs to no division: the operators' own keys.</summary>
    const string Installation = "";

    /// <summary>Maps <c>/counties/{county}/audit</c>.</summary>
    public static void MapAudit(this RouteGroupBuilder county)
    {
        var audit = county.MapGroup("").WithTags("audit").RequireRight(Right.ReadDivision);
        audit.MapGet("/audit", ListAsync).WithName("listAudit");
        audit.MapGet("/audit/verify", VerifyAsync).WithName("verifyAudit");
        audit.MapGet("/audit.csv", GetCsvAsync).WithName("getAuditTable").Streams(AuditCsv.MediaType);
        audit.MapGet("/audit.ndjson", GetNdjsonAsync).WithName("getAuditLines").Streams(NdjsonType);
    }

    /// <summary>Maps <c>/audit</c>, for operators.</summary>
    public static void MapInstallationAudit(this RouteGroupBuilder api)
    {
        var audit = api.MapGroup("").WithTags("audit")
            .RequireAuthorization(policy => policy.RequireAssertion(context => context.User.CallerOrNull()?.Role == Role.Operator));
        audit.MapGet("/audit", ListOwnAsync).WithName("listInstallationAudit");
        audit.MapGet("/audit/verify", VerifyOwnAsync).WithName("verifyInstallationAudit");
        audit.MapGet("/audit.csv", GetOwnCsvAsync).WithName("getInstallationAuditTable").Streams(AuditCsv.MediaType);
        audit.MapGet("/audit.ndjson", GetOwnNdjsonAsync).WithName("getInstallationAuditLines").Streams(NdjsonType);
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

    /// <summary>The sealed lines as a table, for people.</summary>
    /// <remarks>UTF-8 with a byte-order mark. Texts that a spreadsheet would take for formulas are disarmed. The ETag is the chain's head.</remarks>
    public static async Task<PushStreamHttpResult> GetCsvAsync(string county, AuditStore audit, CancellationToken token)
    {
        var head = await audit.FindHeadAsync(county, token);
        return Stream(county, head, "csv", $"{AuditCsv.MediaType}; charset=utf-8", stream => AuditCsv.WriteAsync(stream, audit.ExportAsync(county, head.Seq, token), token));
    }

    /// <summary>The sealed lines for checking the chain elsewhere: one JSON object a line, with the very texts that were sealed.</summary>
    /// <remarks>What a seal is computed from is said in docs/security.md. The ETag is the chain's head.</remarks>
    public static async Task<PushStreamHttpResult> GetNdjsonAsync(string county, AuditStore audit, IOptions<JsonOptions> json, CancellationToken token)
    {
        var head = await audit.FindHeadAsync(county, token);
        return Stream(county, head, "ndjson", NdjsonType, async stream =>
        {
            await using var buffer = new BufferedStream(stream, 1 << 16);
            await foreach (var line in audit.ExportAsync(county, head.Seq, token))
            {
                await buffer.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, json.Value.SerializerOptions), token);
                await buffer.WriteAsync(newLine, token);
            }
        });
    }

    /// <summary>Who did what beside all counties, when.</summary>
    /// <remarks>For operators: their own keys and what else belongs to no county. Paged like a county's.</remarks>
    public static Task<Ok<AuditEntry[]>> ListOwnAsync(
        HttpContext context, AuditStore audit, CancellationToken token, long after = 0, string? subject = null, int? year = null) =>
        ListAsync(Installation, context, audit, token, after, subject, year);

    /// <summary>Check the hash chain of the installation's own lines.</summary>
    public static Task<Ok<AuditCheck>> VerifyOwnAsync(AuditStore audit, TimeProvider time, CancellationToken token) => VerifyAsync(Installation, audit, time, token);

    /// <summary>The installation's own sealed lines as a table.</summary>
    public static Task<PushStreamHttpResult> GetOwnCsvAsync(AuditStore audit, CancellationToken token) => GetCsvAsync(Installation, audit, token);

    /// <summary>The installation's own sealed lines, one JSON object a line.</summary>
    public static Task<PushStreamHttpResult> GetOwnNdjsonAsync(AuditStore audit, IOptions<JsonOptions> json, CancellationToken token) =>
        GetNdjsonAsync(Installation, audit, json, token);

    static PushStreamHttpResult Stream(string county, AuditHead head, string extension, string type, Func<Stream, Task> write) =>
        TypedResults.Stream(write, type, county.Length == 0 ? $"audit.{extension}" : $"audit-{county}.{extension}",
            entityTag: new EntityTagHeaderValue($"\"{head.Sha256}\""));

    static void Streams(this RouteHandlerBuilder endpoint, string type) =>
        endpoint.WithMetadata(new Streamed()).Produces<string>(StatusCodes.Status200OK, type);
}
