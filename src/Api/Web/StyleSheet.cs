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
    /// <summary>The text, exactly as it stands in the page: the hash is taken over it.</summary>
    public static MarkupString Text { get; } = new(Read());

    /// <summary>The source expression for <c>style-src</c>, quotes included.</summary>
    public static string PolicySource { get; } = $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text.Value)))}'";

    static string Read()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("site.css")!, Encoding.UTF8);

        // A browser hashes what its parser sees, in which every line ends with a line feed.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
