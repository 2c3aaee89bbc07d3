using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Access;

namespace Aggregator.Api.Tests.Access;

public sealed class AccountEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("reporter", "360922201", 201)]
    [InlineData("county", "360922", 201)]
    [InlineData("county", "360923", 403)]
    [InlineData("county", "3609", 403)]
    [InlineData("reporter", "360923100", 403)]
    [InlineData("reporter", "", 403)]
    [InlineData("viewer", "360922", 403)]
    [InlineData("viewer", "00", 403)]
    [InlineData("operator", "", 403)]
    [InlineData("operator", "360922", 403)]
    public async Task A_county_makes_accounts_of_its_office_and_its_units_and_no_others(string role, string scope, int status)
    {
        foreach (var clerk in new[] { await api.CountyAsync("360922"), await api.SessionAsync(Role.County, "360922") })
        {
            var before = await api.StoredAsync();
            var response = await clerk.PostAsync("/api/v1/accounts", Body(NewLogin(), role, scope));
            ((int)response.StatusCode).ShouldBe(status);
            (await api.StoredAsync() == before).ShouldBe(status != 201);
        }
    }

    [Theory]
    [InlineData("reporter", "360922201")]
    [InlineData("county", "360922")]
    [InlineData("viewer", "36")]
    [InlineData("operator", "")]
    public async Task An_operator_makes_accounts_of_every_role(string role, string scope)
    {
        var login = NewLogin();
        var response = await (await api.OperatorAsync()).PostAsync("/api/v1/accounts", Body($" {login.ToUpperInvariant()} ", role, scope));
        var created = await response.ShouldBeAsync(201);

        ((string?)created["login"]).ShouldBe(login);
        var account = await (await api.OperatorAsync()).GetJsonAsync(response.Headers.Location!.ToString());
        $"{account["name"]} {account["role"]} {account["scope"]} {account["mustChangePassword"]} {account["disabled"]}".ShouldBe($"王五 {role} {scope} true false");
        account.ToJsonString().ShouldNotContain((string)created["password"]!);
        await api.Browser().SignInAsync(login, (string)created["password"]!);
    }

    [Theory]
    [InlineData("ab", "王五", "reporter", "360922201", "invalid_login")]
    [InlineData("a b c", "王五", "reporter", "360922201", "invalid_login")]
    [InlineData("../..", "王五", "reporter", "360922201", "invalid_login")]
    [InlineData("zhang/san", "王五", "reporter", "360922201", "invalid_login")]
    [InlineData("zhangsan\\n", "王五", "reporter", "360922201", null)]
    [InlineData("zhang\\u0000san", "王五", "reporter", "360922201", "invalid_login")]
    [InlineData("ｚｈａｎｇ", "王五", "reporter", "360922201", "invalid_login")]
    [InlineData("马步乡张三", "王五", "reporter", "360922201", null)]
    [InlineData("zhangsan1", " ", "reporter", "360922201", "invalid_name")]
    [InlineData("zhangsan1", "王\\u0007五", "reporter", "360922201", "invalid_name")]
    [InlineData("zhangsan1", "王五", "clerk", "360922201", "invalid_role")]
    [InlineData("zhangsan1", "王五", "reporter", "360922", "invalid_scope")]
    [InlineData("zhangsan1", "王五", "operator", "36", "invalid_scope")]
    [InlineData("zhangsan1", "王五", "reporter", "360922999", "unit_not_found")]
    public async Task An_account_that_fits_nobody_is_refused(string login, string name, string role, string scope, string? code)
    {
        var response = await (await api.OperatorAsync()).PostAsync(
            "/api/v1/accounts", $$"""{"login":"{{login}}","name":"{{name}}","role":"{{role}}","scope":"{{scope}}"}""".AsJson());

        if (code is null)
        {
            response.StatusCode.ShouldBe(HttpStatusCode.Created);
        }
        else
        {
            await response.ShouldRefuseAsync(400, code);
        }
    }

    [Fact]
    public async Task A_login_name_is_there_once_whoever_has_it()
    {
        var account = await api.AccountAsync(Role.Reporter, "360922201");

        await (await (await api.CountyAsync("360923")).PostAsync("/api/v1/accounts", Body(account.Login.ToUpperInvariant(), "county", "360923")))
            .ShouldRefuseAsync(409, "login_taken");
    }

    [Fact]
    public async Task A_county_does_not_get_at_what_is_not_its_own()
    {
        var clerk = await api.CountyAsync("360922");
        var foreign = new[]
        {
            await api.AccountAsync(Role.Reporter, "360923100"), await api.AccountAsync(Role.County, "360923"), await api.AccountAsync(Role.Viewer, "3609"),
            await api.AccountAsync(Role.Viewer, "360922"), await api.AccountAsync(Role.Operator, ""),
        };
        var own = new[] { await api.AccountAsync(Role.Reporter, "360922201"), await api.AccountAsync(Role.County, "360922") };
        var before = await api.StoredAsync();

        foreach (var login in foreign.Select(a => a.Login).Append("nobody"))
        {
            await (await clerk.GetAsync($"/api/v1/accounts/{login}")).ShouldRefuseAsync(404, "account_not_found");
            await (await clerk.PutAsync($"/api/v1/accounts/{login}", """{"name":"王五","disabled":true}""".AsJson())).ShouldRefuseAsync(404, "account_not_found");
            await (await clerk.PostAsync($"/api/v1/accounts/{login}/reset", null)).ShouldRefuseAsync(404, "account_not_found");
        }

        (await api.StoredAsync()).ShouldBe(before);
        var listed = (await clerk.GetListAsync("/api/v1/accounts")).Select(a => (string?)a!["login"]).ToList();
        own.ShouldAllBe(a => listed.Contains(a.Login));
        foreign.ShouldAllBe(a => !listed.Contains(a.Login));
        foreach (var login in listed)
        {
            (await clerk.GetAsync($"/api/v1/accounts/{login}")).StatusCode.ShouldBe(HttpStatusCode.OK, "what is listed can be opened");
        }

        var all = (await (await api.OperatorAsync()).GetListAsync("/api/v1/accounts?after=t")).Select(a => (string?)a!["login"]).ToList();
        foreign.Concat(own).ShouldAllBe(a => all.Contains(a.Login));
    }

    [Fact]
    public async Task A_long_list_comes_in_pages()
    {
        var clerk = await api.CountyAsync("360981");
        await api.Database.ScalarAsync<int>("""
            insert into account (login, name, role, scope, password_hash, created_by, created_at)
            select 'page' || n, '张三', 'county', '360981', '', 'test', now() from generate_series(1, 300) n
            """);

        var first = await clerk.GetAsync("/api/v1/accounts");

        (await clerk.GetListAsync("/api/v1/accounts")).Count.ShouldBe(200);
        (await clerk.GetListAsync(first.NextPage())).Count.ShouldBe(100);
    }

    [Fact]
    public async Task Who_is_disabled_is_out_at_once_and_in_again_when_enabled()
    {
        var account = await api.AccountAsync(Role.Reporter, "360922201");
        var (browser, clerk) = (api.Browser(), await api.CountyAsync("360922"));
        await browser.SignInAsync(account.Login, account.Password);
        (await browser.GetAsync("/api/v1/session")).StatusCode.ShouldBe(HttpStatusCode.OK);

        var disabled = await (await clerk.PutAsync($"/api/v1/accounts/{account.Login}", """{"name":"赵六","disabled":true}""".AsJson())).ShouldBeAsync(200);
        $"{disabled["name"]} {disabled["disabled"]}".ShouldBe("赵六 true");
        await (await browser.GetAsync("/api/v1/session")).ShouldRefuseAsync(401, "unauthenticated");
        await (await api.Browser().TrySignInAsync(account.Login, account.Password)).ShouldRefuseAsync(401, "sign_in_failed");

        await clerk.PutAsync($"/api/v1/accounts/{account.Login}", """{"name":"赵六"}""".AsJson());
        await (await browser.GetAsync("/api/v1/session")).ShouldRefuseAsync(401, "unauthenticated");
        await api.Browser().SignInAsync(account.Login, account.Password);
        await clerk.PutAsync($"/api/v1/accounts/{account.Login}", """{"name":"赵七"}""".AsJson());
        (await api.Database.ScalarAsync<string>($"select string_agg(action || ' ' || county, ',' order by id) from audit where subject = 'account:{account.Login}'"))
            .ShouldBe("create_account 360922,sign_in 360922,disable_account 360922,enable_account 360922,sign_in 360922,put_account 360922");
    }

    [Fact]
    public async Task A_reset_unlocks_gives_a_new_one_time_password_and_ends_all_sessions()
    {
        var account = await api.AccountAsync(Role.Reporter, "360922201");
        var (browser, clerk) = (api.Browser(), await api.CountyAsync("360922"));
        await browser.SignInAsync(account.Login, account.Password);
        await browser.ChangePasswordAsync(account.Password, "不易猜到的密码-2022");
        for (var tries = 0; tries < 5; tries++)
        {
            await api.Browser().TrySignInAsync(account.Login, "wrong");
        }

        var reset = await (await clerk.PostAsync($"/api/v1/accounts/{account.Login}/reset", null)).ShouldBeAsync(200);

        await (await browser.GetAsync("/api/v1/session")).ShouldRefuseAsync(401, "unauthenticated");
        await (await api.Browser().TrySignInAsync(account.Login, "不易猜到的密码-2022")).ShouldRefuseAsync(401, "sign_in_failed");
        var state = await api.Browser().SignInAsync(account.Login, (string)reset["password"]!);
        ((bool?)state["mustChangePassword"]).ShouldBe(true);
    }

    static string NewLogin() => $"w{Guid.NewGuid():n}";

    static StringContent Body(string login, string role, string scope) =>
        new JsonObject { ["login"] = login, ["name"] = "王五", ["role"] = role, ["scope"] = scope }.AsJson();
}
