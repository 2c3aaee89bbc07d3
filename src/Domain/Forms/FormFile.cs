using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Aggregator.Forms;

/// <summary>A form file as it stands on disk.</summary>
sealed record FormFile(
    string Form,
    string Title,
    string Basis,
    int FirstYear,
    int? LastYear,
    ImmutableArray<Section> Sections,
    Narrative Narrative,
    ImmutableArray<Rule> Rules);

/// <summary>One of the six sections. A section without tables is prose.</summary>
/// <param name="Code">Code in JSON bodies.</param>
/// <param name="Heading">Printed heading, with its number.</param>
/// <param name="Topics">Topics that a prose section has to treat.</param>
/// <param name="Tables">Statutory tables of the section.</param>
public sealed record Section(string Code, string Heading, ImmutableArray<string> Topics, ImmutableArray<Table> Tables)
{
    /// <inheritdoc cref="Section(string, string, ImmutableArray{string}, ImmutableArray{Table})" path="/param[@name='Topics']"/>
    public ImmutableArray<string> Topics { get; init; } = Topics.OrEmpty();

    /// <inheritdoc cref="Section(string, string, ImmutableArray{string}, ImmutableArray{Table})" path="/param[@name='Tables']"/>
    public ImmutableArray<Table> Tables { get; init; } = Tables.OrEmpty();
}

/// <summary>A statutory table.</summary>
/// <param name="Code">Code, unique within the form.</param>
/// <param name="Title">Line printed across the top, if any.</param>
/// <param name="Corner">Text of the top left field, if any.</param>
/// <param name="ColumnsTitle">Head above all columns, if any.</param>
/// <param name="NamesOmit">A row group left out where a row is named in a sentence.</param>
/// <param name="Layout"><c>grid</c>: one line a row. <c>sideBySide</c>: the rows are blocks next to each other.</param>
/// <param name="Rows">Rows in print order.</param>
/// <param name="Columns">Columns in print order.</param>
public sealed record Table(
    string Code,
    string? Title,
    string? Corner,
    string? ColumnsTitle,
    string? NamesOmit,
    TableLayout Layout,
    ImmutableArray<Row> Rows,
    ImmutableArray<Column> Columns);

/// <summary>How a table is printed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TableLayout>))]
public enum TableLayout
{
    /// <summary>One printed line for each row.</summary>
    [JsonStringEnumMemberName("grid")]
    Grid,

    /// <summary>All rows in one printed line, as blocks next to each other.</summary>
    [JsonStringEnumMemberName("sideBySide")]
    SideBySide,
}

/// <summary>A row of a table.</summary>
/// <param name="Code">Code in cell paths; dots are levels of the JSON body.</param>
/// <param name="Label">Printed label.</param>
/// <param name="Groups">Heads that the row shares with its neighbours, outermost first.</param>
public sealed record Row(string Code, string Label, ImmutableArray<string> Groups)
{
    /// <inheritdoc cref="Row(string, string, ImmutableArray{string})" path="/param[@name='Groups']"/>
    public ImmutableArray<string> Groups { get; init; } = Groups.OrEmpty();
}

/// <summary>A column of a table.</summary>
/// <param name="Code">Code in cell paths.</param>
/// <param name="Label">Printed label.</param>
/// <param name="Unit">Unit of measure: 件, 项 or 万元.</param>
/// <param name="Group">Head that the column shares with its neighbours, if any.</param>
/// <param name="Type">What numbers the column takes.</param>
public sealed record Column(string Code, string Label, string Unit, string? Group, ColumnType Type);

/// <summary>What numbers a column takes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ColumnType>))]
public enum ColumnType
{
    /// <summary>A whole number ≥ 0.</summary>
    [JsonStringEnumMemberName("count")]
    Count,

    /// <summary>A whole number, negative for a decrease.</summary>
    [JsonStringEnumMemberName("change")]
    Change,

    /// <summary>A decimal ≥ 0 with at most four places.</summary>
    [JsonStringEnumMemberName("amount")]
    Amount,
}

/// <summary>A rule that figures must satisfy.</summary>
/// <param name="Code">Code of the rule, as in the domain's list: V1, H1, …</param>
/// <param name="Kind">How much a breach weighs.</param>
/// <param name="Text">The rule in words.</param>
/// <param name="Source">The clause that it comes from.</param>
/// <param name="Check">The rule as data.</param>
public sealed record Rule(string Code, Severity Kind, string Text, string Source, RuleCheck Check);

/// <summary>How much a breach of a rule weighs.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    /// <summary>The report cannot be filed with it.</summary>
    [JsonStringEnumMemberName("hard")]
    Hard,

    /// <summary>Probably a mistake; someone has to look.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>Worth knowing.</summary>
    [JsonStringEnumMemberName("notice")]
    Notice,
}

/// <summary>A rule as data; which members are set depends on the type.</summary>
/// <param name="Type">Kind of check.</param>
/// <param name="Cells">Patterns of the cells read (value, zero, outlier).</param>
/// <param name="Levels">Where the rule holds: <c>unit</c>, <c>county</c>, <c>above</c>; empty for everywhere.</param>
/// <param name="EachRowOf">Balance: one equation for each row of this table; <c>{row}</c> in the patterns.</param>
/// <param name="EachColumnOf">Balance: one equation for each column of this table; <c>{column}</c> in the patterns.</param>
/// <param name="Expected">
/// Balance: cells whose sum is expected. <c>lastYear:</c> before a path means the cell of last year's report; where there is one,
/// <c>-</c> before another path subtracts that cell.
/// </param>
/// <param name="Found">Balance: cells whose sum is compared with it; across years exactly one, the one of <c>at</c>.</param>
/// <param name="At">Balance: the cell that a breach is shown at.</param>
/// <param name="Message">Balance and outlier: the sentence for a breach.</param>
/// <param name="LastYear">Outlier: from when on a difference to the unit's own last year is a jump.</param>
/// <param name="Peers">Outlier: from when on a difference to the county's other units is out of line.</param>
/// <param name="Claims">Claims: figures that texts name, and how.</param>
/// <param name="Except">Claims: a pattern of words that make a passage speak of something else, whatever the claim.</param>
/// <param name="Contents">Contents: what the sections of prose have to hold.</param>
/// <param name="Likeness">Duplicate: from when on two texts are nearly the same.</param>
public sealed record RuleCheck(
    CheckType Type,
    ImmutableArray<string> Cells,
    ImmutableArray<string> Levels,
    string? EachRowOf,
    string? EachColumnOf,
    ImmutableArray<string> Expected,
    ImmutableArray<string> Found,
    string? At,
    string? Message,
    JumpLimits? LastYear,
    PeerLimits? Peers,
    ImmutableArray<ClaimFile> Claims,
    string? Except,
    ImmutableArray<ContentFile> Contents,
    Likeness? Likeness)
{
    /// <inheritdoc cref="RuleCheck" path="/param[@name='Cells']"/>
    public ImmutableArray<string> Cells { get; init; } = Cells.OrEmpty();

    /// <inheritdoc cref="RuleCheck" path="/param[@name='Levels']"/>
    public ImmutableArray<string> Levels { get; init; } = Levels.OrEmpty();

    /// <inheritdoc cref="RuleCheck" path="/param[@name='Expected']"/>
    public ImmutableArray<string> Expected { get; init; } = Expected.OrEmpty();

    /// <inheritdoc cref="RuleCheck" path="/param[@name='Found']"/>
    public ImmutableArray<string> Found { get; init; } = Found.OrEmpty();

    /// <inheritdoc cref="RuleCheck" path="/param[@name='Claims']"/>
    public ImmutableArray<ClaimFile> Claims { get; init; } = Claims.OrEmpty();

    /// <inheritdoc cref="RuleCheck" path="/param[@name='Contents']"/>
    public ImmutableArray<ContentFile> Contents { get; init; } = Contents.OrEmpty();
}

/// <summary>A figure that texts name, as a form file has it.</summary>
/// <param name="Subject">What the figure counts, in words.</param>
/// <param name="Figure">Its place, such as <c>{requests.received.total}</c>, or a sum of cells.</param>
/// <param name="Word">A word without which no passage names it.</param>
/// <param name="Says">
/// Patterns of passages that name it. <c>{n}</c> stands for a number with any counter, <c>{件}</c> for one that counts cases,
/// <c>{元}</c> for a sum of money, <c>~</c> for a few characters of the same clause.
/// </param>
/// <param name="SaysNone">Patterns of passages that say it is none.</param>
/// <param name="About">A pattern that a sentence has where a number in it means the figure; without it, 行政诉讼 may be anybody's.</param>
/// <param name="Except">A pattern of words that make such a passage speak of something else.</param>
/// <param name="Gaps">Other figures that such a passage may rightly mean.</param>
public sealed record ClaimFile(
    string Subject, string Figure, string Word, ImmutableArray<string> Says, ImmutableArray<string> SaysNone, string? About, string? Except,
    ImmutableArray<ClaimGap> Gaps)
{
    /// <inheritdoc cref="ClaimFile" path="/param[@name='SaysNone']"/>
    public ImmutableArray<string> SaysNone { get; init; } = SaysNone.OrEmpty();

    /// <inheritdoc cref="ClaimFile" path="/param[@name='Gaps']"/>
    public ImmutableArray<ClaimGap> Gaps { get; init; } = Gaps.OrEmpty();
}

/// <summary>Why a text may rightly name another figure.</summary>
/// <param name="Figure">That figure's place.</param>
/// <param name="Reason">The explanation, with places for figures.</param>
public sealed record ClaimGap(string Figure, string Reason);

/// <summary>What a section of prose has to hold, besides not being empty.</summary>
/// <param name="Section">Code of the section.</param>
/// <param name="MayBeNone">Whether “无” is content enough.</param>
/// <param name="Mentions">Words one of which it has to hold.</param>
/// <param name="Missing">What is said if it holds none of them.</param>
public sealed record ContentFile(string Section, bool MayBeNone, ImmutableArray<string> Mentions, string? Missing)
{
    /// <inheritdoc cref="ContentFile" path="/param[@name='Mentions']"/>
    public ImmutableArray<string> Mentions { get; init; } = Mentions.OrEmpty();
}

/// <summary>From when on two texts are nearly the same (雷同).</summary>
/// <param name="Characters">Length of the passages that are compared, in characters without punctuation.</param>
/// <param name="Shortest">Texts of fewer such passages say nothing.</param>
/// <param name="Share">So large a part of the shorter text stands in the other one.</param>
public sealed record Likeness(int Characters, int Shortest, decimal Share);

/// <summary>From when on a number is a jump against the unit's own last year.</summary>
/// <param name="Smallest">The larger of the two numbers is at least this; small numbers leap about without meaning anything.</param>
/// <param name="Factor">The larger one is at least so many times the smaller one.</param>
public sealed record JumpLimits(decimal Smallest, decimal Factor)
{
    /// <summary>How far apart two numbers are; from 1 on it is a jump.</summary>
    public decimal Distance(decimal a, decimal b) => Math.Max(a, b) / Math.Max(Smallest, Factor * Math.Min(a, b));
}

/// <summary>From when on a number is out of line with those of other units.</summary>
/// <param name="AtLeast">So many other units are needed; fewer say nothing.</param>
/// <param name="Smallest">The number is at least so far from their median.</param>
/// <param name="Deviations">It is at least so many times their median absolute deviation (MAD) from their median.</param>
/// <param name="Kinds">Kinds of unit that are compared with each other, group by group; other kinds are not compared.</param>
public sealed record PeerLimits(int AtLeast, decimal Smallest, decimal Deviations, ImmutableArray<ImmutableArray<string>> Kinds)
{
    /// <summary>How far a number is from the others; from 1 on it is out of line. A MAD of 0 leaves <see cref="Smallest"/> as the limit.</summary>
    public decimal Distance(decimal value, decimal median, decimal mad) => Math.Abs(value - median) / Math.Max(Smallest, Deviations * mad);
}

/// <summary>Kinds of check.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckType>))]
public enum CheckType
{
    /// <summary>Each cell holds a number that its column takes, and is not missing.</summary>
    [JsonStringEnumMemberName("value")]
    Value,

    /// <summary>Two sums of cells are equal.</summary>
    [JsonStringEnumMemberName("balance")]
    Balance,

    /// <summary>Each cell is zero.</summary>
    [JsonStringEnumMemberName("zero")]
    Zero,

    /// <summary>The form is the one in force for the report year.</summary>
    [JsonStringEnumMemberName("form")]
    Form,

    /// <summary>No cell is far off the unit's own last year, or the county's other units.</summary>
    [JsonStringEnumMemberName("outlier")]
    Outlier,

    /// <summary>Figures that the prose names agree with the tables, and with each other.</summary>
    [JsonStringEnumMemberName("claims")]
    Claims,

    /// <summary>The sections of prose hold what they have to, and speak of the report year.</summary>
    [JsonStringEnumMemberName("contents")]
    Contents,

    /// <summary>The prose is not nearly the same as another unit's, or as the unit's own last year.</summary>
    [JsonStringEnumMemberName("duplicate")]
    Duplicate,
}

/// <summary>The file of a conversion as it stands on disk.</summary>
sealed record ConversionFile(string From, string To, ImmutableArray<ConversionStep> Steps);

/// <summary>What becomes of some cells. Patterns as in a rule; <c>*</c> means the same on both sides.</summary>
/// <param name="Action">What is done with them.</param>
/// <param name="Cells">Carried: cells with the same path in both forms.</param>
/// <param name="From">Cells of the old form (carried, dropped).</param>
/// <param name="To">Cells of the new form (carried: one pattern for each of <c>from</c>; left blank).</param>
/// <param name="Value">Carried: a number to fill in instead of the old cell's.</param>
/// <param name="Reason">Why, in Chinese.</param>
/// <param name="Advice">What the unit should do, if anything.</param>
sealed record ConversionStep(
    CellAction Action, ImmutableArray<string> Cells, ImmutableArray<string> From, ImmutableArray<string> To, decimal? Value, string Reason, string? Advice)
{
    public ImmutableArray<string> Cells { get; init; } = Cells.OrEmpty();

    public ImmutableArray<string> From { get; init; } = From.OrEmpty();

    public ImmutableArray<string> To { get; init; } = To.OrEmpty();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(FormFile))]
[JsonSerializable(typeof(ConversionFile))]
sealed partial class FormFileJson : JsonSerializerContext;

static class ImmutableArrays
{
    /// <summary>An array left out of a form file reads as empty.</summary>
    public static ImmutableArray<T> OrEmpty<T>(this ImmutableArray<T> array) => array.IsDefault ? [] : array;
}
