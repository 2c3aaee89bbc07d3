using Aggregator.Documents.Writing;
using Aggregator.Editions;
using Aggregator.Units;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;

namespace Aggregator.Documents.Tests.Writing;

/// <summary>The circular and the dunning letter as Word documents.</summary>
public class LetterTests
{
    [Fact]
    public void A_circular_has_its_parts_its_date_and_a_line_for_each_unit()
    {
        var circular = Circular.Of(ReportWordTests.Sample(), new ScoringTable(), []);
        using var document = Open(CircularWord.Write(circular));

        new OpenXmlValidator().Validate(document).ShouldBeEmpty();
        var text = document.MainDocumentPart!.Document.InnerText;
        text.ShouldContain("各乡镇人民政府、街道办事处，县直各有关单位：");
        text.ShouldContain("万载县人民政府办公室2022年2月10日");
        document.MainDocumentPart.Document.Descendants<DocumentFormat.OpenXml.Wordprocessing.TableRow>().Skip(1).Select(r => r.InnerText).ShouldBe(
            ["1马步乡2022年1月21日1处—10", "2教育局2022年1月21日—逾期报送−28", "3白水乡未报送—逾期未报送−55"]);
    }

    [Fact]
    public async Task A_letter_fits_on_one_page()
    {
        var letter = DunningLetter.Of(ReportWordTests.Sample(), "360922202", [new Contact("王某", Phone: "0795-0000000")]).Value.ShouldNotBeNull();
        var word = DunningLetterWord.Write(letter);
        using var document = Open(word);

        new OpenXmlValidator().Validate(document).ShouldBeEmpty();
        document.MainDocumentPart!.Document.InnerText.ShouldEndWith("万载县人民政府办公室2022年2月10日（联系人：王某，0795-0000000）");
        var pdf = (await LibreOffice.ConvertAsync(word, "docx", "pdf", default)).Value.ShouldNotBeNull();
        (await Poppler.ReadAsync(pdf)).Pages.ShouldBe(1);
    }

    [Fact]
    public void Without_a_contact_the_office_is_told_to_fill_it_in_and_a_mailed_letter_has_no_gap()
    {
        var letter = DunningLetter.Of(ReportWordTests.Sample(), "360922202", []).Value!;
        using var draft = Open(DunningLetterWord.Write(letter));
        using var mailed = Open(DunningLetterWord.Write(letter with { Contact = "" }));

        draft.MainDocumentPart!.Document.InnerText.ShouldEndWith("【联系人及电话】");
        mailed.MainDocumentPart!.Document.InnerText.ShouldEndWith("2022年2月10日");
    }

    static WordprocessingDocument Open(byte[] bytes) => WordprocessingDocument.Open(new MemoryStream(bytes), false);
}
