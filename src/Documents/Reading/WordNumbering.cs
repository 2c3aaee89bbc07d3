using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Aggregator.Documents.Reading;

/// <summary>
/// The numbers that Word puts before paragraphs and that stand nowhere in the text, such as "一、"; and which styles hide text.
/// </summary>
sealed partial class WordNumbering
{
    const int Levels = 9;
    const string Digits = "〇一二三四五六七八九";

    readonly Dictionary<string, XElement> styles = [];
    readonly Dictionary<string, (string Definition, XElement Number)> numbers = [];
    readonly Dictionary<string, Dictionary<int, XElement>> definitions = [];
    readonly Dictionary<string, int?[]> counters = [];
    readonly HashSet<(string, int)> restarted = [];

    /// <summary>Reads what the parts <c>styles</c> and <c>numbering</c> say, as far as there are any.</summary>
    public static WordNumbering Read(XElement? styles, XElement? numbering)
    {
        var result = new WordNumbering();
        foreach (var style in styles?.Elements().Where(e => e.Name.LocalName == "style") ?? [])
        {
            result.styles[WordSource.Value(style, "styleId") ?? ""] = style;
        }

        foreach (var element in numbering?.Elements() ?? [])
        {
            if (element.Name.LocalName == "abstractNum")
            {
                result.definitions[WordSource.Value(element, "abstractNumId") ?? ""] = LevelsOf(element);
            }
            else if (element.Name.LocalName == "num")
            {
                result.numbers[WordSource.Value(element, "numId") ?? ""] = (WordSource.Value(WordSource.Child(element, "abstractNumId"), "val") ?? "", element);
            }
        }

        return result;
    }

    /// <summary>Whether a character style hides its text.</summary>
    public bool HidesText(string? style) => Inherited(style, s => WordSource.Child(WordSource.Child(s, "rPr"), "vanish")) is { } vanish && WordSource.IsOn(vanish);

    /// <summary>Counts a paragraph and gives the label before it; empty if it has none.</summary>
    public string Next(XElement? properties)
    {
        var style = WordSource.Value(WordSource.Child(properties, "pStyle"), "val");
        var own = WordSource.Child(properties, "numPr");
        var id = WordSource.Value(WordSource.Child(own, "numId") ?? Inherited(style, s => WordSource.Child(OfStyle(s), "numId")), "val");
        var level = Math.Clamp(WordSource.Number(WordSource.Child(own, "ilvl") ?? Inherited(style, s => WordSource.Child(OfStyle(s), "ilvl")), 0), 0, Levels - 1);
        if (id is null or "0" || !numbers.TryGetValue(id, out var number) || !definitions.TryGetValue(number.Definition, out var levels))
        {
            return "";
        }

        var overrides = number.Number.Elements().Where(e => e.Name.LocalName == "lvlOverride")
            .GroupBy(e => (int)(WordSource.Value(e, "ilvl") is { Length: 1 } digit ? digit[0] - '0' : 0)).ToDictionary(g => g.Key, g => g.First());
        XElement? LevelAt(int at) => WordSource.Child(overrides.GetValueOrDefault(at), "lvl") ?? levels.GetValueOrDefault(at);
        if (LevelAt(level) is not { } format)
        {
            return "";
        }

        if (!counters.TryGetValue(number.Definition, out var counts))
        {
            counters[number.Definition] = counts = new int?[Levels];
        }

        Count(counts, id, level, WordSource.Child(overrides.GetValueOrDefault(level), "startOverride"), LevelAt);
        return Label(format, counts, LevelAt);
    }

    static XElement? OfStyle(XElement style) => WordSource.Child(WordSource.Child(style, "pPr"), "numPr");

    static Dictionary<int, XElement> LevelsOf(XElement definition)
    {
        var levels = new Dictionary<int, XElement>();
        foreach (var level in definition.Elements().Where(e => e.Name.LocalName == "lvl"))
        {
            if (int.TryParse(WordSource.Value(level, "ilvl"), NumberStyles.None, CultureInfo.InvariantCulture, out var at))
            {
                levels[at] = level;
            }
        }

        return levels;
    }

    /// <summary>What a style or the first of those that it is based on says.</summary>
    XElement? Inherited(string? style, Func<XElement, XElement?> find)
    {
        for (var steps = 0; style is not null && styles.TryGetValue(style, out var element) && steps < 20; steps++)
        {
            if (find(element) is { } found)
            {
                return found;
            }

            style = WordSource.Value(WordSource.Child(element, "basedOn"), "val");
        }

        return null;
    }

    void Count(int?[] counts, string id, int level, XElement? startOverride, Func<int, XElement?> levelAt)
    {
        if (startOverride is not null && restarted.Add((id, level)))
        {
            counts[level] = null;
        }

        counts[level] = counts[level] is { } count && count < int.MaxValue ? count + 1
            : WordSource.Number(startOverride ?? WordSource.Child(levelAt(level), "start"), 0);
        for (var above = 0; above < level; above++)
        {
            counts[above] ??= WordSource.Number(WordSource.Child(levelAt(above), "start"), 0);
        }

        for (var below = level + 1; below < Levels; below++)
        {
            if (WordSource.Number(WordSource.Child(levelAt(below), "lvlRestart"), 1) != 0)
            {
                counts[below] = null;
            }
        }
    }

    static string Label(XElement format, int?[] counts, Func<int, XElement?> levelAt)
    {
        var kind = Format(format);
        if (kind is "bullet" or "none")
        {
            return "";
        }

        var legal = WordSource.IsOn(WordSource.Child(format, "isLgl"));
        var label = Place().Replace(WordSource.Value(WordSource.Child(format, "lvlText"), "val") ?? "", match =>
        {
            var at = match.Value[1] - '1';
            return counts[at] is { } count ? Text(count, legal ? "decimal" : levelAt(at) is { } of ? Format(of) : "decimal") : "";
        });
        return label.Length > 0 && char.IsAsciiLetterOrDigit(label[^1]) ? label + " " : label;
    }

    /// <summary>Newer formats stand in <c>AlternateContent</c>, with an older one beside it.</summary>
    static string Format(XElement level) =>
        WordSource.Value(level.Descendants().FirstOrDefault(e => e.Name.LocalName == "numFmt"), "val") ?? "decimal";

    static string Text(int number, string format) => format switch
    {
        "none" or "bullet" => "",
        "lowerLetter" => Letter(number).ToLowerInvariant(),
        "upperLetter" => Letter(number),
        "lowerRoman" => Roman(number).ToLowerInvariant(),
        "upperRoman" => Roman(number),
        "decimalZero" => number.ToString("00", CultureInfo.InvariantCulture),
        "decimalFullWidth" or "decimalFullWidth2" => string.Concat(number.ToString(CultureInfo.InvariantCulture).Select(c => c is '-' ? c : (char)(c - '0' + '０'))),
        "decimalEnclosedCircle" or "decimalEnclosedCircleChinese" when number is >= 1 and <= 20 => ((char)('①' + number - 1)).ToString(),
        "decimalEnclosedParen" when number is >= 1 and <= 20 => ((char)('⑴' + number - 1)).ToString(),
        "chineseCounting" or "chineseCountingThousand" or "taiwaneseCounting" or "taiwaneseCountingThousand" or "japaneseCounting"
            or "ideographDigital" or "japaneseDigitalTenThousand" or "taiwaneseDigital" when number is >= 0 and < 10_000 => Chinese(number),
        "chineseLegalSimplified" when number is >= 0 and < 10_000 => string.Concat(Chinese(number).Select(c =>
            "零〇一二三四五六七八九十百千".IndexOf(c) is >= 0 and var at ? "零零壹贰叁肆伍陆柒捌玖拾佰仟"[at] : c)),
        "ideographTraditional" when number is >= 1 and <= 10 => "甲乙丙丁戊己庚辛壬癸"[number - 1].ToString(),
        "ideographZodiac" when number is >= 1 and <= 12 => "子丑寅卯辰巳午未申酉戌亥"[number - 1].ToString(),
        _ => number.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>A number below ten thousand in Chinese: 十, 十一, 二十, 一百零五.</summary>
    static string Chinese(int number)
    {
        if (number == 0)
        {
            return "〇";
        }

        var text = new StringBuilder();
        var gap = false;
        foreach (var (value, name) in new[] { (1000, "千"), (100, "百"), (10, "十"), (1, "") })
        {
            var digit = number / value % 10;
            if (digit == 0)
            {
                gap = text.Length > 0;
                continue;
            }

            text.Append(gap ? "零" : "");
            gap = false;
            text.Append(value == 10 && digit == 1 && text.Length == 0 ? "" : Digits[digit].ToString()).Append(name);
        }

        return text.ToString();
    }

    static string Letter(int number) => number is < 1 or > 780
        ? number.ToString(CultureInfo.InvariantCulture) : new string((char)('A' + ((number - 1) % 26)), ((number - 1) / 26) + 1);

    static string Roman(int number)
    {
        if (number is < 1 or > 3999)
        {
            return number.ToString(CultureInfo.InvariantCulture);
        }

        var text = new StringBuilder();
        foreach (var (value, name) in new[]
        {
            (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
        })
        {
            for (; number >= value; number -= value)
            {
                text.Append(name);
            }
        }

        return text.ToString();
    }

    [GeneratedRegex("%[1-9]")]
    private static partial Regex Place();
}
