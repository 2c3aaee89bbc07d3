using Aggregator.Access;
using Aggregator.Api.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Access;

/// <summary>What key to create.</summary>
/// <param name="Role"><c>reporter</c>, <c>county</c>, <c>viewer</c> or <c>operator</c>.</param>
/// <param name="Scope">Unit, county or division that it is for; empty or left out for an operator.</param>
/// <param name="ExpiresAt">When it ends; null for never.</param>
public sealed record NewKey(string Role, string? Scope = null, DateTimeOffset? ExpiresAt = null);

/// <summary>API keys.</summary>
public static class KeyEndpoints
{
    /// <summary>Maps <c>/keys</c>.</summary>
    public static void MapKeys(this RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/keys").WithTags("keys").RequireAuthorization();
        keys.MapGet("", ListAsync).WithName("listKeys");
        keys.MapPost("", CreateAsync).WithName("createKey");
        keys.MapDelete("/{id}", RevokeAsync).WithName("revokeKey");
    }

    /// <summary>Keys that the caller looks after, without their secrets.</summary>
    /// <remarks>An operator sees all, a county those of its units. Revoked ones are left out. In the order of their ids, in pages of 200.</remarks>
    public static async Task<Results<Ok<Key[]>, ForbidHttpResult>> ListAsync(HttpContext context, KeyStore keys, CancellationToken token, string after = "")
    {
        var caller = context.Caller();
        if (caller.Role is not (Role.Operator or Role.County))
        {
            return TypedResults.Forbid();
        }

        var found = await keys.ListAsync(caller.Role == Role.County ? caller.Scope : null, after, Paging.Size + 1, token);
        return TypedResults.Ok(Paging.Page(context, found, k => k.Id).ToArray());
    }

    /// <summary>Create a key; it is shown this once.</summary>
    /// <remarks>
    /// An operator creates any key, a county keys of its own units. Errors: <c>invalid_role</c>, <c>invalid_scope</c>,
    /// <c>invalid_expiry</c>, <c>forbidden</c>.
    /// </remarks>
    public static async Task<Results<Created<IssuedKey>, ProblemHttpResult, ForbidHttpResult>> CreateAsync(
        NewKey body, HttpContext context, KeyStore keys, CancellationToken token)
    {
        if (Roles.Read(body.Role, out var role) is { } unknown)
        {
            return Problems.Of(unknown);
        }

        var caller = context.Caller();
        if (!caller.MayGiveKey(role, body.Scope ?? ""))
        {
            return TypedResults.Forbid();
        }

        var created = await keys.CreateAsync(role, body.Scope ?? "", body.ExpiresAt, caller.Actor, token);
        return created.Is(out var key, out var refusal) ? TypedResults.Created($"/api/v1/keys/{key.Id}", key) : Problems.Of(refusal);
    }

    /// <summary>End a key.</summary>
    /// <remarks>Ends a key at once. Errors: <c>key_not_found</c> (also for a key that the caller may not end).</remarks>
    public static async Task<Results<NoContent, ProblemHttpResult, ForbidHttpResult>> RevokeAsync(
        string id, HttpContext context, KeyStore keys, AdmittedKeys admitted, CancellationToken token)
    {
        var caller = context.Caller();
        if (caller.Role is not (Role.Operator or Role.County))
        {
            return TypedResults.Forbid();
        }

        if (await keys.FindAsync(id, token) is not { } key || !caller.MayGiveKey(Enum.Parse<Role>(key.Role, ignoreCase: true), key.Scope)
            || !await keys.RevokeAsync(id, caller.Actor, token))
        {
            return Problems.NotFound("key_not_found", "没有这个密钥，或者它已经吊销。");
        }

        admitted.Forget(id);
        return TypedResults.NoContent();
    }
}
