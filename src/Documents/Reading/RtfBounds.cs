namespace Aggregator.Documents.Reading;

/// <summary>Refuses an RTF file that no report can be before a converter spends its time on it.</summary>
static class RtfBounds
{
    /// <summary>Braces within braces; Word itself stays below 30.</summary>
    const int MaxDepth = 200;

    const int MaxCells = 50_000;
    const int MaxParagraphs = 50_000;

    /// <summary>Throws if the file is nested deeper, or has more cells or paragraphs, than a report.</summary>
    public static void Check(ReadOnlySpan<byte> rtf)
    {
        var (depth, cells, paragraphs) = (0, 0, 0);
        for (int at; (at = rtf.IndexOfAny((byte)'{', (byte)'}', (byte)'\\')) >= 0; rtf = rtf[1..])
        {
            rtf = rtf[at..];
            if (rtf[0] != '\\')
            {
                depth += rtf[0] == '{' ? 1 : -1;
            }
            else if (rtf.Length > 1)
            {
                cells += Is(rtf, "\\cell"u8) || Is(rtf, "\\nestcell"u8) ? 1 : 0;
                paragraphs += Is(rtf, "\\par"u8) ? 1 : 0;
                // What is escaped is no brace.
                rtf = rtf[1..];
            }

            if (depth > MaxDepth || cells > MaxCells || paragraphs > MaxParagraphs)
            {
                throw UnreadableException.TooComplex($"超过 {MaxDepth} 层、{MaxCells} 格或者 {MaxParagraphs} 段");
            }
        }
    }

    static bool Is(ReadOnlySpan<byte> rtf, ReadOnlySpan<byte> word) =>
        rtf.StartsWith(word) && (rtf.Length == word.Length || !char.IsAsciiLetter((char)rtf[word.Length]));
}
