using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Aggregator.Documents;
using Aggregator.Documents.Writing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aggregator.Api.Web.Charts;

/// <summary>
/// A chart as a picture of its own: the drawing of the page in the colours that a page has by day. Whoever draws it (a browser,
/// librsvg, a word processor) needs nothing else.
/// </summary>
public static partial class ChartFile
{
    const int Width = 960;

    // Chinese stays Chinese, as on pages.
    static readonly ServiceProvider services = new ServiceCollection()
        .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddSingleton(HtmlEncoder.Create(UnicodeRanges.All)).BuildServiceProvider();

    static readonly string style = Resolve(StyleSheet.Charts);

    /// <summary>The formats that a chart can be had in.</summary>
    public static ImmutableArray<FileFormat<Chart>> Formats { get; } =
        [new("svg", Infographic.MediaType, Write), new("png", "image/png", Write, SvgConverter.ToPngAsync)];

    /// <summary>The source expression by which a browser that opens a file lets its style be.</summary>
    public static string PolicySource { get; } = StyleSheet.PolicySourceOf(style);

    static byte[] Write(Chart chart)
    {
        using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        var drawing = renderer.Dispatcher.InvokeAsync(() => renderer.BeginRenderingComponent<ChartDrawing>(ParameterView.FromDictionary(
            new Dictionary<string, object?> { [nameof(ChartDrawing.Chart)] = chart, [nameof(ChartDrawing.Id)] = "chart" })).ToHtmlString()).GetAwaiter().GetResult();

        // A page sets how wide a drawing is; a file says so itself, and carries the title that stands above it on a page.
        var height = int.Parse(Height().Match(drawing).Groups[1].Value, CultureInfo.InvariantCulture);
        return Encoding.UTF8.GetBytes($"""
            <svg xmlns="http://www.w3.org/2000/svg" class="chart" width="{Width + 48}" height="{height + 84}">
            <style>{style}</style>
            <rect class="paper" width="100%" height="100%"/>
            <text class="title" x="24" y="40">{WebUtility.HtmlEncode(chart.Title)}</text>
            <svg x="24" y="60" width="{Width}" height="{height}">{drawing.Trim()}</svg>
            </svg>

            """.ReplaceLineEndings("\n"));
    }

    /// <summary>Only browsers know variables: each is replaced by what the style sheet says first, and that is by day.</summary>
    static string Resolve(string css) =>
        Variable().Replace(css, variable => Regex.Match(StyleSheet.Text.Value, $"{variable.Groups[1].Value}: ([^;]+);").Groups[1].Value);

    [GeneratedRegex(@"var\((--[\w-]+)\)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"height=""(\d+)""")]
    private static partial Regex Height();
}
