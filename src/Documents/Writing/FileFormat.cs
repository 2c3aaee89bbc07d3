using System.Collections.Immutable;
using Aggregator.Editions;

namespace Aggregator.Documents.Writing;

/// <summary>A format that something is written in.</summary>
/// <typeparam name="T">What is written.</typeparam>
/// <param name="Extension">Extension of the file, and of its address.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Write">Writes the file, or what it is converted from. The same content gives the same bytes.</param>
/// <param name="Convert">Converts what was written; null if that is the file.</param>
/// <param name="Suffix">What the file's name says besides the title.</param>
public sealed record FileFormat<T>(
    string Extension, string MediaType, Func<T, byte[]> Write, Func<byte[], CancellationToken, Task<Outcome<byte[]>>>? Convert = null, string Suffix = "")
{
    /// <summary>The extension as a part of a name: <c>Docx</c>.</summary>
    public string Name => char.ToUpperInvariant(Extension[0]) + Extension[1..];
}

/// <summary>What is written in which formats.</summary>
public static class FileFormats
{
    const string Pdf = "application/pdf";

    /// <summary>The county's report, live or frozen.</summary>
    public static ImmutableArray<FileFormat<CountyReport>> Report { get; } =
    [
        new("csv", $"{ReportCsv.MediaType}; charset=utf-8", ReportCsv.Write, Suffix: "数据"),
        new("xlsx", ReportExcel.MediaType, ReportExcel.Write, Suffix: "数据"),
        new("docx", ReportWord.MediaType, ReportWord.Write),
        new("pdf", Pdf, ReportWord.Write, ToPdfAsync),
    ];

    /// <summary>A circular.</summary>
    public static ImmutableArray<FileFormat<Circular>> Circular { get; } =
        [new("docx", ReportWord.MediaType, CircularWord.Write), new("pdf", Pdf, CircularWord.Write, ToPdfAsync)];

    /// <summary>A dunning letter.</summary>
    public static ImmutableArray<FileFormat<DunningLetter>> DunningLetter { get; } =
        [new("docx", ReportWord.MediaType, DunningLetterWord.Write), new("pdf", Pdf, DunningLetterWord.Write, ToPdfAsync)];

    /// <summary>The year in figures, wide or upright.</summary>
    public static ImmutableArray<FileFormat<(CountyReport Report, bool Wide)>> Infographic { get; } =
    [
        new("svg", Writing.Infographic.MediaType, Picture, Suffix: "图解"),
        new("png", "image/png", Picture, SvgConverter.ToPngAsync, "图解"),
    ];

    static byte[] Picture((CountyReport Report, bool Wide) of) => Writing.Infographic.Write(of.Report, of.Wide);

    /// <summary>What a reader of documents is told about a bad upload would be untrue here: the file is ours.</summary>
    static async Task<Outcome<byte[]>> ToPdfAsync(byte[] word, CancellationToken token) =>
        (await LibreOffice.ConvertAsync(word, "docx", "pdf", token)).Is(out var pdf, out var refusal) ? pdf
        : refusal.Kind == RefusalKind.Unavailable ? new Refusal(RefusalKind.Unavailable, "pdf_converter_missing",
            "这台服务器没有安装 LibreOffice，不能生成 PDF。请管理员安装：apt-get install libreoffice-writer-nogui fonts-noto-cjk；Word 文件不受影响，可以下载后自行另存为 PDF。")
        : new Refusal(RefusalKind.Unavailable, "conversion_failed", "暂时不能生成 PDF，请稍后重试，或者下载 Word 文件后自行另存为 PDF。");
}
