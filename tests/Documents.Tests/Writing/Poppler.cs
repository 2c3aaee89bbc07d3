using System.Diagnostics;

namespace Aggregator.Documents.Tests.Writing;

/// <summary>Reads PDF files with the programs of poppler-utils.</summary>
static class Poppler
{
    public static async Task<(int Pages, string Text)> ReadAsync(byte[] pdf)
    {
        var file = Path.Combine(Path.GetTempPath(), $"aggregator-{Guid.NewGuid():N}.pdf");
        await File.WriteAllBytesAsync(file, pdf);
        try
        {
            var pages = (await RunAsync("pdfinfo", file)).Split('\n').Single(l => l.StartsWith("Pages:", StringComparison.Ordinal))[6..];
            return (int.Parse(pages.Trim()), await RunAsync("pdftotext", "-layout", file, "-"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{program} failed.");
    }
}
