using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Aggregator.Access;
using Aggregator.Database;
using Npgsql;

namespace Aggregator.Faults.Tests;

/// <summary>Two Apis, two Workers, their PostgreSQL and network, sixteen clients; and the questions that are asked after each fault.</summary>
sealed class Stage : IAsyncDisposable
{
    /// <summary>One text for everything that was received.</summary>
    public const string Digest = "select md5(string_agg(concat_ws(' ', unit, revision, idempotency_key, encode(sha256(body), 'hex'), figures), ',' order by unit, revision)) from revision";

    const int Clients = 16;
    const int PageSize = 1000;
    static readonly TimeSpan patience = TimeSpan.FromSeconds(90);

    readonly Random random;
    readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };
    readonly Dictionary<string, Dictionary<string, decimal>> above = [];
    readonly ConcurrentBag<Client> clients = [];
    string[] counties = [];
    string viewerKey = "";
    string countyKey = "";
    Dictionary<string, string> unitKeys = [];
    Journal journal = new("", []);
    int epochs;

    Stage(Cluster cluster, Proxy proxy, Random random, Release release, string logs)
    {
        (Cluster, Proxy, this.random, Logs) = (cluster, proxy, random, logs);
        var connectionString = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = proxy.Port, Username = "aggregator", Database = "aggregator" }.ConnectionString;
        Apis = [.. Enumerable.Range(1, 2).Select(n => new Program("Api", release, connectionString, Path.Combine(logs, $"api-{n}.log")))];
        Workers = [.. Enumerable.Range(1, 2).Select(n => new Program("Worker", release, connectionString, Path.Combine(logs, $"worker-{n}.log")))];
    }

    /// <summary>The database.</summary>
    public Cluster Cluster { get; }

    /// <summary>The network to it.</summary>
    public Proxy Proxy { get; }

    /// <summary>The Apis.</summary>
    public IReadOnlyList<Program> Apis { get; }

    /// <summary>The Workers.</summary>
    public IReadOnlyList<Program> Workers { get; }

    /// <summary>All programs.</summary>
    public IEnumerable<Program> Programs => [.. Apis, .. Workers];

    /// <summary>Where the programs' logs are.</summary>
    public string Logs { get; }

    /// <summary>The county that reports now.</summary>
    public string County => journal.County;

    /// <summary>What happened.</summary>
    public Counts Counts { get; } = new();

    /// <summary>A working system of a release, with one county that has reported nothing yet.</summary>
    public static async Task<Stage> OpenAsync(Random random, Release release, string logs)
    {
        var cluster = await Cluster.StartAsync();
        await Program.CommandAsync(release, cluster.ConnectionString, "migrate");
        var stage = new Stage(cluster, new Proxy(() => cluster.Socket), random, release, logs)
        {
            counties = (await cluster.ScalarAsync<string[]>("select array_agg(code order by code) from unit where kind = 'county'"))!,
        };
        stage.viewerKey = await stage.KeyAsync(Role.Viewer, "00");
        await stage.TurnPageAsync();
        await stage.WaitUntilReadyAsync();
        return stage;
    }

    /// <summary>The next county: what was sent for the last one stays in the totals above, and is not read again.</summary>
    public async Task TurnPageAsync()
    {
        var county = counties[epochs++ * 37 % counties.Length];
        string[] units = [.. Enumerable.Range(1, Clients - 1).Select(n => $"{county}-d{n:00}")];
        await Cluster.ScalarAsync<int>($"""
            insert into reporting_year (county, year, form, due_date, county_due_date) values ('{county}', {Client.Year}, '2021', '2022-01-31', '2022-03-31');
            insert into total (division, year, form) select d, {Client.Year}, '2021' from unnest(array['{county}', '{county[..4]}', '{county[..2]}', '00']) d on conflict do nothing;
            insert into unit (code, name, kind, parent) select u, '部门' || u, 'department', '{county}' from unnest(array['{string.Join("','", units)}']) u;
            insert into filing (county, year, unit) select '{county}', {Client.Year}, code from unit where parent = '{county}' and kind = 'department'
            """);
        journal = new Journal(county, units);
        countyKey = await KeyAsync(Role.County, county);
        unitKeys = [];
        foreach (var unit in units)
        {
            unitKeys[unit] = await KeyAsync(Role.Reporter, unit);
        }

        foreach (var client in clients)
        {
            client.Dispose();
        }

        clients.Clear();
    }

    /// <summary>Lets the clients work while a fault is made; they end what they have begun before this ends. The last two share a unit.</summary>
    public async Task<TimeSpan> UnderLoadAsync(Func<Task<Stopwatch>> fault)
    {
        if (clients.IsEmpty)
        {
            for (var i = 0; i < Clients; i++)
            {
                clients.Add(ClientOf(journal.Units[i % journal.Units.Count]));
            }
        }

        using var enough = new CancellationTokenSource();
        var work = clients.Select(client => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await client.WorkAsync(CancellationToken.None);
                await Task.Delay(600, CancellationToken.None);
            }
        })).ToArray();
        await Task.Delay(random.Next(100, 500));
        var over = await fault();
        await WaitUntilReadyAsync();
        var ready = over.Elapsed;
        await enough.CancelAsync();
        await Task.WhenAll(work).WaitAsync(patience);
        return ready;
    }

    /// <summary>No fault at all: waits until the clients have sent that many reports.</summary>
    public async Task<Stopwatch> SentAsync(int reports)
    {
        while (journal.Reports.Count < reports)
        {
            await Task.Delay(20);
        }

        return Stopwatch.StartNew();
    }

    /// <summary>Ready: each Api says so, and acknowledges a report.</summary>
    public Task WaitUntilReadyAsync() => Task.WhenAll(Apis.Select(async api =>
    {
        var waiting = Stopwatch.StartNew();
        while (!await SaysReadyAsync(api))
        {
            if (waiting.Elapsed > patience)
            {
                throw new TimeoutException($"{api.Address} does not become ready; see {Logs}.");
            }

            await Task.Delay(20);
        }

        var sent = new Sent(journal.Units[0], $"probe-{Guid.NewGuid():n}", Testing.Report.Zero("2021").ToBody(journal.Units[0]));
        journal.Reports[sent.Key] = sent;
        using var client = ClientOf(sent.Unit);
        await client.FileAsync(sent, null, api.Address, giveUp: false, CancellationToken.None);
    }));

    /// <summary>Compares everything that the system says with what was sent and acknowledged.</summary>
    public async Task CheckAsync(bool turnPage = true)
    {
        await WaitForAsync("totals and seals", "select count(*) from (select 1 from stale_total union all select 1 from audit where seq is null) waiting");
        var bodies = await CheckRevisionsAsync();
        var county = Truth.Sum([.. bodies.Values]);
        var totals = await GetAsync($"counties/{journal.County}/years/{Client.Year}/totals");
        Expect(bodies.Count == (int)totals["units"]!["included"]!, $"{journal.County} includes {totals["units"]!["included"]} reports, not {bodies.Count}");
        Report($"total of {journal.County}", Truth.Differences(totals, county));
        foreach (var division in new[] { journal.County[..4], journal.County[..2], "00" })
        {
            var expected = new Dictionary<string, decimal>(county);
            Truth.Add(expected, above.GetValueOrDefault(division) ?? []);
            Report($"total of {division}", Truth.Differences(await GetAsync($"divisions/{division}/years/{Client.Year}/totals"), expected));
        }

        var audit = await GetAsync($"counties/{journal.County}/audit/verify");
        Expect((bool)audit["whole"]!, $"the audit of {journal.County} is broken: {audit.ToJsonString()}");
        await ReplayAsync();
        if (turnPage && journal.Reports.Count > PageSize)
        {
            foreach (var division in new[] { journal.County[..4], journal.County[..2], "00" })
            {
                Truth.Add(above.TryGetValue(division, out var sums) ? sums : above[division] = [], county);
            }

            await TurnPageAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var program in Programs)
        {
            await program.DisposeAsync();
        }

        foreach (var client in clients)
        {
            client.Dispose();
        }

        http.Dispose();
        Proxy.Dispose();
        await Cluster.DisposeAsync();
    }

    /// <summary>Every revision against the journal; gives the bodies that count.</summary>
    async Task<Dictionary<string, byte[]>> CheckRevisionsAsync()
    {
        var stored = new List<Stored>();
        await using (var connection = await Cluster.ConnectAsync())
        {
            await using var command = new NpgsqlCommand($"""
                select r.unit, r.revision, r.outcome, r.idempotency_key, r.body, r.sha256,
                    (select count(*) from audit a where a.county = r.county and a.year = r.year and a.subject = r.unit
                        and a.action in ('submit', 'keep_draft') and (a.detail->>'revision')::int = r.revision),
                    (select count(*) from waiver w where w.county = r.county and w.year = r.year and w.unit = r.unit and w.revision = r.revision),
                    f.revision, coalesce(f.filed_revision, 0)
                from revision r join filing f using (county, year, unit) where r.county = '{journal.County}' and r.year = {Client.Year} order by r.unit, r.revision
                """, connection);
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                stored.Add(new Stored(rows.GetString(0), rows.GetInt32(1), rows.GetString(2), rows.GetString(3), (byte[])rows[4], (byte[])rows[5],
                    rows.GetInt64(6), rows.GetInt64(7), rows.GetInt32(8), rows.GetInt32(9)));
            }
        }

        var byKey = stored.ToLookup(s => s.Key);
        foreach (var sent in journal.Reports.Values)
        {
            var found = byKey[sent.Key].ToList();
            Expect(found.Count <= 1, $"doubled: {sent.Key} is there {found.Count} times");
            Expect(sent.Answer is not { } a || (found is [var one, ..] && one.Revision == a.Revision && one.Outcome == (a.Status == 201 ? "submitted" : "draft")), $"lost: {sent.Key}, acknowledged as revision {sent.Answer?.Revision}");
            Expect(!sent.Refused || found.Count == 0, $"kept though refused: {sent.Key}");
        }

        foreach (var row in stored)
        {
            Expect(journal.Reports.TryGetValue(row.Key, out var sent) && sent.Body.AsSpan().SequenceEqual(row.Body) && sent.Sha256.AsSpan().SequenceEqual(row.Sha256), $"not what was sent: {row.Key}");
            Expect(row.AuditLines == 1, $"{row.Unit} {row.Revision} has {row.AuditLines} audit lines");
            Expect(row.Waivers <= 1, $"doubled: {row.Unit} {row.Revision} has {row.Waivers} waivers");
        }

        foreach (var (unit, revision) in journal.Waived)
        {
            Expect(stored.Exists(s => s.Unit == unit && s.Revision == revision && s.Waivers == 1), $"lost: the waiver of {unit} {revision}");
        }

        var counting = new Dictionary<string, byte[]>();
        foreach (var unit in stored.GroupBy(s => s.Unit))
        {
            var last = unit.LastOrDefault(s => s.Outcome == "submitted" || s.Waivers > 0);
            Expect(unit.Select(s => s.Revision).SequenceEqual(Enumerable.Range(1, unit.Count())), $"{unit.Key} has gaps in its revisions");
            Expect(unit.First().Newest == unit.Last().Revision && unit.First().Filed == (last?.Revision ?? 0), $"{unit.Key} stands at {unit.First().Newest}/{unit.First().Filed}, not {unit.Last().Revision}/{last?.Revision}");
            if (last is not null)
            {
                counting[unit.Key] = last.Body;
            }
        }

        var unanswered = journal.Reports.Values.Where(r => r is { Answer: null, Refused: false }).ToList();
        var whole = unanswered.Count(r => byKey[r.Key].Any());
        (Counts.Whole, Counts.Absent) = (Counts.Whole + whole - journal.Whole, Counts.Absent + unanswered.Count - whole - journal.Absent);
        (journal.Whole, journal.Absent) = (whole, unanswered.Count - whole);
        return counting;
    }

    async Task ReplayAsync()
    {
        Sent[] answered = [.. journal.Reports.Values.Where(r => r.Answer is not null)];
        foreach (var sent in random.GetItems(answered, Math.Min(5, answered.Length)))
        {
            using var client = ClientOf(sent.Unit);
            var again = await client.ReplayAsync(sent);
            Expect(again is not null && again.Says(sent.Answer!), $"{sent.Key} was answered with {sent.Answer!.Body.ToJsonString()} and then {again?.Body.ToJsonString()}");
            Counts.Replayed++;
        }
    }

    Client ClientOf(string unit) => new([.. Apis.Select(a => a.Address)], journal, unit, unitKeys[unit], countyKey, new Random(random.Next()), Counts);

    async Task<bool> SaysReadyAsync(Program api)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(api.Address, "/readyz"));
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    async Task<JsonObject> GetAsync(string path)
    {
        for (var waiting = Stopwatch.StartNew(); ; await Task.Delay(30))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Apis[0].Address, $"/api/v1/{path}"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", path.StartsWith("div", StringComparison.Ordinal) ? viewerKey : countyKey);
            using var response = await http.SendAsync(request);
            if (response.IsSuccessStatusCode || waiting.Elapsed > patience)
            {
                return JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!.AsObject();
            }
        }
    }

    async Task<string> KeyAsync(Role role, string scope)
    {
        await using var source = AggregatorDatabase.Open(Cluster.ConnectionString, AggregatorDatabase.ApiRole);
        return (await new KeyStore(source, TimeProvider.System).CreateAsync(role, scope, null, "test", CancellationToken.None)).Value!.Key;
    }

    async Task WaitForAsync(string what, string count)
    {
        var waiting = Stopwatch.StartNew();
        while (await Cluster.ScalarAsync<long>(count) > 0)
        {
            if (waiting.Elapsed > patience)
            {
                throw new TimeoutException($"{what} do not come; see {Logs}.");
            }

            await Task.Delay(30);
        }
    }

    void Report(string what, List<string> differences) => Expect(differences.Count == 0, $"{what}: {differences.Count} cells differ, {differences.FirstOrDefault()}");

    void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            Counts.Defects.Enqueue(otherwise);
        }
    }

    sealed record Stored(string Unit, int Revision, string Outcome, string Key, byte[] Body, byte[] Sha256, long AuditLines, long Waivers, int Newest, int Filed);
}
