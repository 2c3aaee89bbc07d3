using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Aggregator.Access;
using Aggregator.Database;
using Xunit;

namespace Aggregator.Testing;

/// <summary>An Api and a database, as processes; tests start and kill the workers.</summary>
public sealed class RunningSystem : IAsyncLifetime
{
    TestDatabase? database;
    AggregatorProcess? api;
    Uri? address;

    /// <summary>The database.</summary>
    public TestDatabase Database => database!;

    /// <summary>Address of the Api.</summary>
    public Uri Address => address!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        (api, address) = await AggregatorProcess.StartApiAsync(database);
    }

    /// <summary>A new key.</summary>
    public async Task<string> KeyAsync(Role role, string scope)
    {
        await using var source = AggregatorDatabase.Open(Database.ConnectionString, "aggregator_api");
        var created = await new KeyStore(source, TimeProvider.System).CreateAsync(role, scope, null, "test", CancellationToken.None);
        return created.Value!.Key;
    }

    /// <summary>A client with a new key.</summary>
    public async Task<HttpClient> ClientAsync(Role role, string scope)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await KeyAsync(role, scope));
        return client;
    }

    /// <summary>A person who has just signed in, without the toil of hashing a password; what the browser keeps in its cookie.</summary>
    public async Task<string> SessionAsync(Role role, string scope)
    {
        var (login, token) = ($"u{Guid.NewGuid():n}", SessionToken.New());
        await Database.ScalarAsync<int>($"""
            insert into account (login, name, role, scope, password_hash, must_change, created_by, created_at)
            values ('{login}', '{(role == Role.County ? "王丽" : "李明")}', '{Roles.Name(role)}', '{scope}', '', false, 'test', now());
            insert into session (token_sha256, id, login, user_agent, created_at, seen_at)
            values ('\x{Convert.ToHexString(token.Sha256)}', '{login}', '{login}', '', now(), now());
            """);
        return token.Value;
    }

    /// <summary>Waits until nothing is stale. Long enough for a loaded machine; how fast it is, is for the benchmark.</summary>
    public async Task WaitUntilFreshAsync()
    {
        var watch = Stopwatch.StartNew();
        while (await Database.ScalarAsync<long>("select count(*) from stale_total") > 0)
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException("The totals stay stale.");
            }

            await Task.Delay(20);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        api?.Dispose();
        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }
}

/// <summary>How tests read totals.</summary>
public static class TotalsClient
{
    /// <summary>The totals of a division.</summary>
    public static async Task<JsonObject> TotalsAsync(this HttpClient client, string division, int year) =>
        JsonNode.Parse(await client.GetStringAsync($"/api/v1/divisions/{division}/years/{year}/totals"))!.AsObject();
}
