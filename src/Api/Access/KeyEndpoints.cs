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
        keys.MapPost("", CreateAsync).WithName("createKey");
        keys.MapDelete("/{id}", RevokeAsync).WithName("revokeKey");
    }

    /// <summary>Create a key; it is shown this once.</summary>
    /// <remarks>
    /// An operator creates any key, a county keys of its own units. Errors: <c>invalid_role</c>, <c>invalid_scope</c>,
    /// <c>invalid_expiry</c>, <c>forbidden</c>.
    /// </remarks>
    public static async Task<Results<Created<IssuedKey>, ProblemHttpResult, ForbidHttpResult>> CreateAsync(
        NewKey body, HttpContext context, KeyStore keys, CancellationToken token)
    {
        Role? role = body.Role switch
        {
            "reporter" => Role.Reporter,
            "county" => Role.County,
            "viewer" => Role.Viewer,
            "operator" => Role.Operator,
            _ => null,
        };
        if (role is null)
        {
            const string Detail = "role 应为 reporter（填报单位）、county（县级）、viewer（查看）或 operator（运维）";
            return Problems.Of(new Refusal(RefusalKind.Invalid, "invalid_role", $"{Detail}。", [new RefusalError("$.role", "invalid_role", Detail)]));
        }

        var caller = context.Caller();
        if (!MayHandle(caller, role.Value, body.Scope ?? ""))
        {
            return TypedResults.Forbid();
        }

        var created = await keys.CreateAsync(role.Value, body.Scope ?? "", body.ExpiresAt, caller.KeyId, token);
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

        if (await keys.FindAsync(id, token) is not { } key || !MayHandle(caller, Enum.Parse<Role>(key.Role, ignoreCase: true), key.Scope)
            || !await keys.RevokeAsync(id, caller.KeyId, token))
        {
            return Problems.NotFound("key_not_found", "没有这个密钥，或者它已经吊销。");
        }

        admitted.Forget(id);
        return TypedResults.NoContent();
    }

    static bool MayHandle(Caller caller, Role role, string scope) =>
        caller.Role == Role.Operator || (role == Role.Reporter && caller.May(Right.ManageCounty, scope));
}
