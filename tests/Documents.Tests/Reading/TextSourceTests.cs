using System.Text;

namespace Aggregator.Documents.Tests.Reading;

public class TextSourceTests
{
    const string Text = "马步乡2021年\r\n\r\n规章\t0\t0\n　一、总体情况\n";

    public static TheoryData<byte[]> Encodings =>
    [
        Encoding.UTF8.GetBytes(Text),
        (byte[])[.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Text)],
        (byte[])[.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Text)],
        (byte[])[.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(Text)],
        Encoding.Unicode.GetBytes(Text),
        Encoding.BigEndianUnicode.GetBytes(Text),
        CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!.GetBytes(Text),
    ];

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Each_line_is_a_paragraph_whatever_the_encoding(byte[] file)
    {
        var document = await Shown.ReadAsync(file);

        document.MediaType.ShouldBe("text/plain");
        document.Show().ShouldBe(["马步乡2021年", "", "规章\t0\t0", "　一、总体情况", ""]);
        document.Blocks[2].Where.ShouldBe("第3行");
    }
}
