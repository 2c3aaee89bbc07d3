using System.Globalization;

namespace Aggregator.Documents;

/// <summary>
/// Converts documents by LibreOffice, where it is installed: without a window, in a profile of its own that knows no macros and no
/// network, at most as many at once as there are processors.
/// </summary>
public static class LibreOffice
{
    /// <summary>A unit's report takes two seconds and half a gigabyte; the address space counts, not what is used of it.</summary>
    static readonly ProcessLimits foreignLimits = new(TimeSpan.FromSeconds(20), ProcessorSeconds: 15, MemoryBytes: 1L << 30, FileBytes: 64 << 20, OutputBytes: 1 << 20);

    /// <summary>What the house itself has written may be a county's report of a hundred units.</summary>
    static readonly ProcessLimits ownLimits = foreignLimits with { Time = TimeSpan.FromSeconds(40), ProcessorSeconds = 40, MemoryBytes = 2L << 30, FileBytes = 256 << 20 };

    /// <summary>Otherwise it takes a damaged file for text and converts the rubbish.</summary>
    static readonly Dictionary<string, string> importFilters = new()
    {
        ["doc"] = "MS Word 97",
        ["docx"] = "MS Word 2007 XML",
        ["rtf"] = "Rich Text Format",
        ["odt"] = "writer8",
    };

    /// <summary>
    /// No macro, no active content, no linked picture or text, and a proxy that does not exist for whatever is left.
    /// </summary>
    const string Profile = """
        <?xml version="1.0" encoding="UTF-8"?>
        <oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
        <item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
        <item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
        <item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
        <item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
        <item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
        <item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
        <item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
        <item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
        <item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
        </oor:items>
        """;

    /// <summary>Whether it is installed.</summary>
    public static bool IsInstalled => ChildProcess.Find("soffice") is not null;

    /// <summary>
    /// Converts a file; extensions without the dot (<c>doc</c> to <c>docx</c>, <c>docx</c> to <c>pdf</c>). Refusals:
    /// <c>converter_missing</c>, <c>conversion_failed</c>.
    /// </summary>
    public static async Task<Outcome<byte[]>> ConvertAsync(ReadOnlyMemory<byte> bytes, string fromExtension, string toExtension, CancellationToken token)
    {
        if (ChildProcess.Find("soffice") is not { } program)
        {
            return new Refusal(RefusalKind.Unavailable, "converter_missing",
                $"转换 .{fromExtension} 文件需要 LibreOffice，这台服务器上没有安装；请管理员运行 apt install libreoffice-writer-nogui，或者改传 .docx 文件。");
        }

        var limits = fromExtension == "docx" ? ownLimits : foreignLimits;
        return await ChildProcess.InFolderAsync<Outcome<byte[]>>(async folder =>
        {
            var profile = Directory.CreateDirectory(Path.Combine(folder, "profile", "user")).Parent!.FullName;
            await File.WriteAllTextAsync(Path.Combine(profile, "user", "registrymodifications.xcu"), Profile, token);
            if (BuildOf(program) is { } build)
            {
                await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(profile, "user", "extensions")).FullName, "buildid"), build, token);
            }

            await File.WriteAllBytesAsync(Path.Combine(folder, $"in.{fromExtension}"), bytes, token);
            List<string> arguments =
            [
                $"-env:UserInstallation={new Uri(profile)}", "--headless", "--norestore", "--nolockcheck", "--nodefault",
                .. importFilters.TryGetValue(fromExtension, out var filter) ? (string[])[$"--infilter={filter}"] : [],
                "--convert-to", toExtension, "--outdir", Path.Combine(folder, "out"), Path.Combine(folder, $"in.{fromExtension}"),
            ];
            var result = await ChildProcess.RunAsync(program, arguments, folder, limits, token);
            var converted = new FileInfo(Path.Combine(folder, "out", $"in.{toExtension}"));
            return converted.Exists && converted.Length > 0
                ? await File.ReadAllBytesAsync(converted.FullName, token)
                : new Refusal(RefusalKind.Invalid, "conversion_failed", result.ExitCode < 0
                    ? string.Create(CultureInfo.InvariantCulture, $".{fromExtension} 文件转换超过 {limits.Time.TotalSeconds} 秒，已中止；请用 Word 或 WPS 打开后另存，再重新上传。")
                    : $".{fromExtension} 文件转换失败，文件可能已损坏；请用 Word 或 WPS 打开后另存，再重新上传。");
        }, token);
    }

    /// <summary>Which build is installed. A profile that does not name it makes the program look for extensions and start once more.</summary>
    static string? BuildOf(string program)
    {
        const string Name = "buildid=";
        var versions = Path.Combine(Path.GetDirectoryName(File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program)!, "versionrc");
        return File.Exists(versions) ? File.ReadLines(versions).FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal))?[Name.Length..] : null;
    }
}
