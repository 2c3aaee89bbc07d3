using Aggregator.Access;
using Aggregator.Api.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Access;

/// <summary>The pages through which a person signs in and out, and changes a password. They work without script.</summary>
public static class SignInPages
{
    const string SignIn = "/sign-in";
    const string Password = "/password";
    const string Start = "/";
    const string Account = "/account";

    /// <summary>Maps <c>/sign-in</c>, <c>/sign-out</c>, <c>/password</c> and <c>/account</c>.</summary>
    public static void MapSignInPages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("").ExcludeFromDescription().WithMetadata(new OpenBeforePasswordChange());
        pages.MapGet(SignIn, ShowSignIn);
        pages.MapPost(SignIn, SignInAsync).LimitSignIns().WithMetadata(new AntiforgeryRule(Required: true));
        pages.MapPost("/sign-out", SignOutAsync);
        pages.MapGet(Password, ShowPassword).RequireSession();
        pages.MapPost(Password, ChangePasswordAsync).RequireSession();
        app.MapGet(Account, ShowAccountAsync).ExcludeFromDescription().RequireSession();
    }

    /// <summary>Where a request without a session goes first.</summary>
    internal static string AddressOf(HttpRequest request) => $"{SignIn}?returnUrl={Here(request)}";

    /// <summary>Whether a browser sends a form of this site's own pages, with something typed in it.</summary>
    internal static bool IsOwnForm(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.IsFromPage()
        && request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal) == true
        && request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin";

    /// <summary>Asks a person whose session has ended to sign in again, and carries along what was typed.</summary>
    internal static async Task AskAgainAsync(HttpContext context)
    {
        var typed = (await ReadAsync(context.Request, context.RequestAborted)).Where(f => f.Key != "antiforgery").Select(f => KeyValuePair.Create(f.Key, f.Value.ToString()));
        await new RazorComponentResult<SignInPage>(new
        {
            ReturnUrl = $"{context.Request.PathBase}{context.Request.Path}",
            Typed = typed.ToList(),
            Error = "登录已过期，请重新登录。刚才填写的内容还在，登录后继续。",
        })
        { StatusCode = StatusCodes.Status401Unauthorized }.ExecuteAsync(context);
    }

    /// <summary>Where a session with a one-time password goes first.</summary>
    internal static string PasswordAddressOf(HttpRequest request) => $"{Password}?returnUrl={Here(request)}";

    /// <summary>The form for signing in.</summary>
    public static IResult ShowSignIn(string? returnUrl = null) => new RazorComponentResult<SignInPage>(new { ReturnUrl = Local(returnUrl) });

    /// <summary>Signs in.</summary>
    public static async Task<IResult> SignInAsync(
        HttpContext context, AccountStore accounts, SessionStore sessions, CancellationToken token)
    {
        var form = await ReadAsync(context.Request, token);
        var (login, returnUrl) = (form["login"].ToString(), Local(form["returnUrl"]));
        var typed = form.Where(f => f.Key.StartsWith(SignInPage.TypedField, StringComparison.Ordinal))
            .Select(f => KeyValuePair.Create(f.Key[SignInPage.TypedField.Length..], f.Value.ToString())).ToList();
        if (await SessionEndpoints.StartAsync(login, form["password"].ToString(), context, accounts, sessions, token) is { } refusal)
        {
            return new RazorComponentResult<SignInPage>(new { Login = login, ReturnUrl = returnUrl, Typed = typed, Error = refusal.Detail })
            {
                StatusCode = Problems.Status(refusal.Kind),
            };
        }

        if (typed.Count > 0 && !context.Session().MustChangePassword)
        {
            return new RazorComponentResult<ResumePage>(new { Address = returnUrl, Typed = typed });
        }

        return TypedResults.Redirect(context.Session().MustChangePassword ? $"{Password}?returnUrl={Uri.EscapeDataString(returnUrl)}" : returnUrl);
    }

    /// <summary>Signs out; who is not signed in any more is as far already.</summary>
    public static async Task<RedirectHttpResult> SignOutAsync(HttpContext context, SessionStore sessions, CancellationToken token)
    {
        if (context.User.SessionOrNull() is { } session)
        {
            await sessions.EndAsync(session, session.Id, token);
        }

        SessionAuthentication.DeleteCookie(context);

        // What the script keeps of a form that was not sent is nobody's business who sits down here next.
        context.Response.Headers["Clear-Site-Data"] = "\"storage\"";
        return TypedResults.Redirect(SignIn);
    }

    /// <summary>The form for changing one's password.</summary>
    public static IResult ShowPassword(HttpContext context, string? returnUrl = null) =>
        new RazorComponentResult<PasswordPage>(new { context.Session().MustChangePassword, ReturnUrl = Local(returnUrl) });

    /// <summary>Changes the password.</summary>
    public static async Task<IResult> ChangePasswordAsync(
        HttpContext context, AccountStore accounts, CancellationToken token)
    {
        var form = await ReadAsync(context.Request, token);
        var (session, chosen, returnUrl) = (context.Session(), form["newPassword"].ToString(), Local(form["returnUrl"]));
        var refusal = chosen != form["repeated"]
            ? Refusal.Invalid("repeated", "passwords_differ", "两次输入的新密码不一致")
            : await accounts.ChangePasswordAsync(session, form["currentPassword"].ToString(), chosen, token);
        return refusal is null
            ? TypedResults.Redirect(returnUrl)
            : new RazorComponentResult<PasswordPage>(new { session.MustChangePassword, ReturnUrl = returnUrl, Error = refusal.Detail })
            {
                StatusCode = Problems.Status(refusal.Kind),
            };
    }

    /// <summary>Who is signed in, and where else.</summary>
    public static async Task<IResult> ShowAccountAsync(HttpContext context, SessionStore sessions, CancellationToken token)
    {
        var session = context.Session();
        return new RazorComponentResult<AccountPage>(new { Session = session, Sessions = await sessions.ListAsync(session, token) });
    }

    /// <summary>What a form says; nothing, if it is none, or says what nobody can type.</summary>
    internal static async Task<IFormCollection> ReadAsync(HttpRequest request, CancellationToken token)
    {
        try
        {
            var form = request.HasFormContentType ? await request.ReadFormAsync(token) : FormCollection.Empty;
            return form.Any(field => field.Value.ToString().Contains('\0', StringComparison.Ordinal)) ? FormCollection.Empty : form;
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or IOException and not BadHttpRequestException)
        {
            return FormCollection.Empty;
        }
    }

    static string Here(HttpRequest request) => Uri.EscapeDataString($"{request.PathBase}{request.Path}{request.QueryString}");

    /// <summary>
    /// The address if it leads to this site, or else the start. A browser reads <c>//</c> and <c>/\</c> as another host, and
    /// drops control characters before it looks.
    /// </summary>
    static string Local(string? address) =>
        address is ['/', ..] and not ['/', '/' or '\\', ..] && address.All(c => c is > ' ' and < '\x7f') ? address : Start;
}
