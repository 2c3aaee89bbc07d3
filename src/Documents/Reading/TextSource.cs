using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Aggregator.Documents.Reading;

/// <summary>Reads plain text in the encodings that Chinese offices use; each line becomes a paragraph, blank ones included.</summary>
static partial class TextSource
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "text/plain";

    /// <summary>What Windows calls "ANSI" in China; GB2312 and GBK are parts of it.</summary>
    static readonly Encoding gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(54936, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    /// <summary>Reads a text that was decoded.</summary>
    public static SourceDocument Read(string text)
    {
        var draft = new SourceDraft();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            draft.AddLine(line.ToString());
        }

        return draft.Build(MediaType);
    }

    /// <summary>
    /// A text as a page, if its tables are written as those of pages are, as programs that recognise characters write them, or null: then
    /// each line outside of a table is a paragraph, and not the blank that it would be on a page.
    /// </summary>
    public static string? AsPage(string text)
    {
        if (text.AsSpan().TrimStart() is ['<', ..] || text.Contains("<!doctype", StringComparison.OrdinalIgnoreCase) || text.Contains("<head", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var page = new StringBuilder();
        var end = 0;
        while (Find("<table", end) is >= 0 and var begin && Find("</table>", begin) is >= 0 and var last)
        {
            AppendLines(text.AsSpan()[end..begin]);
            end = last + "</table>".Length;
            page.Append(text.AsSpan()[begin..end]);
        }

        if (end == 0)
        {
            return null;
        }

        AppendLines(text.AsSpan()[end..]);
        return page.ToString();

        int Find(string tag, int from) => text.IndexOf(tag, from, StringComparison.OrdinalIgnoreCase);

        void AppendLines(ReadOnlySpan<char> lines)
        {
            foreach (var line in lines.EnumerateLines())
            {
                page.Append("<p>").Append(line).Append("</p>");
            }
        }
    }

    /// <summary>The text that bytes stand for, or null if they are no text.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var text = DecodeAny(bytes);
            return text.AsSpan().ContainsAnyInRange('\0', '\b') || text.AsSpan().ContainsAnyInRange('\u000E', '\u001F') ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    static string DecodeAny(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            return Encoding.UTF8.GetString(bytes[3..]);
        }

        if (bytes.StartsWith(Encoding.Unicode.Preamble))
        {
            return Encoding.Unicode.GetString(bytes[2..]);
        }

        if (bytes.StartsWith(Encoding.BigEndianUnicode.Preamble))
        {
            return Encoding.BigEndianUnicode.GetString(bytes[2..]);
        }

        // A line end or digit in UTF-16 has a zero byte, which no other text has.
        if (bytes.Length % 2 == 0 && bytes.Contains((byte)0))
        {
            var little = bytes[..Math.Min(bytes.Length, 4096)].IndexOf((byte)0) % 2 == 1;
            return (little ? Encoding.Unicode : Encoding.BigEndianUnicode).GetString(bytes);
        }

        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding18030(bytes);
    }

    /// <summary>A page may be cut within a character, or have a broken one: one in a thousand is let pass, and shown as broken.</summary>
    static string Encoding18030(ReadOnlySpan<byte> bytes)
    {
        var declaresUtf8 = Utf8Declared().IsMatch(Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 4096)]));
        var lenient = declaresUtf8 ? Encoding.UTF8 : CodePagesEncodingProvider.Instance.GetEncoding(54936)!;
        var text = lenient.GetString(bytes);
        return text.AsSpan().Count('\uFFFD') <= text.Length / 1000 ? text : gb18030.GetString(bytes);
    }

    [GeneratedRegex("""charset\s*=\s*["']?utf-?8""", RegexOptions.IgnoreCase)]
    private static partial Regex Utf8Declared();
}
