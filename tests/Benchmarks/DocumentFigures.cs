using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Aggregator.Documents;
using Aggregator.Documents.Reading;
using Aggregator.Documents.Writing;
using Aggregator.Testing;

namespace Aggregator.Benchmarks;

/// <summary>Reading units' documents, and writing a county's, each against the least that anybody would need for it.</summary>
static partial class DocumentFigures
{
    const int Rounds = 5;

    /// <summary>Measures and reports.</summary>
    public static async Task MeasureAsync(Table table)
    {
        string[] seeds = [.. Repository.Files("samples/documents", "*.txt")];
        byte[][] files = [.. seeds.Select(f => Encoding.UTF8.GetBytes(Repository.Read(f)))];
        var decode = await TimeAsync(20, () => Task.FromResult(files.Sum(f => Encoding.UTF8.GetString(f).Split('\n').Length)));
        var read = await TimeAsync(20, async () =>
        {
            foreach (var file in files)
            {
                await ReadAsync(file);
            }
        });
        Add("reading a flattened report", decode / files.Length, read / files.Length, "< 50 ms");

        var county = SampleCounty.Random("2021", 110, 7);
        var word = ReportWord.Write(county);
        var peak = Peak(() => ReportWord.Write(county));
        Add($"Word for 110 units ({peak >> 20} MB), beside packing it", await TimeAsync(Rounds, () => Task.FromResult(Repack(word))),
            await TimeAsync(Rounds, () => Task.FromResult(ReportWord.Write(county).Length)), "< 500 ms, < 100 MB");

        if (!(await LibreOffice.ConvertAsync(ReportWord.Write(SampleCounty.Random("2021", 1, 7)), "docx", "pdf", CancellationToken.None)).Is(out var pdf, out var refusal))
        {
            table.Note($"No figures of PDF files: {refusal.Detail}");
            return;
        }

        var path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, pdf);
        var pdftotext = await TimeAsync(Rounds, () => RunAsync("pdftotext", "-tsv", path, "-"));
        File.Delete(path);
        Add($"reading a PDF of {Pages(pdf)} pages, beside pdftotext", pdftotext, await TimeAsync(Rounds, () => ReadAsync(pdf)), "+ < 300 ms");

        var pages = Pages(await ToPdfAsync(word));
        var empty = WordFile.Of(WordFile.Paragraph("一"));
        Add($"PDF of the Word file, {pages} pages, beside an empty one", await TimeAsync(Rounds, () => ToPdfAsync(empty)), await TimeAsync(Rounds, () => ToPdfAsync(word)), "< 2000 ms");

        void Add(string figure, double floor, double measured, string aim) =>
            table.Add(figure, Milliseconds(floor), Milliseconds(measured), measured / floor, aim);
    }

    static async Task ReadAsync(byte[] file)
    {
        if (!(await SourceFile.ReadAsync(file, CancellationToken.None)).Is(out var document, out var refusal) || !ReportReader.Read(document).Is(out _, out refusal))
        {
            throw new InvalidOperationException(refusal.Detail);
        }
    }

    static async Task<byte[]> ToPdfAsync(byte[] word) =>
        (await LibreOffice.ConvertAsync(word, "docx", "pdf", CancellationToken.None)).Is(out var pdf, out var refusal) ? pdf : throw new InvalidOperationException(refusal.Detail);

    static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
    }

    /// <summary>The same parts, unpacked and packed again.</summary>
    static long Repack(byte[] package)
    {
        using var from = new ZipArchive(new MemoryStream(package));
        using var into = new MemoryStream();
        using (var archive = new ZipArchive(into, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in from.Entries)
            {
                using var source = entry.Open();
                using var target = archive.CreateEntry(entry.FullName).Open();
                source.CopyTo(target);
            }
        }

        return into.Length;
    }

    /// <summary>The most memory that was in use at once, beyond what was before.</summary>
    static long Peak(Func<byte[]> work)
    {
        var (peak, before) = (0L, GC.GetTotalMemory(forceFullCollection: true));
        using var timer = new Timer(_ => peak = Math.Max(peak, GC.GetTotalMemory(false) - before), null, 0, 2);
        GC.KeepAlive(work());
        return Math.Max(peak, GC.GetTotalMemory(false) - before);
    }

    static int Pages(byte[] pdf) => PageObject().Count(Encoding.Latin1.GetString(pdf));

    [GeneratedRegex(@"/Type\s*/Page\b")]
    private static partial Regex PageObject();

    /// <summary>Best of several, after a first that warms up, in milliseconds.</summary>
    static async Task<double> TimeAsync(int rounds, Func<Task> work)
    {
        await work();
        var best = double.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await work();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return best;
    }

    static string Milliseconds(double time) => string.Create(CultureInfo.InvariantCulture, $"{time:0.##} ms");
}
