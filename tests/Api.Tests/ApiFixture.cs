using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Access;
using Aggregator.Checks;
using Aggregator.Database;
using Aggregator.Editions;
using Aggregator.Testing;
using Aggregator.Totals;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Aggregator.Api.Tests;

/// <summary>A real Api on a real port with a database and a clock of its own. One for each test class.</summary>
public class ApiFixture : IAsyncLifetime
{
    // Headers travel as UTF-8, so that tests can send what a careless client sends.
    readonly SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseCookies = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
    Factory? factory;
    TestDatabase? database;
    NpgsqlDataSource? worker;
    int counties = -1;

    /// <summary>The server's clock.</summary>
    public FakeClock Clock { get; } = FakeClock.InJanuary2022();

    /// <summary>The database behind it.</summary>
    public TestDatabase Database => database!;

    /// <summary>Services of the running host.</summary>
    public IServiceProvider Services => factory!.Services;

    /// <summary>Settings of the host. Tests sign in and call often, all from one address.</summary>
    protected virtual (string Name, string Value)[] Settings => [("Access:SignInsPerMinute", "100000"), ("Access:AnonymousRequestsPerMinute", "10000000")];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        worker = AggregatorDatabase.Open(database.ConnectionString, "aggregator_worker");
        factory = new Factory(database.ConnectionString, Clock, Settings);
        factory.UseKestrel(0);
        factory.StartServer();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => factory!.ClientOptions.BaseAddress;

    /// <summary>A client without a key.</summary>
    public HttpClient Anonymous() => new(handler, disposeHandler: false) { BaseAddress = Address };

    /// <summary>A client with a given key.</summary>
    public HttpClient WithKey(string key)
    {
        var client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>A client with a new key of a role.</summary>
    public async Task<HttpClient> ClientAsync(Role role, string scope)
    {
        var created = await Services.GetRequiredService<KeyStore>().CreateAsync(role, scope, null, "test", TestContext.Current.CancellationToken);
        return WithKey(created.Value!.Key);
    }

    /// <summary>A client that keeps cookies and follows no redirect, as a browser with a careful person.</summary>
    public HttpClient Browser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = Address };

    /// <summary>A new account with a one-time password.</summary>
    public async Task<OneTimePassword> AccountAsync(Role role, string scope, string? login = null) =>
        (await Services.GetRequiredService<AccountStore>().CreateAsync(
            login ?? $"u{Guid.NewGuid():n}", "张三", role, scope, "test", TestContext.Current.CancellationToken)).Value!;

    /// <summary>A client with a session of a new account that has changed its password; without the toil of hashing one.</summary>
    public async Task<HttpClient> SessionAsync(Role role, string scope)
    {
        var (login, token) = ($"u{Guid.NewGuid():n}", SessionToken.New());
        await Database.ScalarAsync<int>($"""
            insert into account (login, name, role, scope, password_hash, must_change, created_by, created_at)
            values ('{login}', '李四', '{Roles.Name(role)}', '{scope}', '', false, 'test', now());
            insert into session (token_sha256, id, login, user_agent, created_at, seen_at)
            select '\x{Convert.ToHexString(token.Sha256)}', '{login}', '{login}', '', now, now from (values (timestamptz '{Clock.GetUtcNow():O}')) t (now)
            """);
        var client = Anonymous();
        client.DefaultRequestHeaders.Add("Cookie", $"agg_session={token.Value}");
        await client.TakeAntiforgeryAsync("/api/v1/session");
        return client;
    }

    /// <summary>A county clerk.</summary>
    public Task<HttpClient> CountyAsync(string county) => ClientAsync(Role.County, county);

    /// <summary>A unit's clerk.</summary>
    public Task<HttpClient> ReporterAsync(string unit) => ClientAsync(Role.Reporter, unit);

    /// <summary>An operator.</summary>
    public Task<HttpClient> OperatorAsync() => ClientAsync(Role.Operator, "");

    /// <summary>A county clerk whose year is open with its townships on the roster.</summary>
    public async Task<HttpClient> OpenYearAsync(string county, int year)
    {
        var clerk = await CountyAsync(county);
        (await clerk.PutAsync($"/api/v1/counties/{county}/years/{year}", "{}".AsJson())).EnsureSuccessStatusCode();
        (await clerk.PostAsync($"/api/v1/counties/{county}/years/{year}/roster/import", null)).EnsureSuccessStatusCode();
        return clerk;
    }

    /// <summary>A county that no other test of the class has, with the year open and its townships on the roster.</summary>
    public async Task<TestCounty> OpenCountyAsync(int year = 2021)
    {
        var code = (await Database.ScalarAsync<string>($"""
            select parent from unit where kind in ('street', 'town', 'township') and parent not in ('360922', '141029', '230523', '320813')
            group by parent having count(*) between 8 and 20 order by parent offset {Interlocked.Increment(ref counties)} limit 1
            """))!;
        var units = await Database.ScalarAsync<string[]>(
            $"select array_agg(code order by code) from unit where parent = '{code}' and kind in ('street', 'town', 'township')");
        return new TestCounty(code, $"/api/v1/counties/{code}/years/{year}", await OpenYearAsync(code, year), units!);
    }

    /// <summary>What a refusal must leave as it is: every row of received facts and every mark that something is stale.</summary>
    public async Task<string> StoredAsync() => (await Database.ScalarAsync<string>("""
        select concat_ws(' ', (select count(*) from revision), (select count(*) from audit), (select count(*) from stale_total),
            (select count(*) from api_key), (select md5(string_agg(a::text, ',' order by a.login)) from account a), (select count(*) from session),
            (select md5(string_agg(f::text, ',' order by f.*::text)) from filing f),
            (select md5(string_agg(y::text, ',' order by y.*::text)) from reporting_year y), (select count(*) from edition),
            (select count(*) from narrative), (select count(*) from webhook))
        """))!;

    /// <summary>Does what the worker does, until nothing is stale.</summary>
    public async Task RefreshTotalsAsync()
    {
        var totals = new TotalStore(worker!, RuleSettings.Default, Clock);
        while (await totals.RefreshNextAsync(TestContext.Current.CancellationToken))
        {
        }
    }

    /// <summary>Does what the worker does, until every audit line is sealed.</summary>
    public async Task SealAuditAsync()
    {
        var audit = new AuditStore(worker!);
        while (await audit.SealAsync(TestContext.Current.CancellationToken) > 0)
        {
        }
    }

    /// <summary>Computes all totals again, as the worker does every night.</summary>
    public async Task RecheckAsync()
    {
        await new TotalStore(worker!, RuleSettings.Default, Clock).MarkAllAsync(TestContext.Current.CancellationToken);
        await RefreshTotalsAsync();
    }

    /// <summary>Does what the worker does, until nothing is stale and no edition waits.</summary>
    public async Task BuildEditionsAsync()
    {
        await RefreshTotalsAsync();
        await BuildWaitingAsync();
    }

    /// <summary>Builds the editions that do not wait for a stale total.</summary>
    public async Task BuildWaitingAsync()
    {
        var totals = new TotalStore(worker!, RuleSettings.Default, Clock);
        var editions = new EditionStore(worker!, new ReportStore(worker!, totals, Clock), Clock);
        while (await editions.BuildNextAsync(TestContext.Current.CancellationToken))
        {
        }
    }

    /// <summary>Has an edition built as things stand; gives its address.</summary>
    public async Task<string> FreezeAsync(TestCounty county)
    {
        var requested = await county.Clerk.PostAsync($"{county.Year}/editions", null);
        await requested.ShouldBeAsync(202);
        await BuildEditionsAsync();
        return requested.Headers.Location!.ToString();
    }

    /// <summary>Closes the year, has an edition built and publishes it; gives its address.</summary>
    public async Task<string> PublishAsync(TestCounty county)
    {
        await (await county.PutYearAsync("""{"state":"closed"}""")).ShouldBeAsync(200);
        var edition = await FreezeAsync(county);
        await (await county.PutYearAsync("""{"state":"published"}""")).ShouldBeAsync(200);
        await RefreshTotalsAsync();
        return edition;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        handler.Dispose();
        if (factory is not null)
        {
            await factory.DisposeAsync();
        }

        if (worker is not null)
        {
            await worker.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    sealed class Factory(string connectionString, FakeClock clock, (string Name, string Value)[] settings) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting($"ConnectionStrings:{AggregatorDatabase.ConnectionName}", connectionString);
            builder.UseSetting("Logging:LogLevel:Default", "Warning");
            foreach (var (name, value) in settings)
            {
                builder.UseSetting(name, value);
            }

            builder.ConfigureServices(services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)));
        }
    }
}

/// <summary>A county that has opened a year.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Year">Address of the year.</param>
/// <param name="Clerk">Its clerk.</param>
/// <param name="Units">Its townships, all on the roster.</param>
public sealed record TestCounty(string Code, string Year, HttpClient Clerk, IReadOnlyList<string> Units)
{
    /// <summary>A unit's line on the roster.</summary>
    public async Task<JsonNode> LineAsync(string unit) =>
        (await Clerk.GetJsonAsync($"{Year}/roster"))["units"]!.AsArray().Single(u => (string?)u!["unit"] == unit)!;

    /// <summary>The totals.</summary>
    public Task<JsonObject> TotalsAsync() => Clerk.GetJsonAsync($"{Year}/totals");

    /// <summary>Changes the year.</summary>
    public Task<HttpResponseMessage> PutYearAsync(string body) => Clerk.PutAsync(Year, body.AsJson());

    /// <summary>Gives a unit more time.</summary>
    public async Task ExtendAsync(string unit, string until = "2022-02-15") =>
        (await Clerk.PutAsync($"{Year}/roster/{unit}", $$"""{"dueDate":"{{until}}","reason":"更正数据"}""".AsJson())).EnsureSuccessStatusCode();
}

/// <summary>How tests speak HTTP.</summary>
static class Http
{
    /// <summary>Hands in a report.</summary>
    public static Task<HttpResponseMessage> FileAsync(
        this HttpClient client, string year, string unit, Report report, params (string Name, string Value)[] headers) =>
        client.FileAsync(year, report.ToBody(unit), headers);

    /// <summary>Hands in a body as it is.</summary>
    public static async Task<HttpResponseMessage> FileAsync(
        this HttpClient client, string year, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{year}/submissions") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        return await client.SendAsync(request);
    }

    /// <summary>
    /// Takes the antiforgery token, and the cookie that belongs to it, from <c>GET /session</c> or from a page with a form, and
    /// sends both from now on.
    /// </summary>
    public static async Task TakeAntiforgeryAsync(this HttpClient client, string address)
    {
        var response = await client.GetAsync(address);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        client.DefaultRequestHeaders.Remove("X-Antiforgery-Token");
        client.DefaultRequestHeaders.Add("X-Antiforgery-Token", System.Text.RegularExpressions.Regex.Match(
            text, "\"antiforgeryToken\":\"([^\"]+)\"|name=\"antiforgery\" value=\"([^\"]+)\"") is { Success: true } match ? $"{match.Groups[1]}{match.Groups[2]}" : "");
        if (response.Headers.TryGetValues("Set-Cookie", out var cookies))
        {
            var session = client.DefaultRequestHeaders.TryGetValues("Cookie", out var sent) ? sent.Single() + "; " : "";
            client.DefaultRequestHeaders.Remove("Cookie");
            client.DefaultRequestHeaders.Add("Cookie", session + cookies.Single().Split(';')[0]);
        }
    }

    /// <summary>Signs a browser in and takes the antiforgery token along.</summary>
    public static async Task<JsonObject> SignInAsync(this HttpClient browser, string login, string password)
    {
        var state = await (await browser.TrySignInAsync(login, password)).ShouldBeAsync(201);
        browser.DefaultRequestHeaders.Remove("X-Antiforgery-Token");
        browser.DefaultRequestHeaders.Add((string)state["antiforgeryHeader"]!, (string?)state["antiforgeryToken"]);
        return state;
    }

    /// <summary>Tries to sign in.</summary>
    public static Task<HttpResponseMessage> TrySignInAsync(this HttpClient client, string login, string password) =>
        client.PostAsync("/api/v1/session", new JsonObject { ["login"] = login, ["password"] = password }.AsJson());

    /// <summary>Changes the password of who is signed in.</summary>
    public static Task<HttpResponseMessage> ChangePasswordAsync(this HttpClient client, string current, string chosen) =>
        client.PostAsync("/api/v1/session/password", new JsonObject { ["currentPassword"] = current, ["newPassword"] = chosen }.AsJson());

    /// <summary>The answer's JSON of a request that must get a status.</summary>
    public static async Task<JsonObject> ShouldBeAsync(this HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, text);
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>The answer's JSON of a GET whose answer is a list.</summary>
    public static async Task<JsonArray> GetListAsync(this HttpClient client, string address)
    {
        var response = await client.GetAsync(address);
        response.IsSuccessStatusCode.ShouldBeTrue($"GET {address}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray();
    }

    /// <summary>Address of the next page; empty on the last one.</summary>
    public static string NextPage(this HttpResponseMessage response) =>
        response.Headers.TryGetValues("Link", out var links) && links.Single() is ['<', .. var link] && link.EndsWith(">; rel=\"next\"", StringComparison.Ordinal)
            ? link[..link.IndexOf('>', StringComparison.Ordinal)]
            : "";

    /// <summary>The number in a cell of an answer's figures; null for missing.</summary>
    public static decimal? Cell(this JsonNode figures, string path)
    {
        var node = path.Split('.').Aggregate((JsonNode?)figures, (n, segment) => n![segment]);
        return node is null ? null : decimal.Parse(node.ToString(), NumberStyles.Number, CultureInfo.InvariantCulture);
    }

    /// <summary>A JSON body.</summary>
    public static StringContent AsJson(this string json) => new(json, Encoding.UTF8, "application/json");

    /// <summary>A JSON body.</summary>
    public static StringContent AsJson(this JsonNode json) => json.ToJsonString().AsJson();

    /// <summary>The answer's JSON.</summary>
    public static async Task<JsonObject> JsonAsync(this HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();

    /// <summary>The answer's JSON of a GET that must succeed.</summary>
    public static async Task<JsonObject> GetJsonAsync(this HttpClient client, string address)
    {
        var response = await client.GetAsync(address);
        response.IsSuccessStatusCode.ShouldBeTrue($"GET {address}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return await response.JsonAsync();
    }

    /// <summary>Asserts a refusal: status, code, Chinese detail, trace id, no stack trace. Gives its JSON.</summary>
    public static async Task<JsonObject> ShouldRefuseAsync(this HttpResponseMessage response, int status, string code)
    {
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, text);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", text);
        var problem = JsonNode.Parse(text)!.AsObject();
        ((string?)problem["code"]).ShouldBe(code, text);
        ((int?)problem["status"]).ShouldBe(status);
        ((string?)problem["traceId"]).ShouldNotBeNullOrEmpty();
        ((string?)problem["detail"] ?? "").ShouldMatch(@"[\u4e00-\u9fff]");
        problem["errors"].ShouldNotBeNull().AsArray().ShouldAllBe(e => e!["path"] != null && e["code"] != null && e["detail"] != null);
        text.ShouldMatch(@"[\u4e00-\u9fff]", "Chinese is readable as it travels");
        text.ShouldNotContain("   at Aggregator");
        return problem;
    }
}
