namespace Aggregator.Totals;

/// <summary>How far the reports of a division have come. expected = filed + missing; filed = onTime + late.</summary>
/// <param name="Division">Its code.</param>
/// <param name="Name">Its name.</param>
/// <param name="Opened">Whether it, or a county below it, has opened the year.</param>
/// <param name="Expected">Reporting units expected, exempt ones left out.</param>
/// <param name="Filed">Reporting units whose figures count.</param>
/// <param name="Late">Filed after their due day.</param>
/// <param name="DueDate">A county's due day for its units; null above the county.</param>
/// <param name="State">A county's state of the year: <c>open</c>, <c>closed</c> or <c>published</c>; null above the county.</param>
public sealed record Standing(string Division, string Name, bool Opened, int Expected, int Filed, int Late, DateOnly? DueDate, string? State)
{
    /// <summary>Filed in time.</summary>
    public int OnTime => Filed - Late;

    /// <summary>Not filed.</summary>
    public int Missing => Expected - Filed;

    /// <summary>filed / expected, four decimals; null if none is expected.</summary>
    public decimal? Completeness => Rate(Filed);

    /// <summary>onTime / expected, four decimals; null if none is expected.</summary>
    public decimal? Timeliness => Rate(OnTime);

    decimal? Rate(int part) => Expected == 0 ? null : decimal.Round((decimal)part / Expected, 4);
}

/// <summary>A division's year as the levels above look at it.</summary>
/// <param name="Whole">The division itself.</param>
/// <param name="Year">Report year.</param>
/// <param name="Years">All years that it has, newest first.</param>
/// <param name="Progress">How its reports came in.</param>
/// <param name="Above">The levels above it, highest first.</param>
/// <param name="Below">The divisions below; none for a county.</param>
/// <param name="Stale">Something has come in that is not added up yet.</param>
public sealed record DivisionYear(Standing Whole, int Year, IReadOnlyList<int> Years, Progress Progress, IReadOnlyList<Place> Above, IReadOnlyList<Standing> Below, bool Stale);

/// <summary>A division by code and name.</summary>
/// <param name="Division">Its code.</param>
/// <param name="Name">Its name.</param>
public sealed record Place(string Division, string Name);
