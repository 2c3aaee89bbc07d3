using System.Net;
using Aggregator.Access;

namespace Aggregator.Api.Tests.Installation;

public sealed class InstallationPagesTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string County = "/installation/counties/360983";

    [Fact]
    public async Task An_operator_begins_at_the_installation_and_finds_a_county_by_its_name()
    {
        var session = await api.SessionAsync(Role.Operator, "");

        (await session.GetAsync("/")).Headers.Location!.ToString().ShouldBe("/installation");
        (await session.GetStringAsync("/installation?q=万载县")).ShouldContain("/installation/counties/360922");
        (await session.GetStringAsync("/installation?q=江西省宜春市高安")).ShouldContain("江西省 宜春市");
        (await session.GetStringAsync("/installation?q=360922")).ShouldContain("万载县");
        (await session.GetStringAsync("/installation?q=%25")).ShouldContain("没有“%”");
    }

    [Fact]
    public async Task A_county_is_set_up_step_by_step_and_each_step_can_be_repeated()
    {
        var session = await api.SessionAsync(Role.Operator, "");
        (await session.GetStringAsync(County)).ShouldContain("现在是第 1 步");

        await PostAsync(session, "year", "year=2021&dueDate=2022-01-28&countyDueDate=2022-03-31");
        (await session.GetStringAsync(County)).ShouldContain("现在是第 2 步");
        var townships = await UnitsAsync();
        townships.ShouldBeGreaterThan(10);

        await PostAsync(session, "departments", $"names={Uri.EscapeDataString("1.教育局\n2.民政局")}");
        await PostAsync(session, "departments", $"names={Uri.EscapeDataString("民政局\n财政局")}");
        (await UnitsAsync()).ShouldBe(townships + 3);
        (await api.Database.ScalarAsync<string>("select string_agg(code, ' ' order by code) from unit where parent = '360983' and kind = 'department'"))
            .ShouldBe("360983-001 360983-002 360983-003");

        await PostAsync(session, "contact", $"name={Uri.EscapeDataString("王丽")}&email=wangli%40gaoan.example");
        (await session.GetStringAsync(County)).ShouldContain("现在是第 5 步");
        await PostAsync(session, "test-mail", "address=wangli%40gaoan.example");
        (await api.Database.ScalarAsync<long>("select count(*) from mail where county = '360983'")).ShouldBe(1);

        var made = await session.PostAsync($"{County}/account", Form($"login=gaoan-wangli&name={Uri.EscapeDataString("王丽")}"));
        made.StatusCode.ShouldBe(HttpStatusCode.OK);
        var page = await made.Content.ReadAsStringAsync();
        page.ShouldContain("一次性密码只显示这一次");
        var password = System.Text.RegularExpressions.Regex.Match(page, "一次性密码</dt><dd class=\"hash\">([^<]+)<").Groups[1].Value;
        (await api.Browser().SignInAsync("gaoan-wangli", WebUtility.HtmlDecode(password)))["role"]!.ToString().ShouldBe("county");
        (await session.GetStringAsync(County)).ShouldNotContain(password);

        Task<long> UnitsAsync() => api.Database.ScalarAsync<long>("select count(*) from filing where county = '360983' and year = 2021 and expected");
    }

    [Theory]
    [InlineData("year", "year=2021&dueDate=x&countyDueDate=2022-03-31", 400, "请写明报告年度")]
    [InlineData("year", "year=1999&dueDate=2000-01-31&countyDueDate=2000-03-31", 400, "报告年度应在")]
    [InlineData("departments", "names=x", 404, "还没有开设报告年度")]
    [InlineData("contact", "name=x&email=nowhere", 400, "邮箱地址")]
    [InlineData("account", "login=x&name=y", 400, "登录名应为")]
    public async Task What_is_wrong_is_said_on_a_page_that_leads_back(string step, string body, int status, string detail)
    {
        var session = await api.SessionAsync(Role.Operator, "");

        var refused = await session.PostAsync($"/installation/counties/360982/{step}", Form(body));

        ((int)refused.StatusCode).ShouldBe(status);
        (await refused.Content.ReadAsStringAsync()).ShouldContain(detail);
    }

    [Fact]
    public async Task A_county_that_is_on_no_list_is_not_there()
    {
        var session = await api.SessionAsync(Role.Operator, "");

        (await session.GetAsync("/installation/counties/000000")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await session.GetAsync("/installation/counties/3609")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    static async Task PostAsync(HttpClient session, string step, string body) =>
        (await session.PostAsync($"{County}/{step}", Form(body))).StatusCode.ShouldBe(HttpStatusCode.Found, step);

    static StringContent Form(string body) => new(body, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
}
