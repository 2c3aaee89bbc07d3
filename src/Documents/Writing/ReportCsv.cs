using Aggregator.Editions;
using Aggregator.Forms;
using CsvHelper;

namespace Aggregator.Documents.Writing;

/// <summary>
/// Writes a county report's figures as a tidy table: one line for each cell, a missing one with an empty value. A text
/// that a spreadsheet would take for a formula is disarmed; numbers, negative ones too, stay numbers.
/// </summary>
public static class ReportCsv
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "text/csv";

    // Without the byte-order mark Excel reads the file in the machine's own encoding and shows garbage for Chinese.
    static readonly CsvWriterOptions options = new() { WriteByteOrderMark = true, Injection = CsvInjection.Escape };

    /// <summary>The file.</summary>
    public static byte[] Write(CountyReport report)
    {
        using var bytes = new MemoryStream();
        using (var csv = CsvWriter.Create(bytes, options, leaveOpen: true))
        {
            csv.WriteRecord("path", "section", "table", "row", "column", "unit", "value");
            foreach (var cell in report.Figures.Form.Cells)
            {
                csv.WriteField(cell.Path);
                csv.WriteField(cell.Section.Heading);
                csv.WriteField(cell.Table.Title ?? "");
                csv.WriteField(cell.RowName);
                csv.WriteField(cell.ColumnName);
                csv.WriteField(cell.Column.Unit);
                csv.WriteField(report.Figures[cell], Figures.NumberFormat);
                csv.EndRecord();
            }
        }

        return bytes.ToArray();
    }
}
