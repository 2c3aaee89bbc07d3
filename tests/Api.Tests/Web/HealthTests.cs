namespace Aggregator.Api.Tests.Web;

public sealed class HealthTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task A_host_with_its_database_is_well(string address) =>
        ((string?)(await api.Anonymous().GetJsonAsync(address))["status"]).ShouldBe("ok");
}
