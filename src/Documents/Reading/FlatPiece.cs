using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Aggregator.Documents.Reading;

/// <summary>What a piece of a flattened table is.</summary>
enum FlatKind
{
    /// <summary>A label or a part of one.</summary>
    Text,

    /// <summary>A figure, or what clerks write for none.</summary>
    Figure,

    /// <summary>Nothing between two tabs.</summary>
    Blank,
}

/// <summary>A piece of a flattened table: what stands between two tabs or blanks.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text.</param>
/// <param name="Where">Where it stands.</param>
/// <param name="Line">Number of its line.</param>
/// <param name="Place">Its place on the line, counted in tabs.</param>
/// <param name="IsTabbed">Whether tabs part the pieces of its line.</param>
/// <param name="IsField">Whether a tab marks it as a field of a table.</param>
readonly partial record struct FlatPiece(FlatKind Kind, string Text, string Where, string Line, int Place, bool IsTabbed, bool IsField)
{
    /// <summary>Whether bars part it from others, as where a web page was flattened: then nothing between two of them is an empty cell.</summary>
    public bool IsBarred { get; init; }

    /// <summary>Longer lines are prose; the longest label of a form has some 40 letters.</summary>
    const int MaxLine = 200, MaxSentence = 40;

    /// <summary>A table with less words is found anyway, or none of the statutory ones; the largest of these has some 2,000 characters.</summary>
    const int FewestWords = 20, MaxTable = 20_000;

    /// <summary>Whether a line is prose, that is ends the table.</summary>
    public static bool IsProse(string text) => !text.Contains('\t', StringComparison.Ordinal) && !PlainText.HasBars(text)
        && ((text.Length > MaxLine && !IsWholeTable(text)) || (text.Length > MaxSentence && text.AsSpan().TrimEnd() is [.., '。' or '；' or '：']));

    /// <summary>Whether a line is a table whose line breaks are lost: many of its words are figures.</summary>
    public static bool IsWholeTable(string text) =>
        text.Length <= MaxTable && IsWholeTable([.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(NumberText.LooksLikeFigure)]);

    static bool IsWholeTable(bool[] isFigure) => isFigure.Length > FewestWords && isFigure.Count(f => f) * 4 >= isFigure.Length;

    /// <summary>Whether a line is the number of a page.</summary>
    public static bool IsPageNumber(string text) => text.Length < 20 && PageNumber().IsMatch(PlainText.Bare(text));

    /// <summary>Whether a line only draws the line between two rows: +----+----+ or |---|---|.</summary>
    public static bool IsDrawn(string text) => text.AsSpan().IndexOfAny("-─━═") >= 0 && Drawn().IsMatch(PlainText.Bare(text));

    /// <summary>The pieces of a line.</summary>
    /// <param name="paragraph">The line.</param>
    /// <param name="isOpen">Whether a cell has begun that no bar has ended yet; a bar may stand on a line of its own.</param>
    public static IEnumerable<FlatPiece> Split(SourceParagraph paragraph, ref bool isOpen)
    {
        var text = PlainText.Fold(paragraph.Text).Replace('\n', ' ');
        var line = paragraph.Where;
        if (text.Contains('|', StringComparison.Ordinal))
        {
            return Cells(text.Split('|'), line, ref isOpen);
        }

        isOpen |= !string.IsNullOrWhiteSpace(text);
        if (!text.Contains('\t', StringComparison.Ordinal))
        {
            return Words(text, line);
        }

        // One tab in front is how a flattened Word table marks the beginning of a cell.
        var fields = text.Split('\t');
        var begin = fields.Length == 2 && string.IsNullOrWhiteSpace(fields[0]) ? 1 : 0;
        return Fields(fields, begin, line);
    }

    static List<FlatPiece> Cells(string[] texts, string line, ref bool isOpen)
    {
        var pieces = new List<FlatPiece>();
        for (var i = 0; i < texts.Length; i++)
        {
            if (!string.IsNullOrWhiteSpace(texts[i]))
            {
                pieces.AddRange(Field(texts[i], line, i, true));
                isOpen = true;
            }

            if (i < texts.Length - 1)
            {
                pieces.AddRange(isOpen ? [] : Field("", line, i, true));
                isOpen = false;
            }
        }

        return [.. pieces.Select(p => p with { IsBarred = true })];
    }

    static IEnumerable<FlatPiece> Fields(string[] fields, int begin, string line)
    {
        var isTabbed = fields.Length - begin > 1;
        for (var i = begin; i < fields.Length; i++)
        {
            foreach (var piece in Field(fields[i], line, i, isTabbed))
            {
                yield return piece;
            }
        }
    }

    static IEnumerable<FlatPiece> Field(string field, string line, int place, bool isTabbed) =>
        string.IsNullOrWhiteSpace(field) ? [new FlatPiece(FlatKind.Blank, "", line, line, place, isTabbed, true)]
        : NumberText.LooksLikeFigure(field) ? [new FlatPiece(FlatKind.Figure, field.Trim(), line, line, place, true, true)]
        : field.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => new FlatPiece(FlatKind.Text, word, line, line, place, isTabbed, true));

    /// <summary>
    /// Without tabs blanks part label and figures, but also the letters of a label: 危 及 三 安 全. A figure among them is written
    /// in digits, and in nothing else unless the line is a whole table; one in words stands at the end.
    /// </summary>
    static IEnumerable<FlatPiece> Words(string text, string line)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var isFigure = words.Select(NumberText.LooksLikeFigure).ToArray();
        var isTable = IsWholeTable(isFigure);
        for (var i = 0; i < words.Length; i++)
        {
            // 12 件, with a blank; but the 1 of [ 1 ] or of 1 . belongs to a label.
            if (i > 0 && isFigure[i - 1] && words[i] is "件" or "项" or "个" or "元" or "万元")
            {
                isFigure[i] = true;
                (words[i - 1], words[i]) = ("", words[i - 1] + words[i]);
            }
            else if ((i + 1 < words.Length && words[i + 1][0] is '.' or '、' or ')' or ']' or ',') || (i > 0 && words[i - 1] is [.., '(' or '[']))
            {
                isFigure[i] = false;
            }
        }

        var lastText = Array.FindLastIndex(isFigure, f => !f);
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i].Length > 0)
            {
                var counts = isFigure[i] && (i > lastText || words[i].All(c => char.IsAsciiDigit(c) || c == ',') || (isTable && words[i].Any(char.IsAsciiDigit)));
                yield return new FlatPiece(counts ? FlatKind.Figure : FlatKind.Text, words[i], line, line, 0, false, false);
            }
        }
    }

    /// <summary>Whether several figures of a run stand on one line with nothing but blanks between them.</summary>
    public static bool IsLoose(List<FlatPiece> run) =>
        run.Where(p => p is { Kind: FlatKind.Figure, IsTabbed: false }).GroupBy(p => p.Line).Any(l => l.Count() > 1);

    /// <summary>
    /// The fields of a run of figures. Where each figure has a line of its own, two on one line are one figure with a blank in it.
    /// </summary>
    public static ImmutableArray<FoundField> Fields(List<FlatPiece> run)
    {
        var last = run.FindLastIndex(p => p.Kind == FlatKind.Figure || p.IsBarred);
        var lines = run.Take(last + 1).GroupBy(p => (p.Line, p.IsTabbed)).ToList();
        var apart = lines.Count(l => l.Count() == 1) * 2 > lines.Count;
        return [.. lines.SelectMany(l => apart && !l.Key.IsTabbed
            ? [new FoundField(string.Join(' ', l.Select(p => p.Text)), l.First().Where)]
            : l.Select(p => new FoundField(p.Text, p.Where)))];
    }

    [GeneratedRegex(@"^(?=.*[-─━═]{3})[-─━═:|+┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝]+$")]
    private static partial Regex Drawn();

    [GeneratedRegex(@"^([-—·]+[0-9]{1,3}[-—·]+|第[0-9]{1,3}页([,/]?共[0-9]{1,3}页)?|[0-9]{1,3}/[0-9]{1,3})$")]
    private static partial Regex PageNumber();
}
