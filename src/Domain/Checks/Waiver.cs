using Aggregator.Forms;

namespace Aggregator.Checks;

/// <summary>
/// A hard finding that the county lets pass (豁免). It holds for every revision in which the rule reads what it read then; when
/// one of its cells has changed, the finding is hard again and says that the waiver has lapsed.
/// </summary>
/// <param name="Rule">Rule of the finding.</param>
/// <param name="Path">Cell that the finding is shown at.</param>
/// <param name="Cells">Cells that the rule read.</param>
/// <param name="Figures">What it read in them; null for missing.</param>
/// <param name="Reason">Why it may pass.</param>
public sealed record Waiver(string Rule, string Path, string[] Cells, decimal?[] Figures, string Reason)
{
    /// <summary>Marks the findings for which a waiver holds, and those for which one has lapsed.</summary>
    public static List<Finding> Apply(IReadOnlyList<Finding> findings, Figures figures, IReadOnlyCollection<Waiver> waivers) =>
        [.. findings.Select(finding => finding.Severity == Severity.Hard ? Apply(finding, figures, waivers) : finding)];

    /// <summary>The waiver of a finding as it stands.</summary>
    public static Waiver Of(Finding finding, Figures figures, string reason) =>
        new(finding.Rule, finding.Path, [.. finding.Cells], Read(figures, finding.Cells), reason);

    static Finding Apply(Finding finding, Figures figures, IReadOnlyCollection<Waiver> waivers)
    {
        Waiver[] about = [.. waivers.Where(w => w.Rule == finding.Rule && w.Path == finding.Path)];
        return about.FirstOrDefault(w => w.Figures.AsSpan().SequenceEqual(Read(figures, w.Cells))) is { } holding
            ? finding with { Waived = holding.Reason, LapsedWaiver = null }
            : finding with { Waived = null, LapsedWaiver = about.LastOrDefault()?.Reason };
    }

    static decimal?[] Read(Figures figures, IEnumerable<string> cells) =>
        [.. cells.Select(path => figures.Form.FindCell(path) is { } cell ? figures[cell] : null)];
}
