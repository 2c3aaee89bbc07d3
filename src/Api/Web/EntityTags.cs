using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Aggregator.Api.Web;

/// <summary>An endpoint that writes its answer as it goes and brings an entity tag of its own: it may be larger than memory.</summary>
sealed record Streamed;

/// <summary>Gives every read of the API an entity tag, and answers 304 to who has it already.</summary>
static class EntityTags
{
    /// <summary>
    /// Middleware. An endpoint may set its own tag (a submission's is its revision, for If-Match); the others get the hash of
    /// what they answer.
    /// </summary>
    public static async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        if (!HttpMethods.IsGet(context.Request.Method) || !context.Request.IsApi())
        {
            await next(context);
            return;
        }

        if (context.GetEndpoint()?.Metadata.GetMetadata<Streamed>() is not null)
        {
            SetCaching(context.Response);
            await next(context);
            return;
        }

        var response = context.Response;
        var body = response.Body;
        using var buffer = new MemoryStream();
        response.Body = buffer;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = body;
        }

        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        if (response.StatusCode == StatusCodes.Status200OK)
        {
            if (StringValues.IsNullOrEmpty(response.Headers.ETag))
            {
                response.Headers.ETag = Of(bytes.Span);
            }

            SetCaching(response);
            if (Matches(context.Request, response.Headers.ETag!))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                response.ContentType = null;
                response.ContentLength = null;
                return;
            }
        }

        if (bytes.IsEmpty)
        {
            return;
        }

        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    static void SetCaching(HttpResponse response)
    {
        // What carries a secret says no-store already.
        if (StringValues.IsNullOrEmpty(response.Headers.CacheControl))
        {
            response.Headers.CacheControl = "private, no-cache";
        }

        response.Headers.Vary = $"{HeaderNames.Authorization}, {HeaderNames.Cookie}";
    }

    /// <summary>The tag of a body: its hash.</summary>
    public static string Of(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return $"\"{Convert.ToHexStringLower(hash[..12])}\"";
    }

    static bool Matches(HttpRequest request, string etag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var tags)
        && tags.Any(tag => tag == EntityTagHeaderValue.Any || tag.Compare(EntityTagHeaderValue.Parse(etag), useStrongComparison: false));
}
