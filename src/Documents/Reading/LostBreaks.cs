using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>
/// A report whose line breaks are lost, as where a page was copied into a field of one line: what stands in one paragraph with the
/// headings of several sections is parted at them again.
/// </summary>
static class LostBreaks
{
    /// <summary>A sentence may name two sections; of a report and its table of contents there are twelve headings.</summary>
    const int FewestHeadings = 3, MostHeadings = 50;

    /// <summary>Shorter than any report, longer than a table of contents.</summary>
    const int Shortest = 500;

    static readonly char[] breaks = [' ', '\u3000', '\t', '\n', '|'];

    static readonly Regex headings = new(
        $@"(?:^|[\s|。；;])({string.Join('|', [.. Form.All.SelectMany(f => f.Sections.Select(Printed)).Distinct(), .. SectionSplitter.Words.Select(Alike)])})[\s|]",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    /// <summary>The blocks, such paragraphs parted.</summary>
    public static ImmutableArray<SourceBlock> Restore(ImmutableArray<SourceBlock> blocks) =>
        blocks.Any(IsRunTogether) ? [.. blocks.SelectMany(b => IsRunTogether(b) ? Part((SourceParagraph)b) : (IEnumerable<SourceBlock>)[b])] : blocks;

    /// <summary>The form's own heading, its letters spaced out or not.</summary>
    static string Printed(Section section, int index) => $@"[{section.Heading[0]}{index + 1}]\s?{string.Join(@"\s?", section.Heading[1..].Select(c => c == '、' ? Stop : Regex.Escape(c.ToString())))}";

    /// <summary>Any that has a word of it.</summary>
    static string Alike(ImmutableArray<string> words, int index) => $@"[{"一二三四五六"[index]}{index + 1}]\s?{Stop}\s?[^\s|。；;]{{0,16}}(?:{string.Join('|', words)})[^\s|。；;]{{0,20}}";

    const string Stop = "[、.．,，]";

    static bool IsRunTogether(SourceBlock block) =>
        block is SourceParagraph { Text.Length: > Shortest } paragraph && headings.Count(paragraph.Text) is >= FewestHeadings and <= MostHeadings;

    static IEnumerable<SourceParagraph> Part(SourceParagraph paragraph)
    {
        Group[] found = [.. headings.Matches(paragraph.Text).Select(m => m.Groups[1])];

        // Title, date and introduction: what follows a blank there is another of them.
        List<string> parts = [.. paragraph.Text[..found[0].Index].Split(breaks, StringSplitOptions.RemoveEmptyEntries)];
        for (var i = 0; i < found.Length; i++)
        {
            var end = i + 1 < found.Length ? found[i + 1].Index : paragraph.Text.Length;
            parts.Add(found[i].Value);
            parts.Add(paragraph.Text[(found[i].Index + found[i].Length)..end].Trim(breaks));
        }

        return parts.Where(p => p.Length > 0).Select(p => paragraph with { Text = p });
    }
}
