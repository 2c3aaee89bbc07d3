using Aggregator.Testing;

namespace Aggregator.Api.Tests.Checks;

public sealed class DuplicateEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Copied = """
        主动公开方面，我镇对照目录逐栏清理陈旧内容，把惠农补贴发放、危房改造名单和道路养护安排贴到每个村的公示栏，又在赶集日摆桌解答。
        依申请公开方面，两名干部轮流值守，来信来访一律登记编号，答复前请司法所把关。
        政府信息管理方面，公文定稿时就注明能否公开，年底抽查三十份。平台建设方面，旧栏目合并成六个。监督保障方面，纪委办每季度回访一次群众。
        """;

    [Fact]
    public async Task A_copy_is_shown_to_the_county_as_long_as_both_count()
    {
        var county = await api.OpenCountyAsync();
        foreach (var unit in county.Units.Take(2))
        {
            var body = Report.Zero("2021").ToJson(unit);
            body["prose"]!["overview"] = Copied;
            (await county.Clerk.PostAsync($"{county.Year}/submissions", body.AsJson())).EnsureSuccessStatusCode();
        }

        (await county.Clerk.FileAsync(county.Year, county.Units[2], Report.Zero("2021"))).EnsureSuccessStatusCode();

        var found = (await county.Clerk.GetJsonAsync($"{county.Year}/duplicates"))["duplicates"]!.AsArray();
        found.Select(d => (string?)d!["unit"]).ShouldBe(county.Units.Take(2));
        ((string?)found[0]!["like"]!["unit"], (int?)found[0]!["share"], (string?)found[0]!["path"], (string?)found[0]!["rule"])
            .ShouldBe((county.Units[1], 100, "prose.overview", "DUP"));
        ((string?)found[0]!["message"] ?? "").ShouldContain("100%");
        (await county.Clerk.GetStringAsync($"{county.Year.Replace("/api/v1", "", StringComparison.Ordinal)}/anomalies")).ShouldContain("雷同的文字（1）", customMessage: "a pair is one line");

        (await county.Clerk.PostAsync($"{county.Year}/submissions/{county.Units[1]}/return", """{"reason":"文字雷同，请改写"}""".AsJson())).EnsureSuccessStatusCode();
        (await county.Clerk.GetJsonAsync($"{county.Year}/duplicates"))["duplicates"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_unit_may_not_read_what_others_wrote()
    {
        var county = await api.OpenCountyAsync();

        await (await (await api.ReporterAsync(county.Units[0])).GetAsync($"{county.Year}/duplicates")).ShouldRefuseAsync(403, "forbidden");
    }

    [Fact]
    public async Task A_year_that_is_not_open_is_not_found() =>
        await (await (await api.CountyAsync("360922")).GetAsync("/api/v1/counties/360922/years/2030/duplicates")).ShouldRefuseAsync(404, "year_not_found");

    [Fact]
    public async Task What_the_prose_says_wrongly_is_found_at_filing_and_keeps_nobody_from_it()
    {
        var county = await api.OpenCountyAsync();
        var body = Report.Zero("2021").ToJson(county.Units[0]);
        body["prose"] = new System.Text.Json.Nodes.JsonObject { ["overview"] = "2021年，收到政府信息公开申请3件。" };

        var receipt = await (await county.Clerk.PostAsync($"{county.Year}/submissions", body.AsJson())).ShouldBeAsync(201);

        receipt["findings"]!.AsArray().Select(f => $"{f!["rule"]} {f["severity"]} {f["path"]}").ShouldBe(
            ["TX warning prose.overview", "NAR warning prose.overview", "NAR warning prose.problems", "NAR warning prose.other"]);
        ((int?)(await county.LineAsync(county.Units[0]))["findings"]!["warning"]).ShouldBe(4);
    }
}
