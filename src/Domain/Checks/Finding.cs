using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Aggregator.Forms;

namespace Aggregator.Checks;

/// <summary>A breach of a rule.</summary>
/// <param name="Rule">Code of the rule.</param>
/// <param name="Severity">How much it weighs here and now.</param>
/// <param name="Path">The cell that the breach is shown at, a section of prose (<c>prose.overview</c>), or <c>form</c>.</param>
/// <param name="Label">The cell in words.</param>
/// <param name="Expected">What the rule expects.</param>
/// <param name="Found">What was found; null where a cell is missing.</param>
/// <param name="Cells">Every cell, and every section of prose, that the rule read.</param>
/// <param name="Message">The breach in one Chinese sentence.</param>
/// <param name="Waived">Why the county lets it pass; it counts as met then.</param>
/// <param name="LapsedWaiver">Reason of a waiver that no longer holds, because a cell that the rule reads has changed.</param>
/// <param name="Explanation">How the unit explains a warning or notice.</param>
/// <param name="LapsedExplanation">An explanation that no longer holds, for the same reason.</param>
public sealed record Finding(
    string Rule,
    Severity Severity,
    string Path,
    string Label,
    string? Expected,
    string? Found,
    ImmutableArray<string> Cells,
    string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Waived = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LapsedWaiver = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Explanation = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LapsedExplanation = null)
{
    /// <summary>Hard, and not waived: the report cannot be filed with it.</summary>
    [JsonIgnore]
    public bool Blocks => Severity == Severity.Hard && Waived is null;
}

