using System.Globalization;

namespace Aggregator.Checks;

/// <summary>Numbers in words: 十二, 一百零五, 两, and digit by digit 二〇二二.</summary>
public static class ChineseNumeral
{
    const string Digits = "零一二三四五六七八九";
    const int MaxLength = 15;

    /// <summary>The number, or null if the text is none. Arabic digits are taken as they are.</summary>
    public static decimal? Parse(string text)
    {
        if (text.Length is 0 or > MaxLength)
        {
            return null;
        }

        if (text.All(char.IsAsciiDigit))
        {
            return decimal.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        int[] digits = [.. text.Select(Digit)];
        if (digits.Length > 1 && digits.All(d => d >= 0))
        {
            return digits.Aggregate(0m, (number, digit) => (number * 10) + digit);
        }

        decimal total = 0, section = 0, digit = -1, unit = decimal.MaxValue;
        for (var i = 0; i < text.Length; i++)
        {
            if (digits[i] >= 0)
            {
                if (digit > 0)
                {
                    return null;
                }

                digit = digits[i];
                continue;
            }

            var size = text[i] switch { '十' => 10, '百' => 100, '千' => 1000, '万' => 10_000, _ => 0 };
            if (size == 10_000 && total == 0 && section + Math.Max(digit, 0) > 0)
            {
                total = (section + Math.Max(digit, 0)) * size;
                (section, unit) = (0, decimal.MaxValue);
            }
            else if (size is > 0 and < 10_000 && size < unit && (digit > 0 || (size == 10 && digit < 0)))
            {
                section += (digit < 0 ? 1 : digit) * size;
                unit = size;
            }
            else
            {
                return null;
            }

            digit = -1;
        }

        return total + section + Math.Max(digit, 0);
    }

    static int Digit(char c) => c switch { '〇' or '○' or 'Ο' => 0, '两' => 2, _ => Digits.IndexOf(c, StringComparison.Ordinal) };
}
