using System.Text;
using System.Text.Unicode;
using CsvHelper;

namespace Aggregator.Documents.Reading;

/// <summary>Reads a CSV file into lines. Its rows are numbered as a spreadsheet shows them: blank lines count, line breaks in quotes do not.</summary>
static class CsvSheet
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "text/csv";

    /// <summary>Refusals: <c>not_csv</c>, <c>invalid_utf8</c>, <c>invalid_csv</c>, <c>too_many_columns</c>.</summary>
    public static Outcome<List<SheetLine>> Read(ReadOnlyMemory<byte> content, int maxLines)
    {
        var bytes = content.Span;
        if (bytes.StartsWith("PK\u0003\u0004"u8) || bytes.StartsWith(ExcelSheet.CompoundFile))
        {
            return new Refusal(RefusalKind.Invalid, "not_csv",
                $"内容是 Excel 文件，请求却写明是 {MediaType}；请把 Content-Type 改为 {ExcelSheet.MediaType}（.xlsx）。");
        }

        if (!Utf8.IsValid(bytes))
        {
            return new Refusal(RefusalKind.Invalid, "invalid_utf8",
                "文件不是 UTF-8 编码（常见原因：Excel 另存为“CSV（逗号分隔）”时用的是 GBK）；请另存为“CSV UTF-8（逗号分隔）”，或直接上传 .xlsx 文件。");
        }

        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            content = content[Encoding.UTF8.Preamble.Length..];
        }

        // A blank line is a row of the spreadsheet. Quotes that do not match would join rows, so they are refused.
        var options = new CsvReaderOptions
        {
            Separator = Separator(content.Span),
            HasHeader = false,
            SkipEmptyLines = false,
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Throw,
        };
        var lines = new List<SheetLine>();
        using var csv = CsvReader.Create(content, options);
        try
        {
            for (var row = 1; lines.Count < maxLines && csv.Read(); row++)
            {
                if (csv.FieldCount > SheetLine.MaxColumns)
                {
                    return SheetLine.TooWide(row);
                }

                var cells = new SheetCell[csv.FieldCount];
                for (var i = 0; i < cells.Length; i++)
                {
                    cells[i] = new SheetCell(csv.GetString(i), SheetCellKind.Text);
                }

                if (!Array.TrueForAll(cells, c => c.IsBlank))
                {
                    lines.Add(new SheetLine(row, cells));
                }
            }
        }
        catch (CsvFormatException e)
        {
            return new Refusal(RefusalKind.Invalid, "invalid_csv",
                $"文件第 {e.LineNumber} 行起的引号不成对或位置不对，后面的内容无法分列；含逗号、引号、换行的文字应整个放在双引号内。");
        }

        return lines;
    }

    /// <summary>The one that the head has most of; its names have none of the three.</summary>
    static char Separator(ReadOnlySpan<byte> utf8)
    {
        var end = utf8.IndexOfAny((byte)'\r', (byte)'\n');
        var head = end < 0 ? utf8 : utf8[..end];
        var (commas, tabs, semicolons) = (head.Count((byte)','), head.Count((byte)'\t'), head.Count((byte)';'));
        return tabs > commas && tabs >= semicolons ? '\t' : semicolons > commas ? ';' : ',';
    }
}
