using Aggregator.Access;
using Aggregator.Api.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Access;

/// <summary>Who signs in.</summary>
/// <param name="Login">Login name.</param>
/// <param name="Password">Password.</param>
public sealed record SignInBody(string Login, string Password);

/// <summary>A new password.</summary>
/// <param name="CurrentPassword">The one that holds until now.</param>
/// <param name="NewPassword">The one that is to hold: at least 10 characters, not the login name, none of the most common.</param>
public sealed record PasswordBody(string CurrentPassword, string NewPassword);

/// <summary>Who is signed in, and what a program needs to change something.</summary>
/// <param name="Login">Login name.</param>
/// <param name="Name">The person's name.</param>
/// <param name="Role">What the person is.</param>
/// <param name="Scope">Unit, county or division; empty for an operator.</param>
/// <param name="MustChangePassword">Nothing is open but <c>POST /session/password</c> and signing out.</param>
/// <param name="Since">When the person signed in.</param>
/// <param name="EndsAt">When the session ends at the latest; without a request it ends earlier.</param>
/// <param name="AntiforgeryHeader">The header that every request of this session other than GET has to carry.</param>
/// <param name="AntiforgeryToken">Its value.</param>
public sealed record SessionState(
    string Login, string Name, Role Role, string Scope, bool MustChangePassword, DateTimeOffset Since, DateTimeOffset EndsAt,
    string AntiforgeryHeader, string AntiforgeryToken);

/// <summary>Signing in and out, and the sessions of who is signed in.</summary>
public static class SessionEndpoints
{
    /// <summary>Maps <c>/session</c>, the caller's own, and <c>/sessions</c>, all of the same person.</summary>
    public static void MapSessions(this RouteGroupBuilder api)
    {
        var session = api.MapGroup("/session").WithTags("sessions").WithMetadata(new OpenBeforePasswordChange());
        session.MapPost("", SignInAsync).WithName("signIn").AllowAnonymous().LimitSignIns().WithMetadata(new AntiforgeryRule(Required: false));
        session.MapGet("", Get).WithName("getSession").RequireSession();
        session.MapDelete("", SignOutAsync).WithName("signOut").RequireSession();
        session.MapPost("/password", ChangePasswordAsync).WithName("changePassword").RequireSession();

        var sessions = api.MapGroup("/sessions").WithTags("sessions").RequireSession();
        sessions.MapGet("", ListAsync).WithName("listSessions");
        sessions.MapDelete("", EndAllAsync).WithName("endSessions");
        sessions.MapDelete("/{id}", EndAsync).WithName("endSession");
    }

    /// <summary>Sign in.</summary>
    /// <remarks>
    /// Starts a session; the cookie that comes along proves it. A name that does not exist, a wrong password, a locked and a
    /// disabled account are refused alike. Errors: <c>sign_in_failed</c>, <c>too_many_attempts</c> (with <c>Retry-After</c>).
    /// </remarks>
    public static async Task<Results<Created<SessionState>, ProblemHttpResult>> SignInAsync(
        SignInBody body, HttpContext context, AccountStore accounts, SessionStore sessions, IAntiforgery antiforgery, CancellationToken token) =>
        await StartAsync(body.Login, body.Password, context, accounts, sessions, token) is { } refusal
            ? Problems.Of(refusal)
            : TypedResults.Created("/api/v1/session", State(context, antiforgery));

    /// <summary>Who am I?</summary>
    /// <remarks>Also gives the antiforgery token that the session's changes need. Keys have no session: <c>forbidden</c>.</remarks>
    public static Ok<SessionState> Get(HttpContext context, IAntiforgery antiforgery) => TypedResults.Ok(State(context, antiforgery));

    /// <summary>Sign out.</summary>
    public static async Task<NoContent> SignOutAsync(HttpContext context, SessionStore sessions, CancellationToken token)
    {
        await sessions.EndAsync(context.Session(), context.Session().Id, token);
        SessionAuthentication.DeleteCookie(context);
        return TypedResults.NoContent();
    }

    /// <summary>Change one's own password.</summary>
    /// <remarks>Ends the person's other sessions. Errors: <c>weak_password</c>, <c>wrong_password</c>.</remarks>
    public static async Task<Results<NoContent, ProblemHttpResult>> ChangePasswordAsync(
        PasswordBody body, HttpContext context, AccountStore accounts, CancellationToken token) =>
        await accounts.ChangePasswordAsync(context.Session(), body.CurrentPassword, body.NewPassword, token) is { } refusal
            ? Problems.Of(refusal)
            : TypedResults.NoContent();

    /// <summary>One's own sessions, oldest first.</summary>
    public static async Task<Ok<IReadOnlyList<SessionEntry>>> ListAsync(HttpContext context, SessionStore sessions, CancellationToken token) =>
        TypedResults.Ok(await sessions.ListAsync(context.Session(), token));

    /// <summary>End one of one's own sessions.</summary>
    /// <remarks>Errors: <c>session_not_found</c> (also for somebody else's).</remarks>
    public static async Task<Results<NoContent, ProblemHttpResult>> EndAsync(string id, HttpContext context, SessionStore sessions, CancellationToken token) =>
        await sessions.EndAsync(context.Session(), id, token) ? TypedResults.NoContent() : Problems.NotFound("session_not_found", "没有这个会话，或者它已经结束。");

    /// <summary>End all of one's own sessions, this one too.</summary>
    public static async Task<NoContent> EndAllAsync(HttpContext context, SessionStore sessions, CancellationToken token)
    {
        await sessions.EndAsync(context.Session(), id: null, token);
        SessionAuthentication.DeleteCookie(context);
        return TypedResults.NoContent();
    }

    /// <summary>Starts a session for the rest of this request, and for the browser; why not, if not.</summary>
    internal static async Task<Refusal?> StartAsync(
        string login, string password, HttpContext context, AccountStore accounts, SessionStore sessions, CancellationToken token)
    {
        if (!(await accounts.SignInAsync(login, password, UserAgent(context.Request), token)).Is(out var started, out var refusal))
        {
            return refusal;
        }

        var session = (await sessions.FindAsync(started, token))!;
        context.User = Callers.Principal(session.Caller, session);
        SessionAuthentication.SetCookie(context, started);
        return null;
    }

    static SessionState State(HttpContext context, IAntiforgery antiforgery)
    {
        var (session, tokens) = (context.Session(), antiforgery.GetAndStoreTokens(context));
        return new SessionState(
            session.Login, session.Name, session.Role, session.Scope, session.MustChangePassword, session.Since, session.EndsAt,
            tokens.HeaderName!, tokens.RequestToken!);
    }

    /// <summary>What the browser calls itself, cut between characters.</summary>
    static string UserAgent(HttpRequest request) => string.Concat(request.Headers.UserAgent.ToString().EnumerateRunes().Take(200));
}
