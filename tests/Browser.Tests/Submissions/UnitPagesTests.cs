using Aggregator.Access;
using Aggregator.Testing;
using Microsoft.Playwright;

namespace Aggregator.Browser.Tests.Submissions;

public sealed class UnitPagesTests(Chromium chromium)
{
    const string Overview = "主动公开方面，通过政府网站公开信息12条。依申请公开方面，新收到申请2件，均已办结。政府信息管理实行先审后发。政府信息公开平台建设以网站专栏为主。监督保障方面，年度考核合格，未发生责任追究。";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_clerk_fills_the_form_in_and_files_it(bool script)
    {
        var county = await chromium.OpenCountyAsync();
        var unit = county.Units[0];
        await county.FileAsync(unit, Report.Zero("2021").WithRow("disclosure.normativeDocuments", 3, 0, 8)
            .WithRow("requests.received", 1, 0, 0, 0, 0, 0, 1).WithRow("requests.carriedOut", 1, 0, 0, 0, 0, 0, 1), yearsBefore: 1);
        var page = await chromium.SignedInAsync(Role.Reporter, unit, script);
        var complaints = Complaints(page);

        await page.GotoAsync("/");
        await Text(page, "main").ShouldContainAsync("还没有开始填报");
        await Text(page, "main").ShouldContainAsync("1月31日 23:59");
        await Text(page, "main").ShouldContainAsync("还有 ");
        await page.ClickAsync(".button >> text=填写报表");

        // Opening balances stand there, and last year's figure beside its cell.
        await Field(page, "requests.carriedIn.naturalPerson").ShouldHoldAsync("1");
        (await page.Locator("td", new PageLocatorOptions { Has = Field(page, "disclosure.normativeDocuments.inForce") }).Locator("small").InnerTextAsync()).ShouldBe("8");

        await page.ClickAsync("text=空格填 0");
        await Field(page, "requests.carriedIn.total").ShouldHoldAsync("1");
        await Field(page, "disclosure.normativeDocuments.inForce").FillAsync("8");
        await Field(page, "requests.received.naturalPerson").FillAsync("2");
        await Field(page, "requests.granted.naturalPerson").FillAsync("２");
        if (!script)
        {
            await page.ClickAsync("text=计算总计");
        }
        else
        {
            // As one types: totals at once, findings a moment later.
            await Field(page, "requests.granted.naturalPerson").FillAsync("2");
            await Field(page, "requests.received.total").ShouldHoldAsync("2");
            await page.WaitForSelectorAsync("#findings li.hard:has-text('自然人')");
        }

        await Field(page, "requests.total.total").ShouldHoldAsync("2");
        await Field(page, "prose.overview").FillAsync(Overview);
        await Field(page, "prose.problems").FillAsync("一是公开内容不够丰富。下一步加强培训，明确专人负责。");
        await Field(page, "prose.other").FillAsync("本年度没有收取信息处理费。");
        await page.ClickAsync(".toolbar >> text=报送");

        // Three were to be handled and two were: kept as a draft, with the rule in words at the cell.
        await Text(page, "#message").ShouldContainAsync("必须改正，还没有报送");
        await Text(page, "#findings").ShouldContainAsync("自然人");
        (await page.Locator("td.hard input[aria-invalid=true]").CountAsync()).ShouldBeGreaterThan(0);
        await Field(page, "prose.overview").ShouldHoldAsync(Overview);
        await Field(page, "requests.granted.naturalPerson").FillAsync("3");
        await page.ClickAsync("text=计算总计");
        await page.ClickAsync(".toolbar >> text=报送");

        await Text(page, "h1").ShouldContainAsync("报送回执");
        (await page.Locator(".hash").InnerTextAsync()).ShouldMatch("^[0-9a-f]{64}$");
        await Text(page, "main").ShouldContainAsync("第 2 稿");
        await page.GotoAsync("/");
        await Text(page, "main").ShouldContainAsync("已报送，等待县级主管部门审核");
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_typed_is_lost_when_somebody_else_has_saved_or_the_session_has_ended()
    {
        var county = await chromium.OpenCountyAsync();
        var unit = county.Units[0];
        var page = await chromium.SignedInAsync(Role.Reporter, unit, script: false);
        await page.GotoAsync($"/units/{unit}/years/{county.Year}/edit");
        await Field(page, "prose.problems").FillAsync("第一次写的问题。");
        await county.FileAsync(unit, Report.Zero("2021").With("disclosure.penalties.decisions", 5));

        await page.ClickAsync("text=保存草稿");
        await Text(page, "#message").ShouldContainAsync("您填写的内容还在");
        await Text(page, "main").ShouldContainAsync("他人保存的新稿");
        await Field(page, "prose.problems").ShouldHoldAsync("第一次写的问题。");

        await chromium.Samples.System.Database.ScalarAsync<int>($"delete from session where login in (select login from account where scope = '{unit}')");
        await page.ClickAsync("text=保存草稿");
        await Text(page, "main").ShouldContainAsync("登录已过期");
        var account = await AccountAsync(unit);
        await page.FillAsync("#login", account.Login);
        await page.FillAsync("#password", account.Password);
        await page.ClickAsync("button:has-text('登录')");
        await page.ClickAsync("text=继续填写");

        await Field(page, "prose.problems").ShouldHoldAsync("第一次写的问题。");
        await page.ClickAsync("text=保存草稿");
        await Text(page, "#message").ShouldContainAsync("草稿已保存（第 2 稿");
        await Field(page, "prose.problems").ShouldHoldAsync("第一次写的问题。");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_clerk_hands_in_the_Word_file_and_corrects_what_was_read(bool script)
    {
        var county = await chromium.OpenCountyAsync();
        var page = await chromium.SignedInAsync(Role.Reporter, county.Units[0], script);
        var text = Repository.Read("samples/documents/geshan-2021.txt").Replace("2021", $"{county.Year}", StringComparison.Ordinal);
        var word = WordFile.Of(string.Concat(text.ReplaceLineEndings("\n").Split('\n').Select(line => WordFile.Paragraph(System.Security.SecurityElement.Escape(line.Replace('\t', ' '))))));

        await page.GotoAsync("/");
        await page.SetInputFilesAsync("#file", new FilePayload { Name = "年报.docx", MimeType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Buffer = word });
        await page.ClickAsync("text=上传并读取");

        await Text(page, "h1").ShouldContainAsync("请核对从文件读出的内容");
        if (script)
        {
            await Chromium.LookAsync(page, "reading");
        }

        await page.Locator("main a, main button").Filter(new LocatorFilterOptions { HasText = "到报表中" }).First.ClickAsync();
        await Field(page, "disclosure.normativeDocuments.inForce").ShouldHoldAsync("63");
        await page.ClickAsync("text=空格填 0");
        await page.ClickAsync(".toolbar >> text=报送");
        await Text(page, "h1").ShouldContainAsync("报送回执");
    }

    [Fact]
    public async Task In_the_grid_arrows_move_and_a_block_from_a_spreadsheet_spreads()
    {
        var county = await chromium.OpenCountyAsync();
        var page = await chromium.SignedInAsync(Role.Reporter, county.Units[0]);
        await page.GotoAsync($"/units/{county.Units[0]}/years/{county.Year}/edit");

        await Field(page, "requests.received.naturalPerson").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.TypeAsync("7");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("8");
        await Field(page, "requests.received.business").ShouldHoldAsync("7");
        await Field(page, "requests.carriedIn.business").ShouldHoldAsync("8");
        await Field(page, "requests.received.naturalPerson").EvaluateAsync("""
            input => { const data = new DataTransfer(); data.setData("text", "1,000\t2\n3\t4\n"); input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }
            """);
        await Field(page, "requests.received.naturalPerson").ShouldHoldAsync("1000");
        await Field(page, "requests.carriedIn.business").ShouldHoldAsync("4");
        await Field(page, "requests.received.total").ShouldHoldAsync("1002");

        // What was typed is there again, though nobody saved it.
        await page.ReloadAsync();
        await Field(page, "requests.received.naturalPerson").ShouldHoldAsync("1000");
    }

    [Fact]
    public async Task What_is_being_typed_is_there_on_another_machine_and_goes_when_it_is_not_wanted()
    {
        var county = await chromium.OpenCountyAsync();
        var (unit, edit) = (county.Units[0], $"/units/{county.Units[0]}/years/{county.Year}/edit");
        var page = await chromium.SignedInAsync(Role.Reporter, unit);
        await page.GotoAsync(edit);
        await Field(page, "disclosure.penalties.decisions").FillAsync("17");
        await Text(page, "#kept").ShouldContainAsync("已自动保存");

        var other = await chromium.SignedInAsync(Role.Reporter, unit, script: false);
        await other.GotoAsync(edit);
        await Text(other, "main").ShouldContainAsync("自动保存、尚未报送的内容");
        await Field(other, "disclosure.penalties.decisions").ShouldHoldAsync("17");
        await other.ClickAsync("text=不要了");
        await Field(other, "disclosure.penalties.decisions").ShouldHoldAsync("");
    }

    [Fact]
    public async Task When_the_line_fails_what_is_typed_waits_in_the_browser()
    {
        var county = await chromium.OpenCountyAsync();
        var page = await chromium.SignedInAsync(Role.Reporter, county.Units[0]);
        await page.GotoAsync($"/units/{county.Units[0]}/years/{county.Year}/edit");

        await page.Context.SetOfflineAsync(true);
        await Field(page, "disclosure.penalties.decisions").FillAsync("23");
        await Text(page, "#kept").ShouldContainAsync("暂时连不上");
        await page.Context.SetOfflineAsync(false);
        await Text(page, "#kept").ShouldContainAsync("已自动保存");
    }

    [Fact]
    public async Task A_clerk_files_with_the_keyboard_alone()
    {
        var county = await chromium.OpenCountyAsync();
        var page = await chromium.SignedInAsync(Role.Reporter, county.Units[0]);
        await page.GotoAsync("/");
        await TabToAsync(page, ".button >> text=填写报表");
        await page.Keyboard.PressAsync("Enter");

        await TabToAsync(page, "[name='prose.overview']");
        await page.Keyboard.TypeAsync(Overview);
        await TabToAsync(page, ".toolbar >> text=空格填 0");
        await page.Keyboard.PressAsync("Enter");
        await Text(page, "#message").ShouldContainAsync("空着的格已填 0");
        await TabToAsync(page, "[name='requests.received.naturalPerson']");
        await page.Keyboard.TypeAsync("2");
        for (var row = 0; row < 2; row++)
        {
            await page.Keyboard.PressAsync("ArrowDown");
        }

        await page.Keyboard.TypeAsync("2");
        await Field(page, "requests.granted.naturalPerson").ShouldHoldAsync("2");
        await Field(page, "requests.total.total").ShouldHoldAsync("2");
        await TabToAsync(page, "[name='prose.problems']");
        await page.Keyboard.TypeAsync("一是公开内容不够丰富。下一步加强培训，明确专人负责。");
        await TabToAsync(page, "[name='prose.other']");
        await page.Keyboard.TypeAsync("本年度没有收取信息处理费。");
        await TabToAsync(page, ".toolbar >> text=报送");
        await page.Keyboard.PressAsync("Enter");

        await Text(page, "h1").ShouldContainAsync("报送回执");
    }

    [Fact]
    public async Task Every_page_of_a_unit_is_accessible_and_worth_looking_at()
    {
        var county = await chromium.OpenCountyAsync();
        var unit = county.Units[0];
        await county.FileAsync(unit, Typical, yearsBefore: 1);
        var page = await chromium.SignedInAsync(Role.Reporter, unit);

        await page.GotoAsync("/");
        await Chromium.LookAsync(page, "unit-missing");
        await page.GotoAsync($"/units/{unit}/years/{county.Year}/edit");
        await Field(page, "requests.received.naturalPerson").FillAsync("2");
        await Field(page, "prose.other").FillAsync("本年度没有收取信息处理费。");
        await page.ClickAsync(".toolbar >> text=检查");
        await Chromium.LookAsync(page, "edit-begun");
        await page.ClickAsync("text=空格填 0");
        await Field(page, "requests.granted.naturalPerson").FillAsync("3");
        await Field(page, "disclosure.penalties.decisions").FillAsync("640");
        await page.ClickAsync("text=计算总计");
        await page.WaitForSelectorAsync("td.hard input");
        await page.FocusAsync("td.hard input");
        await Chromium.LookAsync(page, "edit");
        await page.ClickAsync("text=保存草稿");
        await county.FileAsync(unit, Typical.WithRow("requests.received", 5, 1, 0, 0, 0, 0, 6).WithRow("requests.granted", 3, 1, 0, 0, 0, 0, 4).WithRow("requests.total", 5, 1, 0, 0, 0, 0, 6).With("disclosure.penalties.decisions", 640));
        await page.GotoAsync("/");
        await Chromium.LookAsync(page, "unit-submitted");
        await page.ClickAsync("text=查看回执");
        await Chromium.LookAsync(page, "receipt");
        await page.GotoAsync($"/units/{unit}/years/{county.Year}/history");
        await Chromium.LookAsync(page, "history");
        await county.PostAsync($"/api/v1/counties/{county.Code}/years/{county.Year}/submissions/{unit}/return", """{"reason":"表三自然人一列请核对；六、其他需要报告的事项未写信息处理费。"}""");
        await page.GotoAsync("/");
        await Chromium.LookAsync(page, "unit-returned");
        await page.GotoAsync("/account");
        await Chromium.LookAsync(page, "account");
        var nobody = await chromium.OpenAsync();
        await nobody.GotoAsync("/");
        await Chromium.LookAsync(nobody, "sign-in");
    }

    /// <summary>Goes on by Tab until something has the focus, as a person without a mouse does.</summary>
    static async Task TabToAsync(IPage page, string selector)
    {
        var wanted = page.Locator(selector).First;
        for (var tabs = 0; tabs < 300; tabs++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await wanted.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                return;
            }
        }

        Assert.Fail($"Tab does not lead to {selector}.");
    }

    async Task<(string Login, string Password)> AccountAsync(string unit)
    {
        var (login, password) = ($"u{Guid.NewGuid():n}", "春江花月夜-2026-潮水");
        var hash = Password.Hasher.HashPassword(null!, password);
        await chromium.Samples.System.Database.ScalarAsync<int>($"""
            insert into account (login, name, role, scope, password_hash, must_change, created_by, created_at)
            values ('{login}', '李明', 'reporter', '{unit}', '{hash}', false, 'test', now())
            """);
        return (login, password);
    }

    /// <summary>What a town of some size reports.</summary>
    static readonly Report Typical = Report.Zero("2021")
        .WithRow("disclosure.normativeDocuments", 4, 1, 27).With("disclosure.licences.decisions", 186).With("disclosure.penalties.decisions", 23).With("disclosure.fees.amount", 12.5m)
        .WithRow("requests.received", 6, 1, 0, 0, 0, 0, 7).WithRow("requests.granted", 4, 1, 0, 0, 0, 0, 5).WithRow("requests.unavailable.notHeld", 1, 0, 0, 0, 0, 0, 1)
        .WithRow("requests.refused.thirdPartyRights", 1, 0, 0, 0, 0, 0, 1).WithRow("requests.total", 6, 1, 0, 0, 0, 0, 7);

    static ILocator Field(IPage page, string name) => page.Locator($"[name='{name}']");

    static ILocator Text(IPage page, string selector) => page.Locator(selector).First;

    static List<string> Complaints(IPage page)
    {
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            // A form that comes back with findings is a refusal to the browser, too.
            if (message.Type is "error" or "warning" && !message.Text.Contains("422", StringComparison.Ordinal))
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);
        return complaints;
    }
}
