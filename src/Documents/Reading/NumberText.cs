using System.Globalization;
using System.Text.RegularExpressions;
using Aggregator.Checks;
using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>A field's text read as the figure of a column.</summary>
/// <param name="Value">The number, or null.</param>
/// <param name="Confidence">How sure it is.</param>
/// <param name="Code">Code of the remark, or null for a plain number.</param>
/// <param name="Oddity">What is odd about it, in Chinese, or null.</param>
public sealed partial record NumberText(decimal? Value, Confidence Confidence, string? Code, string? Oddity)
{
    /// <summary>More digits than a figure of the whole nation has, and few enough for a decimal to be exact.</summary>
    const int MaxDigits = 24;

    /// <summary>The letters that a figure, or what is written for none, can begin with: most labels are told by their first.</summary>
    const string Begins = "大约近超不持至共计减下增零〇一二三四五六七八九十百千两无空暂没未适Nn";

    /// <summary>Whether a text on a line of its own can only be meant as a figure: a number, or what clerks write for none.</summary>
    public static bool LooksLikeFigure(string text)
    {
        var plain = PlainText.Simplify(PlainText.Bare(text));
        return plain.Length is > 0 and <= 60 && !(char.IsLetter(plain[0]) && !Begins.Contains(plain[0]))
            && ((IsMark(plain) && !plain.Any(IsPunctuation)) || (Pattern().Match(plain) is { Success: true } match && match.Groups["rest"] is { Value: var rest }
                && (rest.Length == 0 || (rest[0] is '(' or '[' && rest[^1] is ')' or ']') || rest.All(IsFootnote))));
    }

    /// <summary>Whether a folded text without white space stands for no number: "/", "-", "——", "无".</summary>
    public static bool IsMark(string plain) =>
        plain is "无" or "空" or "暂无" or "没有" or "未统计" or "不适用" or "N/A" or "n/a" or "无此项" or "持平" or "不变" or "无变化" or "无增减"
        || (plain.Length > 0 && plain.All(c => c is '-' or '—' or '―' or '─' or '_' or '/' or '\\' or '|' or '.' or '·' or '。' or '、' or '*' or '×' or '…'));

    /// <summary>Reads a field.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="column">The column that it stands in.</param>
    /// <param name="headUnit">The unit that the head above states where it is not the column's own, or null.</param>
    public static NumberText Parse(string text, Column column, string? headUnit = null)
    {
        var folded = PlainText.Simplify(PlainText.Fold(text)).Trim();
        if (folded.Length == 0)
        {
            return new NumberText(null, Confidence.None, "blank_cell", "空白");
        }

        var plain = PlainText.Squeeze(folded);
        if (IsMark(plain))
        {
            return new NumberText(null, Confidence.None, "blank_cell", $"填的是“{Quote(text)}”，不是数字；没有的应填0");
        }

        if (plain.Length > 200 || Pattern().Match(plain) is not { Success: true } match || SeveralNumbers().IsMatch(folded))
        {
            return Unreadable(text);
        }

        var digits = match.Groups["number"].Value;
        var words = match.Groups["words"].Value;
        if (digits.Length > MaxDigits || (words.Length > 0 ? ChineseNumeral.Parse(words) : Arabic(digits)) is not { } value)
        {
            return Unreadable(text);
        }

        var oddities = new List<string>();
        var sign = match.Groups["sign"].Value;
        if (sign is not ("" or "+"))
        {
            value = sign[0] is '增' or '↑' ? value : -value;
            if (column.Type != ColumnType.Change)
            {
                oddities.Add(value < 0 ? "不应是负数" : "带有说明");
            }
            else if (sign[0] is '—' or '−')
            {
                oddities.Add($"按{Figures.Text(value)}读取");
            }
        }

        var unit = match.Groups["unit"].Value is { Length: > 0 } written ? written : headUnit ?? "";
        var (factor, conflict) = Factor(unit, column);
        if (conflict)
        {
            value *= factor;
            oddities.Add($"单位是“{unit}”，应为{column.Unit}，折合{Figures.Text(value)}{column.Unit}");
        }

        if (words.Length > 0)
        {
            oddities.Add("用汉字书写");
        }

        if (digits.Contains(',', StringComparison.Ordinal) && !Grouped().IsMatch(digits))
        {
            oddities.Add("逗号的位置不对");
        }

        if (digits.Length > 1 && digits[0] == '0' && digits[1] != '.')
        {
            oddities.Add("数字以0开头");
        }

        if (BrokenNumber().IsMatch(folded))
        {
            oddities.Add("数字中间有空格或换行");
        }

        // 3.0 is how a spreadsheet may show 3; 1.000 may be meant for 1,000.
        if (column.Type != ColumnType.Amount && !conflict && digits.Contains('.', StringComparison.Ordinal) && !WholeWithZeros().IsMatch(digits))
        {
            oddities.Add("应为整数");
        }

        if (match.Groups["about"].Length > 0 || match.Groups["more"].Length > 0 || match.Groups["rest"].Length > 0)
        {
            oddities.Add("带有说明");
        }

        return oddities.Count == 0
            ? new NumberText(value, Confidence.Certain, null, null)
            : new NumberText(value, Confidence.Doubtful, conflict ? "unit_conflict" : "odd_number",
                $"填的是“{Quote(text)}”：{string.Join("；", oddities)}");
    }

    /// <summary>A text as it is quoted in a remark.</summary>
    public static string Quote(string text)
    {
        const int MaxLength = 60;
        var line = Blanks().Replace(text.Trim(), " ");
        return line.Length <= MaxLength ? line : $"{line[..MaxLength]}…";
    }

    static NumberText Unreadable(string text) =>
        new(null, Confidence.None, "not_a_number", $"填的是“{Quote(text)}”，不是一个数");

    /// <summary>The unit of money that a head states, or null if it states none or the form's own 万元.</summary>
    public static string? UnitOfHead(string head) => OtherUnit().Match(PlainText.Simplify(PlainText.Bare(head))) is { Success: true } unit ? unit.Value : null;

    static decimal? Arabic(string digits) =>
        decimal.TryParse(digits.Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? decimal.IsInteger(value) ? decimal.Truncate(value) : value
            : null;

    /// <summary>What a written unit makes of the number in the column's own unit, and whether it is not the column's.</summary>
    static (decimal Factor, bool Conflict) Factor(string unit, Column column) => (column.Type == ColumnType.Amount, unit) switch
    {
        (_, "") or (true, "万元") or (true, "万") => (1, false),
        (true, "元") => (0.0001m, true),
        (true, "亿元" or "亿") => (10_000, true),
        (true, _) => (1, true),
        (false, "万") => (10_000, true),
        (false, "亿") => (100_000_000, true),
        (false, "元" or "万元" or "亿元") => (1, true),
        _ => (1, false),
    };

    /// <summary>Stands for no figure where it is alone in a field, but in running text may belong to a label.</summary>
    static bool IsPunctuation(char c) => c is '|' or '.' or '·' or '。' or '、' or '*' or '×' or '…';

    static bool IsFootnote(char c) => c is '*' or '#' or '※' || char.GetUnicodeCategory(c) == UnicodeCategory.OtherNumber;

    [GeneratedRegex("^(?<about>大约|约|近|超过|超|不足|至少|共计|共|计)?(?<sign>[-+—−↑↓]|减少|减|下降|增加|增)?"
        + "(?:(?<number>[0-9][0-9,]*(?:\\.[0-9]+)?)|(?<words>(?>[零〇一二三四五六七八九十百千两]+)(?![、.,:])))"
        + "(?<more>余|多)?(?<unit>亿元|万元|元|万|亿|件次|[件项个条宗次起人份例])?(?<more>左右|以上|以内|余)?(?<rest>(?:[(\\[,;，；。*#※]|\\p{No}).*)?$", RegexOptions.Singleline)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$")]
    private static partial Regex Grouped();

    [GeneratedRegex("亿元|(?<![万亿])元")]
    private static partial Regex OtherUnit();

    [GeneratedRegex(@"^[0-9,]+\.0{1,2}$")]
    private static partial Regex WholeWithZeros();

    [GeneratedRegex(@"[0-9.,]\s+[0-9.,]|[-+—]\s+[0-9]")]
    private static partial Regex BrokenNumber();

    /// <summary>Merged fields keep their numbers one below the other; a number that begins with 0 is not the rest of another.</summary>
    [GeneratedRegex(@"[0-9]\s*\n\s*0|^0\s*\n\s*[0-9]")]
    private static partial Regex SeveralNumbers();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
