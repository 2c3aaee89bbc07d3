using System.Collections.Immutable;

namespace Aggregator.Documents.Reading;

/// <summary>
/// A file as its reader sees it: paragraphs and tables in reading order, whatever its format. Tables that only lay out the page
/// (those that hold other tables) are dissolved into what they hold.
/// </summary>
/// <param name="MediaType">Media type of the file, as its content shows it.</param>
/// <param name="Blocks">Paragraphs and tables in reading order.</param>
public sealed record SourceDocument(string MediaType, ImmutableArray<SourceBlock> Blocks)
{
    /// <summary>What the file says about itself beside its text: a web page's titles, and its day of publication. None of it is seen on the page.</summary>
    public ImmutableArray<SourceParagraph> Head { get; init; } = [];
}

/// <summary>A paragraph or a table.</summary>
/// <param name="Where">Where it stands, in Chinese for a clerk: <c>第3个表格</c>, <c>第12段</c>, <c>第2页</c>.</param>
public abstract record SourceBlock(string Where);

/// <summary>A paragraph, a heading or a line of text. Tabs are kept: flattened tables separate their cells by them.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Where">Where it stands.</param>
public sealed record SourceParagraph(string Text, string Where) : SourceBlock(Where);

/// <summary>A table as a grid in which a field may span rows and columns.</summary>
/// <param name="Fields">Fields by row, then column; no two overlap, and some places may be covered by none.</param>
/// <param name="Where">Where it stands.</param>
public sealed record SourceTable(ImmutableArray<SourceField> Fields, string Where) : SourceBlock(Where);

/// <summary>One field of a table.</summary>
/// <param name="Row">Row of the grid, from 0.</param>
/// <param name="Column">Column of the grid, from 0.</param>
/// <param name="RowSpan">Height in rows, at least 1.</param>
/// <param name="ColumnSpan">Width in columns, at least 1.</param>
/// <param name="Text">Its text; paragraphs and line breaks within it as <c>\n</c>. Empty for a blank field.</param>
public sealed record SourceField(int Row, int Column, int RowSpan, int ColumnSpan, string Text);
