using System.Globalization;
using System.Text.RegularExpressions;

namespace Aggregator.Checks;

/// <summary>A sentence of prose.</summary>
/// <param name="Text">As it was written, trimmed.</param>
/// <param name="Plain">
/// As rules read it: without blanks, full-width letters and punctuation as ASCII, numbers without thousands separators, Chinese
/// numerals before a counter as digits.
/// </param>
public sealed partial record Sentence(string Text, string Plain)
{
    /// <summary>Whether a number stands in it.</summary>
    public bool HasNumber { get; } = Plain.AsSpan().ContainsAnyInRange('0', '9');

    const int QuotedLength = 60;

    // Unicode's own folding does nothing without ICU, and the programs run without it.
    const char FirstFullWidth = '！';
    const char LastFullWidth = '～';
    const string Counters = "件宗起份例条";
    const string Numerals = "零〇一二两三四五六七八九十百千";

    /// <summary>The sentence, shortened if it is long, as a finding quotes it.</summary>
    public string Quote(int around = 0)
    {
        if (Text.Length <= QuotedLength)
        {
            return Text;
        }

        // Text is longer than Plain by what was dropped from it; near enough to show the passage.
        var start = Math.Clamp(around - (QuotedLength / 3), 0, Text.Length - QuotedLength);
        start -= start > 0 && char.IsLowSurrogate(Text[start]) ? 1 : 0;
        var end = start + QuotedLength;
        end += char.IsLowSurrogate(Text, Math.Min(end, Text.Length - 1)) ? 1 : 0;
        return $"{(start > 0 ? "…" : "")}{Text[start..Math.Min(end, Text.Length)]}{(end < Text.Length ? "…" : "")}";
    }

    /// <summary>The sentences of a text.</summary>
    public static IEnumerable<Sentence> Split(string? text)
    {
        foreach (var part in (text ?? "").Split(['。', '！', '？', '!', '?', '\n', '\r', '\u2028', '\u2029'], StringSplitOptions.TrimEntries))
        {
            if (part.Length > 0)
            {
                yield return new Sentence(part, Simplify(part));
            }
        }
    }

    static string Simplify(string text)
    {
        Span<char> plain = text.Length <= 512 ? stackalloc char[text.Length] : new char[text.Length];
        var (length, rewrites) = (0, false);
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                continue;
            }

            var folded = c is >= FirstFullWidth and <= LastFullWidth ? (char)(c - FirstFullWidth + '!') : c;
            rewrites |= length > 0 && (folded, plain[length - 1]) switch
            {
                (',' or '万', >= '0' and <= '9') => true,
                _ => Counters.Contains(folded) && Numerals.Contains(plain[length - 1]),
            };
            plain[length++] = folded;
        }

        var result = plain[..length].ToString();
        if (!rewrites)
        {
            return result;
        }

        result = ThousandsSeparator().Replace(result, "");
        result = TenThousands().Replace(result, m =>
            decimal.TryParse(m.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n) && n < 1_000_000
                ? (n * 10_000).ToString("0.####", CultureInfo.InvariantCulture) : m.Value);
        return CountedNumeral().Replace(result, m => ChineseNumeral.Parse(m.Value)?.ToString(CultureInfo.InvariantCulture) ?? m.Value);
    }

    [GeneratedRegex(@"(?<=\d),(?=\d{3}(?!\d))", RegexOptions.CultureInvariant)]
    private static partial Regex ThousandsSeparator();

    [GeneratedRegex(@"(?<!\d)(\d{1,12}(?:\.\d{1,4})?)万(?=[件宗起份例个项条次])", RegexOptions.CultureInvariant)]
    private static partial Regex TenThousands();

    [GeneratedRegex($"[{Numerals}]+(?=[{Counters}])", RegexOptions.CultureInvariant)]
    private static partial Regex CountedNumeral();
}
