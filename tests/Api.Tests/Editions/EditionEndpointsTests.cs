using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Editions;

/// <summary>Editions are built from what counts, stay what they are, and say what came in since.</summary>
public sealed class EditionEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Penalties = "disclosure.penalties.decisions";

    [Fact]
    public async Task An_edition_is_requested_built_and_read()
    {
        var county = await api.OpenCountyAsync();
        await FileAsync(county, county.Units[0], 7);

        var requested = await county.Clerk.PostAsync($"{county.Year}/editions", null);
        var answer = await requested.ShouldBeAsync(202);
        ((int?)answer["number"], (string?)answer["state"], answer["builtAt"]).ShouldBe((1, "requested", null));
        var address = requested.Headers.Location!.ToString();
        address.ShouldBe($"{county.Year}/editions/1");
        foreach (var early in (string[])["report.json", "report.html", "report.csv", "changes"])
        {
            var refused = await county.Clerk.GetAsync($"{address}/{early}");
            await refused.ShouldRefuseAsync(409, "edition_not_built");
            refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        }

        await api.BuildEditionsAsync();

        var edition = await county.Clerk.GetJsonAsync(address);
        ((string?)edition["state"], (bool?)edition["complete"], (bool?)edition["published"]).ShouldBe(("built", false, false));
        ((string?)edition["label"]).ShouldBe($"未完整：已报 1/{county.Units.Count} 个单位");
        ((int?)edition["totalRevision"]).ShouldBe((int?)(await county.TotalsAsync())["revision"]);
        var frozen = await county.Clerk.GetJsonAsync($"{address}/report.json");
        var live = await county.Clerk.GetJsonAsync($"{county.Year}/report.json");
        frozen.ToJsonString().ShouldBe(live.ToJsonString(), "one rule makes both");
        (await county.Clerk.GetStringAsync($"{address}/report.html")).ShouldBe(await county.Clerk.GetStringAsync($"{county.Year}/report.html"));
        (await county.Clerk.GetStringAsync($"{address}/report.csv")).ShouldBe(await county.Clerk.GetStringAsync($"{county.Year}/report.csv"));
    }

    [Fact]
    public async Task An_edition_stays_what_it_is_whatever_comes_in()
    {
        var county = await api.OpenCountyAsync();
        await FileAsync(county, county.Units[0], 7);
        var address = await api.FreezeAsync(county);
        var before = await county.Clerk.GetAsync($"{address}/report.json");

        await FileAsync(county, county.Units[0], 8);
        await county.Clerk.PutAsync($"{county.Year}/roster/{county.Units[1]}", """{"expected":false,"reason":"撤并"}""".AsJson());
        await county.Clerk.PutAsync($"{county.Year}/narrative/problems", """{"text":"新写的话"}""".AsJson());
        await api.BuildEditionsAsync();

        var after = await county.Clerk.GetAsync($"{address}/report.json");
        (await after.Content.ReadAsStringAsync()).ShouldBe(await before.Content.ReadAsStringAsync());
        after.Headers.ETag.ShouldBe(before.Headers.ETag);
        county.Clerk.DefaultRequestHeaders.IfNoneMatch.Add(before.Headers.ETag!);
        (await county.Clerk.GetAsync($"{address}/report.json")).StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task The_database_itself_refuses_to_change_an_edition_that_is_built()
    {
        var county = await api.OpenCountyAsync();
        await api.FreezeAsync(county);

        (await Should.ThrowAsync<Npgsql.PostgresException>(() => api.Database.ScalarAsync<int>($"update edition set label = '' where county = '{county.Code}'")))
            .MessageText.ShouldBe("An edition that is built does not change.");
    }

    [Fact]
    public async Task An_edition_waits_until_the_total_has_taken_everything_in()
    {
        var county = await api.OpenCountyAsync();
        await FileAsync(county, county.Units[0], 7, refresh: false);
        await county.Clerk.PostAsync($"{county.Year}/editions", null);

        await api.BuildWaitingAsync();
        ((string?)(await county.Clerk.GetJsonAsync($"{county.Year}/editions/1"))["state"]).ShouldBe("requested");

        await api.BuildEditionsAsync();
        (await FiguresAsync(county, $"{county.Year}/editions/1")).Cell(Penalties).ShouldBe(7);
    }

    [Fact]
    public async Task The_same_key_gets_the_same_edition_and_everybody_at_once_a_number_of_his_own()
    {
        var county = await api.OpenCountyAsync();
        var twice = await Task.WhenAll(PostWithKeyAsync(county), PostWithKeyAsync(county));
        twice.Select(r => r.Headers.Location!.ToString()).Distinct().ShouldBe([$"{county.Year}/editions/1"]);

        var many = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => county.Clerk.PostAsync($"{county.Year}/editions", null)));

        many.Select(r => r.Headers.Location!.ToString().Split('/')[^1]).Order().ShouldBe(["2", "3", "4", "5", "6", "7", "8", "9"]);
        var list = await county.Clerk.GetListAsync($"{county.Year}/editions?after=6");
        list.Select(e => (int)e!["number"]!).ShouldBe([7, 8, 9]);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        var county = await api.OpenCountyAsync();
        await (await county.Clerk.GetAsync($"{county.Year}/editions/1")).ShouldRefuseAsync(404, "edition_not_found");
        await (await county.Clerk.GetAsync($"{county.Year}/editions/1/report.json")).ShouldRefuseAsync(404, "edition_not_found");
        await (await county.Clerk.GetAsync($"{county.Year}/editions/1/changes")).ShouldRefuseAsync(404, "edition_not_found");
        await (await county.Clerk.PostAsync($"/api/v1/counties/{county.Code}/years/2024/editions", null)).ShouldRefuseAsync(404, "year_not_found");
    }

    [Fact]
    public async Task What_cannot_be_built_fails_once_and_keeps_nobody_waiting()
    {
        var (broken, county) = (await api.OpenCountyAsync(), await api.OpenCountyAsync());
        await broken.Clerk.PostAsync($"{broken.Year}/editions", null);
        await county.Clerk.PostAsync($"{county.Year}/editions", null);
        await api.RefreshTotalsAsync();
        await api.Database.ScalarAsync<int>($"update total set findings = '[1]' where division = '{broken.Code}'");

        await Should.ThrowAsync<System.Text.Json.JsonException>(api.BuildWaitingAsync);
        await api.BuildWaitingAsync();

        ((string?)(await broken.Clerk.GetJsonAsync($"{broken.Year}/editions/1"))["state"]).ShouldBe("failed");
        await (await broken.Clerk.GetAsync($"{broken.Year}/editions/1/report.json")).ShouldRefuseAsync(409, "edition_failed");
        ((string?)(await county.Clerk.GetJsonAsync($"{county.Year}/editions/1"))["state"]).ShouldBe("built");
    }

    [Fact]
    public async Task The_changes_say_who_filed_revised_was_returned_or_exempted_and_what_it_does_to_the_cells()
    {
        var county = await api.OpenCountyAsync();
        var (revised, returned, exempted, filed, accepted) = (county.Units[0], county.Units[1], county.Units[2], county.Units[3], county.Units[4]);
        foreach (var unit in (string[])[revised, returned, exempted, accepted])
        {
            await FileAsync(county, unit, 10);
        }

        var address = await api.FreezeAsync(county);
        var none = await county.Clerk.GetJsonAsync($"{address}/changes");
        none["units"]!.AsArray().Concat(none["cells"]!.AsArray()).Concat(none["sections"]!.AsArray()).ShouldBeEmpty();

        await FileAsync(county, revised, 11, refresh: false);
        await FileAsync(county, filed, 5, refresh: false);
        await (await county.Clerk.PostAsync($"{county.Year}/submissions/{returned}/return", """{"reason":"请核对"}""".AsJson())).ShouldBeAsync(200);
        (await county.Clerk.PutAsync($"{county.Year}/roster/{exempted}", """{"expected":false,"reason":"撤并"}""".AsJson())).EnsureSuccessStatusCode();
        await (await county.Clerk.PostAsync($"{county.Year}/submissions/{accepted}/accept", null)).ShouldBeAsync(200);
        (await county.Clerk.PutAsync($"{county.Year}/totals/adjustments/{Penalties}", """{"delta":-1,"reason":"联合办案"}""".AsJson())).EnsureSuccessStatusCode();

        // Not added up yet, and told all the same.
        var changes = await county.Clerk.GetJsonAsync($"{address}/changes");
        changes["units"]!.AsArray().Select(u => $"{u!["unit"]} {u["what"]} {u["label"]} {u["from"]}→{u["to"]}").ShouldBe(
            [$"{revised} revised 有新稿 1→2", $"{returned} returned 已退回 1→", $"{exempted} exempted 改为免报 1→", $"{filed} filed 新报送 →1", $"{accepted} accepted 审核通过 1→1"]);
        changes["cells"]!.AsArray().Select(c => $"{c!["path"]} {c["from"]}→{c["to"]}").ShouldBe([$"{Penalties} 40→25"]);
        changes["sections"]!.AsArray().Select(s => (string?)s!["section"]).ShouldBe(["overview", "problems", "other"]);
    }

    [Fact]
    public async Task The_changes_say_who_withdrew_was_reopened_or_has_to_report_now()
    {
        var county = await api.OpenCountyAsync();
        var (withdrawn, reopened, expected, excused) = (county.Units[0], county.Units[1], county.Units[2], county.Units[3]);
        await FileAsync(county, withdrawn, 1);
        await FileAsync(county, reopened, 1);
        await (await county.Clerk.PostAsync($"{county.Year}/submissions/{reopened}/accept", null)).ShouldBeAsync(200);
        foreach (var unit in (string[])[expected, excused])
        {
            (await county.Clerk.PutAsync($"{county.Year}/roster/{unit}", """{"expected":false,"reason":"撤并"}""".AsJson())).EnsureSuccessStatusCode();
        }

        var address = await api.FreezeAsync(county);
        await (await county.Clerk.PostAsync($"{county.Year}/submissions/{withdrawn}/withdraw", null)).ShouldBeAsync(200);
        await (await county.Clerk.PostAsync($"{county.Year}/submissions/{reopened}/reopen", """{"reason":"更正"}""".AsJson())).ShouldBeAsync(200);
        (await county.Clerk.PutAsync($"{county.Year}/roster/{expected}", """{"expected":true}""".AsJson())).EnsureSuccessStatusCode();

        var changes = await county.Clerk.GetJsonAsync($"{address}/changes");

        changes["units"]!.AsArray().Select(u => $"{u!["unit"]} {u["what"]} {u["from"]}→{u["to"]}").ShouldBe(
            [$"{withdrawn} withdrawn 1→", $"{reopened} reopened 1→1", $"{expected} expected →"]);
    }

    [Fact]
    public async Task Time_alone_changes_nothing()
    {
        var county = await api.OpenCountyAsync();
        await FileAsync(county, county.Units[0], 7);
        var address = await api.FreezeAsync(county);

        var now = api.Clock.GetUtcNow();
        api.Clock.Set(now.AddDays(40));
        var changes = await county.Clerk.GetJsonAsync($"{address}/changes");
        api.Clock.Set(now);

        changes["units"]!.AsArray().Concat(changes["cells"]!.AsArray()).Concat(changes["sections"]!.AsArray()).ShouldBeEmpty();
    }

    static async Task<HttpResponseMessage> PostWithKeyAsync(TestCounty county)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{county.Year}/editions");
        request.Headers.Add("Idempotency-Key", "edition-1");
        return await county.Clerk.SendAsync(request);
    }

    async Task FileAsync(TestCounty county, string unit, decimal penalties, bool refresh = true)
    {
        await (await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021").With(Penalties, penalties))).ShouldBeAsync(201);
        if (refresh)
        {
            await api.RefreshTotalsAsync();
        }
    }

    static async Task<JsonNode> FiguresAsync(TestCounty county, string edition) => (await county.Clerk.GetJsonAsync($"{edition}/report.json"))["figures"]!;
}
