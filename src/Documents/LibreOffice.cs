using System.Diagnostics;

namespace Aggregator.Documents;

/// <summary>
/// Converts documents with LibreOffice. Each conversion is a process of its own with a profile of its own, because two that share
/// one wait for each other or fail; at most two run at a time, since each takes a processor and some 200 MB.
/// </summary>
/// <param name="Program">The program.</param>
/// <param name="Patience">How long a conversion may take.</param>
public sealed record LibreOffice(string Program, TimeSpan Patience)
{
    static readonly SemaphoreSlim slots = new(2);

    /// <summary>The one that the machine has, if it has one.</summary>
    public static LibreOffice Installed { get; } = new("soffice", TimeSpan.FromSeconds(60));

    /// <summary>
    /// Converts a file. Refusals: <c>pdf_converter_missing</c>, <c>conversion_failed</c> (the file is not what it seems, or
    /// takes too long).
    /// </summary>
    /// <param name="content">The file.</param>
    /// <param name="from">Its extension, such as <c>docx</c>.</param>
    /// <param name="to">Extension of the format wanted, such as <c>pdf</c>.</param>
    /// <param name="token">Cancels it.</param>
    public async Task<Outcome<byte[]>> ConvertAsync(ReadOnlyMemory<byte> content, string from, string to, CancellationToken token)
    {
        await slots.WaitAsync(token);
        var folder = Directory.CreateTempSubdirectory("aggregator-office-");
        try
        {
            var source = Path.Combine(folder.FullName, $"document.{from}");
            await using (var file = new FileStream(source, FileMode.CreateNew))
            {
                await file.WriteAsync(content, token);
            }

            var start = new ProcessStartInfo(Program)
            {
                ArgumentList =
                {
                    $"-env:UserInstallation={new Uri(Path.Combine(folder.FullName, "profile")).AbsoluteUri}",
                    "--headless", "--norestore", "--nologo", "--convert-to", to, "--outdir", Path.Combine(folder.FullName, "out"), source,
                },
                WorkingDirectory = folder.FullName,
            };

            // What it keeps outside of the profile goes where it is removed, too.
            start.Environment["HOME"] = folder.FullName;
            var run = await ExternalProgram.RunAsync(start, default, Patience, token);
            var result = Path.Combine(folder.FullName, "out", $"document.{to}");
            return run is null ? Missing()
                : run.ExitCode == 0 && File.Exists(result) ? await File.ReadAllBytesAsync(result, token)
                : new Refusal(RefusalKind.Unacceptable, "conversion_failed", $"LibreOffice 不能把这个文件转换为 {to}：文件可能损坏，或者转换超过了 {Patience.TotalSeconds:0} 秒。");
        }
        finally
        {
            slots.Release();
            folder.Delete(recursive: true);
        }
    }

    static Refusal Missing() => new(RefusalKind.Unavailable, "pdf_converter_missing",
        "这台服务器没有安装 LibreOffice，不能转换文件。请管理员安装：apt-get install libreoffice-writer-nogui fonts-noto-cjk；Word 文件不受影响，可以下载后自行另存为 PDF。");
}
