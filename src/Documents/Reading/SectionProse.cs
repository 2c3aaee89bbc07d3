using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>The texts of a report's prose sections.</summary>
static partial class SectionProse
{
    /// <summary>The texts in the form's order, without headings, tables and signature; null for a section that was not found.</summary>
    public static ImmutableArray<string?> Of(Form form, ImmutableArray<SourceBlock> blocks, List<SectionStart> sections, string? unit)
    {
        return [.. form.Prose.Select(prose =>
        {
            var at = sections.FindIndex(s => s.Section.Code == prose.Code);
            if (at < 0)
            {
                return null;
            }

            var end = at + 1 < sections.Count ? sections[at + 1].Block : blocks.Length;
            List<string> lines = [sections[at].Rest, .. blocks.AsSpan()[(sections[at].Block + 1)..end].ToArray().OfType<SourceParagraph>().Select(p => p.Text)];
            lines = [.. lines.SelectMany(Lines)];
            if (at == sections.Count - 1)
            {
                lines = [.. lines.TakeWhile(l => !Footer().IsMatch(PlainText.Simplify(PlainText.Bare(l))))];
                RemoveSignature(lines, unit);
            }

            return string.Join('\n', lines);
        })];
    }

    /// <summary>The texts below the headings of topics, in the order of all topics of the form.</summary>
    public static ImmutableArray<string?> Topics(Form form, ImmutableArray<string?> prose)
    {
        var texts = new List<string?>();
        for (var i = 0; i < form.Prose.Length; i++)
        {
            var topics = form.Prose[i].Topics;
            var found = new List<string>?[topics.Length];
            var current = -1;
            var lines = (prose[i] ?? "").Split('\n');
            // Where no heading has its number in brackets, one level of numbering has been lost or left out.
            var isBracketed = lines.Any(l => Heading(topics, l, true) is { Topic: >= 0 });
            foreach (var line in lines)
            {
                if (Heading(topics, line, isBracketed) is var (topic, rest))
                {
                    current = topic;
                    if (topic >= 0)
                    {
                        found[topic] = rest.Length > 0 ? [rest] : [];
                    }
                }
                else if (current >= 0)
                {
                    found[current]!.Add(line);
                }
            }

            texts.AddRange(found.Select(f => f is null ? null : string.Join('\n', f)));
        }

        return [.. texts];
    }

    /// <summary>The topic that a line opens, -1 for a numbered heading that is none, or null for text.</summary>
    static (int Topic, string Text)? Heading(ImmutableArray<string> topics, string line, bool isBracketed)
    {
        const int MaxHeading = 20;
        var label = LabelText.Of(line.Length > 200 ? line[..200] : line);
        if (label.Number == 0 || label.Bracketed != isBracketed || label.Core.Length == 0)
        {
            return null;
        }

        var end = line.IndexOfAny(['。', '：', ':', '\u3000'], 1);
        var (heading, rest) = end > 0 && LabelText.Of(line[..end]).Core is { Length: > 0 and <= MaxHeading } before ? (before, line[(end + 1)..].Trim())
            : label.Core.Length <= MaxHeading ? (label.Core, "")
            : ("", "");

        // 加强平台建设 is about 政府信息公开平台建设; 平台建设、监督保障情况 is about two topics, and nothing says which text is whose.
        int[] alike = [.. Enumerable.Range(0, topics.Length).Where(t => heading.Contains(ShortOf(topics[t]), StringComparison.Ordinal))];
        return alike is [var only] ? (only, rest) : (-1, "");
    }

    /// <summary>Headings shorten a topic from the left, and put words of their own around it.</summary>
    static string ShortOf(string topic) => topic[^Math.Min(4, topic.Length)..];

    static IEnumerable<string> Lines(string text) =>
        PlainLine(text).Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0);

    /// <summary>The line without what cannot be seen; its characters stay as they are, for they are quoted.</summary>
    static string PlainLine(string text) => text.Contains("[bookmark", StringComparison.Ordinal) ? PlainText.Remnant().Replace(text, "") : text;

    /// <summary>How the frame of a site goes on below a report.</summary>
    [GeneratedRegex(@"^[\[(<|]*(?:上一[篇条页]|下一[篇条页]|打印(?:本页|此页|[\])|])|关闭(?:窗口|本页|[\])|])|分享到|扫一扫|责任编辑:|主办(?:单位)?:|承办(?:单位)?:|版权所有|网站地图|友情链接|相关(?:链接|附件|文章|信息):?$|Copyright)|ICP备[0-9]", RegexOptions.IgnoreCase)]
    private static partial Regex Footer();

    /// <summary>Unit and date below a report are no part of its last section.</summary>
    static void RemoveSignature(List<string> lines, string? unit)
    {
        if (lines is not [.., var date] || !ChineseDate.IsDate(date))
        {
            return;
        }

        lines.RemoveAt(lines.Count - 1);
        if (lines is [.., { Length: < 40 } signature] && unit is not null
            && (PlainText.Bare(signature).Contains(unit, StringComparison.Ordinal) || unit.Contains(PlainText.Bare(signature), StringComparison.Ordinal)))
        {
            lines.RemoveAt(lines.Count - 1);
        }
    }
}
