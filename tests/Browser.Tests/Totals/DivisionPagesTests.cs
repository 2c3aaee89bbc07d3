using Aggregator.Access;

namespace Aggregator.Browser.Tests.Totals;

public sealed class DivisionPagesTests(Chromium chromium)
{
    [Fact]
    public async Task A_city_walks_down_to_a_unit_without_script_and_changes_nothing_there()
    {
        var page = await chromium.SignedInAsync(Role.Viewer, "99", script: false);

        await page.GotoAsync("/");
        await page.Locator("#progress").ShouldContainAsync("已报");
        await page.ClickAsync("tbody th a");
        await page.ClickAsync("tbody th a:has-text('演示县')");
        await page.Locator("h1").ShouldContainAsync("演示县");
        await page.ClickAsync("tbody tr:has(.chip.accepted, .chip.submitted) th a >> nth=0");
        (await page.Locator("main form").CountAsync()).ShouldBe(0);

        await page.GotoAsync("/");
        await page.ClickAsync("nav >> text=汇总数据");
        await page.ClickAsync("tr:has-text('行政处罚') td a");
        await page.ClickAsync("tbody th a");
        await page.ClickAsync("tbody th a:has-text('演示县')");
        await page.Locator("h1").ShouldContainAsync("行政处罚");
        await page.Locator("h1").ShouldContainAsync("演示县");
    }

    [Fact]
    public async Task Every_page_of_the_levels_above_is_accessible_and_worth_looking_at()
    {
        var page = await chromium.SignedInAsync(Role.Viewer, "00");
        await page.GotoAsync("/divisions/99/years/2022?counties=true");
        await Chromium.LookAsync(page, "division");
        await page.GotoAsync("/divisions/00/years/2021");
        await Chromium.LookAsync(page, "nation");
        await page.GotoAsync("/divisions/99/years/2022/totals");
        await Chromium.LookAsync(page, "division-totals");
        await page.ClickAsync("tr:has-text('行政处罚') td a");
        await Chromium.LookAsync(page, "division-cell");
        await page.GotoAsync("/divisions/990101/years/2022/comparison");
        await page.ClickAsync("#outcomes summary");
        await Chromium.LookAsync(page, "comparison");
        await page.GotoAsync("/divisions/990101/years/2022/heat-map");
        await Chromium.LookAsync(page, "heat-map");
    }
}
