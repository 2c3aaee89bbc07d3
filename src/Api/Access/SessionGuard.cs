using Aggregator.Api.Web;
using Microsoft.AspNetCore.Antiforgery;

namespace Aggregator.Api.Access;

/// <summary>
/// Whether a change needs an antiforgery token even though nobody is signed in (a form that signs in), or needs none even
/// though somebody is (a JSON body that signs in, which no other site can make a browser send).
/// </summary>
sealed record AntiforgeryRule(bool Required);

/// <summary>What is open to a session that still has to change its password.</summary>
sealed record OpenBeforePasswordChange;

/// <summary>What a request by a session has to satisfy beyond rights. A browser sends its cookie along with whatever another site makes it send.</summary>
static class SessionGuard
{
    /// <summary>The header that takes an antiforgery token where there is no form.</summary>
    public const string HeaderName = "X-Antiforgery-Token";

    static readonly Refusal forged = new(RefusalKind.Invalid, "antiforgery_failed",
        $"这个请求缺少防伪令牌，或令牌已失效。网页请刷新后重新提交；程序请先 GET /api/v1/session，把其中的令牌放进 {HeaderName} 头。");

    static readonly Refusal unchanged = new(RefusalKind.Forbidden, "password_change_required",
        "您用的是一次性密码，请先修改密码（POST /api/v1/session/password），再使用其他功能。");

    /// <summary>Middleware. Refusals: <c>antiforgery_failed</c>, <c>password_change_required</c>.</summary>
    public static async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (Changes(context.Request) && !await IsOwnAsync(context))
        {
            await RefuseAsync(context, forged);
        }
        else if (context.User.SessionOrNull() is not { MustChangePassword: true } || !IsClosedBeforeChange(context.GetEndpoint()))
        {
            await next(context);
        }
        else if (SessionAuthentication.IsPage(context.Request))
        {
            context.Response.Redirect(SignInPages.PasswordAddressOf(context.Request));
        }
        else
        {
            await RefuseAsync(context, unchanged);
        }
    }

    static bool Changes(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method) && !HttpMethods.IsTrace(request.Method);

    static bool IsClosedBeforeChange(Endpoint? endpoint) =>
        endpoint is not null && endpoint.Metadata.GetMetadata<OpenBeforePasswordChange>() is null;

    /// <summary>Whether the request comes from a page of this very site, as far as the browser's cookie has any part in it.</summary>
    static async Task<bool> IsOwnAsync(HttpContext context)
    {
        var rule = context.GetEndpoint()?.Metadata.GetMetadata<AntiforgeryRule>();
        if (rule is null && context.User.SessionOrNull() is null)
        {
            return true;
        }

        return context.Request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none"
            && (rule is { Required: false } || await HasTokenAsync(context));
    }

    static async Task<bool> HasTokenAsync(HttpContext context)
    {
        try
        {
            return await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context);
        }
        catch (AntiforgeryValidationException e)
        {
            // The form could not be read. A file that is too large is refused as such; in what is left no token is to be found.
            return e.InnerException is BadHttpRequestException bad ? throw new BadHttpRequestException(bad.Message, bad.StatusCode) : false;
        }
        catch (NotSupportedException)
        {
            // A charset that nobody reads any more, such as utf-7.
            return false;
        }
    }

    /// <summary>A refusal as problem details, or on a page for who came from one.</summary>
    public static Task RefuseAsync(HttpContext context, Refusal refusal) => (context.Request.IsApi()
        ? (IResult)Problems.Of(refusal)
        : RefusalPage.Of(context, refusal)).ExecuteAsync(context);
}
