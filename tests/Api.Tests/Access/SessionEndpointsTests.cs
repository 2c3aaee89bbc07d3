using System.Net;
using Aggregator.Access;
using Aggregator.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Aggregator.Api.Tests.Access;

/// <summary>Moves the clock, so it has a server of its own.</summary>
public sealed class SessionEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Chosen = "春江花月夜-2022-潮水";
    const string Open = "/api/v1/units?parent=360922";

    [Fact]
    public async Task A_one_time_password_opens_nothing_but_its_own_change()
    {
        var account = await api.AccountAsync(Role.Reporter, "360922201");
        var browser = api.Browser();

        ((bool?)(await browser.SignInAsync(account.Login, account.Password))["mustChangePassword"]).ShouldBe(true);
        foreach (var address in (string[])[Open, "/api/v1/sessions", "/api/v1/counties/360922/years/2021/report.html"])
        {
            await (await browser.GetAsync(address)).ShouldRefuseAsync(403, "password_change_required");
        }

        await (await browser.PostAsync("/api/v1/keys", "{}".AsJson())).ShouldRefuseAsync(403, "password_change_required");
        await (await browser.DeleteAsync("/api/v1/sessions")).ShouldRefuseAsync(403, "password_change_required");

        (await browser.ChangePasswordAsync(account.Password, Chosen)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await browser.GetAsync(Open)).StatusCode.ShouldBe(HttpStatusCode.OK);
        ((bool?)(await browser.GetJsonAsync("/api/v1/session"))["mustChangePassword"]).ShouldBe(false);
        await (await api.Browser().TrySignInAsync(account.Login, account.Password)).ShouldRefuseAsync(401, "sign_in_failed");
        await api.Browser().SignInAsync($"  {account.Login.ToUpperInvariant()} ", Chosen);
    }

    [Theory]
    [InlineData("short-1234")]
    [InlineData("123456789")]
    [InlineData("1234567890")]
    [InlineData("QWERTYUIOP")]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("Zhang.San@360922")]
    [InlineData("zhang.san@3609221")]
    [InlineData("current")]
    public async Task A_password_that_is_easily_guessed_is_not_taken(string chosen)
    {
        const string Login = "zhang.san@360922";
        var account = await api.Database.ScalarAsync<long>($"select count(*) from account where login = '{Login}'") == 0
            ? await api.AccountAsync(Role.County, "360922", Login)
            : (await api.Services.GetRequiredService<AccountStore>().ResetAsync(Login, "test", TestContext.Current.CancellationToken)).Value!;
        var browser = api.Browser();
        await browser.SignInAsync(Login, account.Password);

        var tried = chosen == "current" ? account.Password : chosen;
        var response = await browser.ChangePasswordAsync(account.Password, tried);
        if (chosen == "short-1234")
        {
            response.StatusCode.ShouldBe(HttpStatusCode.NoContent, "ten characters are enough");
        }
        else
        {
            await response.ShouldRefuseAsync(400, "weak_password");
        }
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_for_a_quarter_of_an_hour_and_look_like_an_unknown_name()
    {
        api.Clock.Set(FakeClock.Shanghai(2022, 1, 20, 18, 0, 0));
        var account = await api.AccountAsync(Role.Operator, "");
        var disabled = await api.AccountAsync(Role.Operator, "");
        await api.Services.GetRequiredService<AccountStore>().PutAsync(disabled.Login, "张三", disabled: true, "test", TestContext.Current.CancellationToken);
        var answers = new List<string>();
        foreach (var (login, password) in Enumerable.Repeat((account.Login, "wrong"), 5)
            .Concat([(account.Login, account.Password), ("nobody", "wrong"), ("", ""), ("\0", "x"), (disabled.Login, disabled.Password), (disabled.Login, "wrong")]))
        {
            var problem = await (await api.Browser().TrySignInAsync(login, password)).ShouldRefuseAsync(401, "sign_in_failed");
            problem.Remove("traceId").ShouldBeTrue();
            ((string?)problem["detail"]).ShouldNotBeNull().ShouldContain("15 分钟");
            answers.Add(problem.ToJsonString());
        }

        answers.Distinct().ShouldHaveSingleItem();
        api.Clock.Set(FakeClock.Shanghai(2022, 1, 20, 18, 15, 0).AddTicks(-10));
        await (await api.Browser().TrySignInAsync(account.Login, account.Password)).ShouldRefuseAsync(401, "sign_in_failed");
        api.Clock.Set(FakeClock.Shanghai(2022, 1, 20, 18, 15, 0));
        await api.Browser().SignInAsync(account.Login, account.Password);

        var audit = await api.Database.ScalarAsync<string>($"select string_agg(action || ' ' || actor || ' ' || county, ',' order by id) from audit where subject = 'account:{account.Login}'");
        audit.ShouldBe($"create_account test ,{string.Concat(Enumerable.Repeat("sign_in_failed anonymous ,", 4))}lock_account anonymous ,sign_in account:{account.Login} ");
        (await api.Database.ScalarAsync<long>("select count(*) from audit where subject like '%nobody%'")).ShouldBe(0, "somebody may have typed a password there");
    }

    [Fact]
    public async Task Many_tries_at_once_get_no_further_than_one_after_the_other()
    {
        var account = await api.AccountAsync(Role.Operator, "");

        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => api.Browser().TrySignInAsync(account.Login, "wrong")));

        (await api.Database.ScalarAsync<string>($"select string_agg(action, ' ' order by action) from audit where subject = 'account:{account.Login}'"))
            .ShouldBe("create_account lock_account sign_in_failed sign_in_failed sign_in_failed sign_in_failed");
        await (await api.Browser().TrySignInAsync(account.Login, account.Password)).ShouldRefuseAsync(401, "sign_in_failed");
    }

    [Fact]
    public async Task A_right_password_takes_the_count_back()
    {
        var account = await api.AccountAsync(Role.Operator, "");
        for (var round = 0; round < 2; round++)
        {
            for (var tries = 0; tries < 4; tries++)
            {
                await api.Browser().TrySignInAsync(account.Login, "wrong");
            }

            await api.Browser().SignInAsync(account.Login, account.Password);
        }
    }

    [Fact]
    public async Task A_session_ends_after_half_an_hour_without_a_request_and_after_twelve_hours_with_many()
    {
        var start = FakeClock.Shanghai(2022, 1, 21, 8, 0, 0);
        api.Clock.Set(start);
        var client = await api.SessionAsync(Role.County, "360922");
        (await client.GetAsync(Open)).StatusCode.ShouldBe(HttpStatusCode.OK);

        for (var minutes = 29; minutes < 12 * 60; minutes += 29)
        {
            api.Clock.Set(start.AddMinutes(minutes));
            (await client.GetAsync(Open)).StatusCode.ShouldBe(HttpStatusCode.OK, $"after {minutes} minutes");
        }

        api.Clock.Set(start.AddHours(12).AddTicks(-10));
        (await client.GetAsync(Open)).StatusCode.ShouldBe(HttpStatusCode.OK);
        api.Clock.Set(start.AddHours(12));
        await (await client.GetAsync(Open)).ShouldRefuseAsync(401, "unauthenticated");

        var idle = await api.SessionAsync(Role.County, "360922");
        api.Clock.Set(api.Clock.GetUtcNow().AddMinutes(30));
        await (await idle.GetAsync(Open)).ShouldRefuseAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task A_session_is_written_at_most_once_a_minute()
    {
        var client = await api.SessionAsync(Role.County, "360922");
        var id = (string?)(await client.GetListAsync("/api/v1/sessions"))[0]!["id"];
        var seen = $"select seen_at::text from session where id = '{id}'";
        var first = await api.Database.ScalarAsync<string>(seen);

        api.Clock.Set(api.Clock.GetUtcNow().AddSeconds(59));
        await client.GetAsync(Open);
        (await api.Database.ScalarAsync<string>(seen)).ShouldBe(first);

        api.Clock.Set(api.Clock.GetUtcNow().AddSeconds(1));
        await client.GetAsync(Open);
        (await api.Database.ScalarAsync<string>(seen)).ShouldNotBe(first);
    }

    [Fact]
    public async Task The_cookie_is_the_browsers_alone_and_new_at_each_sign_in()
    {
        var account = await api.AccountAsync(Role.County, "360922");
        using var planted = new HttpRequestMessage(HttpMethod.Post, "/api/v1/session") { Content = $$"""{"login":"{{account.Login}}","password":"{{account.Password}}"}""".AsJson() };
        planted.Headers.Add("Cookie", "agg_session=planted-by-somebody-else");

        var cookies = new[] { await api.Anonymous().SendAsync(planted), await api.Anonymous().TrySignInAsync(account.Login, account.Password) }
            .Select(r => r.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("agg_session=", StringComparison.Ordinal))).ToList();

        cookies[0].ShouldMatch("^agg_session=[A-Za-z0-9_-]{43}; path=/; samesite=lax; httponly$");
        cookies.Distinct().Count().ShouldBe(2);
        var token = cookies[0][12..55];
        (await api.Database.ScalarAsync<long>($"select count(*) from session where token_sha256 = sha256('{token}'::bytea)")).ShouldBe(1);
        foreach (var table in (string[])["session", "account", "audit"])
        {
            var stored = await api.Database.ScalarAsync<string>($"select string_agg(t::text, ' ') from {table} t");
            stored.ShouldNotBeNull().ShouldNotContain(token);
            stored.ShouldNotContain(account.Password);
        }
    }

    [Fact]
    public async Task What_changes_something_needs_the_token_and_comes_from_this_site()
    {
        var client = await api.SessionAsync(Role.County, "360922");
        var other = await api.SessionAsync(Role.County, "360922");
        var address = "/api/v1/units/360922201";
        StringContent Body() => """{"name":"马步乡","kind":"township"}""".AsJson();
        (await client.PutAsync(address, Body())).IsSuccessStatusCode.ShouldBeTrue();

        foreach (var site in (string[])["cross-site", "same-site"])
        {
            client.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);
            await (await client.PutAsync(address, Body())).ShouldRefuseAsync(400, "antiforgery_failed");
            client.DefaultRequestHeaders.Remove("Sec-Fetch-Site");
        }

        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        (await client.PutAsync(address, Body())).IsSuccessStatusCode.ShouldBeTrue();
        var before = await api.StoredAsync();
        foreach (var token in (string[])["", "rubbish", other.DefaultRequestHeaders.GetValues("X-Antiforgery-Token").Single()])
        {
            client.DefaultRequestHeaders.Remove("X-Antiforgery-Token");
            client.DefaultRequestHeaders.Add("X-Antiforgery-Token", token);
            await (await client.PutAsync(address, Body())).ShouldRefuseAsync(400, "antiforgery_failed");
            await (await client.DeleteAsync("/api/v1/session")).ShouldRefuseAsync(400, "antiforgery_failed");
        }

        (await api.StoredAsync()).ShouldBe(before);
        (await client.GetAsync(address)).StatusCode.ShouldBe(HttpStatusCode.OK, "reading needs none");
    }

    [Fact]
    public async Task Another_site_cannot_sign_a_browser_in()
    {
        var account = await api.AccountAsync(Role.County, "360922");
        var browser = api.Browser();
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");

        await (await browser.TrySignInAsync(account.Login, account.Password)).ShouldRefuseAsync(400, "antiforgery_failed");
    }

    [Fact]
    public async Task One_sees_and_ends_ones_own_sessions_and_nobody_elses()
    {
        var account = await api.AccountAsync(Role.Operator, "");
        var (here, there, stranger) = (api.Browser(), api.Browser(), await api.SessionAsync(Role.Operator, ""));
        there.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", $"{new string('x', 150)}{string.Concat(Enumerable.Repeat("😀", 100))}");
        await here.SignInAsync(account.Login, account.Password);
        await here.ChangePasswordAsync(account.Password, Chosen);
        await there.SignInAsync(account.Login, Chosen);

        var sessions = await here.GetListAsync("/api/v1/sessions");
        sessions.Select(s => (bool?)s!["current"]).ShouldBe([true, false], ignoreOrder: true);
        var other = sessions.Single(s => (bool?)s!["current"] == false)!;
        ((string?)other["userAgent"]).ShouldNotBeNull().ShouldStartWith("xxx");
        await (await stranger.DeleteAsync($"/api/v1/sessions/{other["id"]}")).ShouldRefuseAsync(404, "session_not_found");
        (await there.GetAsync(Open)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await here.DeleteAsync($"/api/v1/sessions/{other["id"]}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await there.GetAsync(Open)).ShouldRefuseAsync(401, "unauthenticated");
        await (await here.DeleteAsync($"/api/v1/sessions/{other["id"]}")).ShouldRefuseAsync(404, "session_not_found");

        (await here.DeleteAsync("/api/v1/session")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await here.GetAsync(Open)).ShouldRefuseAsync(401, "unauthenticated");
        (await api.Database.ScalarAsync<string>($"select string_agg(action, ' ' order by id) from audit where actor = 'account:{account.Login}'"))
            .ShouldBe("sign_in change_password sign_in end_session sign_out");
    }

    [Fact]
    public async Task All_sessions_of_a_person_end_at_once()
    {
        var account = await api.AccountAsync(Role.Operator, "");
        var (here, there) = (api.Browser(), api.Browser());
        await here.SignInAsync(account.Login, account.Password);
        await here.ChangePasswordAsync(account.Password, Chosen);
        await there.SignInAsync(account.Login, Chosen);

        (await there.DeleteAsync("/api/v1/sessions")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        foreach (var client in new[] { here, there })
        {
            await (await client.GetAsync(Open)).ShouldRefuseAsync(401, "unauthenticated");
        }
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions_and_keeps_this_one()
    {
        var account = await api.AccountAsync(Role.Operator, "");
        var (here, there) = (api.Browser(), api.Browser());
        await there.SignInAsync(account.Login, account.Password);
        await here.SignInAsync(account.Login, account.Password);

        await (await here.ChangePasswordAsync("wrong", Chosen)).ShouldRefuseAsync(400, "wrong_password");
        (await here.ChangePasswordAsync(account.Password, Chosen)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await here.GetAsync(Open)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await there.GetAsync("/api/v1/session")).ShouldRefuseAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task The_actor_of_a_persons_change_is_the_account()
    {
        var account = await api.AccountAsync(Role.County, "360923");
        var browser = api.Browser();
        await browser.SignInAsync(account.Login, account.Password);
        await browser.ChangePasswordAsync(account.Password, Chosen);

        (await browser.PutAsync("/api/v1/counties/360923/years/2021", "{}".AsJson())).IsSuccessStatusCode.ShouldBeTrue();

        (await browser.GetListAsync("/api/v1/counties/360923/audit")).Select(l => $"{l!["actor"]} {l["action"]}").ShouldBe([
            "test create_account", $"account:{account.Login} sign_in", $"account:{account.Login} change_password", $"account:{account.Login} put_year"]);
    }

    [Theory]
    [InlineData("agg_session=")]
    [InlineData("agg_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("agg_session='; drop table session")]
    [InlineData("agg_session=%00%ff")]
    [InlineData("8 kB")]
    public async Task Rubbish_instead_of_a_session_is_refused(string cookie)
    {
        var client = api.Anonymous();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", cookie == "8 kB" ? $"agg_session={new string('a', 8192)}" : cookie);

        await (await client.GetAsync(Open)).ShouldRefuseAsync(401, "unauthenticated");
    }
}
