namespace Aggregator.Api.Tests.Web;

public sealed class SecurityHeadersTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("/api/v1/forms")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api/v1/units?parent=36")]
    [InlineData("/healthz")]
    [InlineData("/sign-in")]
    [InlineData("/account")]
    [InlineData("/API/V1/units?parent=36")]
    [InlineData("/api/v1/units")]
    [InlineData("/openapi/v2.json")]
    [InlineData("/swagger/index.html")]
    public async Task Every_answer_keeps_the_browser_from_more_than_it_needs(string address)
    {
        var headers = (await api.Anonymous().GetAsync(address)).Headers;

        headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
        headers.GetValues("Cross-Origin-Opener-Policy").ShouldBe(["same-origin"]);
        headers.GetValues("Cross-Origin-Resource-Policy").ShouldBe(["same-origin"]);
        headers.CacheControl.ShouldNotBeNull();
        headers.Contains("Server").ShouldBeFalse();
    }

    [Fact]
    public async Task A_failed_reading_of_the_request_keeps_them_too()
    {
        var clerk = await api.CountyAsync("360922");

        var refused = await clerk.PutAsync("/api/v1/counties/360922/years/2021", "{".AsJson());

        await refused.ShouldRefuseAsync(400, "invalid_body");
        refused.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        refused.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        refused.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Theory]
    [InlineData("/api/v1/units/360922201")]
    [InlineData("/API/V1/Units/360922201")]
    public async Task What_is_for_one_caller_is_kept_by_no_shared_cache_however_its_address_is_spelled(string address)
    {
        var headers = (await (await api.CountyAsync("360922")).GetAsync(address)).Headers;

        (headers.CacheControl!.Private, headers.CacheControl.NoCache, headers.ETag is null).ShouldBe((true, true, false));
        headers.Vary.ShouldBe(["Authorization", "Cookie"]);
    }
}
