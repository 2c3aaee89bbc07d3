using System.IO.Compression;
using System.Text;

namespace Aggregator.Testing;

/// <summary>Makes Word files and other archives part by part, as no library would let one.</summary>
public static class WordFile
{
    const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const string Package = "http://schemas.openxmlformats.org/package/2006/";
    const string Type = "application/vnd.openxmlformats-officedocument.wordprocessingml.";
    const string Namespaces = """
        xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
        xmlns:v="urn:schemas-microsoft-com:vml" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
        """;

    /// <summary>A Word file with the given XML in its body. Parts given by name (<c>word/numbering.xml</c>) replace or join those of a plain file.</summary>
    public static byte[] Of(string body, params (string Name, string Xml)[] parts)
    {
        var files = new Dictionary<string, string>
        {
            ["[Content_Types].xml"] = $"""
                <Types xmlns="{Package}content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
                <Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{Type}document.main+xml"/></Types>
                """,
            ["_rels/.rels"] = $"""
                <Relationships xmlns="{Package}relationships"><Relationship Id="rId1" Type="{Relations}/officeDocument" Target="word/document.xml"/></Relationships>
                """,
            ["word/_rels/document.xml.rels"] = $"""
                <Relationships xmlns="{Package}relationships"><Relationship Id="rId1" Type="{Relations}/styles" Target="styles.xml"/>
                <Relationship Id="rId2" Type="{Relations}/numbering" Target="/word/numbering.xml"/>
                <Relationship Id="rId3" Type="{Relations}/footnotes" Target="../word/footnotes.xml"/>
                <Relationship Id="rId4" Type="{Relations}/hyperlink" Target="mailto:a@@b c" TargetMode="External"/>
                <Relationship Id="rId5" Type="{Relations}/image" Target="http://127.0.0.1:9/x.png" TargetMode="External"/></Relationships>
                """,
            ["word/document.xml"] = Document(body),
        };
        foreach (var (name, xml) in parts)
        {
            files[name] = xml;
        }

        return Archive([.. files.Select(f => (f.Key, Encoding.UTF8.GetBytes(f.Value)))]);
    }

    /// <summary>The same file with a part more, such as a picture; stored, for pictures do not get smaller.</summary>
    public static byte[] With(byte[] file, string name, byte[] content)
    {
        using var stream = new MemoryStream();
        stream.Write(file);
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            using var entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
            entry.Write(content);
        }

        return stream.ToArray();
    }

    /// <summary>The main part.</summary>
    public static string Document(string body) => $"<w:document {Namespaces}><w:body>{body}</w:body></w:document>";

    /// <summary>Another part, by its root element.</summary>
    public static string Part(string root, string content) => $"<w:{root} {Namespaces}>{content}</w:{root}>";

    /// <summary>A paragraph with one text.</summary>
    public static string Paragraph(string text) => $"<w:p>{Run(text)}</w:p>";

    /// <summary>A run with one text.</summary>
    public static string Run(string text) => $"<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>";

    /// <summary>A table, a row of texts each.</summary>
    public static string Table(params string[][] rows) =>
        $"<w:tbl>{string.Concat(rows.Select(row => $"<w:tr>{string.Concat(row.Select(text => $"<w:tc>{Paragraph(text)}</w:tc>"))}</w:tr>"))}</w:tbl>";

    /// <summary>A zip archive.</summary>
    public static byte[] Archive(params (string Name, byte[] Content)[] files)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }
}
