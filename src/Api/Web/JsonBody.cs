using System.Buffers;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Aggregator.Api.Web;

/// <summary>The body of a request, kept byte for byte.</summary>
static class JsonBody
{
    static readonly Refusal unsupported = new(RefusalKind.UnsupportedMedia, "unsupported_media_type",
        "请求正文应为 UTF-8 编码的 application/json，不压缩；GBK 等编码请先转换。");

    /// <summary>
    /// Middleware. Where the framework reads the body, it throws at a charset that it does not know and takes compressed bytes
    /// for text, so both are refused before.
    /// </summary>
    public static Task RefuseOthersAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes.Contains("application/json") == true)
        {
            if (!IsPlainJson(context.Request))
            {
                return Problems.Of(unsupported).ExecuteAsync(context);
            }

            // It throws at charset="utf-8", too: it takes the quotes for part of the name.
            context.Request.ContentType = "application/json";
        }

        return next(context);
    }

    /// <summary>Reads a JSON body up to a size. Refusals: <c>unsupported_media_type</c>, <c>body_too_large</c>.</summary>
    public static async ValueTask<Outcome<byte[]>> ReadAsync(HttpRequest request, int maxBytes, CancellationToken token)
    {
        if (!IsPlainJson(request))
        {
            return unsupported;
        }

        return await ReadBytesAsync(request, maxBytes, token);
    }

    /// <summary>Reads any body up to a size. Refusals: <c>body_too_large</c>.</summary>
    public static async ValueTask<Outcome<byte[]>> ReadBytesAsync(HttpRequest request, int maxBytes, CancellationToken token)
    {
        var tooLarge = new Refusal(RefusalKind.TooLarge, "body_too_large", $"请求正文太大，最多 {maxBytes >> 20} MB。");
        if (request.ContentLength > maxBytes)
        {
            return tooLarge;
        }

        while (true)
        {
            var read = await request.BodyReader.ReadAsync(token);
            if (read.Buffer.Length > maxBytes)
            {
                // So that the server can take in the rest, and the sender gets to read the answer.
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return tooLarge;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    static bool IsPlainJson(HttpRequest request) => MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.MediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        && request.Headers.ContentEncoding.Count == 0;
}
