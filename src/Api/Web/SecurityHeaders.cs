using Aggregator.Api.Web.Charts;
using Microsoft.Extensions.Primitives;

namespace Aggregator.Api.Web;

/// <summary>Headers that keep a browser from doing more than the page needs, and caches from keeping what is for one caller.</summary>
static class SecurityHeaders
{
    /// <summary>Middleware.</summary>
    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        // As late as can be: whoever turns a failure into an answer clears the headers first.
        context.Response.OnStarting(Add, context);
        return next(context);
    }

    /// <summary>The Swagger page brings styles and scripts of its own, inline styles among them.</summary>
    static Task Add(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/swagger", StringComparison.OrdinalIgnoreCase)
            ? "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
            : $"default-src 'none'; img-src 'self' data:; style-src {StyleSheet.PolicySource} {ChartFile.PolicySource}; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        if (StringValues.IsNullOrEmpty(headers.CacheControl))
        {
            headers.CacheControl = "no-store";
        }

        return Task.CompletedTask;
    }
}
