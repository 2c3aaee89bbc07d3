using Aggregator.Documents.Reading;
using static Aggregator.Testing.WordFile;

namespace Aggregator.Documents.Tests.Reading;

public class WordSourceTests
{
    [Theory]
    [InlineData("""<w:r><w:t>甲</w:t><w:tab/><w:t xml:space="preserve"> 乙</w:t></w:r>""", "甲\t 乙")]
    [InlineData("""<w:r><w:t>甲</w:t><w:softHyphen/><w:noBreakHyphen/><w:t>乙&#xAD;丙&#x200B;</w:t></w:r>""", "甲-乙丙")]
    [InlineData("""<w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>此</w:t></w:r></w:moveFrom>""", "新")]
    [InlineData("""<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>露</w:t></w:r>""", "露")]
    [InlineData("""<w:r><w:rPr><w:strike/></w:rPr><w:t>9</w:t></w:r><w:r><w:t>12</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>""", "12²")]
    [InlineData("""<w:r><w:rPr><w:rStyle w:val="Hidden2"/></w:rPr><w:t>藏</w:t></w:r><w:r><w:t>露</w:t></w:r>""", "露")]
    [InlineData("""<w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink><w:fldSimple w:instr="DATE"><w:r><w:t>2022</w:t></w:r></w:fldSimple><w:smartTag><w:r><w:t>年</w:t></w:r></w:smartTag>""", "链接2022年")]
    [InlineData("""<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>单击此处</w:t></w:r></w:sdtContent></w:sdt><w:sdt><w:sdtContent><w:r><w:t>填了</w:t></w:r></w:sdtContent></w:sdt>""", "填了")]
    [InlineData("""<w:r><w:ruby><w:rt><w:r><w:t>yin</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>字</w:t></w:r></w:rubyBase></w:ruby></w:r>""", "字")]
    [InlineData("""<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:font="Symbol" w:char="F031"/><w:sym w:font="宋体" w:char="2460"/></w:r>""", "☑1①")]
    public async Task A_paragraph_is_what_a_reader_sees(string runs, string expected) =>
        (await Shown.ReadAsync(Of($"<w:p>{runs}</w:p>", ("word/styles.xml", Part("styles", """
            <w:style w:styleId="Hidden"><w:rPr><w:vanish/></w:rPr></w:style><w:style w:styleId="Hidden2"><w:basedOn w:val="Hidden"/></w:style>
            """))))).Show().ShouldBe([expected]);

    [Fact]
    public async Task Of_a_field_only_the_result_is_seen_also_where_fields_are_within_each_other()
    {
        var (begin, separate, end) = (Mark("begin"), Mark("separate"), Mark("end"));
        var inner = $"{begin}<w:r><w:instrText>PAGE</w:instrText></w:r>{separate}{Run("7")}{end}";

        (await Shown.ReadAsync(Of($"<w:p>{Run("前")}{begin}{inner}{Run("IF")}{separate}{Run("果")}{inner}{end}{Run("后")}</w:p>"))).Show().ShouldBe(["前果7后"]);
    }

    [Fact]
    public async Task Line_breaks_end_paragraphs_and_a_deleted_end_joins_them() =>
        (await Shown.ReadAsync(Of("""
            <w:p><w:r><w:t>一</w:t><w:br/><w:t>二</w:t></w:r></w:p><w:p/>
            <w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr><w:r><w:t>前半</w:t></w:r></w:p><w:p><w:r><w:t>后半</w:t></w:r></w:p>
            """))).Show().ShouldBe(["一", "二", "前半后半"]);

    [Fact]
    public async Task A_text_box_follows_its_paragraph_once_though_it_stands_in_the_file_twice() =>
        (await Shown.ReadAsync(Of($"""
            <w:p>{Run("正")}<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>{Paragraph("框")}</w:txbxContent></wps:txbx></w:drawing></mc:Choice>
            <mc:Fallback><w:pict><v:textbox><w:txbxContent>{Paragraph("框")}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>{Run("文")}</w:p>
            <w:p><w:r><w:pict><v:textbox><w:txbxContent>{Paragraph("旧框")}</w:txbxContent></v:textbox></w:pict></w:r></w:p>
            """))).Show().ShouldBe(["正文", "框", "旧框"]);

    [Fact]
    public async Task Footnotes_come_last_and_their_marks_are_not_there()
    {
        var document = await Shown.ReadAsync(Of(
            $"""<w:p>{Run("55")}<w:r><w:footnoteReference w:id="2"/></w:r>{Run("件")}</w:p>{Paragraph("后文")}""",
            ("word/footnotes.xml", Part("footnotes", $"""<w:footnote w:id="0">{Paragraph("线")}</w:footnote><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>{Run(" 含自然失效29件")}</w:p></w:footnote>"""))));

        document.Show().ShouldBe(["55件", "后文", "注：含自然失效29件"]);
        document.Blocks.Select(b => b.Where).ShouldBe(["第1段", "第2段", "脚注"]);
    }

    [Fact]
    public async Task Automatic_numbers_are_there_as_in_Word()
    {
        static string Level(int at, string format, string text, string more = "") =>
            $"""<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{format}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>""";
        static string Numbered(string text, int level, int id = 1) =>
            $"""<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{id}"/></w:numPr></w:pPr>{Run(text)}</w:p>""";
        var numbering = Part("numbering", $"""
            <w:abstractNum w:abstractNumId="5">{Level(0, "chineseCountingThousand", "%1、")}{Level(1, "chineseCounting", "（%2）")}{Level(2, "decimal", "%1.%3", "<w:isLgl/>")}{Level(3, "bullet", "·")}</w:abstractNum>
            <w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>
            <w:num w:numId="2"><w:abstractNumId w:val="5"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="6"/></w:lvlOverride></w:num>
            """);
        var styles = Part("styles", """
            <w:style w:styleId="H"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style><w:style w:styleId="H1"><w:basedOn w:val="H"/></w:style>
            """);
        var body = Numbered("总体情况", 0) + Numbered("主动公开", 1) + Numbered("依申请公开", 1) + Numbered("甲", 2) + Numbered("点", 3)
            + $"""<w:p><w:pPr><w:pStyle w:val="H1"/></w:pPr>{Run("主动公开情况")}</w:p>""" + Numbered("又", 1)
            + $"""<w:p><w:pPr><w:pStyle w:val="H1"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr>{Run("没有")}</w:p>"""
            + Numbered("其他", 0, 2) + Table(["x", "y"]).Replace(Paragraph("x"), Numbered("申请", 1), StringComparison.Ordinal);

        (await Shown.ReadAsync(Of(body, ("word/numbering.xml", numbering), ("word/styles.xml", styles)))).Show()
            .ShouldBe(["一、总体情况", "（一）主动公开", "（二）依申请公开", "1.1 甲", "点", "二、主动公开情况", "（一）又", "没有", "六、其他", "| （一）申请 | y"]);
    }

    [Fact]
    public async Task A_table_keeps_its_spans_and_leaves_out_what_is_deleted()
    {
        static string Cell(string text, string properties = "") => $"<w:tc><w:tcPr>{properties}</w:tcPr>{Paragraph(text)}</w:tc>";
        var document = await Shown.ReadAsync(Of($"""
            <w:tbl><w:tr>{Cell("信息内容", """<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>""")}{Cell("法人", """<w:gridSpan w:val="2"/>""")}</w:tr>
            <w:tr>{Cell("", """<w:gridSpan w:val="2"/><w:vMerge/>""")}{Cell("商业")}{Cell("科研")}</w:tr>
            <w:sdt><w:sdtContent><w:tr><w:sdt><w:sdtContent>{Cell("三")}</w:sdtContent></w:sdt>{Cell("（一）")}{Cell("1")}{Cell("2")}</w:tr></w:sdtContent></w:sdt>
            <w:tr><w:trPr><w:del w:id="1"/></w:trPr>{Cell("删")}{Cell("9")}</w:tr>
            <w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>{Cell("横", "<w:hMerge w:val=\"restart\"/>")}{Cell("", "<w:hMerge/>")}<w:tc><w:p>{Run("12")}</w:p><w:p>{Run("（注）")}</w:p></w:tc></w:tr></w:tbl>
            """));

        document.Show().ShouldBe(["| 2x2 信息内容 | 1x2 法人", "| 商业 | 科研", "| 三 | （一） | 1 | 2", "| 1x2 横 | 12¶（注）"]);
        document.ShouldNotOverlap();
        ((SourceTable)document.Blocks.Single()).Fields[^1].Column.ShouldBe(3);
    }

    [Fact]
    public async Task A_table_that_holds_tables_only_lays_out_the_page()
    {
        var document = await Shown.ReadAsync(Of($"""
            {Paragraph("题")}<w:tbl><w:tr><w:tc>{Paragraph("左")}{Table(["甲", "1"])}{Paragraph("中")}</w:tc><w:tc><w:tbl><w:tr><w:tc>{Table(["乙", "2"])}<w:p/></w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr></w:tbl>
            <w:tbl><w:tr><w:tc>{Paragraph("独格")}{Paragraph("两段")}</w:tc></w:tr></w:tbl>
            """));

        document.Show().ShouldBe(["题", "左", "| 甲 | 1", "中", "| 乙 | 2", "独格", "两段"]);
        document.Blocks.Select(b => b.Where).ShouldBe(["第1段", "第2段", "第1个表格", "第3段", "第2个表格", "第4段", "第5段"]);
    }

    [Fact]
    public async Task A_strict_file_reads_the_same() =>
        (await Shown.ReadAsync(Of("", ("word/document.xml", Document(Paragraph("严") + Table(["甲", "1"])).Replace("http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main", StringComparison.Ordinal)),
            ("_rels/.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/word/document.xml"/></Relationships>"""))))
            .Show().ShouldBe(["严", "| 甲 | 1"]);

    [Fact]
    public async Task A_document_embedded_and_not_yet_merged_is_refused() =>
        (await Shown.RefusalAsync(Of($"""{Paragraph("一")}<w:altChunk w:id="x"/>"""))).ShouldBe("embedded_document");

    static string Mark(string type) => $"""<w:r><w:fldChar w:fldCharType="{type}"/></w:r>""";
}
