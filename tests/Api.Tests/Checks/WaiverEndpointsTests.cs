using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Checks;

public sealed class WaiverEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Reason = """{"reason":"系统升级时漏登申请人类别，已核对台账"}""";

    [Fact]
    public async Task A_draft_counts_as_filed_once_nothing_hard_is_left_that_is_not_waived()
    {
        var (county, unit) = await DraftAsync(RealReports.XiangningOffice2021);

        var revision = await WaiveAsync(county, unit, "H1", Reason);
        revision["findings"]!.AsArray().Select(f => $"{f!["rule"]} {f["waived"] is not null}").ShouldBe(["H1 True", "H1 True", "V2 False"]);
        ((string?)(await LineAsync(county, unit))["status"]).ShouldBe("draft");
        ((int?)(await LineAsync(county, unit))["findings"]!["hard"]).ShouldBe(1);

        await WaiveAsync(county, unit, "V2", """{"reason":"同上","path":"requests.total.naturalPerson"}""");

        var line = await LineAsync(county, unit);
        ((string?)line["status"]).ShouldBe("submitted");
        ((bool?)line["late"]).ShouldBe(false);
        ((int?)line["findings"]!["hard"]).ShouldBe(0);
        await api.RefreshTotalsAsync();
        ((int?)(await county.Clerk.GetJsonAsync($"{county.Year}/totals"))["units"]!["included"]).ShouldBe(1);
    }

    [Fact]
    public async Task A_waiver_survives_new_revisions_until_a_cell_that_its_rule_reads_has_changed()
    {
        var (county, unit) = await DraftAsync(RealReports.XiangningOffice2021);
        await WaiveAsync(county, unit, "H1", Reason);
        await WaiveAsync(county, unit, "V2", Reason);

        var other = await PostAsync(county, unit, RealReports.XiangningOffice2021.With("disclosure.penalties.decisions", 4));
        other.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await other.JsonAsync())["findings"]!.AsArray().ShouldAllBe(f => f!["waived"] != null);

        var changed = await PostAsync(county, unit, RealReports.XiangningOffice2021.With("requests.unavailable.notHeld.total", 1).With("requests.total.total", 1));
        var problem = await changed.ShouldRefuseAsync(422, "hard_findings");
        problem["findings"]!.AsArray().Where(f => (string?)f!["rule"] == "H1").ShouldAllBe(f => f!["waived"] == null && f["lapsedWaiver"] != null);
        problem["errors"]!.AsArray().Select(e => (string?)e!["detail"]).ShouldContain("（四）无法提供 1.本机关不掌握相关政府信息：总计为 1，各列之和为 0（原有豁免因所涉数据变动已失效）");
        problem["findings"]!.AsArray().Single(f => (string?)f!["rule"] == "V2" && (string?)f["path"] == "requests.total.naturalPerson")!["waived"].ShouldNotBeNull("its cells are as they were");
    }

    [Fact]
    public async Task A_missing_cell_that_was_waived_stays_missing_and_is_no_zero()
    {
        var (county, unit) = await DraftAsync(Report.Zero("2021").Without("disclosure.licences.decisions"));
        await WaiveAsync(county, unit, "N", Reason);

        (await PostAsync(county, unit, Report.Zero("2021").Without("disclosure.licences.decisions"))).StatusCode.ShouldBe(HttpStatusCode.Created);
        await api.RefreshTotalsAsync();
        (await county.Clerk.GetJsonAsync($"{county.Year}/totals"))["figures"]!["disclosure"]!["licences"]!["decisions"].ShouldBeNull();
        await (await PostAsync(county, unit, Report.Zero("2021").With("disclosure.licences.decisions", -1))).ShouldRefuseAsync(422, "hard_findings");
    }

    [Fact]
    public async Task What_cannot_be_waived_is_refused()
    {
        var (county, unit) = await DraftAsync(RealReports.Wanjinshan2021);
        var address = $"{county.Year}/submissions/{unit}/findings";

        await (await county.Clerk.PostAsync($"{address}/F/waive", Reason.AsJson())).ShouldRefuseAsync(422, "not_waivable");
        await (await county.Clerk.PostAsync($"{address}/H1/waive", Reason.AsJson())).ShouldRefuseAsync(404, "finding_not_found");
        await (await county.Clerk.PostAsync($"{address}/F/waive", """{"reason":" "}""".AsJson())).ShouldRefuseAsync(400, "reason_required");
        await (await county.Clerk.PostAsync($"{county.Year}/submissions/{county.Units[1]}/findings/H1/waive", Reason.AsJson())).ShouldRefuseAsync(404, "finding_not_found");
        await (await (await api.ReporterAsync(unit)).PostAsync($"{address}/F/waive", Reason.AsJson())).ShouldRefuseAsync(403, "forbidden");
        (await api.Database.ScalarAsync<long>($"select count(*) from waiver where county = '{county.Code}'")).ShouldBe(0);
    }

    async Task<(TestCounty County, string Unit)> DraftAsync(Report report)
    {
        var county = await api.OpenCountyAsync();
        await (await PostAsync(county, county.Units[0], report)).ShouldRefuseAsync(422, "hard_findings");
        return (county, county.Units[0]);
    }

    static Task<HttpResponseMessage> PostAsync(TestCounty county, string unit, Report report) =>
        county.Clerk.PostAsync($"{county.Year}/submissions", report.ToJson(unit).AsJson());

    static async Task<JsonObject> WaiveAsync(TestCounty county, string unit, string rule, string body)
    {
        var response = await county.Clerk.PostAsync($"{county.Year}/submissions/{unit}/findings/{rule}/waive", body.AsJson());
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }

    static async Task<JsonObject> LineAsync(TestCounty county, string unit) =>
        (await county.Clerk.GetJsonAsync($"{county.Year}/roster"))["units"]!.AsArray().Single(u => (string?)u!["unit"] == unit)!.AsObject();
}
