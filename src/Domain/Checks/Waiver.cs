using Aggregator.Forms;

namespace Aggregator.Checks;

/// <summary>
/// What is said to a finding: the county lets a hard one pass (豁免), or the unit explains another (说明). It holds for every
/// revision in which the rule reads what it read then; when that has changed, the finding says that it has lapsed.
/// </summary>
/// <param name="Kind"><see cref="ByCounty"/> or <see cref="ByUnit"/>.</param>
/// <param name="Rule">Rule of the finding.</param>
/// <param name="Path">Cell that the finding is shown at.</param>
/// <param name="Cells">Cells that the rule read.</param>
/// <param name="Figures">What it read in them; null for missing, and for a cell of last year's report.</param>
/// <param name="Expected">What the rule expected, which is where last year's report comes in; null if it names nothing.</param>
/// <param name="Reason">Why it may pass, or how it came about.</param>
public sealed record Waiver(string Kind, string Rule, string Path, string[] Cells, decimal?[] Figures, string? Expected, string Reason)
{
    /// <summary>A waiver proper: a hard finding counts as met.</summary>
    public const string ByCounty = "waiver";

    /// <summary>An explanation of a warning or notice; it lets nothing pass.</summary>
    public const string ByUnit = "explanation";

    /// <summary>Marks the findings for which a waiver or explanation holds, and those for which one has lapsed.</summary>
    public static List<Finding> Apply(IReadOnlyList<Finding> findings, Figures figures, IReadOnlyCollection<Waiver> waivers) =>
        [.. findings.Select(finding => Apply(finding, figures, waivers))];

    /// <summary>What is said to a finding as it stands.</summary>
    public static Waiver Of(Finding finding, Figures figures, string reason) =>
        new(KindFor(finding), finding.Rule, finding.Path, [.. finding.Cells], Read(figures, finding.Cells), finding.Expected, reason);

    static Finding Apply(Finding finding, Figures figures, IReadOnlyCollection<Waiver> waivers)
    {
        var kind = KindFor(finding);
        Waiver[] about = [.. waivers.Where(w => w.Kind == kind && w.Rule == finding.Rule && w.Path == finding.Path)];
        var holding = about.LastOrDefault(w => w.HoldsFor(finding, figures))?.Reason;
        var lapsed = holding is null ? about.LastOrDefault()?.Reason : null;
        return kind == ByCounty
            ? finding with { Waived = holding, LapsedWaiver = lapsed, Explanation = null, LapsedExplanation = null }
            : finding with { Waived = null, LapsedWaiver = null, Explanation = holding, LapsedExplanation = lapsed };
    }

    bool HoldsFor(Finding finding, Figures figures) =>
        (Expected is null || Expected == finding.Expected) && Figures.AsSpan().SequenceEqual(Read(figures, Cells));

    static string KindFor(Finding finding) => finding.Severity == Severity.Hard ? ByCounty : ByUnit;

    static decimal?[] Read(Figures figures, IEnumerable<string> cells) =>
        [.. cells.Select(path => figures.Form.FindCell(path) is { } cell ? figures[cell] : null)];
}
