namespace Aggregator.Checks;

/// <summary>Numbers in Chinese numerals: 二, 十二, 一百零三, 二〇二一.</summary>
public static class ChineseNumeral
{
    const string Digits = "〇一二三四五六七八九";

    /// <summary>Reads a whole number below 10,000; false for anything else.</summary>
    public static bool TryParse(string text, out int number)
    {
        number = 0;
        if (text.Length is 0 or > 9)
        {
            return false;
        }

        return text.AsSpan().IndexOfAny('十', '百', '千') >= 0 ? TryParsePlaces(text, out number) : TryParseDigits(text, out number);
    }

    static bool TryParseDigits(string text, out int number)
    {
        number = 0;
        foreach (var c in text)
        {
            if (DigitOf(c) is not (>= 0 and var digit) || number > 999)
            {
                return false;
            }

            number = (number * 10) + digit;
        }

        return true;
    }

    static bool TryParsePlaces(string text, out int number)
    {
        (number, var last, var digit) = (0, 10_000, -1);
        foreach (var c in text)
        {
            if (c switch { '十' => 10, '百' => 100, '千' => 1000, _ => 0 } is > 0 and var place)
            {
                if (place >= last || digit == 0 || (digit < 0 && (place != 10 || number > 0)))
                {
                    return false;
                }

                number += Math.Max(digit, 1) * place;
                (last, digit) = (place, -1);
            }
            else if (DigitOf(c) is >= 0 and var next && (digit < 1 || next == 0))
            {
                digit = next;
            }
            else
            {
                return false;
            }
        }

        number += Math.Max(digit, 0);
        return true;
    }

    static int DigitOf(char c) => c switch
    {
        '零' => 0,
        '两' => 2,
        _ => Digits.IndexOf(c, StringComparison.Ordinal),
    };
}
