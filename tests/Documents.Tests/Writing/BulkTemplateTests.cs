using System.IO.Compression;
using System.Text;
using Aggregator.Documents.Reading;
using Aggregator.Documents.Writing;
using Aggregator.Forms;
using Aggregator.Testing;
using Aggregator.Years;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;

namespace Aggregator.Documents.Tests.Writing;

public class BulkTemplateTests
{
    static readonly RosterLine[] units = [Line("360922201", "马步乡"), Line("360922-gaj", "=公安局,\"一分局\"")];

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void The_first_row_names_the_columns_and_the_second_one_explains_them(string code)
    {
        var form = Form.Find(code)!;
        var text = Encoding.UTF8.GetString(BulkTemplate.WriteCsv(form, units));

        text.ShouldStartWith("\uFEFF");
        var lines = text.TrimStart('\uFEFF').Split("\r\n");
        lines[0].Split(',').ShouldBe(Sheet.Head(code));
        lines[1].ShouldStartWith($"单位代码,单位名称,{form.Cells[0].Name},");
        lines[2].ShouldStartWith("360922201,马步乡,,");
        lines[3].ShouldStartWith("360922-gaj,\"'=公安局,\"\"一分局\"\"\",,", Case.Sensitive, "a name must not become a formula");
    }

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void The_Excel_file_is_valid_and_stays_in_sight(string code)
    {
        var file = BulkTemplate.WriteExcel(Form.Find(code)!, units);

        using var document = SpreadsheetDocument.Open(new MemoryStream(file), false);
        new OpenXmlValidator().Validate(document).Select(e => $"{e.Path?.XPath}: {e.Description}").ShouldBeEmpty();
        using var archive = new ZipArchive(new MemoryStream(file));
        using var reader = new StreamReader(archive.Entries.Single(e => e.FullName.Contains("worksheets/", StringComparison.Ordinal)).Open());
        var xml = reader.ReadToEnd();
        xml.ShouldContain("xSplit=\"2\" ySplit=\"2\"");
        xml.ShouldContain("state=\"frozen\"");
        xml.ShouldContain(">360922-gaj<");
        xml.ShouldContain(">=公安局,\"一分局\"<", Case.Sensitive, "a text is a text here");
    }

    [Theory]
    [InlineData("2019", "text/csv")]
    [InlineData("2021", "text/csv")]
    [InlineData("2019", BulkTemplate.ExcelMediaType)]
    [InlineData("2021", BulkTemplate.ExcelMediaType)]
    public void Filled_in_it_is_read_again(string code, string mediaType)
    {
        var form = Form.Find(code)!;
        var csv = mediaType == BulkTemplate.CsvMediaType;
        Seeded.Run(5, random =>
        {
            var reports = units.Take(1).ToDictionary(u => u.Unit, _ => RandomReport.Consistent(code, random));
            var file = csv ? Sheet.FillCsv(BulkTemplate.WriteCsv(form, units.Take(1)), reports) : Sheet.FillExcel(BulkTemplate.WriteExcel(form, units), reports);

            var row = BulkSheet.Read(file, mediaType, form).Value!.Rows.ShouldHaveSingleItem();

            row.Errors.ShouldBeEmpty();
            (row.Row, row.Unit, row.Name).ShouldBe((3, "360922201", "马步乡"));
            row.Submission!.Figures.Values.ShouldBe(reports["360922201"].Figures.Values);
            row.Submission.Prose[0].ShouldBe("总体情况正文，含“引号”、逗号, 和\n换行。");
        });
    }

    [Theory]
    [InlineData("text/csv")]
    [InlineData(BulkTemplate.ExcelMediaType)]
    public void Untouched_every_row_of_it_is_refused_as_empty(string mediaType)
    {
        var form = Form.Find("2021")!;
        var file = mediaType == BulkTemplate.CsvMediaType ? BulkTemplate.WriteCsv(form, units) : BulkTemplate.WriteExcel(form, units);

        BulkSheet.Read(file, mediaType, form).Value!.Rows.SelectMany(r => r.Errors).Select(e => e.Code).ShouldBe(["empty_row", "empty_row"]);
    }

    static RosterLine Line(string unit, string name) =>
        new(unit, name, "township", true, "missing", false, new DateOnly(2022, 1, 31), null, null, 0, null, null, null, new FindingCounts(0, 0, 0));
}
