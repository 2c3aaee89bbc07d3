using System.Globalization;
using System.Text.RegularExpressions;

namespace Aggregator.Checks;

/// <summary>
/// The 信息处理费 that a text says was collected, in 元. What a rule says about rates is not what was collected: with more than one
/// amount nothing is read.
/// </summary>
/// <param name="Amount">The amount; null if the text names none, or several.</param>
/// <param name="Said">The sentences that speak of it, or null if none does.</param>
public readonly partial record struct ProcessingFee(decimal? Amount, string? Said)
{
    const int MaxDigits = 20;

    /// <summary>Reads a text in simplified characters.</summary>
    public static ProcessingFee Of(string? text)
    {
        Sentence[] sentences = [.. (text ?? "").Split('；', ';').SelectMany(Sentence.Split).Where(s => s.Plain.Contains("处理费", StringComparison.Ordinal))];
        if (sentences.Length == 0)
        {
            return default;
        }

        decimal[] amounts = [.. sentences.SelectMany(s => Sum().Matches(s.Plain)).Select(AmountOf).OfType<decimal>().Distinct()];
        var none = sentences.Any(s => None().IsMatch(s.Plain));
        decimal? amount = (amounts, none) switch
        {
            ([var only], false) => only,
            ([0], true) or ([], true) => 0,
            _ => null,
        };
        return new ProcessingFee(amount, string.Join("；", sentences.Select(s => s.Text)));
    }

    static decimal? AmountOf(Match match)
    {
        var number = match.Groups["number"].Value.Replace(",", "", StringComparison.Ordinal);
        decimal? value = match.Groups["words"].Success ? ChineseNumeral.Parse(match.Groups["words"].Value)
            : number.Length <= MaxDigits && decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var digits) ? digits
            : null;
        return match.Groups["wan"].Success ? value * 10_000 : value;
    }

    [GeneratedRegex("(?:(?<number>[0-9][0-9,]*(?:\\.[0-9]+)?)|(?<words>[零〇一二三四五六七八九十百千]+))(?<wan>万)?元(?!/|每)")]
    private static partial Regex Sum();

    [GeneratedRegex("(?:未|没有|没|无|不|免)(?:收取|收到|发生|产生|收费|涉及|收|征收)|(?:情况|费用?|金额|收入|数额)(?:为|是|均为|:)?(?:无|零|0(?![0-9.]))|(?:^|[,:年度内])无|(?:^|[,:年度内])没有[^,;:缴]{0,12}处理费|不存在")]
    private static partial Regex None();
}
