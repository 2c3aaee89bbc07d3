using Aggregator.Documents.Reading;
using Aggregator.Testing;

namespace Aggregator.Documents.Tests.Reading;

public class ExcelSourceTests
{
    const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    [Fact]
    public async Task A_sheet_is_headings_and_tables_with_merged_cells()
    {
        var document = await Shown.ReadAsync(File($"""
            {Row(1, "马步乡2021年政府信息公开工作年度报告")}{Row(2, "一、总体情况")}{Row(3, "第一段&#10;第二段")}
            {Row(5, "二、主动公开")}{Row(6, "信息内容", "本年", "", "现行")}{Row(7, "", "制发", "废止", "有效")}
            <row r="8"><c r="A8" t="inlineStr"><is><t>规章</t></is></c><c r="B8"><v>0</v></c><c r="D8"><v>59237.244899999998</v></c></row>{Row(9, "注：无")}
            """, "A1:D1", "A6:A7", "B6:C6", "D6:D6"));

        document.MediaType.ShouldBe("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        document.ShouldNotOverlap();
        document.Show().ShouldBe(["马步乡2021年政府信息公开工作年度报告", "一、总体情况", "第一段", "第二段", "二、主动公开",
            "| 2x1 信息内容 | 1x2 本年 | 现行", "| 制发 | 废止 | 有效", "| 规章 | 0 |  | 59237.2449", "注：无"]);
    }

    [Fact]
    public async Task Absurd_merges_do_no_harm()
    {
        var document = await Shown.ReadAsync(File(Row(1, "甲", "乙") + Row(2, "1", "2"), "A1:A1048576", "B1:XFD1", "B9:A1", "nonsense", "A1:B2"));

        document.Blocks.OfType<SourceTable>().Single().Fields.Length.ShouldBeLessThan(1000);
    }

    [Fact]
    public async Task Hidden_sheets_are_not_read() =>
        (await Shown.ReadAsync(Sheet.Excel(Row(1, "看得见", "1"), parts: ("xl/workbook.xml", $"""
            <workbook xmlns="{Main}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>
            <sheet name="a" sheetId="1" state="hidden" r:id="rId9"/><sheet name="b" sheetId="2" r:id="rId1"/></sheets></workbook>
            """)))).Show().ShouldBe(["| 看得见 | 1"]);

    static byte[] File(string rows, params string[] merges) => Sheet.Excel("", parts: ("xl/worksheets/sheet1.xml",
        $"""<worksheet xmlns="{Main}"><sheetData>{rows}</sheetData><mergeCells>{string.Concat(merges.Select(m => $"<mergeCell ref=\"{m}\"/>"))}</mergeCells></worksheet>"""));

    static string Row(int row, params string[] texts) => $"<row r=\"{row}\">{Sheet.TextCells(row, texts).Replace("&amp;#10;", "&#10;", StringComparison.Ordinal)}</row>";
}
