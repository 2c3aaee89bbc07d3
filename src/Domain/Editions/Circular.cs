using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Units;
using Aggregator.Years;

namespace Aggregator.Editions;

/// <summary>A county's notice of who was late, who is missing and how the units score (通报).</summary>
/// <param name="Title">Its title.</param>
/// <param name="Recipients">To whom it goes (主送机关).</param>
/// <param name="Opening">What it is about.</param>
/// <param name="Parts">Its parts with their heads.</param>
/// <param name="Units">Every expected unit with its score, the best first.</param>
/// <param name="Issuer">Who issues it.</param>
/// <param name="Date">When.</param>
/// <param name="Full">The full score.</param>
public sealed record Circular(
    string Title, string Recipients, string Opening, IReadOnlyList<ReportPart> Parts, IReadOnlyList<ScoredUnit> Units, string Issuer, DateOnly Date, decimal Full)
{
    /// <summary>Writes the notice for the state of a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="scoring">How units are scored.</param>
    /// <param name="duplicates">Texts that are nearly the same as others.</param>
    public static Circular Of(CountyReport report, ScoringTable scoring, IReadOnlyCollection<Duplicate> duplicates)
    {
        HashSet<string> copied = [.. duplicates.Select(d => d.Unit)];
        var reports = report.Reports.ToDictionary(r => r.Unit);
        ReportUnit[] expected = [.. report.Roster.Where(u => u.Status != "exempt")];
        ScoredUnit[] units = [.. expected.Select(u =>
            {
                var filed = reports.GetValueOrDefault(u.Code);
                Deduction[] deductions = [.. scoring.Deductions(u, filed, copied.Contains(u.Code))];
                return new ScoredUnit(u, filed?.Findings.Count ?? 0, deductions, Math.Max(0, scoring.Full - deductions.Sum(d => d.Points)));
            })
            .OrderByDescending(u => u.Score).ThenBy(u => u.Unit.Code, StringComparer.Ordinal)];

        var onTime = expected.Count(u => u.IsFiled && !u.Late);
        var filed = expected.Count(u => u.IsFiled);
        string[] lists =
        [
            List("逾期报送的单位", expected.Where(u => u.IsFiled && u.Late), u => u.FiledAt is { } at ? $"（{ChinaTime.Text(ChinaTime.DateOf(at))}）" : ""),
            List("逾期未报送的单位", expected.Where(u => !u.IsFiled && u.Late && u.Status != "returned"), u => u.Status == "draft" ? "（草稿未通过校验）" : ""),
            List("退回后尚未重新报送的单位", expected.Where(u => u.Status == "returned"), _ => ""),
            List("报告经退回修改后报送的单位", expected.Where(u => u.IsFiled && u.Returned > 0), u => $"（退回{u.Returned}次）"),
            List("逾期公布报告的单位", expected.Where(u => u.PublishedAt > u.DueDate), u => $"（{ChinaTime.Text(u.PublishedAt!.Value)}）"),
            List("报告文字与其他单位或者上一年度雷同的单位", expected.Where(u => copied.Contains(u.Code)), _ => ""),
            List("报告存在尚未消除的校验问题的单位", units.Where(u => u.OpenFindings > 0).Select(u => u.Unit), u => $"（{reports[u.Code].Findings.Count}处）"),
        ];
        string[] found = [.. lists.Where(l => l.Length > 0)];
        return new Circular(
            $"{report.Name}人民政府办公室关于{report.Year}年度政府信息公开工作年度报告报送情况的通报",
            $"各乡镇人民政府、街道办事处，{Area.Of(report.Name)}直各有关单位：",
            $"根据《中华人民共和国政府信息公开条例》第四十七条、第四十九条，现将{report.Year}年度政府信息公开工作年度报告报送情况通报如下。",
            [
                new ReportPart("一、总体情况", null,
                [
                    expected.Length == 0 ? "名录中没有应当报送年度报告的单位。"
                        : $"应当报送年度报告的单位共{expected.Length}个。截至{ChinaTime.Text(report.AsOf)}，已报送{filed}个，报送率{Rate(filed, expected.Length)}；"
                        + $"其中按时报送{onTime}个，按时报送率{Rate(onTime, expected.Length)}。"
                        + (report.Units.Exempt.Count > 0 ? $"另有{report.Units.Exempt.Count}个单位免报。" : ""),
                ]),
                new ReportPart("二、存在问题", null, found.Length == 0 ? [Faultless(expected.Length, filed)] : [.. found.Select((l, i) => $"{i + 1}．{l}")]),
                new ReportPart("三、工作要求", null,
                [
                    "尚未报送或者报告被退回的单位，要立即按照规定的格式和内容完成报送；存在校验问题的单位，要逐条核实改正。各单位要严格执行《中华人民共和国政府信息公开条例》关于年度报告的规定，"
                        + "明确专人负责，保证报告按时、完整、准确。本次通报的评分情况见附件。",
                ]),
            ],
            units, $"{report.Name}人民政府办公室", report.AsOf, scoring.Full);
    }

    static string Faultless(int expected, int filed) =>
        expected == filed && filed > 0 ? "各单位均按时报送，没有尚未消除的问题。" : "截至目前，没有逾期报送、逾期未报送的单位。";

    static string List(string what, IEnumerable<ReportUnit> units, Func<ReportUnit, string> remark)
    {
        ReportUnit[] listed = [.. units];
        return listed.Length == 0 ? "" : $"{what}（{listed.Length}个）：{string.Join("、", listed.Select(u => u.Name + remark(u)))}。";
    }

    static string Rate(int part, int whole) => $"{Figures.Text(decimal.Round(part * 100m / whole, 1, MidpointRounding.AwayFromZero))}%";
}

/// <summary>A unit's place in a circular.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="OpenFindings">Open findings of its report.</param>
/// <param name="Deductions">What was taken off.</param>
/// <param name="Score">What is left.</param>
public sealed record ScoredUnit(ReportUnit Unit, int OpenFindings, IReadOnlyList<Deduction> Deductions, decimal Score);
