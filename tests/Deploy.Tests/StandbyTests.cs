using Aggregator.Database;
using Aggregator.Testing;
using Npgsql;

namespace Aggregator.Deploy.Tests;

/// <summary>
/// A primary and a standby that applies everything a quarter of a second late, as one far away might: whoever read there what he
/// has just written would miss it, if a commit did not wait for the standby.
/// </summary>
public sealed class StandbyTests : IAsyncLifetime
{
    readonly string folder = Shell.NewFolder();
    NpgsqlConnectionStringBuilder? primary;
    NpgsqlConnectionStringBuilder? standby;
    AggregatorProcess? api;
    HttpClient? clerk;

    [Fact]
    public async Task The_standby_serves_reads_a_filer_reads_what_he_has_filed_and_nothing_is_confirmed_that_only_one_machine_has()
    {
        for (var penalties = 1; penalties <= 3; penalties++)
        {
            var filed = await clerk!.FileAsync(County.Units[0], penalties);
            filed.EnsureSuccessStatusCode();

            var read = await clerk!.GetJsonAsync($"{County.Year}/submissions/{County.Units[0]}");
            ((int)read["revision"]!).ShouldBe(penalties);
            var line = (await clerk!.GetJsonAsync($"{County.Year}/roster"))["units"]!.AsArray().Single(u => (string?)u!["unit"] == County.Units[0])!;
            ((int)line["revision"]!).ShouldBe(penalties);
            ((string?)line["status"]).ShouldBe("submitted");
        }

        (await AskedAsync(standby!)).ShouldContain(query => query.Contains("from revision", StringComparison.Ordinal));
        (await AskedAsync(standby!)).ShouldContain(query => query.Contains("join filing", StringComparison.Ordinal));
        (await AskedAsync(primary!)).ShouldNotContain(query => query.Contains("from revision where", StringComparison.Ordinal));

        await Shell.PostgresAsync("stop", $"{folder}/standby");

        await ReadAgainAsync();
        var waiting = clerk!.FileAsync(County.Units[0], 4);
        await ReadAgainAsync();
        waiting.IsCompleted.ShouldBeFalse();

        await Shell.PostgresAsync("start", $"{folder}/standby", "5432");
        (await waiting).EnsureSuccessStatusCode();
        ((int)(await clerk!.GetJsonAsync($"{County.Year}/submissions/{County.Units[0]}"))["revision"]!).ShouldBe(4);
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        primary = await StartAsync("start", "primary");
        await Migrator.MigrateAsync(primary.ConnectionString, TestContext.Current.CancellationToken);
        standby = await StartAsync("standby", "standby", $"{folder}/primary", "0.25");
        var both = new NpgsqlConnectionStringBuilder(primary.ConnectionString) { Host = $"{standby.Host},{primary.Host}", Pooling = true }.ConnectionString;
        (api, var address) = await AggregatorProcess.StartApiAsync(both);
        clerk = await County.OpenAsync(address, both);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        clerk?.Dispose();
        api?.Dispose();
        await Shell.PostgresAsync("stop", $"{folder}/standby");
        await Shell.PostgresAsync("stop", $"{folder}/primary");
        Directory.Delete(folder, recursive: true);
    }

    async Task<NpgsqlConnectionStringBuilder> StartAsync(string command, string name, params string[] more)
    {
        await Shell.PostgresAsync([command, $"{folder}/{name}", "5432", .. more]);
        return new(await Shell.PostgresAsync("url", $"{folder}/{name}", "aggregator")) { Pooling = false };
    }

    /// <summary>A connection that the standby took along is noticed by the first who uses it; the answer to him is 503, and he asks again.</summary>
    async Task ReadAgainAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            using var answer = await clerk!.GetAsync($"{County.Year}/submissions/{County.Units[0]}");
            if (answer.IsSuccessStatusCode)
            {
                return;
            }

            ((int)answer.StatusCode).ShouldBe(503);
            attempt.ShouldBeLessThan(20);
        }
    }

    /// <summary>The last statement on each of the Api's connections to a server.</summary>
    static async Task<List<string>> AskedAsync(NpgsqlConnectionStringBuilder server)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select query from pg_stat_activity where application_name = 'aggregator_api'", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var queries = new List<string>();
        while (await reader.ReadAsync())
        {
            queries.Add(reader.GetString(0));
        }

        return queries;
    }
}
