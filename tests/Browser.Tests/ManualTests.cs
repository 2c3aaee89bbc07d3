using System.Security;
using System.Text.RegularExpressions;
using Aggregator.Access;
using Aggregator.Testing;
using Microsoft.Playwright;

namespace Aggregator.Browser.Tests;

/// <summary>
/// The user's manual is true: what it names is on a page, and what it shows is what a browser shows. With ACCEPT=1 the walk takes
/// the manual's pictures anew.
/// </summary>
public sealed partial class ManualTests(Chromium chromium)
{
    const string Manual = "docs/用户手册.md";

    [Fact]
    public void Every_button_that_the_manual_names_is_on_a_page()
    {
        var pages = string.Concat(Repository.Files("src/Api", "*.razor").Concat(Repository.Files("src/Api", "*.cs")).Select(Repository.Read));

        Named().Matches(Repository.Read(Manual)).Select(m => m.Groups[1].Value).Where(name => name.Length > 0 && !pages.Contains(name, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_picture_that_the_manual_shows_is_there_and_no_other()
    {
        var shown = Picture().Matches(Repository.Read(Manual)).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal).ToArray();
        var there = Directory.GetFiles(Path.Combine(Repository.Root, "docs", "images"), "*.png");

        there.Select(f => $"images/{Path.GetFileName(f)}").Order(StringComparer.Ordinal).ShouldBe(shown);
        there.Sum(f => new FileInfo(f).Length).ShouldBeLessThan(2_000_000);
    }

    [Fact]
    public async Task A_walk_through_the_manual_finds_every_page_that_it_shows()
    {
        var county = await chromium.OpenCountyAsync();
        var unit = county.Units[0];
        var text = Repository.Read("samples/documents/geshan-2021.txt").Replace("2021", $"{county.Year}", StringComparison.Ordinal);
        await county.FileAsync(unit, Report.Zero("2021").With("disclosure.normativeDocuments.inForce", 61).With("disclosure.penalties.decisions", 3)
            .With("requests.received.naturalPerson", 2).With("requests.received.total", 2).With("requests.granted.naturalPerson", 2).With("requests.granted.total", 2)
            .With("requests.total.naturalPerson", 2).With("requests.total.total", 2), yearsBefore: 1);
        var town = await SignedInAsync(Role.Reporter, unit);
        await town.GotoAsync("/");
        await ShootAsync(town, "unit");
        await town.SetInputFilesAsync("input[type=file]", new FilePayload { Name = "年度报告.docx", MimeType = WordMediaType, Buffer = WordFile.Of(string.Concat(text.ReplaceLineEndings("\n").Split('\n').Select(line => WordFile.Paragraph(SecurityElement.Escape(line.Replace('\t', ' ')))))) });
        await town.ClickAsync("text=上传并读取");
        await town.Locator("h1").ShouldContainAsync("请核对从文件读出的内容");
        await ShootAsync(town, "reading");
        await town.Locator("main a, main button").Filter(new LocatorFilterOptions { HasText = "到报表中" }).First.ClickAsync();
        await ShootAsync(town, "edit", "h2:has-text('三、收到和处理')");
        await town.ClickAsync(".toolbar >> text=报送");
        await town.Locator("h1").ShouldContainAsync("报送回执");
        await ShootAsync(town, "receipt");

        var office = await SignedInAsync(Role.County, "990101");
        await office.GotoAsync("/counties/990101/years/2022");
        await ShootAsync(office, "county");
        await office.ClickAsync("tbody tr:has(.chip.submitted) th a");
        await ShootAsync(office, "review");
        foreach (var page in new[] { "totals", "editions" })
        {
            await office.GotoAsync($"/counties/990101/years/2022/{page}");
            await ShootAsync(office, page);
        }

        foreach (var page in new[] { "comparison", "heat-map" })
        {
            await office.GotoAsync($"/divisions/990101/years/2022/{page}");
            await ShootAsync(office, page);
        }

        var province = await SignedInAsync(Role.Viewer, "99");
        await province.GotoAsync("/");
        await ShootAsync(province, "division");

        var admin = await SignedInAsync(Role.Operator, "");
        await admin.GotoAsync("/installation?q=万载县");
        await ShootAsync(admin, "installation-search");
        await admin.ClickAsync("a:has-text('万载县')");
        await ShootAsync(admin, "county-setup");
    }

    Task<IPage> SignedInAsync(Role role, string scope) => chromium.SignedInAsync(role, scope, width: 1040);

    /// <summary>A picture of what stands at the top of the page, or from a heading on.</summary>
    static async Task ShootAsync(IPage page, string name, string? from = null)
    {
        await page.SetViewportSizeAsync(1040, 700);
        if (from is not null)
        {
            await page.Locator(from).EvaluateAsync("e => e.scrollIntoView()");
        }

        var picture = await page.ScreenshotAsync(new PageScreenshotOptions { Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide });
        if (Environment.GetEnvironmentVariable("ACCEPT") == "1")
        {
            var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "docs", "images"));
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"{name}.png"), picture);
        }
    }

    const string WordMediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

    [GeneratedRegex("「([^」]*)」")]
    private static partial Regex Named();

    [GeneratedRegex(@"!\[[^\]]*\]\((images/[^)]+)\)")]
    private static partial Regex Picture();
}
