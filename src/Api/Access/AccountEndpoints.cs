using Aggregator.Access;
using Aggregator.Api.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Access;

/// <summary>What account to make.</summary>
/// <param name="Login">Login name: 3 to 64 letters, digits, Chinese characters or <c>. _ - @</c>; upper and lower case are the same.</param>
/// <param name="Name">The person's name, 1 to 100 characters.</param>
/// <param name="Role"><c>reporter</c>, <c>county</c>, <c>viewer</c> or <c>operator</c>.</param>
/// <param name="Scope">Unit, county or division; empty or left out for an operator.</param>
public sealed record NewAccount(string Login, string Name, string Role, string? Scope = null);

/// <summary>What can be changed about an account.</summary>
/// <param name="Name">The person's name, 1 to 100 characters.</param>
/// <param name="Disabled">Keeps the person out and ends all sessions at once.</param>
public sealed record AccountBody(string Name, bool Disabled = false);

/// <summary>Accounts of people.</summary>
public static class AccountEndpoints
{
    /// <summary>Maps <c>/accounts</c>.</summary>
    public static void MapAccounts(this RouteGroupBuilder api)
    {
        var accounts = api.MapGroup("/accounts").WithTags("accounts")
            .RequireAuthorization(policy => policy.RequireAssertion(context => context.User.CallerOrNull()?.MayKeepAccounts == true));
        accounts.MapGet("", ListAsync).WithName("listAccounts");
        accounts.MapPost("", CreateAsync).WithName("createAccount");
        accounts.MapGet("/{login}", GetAsync).WithName("getAccount");
        accounts.MapPut("/{login}", PutAsync).WithName("putAccount");
        accounts.MapPost("/{login}/reset", ResetAsync).WithName("resetAccount");
    }

    /// <summary>Accounts that the caller looks after.</summary>
    /// <remarks>An operator sees all; a county those of its office and its units. By login name, in pages of 200.</remarks>
    public static async Task<Ok<Account[]>> ListAsync(HttpContext context, AccountStore accounts, CancellationToken token, string after = "")
    {
        var caller = context.Caller();
        var county = caller.Role == Role.County ? caller.Scope : null;
        return TypedResults.Ok(Paging.Page(context, await accounts.ListAsync(county, after, Paging.Size + 1, token), a => a.Login).ToArray());
    }

    /// <summary>Make an account; its one-time password is shown this once.</summary>
    /// <remarks>
    /// An operator makes any account; a county those of its units and of its own office. The password has to be changed at
    /// the first sign-in. Errors: <c>invalid_role</c>, <c>invalid_scope</c>, <c>unit_not_found</c>, <c>invalid_login</c>,
    /// <c>invalid_name</c>, <c>login_taken</c>, <c>forbidden</c>.
    /// </remarks>
    public static async Task<Results<Created<OneTimePassword>, ProblemHttpResult, ForbidHttpResult>> CreateAsync(
        NewAccount body, HttpContext context, AccountStore accounts, CancellationToken token)
    {
        if (Roles.Read(body.Role, out var role) is { } unknown)
        {
            return Problems.Of(unknown);
        }

        var caller = context.Caller();
        if (!caller.MayGiveAccount(role, body.Scope ?? ""))
        {
            return TypedResults.Forbid();
        }

        var created = await accounts.CreateAsync(body.Login, body.Name, role, body.Scope ?? "", caller.Actor, token);
        return created.Is(out var issued, out var refusal)
            ? TypedResults.Created($"/api/v1/accounts/{Uri.EscapeDataString(issued.Login)}", issued)
            : Problems.Of(refusal);
    }

    /// <summary>An account.</summary>
    /// <remarks>Errors: <c>account_not_found</c> (also for an account that is not the caller's business).</remarks>
    public static async Task<Results<Ok<Account>, ProblemHttpResult>> GetAsync(string login, HttpContext context, AccountStore accounts, CancellationToken token) =>
        (await FindAsync(login, context, accounts, token)).Is(out var account, out var refusal) ? TypedResults.Ok(account) : Problems.Of(refusal);

    /// <summary>Name an account, disable or enable it.</summary>
    /// <remarks>Disabling ends all its sessions at once. Role and scope stay: make another account. Errors: <c>account_not_found</c>, <c>invalid_name</c>.</remarks>
    public static async Task<Results<Ok<Account>, ProblemHttpResult>> PutAsync(
        string login, AccountBody body, HttpContext context, AccountStore accounts, CancellationToken token) =>
        (await FindAsync(login, context, accounts, token)).Is(out var found, out var refusal)
            && (await accounts.PutAsync(found.Login, body.Name, body.Disabled, context.Caller().Actor, token)).Is(out var written, out refusal)
            ? TypedResults.Ok(written)
            : Problems.Of(refusal);

    /// <summary>Give an account a new one-time password; it is shown this once.</summary>
    /// <remarks>Unlocks the account and ends all its sessions. Errors: <c>account_not_found</c>.</remarks>
    public static async Task<Results<Ok<OneTimePassword>, ProblemHttpResult>> ResetAsync(
        string login, HttpContext context, AccountStore accounts, CancellationToken token) =>
        (await FindAsync(login, context, accounts, token)).Is(out var found, out var refusal)
            && (await accounts.ResetAsync(found.Login, context.Caller().Actor, token)).Is(out var issued, out refusal)
            ? TypedResults.Ok(issued)
            : Problems.Of(refusal);

    static async Task<Outcome<Account>> FindAsync(string login, HttpContext context, AccountStore accounts, CancellationToken token) =>
        await accounts.FindAsync(login, token) is { } found && context.Caller().MayGiveAccount(found.Role, found.Scope) ? found : AccountStore.NotFound(login);
}
