using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Access;
using Aggregator.Testing;
using Npgsql;

namespace Aggregator.Worker.Tests.Editions;

public sealed class BuildEditionsJobTests(RunningSystem system) : IClassFixture<RunningSystem>
{
    const string Blocked = "select count(*) from pg_locks where relation = 'narrative'::regclass and not granted";

    [Fact]
    public async Task Two_workers_build_every_edition_once()
    {
        await LogBuildsAsync();
        var clerk = await OpenAsync("360923");
        var addresses = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => RequestAsync(clerk, "360923")));

        using var first = AggregatorProcess.StartWorker(system.Database);
        using var second = AggregatorProcess.StartWorker(system.Database);

        foreach (var address in addresses)
        {
            (await BuiltAsync(clerk, address))["totalRevision"]!.GetValue<int>().ShouldBeGreaterThan(0);
        }

        (await BuildsAsync("360923")).ShouldBe(string.Join(',', Enumerable.Range(1, 30)));
    }

    [Fact]
    public async Task An_edition_whose_worker_dies_in_the_middle_is_built_once_by_another()
    {
        await LogBuildsAsync();
        var clerk = await OpenAsync("360924");
        using (AggregatorProcess.StartWorker(system.Database))
        {
            await system.WaitUntilFreshAsync();
        }

        var address = await RequestAsync(clerk, "360924");
        await using var connection = new NpgsqlConnection(system.Database.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("lock table narrative in access exclusive mode", connection))
        {
            await hold.ExecuteNonQueryAsync();
        }

        using var survivor = await KillWhenBlockedAsync();
        await Task.Delay(2500); // Two looks of the other worker, which the dead one's lock sends away.
        (await clerk.GetStringAsync(address)).ShouldContain("\"requested\"");
        await transaction.CommitAsync();

        (await BuiltAsync(clerk, address))["label"]!.GetValue<string>().ShouldStartWith("未完整：已报 0/");
        (await BuildsAsync("360924")).ShouldBe("1");
    }

    /// <summary>Starts a worker, kills it in the middle of a build, and gives another one.</summary>
    async Task<AggregatorProcess> KillWhenBlockedAsync()
    {
        using var victim = AggregatorProcess.StartWorker(system.Database);
        var watch = Stopwatch.StartNew();
        while (await system.Database.ScalarAsync<long>(Blocked) == 0)
        {
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
            await Task.Delay(20);
        }

        var survivor = AggregatorProcess.StartWorker(system.Database);
        victim.Kill();
        return survivor;
    }

    /// <summary>Notes each build that is committed, by whichever worker.</summary>
    async Task LogBuildsAsync() => await system.Database.ScalarAsync<int>("""
        create table if not exists build (county text, number int);
        create or replace function log_build() returns trigger language plpgsql security definer as
            $$ begin insert into public.build values (new.county, new.number); return null; end $$;
        create or replace trigger edition_built after update on edition for each row when (new.state = 'built') execute function log_build()
        """);

    async Task<string?> BuildsAsync(string county) =>
        await system.Database.ScalarAsync<string>($"select string_agg(number::text, ',' order by number) from build where county = '{county}'");

    async Task<HttpClient> OpenAsync(string county)
    {
        var clerk = await system.ClientAsync(Role.County, county);
        using var year = new StringContent("{}", Encoding.UTF8, "application/json");
        (await clerk.PutAsync($"/api/v1/counties/{county}/years/2021", year)).EnsureSuccessStatusCode();
        (await clerk.PostAsync($"/api/v1/counties/{county}/years/2021/roster/import", null)).EnsureSuccessStatusCode();
        return clerk;
    }

    static async Task<string> RequestAsync(HttpClient clerk, string county)
    {
        var requested = await clerk.PostAsync($"/api/v1/counties/{county}/years/2021/editions", null);
        requested.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return requested.Headers.Location!.ToString();
    }

    static async Task<JsonObject> BuiltAsync(HttpClient clerk, string address)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(50))
        {
            var edition = JsonNode.Parse(await clerk.GetStringAsync(address))!.AsObject();
            if ((string?)edition["state"] != "requested")
            {
                ((string?)edition["state"]).ShouldBe("built");
                return edition;
            }
        }

        throw new TimeoutException($"{address} is not built.");
    }
}
