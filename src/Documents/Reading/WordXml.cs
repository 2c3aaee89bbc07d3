using System.IO.Compression;
using System.Text;
using System.Xml.Linq;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Opens a Word document that is one XML file, as other programs make them and call them <c>.doc</c>: that of Word 2003, which has
/// the elements of today's main part, or today's package written as XML.
/// </summary>
static class WordXml
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "application/xml";

    const int MaxHead = 2000;
    const string Main = "document.xml";
    const string Relations = $"""<Relationships><Relationship Id="a" Type="officeDocument" Target="{Main}"/></Relationships>""";

    /// <summary>Whether a text is such a file: it names Word as its program.</summary>
    public static bool Recognises(string text) => text.StartsWith("<?xml", StringComparison.Ordinal)
        && text.AsSpan(0, Math.Min(text.Length, MaxHead)).Contains("progid=\"Word.Document\"", StringComparison.Ordinal);

    /// <summary>Reads the document.</summary>
    public static SourceDocument Read(ReadOnlyMemory<byte> content)
    {
        using var whole = Package([("_rels/.rels", Encoding.UTF8.GetBytes(Relations)), (Main, content.ToArray())]);
        var root = whole.Load(Main);
        if (root.Name.LocalName == "wordDocument")
        {
            return WordSource.Read(whole, Main) with { MediaType = MediaType };
        }

        using var package = Package([.. root.Elements().Select(Part)]);
        return package.HasMacros ? throw UnreadableException.Macros()
            : WordSource.Read(package, package.Main ?? throw UnreadableException.Unknown()) with { MediaType = MediaType };
    }

    /// <summary>A part as a file of an archive; of pictures and the like only the name.</summary>
    static (string Name, byte[] Bytes) Part(XElement part) => (
        WordSource.Value(part, "name")?.TrimStart('/') ?? throw new InvalidDataException("A part without a name."),
        WordSource.Child(part, "xmlData")?.Elements().FirstOrDefault() is { } xml ? Encoding.UTF8.GetBytes(xml.ToString(SaveOptions.DisableFormatting)) : []);

    static OfficePackage Package(IEnumerable<(string Name, byte[] Bytes)> parts)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in parts)
            {
                using var entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }

        return OfficePackage.Open(stream.ToArray());
    }
}
