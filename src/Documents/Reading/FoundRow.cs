using System.Collections.Immutable;
using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>A row of figures as it was found, in a grid or in flattened text: a label, and fields under heads.</summary>
/// <param name="Table">The statutory table that it belongs to, or null if nothing tells.</param>
/// <param name="Row">The row of the form (one of another form if <paramref name="From"/> is given), or null if its label is none.</param>
/// <param name="From">The other form whose row it is.</param>
/// <param name="Label">The label as it stands in the document.</param>
/// <param name="Fit">How well the label fits.</param>
/// <param name="Slots">The cells that the heads promise, from left to right; null for a column that the form does not have.</param>
/// <param name="Fields">The fields found, from left to right.</param>
/// <param name="Disorder">Why the fields cannot simply be put under the heads, in Chinese; null if they can.</param>
/// <param name="Doubt">Why the whole row has to be looked at although it could be read, in Chinese; null if it need not.</param>
/// <param name="Where">Where it stands.</param>
sealed record FoundRow(
    Table? Table,
    Row? Row,
    Form? From,
    string Label,
    Fit Fit,
    ImmutableArray<Cell?> Slots,
    ImmutableArray<FoundField> Fields,
    string? Disorder,
    string? Doubt,
    string Where)
{
    /// <summary>
    /// Whether its fields may be others than they seem although nothing is wrong with them: only blanks part them, and a blank
    /// within a number looks the same; or there were blank ones beyond the last head.
    /// </summary>
    public bool IsLoose { get; init; }

    /// <summary>The unit that the heads state for amounts of money, such as 元; null if it is the form's own.</summary>
    public string? Unit { get; init; }

    /// <summary>Heads that are none of the form's, each with the column that it was taken for by where it stands.</summary>
    public ImmutableArray<PlacedHead> Heads { get; init; } = [];

    /// <summary>Tables have heads in common; those of another table may stand in another order. Null if they are the row's own.</summary>
    public static string? DoubtOfHeads(Table heads, Table row) =>
        heads.Code == row.Code || row.Columns.Length == 1 ? null : "这张表没有自己的表头，按上一张表的表头读取";

    /// <summary>What the row is, for finding two of the same.</summary>
    public string Key => $"{Table?.Code}/{(Row is null ? string.Join(',', Slots.Select(s => s?.Index)) : Row.Code)}";
}

/// <summary>A head taken for a column's because no other is missing where it stands.</summary>
/// <param name="Column">The column.</param>
/// <param name="Text">The head as it stands in the document.</param>
readonly record struct PlacedHead(Column Column, string Text);

/// <summary>A field of a row.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Where">Where it stands.</param>
readonly record struct FoundField(string Text, string Where);

/// <summary>What the front ends found.</summary>
sealed class Finds
{
    /// <summary>Rows of figures in reading order.</summary>
    public List<FoundRow> Rows { get; } = [];

    /// <summary>What was odd on the way.</summary>
    public List<ReadingRemark> Remarks { get; } = [];
}
