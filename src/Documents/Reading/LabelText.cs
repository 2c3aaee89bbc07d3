using System.Text;
using System.Text.RegularExpressions;
using Aggregator.Checks;

namespace Aggregator.Documents.Reading;

/// <summary>A label taken apart: its number, and what of it counts when two labels are compared.</summary>
/// <param name="Number">The number in front, 0 if there is none.</param>
/// <param name="Bracketed">Whether the number stands in brackets.</param>
/// <param name="Core">Letters and digits only, without the number.</param>
/// <param name="Brief">The core without what stands in brackets.</param>
/// <param name="Aside">Letters and digits of what stands in brackets.</param>
public readonly partial record struct LabelText(int Number, bool Bracketed, string Core, string Brief, string Aside)
{
    const int MaxStack = 256;
    const char Outside = '\0';

    /// <summary>Takes a label apart.</summary>
    public static LabelText Of(string text) => OfBare(PlainText.Bare(text));

    /// <summary>Takes a label apart that is folded and has no white space.</summary>
    public static LabelText OfBare(string plain)
    {
        plain = PlainText.Simplify(plain);
        var (number, bracketed) = (0, false);
        if (plain.Length > 1 && (plain[0] == '(' || char.IsAsciiDigit(plain[0]) || "一二三四五六七八九十".Contains(plain[0]))
            && Numeral().Match(plain) is { Success: true } numeral)
        {
            bracketed = numeral.Groups["in"].Success;
            number = (int)(ChineseNumeral.Parse((bracketed ? numeral.Groups["in"] : numeral.Groups["out"]).Value) ?? 0);
            plain = plain[numeral.Length..];
        }

        Span<char> core = stackalloc char[plain.Length > MaxStack ? 0 : plain.Length];
        core = plain.Length > MaxStack ? new char[plain.Length] : core;
        StringBuilder? aside = null;
        var (length, depth) = (0, 0);
        foreach (var c in plain)
        {
            if (c is '(' or '[')
            {
                depth++;
                aside ??= new StringBuilder();
            }
            else if (c is ')' or ']')
            {
                depth = Math.Max(0, depth - 1);
            }
            else if (char.IsLetter(c) || char.IsDigit(c))
            {
                core[length++] = c;
                aside?.Append(depth > 0 ? c : Outside);
            }
        }

        var whole = new string(core[..length]);
        if (aside is null)
        {
            return new LabelText(number, bracketed, whole, whole, "");
        }

        // What came before the first bracket is outside, too.
        var marks = aside.ToString().PadLeft(length, Outside);
        return new LabelText(number, bracketed, whole, string.Concat(whole.Where((_, i) => marks[i] == Outside)), string.Concat(marks.Where(c => c != Outside)));
    }

    /// <summary>（三）, 三、, 3. or 3、, but not the 12 of 12.5.</summary>
    [GeneratedRegex(@"^(?:\((?<in>[一二三四五六七八九十]{1,3}|[0-9]{1,2})\)[、.]?|(?<out>[一二三四五六七八九十]{1,3})[、.,:]|(?<out>[0-9]{1,2})[、.,)](?![0-9]))")]
    private static partial Regex Numeral();
}
