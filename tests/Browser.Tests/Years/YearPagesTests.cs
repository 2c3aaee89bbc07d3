using Aggregator.Access;
using Aggregator.Testing;

namespace Aggregator.Browser.Tests.Years;

public sealed class YearPagesTests(Chromium chromium)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_coordinator_returns_a_report_and_accepts_it_when_it_is_mended(bool script)
    {
        var county = await chromium.OpenCountyAsync();
        var unit = county.Units[0];
        await county.FileAsync(unit, RandomReport.Consistent("2021", new Random(3)));
        var (office, town) = (await chromium.SignedInAsync(Role.County, county.Code, script), await chromium.SignedInAsync(Role.Reporter, unit, script));

        await office.GotoAsync("/");
        await office.Locator("#progress").ShouldContainAsync($"已报 1 / {county.Units.Count} 个单位");
        await office.ClickAsync($"tr:has-text('{unit}') >> text=审核");
        await office.ClickAsync("summary:has-text('退回修改')");
        await office.FillAsync("#return", "请核对表三自然人一列。");
        await office.ClickAsync("button:has-text('退回')");
        await office.Locator(".meta").ShouldContainAsync("已退回");

        await town.GotoAsync("/");
        await town.Locator("main").ShouldContainAsync("请核对表三自然人一列。");
        await town.ClickAsync("text=继续填写");
        await town.ClickAsync(".toolbar >> text=报送");
        await town.Locator("h1").ShouldContainAsync("报送回执");

        await office.GotoAsync($"/counties/{county.Code}/years/{county.Year}/units/{unit}");
        await office.ClickAsync("button:has-text('审核通过')");
        await office.Locator(".meta").ShouldContainAsync("已审核通过");
        await town.GotoAsync("/");
        await town.Locator("main").ShouldContainAsync("不需要再做什么");
    }

    [Fact]
    public async Task A_cell_of_the_totals_opens_into_the_units_that_make_it_up()
    {
        var county = await chromium.OpenCountyAsync();
        await county.FileAsync(county.Units[0], Report.Zero("2021").With("disclosure.penalties.decisions", 3));
        await county.FileAsync(county.Units[1], Report.Zero("2021").With("disclosure.penalties.decisions", 4));
        await chromium.Samples.System.WaitUntilFreshAsync();
        var page = await chromium.SignedInAsync(Role.County, county.Code, script: false);

        await page.GotoAsync("/");
        await page.ClickAsync("text=汇总数据");
        await page.ClickAsync("tr:has-text('行政处罚') td a");

        (await page.Locator(".numbers dd").First.InnerTextAsync()).ShouldBe("7");
        (await page.Locator("tbody tr td:nth-child(2)").AllInnerTextsAsync()).ShouldBe(["4", "3"]);
    }

    [Fact]
    public async Task Units_are_found_sorted_and_given_more_time()
    {
        var county = await chromium.OpenCountyAsync();
        var page = await chromium.SignedInAsync(Role.County, county.Code, script: false);

        await page.GotoAsync($"/counties/{county.Code}/years/{county.Year}?q={county.Units[2]}");
        (await page.Locator("tbody tr").CountAsync()).ShouldBe(1);
        await page.ClickAsync("tbody tr td a");
        await page.ClickAsync("summary:has-text('延期')");
        await page.FillAsync("#due", $"{county.Year + 1}-02-15");
        await page.FillAsync("#why", "洪灾");
        await page.ClickAsync("button:has-text('办理延期')");
        await page.Locator(".meta").ShouldContainAsync("2月15日 23:59");

        await page.GotoAsync($"/counties/{county.Code}/years/{county.Year}?sort=-due");
        (await page.Locator("tbody tr").First.InnerTextAsync()).ShouldContain(county.Units[2]);
    }

    [Fact]
    public async Task Every_page_of_a_county_is_accessible_and_worth_looking_at()
    {
        var page = await chromium.SignedInAsync(Role.County, "990101");
        await page.GotoAsync("/");
        await Chromium.LookAsync(page, "county");
        var year = new Uri(page.Url).AbsolutePath;
        await page.ClickAsync("tbody tr:has(.chip.submitted) th a");
        await Chromium.LookAsync(page, "review");
        await page.GotoAsync($"{year}/totals");
        await Chromium.LookAsync(page, "totals");
        await page.ClickAsync("tr:has-text('行政处罚') td a");
        await Chromium.LookAsync(page, "total-cell");
        await page.GotoAsync($"{year}/editions");
        await page.ClickAsync("text=生成新的定稿");
        await page.Locator("main").ShouldContainAsync("第 1 份");
        await Chromium.LookAsync(page, "editions");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/totals")]
    [InlineData("/totals/requests.total.total")]
    [InlineData("/editions")]
    [InlineData("/units/990101105")]
    public async Task A_page_is_small(string below)
    {
        using var client = await chromium.Samples.System.ClientAsync(Role.County, "990101");
        var address = $"/counties/990101/years/2022{below}";
        var size = (await client.GetByteArrayAsync(address)).Length;

        TestContext.Current.TestOutputHelper?.WriteLine($"{address}: {size} bytes");
        size.ShouldBeLessThan(100_000);
    }
}
