using System.Buffers;
using System.Globalization;

namespace Aggregator.Checks;

/// <summary>A thing that prose counts.</summary>
/// <param name="Thing">What is counted: four characters beside the number.</param>
/// <param name="Value">How many.</param>
/// <param name="Counter">The counter: 件, 条, 大 …</param>
/// <param name="Section">Section of the sentence.</param>
/// <param name="Sentence">The sentence.</param>
/// <param name="Start">Where in it.</param>
sealed record CountedThing(string Thing, decimal Value, char Counter, ProseSection Section, Sentence Sentence, int Start);

/// <summary>Things that a report counts twice with different results: 重点领域信息18条 here, 重点领域信息公开20条 there.</summary>
static class RepeatedFigures
{
    const int ThingLength = 4;
    const int MaxDigits = 9;
    const string Counters = "件宗起份例个项条次篇期大";

    /// <summary>What stands between a thing and its number without belonging to either.</summary>
    static readonly string[] fillers = ["政府", "信息", "公开", "为", "共", "共计", "合计", "约", "达", "数", "数量", "总数", "累计"];

    /// <summary>After which a thing stands behind its number: 确定了12件民生实事.</summary>
    static readonly string[] verbs = ["了", "的", "年", "共", "定", "出", "办理", "完成", "公布", "公开", "发布", "实施", "推出"];

    /// <summary>Words that say too little for two mentions to mean the same, or that claims speak of.</summary>
    static readonly string[] vague = ["网站", "公众号", "微信", "微博", "申请", "结转", "复议", "诉讼", "结果"];

    static readonly SearchValues<char> vagueCharacters = SearchValues.Create("政府信息公开主动网站平台发布本年全上下共其他类各态新增更收到了的等");

    /// <summary>The first mention of each such thing, and the first in another sentence that differs from it.</summary>
    public static IEnumerable<(CountedThing First, CountedThing Second)> Find(IEnumerable<ProseSection> sections)
    {
        var things = new List<CountedThing>();
        foreach (var section in sections)
        {
            foreach (var sentence in section.Sentences)
            {
                if (sentence.HasNumber)
                {
                    AddCounted(section, sentence, things);
                }
            }
        }

        var first = new Dictionary<(string, char), CountedThing>(things.Count);
        var told = new HashSet<(string, char)>();
        foreach (var thing in things)
        {
            var key = (thing.Thing, thing.Counter);
            if (!first.TryAdd(key, thing) && first[key] is var before && before.Value != thing.Value && before.Sentence != thing.Sentence && told.Add(key))
            {
                yield return (before, thing);
            }
        }
    }

    static void AddCounted(ProseSection section, Sentence sentence, List<CountedThing> things)
    {
        var text = sentence.Plain;
        for (var start = 0; start < text.Length; start++)
        {
            if (!char.IsAsciiDigit(text[start]))
            {
                continue;
            }

            var end = start;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            if (end < text.Length && end - start <= MaxDigits && Counters.Contains(text[end], StringComparison.Ordinal)
                && ThingBeside(text.AsSpan(0, start), text.AsSpan(end + 1)) is { } thing)
            {
                things.Add(new CountedThing(thing, long.Parse(text.AsSpan(start, end - start), CultureInfo.InvariantCulture), text[end], section, sentence, start));
            }

            start = end;
        }
    }

    static string? ThingBeside(ReadOnlySpan<char> before, ReadOnlySpan<char> after)
    {
        before = before[^Chinese(before, before.Length - 1, -1)..];
        after = after[..Chinese(after, 0, 1)];
        var trimmed = before;
        while (EndsWithAny(trimmed, fillers) is > 0 and var filler)
        {
            trimmed = trimmed[..^filler];
        }

        if (trimmed.Length >= ThingLength && trimmed[^ThingLength..] is var last && !IsVague(last))
        {
            return last.ToString();
        }

        return (before.IsEmpty || EndsWithAny(before, verbs) > 0) && after.Length >= ThingLength && after[..ThingLength] is var first && !IsVague(first)
            ? first.ToString() : null;
    }

    /// <summary>How many Chinese characters stand in a row from a place on.</summary>
    static int Chinese(ReadOnlySpan<char> text, int from, int step)
    {
        const int Enough = 16;
        var count = 0;
        for (var i = from; i >= 0 && i < text.Length && count < Enough && text[i] is >= '\u4e00' and <= '\u9fff'; i += step)
        {
            count++;
        }

        return count;
    }

    static int EndsWithAny(ReadOnlySpan<char> text, string[] words)
    {
        foreach (var word in words)
        {
            if (text.EndsWith(word, StringComparison.Ordinal))
            {
                return word.Length;
            }
        }

        return 0;
    }

    static bool IsVague(ReadOnlySpan<char> thing)
    {
        foreach (var word in vague)
        {
            if (thing.Contains(word, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return !thing.ContainsAnyExcept(vagueCharacters);
    }
}
