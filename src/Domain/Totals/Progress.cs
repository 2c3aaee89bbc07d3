namespace Aggregator.Totals;

/// <summary>How a division's reports came in, day by day.</summary>
/// <param name="Division">Its code.</param>
/// <param name="Year">Report year.</param>
/// <param name="DueDate">Last day for the units: the county's, or above the county the one of the law.</param>
/// <param name="Current">This year's reports.</param>
/// <param name="LastYear">Those of the year before; null if there was none.</param>
public sealed record Progress(string Division, int Year, DateOnly DueDate, ProgressLine Current, ProgressLine? LastYear);

/// <summary>One year's reports by the day on which they came.</summary>
/// <param name="Year">Report year.</param>
/// <param name="Expected">Reporting units expected.</param>
/// <param name="Days">The days on which reports came, in order.</param>
public sealed record ProgressLine(int Year, int Expected, IReadOnlyList<ProgressDay> Days)
{
    /// <summary>How many have come.</summary>
    public int Filed => Days is [.., var last] ? last.Filed : 0;

    /// <summary>How many had come by the end of a day.</summary>
    public int FiledBy(DateOnly day) => Days.LastOrDefault(d => d.Day <= day)?.Filed ?? 0;
}

/// <summary>A day on which reports came.</summary>
/// <param name="Day">The day in China.</param>
/// <param name="Filed">How many reports had come by its end. One that went back and came again counts by the day on which it first came.</param>
public sealed record ProgressDay(DateOnly Day, int Filed);
