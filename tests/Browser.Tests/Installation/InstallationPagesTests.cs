using Aggregator.Access;
using Aggregator.Database;
using Aggregator.Testing;

namespace Aggregator.Browser.Tests.Installation;

public sealed class InstallationPagesTests(Chromium chromium)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_empty_installation_is_led_to_a_county_that_can_begin(bool script)
    {
        var system = new RunningSystem();
        await system.InitializeAsync();
        await using var _ = system;
        var page = await chromium.OpenAsync(script, address: system.Address);

        await page.GotoAsync("/");
        await page.FillAsync("#login", "admin");
        var first = await FirstPasswordAsync(system);
        await page.FillAsync("#password", first);
        await page.ClickAsync("button:has-text('登录')");
        await page.FillAsync("#currentPassword", first);
        await page.FillAsync("#newPassword", "correct-horse-7-battery");
        await page.FillAsync("#repeated", "correct-horse-7-battery");
        await page.ClickAsync("button:has-text('修改密码')");
        await page.Locator("h1").ShouldContainAsync("运行与设置");
        await LookAsync(page, script, "installation-empty");

        await page.FillAsync("#q", "万载县");
        await page.ClickAsync("button:has-text('查找')");
        await LookAsync(page, script, "installation-search");
        await page.ClickAsync("tbody a:has-text('万载县')");
        await LookAsync(page, script, "county-setup-begin");
        await page.ClickAsync("button:has-text('保存，并按全国区划')");
        await page.FillAsync("#names", "1.教育体育局\n2.民政局\n3.财政局");
        await page.ClickAsync("button:has-text('登记并列入名录')");
        await page.Locator("main").ShouldContainAsync("县直部门 3 个");
        await page.FillAsync("#contact-name", "王丽");
        await page.FillAsync("#email", "wangli@wanzai.example");
        await page.ClickAsync("button:has-text('保存联系人')");
        await page.ClickAsync("button:has-text('发一封测试邮件')");
        await page.Locator("main").ShouldContainAsync("测试邮件已交后台发送");
        await page.FillAsync("#login", "wangli");
        await page.FillAsync("#person", "王丽");
        await page.ClickAsync("button:has-text('建立账号')");
        await page.Locator("main").ShouldContainAsync("一次性密码只显示这一次");
        await LookAsync(page, script, "county-setup");

        var password = await page.Locator("dd.hash").Nth(1).InnerTextAsync();
        await page.ClickAsync("button:has-text('退出')");
        await page.FillAsync("#login", "wangli");
        await page.FillAsync("#password", password);
        await page.ClickAsync("button:has-text('登录')");
        await page.Locator("h1").ShouldContainAsync("修改密码");
    }

    [Fact]
    public async Task The_operators_page_is_accessible_and_worth_looking_at()
    {
        var page = await chromium.SignedInAsync(Role.Operator, "");
        await page.GotoAsync("/");
        await Chromium.LookAsync(page, "installation");
    }

    [Fact]
    public async Task An_operator_looks_after_all_keys_and_webhooks()
    {
        var page = await chromium.SignedInAsync(Role.Operator, "");
        await page.GotoAsync("/");

        await page.ClickAsync("nav >> text=接口密钥");
        await page.SelectOptionAsync("#key-role", "viewer");
        await page.FillAsync("#key-scope", "360922201");
        await page.ClickAsync("text=新建，显示密钥");
        await page.Locator(".field.wrong").ShouldContainAsync("查看的范围应为区划代码");
        await page.FillAsync("#key-scope", "3609");
        await page.ClickAsync("text=新建，显示密钥");
        (await page.Locator("section:has(#issued) strong").InnerTextAsync()).ShouldStartWith("agg_");
        await page.Locator("tbody tr:has-text('3609 查看')").ShouldContainAsync("宜春市");
        await Chromium.LookAsync(page, "installation-keys");

        await page.ClickAsync("nav >> text=事件回调");
        await page.FillAsync("#webhook-scope", "36");
        await page.FillAsync("#webhook-url", "https://disclosure.province.example/annual-reports/of/all/counties/hooks/aggregator");
        await page.ClickAsync("text=新建，显示签名密钥");
        (await page.Locator("section:has(#issued) strong").InnerTextAsync()).ShouldStartWith("whsec_");
        await page.Locator("tbody").ShouldContainAsync("江西省");
        await Chromium.LookAsync(page, "installation-webhooks");
        await page.ClickAsync("tbody a");
        await page.ClickAsync("text=发一次测试");
        await page.Locator("#log ~ .scroll tbody").ShouldContainAsync("测试");
        await Chromium.LookAsync(page, "webhook");
        await page.ClickAsync("tbody a");
        await Chromium.LookAsync(page, "delivery");
    }

    /// <summary>What <c>operator-account</c> prints on the console.</summary>
    static async Task<string> FirstPasswordAsync(RunningSystem system)
    {
        await using var database = AggregatorDatabase.Open(system.Database.ConnectionString, AggregatorDatabase.ApiRole);
        var accounts = new AccountStore(database, Password.Hasher, AccessSettings.Default, TimeProvider.System);
        return (await accounts.CreateAsync("admin", "admin", Role.Operator, "", "test", CancellationToken.None)).Value!.Password;
    }

    static Task LookAsync(Microsoft.Playwright.IPage page, bool script, string name) => script ? Chromium.LookAsync(page, name) : Task.CompletedTask;
}
