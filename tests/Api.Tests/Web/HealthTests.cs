using Aggregator.Testing;

namespace Aggregator.Api.Tests.Web;

public sealed class HealthTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_host_that_answers_is_alive() => ((string?)(await api.Anonymous().GetJsonAsync("/healthz"))["status"]).ShouldBe("ok");

    [Fact]
    public async Task A_silent_worker_and_no_mail_are_a_lack_and_no_failure()
    {
        var silent = await ReasonsAsync();
        await api.Database.ScalarAsync<int>($"insert into worker (name, started_at, seen_at) values ('one', now(), '{api.Clock.GetUtcNow():O}')");
        var seen = await ReasonsAsync();
        api.Clock.Set(api.Clock.GetUtcNow().AddSeconds(60));
        var minute = await ReasonsAsync();
        api.Clock.Set(api.Clock.GetUtcNow().AddSeconds(1));

        silent.ShouldContain("worker");
        seen.ShouldNotContain("worker");
        seen.ShouldContain("mail");
        minute.ShouldNotContain("worker");
        (await ReasonsAsync()).ShouldContain("worker", "silent for more than a minute");
    }

    [Fact]
    public async Task Without_its_database_it_is_down_but_alive()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (process, address) = await AggregatorProcess.StartApiAsync(database);
        using var running = process;
        await database.ScalarAsync<int>("drop table reporting_year cascade");
        using var client = new HttpClient { BaseAddress = address };

        var down = await (await client.GetAsync("/readyz", TestContext.Current.CancellationToken)).ShouldBeAsync(503);

        ((string?)down["status"]).ShouldBe("down");
        ((string?)down["reasons"]![0]!["code"]).ShouldBe("database");
        ((string?)down["reasons"]![0]!["detail"] ?? "").ShouldMatch(@"[\u4e00-\u9fff]");
        (await client.GetAsync("/healthz", TestContext.Current.CancellationToken)).IsSuccessStatusCode.ShouldBeTrue();
    }

    async Task<string[]> ReasonsAsync()
    {
        var ready = await (await api.Anonymous().GetAsync("/readyz", TestContext.Current.CancellationToken)).ShouldBeAsync(200);
        var reasons = ready["reasons"]!.AsArray();
        ((string?)ready["status"]).ShouldBe(reasons.Count == 0 ? "ok" : "degraded");
        reasons.ShouldAllBe(r => System.Text.RegularExpressions.Regex.IsMatch((string)r!["detail"]!, @"[\u4e00-\u9fff]"));
        return [.. reasons.Select(r => (string)r!["code"]!)];
    }

    [Fact]
    public async Task Next_years_holidays_are_missed_from_december_on()
    {
        var before = api.Clock.GetUtcNow();
        (await ReasonsAsync()).ShouldNotContain("calendar");
        api.Clock.Set(FakeClock.Shanghai(2026, 12, 1, 0, 0, 0));
        (await ReasonsAsync()).ShouldContain("calendar");
        api.Clock.Set(before);
    }
}
