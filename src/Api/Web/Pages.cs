using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Aggregator.Api.Web;

/// <summary>What pages need of the host.</summary>
public static class Pages
{
    /// <summary>Renders Razor components on the server.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents();

        // Pages are UTF-8. Markup characters are encoded as ever, but Chinese stays Chinese: half the bytes, and the source
        // of a page can be read and searched.
        return services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
    }
}
