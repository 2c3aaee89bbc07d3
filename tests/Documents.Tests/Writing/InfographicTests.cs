using System.Text;
using System.Xml.Linq;
using Aggregator.Documents.Writing;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Documents.Tests.Writing;

public class InfographicTests
{
    [Theory]
    [InlineData("2019", false, 6)]
    [InlineData("2021", false, 6)]
    [InlineData("2021", true, 6)]
    [InlineData("2021", true, 0)]
    public void Every_number_is_a_total(string form, bool wide, int units)
    {
        var report = SampleCounty.Random(form, units, 2, missing: 1);
        var svg = XDocument.Parse(Encoding.UTF8.GetString(Infographic.Write(report, wide)));

        var figures = svg.Descendants().Where(e => e.Attribute("data-of") is not null).ToList();
        figures.Count.ShouldBeGreaterThanOrEqualTo(20);
        foreach (var figure in figures)
        {
            var values = figure.Attribute("data-of")!.Value.Split('+').Select(path => report.Figures[report.Figures.Form.FindCell(path)!]).ToArray();
            figure.Value.ShouldBe(values.Contains(null) ? "—" : Figures.Text(values.Sum()));
        }

        svg.Root!.Attribute("font-family")!.Value.ShouldContain("Noto Sans CJK SC");
        svg.ToString().ShouldContain($"未完整 {units}/{units + 1}");
    }

    [Fact]
    public void Nothing_stands_outside_of_the_picture()
    {
        foreach (var wide in new[] { false, true })
        {
            var svg = XDocument.Parse(Encoding.UTF8.GetString(Infographic.Write(SampleCounty.Random("2021", 5, 3), wide)));
            var (width, height) = (Number(svg.Root!, "width"), Number(svg.Root!, "height"));
            svg.Descendants().Where(e => e.Name.LocalName == "rect")
                .Where(r => Number(r, "x") < 0 || Number(r, "x") + Number(r, "width") > width + 0.1 || Number(r, "y") + Number(r, "height") > height + 0.1).ShouldBeEmpty();
        }

        static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value);
    }

    [Fact]
    public async Task It_becomes_a_PNG_of_its_size()
    {
        var png = (await SvgConverter.ToPngAsync(Infographic.Write(SampleCounty.Random("2021", 2, 1), wide: true), default)).Value.ShouldNotBeNull();

        png[1..4].ShouldBe("PNG"u8.ToArray());
        png[16..24].ShouldBe(new byte[] { 0, 0, 7, 128, 0, 0, 4, 56 }, "1920 × 1080");
    }
}
