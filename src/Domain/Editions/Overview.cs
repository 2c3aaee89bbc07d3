using Aggregator.Forms;
using Aggregator.Units;
using Aggregator.Years;

namespace Aggregator.Editions;

/// <summary>
/// Writes the section that a form's narrative is for: how the units filed, then the form's own sentences with the figures in
/// them. A sentence whose figure is missing is left out and the figure named as missing; it never reads as zero. While the
/// report is incomplete, each sentence speaks of the included units only.
/// </summary>
sealed class Overview
{
    readonly Figures figures;
    readonly Figures? before;
    readonly List<string> missing = [];

    Overview(Figures figures, Figures? before) => (this.figures, this.before) = (figures, before);

    public static List<ReportPart> Write(int year, string name, DateOnly asOf, ReportUnits units, bool complete, Figures figures, LastYearTotal? lastYear)
    {
        var filing = Filing(year, name, asOf, units, complete);
        if (units.Included.Count == 0)
        {
            return Numbered([("报送情况", [filing, "各项情况均没有数据。没有数据不等于没有发生。"])]);
        }

        var overview = new Overview(figures, complete && lastYear is { Complete: true } ? lastYear.Figures : null);
        var comparison = lastYear is null ? "上年无可比数据。"
            : !complete ? "本年数据不完整，不与上年比较。"
            : !lastYear.Complete ? "上年数据不完整，不与上年比较。" : "";
        var opening = $"{year}年，{(complete ? $"全{Area.Of(name)}" : $"已计入的{units.Included.Count}个单位")}";
        List<(string, string[])> parts =
        [
            ("报送情况", [filing + comparison]),
            .. figures.Form.Narrative.Parts.Select(p => (p.Heading, new[] { overview.Tell(p, opening) + overview.Compare(p) })),
        ];
        if (overview.missing is [_, ..] gaps)
        {
            var names = string.Join("、", gaps.Take(6));
            parts.Add(("数据缺失情况", [$"以下数据没有单位填报，不作为0：{names}{(gaps.Count > 6 ? $"等{gaps.Count}项" : "")}。"]));
        }

        return Numbered(parts);
    }

    static List<ReportPart> Numbered(List<(string Heading, string[] Paragraphs)> parts) =>
        [.. parts.Select((p, i) => new ReportPart($"（{CountyReport.Numerals[i]}）{p.Heading}", null, p.Paragraphs))];

    static string Filing(int year, string name, DateOnly asOf, ReportUnits units, bool complete)
    {
        var exempt = units.Exempt.Count > 0 ? $"另有{units.Exempt.Count}个单位免报。" : "";
        var expected = $"{year}年度，{name}应当报送政府信息公开工作年度报告的单位共{units.Expected}个";
        if (units.Included.Count == 0)
        {
            return $"{expected}。截至{ChinaTime.Text(asOf)}，尚无单位的报告计入本报告。{exempt}";
        }

        var punctual = $"按期报送{units.Included.Count - units.Late.Count}个，逾期报送{units.Late.Count}个";
        return complete
            ? $"{expected}，已全部报送，其中{punctual}。{exempt}"
            : $"{expected}。截至{ChinaTime.Text(asOf)}，{units.Included.Count}个单位的报告已计入本报告，其中{punctual}；"
                + $"{units.Missing.Count}个单位的报告尚未计入。{exempt}本报告数据不完整，只反映已计入单位的情况。";
    }

    string Tell(NarrativePart part, string opening)
    {
        Clause?[] sentences = [.. part.Sentences.Select(Tell)];
        if (part.Zero is { } zero && sentences.All(s => s is { IsZero: true }))
        {
            return $"{opening}{zero}。";
        }

        var said = string.Join("；", sentences.Where(s => s is { Text.Length: > 0 }).Select(s => s!.Text));
        return said.Length == 0 ? $"{opening}的有关数据缺失。" : $"{opening}{part.Opening}{said}。";
    }

    Clause? Tell(NarrativeSentence sentence)
    {
        var text = Fill(sentence.Text);
        Clause?[] items = [.. sentence.Items.Select(Fill)];
        if (text is null || items.Contains(null))
        {
            return null;
        }

        var isZero = text.IsZero && items.All(i => i!.IsZero);
        var listed = string.Join("、", items.Where(i => !i!.IsZero).Select(i => i!.Text));
        return new Clause(
            isZero && sentence.Zero is { } zero ? zero
                : text.Text.Replace(Narrative.Items, listed, StringComparison.Ordinal).Replace("（）", "", StringComparison.Ordinal),
            isZero);
    }

    /// <summary>Percentages of small numbers say nothing, so they begin at a hundred.</summary>
    string Compare(NarrativePart part)
    {
        if (before is null || part.Changes.IsEmpty)
        {
            return "";
        }

        var (told, untold) = (new List<string>(), new List<string>());
        foreach (var change in part.Changes)
        {
            Cell[] cells = Narrative.CellsOf(figures.Form, change.Of);
            decimal?[] old = [.. cells.Select(c => before.Form.FindCell(c.Path) is { } same ? before[same] : null)];
            if (old.Contains(null) || cells.Any(c => figures[c] is null))
            {
                untold.Add(change.Name);
                continue;
            }

            var (was, now) = (old.Sum()!.Value, cells.Sum(c => figures[c])!.Value);
            var percent = was >= 100 && was != now ? $"（{Percent(Math.Abs(now - was), was)}）" : "";
            told.Add(was == now ? $"{change.Name}持平"
                : $"{change.Name}{(now > was ? "增加" : "减少")}{Figures.Text(Math.Abs(now - was))}{cells[0].Column.Unit}{percent}");
        }

        string[] parts = [
            .. told.Count > 0 ? [$"同比{string.Join("，", told)}"] : Array.Empty<string>(),
            .. untold.Count > 0 ? [$"{string.Join("、", untold)}上年无可比数据"] : Array.Empty<string>(),
        ];
        return $"{string.Join("；", parts)}。";
    }

    /// <summary>One place, rounded as officials round (四舍五入); what rounds to nothing is not nothing.</summary>
    static string Percent(decimal part, decimal whole) =>
        decimal.Round(part * 100 / whole, 1, MidpointRounding.AwayFromZero) is > 0 and var rounded ? $"{Figures.Text(rounded)}%" : "不足0.1%";

    /// <summary>A text with the figures in it; null, with the gaps noted, if one of them is missing.</summary>
    Clause? Fill(string template)
    {
        var (whole, isZero) = (true, true);
        var text = Narrative.Fill(figures.Form, template, cells =>
        {
            string[] gaps = [.. cells.Where(c => figures[c] is null).Select(c => c.Name)];
            missing.AddRange(gaps.Except(missing));
            var sum = cells.Sum(c => figures[c]);
            (whole, isZero) = (whole && gaps.Length == 0, isZero && sum == 0);
            return sum is { } number && cells[0].Column.Type == ColumnType.Change ? Change(number) : Figures.Text(sum);
        });
        return whole ? new Clause(text, isZero) : null;
    }

    static string Change(decimal by) => by switch
    {
        > 0 => $"增加{Figures.Text(by)}",
        < 0 => $"减少{Figures.Text(-by)}",
        _ => "增减0",
    };

    /// <param name="Text">What is said.</param>
    /// <param name="IsZero">Every figure in it is 0.</param>
    sealed record Clause(string Text, bool IsZero);
}
