using System.Reflection;

namespace Aggregator.Api.Web;

/// <summary>
/// The one script of all pages. It makes typing into the form quicker and does nothing that cannot be done without it. Its
/// address carries its hash, so that a browser keeps it until it has changed.
/// </summary>
public static class Script
{
    const string Path = "/site.js";

    static readonly byte[] text = Read();

    /// <summary>The tag of the text, which is also in its address.</summary>
    static readonly string tag = EntityTags.Of(text).Trim('"');

    /// <summary>Where a page finds it.</summary>
    public static string Address { get; } = $"{Path}?{tag}";

    /// <summary>Maps <c>/site.js</c>.</summary>
    public static void MapScript(this IEndpointRouteBuilder app) => app.MapGet(Path, (HttpContext context) =>
    {
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return TypedResults.Bytes(text, "text/javascript; charset=utf-8", entityTag: new($"\"{tag}\""));
    }).ExcludeFromDescription();

    static byte[] Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("site.js")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
