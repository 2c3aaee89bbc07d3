using System.Collections.Immutable;
using Aggregator.Api.Web.Charts;
using Aggregator.Forms;
using Aggregator.Totals;
using Aggregator.Years;

namespace Aggregator.Api.Totals;

/// <summary>The charts of a county or of a level above, made of what its pages show. Which figures are drawn follows from the form's narrative.</summary>
public static class DivisionCharts
{
    const int DaysAfterDue = 15, MostDays = 150;

    /// <summary>Names of the charts as they stand in addresses.</summary>
    public const string Progress = "progress", Outcomes = "outcomes", Years = "years", HeatMap = "heat-map";

    /// <summary>How the reports came in: this year's and last year's, counted at the same day of the year.</summary>
    public static Chart OfProgress(Progress progress, DateOnly today)
    {
        var newYear = new DateOnly(progress.Year + 1, 1, 1);
        var first = progress.Current.Days is [{ Day: var earliest }, ..] && earliest < newYear ? earliest : newYear;
        var last = Max(progress.DueDate.AddDays(DaysAfterDue), progress.Current.Days is [.., { Day: var latest }] ? latest : first);
        var count = Math.Min(last.DayNumber - first.DayNumber + 1, MostDays);
        DateOnly[] days = [.. Enumerable.Range(0, count).Select(first.AddDays)];
        var rows = ImmutableArray.Create(new ChartRow($"{progress.Year}年", [.. days.Select(d => d <= today ? (decimal?)progress.Current.FiledBy(d) : null)]));
        if (progress.LastYear is { } before)
        {
            rows = rows.Add(new ChartRow($"{before.Year}年", [.. days.Select(d => (decimal?)before.FiledBy(d.AddYears(-1)))]));
        }

        return new Chart(ChartKind.Lines, "报送进度", $"{progress.Year}年度应报 {progress.Current.Expected} 个单位，已报 {progress.Current.Filed} 个，截止日为{ChinaTime.Text(progress.DueDate)}。"
            + (progress.LastYear is { } then ? $"上年同一天已报 {then.FiledBy(Max(first, today < last ? today : last).AddYears(-1))} 个。" : ""),
            "个", "日期", [.. days.Select(d => $"{d.Month}月{d.Day}日")], rows)
        {
            Mark = progress.DueDate.DayNumber - first.DayNumber is var due && due < count ? new ChartMark(due, $"截止 {progress.DueDate.Month}月{progress.DueDate.Day}日") : null,
        };
    }

    /// <summary>What became of the requests, year by year, newest first.</summary>
    public static Chart OfOutcomes(Comparison comparison)
    {
        var form = Form.Find(comparison.Form)!;
        (string Name, Cell[] Cells)[] outcomes = [.. form.Narrative.Parts.SelectMany(p => p.Sentences).First(s => !s.Items.IsEmpty).Items.Select(item =>
            (item[..item.IndexOf('{', StringComparison.Ordinal)], Narrative.CellsOf(form, item[(item.IndexOf('{', StringComparison.Ordinal) + 1)..item.IndexOf('}', StringComparison.Ordinal)])))];
        ImmutableArray<decimal?>[] values = [.. outcomes.Select(o => comparison.Sum(o.Cells))];
        return new Chart(ChartKind.Shares, "申请办理结果的构成", "各年度办结的政府信息公开申请中，各种办理结果所占的比例。", "件", "报告年度", [.. outcomes.Select(o => o.Name)],
            [.. comparison.Years.Select((y, i) => new ChartRow($"{y.Year}年度", [.. values.Select(v => v[i])])).Reverse()]);
    }

    /// <summary>The main figures over the years.</summary>
    public static Chart OfYears(Comparison comparison) => new(
        ChartKind.Multiples, "主要数据的历年变化", "每幅小图是一项数据，各有各的刻度，从 0 起；前后格式不可比的年度空缺。", "", "数据", [.. comparison.Years.Select(y => $"{y.Year}")],
        [.. Figures(Form.Find(comparison.Form)!).Select(f => new ChartRow(f.Name, comparison.Sum(f.Cells), null, f.Cells[0].Column.Unit))]);

    /// <summary>The main figures of all parts of a division.</summary>
    public static Chart OfParts(IReadOnlyList<PartFigures> parts, Form form, Func<PartFigures, string?> address)
    {
        (string Name, Cell[] Cells)[] figures = [.. Figures(form)];
        return new Chart(ChartKind.Heat, "各单位主要数据对比", "每列从小到大分为四档，颜色越深数越大；只与同一列比。", "", "单位", [.. figures.Select(f => f.Name)],
            [.. parts.Select(p => new ChartRow(p.Name, [.. figures.Select(f => p.Figures is { } own && f.Cells.All(c => own[c] is not null) ? f.Cells.Sum(c => own[c]) : null)], address(p)))]);
    }

    static IEnumerable<(string Name, Cell[] Cells)> Figures(Form form) =>
        form.Narrative.Parts.SelectMany(p => p.Changes).Select(c => (c.Name, Narrative.CellsOf(form, c.Of)));

    static DateOnly Max(DateOnly a, DateOnly b) => a > b ? a : b;
}
