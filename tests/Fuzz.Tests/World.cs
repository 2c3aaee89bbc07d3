using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Access;
using Aggregator.Testing;

namespace Aggregator.Fuzz.Tests;

/// <summary>Somebody who calls, and what proves it.</summary>
/// <param name="Name">As it stands in the report.</param>
/// <param name="Role">Role; null for one who proves nothing.</param>
/// <param name="Scope">Unit, county or division.</param>
/// <param name="ByKey">By key, or by session.</param>
sealed record Caller(string Name, Role? Role, string Scope, bool ByKey)
{
    /// <summary>Headers that prove it; a session's ends when the caller signs out, and is renewed.</summary>
    public string Headers { get; set; } = "";

    /// <summary>What the forms of its session carry.</summary>
    public string Antiforgery { get; set; } = "";
}

/// <summary>A text that only some may read, planted where it is stored.</summary>
/// <param name="Kind">What holds it.</param>
/// <param name="Owner">Unit or county that it belongs to.</param>
sealed record Secret(SecretKind Kind, string Owner)
{
    /// <summary>
    /// Whether the caller may read it, said here once more and not by the product's own rule: a unit's report is for the unit, its
    /// county and viewers above; operators see whom to write to, but no reports.
    /// </summary>
    public bool MayBeReadBy(Caller caller) => caller.Role switch
    {
        Role.Reporter => Kind is SecretKind.Report or SecretKind.Contact && caller.Scope == Owner,
        Role.County => Owner.StartsWith(caller.Scope, StringComparison.Ordinal),
        Role.Viewer => Kind is not (SecretKind.Account or SecretKind.Webhook) && Owner.StartsWith(caller.Scope, StringComparison.Ordinal),
        Role.Operator => Kind is SecretKind.Contact or SecretKind.Account or SecretKind.Webhook,
        _ => false,
    };
}

/// <summary>What holds a secret.</summary>
enum SecretKind
{
    Report,
    Contact,
    CountyWord,
    Account,
    Webhook,
}

/// <summary>
/// A running Api and Worker with two counties whose every store holds texts of its own, and all kinds of callers. Nothing that the
/// fuzz sends contains a planted text, so one that comes back to the wrong caller has leaked.
/// </summary>
sealed class World : IAsyncDisposable
{
    /// <summary>How every planted text begins; its number in <see cref="Secrets"/> follows.</summary>
    public const string Mark = "zq9secret";

    /// <summary>The year that everything is planted in.</summary>
    public const int Year = 2021;

    static readonly (string County, string[] Units)[] counties = [("360922", ["360922201", "360922100"]), ("360923", ["360923100", "360923101"])];

    readonly List<Secret> secrets = [];
    readonly Dictionary<string, HttpClient> clerks = [];
    TestDatabase? database;
    AggregatorProcess? api, worker;

    /// <summary>Everything planted.</summary>
    public IReadOnlyList<Secret> Secrets => secrets;

    /// <summary>Everybody.</summary>
    public List<Caller> Callers { get; } = [];

    /// <summary>The database.</summary>
    public TestDatabase Database => database!;

    /// <summary>Where the Api listens.</summary>
    public Uri Address { get; private set; } = new("http://localhost");

    /// <summary>The Api's process.</summary>
    public int ApiId => api!.Id;

    /// <summary>Counties with somebody's data.</summary>
    public string[] Counties { get; } = [.. counties.Select(c => c.County)];

    /// <summary>Units with reports.</summary>
    public string[] Units { get; } = [.. counties.SelectMany(c => c.Units)];

    /// <summary>Login names that are there.</summary>
    public string[] Logins { get; private set; } = [];

    /// <summary>Ids of webhooks that are there.</summary>
    public List<string> Webhooks { get; } = [];

    /// <summary>Starts everything and plants.</summary>
    public static async Task<World> StartAsync()
    {
        var world = new World();
        try
        {
            await world.BuildAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    async Task BuildAsync()
    {
        database = await TestDatabase.CreateAsync();
        (api, Address) = await AggregatorProcess.StartApiAsync(database.ConnectionString,
            ("Access__SignInsPerMinute", "100000"), ("Access__RequestsPerMinute", "10000000"), ("Access__AnonymousRequestsPerMinute", "10000000"), ("Logging__LogLevel__Microsoft.AspNetCore", "Error"));
        worker = AggregatorProcess.StartWorker(database);

        var keys = new KeyStore(Aggregator.Database.AggregatorDatabase.Open(database.ConnectionString, "aggregator_api"), TimeProvider.System);
        foreach (var (name, role, scope) in ((string, Role?, string)[])[
            ("operator", Role.Operator, ""), ("county", Role.County, counties[0].County), ("other county", Role.County, counties[1].County),
            ("unit", Role.Reporter, counties[0].Units[0]), ("other unit", Role.Reporter, counties[0].Units[1]), ("foreign unit", Role.Reporter, counties[1].Units[0]),
            ("viewer above", Role.Viewer, "36"), ("viewer beside", Role.Viewer, "3608")])
        {
            var key = (await keys.CreateAsync(role!.Value, scope, null, "fuzz", CancellationToken.None)).Value!.Key;
            Callers.Add(new Caller($"{name}, key", role, scope, ByKey: true) { Headers = $"Authorization: Bearer {key}\r\n" });
            var person = new Caller($"{name}, session", role, scope, ByKey: false);
            await RenewAsync(person);
            Callers.Add(person);
            if (role == Role.County)
            {
                clerks[scope] = new HttpClient { BaseAddress = Address };
                clerks[scope].DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            }
        }

        Callers.Add(new Caller("nobody", null, "", ByKey: true));
        foreach (var (county, units) in counties)
        {
            foreach (var (kind, owner) in units.SelectMany(u => new[] { (SecretKind.Report, u), (SecretKind.Contact, u) })
                .Concat([(SecretKind.CountyWord, county), (SecretKind.Account, county), (SecretKind.Webhook, county)]))
            {
                secrets.Add(new Secret(kind, owner));
            }

            await PlantOnceAsync(county, units);
        }

        await PlantAsync(mustSucceed: true);
        Logins = (await database.ScalarAsync<string[]>("select array_agg(login) from account"))!;
    }

    /// <summary>Gives a person a session; without the toil of hashing a password.</summary>
    public async Task RenewAsync(Caller caller)
    {
        var (login, token) = ($"fuzz-{Guid.NewGuid():n}"[..20], SessionToken.New());
        await Database.ScalarAsync<int>($"""
            insert into account (login, name, role, scope, password_hash, must_change, created_by, created_at)
            values ('{login}', '李四', '{Roles.Name(caller.Role!.Value)}', '{caller.Scope}', '', false, 'fuzz', now());
            insert into session (token_sha256, id, login, user_agent, created_at, seen_at)
            select '\x{Convert.ToHexString(token.Sha256)}', '{login}', '{login}', '', now(), now()
            """);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/session");
        request.Headers.Add("Cookie", $"agg_session={token.Value}");
        var response = await client.SendAsync(request);
        var state = JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
        caller.Antiforgery = (string)state["antiforgeryToken"]!;
        caller.Headers = $"Cookie: agg_session={token.Value}; {response.Headers.GetValues("Set-Cookie").Single().Split(';')[0]}\r\n";
    }

    /// <summary>Plants again what the fuzz may have written over.</summary>
    public async Task PlantAsync(bool mustSucceed = false)
    {
        foreach (var (county, units) in counties)
        {
            var (clerk, year) = (clerks[county], $"/api/v1/counties/{county}/years/{Year}");
            await Send(HttpMethod.Put, year, """{"state":"open","reason":"更正"}""");
            foreach (var unit in units)
            {
                await Send(HttpMethod.Put, $"/api/v1/units/{unit}", $$"""
                    {"name":"单位{{unit}}","kind":"township","contacts":[{"name":"{{Planted(SecretKind.Contact, unit)}}","email":"{{Planted(SecretKind.Contact, unit)}}@example.cn"}]}
                    """);
                await Send(HttpMethod.Put, $"{year}/roster/{unit}", """{"expected":true,"reason":"测试"}""");
                if (!mustSucceed)
                {
                    await Send(HttpMethod.Post, $"{year}/submissions/{unit}/reopen", """{"reason":"更正"}""");
                }

                var report = Report.Zero("2021").With("disclosure.licences.decisions", 86_429_753).ToJson(unit);
                foreach (var section in report["prose"]!.AsObject().Select(s => s.Key).ToList())
                {
                    report["prose"]![section] = $"{Planted(SecretKind.Report, unit)}主动公开、依申请公开、政府信息管理、平台建设、监督保障。";
                }

                report["publishedUrl"] = $"https://example.cn/{Planted(SecretKind.Report, unit)}";
                await Send(HttpMethod.Post, $"{year}/submissions", report.ToJsonString());
            }

            var word = Planted(SecretKind.CountyWord, county);
            await Send(HttpMethod.Put, $"{year}/narrative/problems", $$"""{"text":"{{word}}"}""");
            await Send(HttpMethod.Put, $"{year}/totals/adjustments/disclosure.penalties.decisions", $$"""{"delta":1,"reason":"{{word}}"}""");

            async Task Send(HttpMethod method, string address, string body)
            {
                using var request = new HttpRequestMessage(method, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
                var response = await clerk.SendAsync(request);
                if (mustSucceed && !response.IsSuccessStatusCode)
                {
                    throw new InvalidOperationException($"{method} {address}: {await response.Content.ReadAsStringAsync()}");
                }
            }
        }
    }

    async Task PlantOnceAsync(string county, string[] units)
    {
        var (clerk, year) = (clerks[county], $"/api/v1/counties/{county}/years/{Year}");
        await PostAsync($"/api/v1/counties/{county}/years/{Year}", "{}", HttpMethod.Put);
        await PostAsync($"{year}/roster/import", null);
        await PostAsync("/api/v1/accounts", $$"""{"login":"clerk-{{county}}","name":"{{Planted(SecretKind.Account, county)}}","role":"reporter","scope":"{{units[0]}}"}""");
        var webhook = await PostAsync("/api/v1/webhooks", $$"""{"scope":"{{county}}","url":"https://192.0.2.1.example/{{Planted(SecretKind.Webhook, county)}}","events":["edition.published"]}""");
        Webhooks.Add((string)webhook!["id"]!);

        async Task<JsonNode?> PostAsync(string address, string? body, HttpMethod? method = null)
        {
            using var request = new HttpRequestMessage(method ?? HttpMethod.Post, address) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
            var response = await clerk.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            return response.IsSuccessStatusCode ? text.Length == 0 ? null : JsonNode.Parse(text) : throw new InvalidOperationException($"{address}: {text}");
        }
    }

    string Planted(SecretKind kind, string owner) =>
        string.Create(CultureInfo.InvariantCulture, $"{Mark}{secrets.IndexOf(new Secret(kind, owner)):d4}x");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        worker?.Dispose();
        api?.Dispose();
        foreach (var clerk in clerks.Values)
        {
            clerk.Dispose();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }
}
