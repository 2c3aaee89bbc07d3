using Aggregator.Documents.Reading;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Editions;

/// <summary>What we write, we read back: the county's report in each format, read by our own reader, has the same figures.</summary>
public sealed class RoundTripTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData(2020, 6)]
    [InlineData(2021, 12)]
    public async Task The_county_s_report_is_read_back_from_every_format(int year, int units)
    {
        var county = await api.OpenCountyAsync(year);
        var random = new Random(year);
        foreach (var unit in county.Units.Take(units))
        {
            (await county.Clerk.FileAsync(county.Year, unit, RandomReport.Consistent(Form.ForYear(year)!.Code, random))).EnsureSuccessStatusCode();
        }

        await api.RefreshTotalsAsync();
        var figures = (await county.Clerk.GetJsonAsync($"{county.Year}/report.json"))["figures"]!;

        foreach (var format in new[] { "html", "docx", "xlsx", "pdf" })
        {
            var response = await county.Clerk.GetAsync($"{county.Year}/report.{format}");
            response.EnsureSuccessStatusCode();
            var file = await response.Content.ReadAsByteArrayAsync();
            (await SourceFile.ReadAsync(file, TestContext.Current.CancellationToken)).Is(out var document, out var refusal).ShouldBeTrue($"{format}: {refusal?.Detail}");
            ReportReader.Read(document!).Is(out var reading, out refusal).ShouldBeTrue($"{format}: {refusal?.Detail}");

            (reading.Form, reading.Year).ShouldBe((Form.ForYear(year), year), format);
            reading.Form.Cells.Where(c => reading.Figures[c] != figures.Cell(c.Path)).Select(c => $"{c.Path}: {reading.Figures[c]} instead of {figures.Cell(c.Path)}").ShouldBeEmpty(format);
            reading.Cells.Where(c => c.Confidence != Confidence.Certain).Select(c => $"{c.Path} {c.Text}").ShouldBeEmpty($"{format}: {string.Join('\n', reading.Remarks.Select(r => r.Message))}");
        }
    }
}
