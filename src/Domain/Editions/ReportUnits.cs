using System.Text.Json.Serialization;
using Aggregator.Years;

namespace Aggregator.Editions;

/// <summary>Who is in a county's report. expected = included + missing; late is a part of included.</summary>
/// <param name="Expected">How many units have to report.</param>
/// <param name="Included">Units whose figures are in it.</param>
/// <param name="Missing">Units that have to report and whose figures are not in it.</param>
/// <param name="Late">Included units that filed after their due day (逾期).</param>
/// <param name="Exempt">Units that need not report (免报).</param>
public sealed record ReportUnits(
    int Expected,
    IReadOnlyList<ReportUnit> Included,
    IReadOnlyList<ReportUnit> Missing,
    IReadOnlyList<ReportUnit> Late,
    IReadOnlyList<ReportUnit> Exempt)
{
    internal static ReportUnits Of(Roster roster, IReadOnlyList<IncludedReport> reports)
    {
        var byUnit = reports.ToDictionary(r => r.Unit);
        var included = roster.Units.Where(u => byUnit.ContainsKey(u.Unit)).Select(u => ReportUnit.Of(u, byUnit[u.Unit])).ToList();
        return new ReportUnits(
            roster.Summary.Expected,
            included,
            [.. roster.Units.Where(u => u.Expected && !byUnit.ContainsKey(u.Unit)).Select(u => ReportUnit.Of(u, null))],
            [.. included.Where(u => u.Late)],
            [.. roster.Units.Where(u => !u.Expected).Select(u => ReportUnit.Of(u, null))]);
    }
}

/// <summary>A unit's part in a county's report.</summary>
/// <param name="Code">Unit code.</param>
/// <param name="Name">Name.</param>
/// <param name="Status"><c>missing · draft · submitted · returned · accepted · exempt</c>, as on the roster.</param>
/// <param name="Standing">The same in words.</param>
/// <param name="Revision">Revision of its report that is in the total; null if none is.</param>
/// <param name="FiledAt">When it first filed a report without hard findings.</param>
/// <param name="DueDate">Its last day.</param>
/// <param name="Late">Filed after its last day, or not filed and the day is over.</param>
/// <param name="Reason">Why it is exempt or has more time.</param>
/// <param name="PublishedAt">When the unit published its report, as far as it says so.</param>
/// <param name="PublishedUrl">Where.</param>
/// <param name="Returned">How often its report was sent back before it came in.</param>
public sealed record ReportUnit(
    string Code,
    string Name,
    string Status,
    string Standing,
    int? Revision,
    DateTimeOffset? FiledAt,
    DateOnly DueDate,
    bool Late,
    string? Reason,
    DateOnly? PublishedAt,
    string? PublishedUrl,
    int Returned)
{
    /// <summary>It has filed, whether or not the total has taken its report in.</summary>
    [JsonIgnore]
    public bool IsFiled => Status is "submitted" or "accepted";

    internal static ReportUnit Of(RosterLine line, IncludedReport? report) =>
        new(line.Unit, line.Name, line.Status, StandingOf(line, report), report?.Revision, line.FiledAt, line.DueDate, line.Late, line.Reason,
            report?.PublishedAt, report?.PublishedUrl, report?.Returned ?? 0);

    static string StandingOf(RosterLine line, IncludedReport? report) => line.Status switch
    {
        "exempt" => "免报",
        _ when report is not null => line.Late ? "逾期报送" : "已报送",
        "draft" => "存有未通过校验的草稿",
        "returned" => "已退回，待重新报送",
        "submitted" or "accepted" => "已报送，尚未计入汇总",
        _ => "未报送",
    };
}
