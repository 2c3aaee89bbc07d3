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

    /// <summary>
    /// Year and unit of the title; year 0 if there is none. A site's frame names other years and other reports above the report:
    /// a line that is nothing but a title counts more than one that holds one, and the last more than those before it.
    /// </summary>
    /// <param name="blocks">What stands before the first section.</param>
    public static (int Year, string? Unit) Title(ReadOnlySpan<SourceBlock> blocks)
    {
        var best = (Rank: 0, Year: 0, Unit: (string?)null);
        for (var end = 0; end < Math.Min(blocks.Length, MaxBlocksBefore); end++)
        {
            var (title, lines) = ("", 0);
            for (var start = end; start >= 0 && end - start < MaxTitleLines * 2 && blocks[start] is SourceParagraph { Text.Length: <= MaxTitle } line; start--)
            {
                // A title that is broken into lines begins with the unit or goes on in the middle of a word.
                var text = PlainText.Bare(line.Text);
                title = text + title;
                lines += text.Length > 0 ? 1 : 0;
                if (lines is 0 or > MaxTitleLines || title.Length > MaxTitle || (lines == 1 && text.Length == 0))
                {
                    break;
                }

                if (text.Length > 0 && TitleOf(title, lines > 1 && !YearPattern().IsMatch(PlainText.Simplify(text))) is var (rank, year, unit))
                {
                    best = rank >= best.Rank ? (rank, year, unit) : best;
                    if (unit is not null && !IsRestOfName().IsMatch(unit))
                    {
                        break;
                    }
                }
            }
        }

        return (best.Year, best.Unit);
    }

    /// <summary>The same from the head of a web page, each line by itself: the next one may name the site.</summary>
    public static (int Year, string? Unit) TitleOfHead(ImmutableArray<SourceParagraph> head) =>
        head.Select(line => Title([line])).DefaultIfEmpty().MaxBy(title => title is { Unit: not null } ? 2 : Math.Sign(title.Year));

    /// <param name="title">The line, or several in one.</param>
    /// <param name="isJoined">Whether the unit comes from a line of its own, which may be anything.</param>
    static (int Rank, int Year, string? Unit)? TitleOf(string title, bool isJoined)
    {
        var simple = PlainText.Simplify(title);
        if (!simple.Contains('报', StringComparison.Ordinal) || TitlePattern().Match(simple) is not { Success: true } match)
        {
            return null;
        }

        // The unit's name stays as it is written.
        string Written(string group) => title.Substring(match.Groups[group].Index, match.Groups[group].Length);
        var before = Written("before").Trim('《', '"', '“');
        // Within a sentence the name begins behind a mark: 现编制《某镇2022年…》.
        var start = before.LastIndexOfAny(['《', '"', '“', ',', '。', ';']) + 1;
        var unit = Ornament().Replace(before[start..], "") is { Length: > 0 } name ? name : Written("after").Trim('《', '"', '“');
        unit = NoUnit().IsMatch(unit) || (isJoined && !EndsAsUnit().IsMatch(PlainText.Simplify(unit))) ? null : unit;
        var isWhole = match.Index == 0 && start == 0 && match.Length == simple.TrimEnd('》', '"', '”', '。').Length;
        return ((isWhole ? 3 : 1) + (unit is null ? 0 : 1), (int)(ChineseNumeral.Parse(match.Groups["year"].Value) ?? 0), unit);
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
    /// <param name="blocks">The document.</param>
    /// <param name="start">Where its first section begins; a site shows its own data in a table before that.</param>
    public static DateOnly? PublishedAt(ImmutableArray<SourceBlock> blocks, int start)
    {
        DateOnly? signed = null;
        foreach (var text in blocks.SelectMany((b, i) => b is SourceParagraph p ? [p.Text] : i < start ? Rows((SourceTable)b) : []))
        {
            if (text.Length < 400 && PublishedPattern().Match(PlainText.Simplify(PlainText.Bare(text))) is { Success: true } match
                && ChineseDate.Find(match.Groups["date"].Value) is { } published)
            {
                return published;
            }

            if (text.Length < 40 && ChineseDate.IsDate(text))
            {
                signed = ChineseDate.Find(text);
            }
        }

        return signed;
    }

    static IEnumerable<string> Rows(SourceTable table) => table.Fields.GroupBy(f => f.Row).Select(r => string.Concat(r.Select(f => f.Text)));

    /// <summary>Address, telephone and the like, each as <c>电话：0795-7161260</c>.</summary>
    public static ImmutableArray<string> Contacts(IEnumerable<SourceParagraph> paragraphs)
    {
        const int MaxContacts = 20;
        return [.. paragraphs.SelectMany(p => ContactPattern().Matches(PlainText.Bare(p.Text)))
            .Select(m => m.Groups["what"].Success ? $"{m.Groups["what"].Value}：{m.Groups["value"].Value}" : $"电话：{m.Groups["phone"].Value}")
            .Distinct().Take(MaxContacts)];
    }

    /// <summary>The 信息处理费 of a text.</summary>
    public static (decimal? Fee, ReadingRemark? Remark) Fee(string? text, string section) => ProcessingFee.Of(text is null ? null : PlainText.Simplify(text)) switch
    {
        { Said: null } => (null, new ReadingRemark("fee_missing", section, "没有写明收取信息处理费的情况", null)),
        { Amount: { } amount } => (amount, null),
        { Said: var said } => (null, new ReadingRemark("fee_unclear", section, $"信息处理费的数额没有读出，请填写：“{NumberText.Quote(said)}”", null)),
    };

    /// <summary>The frame of a site around a title has paths, bars and colons, and dates that are no report's year.</summary>
    [GeneratedRegex("(?:^|[>|:])(?:关于)?(?:[（(][^()（）]*[)）])?(?:"
        + $"(?<before>[^>|:]*?)(?:关于)?{TitleYear}年?度?(?<after>(?:(?!20[0-9]{{2}})[^>|:])*?)(?:政府)?信息公开(?:工作)?(?:情况)?(?:的)?(?:年度)?(?:工作)?(?:报告|年报)"
        + $"|(?<before>[^>|:]*?)(?:关于)?(?:政府)?信息公开(?:工作)?(?:{TitleYear}年度?(?:工作)?(?:报告|年报)|(?:情况)?(?:的)?(?:年度)?(?:工作)?(?:报告|年报)[(\\[]{TitleYear}年?度?[)\\]]))")]
    private static partial Regex TitlePattern();

    const string TitleYear = "(?<year>20[0-9]{2}(?![-./0-9])|二[〇零○][一二三四五六七八九〇零○]{2})";

    [GeneratedRegex(TitleYear)]
    private static partial Regex YearPattern();

    /// <summary>Other years, and what a report is about besides.</summary>
    [GeneratedRegex("^.?$|20[0-9]{2}年|[暨和及与]$")]
    private static partial Regex NoUnit();

    /// <summary>What stands around a name: a list's dot or number, [图文], 由…编制的.</summary>
    [GeneratedRegex(@"^(?:\[[^\]]*\]|[^\p{L}(])+|^(?:本(?:年度)?报告)?是?由(?=.*编制的$)|编制的$")]
    private static partial Regex Ornament();

    /// <summary>How the name of an office or a place ends.</summary>
    [GeneratedRegex("(?:[府乡镇村县市区州盟旗省局办委厅部院会所站署处室社队团校馆场]|街道|中心|公司|机关)$")]
    private static partial Regex EndsAsUnit();

    /// <summary>The end of a name whose beginning stands in the line above.</summary>
    [GeneratedRegex("^.?(?:人民政府|办事处|办公室|委员会)")]
    private static partial Regex IsRestOfName();

    [GeneratedRegex("(?<from>[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日)起?[,，]?(?:至|到|-|—)+(?<until>(?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日)")]
    private static partial Regex PeriodPattern();

    [GeneratedRegex("(?:发布|公布|公开|生成|成文|发文|信息)(?:日期|时间)[:：]?(?<date>[0-9]{4}[年./-][0-9]{1,2}[月./-][0-9]{1,2})")]
    private static partial Regex PublishedPattern();

    [GeneratedRegex("(?<what>(?:联系|办公|通讯|通信)?(?:地址|电话)|邮政编码|邮编|传真|电子邮箱|电子邮件|邮箱|E-?mail)[:：为](?<value>[^,，;；。()（）、\\n]{3,80})|致电(?<phone>[0-9-]{7,15})", RegexOptions.IgnoreCase)]
    private static partial Regex ContactPattern();
}
