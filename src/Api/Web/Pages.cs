using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Aggregator.Api.Web;

/// <summary>What pages need of the host.</summary>
public static class Pages
{
    /// <summary>Whether a request is for the API, however its address is spelled: routes do not tell upper from lower case.</summary>
    internal static bool IsApi(this HttpRequest request) => request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a person's browser asks, from outside the API: it gets a page, also where it is refused.</summary>
    internal static bool IsFromPage(this HttpRequest request) =>
        !request.IsApi() && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    /// <summary>Renders Razor components on the server.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents();

        // Long lists are all repetition. The one secret of a page, its antiforgery token, is new in every answer, so that nobody can
        // guess at it by the length.
        services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = ["text/html", "text/javascript", "image/svg+xml"];
        });

        // Pages are UTF-8. Markup characters are encoded as ever, but Chinese stays Chinese: half the bytes, and the source
        // of a page can be read and searched.
        return services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
    }
}
