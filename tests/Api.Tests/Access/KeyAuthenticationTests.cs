using System.Net;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Access;

/// <summary>Moves the clock, so it has a server of its own.</summary>
public sealed class KeyAuthenticationTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Address = "/api/v1/units?parent=360922";

    [Fact]
    public async Task A_key_ends_at_the_instant_that_was_set()
    {
        api.Clock.Set(FakeClock.Shanghai(2022, 1, 20, 18, 0, 0));
        var created = await (await (await api.OperatorAsync()).PostAsync(
            "/api/v1/keys", """{"role":"county","scope":"360922","expiresAt":"2022-01-21T00:00:00+08:00"}""".AsJson())).ShouldBeAsync(201);
        var clerk = api.WithKey((string)created["key"]!);

        api.Clock.Set(FakeClock.Shanghai(2022, 1, 21, 0, 0, 0).AddTicks(-1));
        (await clerk.GetAsync(Address)).StatusCode.ShouldBe(HttpStatusCode.OK);

        api.Clock.Set(FakeClock.Shanghai(2022, 1, 21, 0, 0, 0));
        await (await clerk.GetAsync(Address)).ShouldRefuseAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task A_key_revoked_elsewhere_ends_within_five_seconds()
    {
        var clerk = await api.CountyAsync("360922");
        (await clerk.GetAsync(Address)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await api.Database.ScalarAsync<int>($"update api_key set revoked_at = now() where id = '{Id(clerk)}'");

        api.Clock.Set(api.Clock.GetUtcNow().AddSeconds(5));

        await (await clerk.GetAsync(Address)).ShouldRefuseAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task The_right_id_with_a_wrong_secret_is_refused_also_right_after_the_right_one()
    {
        var clerk = await api.CountyAsync("360922");
        (await clerk.GetAsync(Address)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var key = clerk.DefaultRequestHeaders.Authorization!.Parameter!;

        foreach (var wrong in new[] { $"agg_{Id(clerk)}_{new string('A', 43)}", key[..^1], $"{key}A", key.ToUpperInvariant(), $"agg_{Id(clerk)}_" })
        {
            await (await api.WithKey(wrong).GetAsync(Address)).ShouldRefuseAsync(401, "unauthenticated");
        }

        (await clerk.GetAsync(Address)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer agg_")]
    [InlineData("Bearer agg_0123456789abcdef")]
    [InlineData("Bearer agg_0123456789abcdef_")]
    [InlineData("Bearer agg_'; drop table_AAAA")]
    [InlineData("Bearer agg_密钥密钥密钥密钥密钥密钥密钥密钥_AAAA")]
    [InlineData("Bearer agg_😀😀😀😀😀😀😀😀_AAAA")]
    [InlineData("Basic YWdnOmFnZw==")]
    [InlineData("agg_0123456789abcdef_AAAA")]
    [InlineData("Bearer a, Bearer b")]
    [InlineData("8 kB")]
    public async Task Rubbish_instead_of_a_key_is_refused(string authorization)
    {
        var client = api.Anonymous();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization == "8 kB" ? $"Bearer agg_{new string('a', 8192)}" : authorization);

        await (await client.GetAsync(Address)).ShouldRefuseAsync(401, "unauthenticated");
    }

    static string Id(HttpClient client) => client.DefaultRequestHeaders.Authorization!.Parameter!.Split('_')[1];
}
