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
