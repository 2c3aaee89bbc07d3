using System.Collections.Immutable;
using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>Where a section of a report begins.</summary>
/// <param name="Section">The section.</param>
/// <param name="Block">Index of the block that its heading is or begins.</param>
/// <param name="Rest">What follows the heading in the same paragraph, or the empty string.</param>
sealed record SectionStart(Section Section, int Block, string Rest);

/// <summary>
/// Finds the headings of the sections. They are worded in many ways, and stand in a table of contents, too: of all chains of
/// headings in the form's order the one that fits best counts, and of equal ones the last.
/// </summary>
static class SectionSplitter
{
    const int Numbered = 4, Worded = 2, Alike = 1;

    /// <summary>A heading may lack this many of its letters.</summary>
    const int MostLacking = 3;

    /// <summary>A heading that is known by a word only is no longer than this.</summary>
    const int MaxWorded = 24;

    /// <summary>A word of each section's heading, whatever else it says.</summary>
    public static readonly ImmutableArray<ImmutableArray<string>> Words = [["概述", "概况", "总体", "基本情况"], ["主动公开"], ["申请公开", "公开申请"], ["行政复议", "行政诉讼"], ["问题", "不足"], ["其他", "其它"]];

    /// <summary>Longer headings are sentences.</summary>
    const int MaxHeading = 45;

    /// <summary>The sections found, in order.</summary>
    public static List<SectionStart> Split(Form form, ImmutableArray<SourceBlock> blocks)
    {
        var headings = form.Sections.Select(s => LabelText.Of(s.Heading).Core).ToArray();
        var chains = new (int Score, Link? Last)[form.Sections.Length + 1];
        for (var i = 0; i < blocks.Length; i++)
        {
            if (blocks[i] is not SourceParagraph paragraph || Judge(headings, paragraph.Text) is not { Score: > 0 } found)
            {
                continue;
            }

            // The best chain that ends with an earlier section, made longer by this heading.
            var before = chains.Take(found.Section + 1).MaxBy(c => c.Score);
            var score = before.Score + found.Score;
            if (score >= chains[found.Section + 1].Score)
            {
                chains[found.Section + 1] = (score, new Link(new SectionStart(form.Sections[found.Section], i, found.Text), before.Last));
            }
        }

        var starts = new List<SectionStart>();
        for (var link = chains.MaxBy(c => c.Score).Last; link is not null; link = link.Before)
        {
            starts.Add(link.Start);
        }

        starts.Reverse();
        return starts;
    }

    static (int Section, int Score, string Text) Judge(string[] headings, string text)
    {
        if (text.Length > 10_000 || string.IsNullOrWhiteSpace(text))
        {
            return default;
        }

        var line = PlainText.Bare(text.Length > 120 ? text[..120] : text);
        var label = LabelText.Of(line);
        if (label.Core.Length <= MaxHeading && text.Length <= 120)
        {
            var best = (Section: -1, Score: 0);
            for (var i = 0; i < headings.Length; i++)
            {
                var isNumber = label.Number == i + 1 && !label.Bracketed;
                var score = label.Core == headings[i] ? isNumber ? Numbered : Worded
                    : Likeness(headings[i], label.Core) < 0.55 ? 0
                    : isNumber ? Numbered - 1 : label.Number == 0 && label.Core.StartsWith('无') ? 0 : Alike;
                if (label.Number > 0 && !isNumber)
                {
                    score = Math.Min(score, Alike);
                }

                best = score > best.Score ? (i, score) : best;
            }

            if (best.Score > 0)
            {
                return (best.Section, best.Score, "");
            }
        }

        // Old reports name the sections otherwise; the number and a word tell which is meant.
        for (var i = 0; i < Words.Length && text.Length <= 120; i++)
        {
            if (line.StartsWith("一二三四五六"[i]) && label.Number == i + 1 && label.Core.Length <= MaxWorded && Words[i].Any(w => label.Core.Contains(w, StringComparison.Ordinal))
                && line.AsSpan().IndexOfAny(",。;|") < 0)
            {
                return (i, Worded, "");
            }
        }

        // A heading that runs on into the text has its number and its exact words.
        for (var i = 0; i < headings.Length; i++)
        {
            if (label.Number == i + 1 && !label.Bracketed && label.Core.StartsWith(headings[i], StringComparison.Ordinal))
            {
                return (i, Numbered - 1, After(text, headings[i]));
            }
        }

        return default;
    }

    /// <summary>What follows the letters of a heading.</summary>
    static string After(string text, string heading)
    {
        var (at, i) = (0, 0);
        var simple = PlainText.Simplify(text);
        for (; i < text.Length && at < heading.Length; i++)
        {
            if (simple[i] == heading[at])
            {
                at++;
            }
        }

        return text[i..].TrimStart(' ', '\u3000', '\n', '\t', '。', ':', '：', '.', '、', ',', '，');
    }

    /// <summary>How much of two texts is the same: the longest common subsequence against the shorter, less what the longer adds.</summary>
    static double Likeness(string heading, string text)
    {
        if (text.Length < 4 || heading.Count(c => text.Contains(c)) < heading.Length - MostLacking)
        {
            return 0;
        }

        Span<int> line = stackalloc int[heading.Length + 1];
        foreach (var c in text)
        {
            var diagonal = 0;
            for (var j = 1; j <= heading.Length; j++)
            {
                var above = line[j];
                line[j] = c == heading[j - 1] ? diagonal + 1 : Math.Max(line[j], line[j - 1]);
                diagonal = above;
            }
        }

        var common = line[heading.Length];
        return common >= heading.Length - MostLacking && common * 2 >= heading.Length ? (2.0 * common) / (heading.Length + text.Length) : 0;
    }

    sealed record Link(SectionStart Start, Link? Before);
}
