using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Aggregator.Browser.Tests.Editions;

public sealed class ReportPageTests(Chromium chromium)
{
    [Theory]
    [InlineData("990101", 2020, 1440)]
    [InlineData("990101", 2022, 390)]
    [InlineData("360922", 2021, 1024)]
    public async Task The_page_fits_its_window_and_breaks_no_policy(string county, int year, int width)
    {
        var page = await chromium.OpenAsync(county, width);
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);
        page.PageError += (_, error) => complaints.Add(error);

        var response = await page.GotoAsync($"/api/v1/counties/{county}/years/{year}/report.html");

        response!.Status.ShouldBe(200);
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
        (await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('h1')).textAlign")).ShouldBe("center", "the style sheet was refused");
        complaints.ShouldBeEmpty();
        Directory.CreateDirectory("screenshots");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = $"screenshots/report-{county}-{year}-{width}.png", FullPage = true });
    }

    [Fact]
    public async Task It_says_who_is_missing_and_shows_the_figure_of_the_one_who_filed()
    {
        var page = await chromium.OpenAsync("360922", 1440);

        await page.GotoAsync("/api/v1/counties/360922/years/2021/report.html");

        (await page.Locator("aside strong").InnerTextAsync()).ShouldBe("未完整：已报 1/17 个单位");
        (await page.Locator("tr", new PageLocatorOptions { HasText = "行政处罚" }).Locator("td").InnerTextAsync()).ShouldBe("1");
        (await page.Locator("footer").InnerTextAsync()).ShouldContain("株潭镇");
    }

    [Fact]
    public async Task The_table_of_requests_prints_on_one_A4_page_within_the_margins()
    {
        // 210 mm less margins of 28 and 26 mm, at 96 pixels to the inch.
        const int Width = 589;
        var page = await chromium.OpenAsync("360922", Width);
        await page.GotoAsync("/api/v1/counties/360922/years/2021/report.html");
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });

        var widths = await page.EvaluateAsync<double[]>("[...document.querySelectorAll('table')].map(t => t.scrollWidth)");
        widths.ShouldAllBe(w => w <= Width);

        var pdf = Encoding.Latin1.GetString(await page.PdfAsync(new PagePdfOptions { PreferCSSPageSize = true }));
        Regex.Count(pdf, @"/Type\s*/Page\b").ShouldBe(5);
        Regex.Match(pdf, @"/MediaBox\s*\[0 0 ([\d.]+)").Groups[1].Value.ShouldStartWith("594");
    }
}
