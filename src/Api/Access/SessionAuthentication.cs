using System.Text.Encodings.Web;
using Aggregator.Access;
using Aggregator.Api.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace Aggregator.Api.Access;

/// <summary>Admits people by the cookie of their session.</summary>
sealed class SessionAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, SessionStore sessions)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Name of the scheme.</summary>
    public const string SchemeName = "Session";

    /// <summary>Hands a browser the token of its new session.</summary>
    public static void SetCookie(HttpContext context, SessionToken token) => context.Response.Cookies.Append(CookieName(context.Request), token.Value, Cookie(context.Request));

    /// <summary>Makes a browser forget the token.</summary>
    public static void DeleteCookie(HttpContext context) => context.Response.Cookies.Delete(CookieName(context.Request), Cookie(context.Request));

    /// <summary>Whether a browser asks for a page: one outside the API, or one of the API's that says that it is a page.</summary>
    public static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
        && (!request.IsApi()
            || request.HttpContext.GetEndpoint()?.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(m => m.ContentTypes.Contains("text/html")) == true);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Request.Cookies[CookieName(Request)] is { Length: > 0 and <= 100 } presented
            && await sessions.FindAsync(new SessionToken(presented), Context.RequestAborted) is { } session
            ? AuthenticateResult.Success(new AuthenticationTicket(Callers.Principal(session.Caller, session), SchemeName))
            : AuthenticateResult.NoResult();

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (IsPage(Request))
        {
            Response.Redirect(SignInPages.AddressOf(Request));
            return Task.CompletedTask;
        }

        if (SignInPages.IsOwnForm(Request))
        {
            return SignInPages.AskAgainAsync(Context);
        }

        Response.Headers.WWWAuthenticate = "Bearer";
        return base.HandleChallengeAsync(properties);
    }

    /// <summary>With <c>__Host-</c> a browser takes the cookie from nobody but this very host, over https.</summary>
    static string CookieName(HttpRequest request) => request.IsHttps ? "__Host-agg_session" : "agg_session";

    static CookieOptions Cookie(HttpRequest request) =>
        new() { HttpOnly = true, Secure = request.IsHttps, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };
}
