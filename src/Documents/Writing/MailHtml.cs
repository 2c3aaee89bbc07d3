using System.Text.Encodings.Web;
using System.Text.Unicode;
using Aggregator.Reminders;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aggregator.Documents.Writing;

/// <summary>Lays a mail out as HTML.</summary>
public static class MailHtml
{
    // Chinese stays Chinese, as on pages.
    static readonly ServiceProvider services = new ServiceCollection()
        .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddSingleton(HtmlEncoder.Create(UnicodeRanges.All)).BuildServiceProvider();

    /// <summary>The HTML of a mail.</summary>
    public static async Task<string> WriteAsync(MailContent content)
    {
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<MailPage>(
            ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(MailPage.Content)] = content }))).ToHtmlString());
    }
}
