using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Aggregator.Api.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace Aggregator.Api.Web;

/// <summary>A form that was refused: its page is shown once more, with what was typed and with what is wrong at its place.</summary>
/// <param name="Name">Which of the page's forms it is.</param>
/// <param name="Typed">What was typed.</param>
/// <param name="Detail">Why it was refused.</param>
/// <param name="Errors">The places that are wrong.</param>
public sealed record RefusedForm(string Name, IFormCollection Typed, string Detail, ImmutableArray<RefusalError> Errors)
{
    /// <summary>The one that the page answers, if any.</summary>
    public static RefusedForm? Of(HttpContext context, string? name = null) =>
        context.Items[typeof(RefusedForm)] is RefusedForm form && (name is null || form.Name == name) ? form : null;

    /// <summary>What is wrong with a field, if anything.</summary>
    public string? ErrorAt(string field) => Errors.FirstOrDefault(e => e.Path == field || e.Path == $"$.{field}")?.Detail;
}

/// <summary>
/// What comes of a page's form. A page does what the endpoint beside it does, by the endpoint's own method, and turns its answer
/// into the next page.
/// </summary>
static partial class PageForms
{
    const string SaidCookie = "agg_said";

    /// <summary>What a form says. What it has seen of the thing that it changes stands in a field; a program says it by If-Match.</summary>
    public static async Task<IFormCollection> ReadAsync(HttpContext context, CancellationToken token)
    {
        var form = await SignInPages.ReadAsync(context.Request, token);
        if (form["seen"].ToString() is { Length: > 0 } seen)
        {
            context.Request.Headers.IfMatch = $"\"{seen}\"";
        }

        return form;
    }

    /// <summary>Goes on to a page that says what was done; or shows the form's page once more, with the status of the refusal.</summary>
    /// <param name="context">The request.</param>
    /// <param name="form">Name of the form.</param>
    /// <param name="result">What the endpoint's method answered.</param>
    /// <param name="said">What was done, in words.</param>
    /// <param name="next">Address of the next page.</param>
    /// <param name="again">Shows the page that has the form.</param>
    public static async Task<IResult> AnswerAsync(HttpContext context, string form, IResult result, string said, string next, Func<Task<IResult>> again)
    {
        var answer = result is INestedHttpResult nested ? nested.Result : result;
        if (answer is ForbidHttpResult)
        {
            return answer;
        }

        if (answer is not ProblemHttpResult problem)
        {
            return Next(context, said, next);
        }

        var errors = problem.ProblemDetails.Extensions.TryGetValue("errors", out var places) && places is ImmutableArray<RefusalError> found ? found : [];
        context.Items[typeof(RefusedForm)] = new RefusedForm(
            form, await SignInPages.ReadAsync(context.Request, context.RequestAborted), ForPeople(problem.ProblemDetails.Detail ?? ""), [.. errors.Select(e => e with { Detail = ForPeople(e.Detail) })]);
        var page = await again();
        if (page is RazorComponentResult shown)
        {
            shown.StatusCode ??= problem.StatusCode;
        }

        return page;
    }

    /// <summary>The same for what a Domain call refused, or did not.</summary>
    public static Task<IResult> AnswerAsync(HttpContext context, string form, Refusal? refusal, string said, string next, Func<Task<IResult>> again) =>
        AnswerAsync(context, form, refusal is null ? Results.Empty : Problems.Of(refusal), said, next, again);

    /// <summary>Goes on to a page that says what was done.</summary>
    public static IResult Next(HttpContext context, string said, string next)
    {
        context.Response.Cookies.Append(SaidCookie, WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(said)), Cookie(context));
        return Results.LocalRedirect(next);
    }

    /// <summary>What was done before this page was asked for, once; null if nothing was.</summary>
    public static string? TakeSaid(HttpContext context)
    {
        if (context.Request.Cookies[SaidCookie] is not { Length: > 0 and < 3000 } cookie)
        {
            return null;
        }

        context.Response.Cookies.Delete(SaidCookie, Cookie(context));
        try
        {
            return Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(cookie));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>A refusal without what is in brackets for programs only: 须写明理由（reason）.</summary>
    internal static string ForPeople(string detail) => ForPrograms.Replace(detail, "");

    [GeneratedRegex(@"（[A-Za-z][\x20-\x7e…]*）")]
    private static partial Regex ForPrograms { get; }

    static CookieOptions Cookie(HttpContext context) =>
        new() { HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true };
}
