using System.Text;
using System.Text.RegularExpressions;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Reads a web page that was saved as a single file (网页，单个文件): a mail whose first part in HTML is the page. Old office systems
/// call it <c>.doc</c>.
/// </summary>
static partial class MhtmlSource
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "multipart/related";

    const int MaxHead = 4096;
    const int MaxDepth = 3;

    /// <summary>Whether a file begins with the head of a mail.</summary>
    public static bool Recognises(ReadOnlySpan<byte> bytes) => Mail().IsMatch(Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, MaxHead)]));

    /// <summary>Reads the page.</summary>
    public static SourceDocument Read(ReadOnlySpan<byte> bytes)
    {
        // Each byte a character: what the bytes stand for shows only within the part.
        var page = Page(Encoding.Latin1.GetString(bytes), 0) ?? throw UnreadableException.Unknown();
        return HtmlSource.Read(TextSource.Decode(page) ?? throw UnreadableException.Damaged()) with { MediaType = MediaType };
    }

    static byte[]? Page(ReadOnlySpan<char> part, int depth)
    {
        // A blank line ends the head.
        part = part.TrimStart("\r\n");
        var (unix, windows) = (part.IndexOf("\n\n"), part.IndexOf("\n\r\n"));
        var end = unix < 0 || windows >= 0 && windows < unix ? windows : unix;
        var head = end < 0 ? "" : Folded().Replace(part[..end].ToString(), " ");
        var body = part[(end + 1)..];
        if (ContentType().Match(head) is not { Success: true } type)
        {
            return null;
        }

        if (type.Groups["type"].Value.Equals("text/html", StringComparison.OrdinalIgnoreCase))
        {
            return Decode(body, TransferEncoding().Match(head).Groups["name"].Value.ToLowerInvariant());
        }

        if (Boundary().Match(head) is not { Success: true } boundary || depth == MaxDepth)
        {
            return null;
        }

        var mark = "--" + boundary.Groups["mark"].Value;
        for (var start = body.IndexOf(mark, StringComparison.Ordinal); start >= 0;)
        {
            body = body[(start + mark.Length)..];
            var next = body.IndexOf(mark, StringComparison.Ordinal);
            if (Page(body[..(next < 0 ? body.Length : next)], depth + 1) is { } page)
            {
                return page;
            }

            start = next;
        }

        return null;
    }

    static byte[] Decode(ReadOnlySpan<char> body, string encoding) => encoding switch
    {
        "base64" => Convert.FromBase64String(body.ToString()),
        "quoted-printable" => QuotedPrintable(body),
        _ => Bytes(body),
    };

    static byte[] Bytes(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length];
        Encoding.Latin1.GetBytes(text, bytes);
        return bytes;
    }

    static byte[] QuotedPrintable(ReadOnlySpan<char> body)
    {
        var (bytes, length) = (new byte[body.Length], 0);
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] != '=')
            {
                bytes[length++] = (byte)body[i];
            }
            else if (i + 2 < body.Length && char.IsAsciiHexDigit(body[i + 1]) && char.IsAsciiHexDigit(body[i + 2]))
            {
                bytes[length++] = Convert.FromHexString(body.Slice(i + 1, 2))[0];
                i += 2;
            }
            else
            {
                // The line goes on below.
                i += i + 1 < body.Length && body[i + 1] == '\r' ? 2 : 1;
            }
        }

        return bytes[..length];
    }

    [GeneratedRegex(@"^(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?MIME-Version:", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Mail();

    /// <summary>A line that begins with a blank goes on with the one above.</summary>
    [GeneratedRegex(@"\r?\n[ \t]+", RegexOptions.CultureInvariant)]
    private static partial Regex Folded();

    [GeneratedRegex(@"^Content-Type:[ \t]*(?<type>[^;\s]+)", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ContentType();

    [GeneratedRegex(@"^Content-Transfer-Encoding:[ \t]*(?<name>[\w-]+)", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex TransferEncoding();

    [GeneratedRegex("""^Content-Type:.*?boundary="?(?<mark>[^";\r\n]+)""", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Boundary();
}
