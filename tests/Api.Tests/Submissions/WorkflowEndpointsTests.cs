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
