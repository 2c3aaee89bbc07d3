using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Aggregator.Api.Web;

/// <summary>
/// The one style sheet of all pages. It is written into each page, so that a page that was saved or mailed looks and prints
/// the same without this server. A content security policy names it by its hash, which needs neither a nonce for each answer
/// nor <c>unsafe-inline</c>; so no page may carry a <c>style</c> attribute or another <c>style</c> element.
/// </summary>
public static class StyleSheet
{
    /// <summary>The part about charts, which a chart's file carries along.</summary>
    internal static string Charts { get; } = Read("charts.css");

    /// <summary>The text, exactly as it stands in the page: the hash is taken over it.</summary>
    public static MarkupString Text { get; } = new(Read("site.css") + Charts);

    /// <summary>The source expression for <c>style-src</c>, quotes included.</summary>
    public static string PolicySource { get; } = PolicySourceOf(Text.Value);

    /// <summary>The source expression for a style sheet.</summary>
    internal static string PolicySourceOf(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    static string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!, Encoding.UTF8);

        // A browser hashes what its parser sees, in which every line ends with a line feed.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
