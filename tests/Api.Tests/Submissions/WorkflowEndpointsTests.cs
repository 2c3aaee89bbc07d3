using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Submissions;

public sealed class WorkflowEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const int Year = 2021;
    const string Penalties = "disclosure.penalties.decisions";

    [Fact]
    public async Task A_returned_report_stops_counting_until_it_is_filed_again_and_accepted()
    {
        var (county, unit) = ("360921", "360921100");
        var (clerk, reporter) = await FiledAsync(county, unit, 5);

        var line = await (await clerk.PostAsync(Step(county, unit, "return"), """{"reason":"行政处罚数与统计年报不一致，请核对"}""".AsJson())).JsonAsync();

        ((string?)line["status"]).ShouldBe("returned");
        ((string?)line["remark"]).ShouldBe("行政处罚数与统计年报不一致，请核对");
        (await PenaltiesAsync(clerk, county)).ShouldBeNull();

        await FileAsync(reporter, county, unit, 6);
        (await PenaltiesAsync(clerk, county)).ShouldBe(6);
        line = await (await clerk.PostAsync(Step(county, unit, "accept"), null)).JsonAsync();
        ((string?)line["status"]).ShouldBe("accepted");
        ((int?)line["acceptedRevision"]).ShouldBe(2);
        ((string?)line["remark"]).ShouldBeNull();
        (await PenaltiesAsync(clerk, county)).ShouldBe(6);
    }

    [Fact]
    public async Task An_accepted_report_is_fixed_until_the_county_opens_it_with_a_reason()
    {
        var (county, unit) = ("360923", "360923100");
        var (clerk, reporter) = await FiledAsync(county, unit, 5);
        (await clerk.PostAsync(Step(county, unit, "accept"), null)).EnsureSuccessStatusCode();

        var refused = await reporter.PostAsync(Submissions(county), Body(unit, 6));
        ((string?)(await refused.ShouldRefuseAsync(409, "illegal_step"))["detail"]).ShouldBe("这份报告现在是“已审核通过”，不能报送；现在可以：重新打开（县级主管部门）。");
        await (await clerk.PostAsync(Step(county, unit, "return"), """{"reason":"再看"}""".AsJson())).ShouldRefuseAsync(409, "illegal_step");
        await (await clerk.PostAsync(Step(county, unit, "reopen"), "{}".AsJson())).ShouldRefuseAsync(400, "reason_required");
        (await PenaltiesAsync(clerk, county)).ShouldBe(5);

        (await clerk.PostAsync(Step(county, unit, "reopen"), """{"reason":"单位来函更正"}""".AsJson())).EnsureSuccessStatusCode();
        await FileAsync(reporter, county, unit, 6);
        (await PenaltiesAsync(clerk, county)).ShouldBe(6);
    }

    [Fact]
    public async Task A_unit_takes_its_own_report_back_and_has_not_filed_then()
    {
        var (county, unit) = ("360924", "360924100");
        var (clerk, reporter) = await FiledAsync(county, unit, 5);

        var line = await (await reporter.PostAsync(Step(county, unit, "withdraw"), null)).JsonAsync();

        ((string?)line["status"]).ShouldBe("draft");
        line["filedAt"].ShouldBeNull();
        (await PenaltiesAsync(clerk, county)).ShouldBeNull();
        (await reporter.GetJsonAsync($"{Submissions(county)}/{unit}?revision=1"))["figures"].ShouldNotBeNull();
        await (await reporter.PostAsync(Step(county, unit, "withdraw"), null)).ShouldRefuseAsync(409, "illegal_step");
    }

    [Fact]
    public async Task Who_looked_at_an_older_revision_is_told_so()
    {
        var (county, unit) = ("360925", "360925100");
        var (clerk, reporter) = await FiledAsync(county, unit, 5);
        await FileAsync(reporter, county, unit, 6);

        using var accept = new HttpRequestMessage(HttpMethod.Post, Step(county, unit, "accept"));
        accept.Headers.TryAddWithoutValidation("If-Match", "\"1\"");

        await (await clerk.SendAsync(accept)).ShouldRefuseAsync(412, "stale_revision");
        ((string?)(await RosterLineAsync(clerk, county, unit))["status"]).ShouldBe("submitted");
    }

    [Fact]
    public async Task Of_a_return_and_an_acceptance_at_once_exactly_one_wins()
    {
        var (county, unit) = ("360926", "360926100");
        var (clerk, _) = await FiledAsync(county, unit, 5);

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => i % 2 == 0
            ? clerk.PostAsync(Step(county, unit, "accept"), null)
            : clerk.PostAsync(Step(county, unit, "return"), """{"reason":"请核对"}""".AsJson())));

        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.Conflict).ShouldBe(31);
        (await api.Database.ScalarAsync<long>($"select count(*) from audit where county = '{county}' and action in ('accept', 'return')")).ShouldBe(1);
    }

    [Fact]
    public async Task Others_may_not_take_steps()
    {
        var (county, unit) = ("360981", "360981101");
        var (clerk, reporter) = await FiledAsync(county, unit, 5);
        var neighbour = await api.ReporterAsync("360981102");
        var otherCounty = await api.CountyAsync("360983");

        await (await reporter.PostAsync(Step(county, unit, "accept"), null)).ShouldRefuseAsync(403, "forbidden");
        await (await neighbour.PostAsync(Step(county, unit, "withdraw"), null)).ShouldRefuseAsync(403, "forbidden");
        await (await otherCounty.PostAsync(Step(county, unit, "accept"), null)).ShouldRefuseAsync(403, "forbidden");
        await (await otherCounty.PostAsync(Step("360983", unit, "accept"), null)).ShouldRefuseAsync(403, "forbidden");
        await (await clerk.PostAsync(Step(county, "360981102", "accept"), null)).ShouldRefuseAsync(409, "illegal_step");
        await (await clerk.PostAsync(Step(county, "360981-none", "accept"), null)).ShouldRefuseAsync(404, "submission_not_found");
    }

    [Fact]
    public async Task Many_reports_are_accepted_at_once_and_those_that_cannot_be_are_named_as_if_alone()
    {
        var county = await api.OpenCountyAsync();
        var (filed, newer, draft, exempt, missing, unseen) = (county.Units[0], county.Units[1], county.Units[2], county.Units[3], county.Units[4], county.Units[5]);
        foreach (var unit in new[] { filed, newer, newer, exempt, unseen })
        {
            await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021").With(Penalties, 5));
        }

        await county.Clerk.FileAsync(county.Year, draft, Report.Zero("2021").With("requests.received.total", 1));
        await county.Clerk.PutAsync($"{county.Year}/roster/{exempt}", """{"expected":false,"reason":"由街道统一报送"}""".AsJson());

        var answer = await (await AcceptAsync(county, $$"""
            {"units":[{"unit":"{{newer}}","revision":1},{"unit":"{{filed}}","revision":1},{"unit":"{{draft}}"},{"unit":"{{exempt}}"},{"unit":"{{missing}}"},
                {"unit":"{{unseen}}"},{"unit":"999999-none"}]}
            """)).ShouldBeAsync(200);

        answer["done"]!.AsArray().Select(u => (string?)u).ShouldBe([filed, unseen]);
        answer["refused"]!.AsArray().Select(r => $"{r!["unit"]} {r["code"]} {r["detail"]}").ShouldBe([
            $"{newer} stale_revision 您看到的是第 1 稿，现在已有第 2 稿；请先查看新稿。",
            $"{draft} illegal_step 这份报告现在是“草稿”，不能审核通过；现在可以：报送。",
            $"{exempt} unit_exempt “{exempt}”在 2021 年度为免报单位。",
            $"{missing} illegal_step 这份报告现在是“未报”，不能审核通过；现在可以：报送。",
            $"999999-none submission_not_found “999999-none”不在 {county.Code} 2021 年度的名录中。"]);
        (await county.LineAsync(filed))["acceptedRevision"]!.GetValue<int>().ShouldBe(1);
        ((string?)(await county.LineAsync(newer))["status"]).ShouldBe("submitted");
        (await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit?year=2021")).Where(l => (string?)l!["action"] == "accept")
            .Select(l => $"{l!["subject"]} {l["detail"]!["revision"]}").ShouldBe([$"{filed} 1", $"{unseen} 1"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("""{"units":[]}""")]
    [InlineData("""{"units":null}""")]
    [InlineData("""{}""")]
    [InlineData("""{"units":[null]}""")]
    [InlineData("""{"units":[{"unit":null}]}""")]
    [InlineData("""{"units":[{"unit":"\ud800"}]}""")]
    [InlineData("""{"units":["360921100"]}""")]
    [InlineData("""{"units":[{"unit":"360921100"},{"unit":"360921100","revision":1}]}""")]
    public async Task A_list_of_reports_that_cannot_be_read_accepts_nothing(string body)
    {
        var county = await api.OpenCountyAsync();
        var before = await api.StoredAsync();

        await (await AcceptAsync(county, body)).ShouldRefuseAsync(400, "invalid_body");

        (await api.StoredAsync()).ShouldBe(before);
        await (await county.Clerk.PostAsync($"/api/v1/counties/{county.Code}/years/2019/submissions/accept", $$"""{"units":[{"unit":"{{county.Units[0]}}"}]}""".AsJson()))
            .ShouldRefuseAsync(404, "year_not_found");
    }

    [Fact]
    public async Task Of_many_acceptances_of_the_same_reports_at_once_each_report_is_accepted_by_one()
    {
        var county = await api.OpenCountyAsync();
        var units = county.Units.Take(8).ToList();
        foreach (var unit in units)
        {
            await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021"));
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
            await (await AcceptAsync(county, $$"""{"units":[{{string.Join(',', (i % 2 == 0 ? units : units.AsEnumerable().Reverse()).Select(u => $$"""{"unit":"{{u}}"}"""))}}]}""")).ShouldBeAsync(200)));

        answers.SelectMany(a => a["done"]!.AsArray()).Select(u => (string?)u).ShouldBe(units, ignoreOrder: true);
        answers.SelectMany(a => a["refused"]!.AsArray()).Select(r => (string?)r!["code"]).Distinct().ShouldBe(["illegal_step"]);
    }

    static Task<HttpResponseMessage> AcceptAsync(TestCounty county, string body) => county.Clerk.PostAsync($"{county.Year}/submissions/accept", body.AsJson());

    static string Submissions(string county) => $"/api/v1/counties/{county}/years/{Year}/submissions";

    static string Step(string county, string unit, string step) => $"{Submissions(county)}/{unit}/{step}";

    static StringContent Body(string unit, int penalties) => Report.Zero("2021").With(Penalties, penalties).ToJson(unit).AsJson();

    async Task<(HttpClient Clerk, HttpClient Reporter)> FiledAsync(string county, string unit, int penalties)
    {
        var clerk = await api.OpenYearAsync(county, Year);
        var reporter = await api.ReporterAsync(unit);
        await FileAsync(reporter, county, unit, penalties);
        return (clerk, reporter);
    }

    static async Task FileAsync(HttpClient reporter, string county, string unit, int penalties)
    {
        var response = await reporter.PostAsync(Submissions(county), Body(unit, penalties));
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
    }

    async Task<int?> PenaltiesAsync(HttpClient clerk, string county)
    {
        await api.RefreshTotalsAsync();
        return (int?)(await clerk.GetJsonAsync($"/api/v1/counties/{county}/years/{Year}/totals"))["figures"]!["disclosure"]!["penalties"]!["decisions"];
    }

    static async Task<JsonObject> RosterLineAsync(HttpClient clerk, string county, string unit) =>
        (await clerk.GetJsonAsync($"/api/v1/counties/{county}/years/{Year}/roster"))["units"]!.AsArray()
            .Single(u => (string?)u!["unit"] == unit)!.AsObject();
}
