using Aggregator.Testing;

namespace Aggregator.Api.Tests.Web;

public sealed class HealthTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task A_host_with_its_database_is_well(string address) =>
        ((string?)(await api.Anonymous().GetJsonAsync(address))["status"]).ShouldBe("ok");

    [Fact]
    public async Task A_host_is_ready_without_mail_and_without_next_years_holidays_but_says_so()
    {
        var before = api.Clock.GetUtcNow();
        (await WarningsAsync()).ShouldBe(["mail"]);
        api.Clock.Set(FakeClock.Shanghai(2026, 12, 1, 0, 0, 0));
        (await WarningsAsync()).ShouldBe(["mail", "calendar"]);
        api.Clock.Set(before);
    }

    async Task<string?[]> WarningsAsync() => [.. (await api.Anonymous().GetJsonAsync("/readyz"))["warnings"]!.AsArray().Select(w => (string?)w)];
}
