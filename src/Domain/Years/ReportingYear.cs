namespace Aggregator.Years;

/// <summary>One report year of a county.</summary>
/// <param name="County">County code.</param>
/// <param name="Year">The year reported on.</param>
/// <param name="Form">Form in force for the year.</param>
/// <param name="DueDate">Last day for the units, the whole day included (Asia/Shanghai). Article 49: 31 January.</param>
/// <param name="CountyDueDate">Last day for the county's own report. Article 49: 31 March.</param>
/// <param name="State"><c>open</c>, <c>closed</c> or <c>published</c>.</param>
/// <param name="PublishedEdition">Number of the edition that a published year stands by.</param>
/// <param name="PublishedLabel">How complete that edition is, in words.</param>
public sealed record ReportingYear(
    string County,
    int Year,
    string Form,
    DateOnly DueDate,
    DateOnly CountyDueDate,
    string State,
    int? PublishedEdition = null,
    string? PublishedLabel = null)
{
    /// <summary>What a clerk should know about the due date: that it is a day off, or that nobody knows yet; null for a plain working day.</summary>
    public string? DueDateNote { get; init; }

    /// <summary>States of a year.</summary>
    public static readonly string[] States = ["open", "closed", "published"];

    /// <summary>The earliest report year with a national format.</summary>
    public const int First = 2019;

    /// <summary>A bound against typing errors.</summary>
    public const int Last = 2099;

    /// <summary>The units' last day by law (article 49).</summary>
    public static DateOnly StatutoryDueDate(int year) => new(year + 1, 1, 31);

    /// <summary>The county's last day by law (article 49).</summary>
    public static DateOnly StatutoryCountyDueDate(int year) => new(year + 1, 3, 31);
}
