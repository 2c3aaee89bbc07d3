using Aggregator.Checks;
using Aggregator.Forms;

namespace Aggregator.Totals;

/// <summary>The sum of a division's reports for one year.</summary>
/// <param name="Division">County, prefecture, province or nation.</param>
/// <param name="Name">Its name.</param>
/// <param name="Year">Report year.</param>
/// <param name="Form">Form of the figures.</param>
/// <param name="Figures">The sum; every cell is null while nothing is included.</param>
/// <param name="Units">How many reporting units stand behind it.</param>
/// <param name="Complete">Nobody is missing.</param>
/// <param name="Findings">Breaches of the rules by the sum itself.</param>
/// <param name="Revision">Counts up each time that the total changes.</param>
/// <param name="ComputedAt">When it last changed; null before the first time.</param>
/// <param name="Stale">Something has come in that the worker has not added up yet; true for long means that no worker runs.</param>
/// <param name="Published">In a published year, whose figures these are, and how many have been corrected since; otherwise null.</param>
public sealed record Total(
    string Division,
    string Name,
    int Year,
    string Form,
    Figures Figures,
    TotalUnits Units,
    bool Complete,
    IReadOnlyList<Finding> Findings,
    int Revision,
    DateTimeOffset? ComputedAt,
    bool Stale,
    PublishedTotal? Published = null);

/// <summary>A county's total while its year is published.</summary>
/// <param name="Edition">The edition that it repeats.</param>
/// <param name="Changed">Cells that would be different if what counts now were added up; the edition's changes tell which.</param>
public sealed record PublishedTotal(int Edition, int Changed);

/// <summary>Whose reports a total is made of.</summary>
/// <param name="Expected">Reporting units expected, exempt ones left out.</param>
/// <param name="Included">Reporting units whose figures are in it.</param>
/// <param name="Missing">What lies directly below and is not (wholly) in it: unit codes for a county, division codes above.</param>
public sealed record TotalUnits(int Expected, int Included, IReadOnlyList<string> Missing);

/// <summary>What a cell of a total is made of.</summary>
/// <param name="Path">Cell path.</param>
/// <param name="Label">The cell in words.</param>
/// <param name="Unit">Unit of measure.</param>
/// <param name="Value">The total's value.</param>
/// <param name="Computed">True for a 总计 that is recomputed from the leaf cells instead of being added up.</param>
/// <param name="Contributions">Who contributed what.</param>
/// <param name="Adjustment">The county's correction of this cell, if any; contributions and correction add up to the value.</param>
/// <param name="Revision">Revision of the total.</param>
public sealed record CellBreakdown(
    string Path,
    string Label,
    string Unit,
    decimal? Value,
    bool Computed,
    IReadOnlyList<Contribution> Contributions,
    Adjustment? Adjustment,
    int Revision);

/// <summary>One contribution to a cell.</summary>
/// <param name="Unit">Unit, or division below.</param>
/// <param name="Name">Its name.</param>
/// <param name="Revision">Revision of the unit's report, or of the total below.</param>
/// <param name="Value">What it contributes; null if it left the cell out.</param>
/// <param name="FiledAt">When that report was filed; null above the county.</param>
public sealed record Contribution(string Unit, string Name, int Revision, decimal? Value, DateTimeOffset? FiledAt);
