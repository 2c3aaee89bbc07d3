using System.Text.Json;
using Aggregator.Access;
using Aggregator.Testing;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Aggregator.Browser.Tests.Chromium))]

namespace Aggregator.Browser.Tests;

/// <summary>Debian's Chromium, looking at a running system with the samples in it.</summary>
public sealed class Chromium : IAsyncLifetime
{
    static readonly string[] arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    static readonly string axe = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "axe.min.js"));

    IPlaywright? playwright;
    IBrowser? browser;
    readonly Lazy<Task> province;
    int counties = -1;

    /// <summary>Nothing is started yet.</summary>
    public Chromium() => province = new Lazy<Task>(FillAsync);

    /// <summary>The system behind the pages.</summary>
    public LoadedSamples Samples { get; } = new();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await Samples.InitializeAsync();
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = arguments });
    }

    /// <summary>A window of a program with a county's key.</summary>
    public async Task<IPage> OpenAsync(string county, int width)
    {
        var key = (string)Samples.Keys["counties"]![county]!;
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Samples.System.Address.ToString(),
            ExtraHTTPHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}" },
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        return await context.NewPageAsync();
    }

    /// <summary>A window of nobody in particular.</summary>
    public async Task<IPage> OpenAsync(bool script = true, int width = 1440, bool dark = false, Uri? address = null)
    {
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = (address ?? Samples.System.Address).ToString(),
            Locale = "zh-CN",
            JavaScriptEnabled = script,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        return await context.NewPageAsync();
    }

    /// <summary>A window of a person who is signed in.</summary>
    public async Task<IPage> SignedInAsync(Role role, string scope, bool script = true, int width = 1440, bool dark = false)
    {
        var page = await OpenAsync(script, width, dark);
        await SignInAsync(page.Context, role, scope);
        return page;
    }

    /// <summary>Signs a browser in, without the toil of hashing a password.</summary>
    public Task SignInAsync(IBrowserContext context, Role role, string scope) => SignInAsync(context, Samples.System, role, scope);

    /// <summary>Signs a browser in to any system.</summary>
    public static async Task SignInAsync(IBrowserContext context, RunningSystem system, Role role, string scope) =>
        await context.AddCookiesAsync([new Cookie { Name = "agg_session", Value = await system.SessionAsync(role, scope), Url = system.Address.ToString() }]);

    /// <summary>A county that no other test has: a report year that is due in January, and the one before with what its units filed.</summary>
    public async Task<OpenCounty> OpenCountyAsync()
    {
        var code = (await Samples.System.Database.ScalarAsync<string>($"""
            select parent from unit where kind in ('street', 'town', 'township') and parent like '36%' and parent not in ('360922')
            group by parent having count(*) between 10 and 16 order by parent offset {Interlocked.Increment(ref counties)} limit 1
            """))!;
        var units = await Samples.System.Database.ScalarAsync<string[]>(
            $"select array_agg(code order by code) from unit where parent = '{code}' and kind in ('street', 'town', 'township')");
        var county = new OpenCounty(code, units!, await Samples.System.ClientAsync(Role.County, code), TimeProvider.System.GetUtcNow().Year);
        foreach (var year in new[] { county.Year - 1, county.Year })
        {
            await county.PutAsync($"/api/v1/counties/{code}/years/{year}", "{}");
            await county.PostAsync($"/api/v1/counties/{code}/years/{year}/roster/import", null);
        }

        return county;
    }

    /// <summary>
    /// A province of 183 counties with five years of totals in both forms, and in it 510104 with 110 units that have filed in all of
    /// them: written as the programs would have, for to file half a million reports takes its time.
    /// </summary>
    public Task FillProvinceAsync() => province.Value;

    async Task FillAsync() => await Samples.System.Database.ScalarAsync<int>("""
        insert into reporting_year (county, year, form, due_date, county_due_date)
        select code, year, case when year < 2021 then '2019' else '2021' end, make_date(year + 1, 1, 31), make_date(year + 1, 3, 31)
        from unit, generate_series(2019, 2023) year where code like '51%' and kind = 'county';
        insert into total (division, year, form, figures, expected, included, late, missing, filed_days, filed_counts, revision, computed_at)
        select code, year, case when year < 2021 then '2019' else '2021' end,
            (select array_agg(((hashtext(code || year || n) & 8191) * 1000 / (n + 1))::numeric) from generate_series(1, case when year < 2021 then 198 else 200 end) n),
            40, 40 - (hashtext(code) & 3), (hashtext(code) >> 2) & 3, '{}', array[3, 12, 25, 30], array[5, 9, 11, 8], 1, now()
        from unit, generate_series(2019, 2023) year where (code like '51%' and kind in ('province', 'prefecture', 'county')) or code = '00'
        on conflict (division, year) do nothing;
        insert into unit (code, name, kind, parent, contacts)
        select '510104-u' || n, '锦江区第' || n || '直属事业单位服务中心', 'department', '510104', jsonb_build_array(jsonb_build_object('name', '张三', 'phone', '028-86512345', 'email', 'u' || n || '@jinjiang.example'))
        from generate_series(100, 209) n;
        insert into filing (county, year, unit, status, revision, filed_revision, filed_at, warning, notice)
        select '510104', year, code, case when year < 2023 then 'accepted' else 'submitted' end, 2, 2, make_date(year + 1, 1, 20), 2, 1
        from unit, generate_series(2019, 2023) year where code like '510104-u%';
        insert into revision (county, year, unit, revision, outcome, form, figures, prose, findings, body, sha256, filed_at, received_at, late, actor)
        select '510104', year, code, revision, 'submitted', case when year < 2021 then '2019' else '2021' end,
            (select array_agg((hashtext(code || year || revision || n) & 255)::numeric) from generate_series(1, case when year < 2021 then 198 else 200 end) n),
            array[(select string_agg(chr(19968 + (hashtext(code || year || n) & 4095)), '') from generate_series(1, 1000) n), '一是公开内容不够丰富。下一步加强培训。', '本年度没有收取信息处理费。'],
            (select jsonb_agg(jsonb_build_object('rule', rule, 'severity', severity, 'path', 'prose.overview', 'label', '一、总体情况', 'expected', '171', 'found', '159',
                'cells', '["prose.overview"]'::jsonb, 'message', '文中“通过网站公开信息159条，按栏目为：公开指南1条、概况信息6条”：总数写的是 159 条，所列各项相加是 171 条，请核对'))
                from (values ('TX', 'warning'), ('NAR', 'warning'), ('OUT', 'notice')) found (rule, severity)),
            '', '', make_date(year + 1, 1, 20), make_date(year + 1, 1, 20), false, 'test'
        from unit, generate_series(2019, 2023) year, generate_series(1, 2) revision where code like '510104-u%';
        insert into mail (county, year, unit, step, kind, state, recipients, subject, created_at, next_attempt_at, sent_at)
        select '510104', 2023, code, 'due-' || n, 'reminder', 'sent', array[code || '@jinjiang.example'], '请报送2023年度政府信息公开工作年度报告', now(), now(), now()
        from unit, generate_series(1, 4) n where code like '510104-u%';
        insert into audit (county, at, actor, action, year, subject) select '510104', now(), 'test', 'submit', 2023, code from unit, generate_series(1, 5) where code like '510104-u%';
        insert into account (login, name, role, scope, password_hash, created_by, created_at)
        select 'jinjiang' || right(code, 3), '张三', 'reporter', code, '', 'test', now() from unit where code like '510104-u%';
        insert into api_key (id, role, scope, secret_sha256, created_by, created_at) select 'k' || right(code, 3), 'reporter', code, '', 'test', now() from unit where code like '510104-u%';
        insert into adjustment (county, year, path, revision, delta, reason, actor, at)
        select '510104', 2023, path, 1, -1, '联合发文重复统计', 'test', now() from unnest(array['disclosure.penalties.decisions', 'requests.received.naturalPerson']) path;
        insert into stale_total (division, year) select '510104', generate_series(2019, 2023);
        """);

    /// <summary>Nothing that axe finds fault with, nothing wider than the window, and no word of a chart cut off where it begins.</summary>
    public static async Task ShouldBeAccessibleAsync(IPage page)
    {
        // Without script its promise never comes back.
        (await page.EvaluateAsync<bool>("matchMedia('(scripting: enabled)').matches")).ShouldBeTrue($"axe needs script; open {page.Url} in a window that has it.");
        await page.EvaluateAsync($"() => {{ {axe} }}");
        var found = await page.EvaluateAsync<JsonElement>(
            "async () => (await axe.run()).violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary).join(' | '))");
        found.EnumerateArray().Select(v => v.GetString()).ShouldBeEmpty(page.Url);
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(page.ViewportSize!.Width, page.Url);
        (await page.EvaluateAsync<string[]>("""
            [...document.querySelectorAll('svg.chart')].flatMap(chart => {
                const frame = getComputedStyle(chart).overflowX === 'visible' ? { left: 0, right: innerWidth } : chart.getBoundingClientRect();
                return [...chart.querySelectorAll('text')].filter(text => text.getBoundingClientRect().left < frame.left - 1).map(text => text.textContent);
            })
            """)).ShouldBeEmpty($"cut off in a chart: {page.Url}");
    }

    /// <summary>Looks at a page as a clerk of every desk does: wide and narrow, light and dark. The pictures are for people to judge.</summary>
    public static async Task LookAsync(IPage page, string name)
    {
        var folder = Path.Combine(Repository.Root, "TestResults", "screenshots");
        Directory.CreateDirectory(folder);
        foreach (var dark in new[] { false, true })
        {
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
            foreach (var width in new[] { 1440, 1024, 390 })
            {
                await page.SetViewportSizeAsync(width, 900);
                await ShouldBeAccessibleAsync(page);
                await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{width}{(dark ? "-dark" : "")}.png"), FullPage = true });
            }
        }

        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(1440, 900);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
        await Samples.DisposeAsync();
    }
}

/// <summary>A county with a year to report on.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Units">Its townships, all on the roster.</param>
/// <param name="Clerk">A program of its own.</param>
/// <param name="Year">The year that is reported on.</param>
public sealed record OpenCounty(string Code, IReadOnlyList<string> Units, HttpClient Clerk, int Year)
{
    /// <summary>Hands in a unit's report of this year or an earlier one.</summary>
    public Task FileAsync(string unit, Report report, int yearsBefore = 0)
    {
        var body = report.ToJson(unit);
        if (yearsBefore > 0)
        {
            body["filedAt"] = $"{Year - yearsBefore + 1}-01-20T09:00:00+08:00";
        }

        return PostAsync($"/api/v1/counties/{Code}/years/{Year - yearsBefore}/submissions", body.ToJsonString());
    }

    internal async Task PutAsync(string address, string body) => (await Clerk.PutAsync(address, Json(body))).EnsureSuccessStatusCode();

    internal async Task PostAsync(string address, string? body)
    {
        var response = await Clerk.PostAsync(address, body is null ? null : Json(body));
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }

    static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");
}
