using Aggregator.Checks;
using Aggregator.Editions;
using Aggregator.Forms;
using Aggregator.Totals;
using Aggregator.Years;

namespace Aggregator.Testing;

/// <summary>A county report made of units that a test writes down, on 10 February 2022 for the form's first year.</summary>
public static class SampleCounty
{
    /// <summary>The report.</summary>
    public static CountyReport Of(string code, params SampleUnit[] units) => Of(code, null, [], units);

    /// <summary>The report, with last year's total and the county's corrections.</summary>
    public static CountyReport Of(string code, Total? lastYear, Adjustment[] adjustments, params SampleUnit[] units)
    {
        var form = Form.Find(code)!;
        var now = new DateTimeOffset(2022, 2, 10, 1, 0, 0, TimeSpan.Zero);
        SampleUnit[] filed = [.. units.Where(u => u.Figures is not null)];
        var figures = filed.Length == 0 ? new Figures(form) : FigureSum.Of(form, filed.Select(u => u.Figures!.Values), adjustments);
        RosterLine[] roster = [.. units.Select(u => new RosterLine(u.Code, u.Name, "town", u.Status != "exempt", u.Status, u.Late, u.DueDate, u.Reason,
            u.Figures is null ? null : now.AddDays(-20), u.Figures is null ? 0 : 2, u.Figures is null ? null : 2, null, null, new FindingCounts(0, 0, 0)))];
        var summary = RosterSummary.Of(roster);
        return CountyReport.Of(
            new ReportingYear("360922", form.FirstYear, code, new DateOnly(2022, 1, 31), new DateOnly(2022, 3, 31), "open"), "万载县",
            new Total("360922", "万载县", form.FirstYear, code, figures, new TotalUnits(summary.Expected, filed.Length, []), filed.Length == summary.Expected,
                FigureCheck.Run(figures, new CheckScope(CheckLevel.County, form, RuleSettings.Default)), 3, now, Stale: false),
            new Roster(summary, roster),
            [.. filed.Select(u => new IncludedReport(u.Code, 2, [u.Overview, u.Problems, u.Other], u.Figures!.Values,
                [.. u.Rules.Select(r => new Finding(r, Severity.Warning, "form", "", null, null, [], $"{u.Name}的问题{r}。"))], u.PublishedAt, null, u.Returned))],
            adjustments, now, lastYear);
    }

    /// <summary>A county of many units with random figures and texts as long as real ones.</summary>
    public static CountyReport Random(string code, int units, int seed, int missing = 0)
    {
        var random = new Random(seed);
        const string Sentence = "一是信息更新还不够及时，二是政策解读形式比较单一，三是从事公开工作的人员多为兼职，业务衔接有断档。下一步，将明确专人负责，加强培训，按季度自查。";
        return Of(code, [.. Enumerable.Range(0, units + missing).Select(i => i < units
            ? SampleUnit.Filed($"360922{i + 100}", $"第{i + 1}单位", RandomReport.Consistent(code, random).Figures) with
            {
                Overview = $"主动公开方面，全年发布{i}条，更新及时。依申请公开渠道保持畅通。政府信息管理实行先审后发。平台建设以网站专栏为主。监督保障方面，考核合格。",
                Problems = $"自查{i}次。{Sentence}{Sentence}",
                Other = $"办理建议提案{i}件，没有收取信息处理费。",
            }
            : SampleUnit.Missing($"360922{i + 100}", $"第{i + 1}单位"))]);
    }
}

/// <summary>A unit of such a county.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Name">Its name.</param>
/// <param name="Status">Its status on the roster.</param>
/// <param name="Figures">Its numbers; null if it has not filed.</param>
public sealed record SampleUnit(string Code, string Name, string Status, Figures? Figures)
{
    /// <summary>Late.</summary>
    public bool Late { get; init; }

    /// <summary>Its last day.</summary>
    public DateOnly DueDate { get; init; } = new(2022, 1, 31);

    /// <summary>Why it is exempt.</summary>
    public string? Reason { get; init; }

    /// <summary>When it published.</summary>
    public DateOnly? PublishedAt { get; init; }

    /// <summary>How often it was sent back.</summary>
    public int Returned { get; init; }

    /// <summary>Rules that it breaks.</summary>
    public string[] Rules { get; init; } = [];

    /// <summary>Section 一.</summary>
    public string Overview { get; init; } = "主动公开12条。";

    /// <summary>Section 五.</summary>
    public string Problems { get; init; } = "人手不足。";

    /// <summary>Section 六.</summary>
    public string Other { get; init; } = "无";

    /// <summary>One that has filed; zeros unless said otherwise.</summary>
    public static SampleUnit Filed(string code, string name, Figures? figures = null) => new(code, name, "submitted", figures ?? Report.Zero("2021").Figures);

    /// <summary>One that has not.</summary>
    public static SampleUnit Missing(string code, string name) => new(code, name, "missing", null);
}
