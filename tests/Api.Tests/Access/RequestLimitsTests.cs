using System.Net;
using Aggregator.Access;

namespace Aggregator.Api.Tests.Access;

/// <summary>A server that lets one address try three times a minute.</summary>
public sealed class SignInLimitTests(SignInLimitTests.StrictApi api) : IClassFixture<SignInLimitTests.StrictApi>
{
    public sealed class StrictApi : ApiFixture
    {
        protected override (string Name, string Value)[] Settings => [("Access:SignInsPerMinute", "3")];
    }

    [Fact]
    public async Task Who_tries_too_often_is_told_to_wait()
    {
        for (var tries = 0; tries < 3; tries++)
        {
            await (await api.Anonymous().TrySignInAsync($"nobody{tries}", "wrong")).ShouldRefuseAsync(401, "sign_in_failed");
        }

        var refused = await api.Anonymous().TrySignInAsync("nobody", "wrong");
        await refused.ShouldRefuseAsync(429, "too_many_attempts");
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);

        var page = await api.Anonymous().PostAsync("/sign-in", new FormUrlEncodedContent([]));
        page.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await page.Content.ReadAsStringAsync()).ShouldContain("请一分钟后再试");
        (await api.Anonymous().GetAsync("/api/v1/forms")).StatusCode.ShouldBe(HttpStatusCode.OK, "only signing in is limited");
    }
}

/// <summary>A server that lets a caller call twenty times a minute, and an address ten times.</summary>
public sealed class RequestLimitsTests(RequestLimitsTests.StrictApi api) : IClassFixture<RequestLimitsTests.StrictApi>
{
    public sealed class StrictApi : ApiFixture
    {
        protected override (string Name, string Value)[] Settings => [("Access:RequestsPerMinute", "20"), ("Access:AnonymousRequestsPerMinute", "10")];
    }

    [Fact]
    public async Task Who_calls_too_often_is_told_to_wait_and_holds_up_nobody_else()
    {
        var (county, other, person) = (await api.CountyAsync("360922"), await api.CountyAsync("360923"), await api.SessionAsync(Role.County, "360922"));
        var nobody = api.Anonymous();
        const string Units = "/api/v1/units?parent=360922";

        // The window ends by the wall clock: in two windows one can call twice as often, and no oftener.
        (await CountAsync(40, () => county.GetAsync(Units))).ShouldBeInRange(20, 39);
        (await CountAsync(20, () => nobody.PostAsync("/api/v1/forms/2021/check", "{}".AsJson()))).ShouldBeInRange(10, 19);
        (await CountAsync(40, () => api.WithKey($"agg_{Guid.NewGuid():n}"[..20] + "_wrong").GetAsync(Units))).ShouldBeLessThan(20, "a wrong key proves nothing, and counts by address");

        (await other.GetAsync(Units)).StatusCode.ShouldBe(HttpStatusCode.OK, "another key, the same address");
        (await person.GetAsync(Units)).StatusCode.ShouldBe(HttpStatusCode.OK, "a person, the same address");
        (await CountAsync(30, () => nobody.GetAsync("/healthz"))).ShouldBe(30, "whoever runs it may always ask");

    }

    /// <summary>How many of so many calls were not told to wait; the others were told how long.</summary>
    static async Task<int> CountAsync(int times, Func<Task<HttpResponseMessage>> call)
    {
        var let = 0;
        for (var i = 0; i < times; i++)
        {
            var answer = await call();
            if (answer.StatusCode != HttpStatusCode.TooManyRequests)
            {
                let++;
                continue;
            }

            await answer.ShouldRefuseAsync(429, "too_many_requests");
            answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        }

        return let;
    }
}
