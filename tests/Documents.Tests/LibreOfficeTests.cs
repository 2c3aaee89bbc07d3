using System.Runtime.Versioning;
using System.Text;
using Aggregator.Documents.Writing;
using Aggregator.Testing;

namespace Aggregator.Documents.Tests;

public class LibreOfficeTests
{
    [Fact]
    public async Task Several_at_once_do_not_disturb_each_other()
    {
        var word = ReportWord.Write(SampleCounty.Random("2021", 1, 1));

        var pdfs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => LibreOffice.Installed.ConvertAsync(word, "docx", "pdf", TestContext.Current.CancellationToken)));

        pdfs.Select(p => Encoding.ASCII.GetString(p.Value![..5])).ShouldBe(["%PDF-", "%PDF-", "%PDF-"]);
    }

    [Fact]
    public async Task Without_the_program_it_says_how_to_install_it()
    {
        var refusal = (await new LibreOffice("no-such-program", TimeSpan.FromSeconds(1)).ConvertAsync(default, "docx", "pdf", default)).Refusal.ShouldNotBeNull();

        (refusal.Kind, refusal.Code).ShouldBe((RefusalKind.Unavailable, "pdf_converter_missing"));
        refusal.Detail.ShouldContain("apt-get install libreoffice-writer-nogui");
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task A_program_that_hangs_is_ended_with_its_children_and_leaves_nothing_behind()
    {
        var folder = Directory.CreateTempSubdirectory("aggregator-test-");
        var (script, child) = (Path.Combine(folder.FullName, "hang.sh"), Path.Combine(folder.FullName, "child"));
        await File.WriteAllTextAsync(script, $"#!/bin/sh\nsleep 300 &\necho $! $HOME >{child}\nwait\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var refusal = (await new LibreOffice(script, TimeSpan.FromSeconds(1)).ConvertAsync(default, "docx", "pdf", default)).Refusal.ShouldNotBeNull();

        refusal.Code.ShouldBe("conversion_failed");
        var left = (await File.ReadAllTextAsync(child)).Split();
        (!File.Exists($"/proc/{left[0]}/stat") || (await File.ReadAllTextAsync($"/proc/{left[0]}/stat")).Contains(") Z ", StringComparison.Ordinal))
            .ShouldBeTrue("its child is ended, too, or only waits to be buried");
        Directory.Exists(left[1]).ShouldBeFalse("its folder is removed");
        folder.Delete(recursive: true);
    }
}
