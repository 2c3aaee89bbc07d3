using System.Collections.Immutable;

namespace Aggregator.Forms;

/// <summary>
/// A section's statutory tables as they are printed: one table with merged heads. Says what stands where and how far it
/// reaches, and nothing about fonts or file formats, so that a page and a Word document are drawn from the same grid.
/// </summary>
/// <param name="ColumnCount">Width of the grid in columns.</param>
/// <param name="StubColumns">How many of them, at the left, name the rows.</param>
/// <param name="Blocks">The tables, one below the other.</param>
public sealed record TableGrid(int ColumnCount, int StubColumns, ImmutableArray<GridBlock> Blocks)
{
    /// <summary>
    /// The grid of a section that has tables. The small tables of section 二 print as one although their numbers of columns
    /// differ; the common grid has as many value columns as all of these numbers divide (1, 2 and 3 make 6).
    /// </summary>
    public static TableGrid Of(Form form, Section section)
    {
        var stub = section.Tables.Max(StubOf);
        var values = section.Tables.Aggregate(1, (count, table) => LeastCommonMultiple(count, ValuesOf(table)));
        return new TableGrid(stub + values, stub, [.. section.Tables.Select(table =>
        {
            ImmutableArray<Cell> cells = [.. form.Cells.Where(c => ReferenceEquals(c.Table, table))];
            return table.Layout == TableLayout.Grid ? Grid(table, cells, stub, values) : SideBySide(table, cells);
        })]);
    }

    static int StubOf(Table table) => table.Layout == TableLayout.Grid ? table.Rows.Max(r => r.Groups.Length) + 1 : 0;

    static int ValuesOf(Table table) => table.Layout == TableLayout.Grid ? table.Columns.Length : table.Columns.Length * table.Rows.Length;

    static int LeastCommonMultiple(int a, int b)
    {
        var multiple = a;
        while (multiple % b != 0)
        {
            multiple += a;
        }

        return multiple;
    }

    static GridBlock Grid(Table table, ImmutableArray<Cell> data, int stub, int values)
    {
        var cells = new List<GridCell>();
        var top = 0;
        if (table.Title is { } title)
        {
            cells.Add(new GridCell(GridCellKind.Title, title, top++, 0, 1, stub + values));
        }

        var labels = table.ColumnsTitle is null ? top : top + 1;
        var headRows = table.Columns.Any(c => c.Group is not null) ? labels + 2 : labels + 1;
        cells.Add(new GridCell(GridCellKind.Corner, table.Corner ?? "", top, 0, headRows - top, stub));
        if (table.ColumnsTitle is { } columnsTitle)
        {
            cells.Add(new GridCell(GridCellKind.ColumnGroup, columnsTitle, top, stub, 1, values));
        }

        var width = values / table.Columns.Length;
        for (var i = 0; i < table.Columns.Length; i++)
        {
            var column = table.Columns[i];
            var place = stub + (i * width);
            if (column.Group is { } group && (i == 0 || table.Columns[i - 1].Group != group))
            {
                var shared = table.Columns.Skip(i).TakeWhile(c => c.Group == group).Count();
                cells.Add(new GridCell(GridCellKind.ColumnGroup, group, labels, place, 1, shared * width));
            }

            var row = column.Group is null ? labels : labels + 1;
            cells.Add(new GridCell(GridCellKind.Column, column.Label, row, place, headRows - row, width));
        }

        for (var i = 0; i < table.Rows.Length; i++)
        {
            var row = table.Rows[i];
            for (var depth = 0; depth < row.Groups.Length; depth++)
            {
                if (i == 0 || !SharesGroups(table.Rows[i - 1], row, depth))
                {
                    var shared = table.Rows.Skip(i).TakeWhile(r => SharesGroups(r, row, depth)).Count();
                    cells.Add(new GridCell(GridCellKind.RowGroup, row.Groups[depth], headRows + i, depth, shared, 1));
                }
            }

            cells.Add(new GridCell(GridCellKind.Row, row.Label, headRows + i, row.Groups.Length, 1, stub - row.Groups.Length));
            for (var j = 0; j < table.Columns.Length; j++)
            {
                cells.Add(new GridCell(GridCellKind.Data, "", headRows + i, stub + (j * width), 1, width, data[(i * table.Columns.Length) + j]));
            }
        }

        return Block(table, headRows, cells);
    }

    /// <summary>
    /// Each row is a block of columns under its own head. Where a block has fewer heads than its neighbours, its column
    /// labels reach down beside theirs: those of 行政复议 stand two lines high beside 行政诉讼.
    /// </summary>
    static GridBlock SideBySide(Table table, ImmutableArray<Cell> data)
    {
        var cells = new List<GridCell>();
        var headRows = table.Rows.Max(r => r.Groups.Length) + 2;
        var width = table.Columns.Length;
        for (var i = 0; i < table.Rows.Length; i++)
        {
            var row = table.Rows[i];
            for (var depth = 0; depth < row.Groups.Length; depth++)
            {
                if (i == 0 || !SharesGroups(table.Rows[i - 1], row, depth))
                {
                    var shared = table.Rows.Skip(i).TakeWhile(r => SharesGroups(r, row, depth)).Count();
                    cells.Add(new GridCell(GridCellKind.ColumnGroup, row.Groups[depth], depth, i * width, 1, shared * width));
                }
            }

            var labels = row.Groups.Length + 1;
            cells.Add(new GridCell(GridCellKind.ColumnGroup, row.Label, labels - 1, i * width, 1, width));
            for (var j = 0; j < width; j++)
            {
                var place = (i * width) + j;
                cells.Add(new GridCell(GridCellKind.Column, table.Columns[j].Label, labels, place, headRows - labels, 1));
                cells.Add(new GridCell(GridCellKind.Data, "", headRows, place, 1, 1, data[place]));
            }
        }

        return Block(table, headRows, cells);
    }

    static bool SharesGroups(Row a, Row b, int depth) =>
        a.Groups.Length > depth && a.Groups.AsSpan(0, depth + 1).SequenceEqual(b.Groups.AsSpan(0, depth + 1));

    static GridBlock Block(Table table, int headRows, List<GridCell> cells) =>
        new(table, headRows, [.. cells.GroupBy(c => c.Row).OrderBy(r => r.Key).Select(r => r.OrderBy(c => c.Column).ToImmutableArray())]);
}

/// <summary>One statutory table within a grid.</summary>
/// <param name="Table">The table.</param>
/// <param name="HeadRows">How many rows, from the top, are heads.</param>
/// <param name="Rows">The fields of each row that begin in it, from left to right.</param>
public sealed record GridBlock(Table Table, int HeadRows, ImmutableArray<ImmutableArray<GridCell>> Rows);

/// <summary>One printed field.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; empty for a figure.</param>
/// <param name="Row">Row within the block, from 0.</param>
/// <param name="Column">Column of the grid, from 0.</param>
/// <param name="RowSpan">Height in rows.</param>
/// <param name="ColumnSpan">Width in columns.</param>
/// <param name="Cell">The cell whose figure it shows, for data.</param>
public sealed record GridCell(GridCellKind Kind, string Text, int Row, int Column, int RowSpan, int ColumnSpan, Cell? Cell = null);

/// <summary>Kinds of printed field.</summary>
public enum GridCellKind
{
    /// <summary>The line across the whole table.</summary>
    Title,

    /// <summary>The top left field.</summary>
    Corner,

    /// <summary>A head above several columns.</summary>
    ColumnGroup,

    /// <summary>The head of a column.</summary>
    Column,

    /// <summary>A head beside several rows.</summary>
    RowGroup,

    /// <summary>The head of a row.</summary>
    Row,

    /// <summary>A figure.</summary>
    Data,
}
