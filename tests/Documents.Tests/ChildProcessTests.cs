using System.Text;
using Aggregator.Documents.Reading;
using Aggregator.Documents.Tests.Reading;
using Aggregator.Documents.Writing;

namespace Aggregator.Documents.Tests;

/// <summary>Changes where the process looks for programs, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(ChildProcessTests), DisableParallelization = true)]
[Collection(nameof(ChildProcessTests))]
public sealed class ChildProcessTests
{
    [Fact]
    public async Task Where_the_programs_are_missing_the_refusal_says_what_to_install()
    {
        var token = TestContext.Current.CancellationToken;
        var pdf = FileFormats.Circular.Single(f => f.Extension == "pdf").Convert!;
        var path = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", "");
        try
        {
            foreach (var (refusal, code, package) in new[]
            {
                ((await SourceFile.ReadAsync(PdfSourceTests.Pdf("0 0 m S"), token)).Refusal, "pdf_reader_missing", "poppler-utils"),
                ((await SourceFile.ReadAsync(Encoding.UTF8.GetBytes("{\\rtf1 x}"), token)).Refusal, "converter_missing", "libreoffice-writer-nogui"),
                ((await pdf([], token)).Refusal, "pdf_converter_missing", "libreoffice-writer-nogui"),
                ((await SvgConverter.ToPngAsync([], token)).Refusal, "png_converter_missing", "librsvg2-bin"),
            })
            {
                (refusal!.Kind, refusal.Code).ShouldBe((RefusalKind.Unavailable, code));
                refusal.Detail.ShouldContain(package);
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }
}
