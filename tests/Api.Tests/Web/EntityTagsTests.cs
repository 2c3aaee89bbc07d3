using System.Net;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Web;

public sealed class EntityTagsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Every_read_has_a_tag_and_answers_304_to_who_has_it()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];
        await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021"));
        await api.RefreshTotalsAsync();

        foreach (var address in (string[])[
            "/api/v1/forms", "/api/v1/forms/2021", "/api/v1/forms/2021/schema", $"/api/v1/units/{unit}", $"/api/v1/units?parent={county.Code}",
            county.Year, $"{county.Year}/roster", $"{county.Year}/submissions/{unit}", $"{county.Year}/submissions/{unit}/revisions",
            $"{county.Year}/submissions/{unit}/body?revision=1", $"{county.Year}/totals", $"{county.Year}/totals/cells/requests.total.total",
            $"/api/v1/counties/{county.Code}/audit", $"/api/v1/counties/{county.Code}/audit.csv"])
        {
            var first = await county.Clerk.GetAsync(address);
            first.StatusCode.ShouldBe(HttpStatusCode.OK, address);
            var tag = first.Headers.ETag.ShouldNotBeNull(address);
            first.Headers.CacheControl!.ToString().ShouldBe("no-cache, private");
            first.Headers.Vary.ShouldBe(["Authorization", "Cookie"]);

            foreach (var known in (string[])[tag.Tag, $"W/{tag.Tag}", $"\"x\", {tag.Tag}", "*"])
            {
                var again = await IfNoneMatchAsync(county.Clerk, address, known);
                again.StatusCode.ShouldBe(HttpStatusCode.NotModified, $"{address} {known}");
                again.Headers.ETag.ShouldBe(tag);
                (await again.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
            }
        }
    }

    [Theory]
    [InlineData("\"x\"")]
    [InlineData("\"")]
    [InlineData("x")]
    [InlineData("W/")]
    [InlineData(",,,")]
    [InlineData("\"标签\"")]
    [InlineData("16 kB")]
    public async Task Who_has_another_tag_or_none_gets_the_whole_answer(string tag)
    {
        var response = await IfNoneMatchAsync(api.Anonymous(), "/api/v1/forms", tag == "16 kB" ? string.Join(',', Enumerable.Repeat("\"x\"", 4000)) : tag);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldContain("2021");
    }

    [Fact]
    public async Task More_headers_than_any_caller_needs_are_refused_and_the_server_stays_well()
    {
        var client = api.Anonymous();

        ((int)(await IfNoneMatchAsync(client, "/api/v1/forms", new string('x', 100_000))).StatusCode).ShouldBe(431);

        (await client.GetAsync("/api/v1/forms")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_change_gives_another_tag()
    {
        var county = await api.OpenCountyAsync();
        await api.RefreshTotalsAsync();
        var before = await county.Clerk.GetAsync($"{county.Year}/totals");
        await county.Clerk.FileAsync(county.Year, county.Units[0], RealReports.Mabu2021);
        await api.RefreshTotalsAsync();

        var after = await IfNoneMatchAsync(county.Clerk, $"{county.Year}/totals", before.Headers.ETag!.Tag);

        after.StatusCode.ShouldBe(HttpStatusCode.OK);
        after.Headers.ETag.ShouldNotBe(before.Headers.ETag);
    }

    [Fact]
    public async Task A_refusal_is_never_answered_with_304()
    {
        var response = await IfNoneMatchAsync(api.Anonymous(), "/api/v1/forms/1999", "*");

        await response.ShouldRefuseAsync(404, "form_not_found");
        response.Headers.ETag.ShouldBeNull();
    }

    static async Task<HttpResponseMessage> IfNoneMatchAsync(HttpClient client, string address, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        return await client.SendAsync(request);
    }
}
