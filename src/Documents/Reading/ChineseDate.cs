using System.Text.RegularExpressions;
using Aggregator.Checks;

namespace Aggregator.Documents.Reading;

/// <summary>Dates as Chinese documents write them: 2022年1月20日, 2022-01-20, 二〇二二年一月二十日.</summary>
public static partial class ChineseDate
{
    /// <summary>The first date in a text, or null.</summary>
    public static DateOnly? Find(string text) =>
        Pattern().Match(PlainText.Bare(text)) is { Success: true } match ? Of(match.Groups["year"].Value, match.Groups["month"].Value, match.Groups["day"].Value) : null;

    /// <summary>Whether a text is a date and nothing else.</summary>
    public static bool IsDate(string text) => PlainText.Bare(text) is { Length: <= 20 } plain && Pattern().Match(plain) is { Success: true } match
        && match.Length == plain.Length && Find(text) is not null;

    /// <summary>A date of its parts in digits or words, or null if there is no such day.</summary>
    public static DateOnly? Of(string year, string month, string day) =>
        ChineseNumeral.Parse(year) is >= 1900 and <= 2200 and var y && ChineseNumeral.Parse(month) is >= 1 and <= 12 and var m
            && ChineseNumeral.Parse(day) is >= 1 and var d && d <= DateTime.DaysInMonth((int)y, (int)m)
            ? new DateOnly((int)y, (int)m, (int)d)
            : null;

    [GeneratedRegex("(?<year>[0-9]{4}|[一二三四五六七八九〇零○Ο]{4})[年./-](?<month>[0-9]{1,2}|[一二三四五六七八九十]{1,3})[月./-](?<day>[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:日|(?![0-9一二三四五六七八九十]))")]
    private static partial Regex Pattern();
}
