using System.Collections.Frozen;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Aggregator.Documents.Reading;
using Aggregator.Documents.Writing;
using Aggregator.Testing;

namespace Aggregator.Documents.Tests.Reading;

/// <summary>
/// Files of every kind, damaged and made to harm at random: each is read, or refused with a code of its own, within two seconds and
/// 200 MB. More of them, also such as LibreOffice converts:
/// <c>READING_HOSTILE=10000 dotnet test tests/Documents.Tests -c Release --filter FullyQualifiedName~HostileFileTests</c>; others:
/// with <c>READING_SEED=2000000</c> besides.
/// </summary>
[Collection(nameof(SourceFileTests))]
public sealed partial class HostileFileTests(ITestOutputHelper output)
{
    const double MostSeconds = 2;
    const long MostBytes = 200 << 20;

    static readonly int files = int.TryParse(Environment.GetEnvironmentVariable("READING_HOSTILE"), out var n) ? n : 300;
    static readonly int seed = int.TryParse(Environment.GetEnvironmentVariable("READING_SEED"), out var n) ? n : 1;

    /// <summary>A conversion takes a second or more, and its limits are tested by themselves.</summary>
    static readonly bool converts = files > 1000;

    static readonly FrozenSet<string> codes = new[]
    {
        "file_too_large", "empty_file", "unknown_file", "damaged_file", "encrypted_file", "macros_not_allowed", "file_too_complex", "embedded_document",
        "unsupported_excel", "no_text_layer", "conversion_failed", "not_a_report", "several_reports",
    }.ToFrozenSet();

    static readonly string[] nasty =
    [
        " colspan=99999999 ", " rowspan=\"0\" ", " style='display:none' ", "<table><tr><td>", "</table>", "<![CDATA[", "<!--", "&#x110000;", "&amp;", "\0", "\uFEFF", "\uD800", "١٢",
        "99999999999999999999999999", "-1", "2147483648", "<w:tbl><w:tr><w:tc>", "<w:p/>", "{\\rtf1", "\\u65536?", "PK\u0003\u0004", "%PDF-1.9", "stream\n", "endobj", "/Encrypt",
        "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>&a;", "A1:XFD1048576", "r=\"999999999\"", "\t\t\t\t", "|||||", "一、总体情况", "（七）总计", "1,2,3",
    ];

    [Fact]
    public async Task Is_read_or_refused_with_a_code_in_time_and_space()
    {
        (string Kind, byte[] File)[] whole = [.. await WholeAsync()];
        var (outcomes, slowest, largest, current) = (new SortedDictionary<string, int>(StringComparer.Ordinal), (Seconds: 0.0, What: ""), (Bytes: 0L, What: ""), seed - 1);
        var peak = 0L;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var done = new CancellationTokenSource();
        var watch = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                Interlocked.Exchange(ref peak, Math.Max(Interlocked.Read(ref peak), GC.GetTotalMemory(false) - before));
                await Task.Delay(5);
            }
        });

        Seeded.Run(files, random =>
        {
            current++;
            var (kind, file) = whole[random.Next(whole.Length)];
            var damaged = Damage(file, whole, random);

            // What the files before have left is none of this one's.
            GC.Collect();
            Interlocked.Exchange(ref peak, 0);
            var processor = Environment.CpuUsage.TotalTime;
            var outcome = Read(damaged, kind);
            var seconds = (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            var (bytes, what) = (Interlocked.Read(ref peak), $"seed {current}, {outcome}");
            slowest = seconds > slowest.Seconds ? (seconds, what) : slowest;
            largest = bytes > largest.Bytes ? (bytes, what) : largest;
        }, seed);
        await done.CancelAsync();
        await watch;

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{files} files: slowest {slowest.Seconds:0.00} s ({slowest.What}), most memory {largest.Bytes >> 20} MB ({largest.What})"));
        output.WriteLine(string.Join('\n', outcomes.Select(o => $"{o.Value,8} {o.Key}")));
        slowest.Seconds.ShouldBeLessThan(MostSeconds, slowest.What);
        largest.Bytes.ShouldBeLessThan(MostBytes, largest.What);
    }

    static string Read(byte[] file, string kind)
    {
        if (!SourceFile.ReadAsync(file, CancellationToken.None).GetAwaiter().GetResult().Is(out var document, out var refusal)
            || !ReportReader.Read(document).Is(out var reading, out refusal))
        {
            codes.ShouldContain(refusal.Code, kind);
            refusal.Detail.ShouldMatch(@"[\u4e00-\u9fff]");
            return $"{kind}: {refusal.Code}";
        }

        reading.Cells.Length.ShouldBe(reading.Form.Cells.Length);
        return $"{kind}: read";
    }

    static async Task<List<(string, byte[])>> WholeAsync()
    {
        var county = SampleCounty.Random("2021", 3, 5);
        var word = ReportWord.Write(county);
        var text = new UTF8Encoding(false).GetBytes(Repository.Read("samples/documents/mabu-2021.txt"));
        var page = Encoding.UTF8.GetBytes($"<html><body><h1>某镇2021年政府信息公开工作年度报告</h1><p>一、总体情况<p>二、主动公开政府信息情况<table>{string.Concat(Enumerable.Repeat("<tr><td rowspan=2>规章</td><td colspan=2>1</td><td>2</td></tr>", 30))}</table></body></html>");
        List<(string, byte[])> whole =
        [
            ("docx", word), ("docx", word), ("xlsx", ReportExcel.Write(county)), ("txt", text), ("html", page), ("html", page), ("mht", FileFormatTests.Mail("8bit", Encoding.Latin1.GetString(page))),
            ("Word's XML", FileFormatTests.WordXml(XDocument.Parse(Encoding.UTF8.GetString(SourceFileTests.Parts(word).Single(p => p.Name == "word/document.xml").Content).Replace("w:document", "w:wordDocument", StringComparison.Ordinal)).Root!.ToString())),
            ("gbk", CodePagesEncodingProvider.Instance.GetEncoding(54936)!.GetBytes(Encoding.UTF8.GetString(text))), ("utf-16", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(text))]),
            ("pdf", PdfSourceTests.Pdf("BT /F 9 Tf 9 700 Td (1) Tj ET 0 0 m 300 0 l S 0 0 m 0 300 l S 300 0 m 300 300 l S 0 300 m 300 300 l S")),
        ];
        foreach (var extension in converts ? (string[])["doc", "rtf", "odt"] : [])
        {
            if ((await LibreOffice.ConvertAsync(word, "docx", extension, TestContext.Current.CancellationToken)).Is(out var converted, out _))
            {
                whole.Add((extension, converted));
            }
        }

        return whole;
    }

    static byte[] Damage(byte[] file, (string Kind, byte[] File)[] others, Random random)
    {
        var isPackage = file.AsSpan().StartsWith("PK"u8);
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            // Parts can be damaged while the archive is whole.
            isPackage &= random.Next(4) > 0;
            file = isPackage ? WithDamagedPart(file, random) : DamageBytes(file, others[random.Next(others.Length)].File, random);
        }

        return file;
    }

    static byte[] DamageBytes(byte[] file, byte[] other, Random random)
    {
        if (file.Length < 4)
        {
            return file;
        }

        var (at, length) = (random.Next(file.Length), random.Next(1, Math.Max(2, file.Length / 8)));
        var end = Math.Min(file.Length, at + length);
        switch (random.Next(7))
        {
            case 0:
                var flipped = (byte[])file.Clone();
                for (var n = random.Next(1, 50); n > 0; n--)
                {
                    flipped[random.Next(flipped.Length)] = (byte)random.Next(256);
                }

                return flipped;
            case 1:
                return file[..at];
            case 2:
                return [.. file[..at], .. file[end..]];
            case 3:
                return [.. file[..end], .. Enumerable.Repeat(file[at..end], random.Next(1, 1 + (2_000_000 / length))).Take(random.Next(1, 2000)).SelectMany(b => b), .. file[end..]];
            case 4:
                return [.. file[..at], .. other[(random.Next(other.Length) / 2)..], .. file[at..]];
            case 5:
                var zeros = (byte[])file.Clone();
                Array.Fill(zeros, (byte)(random.Next(2) * 255), at, end - at);
                return zeros;
            default:
                var token = Encoding.UTF8.GetBytes(nasty[random.Next(nasty.Length)]);
                return [.. file[..at], .. Enumerable.Repeat(token, random.Next(3) == 0 ? random.Next(1, 20_000) : 1).SelectMany(b => b), .. file[at..]];
        }
    }

    /// <summary>A package whose archive is whole, and one of whose parts is not: elements and attributes gone, repeated, absurd.</summary>
    static byte[] WithDamagedPart(byte[] package, Random random)
    {
        using var stream = new MemoryStream();
        stream.Write(package);
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            var entry = archive.Entries[random.Next(archive.Entries.Count)];
            string xml;
            using (var read = new StreamReader(entry.Open(), Encoding.UTF8))
            {
                xml = read.ReadToEnd();
            }

            var name = entry.FullName;
            entry.Delete();
            if (random.Next(20) > 0)
            {
                using var write = archive.CreateEntry(random.Next(30) == 0 ? $"../{name}" : name, CompressionLevel.Fastest).Open();
                write.Write(Encoding.UTF8.GetBytes(DamageXml(xml, random)));
            }
        }

        return stream.ToArray();
    }

    static string DamageXml(string xml, Random random)
    {
        var tags = Tag().Matches(xml);
        if (tags.Count == 0)
        {
            return xml[..random.Next(xml.Length + 1)];
        }

        var (one, two) = (tags[random.Next(tags.Count)], tags[random.Next(tags.Count)]);
        var token = nasty[random.Next(nasty.Length)].Replace("\uD800", "", StringComparison.Ordinal);
        return random.Next(6) switch
        {
            0 => xml.Remove(one.Index, one.Length),
            1 => xml.Insert(two.Index, new StringBuilder().Insert(0, one.Value, random.Next(1, 3000)).ToString()),
            2 => Value().Replace(xml, $"=\"{(token.Contains('"') ? "99999999" : token)}\"", random.Next(1, 4), Math.Min(one.Index, xml.Length)),
            3 => xml.Insert(one.Index + one.Length, token),
            4 => xml[..one.Index],
            _ => xml.Insert(one.Index, $"<x xmlns:y=\"{token.Replace("\"", "", StringComparison.Ordinal).Replace("<", "", StringComparison.Ordinal).Replace("&", "", StringComparison.Ordinal)}\">"),
        };
    }

    [GeneratedRegex("<[^<>]{1,2000}>")]
    private static partial Regex Tag();

    [GeneratedRegex("=\"[^\"<>]*\"")]
    private static partial Regex Value();
}
