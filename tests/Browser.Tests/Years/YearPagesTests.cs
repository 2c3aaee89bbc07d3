using System.Net;
using Aggregator.Access;
using Aggregator.Testing;
using Microsoft.Playwright;

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
        await office.CheckAsync("text=文字部分写的数与表格不一致");
        await office.FillAsync("#return-reason", "请核对表三自然人一列。");
        await office.ClickAsync("button:has-text('退回')");
        await office.Locator(".meta").ShouldContainAsync("已退回");

        await town.GotoAsync("/");
        await town.Locator("main").ShouldContainAsync("请核对后统一");
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
        await page.FillAsync("#extend-dueDate", $"{county.Year + 1}-02-15");
        await page.FillAsync("#extend-reason", "洪灾");
        await page.ClickAsync("button:has-text('办理延期')");
        await page.Locator(".meta").ShouldContainAsync("2月15日 23:59");

        await page.GotoAsync($"/counties/{county.Code}/years/{county.Year}?sort=-due");
        (await page.Locator("tbody tr").First.InnerTextAsync()).ShouldContain(county.Units[2]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_coordinator_takes_a_year_from_its_reports_to_the_published_edition(bool script)
    {
        var county = await chromium.OpenCountyAsync();
        foreach (var filing in county.Units.Skip(1))
        {
            await county.FileAsync(filing, RandomReport.Consistent("2021", new Random(filing.GetHashCode(StringComparison.Ordinal))));
        }

        await chromium.Samples.System.WaitUntilFreshAsync();
        var page = await chromium.SignedInAsync(Role.County, county.Code, script);
        await page.GotoAsync("/");

        // All that wait, at once.
        await page.ClickAsync("[aria-label^='等待审核']");
        await page.ClickAsync("text=全选");
        await page.ClickAsync(".toolbar >> text=审核通过");
        await page.ClickAsync("text=确认审核通过");
        await Said(page).ShouldContainAsync($"已审核通过 {county.Units.Count - 1} 个单位的报告");

        // The one that does not have to.
        await page.CheckAsync($"input[value='{county.Units[0]}']");
        await page.ClickAsync(".toolbar >> text=免报");
        await page.FillAsync("#exempt-reason", "机构改革，由上级一并报告");
        await page.ClickAsync("text=确认免报");
        await Said(page).ShouldContainAsync("已将 1 个单位列为免报");
        await page.Locator("#progress").ShouldContainAsync("报送率 100.0%");
        await chromium.Samples.System.WaitUntilFreshAsync();

        // One section in the county's own words, then the edition.
        await page.ClickAsync("nav >> text=定稿");
        await page.ClickAsync("text=修改文字部分");
        await page.FillAsync("#other-text", "本年度全县没有收取信息处理费。");
        await page.Locator("form:has(#other-text) >> text=保存这一部分").ClickAsync();
        await page.Locator("section[aria-labelledby=other]").ShouldContainAsync("县级改写");
        await page.ClickAsync("nav >> text=定稿与下载");
        await page.ClickAsync("text=生成新的定稿");
        for (var look = 0; !script && look < 300 && await page.Locator("text=手工刷新").CountAsync() > 0; look++)
        {
            await Task.Delay(200);
            await page.ClickAsync("text=手工刷新");
        }

        await page.Locator("#editions ~ .scroll tbody").ShouldContainAsync("已生成");
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#editions ~ .scroll >> text=Word"));
        var word = await File.ReadAllBytesAsync((await download.PathAsync())!);
        System.Text.Encoding.ASCII.GetString(word[..2]).ShouldBe("PK");

        // Closed, published, and nothing has changed since.
        await page.ClickAsync("text=发布本年度");
        await page.ClickAsync("summary:has-text('截止')");
        await page.ClickAsync("text=确认截止");
        await Said(page).ShouldContainAsync("截止");
        await page.ClickAsync("summary:has-text('发布')");
        await page.ClickAsync("text=确认发布");
        await Said(page).ShouldContainAsync("已发布");
        await page.ClickAsync("nav >> text=定稿");
        await page.Locator("#editions ~ .scroll tbody").ShouldContainAsync("已发布");
        await page.ClickAsync("text=比较");
        await page.Locator("main").ShouldContainAsync("没有变动");
    }

    [Fact]
    public async Task A_coordinator_keeps_roster_contacts_accounts_dates_and_reminders()
    {
        var county = await chromium.OpenCountyAsync();
        var page = await chromium.SignedInAsync(Role.County, county.Code, script: false);
        await page.GotoAsync("/");

        await page.ClickAsync("nav >> text=管理");
        await page.ClickAsync("summary:has-text('增加县直部门')");
        await page.FillAsync("#add-name", "财政局");
        await page.FillAsync("#add-code", "财政");
        await page.ClickAsync("text=登记并列入名录");

        // What is wrong is said at the page's top, and what was typed is still there.
        await page.Locator("[role=alert]").ShouldContainAsync("不是单位代码");
        await page.Locator("#add-name").ShouldHoldAsync("财政局");
        await page.FillAsync("#add-code", "czj");
        await page.ClickAsync("text=登记并列入名录");
        await Said(page).ShouldContainAsync("财政局已登记并列入名录");
        await page.FillAsync("[name='contact.0.name']", "张三");
        await page.FillAsync("[name='contact.0.email']", "zhangsan@example.gov.cn");
        await page.ClickAsync("main button:has-text('保存')");
        await page.Locator("tr:has-text('财政局')").ShouldContainAsync("张三");

        await page.ClickAsync("nav >> text=账号");
        await page.SelectOptionAsync("#account-scope", $"{county.Code}-czj");
        await page.FillAsync("#account-login", $"czj{county.Code}");
        await page.FillAsync("#account-name", "张三");
        await page.ClickAsync("text=新建，显示一次性密码");
        (await page.Locator("section:has(#issued) .hash strong").InnerTextAsync()).Length.ShouldBeGreaterThan(8);
        await page.ClickAsync($"[aria-label='停用 czj{county.Code}']");
        await page.Locator($"tr:has-text('czj{county.Code}')").ShouldContainAsync("已停用");

        await page.ClickAsync("nav >> text=年度设置");
        await page.FillAsync("#dates-dueDate", $"{county.Year + 1}-04-15");
        await page.ClickAsync("text=保存日期");
        await page.Locator("[role=alert]").ShouldContainAsync("不晚于县级截止日");
        await page.FillAsync("#dates-dueDate", $"{county.Year + 1}-02-10");
        await page.ClickAsync("text=保存日期");
        await Said(page).ShouldContainAsync("截止日期已保存");

        await page.ClickAsync("nav >> text=催报");
        await page.ClickAsync("text=现在提醒全部未报单位");
        await Said(page).ShouldContainAsync($"已向 {county.Units.Count + 1} 个单位发出提醒");
        await page.ClickAsync("text=预览");
        await page.Locator(".letter").ShouldContainAsync("年度报告");

        await page.GotoAsync($"/counties/{county.Code}/years/{county.Year}/audit");
        await page.Locator("tbody").ShouldContainAsync("停用账号");
        await page.ClickAsync("text=核验记录是否完整");
        await page.Locator("[role=status]").ShouldContainAsync("没有改动过");
    }

    [Fact]
    public async Task A_coordinator_gives_a_program_a_key_and_tells_a_system_of_events()
    {
        var county = await chromium.OpenCountyAsync();
        var page = await chromium.SignedInAsync(Role.County, county.Code, script: false);
        await page.GotoAsync("/");
        await page.ClickAsync("nav >> text=管理");

        await page.ClickAsync("nav >> text=接口密钥");
        await page.SelectOptionAsync("#key-scope", county.Units[0]);
        await page.FillAsync("#key-expiresAt", "2020-01-31");
        await page.ClickAsync("text=新建，显示密钥");
        await page.Locator(".field.wrong").ShouldContainAsync("失效时间应晚于现在");
        await page.Locator("#key-scope").ShouldHoldAsync(county.Units[0]);
        await page.FillAsync("#key-expiresAt", $"{county.Year + 2}-01-31");
        await page.ClickAsync("text=新建，显示密钥");
        var key = await page.Locator("section:has(#issued) strong").InnerTextAsync();
        await page.Locator("tbody").ShouldContainAsync($"至 {county.Year + 2}年1月31日 23:59");
        using var program = new HttpClient { BaseAddress = chromium.Samples.System.Address };
        program.DefaultRequestHeaders.Authorization = new("Bearer", key);
        (await program.GetAsync($"/api/v1/units/{county.Units[0]}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await page.GotoAsync(page.Url);
        (await page.ContentAsync()).ShouldNotContain(key);
        await page.ClickAsync("summary:has-text('吊销')");
        await page.ClickAsync("text=确认吊销");
        await Said(page).ShouldContainAsync("已吊销");
        (await program.GetAsync($"/api/v1/units/{county.Units[0]}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        await page.ClickAsync("nav >> text=事件回调");
        await page.FillAsync("#webhook-url", "http://nowhere.invalid/hook");
        await page.UncheckAsync("#submission\\.filed");
        await page.ClickAsync("text=新建，显示签名密钥");
        await page.Locator(".field.wrong").ShouldContainAsync("网址应以 https:// 开头");
        (await page.IsCheckedAsync("#submission\\.filed")).ShouldBeFalse();
        await page.FillAsync("#webhook-url", "https://nowhere.invalid/hook");
        await page.ClickAsync("text=新建，显示签名密钥");
        (await page.Locator("section:has(#issued) strong").InnerTextAsync()).ShouldStartWith("whsec_");
        await page.Locator("tbody tr").ShouldContainAsync("退回、审核通过、发布县级报告");

        await page.ClickAsync("tbody a:has-text('nowhere.invalid')");
        await page.Locator("main").ShouldContainAsync("还没有投递");
        await page.ClickAsync("text=发一次测试");
        await Said(page).ShouldContainAsync("测试已放入队列");
        await page.ClickAsync("tbody a");
        for (var attempt = 0; attempt < 300 && await page.Locator("#attempts ~ .scroll tbody tr").CountAsync() == 0; attempt++)
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
            await page.GotoAsync(page.Url);
        }

        await page.Locator("#attempts ~ .scroll tbody").ShouldContainAsync("毫秒");
        await page.ClickAsync("text=重新投递");
        await Said(page).ShouldContainAsync("已重新放入队列");
        await page.ClickAsync(".crumbs a:has-text('投递记录')");
        await page.ClickAsync("summary:has-text('删除')");
        await page.ClickAsync("text=确认删除");
        await Said(page).ShouldContainAsync("回调已删除");
        await page.Locator("main").ShouldContainAsync("还没有回调");
    }

    [Fact]
    public async Task A_coordinator_corrects_a_cell_of_the_totals_and_takes_it_back()
    {
        var county = await chromium.OpenCountyAsync();
        await county.FileAsync(county.Units[0], Report.Zero("2021").With("disclosure.penalties.decisions", 3));
        await chromium.Samples.System.WaitUntilFreshAsync();
        var page = await chromium.SignedInAsync(Role.County, county.Code, script: false);
        await page.GotoAsync($"/counties/{county.Code}/years/{county.Year}/totals/disclosure.penalties.decisions");

        await page.ClickAsync("summary:has-text('更正这一格')");
        await page.FillAsync("#adjust-delta", "多了一件");
        await page.FillAsync("#adjust-reason", "联合处罚重复统计");
        await page.ClickAsync("button:text-is('更正')");
        await page.Locator(".field.wrong").ShouldContainAsync("不等于0的整数");
        await page.Locator("#adjust-reason").ShouldHoldAsync("联合处罚重复统计");
        await page.FillAsync("#adjust-delta", "-1");
        await page.ClickAsync("button:text-is('更正')");
        await Said(page).ShouldContainAsync("更正已记下");
        await chromium.Samples.System.WaitUntilFreshAsync();
        await page.ReloadAsync();
        (await page.Locator(".numbers dd").First.InnerTextAsync()).ShouldBe("2");
        await page.ClickAsync("text=撤销现有更正");
        await Said(page).ShouldContainAsync("更正已撤销");
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
        await page.Locator("#editions ~ .scroll tbody").ShouldContainAsync("已生成");
        await Chromium.LookAsync(page, "editions");
        foreach (var name in new[] { "anomalies", "reminders", "narrative", "roster", "keys", "webhooks", "settings" })
        {
            await page.GotoAsync($"{year}/{name}");
            await Chromium.LookAsync(page, name);
        }

        foreach (var width in new[] { 1440, 390 })
        {
            await page.SetViewportSizeAsync(width, 900);
            foreach (var name in new[] { "accounts", "audit?verify=true", "editions/1", "selection?do=exempt&unit=990101-lyj", "roster/990101105", "reminders/preview?unit=990101105&step=due" })
            {
                await page.GotoAsync($"{year}/{name}");
                await Chromium.ShouldBeAccessibleAsync(page);
            }
        }
    }

    /// <summary>What the page says was done.</summary>
    static ILocator Said(IPage page) => page.Locator(".notice.ok[role=status]").First;
}
