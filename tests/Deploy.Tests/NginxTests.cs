using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Aggregator.Access;
using Aggregator.Database;

namespace Aggregator.Deploy.Tests;

/// <summary>Nobody stays with one Api, one of three is dead, and nobody notices.</summary>
public sealed class NginxTests(BalancedApis balanced) : IClassFixture<BalancedApis>
{
    [Fact]
    public async Task A_person_who_signed_in_through_one_replica_works_through_the_other()
    {
        await using var source = AggregatorDatabase.Open(balanced.Database.ConnectionString, AggregatorDatabase.ApiRole);
        var made = await new AccountStore(source, Password.Hasher, AccessSettings.Default, TimeProvider.System)
            .CreateAsync("wanzai", "王五", Role.County, "360922", "test", TestContext.Current.CancellationToken);
        (await County.OpenAsync(balanced.Apis[0], balanced.Database.ConnectionString)).Dispose();
        using var browser = balanced.Browser();
        var signedIn = await browser.PostAsync("/api/v1/session", County.Json($$"""{"login":"wanzai","password":"{{made.Value!.Password}}"}"""));
        await TakeTokenAsync(browser, signedIn);
        var changed = await browser.PostAsync("/api/v1/session/password", County.Json($$"""{"currentPassword":"{{made.Value!.Password}}","newPassword":"一二三四五六七八九十甲乙"}"""));
        changed.IsSuccessStatusCode.ShouldBeTrue(await changed.Content.ReadAsStringAsync());
        await TakeTokenAsync(browser, await browser.GetAsync("/api/v1/session"));

        for (var penalties = 1; penalties <= 6; penalties++)
        {
            var filed = await browser.FileAsync(County.Units[0], penalties);
            ((int)filed.StatusCode).ShouldBe(201, await filed.Content.ReadAsStringAsync());
            ((int)(await browser.GetJsonAsync($"{County.Year}/submissions/{County.Units[0]}"))["revision"]!).ShouldBe(penalties);
        }

        balanced.Apis.ShouldAllBe(api => balanced.Served().Contains(api.Authority));
    }

    [Fact]
    public async Task The_same_idempotency_key_gets_the_same_answer_from_either()
    {
        using var clerk = await County.OpenAsync(balanced.Apis[0], balanced.Database.ConnectionString);
        using var client = balanced.Browser();
        client.DefaultRequestHeaders.Authorization = clerk.DefaultRequestHeaders.Authorization;
        for (var times = 0; times < 4; times++)
        {
            var filed = await client.FileAsync(County.Units[1], 7, "once");
            ((int)filed.StatusCode).ShouldBe(201, await filed.Content.ReadAsStringAsync());
            ((int)JsonNode.Parse(await filed.Content.ReadAsStringAsync())!["revision"]!).ShouldBe(1);
        }
    }

    [Fact]
    public async Task Answers_are_compressed_and_the_token_of_a_page_is_new_in_each()
    {
        using var client = balanced.Browser();
        client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip");

        (await client.GetAsync("/api/v1/forms/2021")).Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        (await client.GetAsync("/api/v1/session")).Content.Headers.ContentEncoding.ShouldBeEmpty();
        var page = await client.GetAsync("/sign-in");
        page.EnsureSuccessStatusCode();
        (await TokenOfAsync(page)).ShouldNotBe(await TokenOfAsync(await client.GetAsync("/sign-in")), "its length would tell it, if it stayed (BREACH)");
        page.Headers.GetValues("Set-Cookie").ShouldAllBe(cookie => cookie.Contains("secure", StringComparison.OrdinalIgnoreCase));
        page.Headers.Contains("Strict-Transport-Security").ShouldBeTrue();
    }

    static async Task<string> TokenOfAsync(HttpResponseMessage page)
    {
        page.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        await using var plain = new GZipStream(await page.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        var token = Regex.Match(await new StreamReader(plain).ReadToEndAsync(), "name=\"antiforgery\" value=\"([^\"]+)\"").Groups[1].Value;
        token.ShouldNotBeEmpty();
        return token;
    }

    static async Task TakeTokenAsync(HttpClient browser, HttpResponseMessage session)
    {
        var text = await session.Content.ReadAsStringAsync();
        session.IsSuccessStatusCode.ShouldBeTrue(text);
        browser.DefaultRequestHeaders.Remove("X-Antiforgery-Token");
        browser.DefaultRequestHeaders.Add("X-Antiforgery-Token", Regex.Match(text, "\"antiforgeryToken\":\"([^\"]+)\"").Groups[1].Value);
    }
}
