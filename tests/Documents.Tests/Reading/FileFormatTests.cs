using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Aggregator.Documents.Reading;
using Aggregator.Testing;

namespace Aggregator.Documents.Tests.Reading;

/// <summary>A whole report with both formats' real tables, in each kind of file, gives the same figures.</summary>
public class FileFormatTests
{
    public static TheoryData<string, string> Formats => new(
        from form in new[] { "2019", "2021" } from format in new[] { "docx", "html", "xlsx", "pdf", "doc", "odt", "rtf", "docx of html", "mht", "mht of base64", "xml of Word 2003", "xml of a package" } select (form, format));

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Every_figure_is_read_whatever_the_file(string formCode, string format)
    {
        var random = new Random(formCode.Length + format.Length);
        var report = RandomReport.Consistent(formCode, random);
        var paper = new PaperReport(report.Form, cell => report.Figures[cell], random) { Year = formCode == "2019" ? 2020 : 2021 };
        var file = await WriteAsync(paper.Write(PaperStyle.Grid), format);
        var clock = Stopwatch.StartNew();

        var document = await Shown.ReadAsync(file);
        var read = clock.ElapsedMilliseconds;
        ReportReader.Read(document).Is(out var reading, out var refusal).ShouldBeTrue(refusal?.Detail);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{formCode} {format}: {file.Length / 1024} kB, source {read} ms, report {clock.ElapsedMilliseconds - read} ms"));
        document.ShouldNotOverlap();
        reading.Form.ShouldBe(report.Form);
        reading.Year.ShouldBe(paper.Year);
        string[] wrong = [.. report.Form.Cells.Where(c => reading.Figures[c] != report.Figures[c]).Select(c => $"{c.Path}: {reading.Figures[c]} instead of {report.Figures[c]}")];
        wrong.ShouldBeEmpty(string.Join('\n', reading.Remarks.Take(5).Select(r => r.Message).Concat(document.Show().Take(60))));
    }

    static async Task<byte[]> WriteAsync(SourceDocument document, string format) => format switch
    {
        "docx" => Word(document),
        "html" => Encoding.UTF8.GetBytes(Html(document)),
        "xlsx" => Excel(document),
        "mht" => Mail("quoted-printable", string.Concat(Encoding.UTF8.GetBytes(Html(document)).Select((b, i) =>
            (i % 70 == 69 ? "=\r\n" : "") + (b is (byte)'=' or > 126 ? $"={b:X2}" : ((char)b).ToString())))),
        "mht of base64" => Mail("base64", Convert.ToBase64String(CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!.GetBytes(Html(document).Replace("utf-8", "gb2312", StringComparison.Ordinal)),
            Base64FormattingOptions.InsertLineBreaks)),
        "xml of Word 2003" => WordXml(Encoding.UTF8.GetString(SourceFileTests.Parts(Word(document)).Single(p => p.Name == "word/document.xml").Content)
            .Replace("w:document", "w:wordDocument", StringComparison.Ordinal).Replace("vMerge", "vmerge", StringComparison.Ordinal)
            .Replace("http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://schemas.microsoft.com/office/word/2003/wordml", StringComparison.Ordinal)
            .Replace("<w:body>", "<w:body><wx:sect xmlns:wx=\"x\">", StringComparison.Ordinal).Replace("</w:body>", "</wx:sect></w:body>", StringComparison.Ordinal)),
        "xml of a package" => WordXml($"<pkg:package xmlns:pkg=\"x\">{string.Concat(SourceFileTests.Parts(Word(document)).Select(p =>
            $"<pkg:part pkg:name=\"/{p.Name}\"><pkg:xmlData>{Encoding.UTF8.GetString(p.Content)}</pkg:xmlData></pkg:part>"))}</pkg:package>"),
        "docx of html" => Word(await Shown.ReadAsync(Encoding.UTF8.GetBytes(Html(document)))),
        _ => (await LibreOffice.ConvertAsync(Word(document), "docx", format, TestContext.Current.CancellationToken)).Value!,
    };

    /// <summary>Word's XML in a file of its own.</summary>
    internal static byte[] WordXml(string root) =>
        Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<?mso-application progid=\"Word.Document\"?>\r\n{root}");

    /// <summary>A page as a browser saves it in one file, with a picture before it.</summary>
    internal static byte[] Mail(string encoding, string page) => Encoding.Latin1.GetBytes($"""
        From: <Saved by Blink>
        Subject: =?utf-8?Q?=E5=B9=B4=E6=8A=A5?=
        MIME-Version: 1.0
        Content-Type: multipart/related;
        	type="text/html";
        	boundary="----=_NextPart_01"


        ------=_NextPart_01
        Content-Type: image/gif
        Content-Transfer-Encoding: base64

        R0lGODlhAQABAAAAACw=
        ------=_NextPart_01
        Content-Type: text/html; charset="utf-8"
        Content-Transfer-Encoding: {encoding}


        """.ReplaceLineEndings("\r\n") + $"{page}\r\n------=_NextPart_01--\r\n");

    static byte[] Word(SourceDocument document) => WordFile.Of(string.Concat(document.Blocks.Select(block => block switch
    {
        SourceTable table => Table(table) + "<w:p/>",
        SourceParagraph paragraph => Paragraph(paragraph.Text, 32),
        _ => "",
    })) + """<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1985" w:left="1588"/></w:sectPr>""");

    static string Paragraph(string text, int size) =>
        $"<w:p><w:r><w:rPr><w:sz w:val=\"{size}\"/></w:rPr><w:t xml:space=\"preserve\">{WebUtility.HtmlEncode(text)}</w:t></w:r></w:p>";

    static string Table(SourceTable table)
    {
        var columns = table.Fields.Max(f => f.Column + f.ColumnSpan);
        var width = 8800 / columns;
        var rows = Enumerable.Range(0, table.Fields.Max(f => f.Row + f.RowSpan)).Select(row => string.Concat(
            table.Fields.Where(f => f.Row <= row && row < f.Row + f.RowSpan).OrderBy(f => f.Column).Select(f => string.Create(CultureInfo.InvariantCulture, $"""
                <w:tc><w:tcPr><w:tcW w:w="{width * f.ColumnSpan}" w:type="dxa"/><w:gridSpan w:val="{f.ColumnSpan}"/>{(f.RowSpan == 1 ? "" : f.Row == row ? "<w:vMerge w:val=\"restart\"/>" : "<w:vMerge/>")}
                <w:vAlign w:val="center"/></w:tcPr>{(f.Row == row ? Paragraph(f.Text, 18) : "<w:p/>")}</w:tc>
                """))));
        return $"""
            <w:tbl><w:tblPr><w:tblW w:w="{width * columns}" w:type="dxa"/><w:tblBorders><w:top w:val="single" w:sz="4"/><w:left w:val="single" w:sz="4"/><w:bottom w:val="single" w:sz="4"/>
            <w:right w:val="single" w:sz="4"/><w:insideH w:val="single" w:sz="4"/><w:insideV w:val="single" w:sz="4"/></w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>
            <w:tblGrid>{string.Concat(Enumerable.Repeat($"<w:gridCol w:w=\"{width}\"/>", columns))}</w:tblGrid>{string.Concat(rows.Select(r => $"<w:tr>{r}</w:tr>"))}</w:tbl>
            """;
    }

    /// <summary>A published page, with the site's frame around the report.</summary>
    static string Html(SourceDocument document) => $"""
        <!DOCTYPE html><html><head><meta charset="utf-8"><title>政府信息公开</title></head><body><nav>首页</nav><table><tr><td>某县人民政府网站</td></tr><tr><td>当前位置：首页 &gt; 年报<div>
        {string.Concat(document.Blocks.Select(block => block switch
        {
            SourceTable table => $"<table>{string.Concat(Enumerable.Range(0, table.Fields.Max(f => f.Row + f.RowSpan)).Select(row => "<tr>" + string.Concat(table.Fields.Where(f => f.Row == row)
                .OrderBy(f => f.Column).Select(f => $"<td rowspan={f.RowSpan} colspan={f.ColumnSpan}><p><span>{WebUtility.HtmlEncode(f.Text)}</span></p></td>"))))}</table>",
            SourceParagraph paragraph => $"<p>{WebUtility.HtmlEncode(paragraph.Text)}</p>",
            _ => "",
        }))}
        </div></td></tr><tr><td>主办：某县人民政府 备案号：赣ICP备12345号</td></tr></table></body></html>
        """;

    static byte[] Excel(SourceDocument document)
    {
        var (rows, merges, row) = (new StringBuilder(), new StringBuilder(), 1);
        foreach (var block in document.Blocks)
        {
            SourceField[] fields = block is SourceTable table ? [.. table.Fields] : [new SourceField(0, 0, 1, 1, ((SourceParagraph)block).Text)];
            foreach (var line in fields.GroupBy(f => f.Row).OrderBy(g => g.Key))
            {
                rows.Append(null, $"<row r=\"{row + line.Key}\">{string.Concat(line.OrderBy(f => f.Column).Select(f => Cell(f, row + f.Row)))}</row>");
            }

            foreach (var field in fields.Where(f => f.RowSpan > 1 || f.ColumnSpan > 1))
            {
                merges.Append(null, $"<mergeCell ref=\"{Sheet.Letters(field.Column)}{row + field.Row}:{Sheet.Letters(field.Column + field.ColumnSpan - 1)}{row + field.Row + field.RowSpan - 1}\"/>");
            }

            row += fields.Max(f => f.Row + f.RowSpan) + (block is SourceTable ? 1 : 0);
        }

        return Sheet.Excel("", parts: ("xl/worksheets/sheet1.xml",
            $"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells></worksheet>"""));
    }

    static string Cell(SourceField field, int row) => decimal.TryParse(field.Text, CultureInfo.InvariantCulture, out var number)
        ? string.Create(CultureInfo.InvariantCulture, $"<c r=\"{Sheet.Letters(field.Column)}{row}\"><v>{number}</v></c>")
        : field.Text.Length == 0 ? "" : Sheet.TextCell($"{Sheet.Letters(field.Column)}{row}", field.Text).ToString(System.Xml.Linq.SaveOptions.DisableFormatting);
}
