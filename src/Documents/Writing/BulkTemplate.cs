using Aggregator.Documents.Reading;
using Aggregator.Years;
using CsvHelper;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using ColumnType = Aggregator.Forms.ColumnType;
using Form = Aggregator.Forms.Form;

namespace Aggregator.Documents.Writing;

/// <summary>
/// Writes the sheet that a county fills in for many units: names of columns for the program, a row of labels for people, and a
/// row for each unit. <see cref="BulkSheet"/> reads it.
/// </summary>
public static class BulkTemplate
{
    /// <summary>Media type of the CSV file.</summary>
    public const string CsvMediaType = CsvSheet.MediaType;

    /// <summary>Media type of the Excel file.</summary>
    public const string ExcelMediaType = ExcelSheet.MediaType;

    // Without the byte-order mark Excel reads the file in the machine's own encoding and shows garbage for Chinese.
    static readonly CsvWriterOptions options = new() { WriteByteOrderMark = true, Injection = CsvInjection.Escape };

    /// <summary>The template as CSV.</summary>
    public static byte[] WriteCsv(Form form, IEnumerable<RosterLine> units)
    {
        var names = BulkColumns.Of(form);
        using var bytes = new MemoryStream();
        using (var csv = CsvWriter.Create(bytes, options, leaveOpen: true))
        {
            csv.WriteRecord([.. names]);
            csv.WriteRecord([.. BulkColumns.LabelsOf(form)]);
            foreach (var unit in units)
            {
                csv.WriteField(unit.Unit);
                csv.WriteField(unit.Name);
                for (var i = 2; i < names.Length; i++)
                {
                    csv.WriteField("");
                }

                csv.EndRecord();
            }
        }

        return bytes.ToArray();
    }

    /// <summary>The template as Excel: the heads and the units stay in sight, codes and dates are text, figures are numbers.</summary>
    public static byte[] WriteExcel(Form form, IEnumerable<RosterLine> units)
    {
        using var bytes = new MemoryStream();
        using (var document = SpreadsheetDocument.Create(bytes, SpreadsheetDocumentType.Workbook))
        {
            var workbook = document.AddWorkbookPart();
            workbook.AddNewPart<WorkbookStylesPart>().Stylesheet = Styles();
            var sheet = workbook.AddNewPart<WorksheetPart>();
            sheet.Worksheet = new Worksheet(
                new SheetViews(new SheetView(
                    new Pane
                    {
                        HorizontalSplit = 2,
                        VerticalSplit = 2,
                        TopLeftCell = "C3",
                        ActivePane = PaneValues.BottomRight,
                        State = PaneStateValues.Frozen,
                    })
                {
                    WorkbookViewId = 0,
                }),
                ColumnsOf(form),
                Rows(form, units));
            workbook.Workbook = new Workbook(new Sheets(new Sheet { Id = workbook.GetIdOfPart(sheet), SheetId = 1, Name = "批量报送" }));
        }

        return bytes.ToArray();
    }

    static Columns ColumnsOf(Form form)
    {
        Style[] styles =
        [
            Style.Text, Style.Text, .. form.Cells.Select(c => c.Column.Type == ColumnType.Amount ? Style.Amount : Style.Count),
            .. form.Prose.Select(_ => Style.Text), Style.Text, Style.Text, Style.Text,
        ];
        return new Columns(styles.Select((style, i) => new Column
        {
            Min = (uint)i + 1,
            Max = (uint)i + 1,
            Width = i < 2 ? 18 : 14,
            CustomWidth = true,
            Style = (uint)style,
        }));
    }

    static SheetData Rows(Form form, IEnumerable<RosterLine> units) => new([
        Row(1, Style.Name, [.. BulkColumns.Of(form)]),
        Row(2, Style.Label, [.. BulkColumns.LabelsOf(form)]),
        .. units.Select((unit, i) => Row(i + 3, Style.Text, [unit.Unit, unit.Name])),
    ]);

    static Row Row(int number, Style style, string[] texts) => new(texts.Select((text, i) => new Cell
    {
        CellReference = SheetLine.Address(i, number),
        DataType = CellValues.InlineString,
        StyleIndex = (uint)style,
        InlineString = new InlineString(new Text(text) { Space = SpaceProcessingModeValues.Preserve }),
    }))
    {
        RowIndex = (uint)number,
    };

    /// <summary>Cell formats by their place in the style sheet.</summary>
    enum Style
    {
        Plain,
        Name,
        Label,
        Text,
        Count,
        Amount,
    }

    static Stylesheet Styles()
    {
        const uint Whole = 1;
        const uint AsText = 49;
        const uint FourDecimals = 164;
        return new Stylesheet(
            new NumberingFormats(new NumberingFormat { NumberFormatId = FourDecimals, FormatCode = "0.####" }),
            new Fonts(new Font(), new Font(new Bold())),
            new Fills(
                new Fill(new PatternFill { PatternType = PatternValues.None }),
                new Fill(new PatternFill { PatternType = PatternValues.Gray125 })),
            new Borders(new Border()),
            new CellStyleFormats(new CellFormat()),
            new CellFormats(
                new CellFormat(),
                Format(AsText, font: 1),
                new CellFormat(new Alignment { WrapText = true, Vertical = VerticalAlignmentValues.Top }) { NumberFormatId = AsText, ApplyNumberFormat = true, ApplyAlignment = true },
                Format(AsText),
                Format(Whole),
                Format(FourDecimals)));

        static CellFormat Format(uint number, uint font = 0) => new() { NumberFormatId = number, FontId = font, ApplyNumberFormat = true, ApplyFont = font > 0 };
    }
}
