using System.Globalization;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Reads a web page as a browser shows it: published pages with the site's frame around the report, and pages that Word has saved.
/// Nothing that a page refers to is fetched, and no script runs.
/// </summary>
sealed class HtmlSource
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "text/html";

    const int MaxCharacters = 8 << 20;
    const int MaxDepth = 250;
    const int MaxTitle = 500;
    const string Ideographs = "\u2E80";

    readonly SourceDraft draft = new();

    /// <summary>Whether a text is a web page: its first tag is one of a page's.</summary>
    public static bool Recognises(string text)
    {
        var start = text.AsSpan(0, Math.Min(text.Length, 4096)).TrimStart();
        return start is ['<', ..] && !start.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase)
            || start.Contains("<!doctype html", StringComparison.OrdinalIgnoreCase) || start.Contains("<html", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reads a page that was decoded.</summary>
    public static SourceDocument Read(string page)
    {
        if (page.Length > MaxCharacters)
        {
            throw UnreadableException.TooComplex($"的网页代码超过 {MaxCharacters >> 20} MB");
        }

        HtmlBounds.Check(page);
        var source = new HtmlSource();
        using var document = new HtmlParser().ParseDocument(page);
        var blocks = new List<DraftBlock>();
        if (document.Body is { } body)
        {
            source.ReadBlock(body, blocks, 0);
        }

        source.draft.Add(blocks);
        return source.draft.Build(MediaType) with { Head = [.. Head(document)] };
    }

    /// <summary>What a site has to put into the head of an article: its title, by itself and with the site's name, and its date.</summary>
    static IEnumerable<SourceParagraph> Head(IDocument page)
    {
        var titles = page.QuerySelectorAll("head > meta[content]")
            .Where(m => m.GetAttribute("name") is { } name && name.Equals("ArticleTitle", StringComparison.OrdinalIgnoreCase))
            .Select(m => m.GetAttribute("content")!).Append(page.Title ?? "");
        foreach (var title in titles.SelectMany(t => t[..Math.Min(t.Length, MaxTitle)].Split(['-', '_', '|', '>', '–', '—', '\n'])))
        {
            yield return new SourceParagraph(title.Trim(), "网页标题");
        }

        if (page.QuerySelectorAll("head > meta[content]").FirstOrDefault(m => m.GetAttribute("name") is { } name && name.Equals("PubDate", StringComparison.OrdinalIgnoreCase)) is { } day)
        {
            yield return new SourceParagraph($"发布日期：{day.GetAttribute("content")}", "网页信息");
        }
    }

    /// <summary>Reads an element that starts and ends a line of its own.</summary>
    void ReadBlock(IElement element, List<DraftBlock> into, int depth)
    {
        var text = new StringBuilder();
        ReadFlow(element, text, into, depth);
        Flush(text, into);
    }

    void ReadFlow(IElement parent, StringBuilder text, List<DraftBlock> into, int depth)
    {
        if (depth > MaxDepth)
        {
            throw UnreadableException.TooComplex($"的网页嵌套过深");
        }

        var item = 0;
        for (var node = parent.FirstChild; node is not null; node = node.NextSibling)
        {
            if (node is IText words)
            {
                Append(text, words.Data, parent.LocalName is "pre" or "xmp" or "listing");
            }

            if (node is not IElement element || IsUnseen(element))
            {
                continue;
            }

            switch (element.LocalName)
            {
                case "br":
                    text.Append('\n');
                    break;
                case "table":
                    Flush(text, into);
                    ReadTable(element, into, depth + 1);
                    break;
                case "li" when parent.LocalName == "ol":
                    Flush(text, into);
                    text.Append(CultureInfo.InvariantCulture, $"{++item}.");
                    ReadFlow(element, text, into, depth + 1);
                    Flush(text, into);
                    break;
                case "sup":
                case "span" when Style(element).Contains("vertical-align:super", StringComparison.Ordinal):
                    var raised = new StringBuilder();
                    ReadFlow(element, raised, into, depth + 1);
                    text.Append(PlainText.Raised(raised.ToString()));
                    break;
                case "a" or "abbr" or "acronym" or "b" or "bdi" or "bdo" or "big" or "cite" or "code" or "data" or "dfn" or "em" or "font" or "i" or "ins"
                    or "kbd" or "label" or "mark" or "nobr" or "q" or "ruby" or "rb" or "samp" or "small" or "span" or "strong" or "sub"
                    or "time" or "tt" or "u" or "var" or "wbr" or "img" or "input":
                case var name when name.Contains(':', StringComparison.Ordinal):
                    ReadFlow(element, text, into, depth + 1);
                    break;
                default:
                    Flush(text, into);
                    ReadBlock(element, into, depth + 1);
                    break;
            }
        }
    }

    void ReadTable(IElement table, List<DraftBlock> into, int depth)
    {
        var cells = new List<DraftCell>();
        var groups = table.Children.Where(c => !IsUnseen(c)).ToList();
        foreach (var caption in groups.Where(g => g.LocalName == "caption"))
        {
            ReadBlock(caption, into, depth + 1);
        }

        // Cells of a column that reach down into the row that is read now.
        var reaching = new DraftCell?[SourceDraft.MaxColumns];
        var ends = new int[SourceDraft.MaxColumns];
        var row = 0;
        foreach (var group in groups.Where(g => g.LocalName is "tr" or "thead" or "tbody" or "tfoot"))
        {
            var lines = group.LocalName == "tr" ? [group] : group.Children.Where(c => c.LocalName == "tr" && !IsUnseen(c)).ToList();
            foreach (var line in lines)
            {
                var column = 0;
                foreach (var field in line.Children.Where(c => c.LocalName is "td" or "th" && !IsUnseen(c)))
                {
                    while (column < SourceDraft.MaxColumns && ends[column] > row)
                    {
                        column++;
                    }

                    draft.Expect(row, column);
                    var wanted = Math.Clamp(Span(field, "colspan"), 1, SourceDraft.MaxColumns - column);
                    var span = 1;
                    while (span < wanted && ends[column + span] <= row)
                    {
                        span++;
                    }

                    var blocks = new List<DraftBlock>();
                    ReadBlock(field, blocks, depth + 1);
                    var cell = new DraftCell(row, column, span, blocks);
                    cells.Add(cell);
                    var height = Span(field, "rowspan");
                    for (var i = column; i < column + span; i++)
                    {
                        (reaching[i], ends[i]) = (cell, height == 0 ? int.MaxValue : row + Math.Clamp(height, 1, 65_534));
                    }

                    column += span;
                }

                row++;
                for (var i = 0; i < reaching.Length; i++)
                {
                    // What reaches on is in the next row as well, if there is one.
                    if (reaching[i] is { } cell && cell.Column == i)
                    {
                        cell.RowSpan = Math.Min(ends[i], row) - cell.Row;
                    }
                }
            }

            // Browsers end a cell with its group of rows; rows without a group are one.
            if (group.LocalName != "tr")
            {
                Array.Clear(ends);
                Array.Clear(reaching);
            }
        }

        into.Add(new DraftTable(WithoutEmptyRowsAndColumns(cells)));
    }

    /// <summary>An absurd colspan must not make the table wider than its cells need; a span over columns that no cell starts in is one column.</summary>
    static List<DraftCell> WithoutEmptyRowsAndColumns(List<DraftCell> cells)
    {
        var starts = cells.Select(c => c.Column).Distinct().Order().ToList();
        return [.. cells.Select(c =>
        {
            var first = starts.BinarySearch(c.Column);
            var next = starts.BinarySearch(c.Column + c.ColumnSpan);
            return new DraftCell(c.Row, first, (next < 0 ? ~next : next) - first, c.Blocks) { RowSpan = c.RowSpan };
        })];
    }

    static int Span(IElement cell, string attribute)
    {
        var text = cell.GetAttribute(attribute).AsSpan().Trim();
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        text = digits < 0 ? text : text[..digits];
        return text.IsEmpty ? 1 : text.Length > 6 ? 1000 : int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    static bool IsUnseen(IElement element)
    {
        if (element.LocalName is "script" or "style" or "noscript" or "template" or "nav" or "head" or "title" or "link" or "meta" or "svg" or "math" or "canvas"
            or "select" or "option" or "datalist" or "textarea" or "button" or "iframe" or "object" or "embed" or "audio" or "video" or "map" or "rt" or "rp"
            or "del" or "s" or "strike"
            || element.HasAttribute("hidden"))
        {
            return true;
        }

        var style = Style(element);
        return style.Contains("line-through", StringComparison.Ordinal) || style.Contains("display:none", StringComparison.Ordinal)
            || style.Contains("visibility:hidden", StringComparison.Ordinal) || style.Contains("mso-hide:all", StringComparison.Ordinal);
    }

    static string Style(IElement element) =>
        element.GetAttribute("style") is { } style ? string.Concat(style.Where(c => !char.IsWhiteSpace(c))).ToLowerInvariant() : "";

    static void Flush(StringBuilder text, List<DraftBlock> into)
    {
        var line = text.ToString();
        text.Clear();
        if (!string.IsNullOrWhiteSpace(line))
        {
            into.Add(new DraftText(line.Trim(' ', '\n')));
        }
    }

    /// <summary>White space is one space, and none where a line of the source breaks between two Chinese characters.</summary>
    static void Append(StringBuilder text, string words, bool asIs)
    {
        if (asIs)
        {
            text.Append(words.ReplaceLineEndings("\n"));
            return;
        }

        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] is not (' ' or '\t' or '\r' or '\n' or '\f'))
            {
                text.Append(words[i]);
                continue;
            }

            var start = i;
            while (i + 1 < words.Length && words[i + 1] is ' ' or '\t' or '\r' or '\n' or '\f')
            {
                i++;
            }

            var last = text.Length > 0 ? text[^1] : '\n';
            var between = words.AsSpan(start, i - start + 1).ContainsAny('\r', '\n')
                && last >= Ideographs[0] && i + 1 < words.Length && words[i + 1] >= Ideographs[0];
            if (!between && last is not (' ' or '\n'))
            {
                text.Append(' ');
            }
        }
    }
}
