using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Totals;
using Aggregator.Years;

namespace Aggregator.Editions;

/// <summary>A county's combined report for one year, as far as its units have filed.</summary>
/// <param name="County">County code.</param>
/// <param name="Name">The county's name.</param>
/// <param name="Year">Report year.</param>
/// <param name="Form">Form of the figures.</param>
/// <param name="Title">Title of the report.</param>
/// <param name="Complete">Every expected unit's report is in it.</param>
/// <param name="Label">How complete it is, in words.</param>
/// <param name="AsOf">The day, in China, on which it was put together.</param>
/// <param name="Revision">Revision of the county's total.</param>
/// <param name="ComputedAt">When the total last changed; null while it was never computed.</param>
/// <param name="Units">Whose reports are in it and whose are not.</param>
/// <param name="Figures">The county's total; every cell is null while no report is in it.</param>
/// <param name="Findings">Breaches of the rules by the total itself.</param>
/// <param name="Preamble">What the report rests on.</param>
/// <param name="Sections">The six sections in order.</param>
/// <param name="Notes">How the report came about and what it leaves to the county.</param>
/// <param name="LastYear">Last year's total, to compare with; null if the county has none.</param>
/// <param name="Topics">What the units say about each topic of the narrated section, to choose from.</param>
/// <param name="Reports">The numbers and open findings of each included unit, in the order of the units.</param>
/// <param name="Adjustments">The county's corrections, which are in the figures.</param>
public sealed record CountyReport(
    string County,
    string Name,
    int Year,
    string Form,
    string Title,
    bool Complete,
    string Label,
    DateOnly AsOf,
    int Revision,
    DateTimeOffset? ComputedAt,
    ReportUnits Units,
    Figures Figures,
    IReadOnlyList<Finding> Findings,
    string Preamble,
    IReadOnlyList<ReportSection> Sections,
    IReadOnlyList<string> Notes,
    LastYearTotal? LastYear,
    IReadOnlyList<ReportTopic> Topics,
    IReadOnlyList<UnitReport> Reports,
    IReadOnlyList<ReportAdjustment> Adjustments)
{
    // An edition is read for as long as it is kept. One that was built before a list was thought of has none of it.

    /// <summary>What the units say about each topic of the narrated section, to choose from.</summary>
    public IReadOnlyList<ReportTopic> Topics { get; init; } = Topics ?? [];

    /// <summary>The numbers and open findings of each included unit, in the order of the units.</summary>
    public IReadOnlyList<UnitReport> Reports { get; init; } = Reports ?? [];

    /// <summary>The county's corrections, which are in the figures.</summary>
    public IReadOnlyList<ReportAdjustment> Adjustments { get; init; } = Adjustments ?? [];

    /// <summary>
    /// Puts the report together. What is in it is what the total was made of, not what the roster says by now: a report that
    /// was filed since counts as missing until the total has taken it in.
    /// </summary>
    public static CountyReport Of(
        ReportingYear year, string name, Total total, Roster roster, IReadOnlyList<IncludedReport> included,
        IReadOnlyList<Adjustment> adjustments, DateTimeOffset now, Total? lastYear = null, IReadOnlyList<NarrativeText>? narrative = null)
    {
        var form = total.Figures.Form;
        var asOf = ChinaTime.DateOf(now);
        var units = ReportUnits.Of(roster, included);
        var complete = total.Complete && units.Missing.Count == 0 && units.Included.Count == units.Expected;
        var texts = included.ToDictionary(r => r.Unit, r => r.Prose);
        var before = lastYear is { ComputedAt: not null, Units.Included: > 0 } ? new LastYearTotal(lastYear.Year, lastYear.Complete, lastYear.Figures) : null;
        return new CountyReport(
            year.County,
            name,
            year.Year,
            form.Code,
            $"{name}{year.Year}年政府信息公开工作年度报告",
            complete,
            LabelOf(units, complete),
            asOf,
            total.Revision,
            total.ComputedAt,
            units,
            total.Figures,
            total.Findings,
            $"本报告依据《中华人民共和国政府信息公开条例》（国务院令第711号）第五十条，按照{form.Basis}规定的格式，"
                + $"由{name}各报送单位的年度报告汇总编制。所列数据的统计期限自{year.Year}年1月1日起至{year.Year}年12月31日止。",
            [.. form.Sections.Select(s => new ReportSection(s.Code, s.Heading, OwnText(narrative, s) is { } own ? [new ReportPart(null, null, OwnWords.Paragraphs(own))]
                : s.Code == form.Narrative.Section ? Overview.Write(year.Year, name, asOf, units, complete, total.Figures, before)
                : s.Tables.IsEmpty ? OwnWords.Gather(units, texts, form.Prose.IndexOf(s)) : [], OwnText(narrative, s) is not null))],
            NotesOf(form, total, adjustments, narrative),
            before,
            TopicsOf(form, units, texts),
            [.. units.Included.Select(u => included.First(r => r.Unit == u.Code)).Select(r => new UnitReport(r.Unit, r.Figures, [.. r.Findings.Where(f => f.Waived is null && f.Severity != Severity.Notice)]))],
            [.. adjustments.Select(a => new ReportAdjustment(a.Path, a.Delta, a.Reason, a.At))]);
    }

    /// <summary>Numbers of second-level heads.</summary>
    public const string Numerals = "一二三四五六七八九十";

    /// <summary>Every unit of the roster in the order of the codes.</summary>
    [JsonIgnore]
    public IEnumerable<ReportUnit> Roster => Units.Included.Concat(Units.Missing).Concat(Units.Exempt).OrderBy(u => u.Code, StringComparer.Ordinal);

    /// <summary>A file name that says what a title cannot: whether somebody is missing.</summary>
    public string FileName(string content, string extension) => Complete
        ? $"{Title}{content}.{extension}"
        : $"{Title}{content}（未完整{Units.Included.Count}-{Units.Expected}）.{extension}";

    static string LabelOf(ReportUnits units, bool complete) =>
        units.Expected == 0 ? "未完整：名录中没有应报送的单位"
        : complete ? $"{units.Expected} 个单位全部报送"
        : $"未完整：已报 {units.Included.Count}/{units.Expected} 个单位";

    /// <summary>What the county wrote itself in place of a section's text.</summary>
    static string? OwnText(IReadOnlyList<NarrativeText>? narrative, Section section) =>
        narrative?.FirstOrDefault(n => n.Section == section.Code)?.Text;

    static string[] NotesOf(Form form, Total total, IReadOnlyList<Adjustment> adjustments, IReadOnlyList<NarrativeText>? narrative)
    {
        var narrated = Narrated(form);
        string[] untold = [.. narrated.Topics.Where(t => !IsTold(form, t))];
        return
        [
            total.ComputedAt is { } computedAt
                ? $"数据由已计入单位的报告逐格相加，各项“总计”按明细重新计算；汇总于{ChinaTime.Text(computedAt)}（第{total.Revision}次）。"
                : "数据尚未汇总。",
            .. OwnText(narrative, narrated) is not null ? Array.Empty<string>() : [$"第{Ordinal(narrated)}部分按汇总数据写成"
                + (untold.Length == 0 ? "。" : $"，不包括{string.Join("、", untold)}{Numerals[untold.Length - 1]}个方面，须由县级主管部门补写。")],
            .. Told(form.Prose.Where(s => s != narrated && OwnText(narrative, s) is null), "部分为各单位报告原文，未作改动。"),
            .. Told(form.Prose.Where(s => OwnText(narrative, s) is not null), "部分由县级主管部门撰写。"),
            .. adjustments.Select(a => NoteOf(form.FindCell(a.Path)!, a)),
        ];
    }

    static string[] Told(IEnumerable<Section> sections, string how) => sections.Select(Ordinal).ToArray() is { Length: > 0 } ordinals
        ? [$"第{string.Join("、", ordinals)}{how}"] : [];

    static List<ReportTopic> TopicsOf(Form form, ReportUnits units, Dictionary<string, string?[]> texts)
    {
        var narrated = Narrated(form);
        var place = form.Prose.IndexOf(narrated);
        (ReportUnit Unit, ImmutableArray<string> Words)[] said = [.. units.Included.Select(u => (u, TopicWords.Of(texts[u.Code][place], narrated.Topics)))];
        return [.. narrated.Topics.Select((topic, i) => new ReportTopic(topic, IsTold(form, topic),
            [.. said.Where(s => s.Words[i].Length > 0).Select(s => new ReportPart(s.Unit.Name, s.Unit.Code, [s.Words[i]]))]))];
    }

    static Section Narrated(Form form) => form.Prose.Single(s => s.Code == form.Narrative.Section);

    static bool IsTold(Form form, string topic) => form.Narrative.Parts.Any(p => p.Heading.StartsWith(topic, StringComparison.Ordinal));

    static string NoteOf(Cell cell, Adjustment adjustment) =>
        $"更正：{cell.Name}{(adjustment.Delta > 0 ? "增加" : "减少")}{Figures.Text(Math.Abs(adjustment.Delta))}{cell.Column.Unit}，理由：{adjustment.Reason.TrimEnd('。')}。";

    /// <summary>The number that the heading begins with: 五 of 五、存在的主要问题及改进情况.</summary>
    static string Ordinal(Section section) => section.Heading.Split('、')[0];
}

/// <summary>One of the six sections in words. The figures of a section with tables are in the report's figures.</summary>
/// <param name="Code">Code of the section.</param>
/// <param name="Heading">Printed heading, with its number.</param>
/// <param name="Parts">Its text, part by part.</param>
/// <param name="ByCounty">The county wrote it itself, so it is one part without a heading, and final.</param>
public sealed record ReportSection(string Code, string Heading, IReadOnlyList<ReportPart> Parts, bool ByCounty = false);

/// <summary>A part of a section: a topic of the overview, or one unit's own words.</summary>
/// <param name="Heading">Topic or name of the unit; null for a text without one.</param>
/// <param name="Unit">Code of the unit whose words these are, or null for the county's.</param>
/// <param name="Paragraphs">Paragraphs of plain text.</param>
public sealed record ReportPart(string? Heading, string? Unit, IReadOnlyList<string> Paragraphs);

/// <summary>A topic of the section that is written from the figures.</summary>
/// <param name="Name">The topic.</param>
/// <param name="Told">The section says something about it; otherwise the county has to write it.</param>
/// <param name="Words">What the units say about it, unit by unit; empty for a text in which it was not found.</param>
public sealed record ReportTopic(string Name, bool Told, IReadOnlyList<ReportPart> Words);

/// <summary>The county's total of the year before.</summary>
/// <param name="Year">That year.</param>
/// <param name="Complete">Nobody is missing in it.</param>
/// <param name="Figures">Its figures, in the form of that year.</param>
public sealed record LastYearTotal(int Year, bool Complete, Figures Figures);

/// <summary>What a unit's report puts into the total.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Figures">Its numbers in the form's cell order; null for missing.</param>
/// <param name="Findings">What its checks found and the county has not waived; no mere notices.</param>
public sealed record UnitReport(string Unit, IReadOnlyList<decimal?> Figures, IReadOnlyList<Finding> Findings);

/// <summary>A correction by the county.</summary>
/// <param name="Path">Leaf cell that is corrected.</param>
/// <param name="Delta">What is added to the sum of the units.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
public sealed record ReportAdjustment(string Path, decimal Delta, string Reason, DateTimeOffset At);
