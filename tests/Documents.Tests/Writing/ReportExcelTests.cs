using System.Globalization;
using System.Text.RegularExpressions;
using Aggregator.Documents.Writing;
using Aggregator.Forms;
using Aggregator.Testing;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Validation;
using ExcelCell = DocumentFormat.OpenXml.Spreadsheet.Cell;
using ExcelRow = DocumentFormat.OpenXml.Spreadsheet.Row;
using ExcelSheet = DocumentFormat.OpenXml.Spreadsheet.Sheet;

namespace Aggregator.Documents.Tests.Writing;

public partial class ReportExcelTests
{
    [Theory]
    [InlineData("2019", 5, 0)]
    [InlineData("2021", 40, 0)]
    [InlineData("2021", 7, 3)]
    [InlineData("2021", 0, 4)]
    public void Excel_finds_nothing_to_repair(string form, int units, int missing)
    {
        using var document = Open(ReportExcel.Write(SampleCounty.Random(form, units, 1, missing)));

        new OpenXmlValidator().Validate(document).Select(e => $"{e.Part?.Uri} {e.Path?.XPath}: {e.Description}").ShouldBeEmpty();
        document.WorkbookPart!.Workbook.Descendants<ExcelSheet>().Select(s => s.Name!.Value).ShouldBe(["法定表格", "单位明细", "报送情况", "校验问题", "主管部门更正"]);
        foreach (var part in document.WorkbookPart.WorksheetParts)
        {
            string[] merged = [.. part.Worksheet.Descendants<MergeCell>().SelectMany(m => Area(m.Reference!.Value!))];
            merged.ShouldBeUnique("merged areas may not overlap");
            part.Worksheet.Descendants<ExcelRow>().ShouldAllBe(r => r.Elements<ExcelCell>().Select(c => c.CellReference!.Value!).Distinct().Count() == r.Elements<ExcelCell>().Count());
        }
    }

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void The_sums_are_formulas_and_come_to_the_county_s_figures(string form)
    {
        var report = SampleCounty.Random(form, 9, 4);
        var cells = Cells(ReportExcel.Write(report), "单位明细");
        var last = cells.Keys.Max(RowOf);

        foreach (var cell in report.Figures.Form.Cells)
        {
            var address = $"{Column(2 + cell.Index)}{last}";
            cells[address].CellFormula.ShouldNotBeNull();
            cells[address].CellValue!.Text.ShouldBe(Figures.Text(report.Figures[cell]), address);
            Compute(cells, address).ShouldBe(report.Figures[cell]!.Value, address);
        }
    }

    [Fact]
    public void Corrections_and_missing_numbers_stay_what_they_are()
    {
        var report = ReportWordTests.Sample();
        var cells = Cells(ReportExcel.Write(report), "单位明细");
        var penalties = report.Figures.Form.FindCell("disclosure.penalties.decisions")!;
        var last = cells.Keys.Max(RowOf);

        Compute(cells, $"{Column(2 + penalties.Index)}{last}").ShouldBe(report.Figures[penalties]!.Value);
        cells[$"{Column(2 + penalties.Index)}{last - 1}"].CellValue!.Text.ShouldBe("-2");

        var nothing = Cells(ReportExcel.Write(SampleCounty.Random("2021", 0, 1, 2)), "法定表格");
        nothing.Values.ShouldAllBe(c => c.CellValue == null, "no number where nobody has filed");
    }

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void The_statutory_tables_have_every_field_of_the_grid(string form)
    {
        var report = SampleCounty.Random(form, 3, 8);
        var texts = Cells(ReportExcel.Write(report), "法定表格").Values.Where(c => c.HasChildren).Select(c => c.InnerText).ToList();

        var expected = report.Figures.Form.Sections.Where(s => !s.Tables.IsEmpty)
            .SelectMany(s => TableGrid.Of(report.Figures.Form, s).Blocks.SelectMany(b => b.Rows).SelectMany(r => r)
                .Select(f => f.Cell is { } cell ? Figures.Text(report.Figures[cell]) : f.Text).Prepend(s.Heading)).Prepend(report.Title);
        texts.Order(StringComparer.Ordinal).ShouldBe(expected.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_same_report_gives_the_same_bytes() =>
        ReportExcel.Write(ReportWordTests.Sample()).ShouldBe(ReportExcel.Write(ReportWordTests.Sample()));

    /// <summary>What a spreadsheet makes of the sums, all the way down to the units' numbers.</summary>
    static decimal Compute(Dictionary<string, ExcelCell> cells, string address)
    {
        if (!cells.TryGetValue(address, out var cell) || cell.CellValue is null)
        {
            return 0;
        }

        return cell.CellFormula is null
            ? decimal.Parse(cell.CellValue.Text, CultureInfo.InvariantCulture)
            : cell.CellFormula.Text["SUM(".Length..^1].Split(',').SelectMany(Area).Sum(a => Compute(cells, a));
    }

    static IEnumerable<string> Area(string reference)
    {
        var ends = reference.Split(':').Select(a => (Column: Index(Letters().Match(a).Value), Row: RowOf(a))).ToArray();
        return from row in Enumerable.Range(ends[0].Row, ends[^1].Row - ends[0].Row + 1)
               from column in Enumerable.Range(ends[0].Column, ends[^1].Column - ends[0].Column + 1)
               select $"{Column(column)}{row}";
    }

    static int Index(string letters) => letters.Aggregate(0, (n, c) => (n * 26) + c - 'A' + 1) - 1;

    static string Column(int index) => index < 26 ? $"{(char)('A' + index)}" : Column((index / 26) - 1) + (char)('A' + (index % 26));

    static int RowOf(string address) => int.Parse(Letters().Replace(address, ""), CultureInfo.InvariantCulture);

    static Dictionary<string, ExcelCell> Cells(byte[] bytes, string sheet)
    {
        using var document = Open(bytes);
        var id = document.WorkbookPart!.Workbook.Descendants<ExcelSheet>().Single(s => s.Name == sheet).Id!.Value!;
        return ((WorksheetPart)document.WorkbookPart.GetPartById(id)).Worksheet.Descendants<ExcelCell>().ToDictionary(c => c.CellReference!.Value!);
    }

    static SpreadsheetDocument Open(byte[] bytes) => SpreadsheetDocument.Open(new MemoryStream(bytes), false);

    [GeneratedRegex("[A-Z]+")]
    private static partial Regex Letters();
}
