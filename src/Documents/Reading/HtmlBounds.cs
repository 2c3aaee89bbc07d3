namespace Aggregator.Documents.Reading;

/// <summary>
/// Looks over a page before it is parsed. A parser that follows the standard repairs whatever it meets, and there are pages whose
/// repair takes hours: elements open within each other by the thousand, attributes without end.
/// </summary>
static class HtmlBounds
{
    const int MaxTags = 100_000;
    const int MaxOpen = 200;
    const int MaxAttributes = 300;

    /// <summary>Refuses what is beyond any page that shows a report.</summary>
    public static void Check(ReadOnlySpan<char> page)
    {
        var tags = 0;
        var open = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
        for (int start; (start = page.IndexOf('<')) >= 0;)
        {
            page = page[(start + 1)..];
            if (page.StartsWith("!--", StringComparison.Ordinal))
            {
                var end = page.IndexOf("-->", StringComparison.Ordinal);
                page = end < 0 ? [] : page[end..];
                continue;
            }

            var closing = page is ['/', ..];
            var name = Name(closing ? page[1..] : page);
            if (name.IsEmpty)
            {
                continue;
            }

            page = page[(name.Length + (closing ? 1 : 0))..];
            var attributes = SkipAttributes(ref page);
            if (++tags > MaxTags || attributes > MaxAttributes)
            {
                throw UnreadableException.TooComplex($"的网页代码过多（最多 {MaxTags} 个标记）");
            }

            if (IsRaw(name) && !closing)
            {
                page = AfterRaw(page, name);
            }
            else if (!EndsByItself(name))
            {
                open.TryGetValue(name, out var count);
                open[name] = count = closing ? Math.Max(0, count - 1) : count + 1;
                if (count > MaxOpen)
                {
                    throw UnreadableException.TooComplex($"的网页嵌套过深");
                }
            }
        }
    }

    static ReadOnlySpan<char> Name(ReadOnlySpan<char> tag)
    {
        var length = 0;
        while (length < tag.Length && (char.IsAsciiLetter(tag[length]) || (length > 0 && tag[length] is not (' ' or '\t' or '\r' or '\n' or '\f' or '/' or '>'))))
        {
            length++;
        }

        return tag[..length];
    }

    /// <summary>Goes on behind the tag; gives about how many attributes it has.</summary>
    static int SkipAttributes(ref ReadOnlySpan<char> page)
    {
        var gaps = 0;
        var i = 0;
        for (; i < page.Length && page[i] != '>'; i++)
        {
            if (page[i] is '"' or '\'' && i > 0 && page[..i].TrimEnd() is [.., '='])
            {
                var end = page[(i + 1)..].IndexOf(page[i]);
                i = end < 0 ? page.Length - 1 : i + 1 + end;
                gaps++;
            }
            else if (page[i] is ' ' or '\t' or '\r' or '\n' or '\f' or '/' && i > 0 && page[i - 1] is not (' ' or '\t' or '\r' or '\n' or '\f'))
            {
                gaps++;
            }
        }

        page = page[Math.Min(i, page.Length)..];
        return gaps;
    }

    static bool IsRaw(ReadOnlySpan<char> name) => name.Equals("script", StringComparison.OrdinalIgnoreCase) || name.Equals("style", StringComparison.OrdinalIgnoreCase)
        || name.Equals("textarea", StringComparison.OrdinalIgnoreCase) || name.Equals("title", StringComparison.OrdinalIgnoreCase);

    static ReadOnlySpan<char> AfterRaw(ReadOnlySpan<char> page, ReadOnlySpan<char> name)
    {
        for (int at; (at = page.IndexOf("</", StringComparison.Ordinal)) >= 0;)
        {
            page = page[(at + 2)..];
            if (page.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return page;
            }
        }

        return page;
    }

    /// <summary>Elements that need no end tag: the next one of their kind, or nothing at all, ends them.</summary>
    static bool EndsByItself(ReadOnlySpan<char> name) => name switch
    {
        "p" or "P" or "li" or "LI" or "td" or "TD" or "th" or "TH" or "tr" or "TR" or "tbody" or "TBODY" or "thead" or "THEAD" or "tfoot" or "TFOOT"
            or "dd" or "DD" or "dt" or "DT" or "option" or "OPTION" or "col" or "COL" or "colgroup" or "COLGROUP" or "br" or "BR" or "img" or "IMG"
            or "hr" or "HR" or "meta" or "META" or "link" or "LINK" or "input" or "INPUT" or "base" or "BASE" or "area" or "AREA" or "param" or "PARAM"
            or "wbr" or "WBR" or "embed" or "EMBED" or "source" or "SOURCE" => true,
        _ => false,
    };
}
