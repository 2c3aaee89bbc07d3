using System.Buffers.Binary;
using System.Text;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Reads a unit's report from whatever file it has. What a file is shows in its content; its name is not asked, since a page
/// called <c>.doc</c> and a program called <c>.docx</c> are both seen.
/// </summary>
public static class SourceFile
{
    /// <summary>More than a report with its pictures needs.</summary>
    public const int MaxBytes = 20 << 20;

    /// <summary>Whether PDF files can be read here: <c>pdftotext</c> is installed.</summary>
    public static bool ReadsPdf => ChildProcess.Find("pdftotext") is not null;

    static readonly SemaphoreSlim places = new(Environment.ProcessorCount);

    /// <summary>
    /// Reads a file into paragraphs and tables. Refusals: <c>file_too_large</c>, <c>empty_file</c>, <c>unknown_file</c>, <c>damaged_file</c>,
    /// <c>encrypted_file</c>, <c>macros_not_allowed</c>, <c>file_too_complex</c>, <c>embedded_document</c>, <c>unsupported_excel</c>,
    /// <c>no_text_layer</c>, <c>pdf_reader_missing</c>, <c>converter_missing</c>, <c>conversion_failed</c>.
    /// </summary>
    public static async Task<Outcome<SourceDocument>> ReadAsync(ReadOnlyMemory<byte> content, CancellationToken token)
    {
        if (content.Length > MaxBytes)
        {
            return new Refusal(RefusalKind.TooLarge, "file_too_large", $"文件太大，最多 {MaxBytes >> 20} MB；请去掉图片后重新上传。");
        }

        // What one file may need is bounded; so is what many do together.
        await places.WaitAsync(token);
        try
        {
            return await ReadKnownAsync(content, token);
        }
        catch (UnreadableException e)
        {
            return e.Refusal;
        }
        catch (Exception e) when (UnreadableException.IsOfTheFile(e))
        {
            return UnreadableException.Damaged().Refusal;
        }
        finally
        {
            places.Release();
        }
    }

    static async Task<Outcome<SourceDocument>> ReadKnownAsync(ReadOnlyMemory<byte> content, CancellationToken token)
    {
        var bytes = content.Span;
        if (bytes.IsEmpty)
        {
            return new Refusal(RefusalKind.Invalid, "empty_file", "文件是空的，请重新选择文件。");
        }

        if (bytes.StartsWith("PK\u0003\u0004"u8))
        {
            return await ReadArchiveAsync(content, token);
        }

        if (bytes.StartsWith(ExcelSheet.CompoundFile))
        {
            return await ReadCompoundAsync(content, token);
        }

        if (bytes.StartsWith("{\\rtf"u8))
        {
            RtfBounds.Check(bytes);
            return await ConvertAsync(content, "rtf", "application/rtf", token);
        }

        if (bytes[..Math.Min(bytes.Length, 1024)].IndexOf("%PDF-"u8) >= 0)
        {
            return await PdfSource.ReadAsync(content, token);
        }

        if (MhtmlSource.Recognises(bytes))
        {
            return MhtmlSource.Read(bytes);
        }

        var text = TextSource.Decode(bytes) ?? throw UnreadableException.Unknown();
        if (WordXml.Recognises(text))
        {
            return WordXml.Read(content);
        }

        if (text.StartsWith("<?xml", StringComparison.Ordinal) && !HtmlSource.Recognises(text))
        {
            throw UnreadableException.Unknown();
        }

        return TextSource.AsPage(text) is { } page ? HtmlSource.Read(page)
            : HtmlSource.Recognises(text) ? HtmlSource.Read(text) : TextSource.Read(text);
    }

    static async Task<Outcome<SourceDocument>> ReadArchiveAsync(ReadOnlyMemory<byte> content, CancellationToken token)
    {
        using (var package = OfficePackage.Open(content))
        {
            if (package.HasMacros)
            {
                throw UnreadableException.Macros();
            }

            if (package.Main is { } main)
            {
                return RootOf(package, main) switch
                {
                    "document" => WordSource.Read(package, main),
                    "workbook" => ExcelSource.Read(package, main),
                    _ => throw UnreadableException.Unknown(),
                };
            }

            if (!package.Has("mimetype") || !Encoding.ASCII.GetString(package.ReadStart("mimetype", 100)).StartsWith(OpenDocument, StringComparison.Ordinal))
            {
                throw UnreadableException.Unknown();
            }

            if (package.Has("META-INF/manifest.xml") && package.Load("META-INF/manifest.xml").Descendants().Any(e => e.Name.LocalName == "encryption-data"))
            {
                throw UnreadableException.Encrypted();
            }
        }

        return await ConvertAsync(content, "odt", OpenDocument, token);
    }

    const string OpenDocument = "application/vnd.oasis.opendocument.text";

    static string RootOf(OfficePackage package, string part)
    {
        using var xml = package.OpenPart(part);
        return xml.LocalName;
    }

    /// <summary>A compound file: old Word or WPS, old Excel, or any newer one that is encrypted. Its directory tells which.</summary>
    static Task<Outcome<SourceDocument>> ReadCompoundAsync(ReadOnlyMemory<byte> content, CancellationToken token)
    {
        var bytes = content.Span;
        if (Entry(bytes, "EncryptedPackage") >= 0)
        {
            throw UnreadableException.Encrypted();
        }

        if (Entry(bytes, "_VBA_PROJECT") >= 0 || Entry(bytes, "_VBA_PROJECT_CUR") >= 0)
        {
            throw UnreadableException.Macros();
        }

        if (Entry(bytes, "Workbook") >= 0 || Entry(bytes, "Book") >= 0)
        {
            throw new UnreadableException(new Refusal(RefusalKind.Invalid, "unsupported_excel", "这是旧版 .xls 文件；请用 Excel 或 WPS 另存为 .xlsx，再重新上传。"));
        }

        if (Entry(bytes, "WordDocument") is not (>= 0 and var entry))
        {
            throw UnreadableException.Unknown();
        }

        // The stream begins with Word's own head; a bit of it says that the rest is encrypted.
        var start = (BinaryPrimitives.ReadUInt32LittleEndian(bytes[(entry + 116)..]) + 1L) << BinaryPrimitives.ReadUInt16LittleEndian(bytes[30..]);
        if (start + 12 > bytes.Length)
        {
            throw UnreadableException.Damaged();
        }

        return (bytes[(int)start + 11] & 1) != 0 ? throw UnreadableException.Encrypted() : ConvertAsync(content, "doc", "application/msword", token);
    }

    /// <summary>Where the directory entry of a name stands, or -1: entries are 128 bytes long and begin with the name in UTF-16.</summary>
    static int Entry(ReadOnlySpan<byte> bytes, string name)
    {
        var sought = Encoding.Unicode.GetBytes(name + '\0');
        for (var at = 0; at < bytes.Length;)
        {
            var found = bytes[at..].IndexOf(sought);
            if (found < 0)
            {
                return -1;
            }

            at += found;
            if (at % 128 == 0 && at + 128 <= bytes.Length && BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 64)..]) == sought.Length)
            {
                return at;
            }

            at++;
        }

        return -1;
    }

    static async Task<Outcome<SourceDocument>> ConvertAsync(ReadOnlyMemory<byte> content, string extension, string mediaType, CancellationToken token)
    {
        if (!(await LibreOffice.ConvertAsync(content, extension, "docx", token)).Is(out var converted, out var refusal))
        {
            return refusal;
        }

        using var package = OfficePackage.Open(converted);
        return WordSource.Read(package, package.Main ?? throw UnreadableException.Damaged()) with { MediaType = mediaType };
    }
}
