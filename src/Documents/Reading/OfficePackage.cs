using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;

namespace Aggregator.Documents.Reading;

/// <summary>
/// An Office file: an archive of XML parts that refer to each other. It comes from outside and may be made to harm, so
/// everything is bounded, relationships to the outside are never followed, and no DTD is read.
/// </summary>
sealed class OfficePackage : IDisposable
{
    /// <summary>Several times what a report with its pictures needs.</summary>
    const long MaxUnpackedBytes = 48 << 20;

    const int MaxParts = 1000;
    const int MaxNodes = 1_000_000;
    const int MaxDepth = 250;

    readonly ZipArchive archive;
    readonly Dictionary<string, ZipArchiveEntry> parts = new(StringComparer.OrdinalIgnoreCase);

    OfficePackage(ZipArchive archive) => this.archive = archive;

    /// <summary>
    /// Opens an archive and unpacks everything once, into nothing: the sizes that the archive states are the sender's, only
    /// counting is proof.
    /// </summary>
    public static OfficePackage Open(ReadOnlyMemory<byte> content)
    {
        var package = new OfficePackage(new ZipArchive(new MemoryStream(content.ToArray(), writable: false), ZipArchiveMode.Read));
        try
        {
            package.Count();
            package.HasMacros = package.FindMacros();
            return package;
        }
        catch
        {
            package.Dispose();
            throw;
        }
    }

    /// <summary>Whether a part of the name is there.</summary>
    public bool Has(string part) => parts.ContainsKey(part);

    /// <summary>The part that the others belong to, or null if this is some other archive.</summary>
    public string? Main => Related("", "officeDocument").FirstOrDefault();

    /// <summary>Whether it brings macros along, by the parts themselves or by what it calls itself.</summary>
    public bool HasMacros { get; private set; }

    /// <summary>Parts that a part refers to by a kind of relationship. Strict and transitional files differ in what precedes the kind.</summary>
    public IEnumerable<string> Related(string part, string kind) => Relations(part).Where(r => r.Kind == kind).Select(r => r.Target);

    /// <summary>The part that a part refers to by an id.</summary>
    public string RelatedById(string part, string id) => Relations(part).FirstOrDefault(r => r.Id == id).Target ?? throw new InvalidDataException($"No {id} in {part}.");

    /// <summary>Reads a part as a stream, from its root element on.</summary>
    public XmlReader OpenPart(string part)
    {
        var xml = XmlReader.Create(Entry(part).Open(), new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = MaxUnpackedBytes,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            CloseInput = true,
        });
        xml.MoveToContent();
        return xml;
    }

    /// <summary>Reads a part as a whole, once it is clear that it is neither too large nor too deep for that.</summary>
    public XElement Load(string part)
    {
        using (var xml = OpenPart(part))
        {
            var nodes = 0;
            do
            {
                nodes += 1 + xml.AttributeCount;
                if (nodes > MaxNodes || xml.Depth > MaxDepth)
                {
                    throw UnreadableException.TooComplex($"的内容过多或者表格嵌套过深");
                }
            }
            while (xml.Read());
        }

        using var whole = OpenPart(part);
        return XElement.Load(whole, LoadOptions.PreserveWhitespace);
    }

    /// <summary>The bytes of a part at most as long as given; what follows is left.</summary>
    public byte[] ReadStart(string part, int maxBytes)
    {
        var buffer = new byte[maxBytes];
        using var stream = Entry(part).Open();
        return buffer[..stream.ReadAtLeast(buffer, maxBytes, throwOnEndOfStream: false)];
    }

    /// <inheritdoc/>
    public void Dispose() => archive.Dispose();

    void Count()
    {
        if (archive.Entries.Count > MaxParts)
        {
            throw UnreadableException.TooComplex($"含 {archive.Entries.Count} 个部件，最多 {MaxParts} 个");
        }

        var buffer = new byte[81_920];
        var total = 0L;
        foreach (var entry in archive.Entries)
        {
            if (!parts.TryAdd(entry.FullName, entry))
            {
                throw new InvalidDataException($"Two parts {entry.FullName}.");
            }

            using var part = entry.Open();
            for (int read; (read = part.Read(buffer)) > 0;)
            {
                total += read;
                if (total > MaxUnpackedBytes)
                {
                    throw UnreadableException.TooComplex($"解压后超过 {MaxUnpackedBytes >> 20} MB");
                }
            }
        }
    }

    bool FindMacros()
    {
        var types = Has("[Content_Types].xml") ? Load("[Content_Types].xml").Elements() : [];
        return types.Any(t => ((string?)t.Attribute("ContentType"))?.Contains("macroEnabled", StringComparison.OrdinalIgnoreCase) == true)
            || parts.Keys.Any(p => p.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase) || p.StartsWith("Basic/", StringComparison.Ordinal));
    }

    ZipArchiveEntry Entry(string part) => parts.GetValueOrDefault(part) ?? throw new InvalidDataException($"No part {part}.");

    IEnumerable<(string Id, string Kind, string Target)> Relations(string part)
    {
        var slash = part.LastIndexOf('/') + 1;
        var relations = $"{part[..slash]}_rels/{part[slash..]}.rels";
        return !Has(relations) ? [] : Load(relations).Elements()
            .Where(r => (string?)r.Attribute("TargetMode") != "External")
            .Select(r => (
                (string?)r.Attribute("Id") ?? "",
                ((string?)r.Attribute("Type") ?? "").Split('/')[^1],
                Uri.UnescapeDataString(new Uri(new Uri("part:///" + part), (string?)r.Attribute("Target") ?? "").AbsolutePath).TrimStart('/')));
    }
}
