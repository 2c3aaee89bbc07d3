using System.Globalization;
using System.Text.RegularExpressions;

namespace Aggregator.Checks;

/// <summary>
/// Totals in prose and the parts listed after them: 公开信息159条，其中概况信息6条、政务动态46条…. A list after 其中 need not be
/// exhaustive, so only parts that add up to more than the total are wrong; 分别为 promises all of them.
/// </summary>
static partial class PartSums
{
    /// <summary>Lists whose parts do not fit their total.</summary>
    public static IEnumerable<(Sentence Sentence, decimal Total, decimal Sum, string Counter)> Find(IReadOnlyList<Sentence> sentences)
    {
        for (var i = 0; i < sentences.Count; i++)
        {
            var text = sentences[i].Plain;
            if (!sentences[i].HasNumber || !Intro().IsMatch(text))
            {
                continue;
            }

            text = Bracketed().Replace(text, "");
            Match[] intros = Intro().Matches(text).ToArray();
            for (var j = 0; j < intros.Length; j++)
            {
                // Within a list it is about the item before: 机构概况1条、其中领导1条、内设机构4条 goes on with other items.
                if (intros[j].Index > 0 && text[intros[j].Index - 1] == '、')
                {
                    continue;
                }

                // A list that begins its sentence belongs to the sentence before: 为70条。其中：…
                var before = intros[j].Index > 1 || i == 0 ? text[(j == 0 ? 0 : intros[j - 1].Index)..intros[j].Index] : Bracketed().Replace(sentences[i - 1].Plain, "");
                var end = j + 1 < intros.Length ? intros[j + 1].Index : text.Length;
                if (Compare(before, text[(intros[j].Index + intros[j].Length)..end], intros[j].Value) is var (total, sum, counter))
                {
                    yield return (sentences[intros[j].Index > 1 || i == 0 ? i : i - 1], total, sum, counter);
                }
            }
        }
    }

    static (decimal Total, decimal Sum, string Counter)? Compare(string before, string list, string intro)
    {
        list = NextSubject().Split(list, 2)[0];
        Match[] parts = Counted().Matches(list).ToArray();
        if (parts.Length < 2 || Comparison().IsMatch(list))
        {
            return null;
        }

        var counter = parts[0].Groups[2].Value;
        decimal?[] totals = [.. Counted().Matches(before).Where(m => m.Groups[2].Value == counter).Select(Value)];
        if (totals is not [.., { } stated])
        {
            return null;
        }

        var (sum, withoutSums) = (0m, 0m);
        foreach (var part in parts.Where(p => p.Groups[2].Value == counter))
        {
            if (Value(part) is not { } value)
            {
                return null;
            }

            sum += value;
            if (sum == stated && part.Index + part.Length < list.Length && list[part.Index + part.Length] == ';')
            {
                // The list is whole; what follows is another one, or something else.
                return null;
            }

            withoutSums += SumWord().IsMatch(list.AsSpan(Math.Max(0, part.Index - 8), Math.Min(8, part.Index))) ? 0 : value;
        }

        // With several numbers before it, a list may belong to all of them together.
        return withoutSums > totals.Sum() ? (stated, withoutSums, counter)
            : intro.StartsWith("分别", StringComparison.Ordinal) && sum < stated ? (stated, sum, counter)
            : null;
    }

    static decimal? Value(Match match) =>
        decimal.TryParse(match.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>Parts of a part.</summary>
    [GeneratedRegex(@"\([^()]*\)|,(?:内有|内含|含)[^;]*(?=;)")]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"其中:?,?|分别[为是]:?|包括:?|:")]
    private static partial Regex Intro();

    [GeneratedRegex(@"(?<![\d.])(\d{1,18}(?:\.\d{1,4})?)([件宗起份例个项条次篇期])")]
    private static partial Regex Counted();

    /// <summary>Where a sentence goes on to something else after a list.</summary>
    [GeneratedRegex("[,;](?=发生|收到|被|提起|已|均|全年|本年|并|同时|另|还|举办|开展|办理|办结|回应|受理|组织|召开|废止|现行|从|按|结转|答复|申请办结)")]
    private static partial Regex NextSubject();

    [GeneratedRegex("[增减降升较比%]|去年|上年|累计")]
    private static partial Regex Comparison();

    [GeneratedRegex("(?:共计?|合计|总计|总共)[^,;、]{0,4}$")]
    private static partial Regex SumWord();
}
