using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Aggregator.Checks;

namespace Aggregator.Documents.Reading;

/// <summary>What a report says about itself beside its figures: year, unit, period, date, contacts, fee.</summary>
static partial class ReportFacts
{
    /// <summary>A title is broken into no more lines than this.</summary>
    const int MaxTitleLines = 4;

    /// <summary>The frame of a site has fewer lines above the report.</summary>
    const int MaxBlocksBefore = 2_000;

    /// <summary>A longer line is no title.</summary>
    const int MaxTitle = 70;

    /// <summary>Year and unit of the title; year 0 if there is none.</summary>
    public static (int Year, string? Unit) Title(ImmutableArray<SourceBlock> blocks)
    {
        for (var i = 0; i < Math.Min(blocks.Length, MaxBlocksBefore); i++)
        {
            var title = "";
            for (var j = i; j < blocks.Length && j - i < MaxTitleLines * 2 && blocks[j] is SourceParagraph { Text.Length: <= MaxTitle } line; j++)
            {
                title += PlainText.Bare(line.Text);
                if (title.Length == 0 || title.Length > MaxTitle)
                {
                    break;
                }

                if (PlainText.Simplify(title) is var simple && simple.Contains("报告", StringComparison.Ordinal) && TitlePattern().Match(simple) is { Success: true } match)
                {
                    // The unit's name stays as it is written.
                    string Written(string group) => title.Substring(match.Groups[group].Index, match.Groups[group].Length);
                    var unit = Written("before").Trim('《', '"', '“') + Written("after");
                    return ((int)(ChineseNumeral.Parse(match.Groups["year"].Value) ?? 0), unit.Length > 0 ? unit : null);
                }
            }
        }

        return default;
    }

    /// <summary>The period that the figures are of, or null.</summary>
    public static ReportingPeriod? Period(IEnumerable<SourceParagraph> paragraphs)
    {
        foreach (var paragraph in paragraphs.Where(p => p.Text.Contains('至', StringComparison.Ordinal) || p.Text.Contains('到', StringComparison.Ordinal)))
        {
            if (PeriodPattern().Match(PlainText.Bare(paragraph.Text)) is { Success: true } match
                && ChineseDate.Find(match.Groups["from"].Value) is { } from && Until(match.Groups["until"].Value, from) is { } until && until >= from)
            {
                return new ReportingPeriod(from, until);
            }
        }

        return null;
    }

    static DateOnly? Until(string text, DateOnly from) => ChineseDate.Find(text) ?? ChineseDate.Find($"{from.Year}年{text}");

    /// <summary>The date of publication: the one that says so, else the last line that is nothing but a date.</summary>
    public static DateOnly? PublishedAt(IEnumerable<SourceParagraph> paragraphs)
    {
        DateOnly? signed = null;
        foreach (var paragraph in paragraphs)
        {
            if (paragraph.Text.Length < 400 && PublishedPattern().Match(PlainText.Simplify(PlainText.Bare(paragraph.Text))) is { Success: true } match
                && ChineseDate.Find(match.Groups["date"].Value) is { } published)
            {
                return published;
            }

            if (paragraph.Text.Length < 40 && ChineseDate.IsDate(paragraph.Text))
            {
                signed = ChineseDate.Find(paragraph.Text);
            }
        }

        return signed;
    }

    /// <summary>Address, telephone and the like, each as <c>电话：0795-7161260</c>.</summary>
    public static ImmutableArray<string> Contacts(IEnumerable<SourceParagraph> paragraphs)
    {
        const int MaxContacts = 20;
        return [.. paragraphs.SelectMany(p => ContactPattern().Matches(PlainText.Bare(p.Text)))
            .Select(m => m.Groups["what"].Success ? $"{m.Groups["what"].Value}：{m.Groups["value"].Value}" : $"电话：{m.Groups["phone"].Value}")
            .Distinct().Take(MaxContacts)];
    }

    /// <summary>
    /// The 信息处理费 of a text. What a rule says about rates is not what was collected: with more than one amount the sentence is
    /// shown and nothing read.
    /// </summary>
    public static (decimal? Fee, ReadingRemark? Remark) Fee(string? text, string section)
    {
        var sentences = (text ?? "").Split('。', '；', '\n', ';').Where(s => Plain(s).Contains("处理费", StringComparison.Ordinal)).ToList();
        if (sentences.Count == 0)
        {
            return (null, new ReadingRemark("fee_missing", section, "没有写明收取信息处理费的情况", null));
        }

        decimal[] amounts = [.. sentences.SelectMany(s => FeePattern().Matches(Plain(s))).Select(Amount).OfType<decimal>().Distinct()];
        var none = sentences.Any(s => NoFeePattern().IsMatch(Plain(s)));
        return (amounts, none) switch
        {
            ([var amount], false) => (amount, null),
            ([0], true) or ([], true) => (0, null),
            _ => (null, new ReadingRemark("fee_unclear", section, $"信息处理费的数额没有读出，请填写：“{NumberText.Quote(string.Join("；", sentences.Select(s => s.Trim())))}”", null)),
        };
    }

    static string Plain(string text) => PlainText.Simplify(PlainText.Bare(text));

    static decimal? Amount(Match match)
    {
        var number = match.Groups["number"].Value.Replace(",", "", StringComparison.Ordinal);
        decimal? value = match.Groups["words"].Success
            ? ChineseNumeral.Parse(match.Groups["words"].Value)
            : decimal.TryParse(number, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var digits) && number.Length <= 20 ? digits : null;
        return match.Groups["wan"].Success ? value * 10_000 : value;
    }

    /// <summary>The frame of a site around a title has paths, bars and colons, and dates that are no report's year.</summary>
    [GeneratedRegex("(?:^|[>|:])(?:关于)?(?:[（(][^()（）]*[)）])?(?<before>[^>|:]*?)(?<year>20[0-9]{2}(?![-./0-9])|二[〇零○][一二三四五六七八九〇零○]{2})年?度?(?<after>[^>|:]*?)(?:政府)?信息公开(?:工作)?(?:情况)?(?:的)?(?:年度)?(?:工作)?报告")]
    private static partial Regex TitlePattern();

    [GeneratedRegex("(?<from>[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日)起?[,，]?(?:至|到|-|—)+(?<until>(?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日)")]
    private static partial Regex PeriodPattern();

    [GeneratedRegex("(?:发布|公布|公开|生成|成文|发文|信息)(?:日期|时间)[:：]?(?<date>[0-9]{4}[年./-][0-9]{1,2}[月./-][0-9]{1,2})")]
    private static partial Regex PublishedPattern();

    [GeneratedRegex("(?<what>(?:联系|办公|通讯|通信)?(?:地址|电话)|邮政编码|邮编|传真|电子邮箱|电子邮件|邮箱|E-?mail)[:：为](?<value>[^,，;；。()（）、\\n]{3,80})|致电(?<phone>[0-9-]{7,15})", RegexOptions.IgnoreCase)]
    private static partial Regex ContactPattern();

    [GeneratedRegex("(?:(?<number>[0-9][0-9,]*(?:\\.[0-9]+)?)|(?<words>[零〇一二三四五六七八九十百千]+))(?<wan>万)?元(?!/|每)")]
    private static partial Regex FeePattern();

    [GeneratedRegex("(?:未|没有|没|无|不|免)(?:收取|收到|发生|产生|收费|涉及|收|征收)|(?:情况|费用?|金额|收入|数额)(?:为|是|均为|:)?(?:无|零|0(?![0-9.]))|^无|不存在")]
    private static partial Regex NoFeePattern();
}
