using System.Text;
using Aggregator.Documents.Tests.Reading;
using Aggregator.Documents.Writing;
using Aggregator.Testing;

namespace Aggregator.Documents.Tests;

/// <summary>Looks at what is left in the temp folder, so nothing else may have files converted beside it.</summary>
[CollectionDefinition(nameof(LibreOfficeTests), DisableParallelization = true)]
[Collection(nameof(LibreOfficeTests))]
public class LibreOfficeTests
{
    [Theory]
    [InlineData("doc", "application/msword")]
    [InlineData("odt", "application/vnd.oasis.opendocument.text")]
    [InlineData("rtf", "application/rtf")]
    public async Task Files_of_other_programs_are_read_by_it(string extension, string mediaType)
    {
        var word = WordFile.Of(WordFile.Paragraph("马步乡2021年") + WordFile.Table(["规章", "0"], ["行政规范性文件", "9"]) + WordFile.Paragraph("后文"));
        var other = (await LibreOffice.ConvertAsync(word, "docx", extension, TestContext.Current.CancellationToken)).Value.ShouldNotBeNull();

        var document = await Shown.ReadAsync(other);

        document.MediaType.ShouldBe(mediaType);
        document.Show().ShouldBe(["马步乡2021年", "| 规章 | 0", "| 行政规范性文件 | 9", "后文"]);
        Directory.GetDirectories(Path.GetTempPath(), "aggregator-*").Where(d => File.Exists(Path.Combine(d, $"in.{extension}"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_no_document_is_refused() =>
        (await LibreOffice.ConvertAsync(Encoding.ASCII.GetBytes("{\\rtf1 broken"), "doc", "docx", TestContext.Current.CancellationToken)).Refusal!.Code.ShouldBe("conversion_failed");

    [Fact]
    public async Task Who_does_not_wait_gets_nothing_and_leaves_nothing()
    {
        using var token = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Should.ThrowAsync<OperationCanceledException>(() => LibreOffice.ConvertAsync(WordFile.Of(WordFile.Paragraph("一")), "docx", "pdf", token.Token));
    }

    [Fact]
    public async Task Several_at_once_do_not_disturb_each_other()
    {
        var word = ReportWord.Write(SampleCounty.Random("2021", 1, 1));

        var pdfs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => LibreOffice.ConvertAsync(word, "docx", "pdf", TestContext.Current.CancellationToken)));

        pdfs.Select(p => Encoding.ASCII.GetString(p.Value![..5])).ShouldBe(["%PDF-", "%PDF-", "%PDF-"]);
    }
}
