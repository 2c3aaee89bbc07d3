using System.Text;
using Aggregator.Documents.Reading;
using static Aggregator.Testing.WordFile;

namespace Aggregator.Documents.Tests.Reading;

/// <summary>PDF files as office programs make them: by LibreOffice from a Word file, and by hand where it is about the file itself.</summary>
public class PdfSourceTests
{
    const string Borders = """
        <w:tblPr><w:tblW w:w="8000" w:type="dxa"/><w:tblBorders><w:top w:val="single" w:sz="4"/><w:left w:val="single" w:sz="4"/><w:bottom w:val="single" w:sz="4"/><w:right w:val="single" w:sz="4"/>
        <w:insideH w:val="single" w:sz="4"/><w:insideV w:val="single" w:sz="4"/></w:tblBorders></w:tblPr><w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/></w:tblGrid>
        """;

    [Fact]
    public async Task A_ruled_table_comes_back_with_its_spans_and_texts()
    {
        static string Cell(string text, string properties = "", int width = 2000) => $"<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{properties}</w:tcPr>{Paragraph(text)}</w:tc>";
        var table = $"""
            <w:tbl>{Borders}<w:tr>{Cell("信息内容", "<w:vMerge w:val=\"restart\"/>")}{Cell("法人或其他组织", "<w:gridSpan w:val=\"2\"/>", 4000)}{Cell("总计", "<w:vMerge w:val=\"restart\"/>")}</w:tr>
            <w:tr>{Cell("", "<w:vMerge/>")}{Cell("商业企业")}{Cell("科研机构")}{Cell("", "<w:vMerge/>")}</w:tr>
            <w:tr>{Cell("要求行政机关确认或重新出具已获取信息的申请")}{Cell("1")}{Cell("")}{Cell("27642000")}</w:tr></w:tbl>
            """;

        var document = await ReadAsync(Paragraph("表三") + table + Paragraph("后文"));

        document.MediaType.ShouldBe("application/pdf");
        document.ShouldNotOverlap();
        document.Show().Select(l => l.Replace("¶", "", StringComparison.Ordinal)).ShouldBe(["表三", "| 2x1 信息内容 | 1x2 法人或其他组织 | 2x1 总计", "| 商业企业 | 科研机构",
            "| 要求行政机关确认或重新出具已获取信息的申请 | 1 |  | 27642000", "后文"]);
        document.Blocks.Select(b => b.Where).ShouldBe(["第1页", "第1页第1个表格", "第1页"]);
    }

    [Fact]
    public async Task Lines_are_joined_into_paragraphs_and_page_numbers_are_not_there()
    {
        var first = "　　" + string.Concat(Enumerable.Range(1, 160).Select(i => $"第{i}项工作已经完成，"));
        var second = "　　本年度没有收到政府信息公开申请。";
        var footer = Part("ftr", """<w:p><w:r><w:t>— </w:t></w:r><w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple><w:r><w:t> —</w:t></w:r></w:p>""");
        var relations = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="f" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/></Relationships>""";
        var types = """
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
            <Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
            <Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/></Types>
            """;
        const string Section = """
            <w:sectPr><w:footerReference w:type="default" r:id="f" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1985" w:left="1588"/></w:sectPr>
            """;

        var document = await ReadAsync(Paragraph(first).Replace("<w:t ", "<w:rPr><w:sz w:val=\"32\"/></w:rPr><w:t ", StringComparison.Ordinal) + Paragraph(second) + Paragraph(second) + Section,
            ("word/footer1.xml", footer), ("word/_rels/document.xml.rels", relations), ("[Content_Types].xml", types));

        document.Show().Select(l => l.Trim('　')).ShouldBe([first.Trim('　'), second.Trim('　'), second.Trim('　')]);
        document.Blocks.Select(b => b.Where).ShouldBe(["第1页", "第3页", "第3页"]);
    }

    [Fact]
    public async Task Without_a_text_layer_it_is_refused() =>
        (await Shown.RefusalAsync(Pdf("0 0 m 100 100 l S"))).ShouldBe("no_text_layer");

    [Fact]
    public async Task A_word_that_begins_in_a_table_and_ends_beside_it_is_both()
    {
        var rulings = string.Concat(new[] { 100, 150, 200 }.Select(x => $"{x} 600 m {x} 700 l S ")) + string.Concat(new[] { 600, 650, 700 }.Select(y => $"100 {y} m 200 {y} l S "));

        (await Shown.ReadAsync(Pdf($"{rulings}BT /F 20 Tf 140 670 Td (aaaaaaaaaa) Tj ET"))).Show().ShouldContain(l => l.Contains("aaaa", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_text_without_rulings_is_lines_with_tabs_between_columns() =>
        (await Shown.ReadAsync(Pdf("BT /F 12 Tf 50 700 Td (Rules) Tj 200 0 Td (12) Tj 100 0 Td (0) Tj -300 -20 Td (Fees paid) Tj 200 0 Td (1.5) Tj ET"))).Show()
            .ShouldBe(["Rules\t12\t0", "Fees paid\t1.5"]);

    [Fact]
    public async Task With_a_password_it_is_refused() =>
        (await Shown.RefusalAsync(Pdf("0 0 m S", $"/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -44 /O <{new string('1', 64)}> /U <{new string('2', 64)}> >>"))).ShouldBe("encrypted_file");

    [Theory]
    [InlineData("%PDF-1.4\nnothing")]
    [InlineData("%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R >>\nendobj\ntrailer << /Root 1 0 R >>")]
    public async Task A_broken_one_is_refused(string content) => (await Shown.RefusalAsync(Encoding.ASCII.GetBytes(content))).ShouldBeOneOf("damaged_file", "no_text_layer");

    static async Task<SourceDocument> ReadAsync(string body, params (string Name, string Xml)[] parts)
    {
        var pdf = await LibreOffice.ConvertAsync(Of(body, parts), "docx", "pdf", TestContext.Current.CancellationToken);
        pdf.Refusal.ShouldBeNull();
        return await Shown.ReadAsync(pdf.Value!);
    }

    /// <summary>A file of one page with the given drawing.</summary>
    internal static byte[] Pdf(string content, string trailer = "")
    {
        var text = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>();
        foreach (var item in new[]
        {
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
            $"<< /Length {content.Length} >>\nstream\n{content}\nendstream", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        })
        {
            offsets.Add(text.Length);
            text.Append(null, $"{offsets.Count} 0 obj\n{item}\nendobj\n");
        }

        var start = text.Length;
        text.Append(null, $"xref\n0 6\n0000000000 65535 f \n{string.Concat(offsets.Select(o => $"{o:D10} 00000 n \n"))}trailer\n<< /Size 6 /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
