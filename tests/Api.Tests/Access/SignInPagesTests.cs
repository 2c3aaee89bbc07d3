using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Aggregator.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Aggregator.Api.Tests.Access;

public sealed class SignInPagesTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Chosen = "春江花月夜-2022-潮水";
    const string Report = "/api/v1/counties/360922/years/2021/report.html";

    [Fact]
    public async Task A_browser_is_led_over_sign_in_and_first_password_to_the_page_that_it_asked_for_and_out_again()
    {
        await api.OpenYearAsync("360922", 2021);
        var account = await api.AccountAsync(Role.County, "360922");
        var browser = Browser();

        var signIn = await LocationAsync(browser.GetAsync($"{Report}?x=%E5%8E%BF"));
        signIn.ShouldBe($"/sign-in?returnUrl={Uri.EscapeDataString($"{Report}?x=%E5%8E%BF")}");
        var password = await LocationAsync(PostAsync(browser, signIn, ("login", account.Login), ("password", account.Password)));
        password.ShouldStartWith("/password?returnUrl=");
        (await LocationAsync(browser.GetAsync(Report))).ShouldBe($"/password?returnUrl={Uri.EscapeDataString(Report)}");

        var different = await PostAsync(browser, password, ("currentPassword", account.Password), ("newPassword", Chosen), ("repeated", "another"));
        different.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await different.Content.ReadAsStringAsync()).ShouldContain("两次输入的新密码不一致");
        (await LocationAsync(PostAsync(browser, password, ("currentPassword", account.Password), ("newPassword", Chosen), ("repeated", Chosen)))).ShouldBe($"{Report}?x=%E5%8E%BF");
        (await browser.GetAsync(Report)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await browser.GetStringAsync("/account")).ShouldContain("（本次）");
        var signedOut = await PostAsync(browser, "/account", "/sign-out");
        signedOut.Headers.Location!.OriginalString.ShouldBe("/sign-in");
        signedOut.Headers.GetValues("Set-Cookie").ShouldContain(c => c.StartsWith("agg_session=; expires=Thu, 01 Jan 1970", StringComparison.Ordinal));
        signedOut.Headers.GetValues("Clear-Site-Data").ShouldBe(["\"storage\""]);
        (await LocationAsync(browser.GetAsync(Report))).ShouldStartWith("/sign-in?");
    }

    [Theory]
    [InlineData("GET", "text/html,application/xhtml+xml,*/*;q=0.8", true)]
    [InlineData("GET", "application/json", false)]
    [InlineData("GET", "*/*", false)]
    [InlineData("GET", null, false)]
    [InlineData("PUT", "text/html", false)]
    [InlineData("POST", "text/html", false)]
    public async Task Only_a_browser_that_asks_for_a_page_is_led_to_sign_in(string method, string? accept, bool led)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), method switch
        {
            "GET" => Report,
            "PUT" => "/api/v1/counties/360922/years/2021",
            _ => "/api/v1/counties/360922/years/2021/submissions",
        });
        request.Content = method == "GET" ? null : "{}".AsJson();
        request.Headers.TryAddWithoutValidation("Accept", accept);

        var response = await api.Anonymous().SendAsync(request);

        if (led)
        {
            response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        }
        else
        {
            await response.ShouldRefuseAsync(401, "unauthenticated");
            response.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Bearer");
        }
    }

    [Theory]
    [InlineData("/account?x=1", "/account?x=1")]
    [InlineData("", "/")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("//evil.example/", "/")]
    [InlineData("/\\evil.example/", "/")]
    [InlineData("///evil.example/", "/")]
    [InlineData("/\\/evil.example/", "/")]
    [InlineData("\\\\evil.example/", "/")]
    [InlineData("/%2fevil.example/", "/%2fevil.example/")]
    [InlineData("%2f%2fevil.example/", "/")]
    [InlineData("/.//evil.example/", "/.//evil.example/")]
    [InlineData("evil.example", "/")]
    [InlineData("@evil.example", "/")]
    [InlineData("/\t/evil.example/", "/")]
    [InlineData("\t//evil.example/", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/a\r\nSet-Cookie: x=y", "/")]
    [InlineData("/县", "/")]
    public async Task After_signing_in_nobody_is_led_off_this_site(string returnUrl, string expected)
    {
        var account = await api.AccountAsync(Role.County, "360922");
        var browser = Browser();

        var location = await LocationAsync(PostAsync(
            browser, $"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}", ("login", account.Login), ("password", account.Password), ("returnUrl", returnUrl)));

        location.ShouldBe($"/password?returnUrl={Uri.EscapeDataString(expected)}");
    }

    [Fact]
    public async Task A_failed_try_says_why_and_keeps_the_name_as_text()
    {
        var response = await PostAsync(Browser(), "/sign-in", ("login", "\"><script>alert(1)</script>"), ("password", "not this one"));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var page = await response.Content.ReadAsStringAsync();
        page.ShouldContain("登录名或密码不正确");
        page.ShouldContain("&lt;script&gt;");
        page.ShouldNotContain("<script");
        page.ShouldNotContain("not this one");
    }

    [Fact]
    public async Task A_form_without_its_token_does_nothing()
    {
        var account = await api.AccountAsync(Role.County, "360922");
        var forged = await Browser().PostAsync("/sign-in", Form(("login", account.Login), ("password", account.Password)));
        forged.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await forged.Content.ReadAsStringAsync()).ShouldContain("防伪令牌");
        forged.Headers.Contains("Set-Cookie").ShouldBeFalse();

        var browser = Browser();
        await PostAsync(browser, "/sign-in", ("login", account.Login), ("password", account.Password));
        foreach (var address in (string[])["/password", "/sign-out"])
        {
            (await browser.PostAsync(address, Form(("currentPassword", account.Password), ("newPassword", Chosen), ("repeated", Chosen)))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }

        (await browser.GetAsync("/password")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>The token is looked for in the form, which has to be read for it; what cannot be read has none.</summary>
    [Theory]
    [InlineData("application/x-www-form-urlencoded", "x=%00", 400)]
    [InlineData("application/x-www-form-urlencoded", "x=%FF&%zz", 400)]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", "x=1", 400)]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"y\"\r\n\r\ncut", 400)]
    [InlineData("multipart/form-data", "no boundary", 400)]
    [InlineData("application/x-www-form-urlencoded", "too large", 413)]
    public async Task A_form_that_cannot_be_read_is_refused_on_a_page(string type, string body, int status)
    {
        var clerk = await api.SessionAsync(Role.County, "360922");
        clerk.DefaultRequestHeaders.Remove("X-Antiforgery-Token");
        clerk.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        using HttpContent content = status == 413 ? new StalledContent(2 << 20) : new StringContent(body);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        var refused = await clerk.PostAsync("/password", content);

        ((int)refused.StatusCode).ShouldBe(status);
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        refused.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\n\r\n")]
    [InlineData("application/x-www-form-urlencoded", "%%%=&&&")]
    public async Task A_body_that_is_no_form_signs_nobody_in(string type, string body)
    {
        var client = api.Anonymous();
        await client.TakeAntiforgeryAsync("/sign-in");
        using var content = new StringContent(body);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        (await client.PostAsync("/sign-in", content)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Another_Api_of_the_installation_takes_the_same_tokens()
    {
        // The keys that protect them are in the database; a server that has just started finds them there.
        var client = await api.SessionAsync(Role.County, "360922");
        await using var second = new Microsoft.AspNetCore.Mvc.Testing.WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            builder.UseSetting("ConnectionStrings:Aggregator", api.Database.ConnectionString);
            builder.ConfigureServices(services => services.AddSingleton<TimeProvider>(api.Clock));
        });
        var there = second.CreateClient();
        foreach (var (name, values) in client.DefaultRequestHeaders)
        {
            there.DefaultRequestHeaders.Add(name, values);
        }

        (await there.PutAsync("/api/v1/units/360922201", """{"name":"马步乡","kind":"township"}""".AsJson())).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.Database.ScalarAsync<long>("select count(*) from data_protection_key")).ShouldBe(1);
    }

    [Fact]
    public async Task Over_https_the_cookie_is_the_hosts_own()
    {
        var account = await api.AccountAsync(Role.County, "360922");
        await using var behindProxy = new Microsoft.AspNetCore.Mvc.Testing.WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            builder.UseSetting("ConnectionStrings:Aggregator", api.Database.ConnectionString);
            builder.UseSetting("ForwardedHeaders_Enabled", "true");
            builder.ConfigureServices(services => services.AddSingleton<TimeProvider>(api.Clock));
        });
        var client = behindProxy.CreateClient(new() { HandleCookies = false });
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        var response = await client.TrySignInAsync(account.Login, account.Password);

        response.Headers.GetValues("Set-Cookie").Single(c => c.Contains("agg_session", StringComparison.Ordinal))
            .ShouldMatch("^__Host-agg_session=[A-Za-z0-9_-]{43}; path=/; secure; samesite=lax; httponly$");
        response.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("agg_antiforgery=", StringComparison.Ordinal)).ShouldContain("; secure; samesite=strict; httponly");
        response.Headers.GetValues("Strict-Transport-Security").ShouldBe(["max-age=31536000"]);
    }

    HttpClient Browser()
    {
        var browser = api.Browser();
        browser.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        return browser;
    }

    static async Task<string> LocationAsync(Task<HttpResponseMessage> answer)
    {
        var response = await answer;
        response.StatusCode.ShouldBe(HttpStatusCode.Redirect, await response.Content.ReadAsStringAsync());
        return response.Headers.Location!.OriginalString;
    }

    /// <summary>Opens a page and submits its first form, with what it hides and what is filled in.</summary>
    static Task<HttpResponseMessage> PostAsync(HttpClient browser, string page, params (string Name, string Value)[] fields) =>
        PostAsync(browser, page, page.Split('?')[0], fields);

    static async Task<HttpResponseMessage> PostAsync(HttpClient browser, string page, string action, params (string Name, string Value)[] fields)
    {
        var html = await browser.GetStringAsync(page);
        var hidden = Regex.Matches(html, "<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")
            .Select(m => (m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value))).DistinctBy(f => f.Item1);
        return await browser.PostAsync(action, Form([.. hidden.Where(h => fields.All(f => f.Name != h.Item1)), .. fields]));
    }

    static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));

    /// <summary>A form whose second half is sent late: a server that closes over the first is heard as a broken pipe.</summary>
    sealed class StalledContent(int length) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var half = Encoding.ASCII.GetBytes(new string('y', length / 2));
            await stream.WriteAsync(half);
            await stream.FlushAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(300));
            await stream.WriteAsync(half);
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}
