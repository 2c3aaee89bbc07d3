using System.Text.Json.Nodes;
using Aggregator.Testing;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Aggregator.Api.Tests.Editions;

/// <summary>The county's own words take the place of what is generated, and can be taken back.</summary>
public sealed class NarrativeEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_countys_words_replace_a_section_and_what_it_would_say_stays_a_proposal()
    {
        var county = await FiledAsync();
        var proposal = await county.Clerk.GetJsonAsync($"{county.Year}/narrative/problems");
        ((int?)proposal["revision"], (string?)proposal["text"], (string?)proposal["heading"]).ShouldBe((0, null, "五、存在的主要问题及改进情况"));
        Text(proposal["proposal"]!).ShouldContain("问题与改进。");

        var written = await PutAsync(county, "problems", "第一段。\n\n 第二段。 ");
        ((int)written.StatusCode, written.Headers.ETag!.Tag).ShouldBe((204, "\"1\""));
        await PutAsync(county, "overview", "全县情况。");

        var read = await county.Clerk.GetJsonAsync($"{county.Year}/narrative/problems");
        ((int?)read["revision"], (string?)read["text"]).ShouldBe((1, "第一段。\n\n 第二段。 "));
        read["proposal"]!.ToJsonString().ShouldBe(proposal["proposal"]!.ToJsonString());
        var report = await county.Clerk.GetJsonAsync($"{county.Year}/report.json");
        Section(report, "problems").ShouldHaveSingleItem()!["paragraphs"]!.AsArray().Select(p => (string?)p).ShouldBe(["第一段。", "第二段。"]);
        Text(Section(report, "other")).ShouldContain("收取信息处理费0元。");
        report["notes"]!.AsArray().Select(n => (string?)n).ShouldContain("第一、五部分由县级主管部门撰写。");
        report["notes"]!.AsArray().Select(n => (string?)n).ShouldContain("第六部分为各单位报告原文，未作改动。");
        report["notes"]!.ToJsonString().ShouldNotContain("补写");

        var edition = await api.FreezeAsync(county);
        using (var word = WordprocessingDocument.Open(new MemoryStream(await county.Clerk.GetByteArrayAsync($"{edition}/report.docx")), isEditable: false))
        {
            var paragraphs = word.MainDocumentPart!.Document.Body!.Elements<Paragraph>().Select(p => p.InnerText).ToList();
            paragraphs.ShouldContain("全县情况。", "the overview stands as the county wrote it, with nothing left to be written");
            paragraphs.ShouldContain("第二段。");
        }

        (await county.Clerk.DeleteAsync($"{county.Year}/narrative/problems")).Headers.ETag!.Tag.ShouldBe("\"2\"");
        Text(Section(await county.Clerk.GetJsonAsync($"{county.Year}/report.json"), "problems")).ShouldContain("问题与改进。");
        Text(Section(await county.Clerk.GetJsonAsync($"{edition}/report.json"), "problems")).ShouldBe("第一段。第二段。");
        var changes = await county.Clerk.GetJsonAsync($"{edition}/changes");
        changes["sections"]!.AsArray().Select(s => (string?)s!["section"]).ShouldBe(["problems"]);
        await (await county.PutYearAsync("""{"state":"closed"}""")).ShouldBeAsync(200);
        await (await county.PutYearAsync("""{"state":"published"}""")).ShouldRefuseAsync(409, "edition_outdated");
        await (await county.Clerk.DeleteAsync($"{county.Year}/narrative/problems")).ShouldRefuseAsync(404, "narrative_not_found");
    }

    [Fact]
    public async Task Who_has_not_seen_the_newest_words_is_told_so_and_nothing_is_lost()
    {
        var county = await FiledAsync();
        await PutAsync(county, "problems", "甲");

        await (await PutAsync(county, "problems", "乙", "\"0\"")).ShouldRefuseAsync(412, "stale_revision");
        (await PutAsync(county, "problems", "乙", "\"1\"")).EnsureSuccessStatusCode();
        await (await PutAsync(county, "problems", "丙", "1")).ShouldRefuseAsync(400, "invalid_if_match");

        (await api.Database.ScalarAsync<string>($"select string_agg(revision || text, ' ' order by revision) from narrative where county = '{county.Code}'")).ShouldBe("1甲 2乙");
        var lines = await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit?subject=problems");
        lines.Select(l => (string?)l!["action"]).ShouldBe(["put_narrative", "put_narrative"]);
    }

    [Fact]
    public async Task Of_many_at_once_who_saw_the_same_exactly_one_is_taken()
    {
        var county = await FiledAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => PutAsync(county, "other", $"{n}", "\"0\"")));

        answers.Count(a => (int)a.StatusCode == 204).ShouldBe(1);
        answers.Count(a => (int)a.StatusCode == 412).ShouldBe(15);
    }

    [Theory]
    [InlineData("problems", "", 400, "invalid_narrative")]
    [InlineData("problems", " \n", 400, "invalid_narrative")]
    [InlineData("problems", "a\0", 400, "invalid_narrative")]
    [InlineData("disclosure", "x", 404, "section_not_found")]
    [InlineData("nothing", "x", 404, "section_not_found")]
    public async Task What_cannot_be_written_is_refused(string section, string text, int status, string code)
    {
        var county = await FiledAsync();
        var before = await api.StoredAsync();

        await (await PutAsync(county, section, text)).ShouldRefuseAsync(status, code);

        (await api.StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_text_is_as_long_as_a_units_and_no_longer()
    {
        var county = await FiledAsync();
        (await PutAsync(county, "problems", new string('长', 100_000))).EnsureSuccessStatusCode();
        await (await PutAsync(county, "problems", new string('长', 100_001))).ShouldRefuseAsync(400, "invalid_narrative");
        await (await county.Clerk.GetAsync($"{county.Year}/narrative/requests")).ShouldRefuseAsync(404, "section_not_found");
        await (await county.Clerk.GetAsync($"/api/v1/counties/{county.Code}/years/2024/narrative/problems")).ShouldRefuseAsync(404, "year_not_found");
        await (await county.Clerk.PutAsync($"/api/v1/counties/{county.Code}/years/2024/narrative/problems", """{"text":"x"}""".AsJson())).ShouldRefuseAsync(404, "year_not_found");
    }

    async Task<TestCounty> FiledAsync()
    {
        var county = await api.OpenCountyAsync();
        await (await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021"))).ShouldBeAsync(201);
        await api.RefreshTotalsAsync();
        return county;
    }

    static async Task<HttpResponseMessage> PutAsync(TestCounty county, string section, string text, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{county.Year}/narrative/{section}") { Content = new JsonObject { ["text"] = text }.AsJson() };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return await county.Clerk.SendAsync(request);
    }

    static JsonArray Section(JsonObject report, string code) => report["sections"]!.AsArray().Single(s => (string?)s!["code"] == code)!["parts"]!.AsArray();

    static string Text(JsonNode parts) => string.Concat(parts.AsArray().SelectMany(p => p!["paragraphs"]!.AsArray()).Select(p => (string?)p));
}
