using Microsoft.AspNetCore.Http.Features;

namespace Aggregator.Api.Web;

/// <summary>Names a request's span after its route, as the field does; the framework says only the method and the path.</summary>
static class TraceNames
{
    /// <summary>Middleware.</summary>
    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span
            && context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            span.SetTag("http.route", route);
            span.DisplayName = $"{context.Request.Method} {route}";
        }

        return next(context);
    }
}
