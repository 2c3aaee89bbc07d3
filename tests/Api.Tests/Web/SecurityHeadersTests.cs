namespace Aggregator.Api.Tests.Web;

public sealed class SecurityHeadersTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("/api/v1/forms")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api/v1/units?parent=36")]
    [InlineData("/healthz")]
    [InlineData("/swagger/index.html")]
    public async Task Every_answer_keeps_the_browser_from_more_than_it_needs(string address)
    {
        var headers = (await api.Anonymous().GetAsync(address)).Headers;

        headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
        headers.Contains("Server").ShouldBeFalse();
    }
}
