using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>What was read from a report that a unit has as a document. Nothing in it is guessed: what is doubtful says so.</summary>
/// <param name="Form">The format that the document itself is in, whatever its year.</param>
/// <param name="Year">Report year as the document states it, or null.</param>
/// <param name="Period">The period that its figures are of, as it states it, or null.</param>
/// <param name="Unit">Name of the unit as the document states it, or null.</param>
/// <param name="Figures">The figures; a cell that is blank or was not found is null, never zero.</param>
/// <param name="Cells">One entry for each cell of the form, in cell order.</param>
/// <param name="Prose">The texts in the order of <see cref="Form.Prose"/>; null for a section that was not found.</param>
/// <param name="Topics">
/// The texts of the topics that a prose section has to treat, in the order of <see cref="Section.Topics"/>; null for a topic
/// that has no heading of its own.
/// </param>
/// <param name="ProcessingFee">信息处理费 collected, in 元, as section 六 states it, or null.</param>
/// <param name="PublishedAt">The date that the document carries, or null.</param>
/// <param name="Contacts">Lines with address, telephone or e-mail of the unit.</param>
/// <param name="Remarks">What was odd about the document, for the clerk to look at.</param>
public sealed record ReportReading(
    Form Form,
    int? Year,
    ReportingPeriod? Period,
    string? Unit,
    Figures Figures,
    ImmutableArray<CellReading> Cells,
    ImmutableArray<string?> Prose,
    ImmutableArray<string?> Topics,
    decimal? ProcessingFee,
    DateOnly? PublishedAt,
    ImmutableArray<string> Contacts,
    ImmutableArray<ReadingRemark> Remarks);

/// <summary>The days that a report is about.</summary>
/// <param name="From">The first.</param>
/// <param name="Until">The last.</param>
public sealed record ReportingPeriod(DateOnly From, DateOnly Until);

/// <summary>How one cell was read.</summary>
/// <param name="Path">Cell path.</param>
/// <param name="Text">The text as it stands in the document, remarks included; null if no field was found for the cell.</param>
/// <param name="Value">The number, or null for missing.</param>
/// <param name="Where">Where the text stands, in Chinese; null if it was not found.</param>
/// <param name="Confidence">How sure the reading is.</param>
public sealed record CellReading(string Path, string? Text, decimal? Value, string? Where, Confidence Confidence);

/// <summary>How sure a figure is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Confidence>))]
public enum Confidence
{
    /// <summary>Not found, or a field that holds no number (blank, "/", "-", "无").</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>Read, but a person must look: recovered from a damaged row, a number with a remark, a number in words.</summary>
    [JsonStringEnumMemberName("doubtful")]
    Doubtful,

    /// <summary>A plain number in the field that row and column name.</summary>
    [JsonStringEnumMemberName("certain")]
    Certain,
}

/// <summary>Something odd about a document or one of its cells.</summary>
/// <param name="Code">Stable code, such as <c>blank_cell</c>.</param>
/// <param name="Path">Cell path or section code that it concerns, or null for the whole document.</param>
/// <param name="Message">What is odd, in Chinese, with the text quoted.</param>
/// <param name="Where">Where it stands, or null.</param>
public sealed record ReadingRemark(string Code, string? Path, string Message, string? Where);
