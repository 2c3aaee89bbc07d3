using System.Globalization;
using System.IO.Compression;
using System.Text;
using Aggregator.Documents.Reading;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Documents.Tests.Reading;

/// <summary>Excel files as <see cref="BulkSheet"/> meets them: real ones with their peculiarities, and hostile ones.</summary>
public class ExcelSheetTests
{
    const string Excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    const string Unit = "360922201";
    const string Fees = "disclosure.fees.amount";
    const string Worksheet = "xl/worksheets/sheet1.xml";

    static readonly Form form2021 = Form.Find("2021")!;
    static readonly string[] head = Sheet.Head("2021");

    [Theory]
    [InlineData("<v>12</v>", "12")]
    [InlineData("<v>59237.244899999998</v>", "59237.2449")]
    [InlineData("<v>0.30000000000000004</v>", "0.3")]
    [InlineData("<v>2.7642E7</v>", "27642000")]
    [InlineData("<v>999999999999999</v>", "999999999999999")]
    [InlineData("<v>0</v>", "0")]
    [InlineData("<v>-0</v>", "0")]
    [InlineData("<f>6+6</f><v>12</v>", "12")]
    [InlineData(" t='s'|<v>0</v>", "12")]
    [InlineData(" t='str'|<f>x</f><v>12</v>", "12")]
    [InlineData(" t='inlineStr'|<is><r><t>1</t></r><r><t>2</t></r><rPh sb='0' eb='1'><t>9</t></rPh></is>", "12")]
    [InlineData(" s='3'|<v>12</v>", "12")]
    [InlineData(" s='1'|", null)]
    [InlineData(" t='s'|<v>1</v>", null)]
    [InlineData("", null)]
    public void A_number_is_the_one_that_the_clerk_sees(string cell, string? expected)
    {
        var row = Read(Sheet.Excel(Rows(Fees, cell))).Rows.ShouldHaveSingleItem();

        row.Errors.ShouldBeEmpty();
        row.Submission!.Figures[form2021.FindCell(Fees)!].ShouldBe(expected is null ? null : decimal.Parse(expected, CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("<v>1E-30</v>", "not_a_number", "1E-30")]
    [InlineData("<v>1E+20</v>", "not_a_number", "1E+20")]
    [InlineData("<v>1000000000000000000</v>", "not_a_number", "1E+18")]
    [InlineData("<v>1e999</v>", "not_a_number", "Infinity")]
    [InlineData(" t='b'|<v>1</v>", "not_a_number", "TRUE")]
    [InlineData(" t='e'|<v>#REF!</v>", "excel_error", "#REF!")]
    [InlineData("<f>SUM(A1:A9)</f>", "excel_error", "没有结果的公式")]
    [InlineData(" s='1'|<v>44563</v>", "date_as_number", "2022-01-02")]
    [InlineData(" s='2'|<v>44563</v>", "date_as_number", "2022-01-02")]
    [InlineData(" t='d'|<v>2022-01-02</v>", "date_as_number", "2022-01-02")]
    [InlineData(" t='inlineStr'|<is><t>１２</t></is>", "not_a_number", "１２")]
    [InlineData(" t='inlineStr'|<is><t>1,234</t></is>", "not_a_number", "1,234")]
    [InlineData(" t='inlineStr'|<is><t>/</t></is>", "not_a_number", "/")]
    public void What_is_no_number_is_refused_with_its_text_and_place(string cell, string code, string shown)
    {
        var sheet = Read(Sheet.Excel(Rows(Fees, cell)));

        var error = sheet.Rows.Single().Errors.ShouldHaveSingleItem();
        error.Code.ShouldBe(code);
        error.Detail.ShouldContain($"“{(code == "excel_error" && shown.StartsWith('没') ? $"（{shown}）" : shown)}”");
        sheet.Locate(2, error).Cell.ShouldBe($"{Sheet.Letters(Array.IndexOf(head, Fees))}2");
    }

    [Theory]
    [InlineData("<v>44581</v>", " s='1'", "<workbookPr/>")]
    [InlineData("<v>43119</v>", " s='1'", "<workbookPr date1904='1'/>")]
    [InlineData("<is><t>2022/1/20</t></is>", " t='inlineStr'", "<workbookPr/>")]
    public void A_day_of_publication_may_be_a_date_of_Excel(string value, string attributes, string properties)
    {
        var file = Sheet.Excel(Rows("publishedAt", $"{attributes}|{value}"), parts: ("xl/workbook.xml", $"""
            <workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
            {properties}<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>
            """));

        Read(file).Rows.Single().Submission!.PublishedAt.ShouldBe(new DateOnly(2022, 1, 20));
    }

    [Fact]
    public void A_number_that_is_no_date_and_a_time_without_zone_are_not_guessed_at()
    {
        Read(Sheet.Excel(Rows("publishedAt", "<v>44581</v>"))).Rows.Single().Errors.Single().Code.ShouldBe("invalid_date");
        Read(Sheet.Excel(Rows("filedAt", " s='1'|<v>44581.5</v>"))).Rows.Single().Errors.Single().Code.ShouldBe("invalid_instant");
    }

    [Fact]
    public void A_code_that_Excel_has_made_a_number_is_still_the_code() =>
        Read(Sheet.Excel(Rows("unit", $"<v>{Unit}</v>"))).Rows.Single().Unit.ShouldBe(Unit);

    [Fact]
    public void Cells_without_an_address_stand_one_after_the_other()
    {
        var cells = string.Concat(head.Select(column => column switch
        {
            "unit" => $"<c><v>{Unit}</v></c>",
            "name" or "overview" or "problems" or "other" or "publishedAt" or "publishedUrl" or "filedAt" => "<c/>",
            Fees => "<c><v>1.5</v></c>",
            _ => "<c><v>0</v></c>",
        }));

        Read(Sheet.Excel($"<row>{Sheet.TextCells(1, head)}</row><row/><row>{cells}</row>")).Rows.Single()
            .Submission!.Figures[form2021.FindCell(Fees)!].ShouldBe(1.5m);
    }

    [Fact]
    public void Rows_keep_their_numbers() =>
        Read(Sheet.Excel(Rows(Fees, "<v>0</v>").Replace("2\"", "77\"", StringComparison.Ordinal).Replace("r='2'", "r='77'", StringComparison.Ordinal)))
            .Rows.Single().Row.ShouldBe(77);

    [Theory]
    [InlineData("<row r='2'/><row r='2'/>")]
    [InlineData("<row r='2'/><row r='1'/>")]
    [InlineData("<row r='2'><c r='A2'><v>1</v></c><c r='A2'><v>2</v></c></row>")]
    [InlineData("<row r='2'><c r='B2'><v>1</v></c><c r='A2'><v>2</v></c></row>")]
    [InlineData("<row r='2'><c r='A9'><v>1</v></c></row>")]
    [InlineData("<row r='2'><c r='AAAAAAAAAAAAAAAA2'><v>1</v></c></row>")]
    [InlineData("<row r='99999999999'/>")]
    [InlineData("<row r='2'><c r='A2' t='s'><v>99</v></c></row>")]
    [InlineData("<row r='2'><c r='A2' t='s'><v>-1</v></c></row>")]
    [InlineData("<row r='2'><c r='A2'><v>abc</v></c></row>")]
    [InlineData("<row r='2'><c r='A2' t='x'><v>1</v></c></row>")]
    [InlineData("<row r='2'><c r='A2'><v>1<b/></v></c></row>")]
    [InlineData("<row r='2'>")]
    public void A_sheet_that_contradicts_itself_is_refused(string rows) =>
        Refused(Sheet.Excel($"<row r='1'>{Sheet.TextCells(1, head)}</row>{rows}")).Code.ShouldBe("invalid_xlsx");

    [Fact]
    public void A_cell_beyond_all_columns_is_refused() =>
        Refused(Sheet.Excel("<row r='1'><c r='XFD1'><v>1</v></c></row>")).Code.ShouldBe("too_many_columns");

    [Theory]
    [InlineData(Worksheet, "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>&x;</t></is></c></row></sheetData></worksheet>")]
    [InlineData("xl/sharedStrings.xml", "<!DOCTYPE a [<!ENTITY x 'x'>]><sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><si><t>&x;</t></si></sst>")]
    [InlineData("xl/styles.xml", "<!DOCTYPE a [<!ENTITY x 'x'>]><styleSheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'/>")]
    [InlineData("xl/workbook.xml", "<!DOCTYPE a [<!ENTITY x 'x'>]><workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'/>")]
    [InlineData("[Content_Types].xml", "<!DOCTYPE a [<!ENTITY x 'x'>]><Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>")]
    [InlineData("_rels/.rels", "<!DOCTYPE a [<!ENTITY x 'x'>]><Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'/>")]
    public void A_dtd_is_refused_in_every_part(string part, string xml) => Refused(Sheet.Excel("", parts: (part, xml))).Code.ShouldBe("invalid_xlsx");

    [Fact]
    public void A_sheet_that_lies_outside_is_not_fetched() => Refused(Sheet.Excel("", parts: ("xl/_rels/workbook.xml.rels", """
        <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" TargetMode="External"
        Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="http://127.0.0.1:9/sheet1.xml"/></Relationships>
        """))).Code.ShouldBe("invalid_xlsx");

    [Fact]
    public void A_bomb_is_refused_before_anything_is_parsed()
    {
        var bomb = Sheet.Excel("", CompressionLevel.Fastest, (Worksheet, new string(' ', 200_000_000)));
        bomb.Length.ShouldBeLessThan(BulkSheet.MaxFileBytes);

        Refused(bomb).Code.ShouldBe("file_too_complex");
    }

    [Fact]
    public void A_bomb_that_states_a_small_size_is_refused_too()
    {
        var bomb = Sheet.Excel("", CompressionLevel.Fastest, (Worksheet, new string(' ', 200_000_000)));
        var size = BitConverter.GetBytes(Encoding.UTF8.GetByteCount(new string(' ', 200_000_000)));
        for (var at = bomb.AsSpan().IndexOf(size); at >= 0; at = bomb.AsSpan().IndexOf(size))
        {
            BitConverter.GetBytes(1000).CopyTo(bomb, at);
        }

        Refused(bomb).Code.ShouldBeOneOf("file_too_complex", "invalid_xlsx");
    }

    [Fact]
    public void A_file_of_a_thousand_parts_is_refused() =>
        Refused(Sheet.Excel("", parts: [.. Enumerable.Range(0, 1000).Select(i => ($"xl/media/{i}.xml", "<a/>"))])).Code.ShouldBe("file_too_complex");

    [Theory]
    [InlineData("PK\u0003\u0004 no archive")]
    [InlineData("unit,name")]
    [InlineData("")]
    public void What_is_no_archive_is_refused(string text) =>
        Refused(Encoding.UTF8.GetBytes(text)).Code.ShouldBe(text.Length == 0 ? "empty_file" : "invalid_xlsx");

    [Fact]
    public void An_old_or_encrypted_file_is_told_so() => Refused([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0]).Code.ShouldBe("unsupported_excel");

    [Fact]
    public void A_Word_file_is_refused() => Refused(WordFile.Of(WordFile.Paragraph("一"))).Code.ShouldBe("invalid_xlsx");

    [Theory]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.NoCompression)]
    public void A_damaged_file_is_read_or_refused_and_never_breaks_the_reader(CompressionLevel compression)
    {
        var whole = Sheet.Excel(Rows(Fees, " t='s'|<v>0</v>"), compression);

        Seeded.Run(400, random =>
        {
            var file = whole.ToArray();
            for (var i = random.Next(4); i >= 0; i--)
            {
                file[random.Next(file.Length)] = (byte)random.Next(256);
            }

            BulkSheet.Read(random.Next(4) == 0 ? file[..random.Next(1, file.Length)] : file, Excel, form2021);
        });
    }

    [Fact]
    public void A_change_in_any_part_is_read_or_refused_and_never_breaks_the_reader()
    {
        var whole = Sheet.Excel(Rows(Fees, " t='s'|<v>0</v>"));
        var parts = new Dictionary<string, string>();
        using (var archive = new ZipArchive(new MemoryStream(whole)))
        {
            foreach (var entry in archive.Entries)
            {
                using var text = new StreamReader(entry.Open());
                parts[entry.FullName] = text.ReadToEnd();
            }
        }

        // Archive checksums would hide most of the above from the parsers; here the archive is whole and its XML is not.
        const string Alphabet = "<>/\"'=: 0129Ars&;xX-";
        Seeded.Run(600, random =>
        {
            var (name, xml) = parts.ElementAt(random.Next(parts.Count));
            var text = new StringBuilder(xml);
            for (var i = random.Next(3); i >= 0; i--)
            {
                text[random.Next(text.Length)] = Alphabet[random.Next(Alphabet.Length)];
            }

            BulkSheet.Read(Sheet.Excel("", CompressionLevel.NoCompression, [.. parts.Where(p => p.Key != name).Select(p => (p.Key, p.Value)), (name, text.ToString())]), Excel, form2021);
        });
    }

    /// <summary>Head and one row of zeros in which a cell is <c> attributes|content</c>.</summary>
    static string Rows(string column, string cell)
    {
        var (attributes, content) = cell.Split('|') is [var a, var c] ? (a, c) : ("", cell);
        var cells = head.Select((name, i) => name == column ? $"<c r=\"{Sheet.Letters(i)}2\"{attributes}>{content}</c>"
            : name == "unit" ? Sheet.TextCells(2, [Unit])
            : form2021.FindCell(name) is null ? ""
            : $"<c r=\"{Sheet.Letters(i)}2\"><v>0</v></c>");
        return $"<row r='1'>{Sheet.TextCells(1, head)}</row><row r='2'>{string.Concat(cells)}</row>";
    }

    static BulkSheet Read(byte[] file)
    {
        var outcome = BulkSheet.Read(file, Excel, form2021);
        outcome.Refusal.ShouldBeNull(outcome.Refusal?.Detail);
        return outcome.Value!;
    }

    static Refusal Refused(byte[] file) => BulkSheet.Read(file, Excel, form2021).Refusal.ShouldNotBeNull();
}
