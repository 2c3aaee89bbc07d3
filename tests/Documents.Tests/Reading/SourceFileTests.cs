using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Aggregator.Documents.Reading;
using Aggregator.Testing;
using static Aggregator.Testing.WordFile;

namespace Aggregator.Documents.Tests.Reading;

/// <summary>
/// What a file is shows in its content; and files made to harm are refused within two seconds and 200 MB. Alone on the machine, as
/// far as the other tests go: time and memory are measured.
/// </summary>
[Collection(nameof(SourceFileTests))]
public partial class SourceFileTests
{
    const int Million = 1_000_000;
    const string Laughs = """<!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>""";
    const string External = """<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>""";
    static readonly byte[] compound = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

    static readonly Dictionary<string, (Func<byte[]> Make, string Code)> hostile = new()
    {
        ["zip bomb"] = (() => Archive([.. Parts(Of(Paragraph("一"))), ("word/media/image1.png", new byte[200 << 20])]), "file_too_complex"),
        ["zip bomb in the main part"] = (() => Of(new string(' ', 100 * Million)), "file_too_complex"),
        ["zip of many parts"] = (() => Archive([.. Parts(Of(Paragraph("一"))), .. Enumerable.Range(0, 20_000).Select(i => ($"x/{i}", Array.Empty<byte>()))]), "file_too_complex"),
        ["two parts of one name"] = (() => Archive([.. Parts(Of(Paragraph("一"))), ("word/document.xml", [])]), "damaged_file"),
        ["billion laughs in Word"] = (() => Of("", ("word/document.xml", Laughs + Document(Paragraph("&c;")))), "damaged_file"),
        ["external entity in Word"] = (() => Of("", ("word/document.xml", External + Document(Paragraph("&a;")))), "damaged_file"),
        ["DTD in relationships"] = (() => Of("", ("_rels/.rels", External + "<Relationships/>")), "damaged_file"),
        ["1,000 nested tables in Word"] = (() => Of(Nested("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 1000)), "file_too_complex"),
        ["100,000 nested elements in Word"] = (() => Of(Nested("<w:sdt>", "</w:sdt>", 100_000)), "file_too_complex"),
        ["a million cells in Word"] = (() => Of($"<w:tbl><w:tr>{Repeat("<w:tc/>", Million)}</w:tr></w:tbl>"), "file_too_complex"),
        ["a million paragraphs in Word"] = (() => Of(Repeat("<w:p><w:r><w:t>a</w:t></w:r></w:p>", 200_000)), "file_too_complex"),
        ["gridSpan of 2,000,000,000"] = (() => Of(Repeat("""<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr></w:tc><w:tc/></w:tr></w:tbl>""", 10)), "file_too_complex"),
        ["macros in Word"] = (() => Archive([.. Parts(Of(Paragraph("一"))), ("word/vbaProject.bin", [1])]), "macros_not_allowed"),
        ["macros in Word by type"] = (() => Of(Paragraph("一"), ("[Content_Types].xml", """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>""")), "macros_not_allowed"),
        ["macros in old Word"] = (() => Compound("WordDocument", "_VBA_PROJECT"), "macros_not_allowed"),
        ["encrypted new Word"] = (() => Compound("EncryptionInfo", "EncryptedPackage"), "encrypted_file"),
        ["encrypted old Word"] = (() => Compound(encrypted: true, "WordDocument"), "encrypted_file"),
        ["old Excel"] = (() => Compound("Workbook"), "unsupported_excel"),
        ["other compound file"] = (() => Compound("Whatever"), "unknown_file"),
        ["cut compound file"] = (() => compound, "unknown_file"),
        ["a million rows in Excel"] = (() => Sheet.Excel(Repeat("<row><c><v>1</v></c></row>", Million)), "file_too_complex"),
        ["16,384 columns in Excel"] = (() => Sheet.Excel($"<row>{Repeat("<c><v>1</v></c>", 16_384)}</row>"), "file_too_complex"),
        ["billion laughs in Excel"] = (() => Sheet.Excel("", parts: ("xl/workbook.xml", Laughs + "<workbook/>")), "damaged_file"),
        ["a million cells in HTML"] = (() => Utf8($"<table>{Repeat("<tr>" + Repeat("<td>1", 100), 10_000)}</table>"), "file_too_complex"),
        ["1,000 nested tables in HTML"] = (() => Utf8(Nested("<table><tr><td>", "</td></tr></table>", 1000)), "file_too_complex"),
        ["1,000,000 nested elements in HTML"] = (() => Utf8(Repeat("<div>", Million)), "file_too_complex"),
        ["5,000 open formats in HTML"] = (() => Utf8(string.Concat(Enumerable.Range(0, 5000).Select(i => $"<p><b id={i}>"))), "file_too_complex"),
        ["a million attributes in HTML"] = (() => Utf8($"<p {string.Concat(Enumerable.Range(0, Million).Select(i => $"a{i} "))}>"), "file_too_complex"),
        ["a million attributes with values in HTML"] = (() => Utf8($"<p {string.Concat(Enumerable.Range(0, Million).Select(i => $"a{i}='>'"))}>"), "file_too_complex"),
        ["100,000 braces within braces in RTF"] = (() => Utf8("{\\rtf1 " + Nested("{", "}", 100_000) + "}"), "file_too_complex"),
        ["a million cells in RTF"] = (() => Utf8("{\\rtf1 " + Repeat("1\\cell ", Million) + "}"), "file_too_complex"),
        ["20 MB of text"] = (() => Utf8(new string('a', 20 << 20)), "file_too_complex"),
        ["20 MB of HTML"] = (() => Utf8("<p>" + new string('a', (20 << 20) - 3)), "file_too_complex"),
        ["20 MB of lines"] = (() => Utf8(new string('\n', 20 << 20)), "file_too_complex"),
        ["more than 20 MB"] = (() => new byte[(20 << 20) + 1], "file_too_large"),
        ["nothing"] = (() => [], "empty_file"),
        ["program of Windows"] = (() => [.. "MZ\u0090\0\u0003"u8, .. new byte[1000]], "unknown_file"),
        ["program of Linux"] = (() => [0x7F, .. "ELF"u8, 2, 1, 1, .. new byte[1000]], "unknown_file"),
        ["picture"] = (() => [0x89, .. "PNG\r\n\u001A\n"u8, .. new byte[1000]], "unknown_file"),
        ["JPEG picture"] = (() => [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF"u8, 0, .. Random(1000)], "unknown_file"),
        ["random bytes"] = (() => Random(100_000), "unknown_file"),
        ["RAR archive"] = (() => [.. "Rar!\u001A\u0007\u0001\0"u8, .. Random(1000)], "unknown_file"),
        ["zip of other things"] = (() => Archive(("readme.txt", [1, 2, 3])), "unknown_file"),
        ["presentation"] = (() => Of("", ("word/document.xml", "<presentation/>")), "unknown_file"),
        ["other XML"] = (() => Utf8("<?xml version=\"1.0\"?><x/>"), "unknown_file"),
        ["XML with laughs"] = (() => Utf8("<?xml version=\"1.0\"?>" + Laughs + "<x>&c;</x>"), "unknown_file"),
        ["mail of a very large page"] = (() => Utf8("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<p>" + new string('a', 19 << 20)), "file_too_complex"),
        ["mail of a million parts"] = (() => Utf8("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n" + Repeat("--b\nContent-Type: x\n\n", 900_000)), "unknown_file"),
        ["mail in mails"] = (() => Utf8("MIME-Version: 1.0\n" + Repeat("Content-Type: multipart/related; boundary=b\n\n--b\n", 400_000)), "unknown_file"),
        ["Word's XML with laughs"] = (() => Utf8("<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?>" + Laughs + "<w:wordDocument>&c;</w:wordDocument>"), "damaged_file"),
        ["a million cells in Word's XML"] = (() => Utf8("<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><wordDocument><body><tbl><tr>" + Repeat("<tc/>", Million) + "</tr></tbl></body></wordDocument>"), "file_too_complex"),
        ["macros in Word's XML"] = (() => Utf8("<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><package><part name=\"/word/vbaProject.bin\"/></package>"), "macros_not_allowed"),
        ["other XML for Word"] = (() => Utf8("<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><x/>"), "unknown_file"),
        ["mail"] = (() => Utf8("MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n"), "unknown_file"),
        ["cut Word file"] = (() => Of(Paragraph("一"))[..^100], "damaged_file"),
        ["Word file that ends within an element"] = (() => Of("", ("word/document.xml", Document(Paragraph("一"))[..^20])), "damaged_file"),
        ["Word file without its main part"] = (() => Of("", ("_rels/.rels", """<Relationships><Relationship Id="a" Type="x/officeDocument" Target="gone.xml"/></Relationships>""")), "damaged_file"),
        ["encrypted OpenDocument"] = (() => Archive(("mimetype", Utf8("application/vnd.oasis.opendocument.text")), ("META-INF/manifest.xml", Utf8("<m><encryption-data/></m>"))), "encrypted_file"),
        ["PDF of 300,000 lines"] = (() => PdfSourceTests.Pdf(Repeat("0 0 m 9 9 l S\n", 300_000)), "no_text_layer"),
        ["PDF of very many texts"] = (() => PdfSourceTests.Pdf("BT /F 1 Tf " + string.Concat(Enumerable.Range(0, 236_000).Select(i => $"1 0 0 1 {i % 295 * 2} {i / 295} Tm (a) Tj ")) + "ET"), "file_too_complex"),
        ["PDF of a table of four million fields"] = (() => PdfSourceTests.Pdf("BT /F 9 Tf 9 9 Td (a) Tj ET " + string.Concat(Enumerable.Range(0, 2000).Select(i => $"0 {i * 0.4m} m 595 {i * 0.4m} l S {i * 0.3m} 0 m {i * 0.3m} 842 l S "))), "not_a_report"),
        ["PDF of a path of 400,000 lines"] = (() => PdfSourceTests.Pdf("BT /F 9 Tf 9 9 Td (a) Tj ET 0 0 m " + Repeat("9 9 l 1 1 l ", 200_000) + "S"), "not_a_report"),
        ["PDF of half a million errors"] = (() => PdfSourceTests.Pdf("BT /F 9 Tf 9 9 Td (a) Tj ET " + Repeat("<!> ", Million / 2)), "file_too_complex"),
        ["a line of two million bars"] = (() => Utf8("一、总体情况\n" + Repeat("|", (2 * Million) - 100)), "not_a_report"),
        ["a line of 100,000 headings"] = (() => Utf8("一、总体情况 " + Repeat("二、主动公开 三、申请公开 ", 100_000)), "not_a_report"),
        ["a line of a million figures"] = (() => Utf8("一、总体情况\n" + Repeat("0 ", Million - 100)), "not_a_report"),
        ["a line of headings and half a million figures"] = (() => Utf8("一、总体情况 二、主动公开 三、申请公开 规章 " + Repeat("0 ", Million / 2)), "not_a_report"),
        ["a million lines of bars"] = (() => Utf8("一、总体情况\n" + Repeat(Repeat("|", 100) + "\n", 15_000)), "not_a_report"),
        ["a million tabs on a page"] = (() => Utf8("<p>一、总体情况<pre>" + Repeat("\t1", Million / 2)), "not_a_report"),
    };

    public static TheoryData<string> Hostile => [.. hostile.Keys];

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Is_refused_within_two_seconds_and_200_MB(string what)
    {
        var (make, code) = hostile[what];
        var file = make();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = 0L;
        using var done = new CancellationTokenSource();
        var watch = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                peak = Math.Max(peak, GC.GetTotalMemory(false) - before);
                await Task.Delay(2);
            }
        });

        var (clock, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var found = (await SourceFile.ReadAsync(file, TestContext.Current.CancellationToken)).Is(out var document, out var refusal)
            && ReportReader.Read(document).Is(out _, out refusal) ? null : refusal.Code;
        var time = clock.Elapsed;
        await done.CancelAsync();
        await watch;

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {file.Length / 1024} kB, {time.TotalMilliseconds:0} ms, {peak >> 20} MB"));
        found.ShouldBe(code);
        (Environment.CpuUsage.TotalTime - processor).TotalSeconds.ShouldBeLessThan(2, "of processor time, since others may be at work on this machine");
        time.TotalSeconds.ShouldBeLessThan(20);
        (peak >> 20).ShouldBeLessThan(200);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_damaged_file_is_read_or_refused_and_never_breaks_the_reader(int kind)
    {
        var whole = kind == 0 ? Of(Table(["甲", "1"], ["乙", "2"]) + Paragraph("一")) : Utf8("<html><body><table><tr><td colspan=2>甲<td>1</table><p>一");
        var random = new Random(kind);
        for (var i = 0; i < 3000; i++)
        {
            var damaged = (byte[])whole.Clone();
            for (var n = random.Next(1, 8); n > 0; n--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            await SourceFile.ReadAsync(damaged.AsMemory(0, random.Next(10) == 0 ? random.Next(damaged.Length) : damaged.Length), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What packages are made of, changed part by part: numbers of attributes, elements gone, repeated or in the place of others, parts exchanged.</summary>
    [Theory]
    [InlineData("docx")]
    [InlineData("xlsx")]
    public async Task A_package_with_damaged_parts_is_read_or_refused_in_time(string kind)
    {
        var parts = Parts(kind == "docx"
            ? Of(Table(["规章", "1"], ["行政规范性文件", "2"]) + Paragraph("一") + """<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/><w:vMerge w:val="restart"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>""")
            : Sheet.Excel("""<row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>2</v></c></row><row r="3"><c r="B3"><v>3</v></c></row>"""));
        var random = new Random(5);
        for (var i = 0; i < 400; i++)
        {
            var damaged = parts.ToArray();
            var at = random.Next(damaged.Length);
            if (random.Next(5) == 0)
            {
                var other = random.Next(damaged.Length);
                (damaged[at].Content, damaged[other].Content) = (damaged[other].Content, damaged[at].Content);
            }
            else
            {
                damaged[at].Content = Utf8(Damage(Encoding.UTF8.GetString(damaged[at].Content), random));
            }

            var clock = Stopwatch.StartNew();
            if ((await SourceFile.ReadAsync(Archive(damaged), TestContext.Current.CancellationToken)).Is(out var document, out _))
            {
                _ = ReportReader.Read(document);
            }

            clock.Elapsed.TotalSeconds.ShouldBeLessThan(5, "a tenth of a second on a quiet machine");
        }

        static string Damage(string xml, Random random)
        {
            string[] numbers = ["-1", "0", "99999", "2147483648", "99999999999999999999", "", "1.5", "x"];
            var elements = Element().Matches(xml);
            var attributes = Attribute().Matches(xml);
            if (attributes.Count > 0 && random.Next(2) == 0)
            {
                var number = attributes[random.Next(attributes.Count)];
                return xml.Remove(number.Index, number.Length).Insert(number.Index, numbers[random.Next(numbers.Length)]);
            }

            if (elements.Count == 0)
            {
                return xml[..random.Next(xml.Length + 1)];
            }

            var (one, two) = (elements[random.Next(elements.Count)], elements[random.Next(elements.Count)]);
            return random.Next(2) == 0 ? xml.Remove(one.Index, one.Length) : xml.Insert(two.Index, Repeat(one.Value, random.Next(1, 500)));
        }
    }

    [GeneratedRegex(@"<([\w:]+)[^>]*/>|<([\w:]+)[^>]*>[^<]*</\2>")]
    private static partial Regex Element();

    [GeneratedRegex("(?<==\")[0-9]+(?=\")")]
    private static partial Regex Attribute();

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    static byte[] Random(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    static string Nested(string open, string close, int count) => Repeat(open, count) + "一" + Repeat(close, count);

    static byte[] Compound(params string[] entries) => Compound(false, entries);

    /// <summary>A compound file with a head, Word's own head where streams begin, and a directory.</summary>
    static byte[] Compound(bool encrypted, params string[] entries)
    {
        var bytes = new byte[1024 + (128 * entries.Length)];
        compound.CopyTo(bytes, 0);
        bytes[30] = 9;
        bytes[512 + 11] = (byte)(encrypted ? 1 : 0);
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = bytes.AsSpan(1024 + (128 * i));
            Encoding.Unicode.GetBytes(entries[i], entry);
            entry[64] = (byte)((entries[i].Length + 1) * 2);
        }

        return bytes;
    }

    internal static IEnumerable<(string Name, byte[] Content)> Parts(byte[] archive)
    {
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(archive));
        return [.. zip.Entries.Select(e =>
        {
            using var read = new MemoryStream();
            using var stream = e.Open();
            stream.CopyTo(read);
            return (e.FullName, read.ToArray());
        })];
    }
}

[CollectionDefinition(nameof(SourceFileTests), DisableParallelization = true)]
public class Alone;
