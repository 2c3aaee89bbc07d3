using Aggregator.Api.Web.Charts;

namespace Aggregator.Api.Web;

/// <summary>Headers that keep a browser from doing more than the page needs.</summary>
static class SecurityHeaders
{
    /// <summary>Middleware. The Swagger page brings styles and scripts of its own, inline styles among them.</summary>
    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/swagger", StringComparison.Ordinal)
            ? "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
            : $"default-src 'none'; img-src 'self' data:; style-src {StyleSheet.PolicySource} {ChartFile.PolicySource}; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        return next(context);
    }
}
