namespace Aggregator.Documents.Reading;

/// <summary>A cell of a sheet as its file has it, before anything is made of it.</summary>
/// <param name="Text">What stands in it: a number in decimal digits, a date as <c>2022-01-20</c>; empty for a blank cell.</param>
/// <param name="Kind">What the file says that it is.</param>
readonly record struct SheetCell(string? Text, SheetCellKind Kind)
{
    /// <summary>Nothing, or nothing that can be seen.</summary>
    public bool IsBlank => string.IsNullOrWhiteSpace(Text);
}

/// <summary>What a file says that a cell is; a CSV file knows text only.</summary>
enum SheetCellKind
{
    /// <summary>Text, also one that spells a number.</summary>
    Text,

    /// <summary>A number of Excel.</summary>
    Number,

    /// <summary>A number that Excel shows as a date.</summary>
    Date,

    /// <summary>An error of Excel such as <c>#REF!</c>, or a formula without a result.</summary>
    Error,
}

/// <summary>A line of a sheet that is not blank.</summary>
/// <param name="Row">Its number in a spreadsheet, from 1.</param>
/// <param name="Cells">Its cells from column A on.</param>
sealed record SheetLine(int Row, SheetCell[] Cells)
{
    /// <summary>More columns than any form has; a bound against files made to exhaust us.</summary>
    public const int MaxColumns = 1000;

    /// <summary>The cell in a column; a line may end early.</summary>
    public SheetCell this[int column] => column < Cells.Length ? Cells[column] : default;

    /// <summary>Address such as <c>F12</c>.</summary>
    public static string Address(int column, int row)
    {
        var letters = "";
        for (var rest = column + 1; rest > 0; rest = (rest - 1) / 26)
        {
            letters = (char)('A' + ((rest - 1) % 26)) + letters;
        }

        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{letters}{row}");
    }

    /// <summary>The refusal of a sheet that is too wide.</summary>
    public static Refusal TooWide(int row) =>
        new(RefusalKind.Invalid, "too_many_columns", $"第 {row} 行超过 {MaxColumns} 列，不是批量报送模板的格式；请从模板重新填写。");
}

/// <summary>A worksheet.</summary>
/// <param name="Lines">Its lines that are not blank.</param>
/// <param name="Merges">Addresses of merged cells, such as <c>A1:C2</c>; as far as the lines were read.</param>
sealed record SheetContent(List<SheetLine> Lines, List<string> Merges);
