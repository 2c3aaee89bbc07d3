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
    public async Task Many_who_waive_the_same_finding_at_once_leave_one_waiver()
    {
        var (county, unit) = await DraftAsync(Report.Zero("2021").With("review.reconsideration.total", 1));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            county.Clerk.PostAsync($"{county.Year}/submissions/{unit}/findings/T4/waive", Reason.AsJson())));

        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Where(a => a.StatusCode != HttpStatusCode.OK).ShouldAllBe(a => a.StatusCode == HttpStatusCode.NotFound || a.StatusCode == HttpStatusCode.PreconditionFailed);
        (await api.Database.ScalarAsync<long>($"select count(*) from waiver where unit = '{unit}'")).ShouldBe(1);
        (await api.Database.ScalarAsync<long>($"select count(*) from audit where subject = '{unit}' and action = 'waive'")).ShouldBe(1);
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

    [Fact]
    public async Task A_unit_explains_a_warning_and_everybody_who_reads_the_finding_reads_it()
    {
        var (county, unit, reporter) = await WarnedAsync();

        var revision = await ExplainAsync(county, reporter, "X1", """{"text":" 上年结转登记有误，已函告县政务公开办 "}""");

        revision["findings"]!.AsArray().Where(f => (string?)f!["rule"] == "X1").Select(f => (string?)f!["explanation"])
            .ShouldBe(["上年结转登记有误，已函告县政务公开办", "上年结转登记有误，已函告县政务公开办"]);
        (await county.Clerk.GetJsonAsync($"{county.Year}/submissions/{unit}"))["findings"]!.AsArray().Count(f => f!["explanation"] is not null).ShouldBe(2);
        (await county.Clerk.GetListAsync($"{county.Year}/submissions/{unit}/revisions"))[0]!["findings"]!.AsArray().Count(f => f!["explanation"] is not null).ShouldBe(2);
        ((int?)(await LineAsync(county, unit))["findings"]!["warning"]).ShouldBe(2, "an explanation lets nothing pass");
        var line = (await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit?subject={unit}")).Last(l => (string?)l!["action"] == "explain")!;
        ((string?)line["actor"]).ShouldBe(reporter.DefaultRequestHeaders.Authorization!.Parameter!.Split('_')[1]);
        line["detail"]!["paths"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_explanation_survives_new_revisions_until_what_its_rule_reads_has_changed()
    {
        var (county, unit, reporter) = await WarnedAsync();
        await ExplainAsync(county, reporter, "X1", """{"text":"上年漏登"}""");

        var other = await PostAsync(county, unit, Report.Zero("2021").With("disclosure.penalties.decisions", 4));
        (await other.ShouldBeAsync(201))["findings"]!.AsArray().Select(f => (string?)f!["explanation"]).ShouldBe(["上年漏登", "上年漏登"]);

        // One received and one carried in: the cells that X1 reads have changed, and it is still broken.
        var changed = await PostAsync(county, unit, Report.Zero("2021").WithRow("requests.carriedIn", 1, 0, 0, 0, 0, 0, 1).WithRow("requests.carriedOut", 1, 0, 0, 0, 0, 0, 1));
        (await changed.ShouldBeAsync(201))["findings"]!.AsArray().Select(f => $"{f!["explanation"]}|{f["lapsedExplanation"]}").ShouldBe(["|上年漏登", "|上年漏登"]);
    }

    [Fact]
    public async Task An_explanation_lapses_when_last_years_report_has_changed()
    {
        var (county, unit, reporter) = await WarnedAsync();
        await ExplainAsync(county, reporter, "X1", """{"text":"上年漏登"}""");
        (await county.Clerk.FileAsync(LastYear(county), unit, Report.Zero("2019").WithRow("requests.received", 5, 0, 0, 0, 0, 0, 5).WithRow("requests.carriedOut", 5, 0, 0, 0, 0, 0, 5))).EnsureSuccessStatusCode();

        var again = await PostAsync(county, unit, Report.Zero("2021"));

        (await again.ShouldBeAsync(201))["findings"]!.AsArray().Select(f => $"{f!["expected"]}|{f["explanation"]}|{f["lapsedExplanation"]}").ShouldBe(["5||上年漏登", "5||上年漏登"]);
    }

    [Fact]
    public async Task A_later_explanation_of_one_cell_takes_the_place_of_the_first_one_there()
    {
        var (county, unit, reporter) = await WarnedAsync();
        await ExplainAsync(county, reporter, "X1", """{"text":"上年漏登"}""");

        var revision = await ExplainAsync(county, reporter, "X1", """{"text":"见附函","path":"requests.carriedIn.total"}""");

        revision["findings"]!.AsArray().Select(f => $"{((string)f!["path"]!).Split('.')[^1]}: {f["explanation"]}").ShouldBe(["naturalPerson: 上年漏登", "total: 见附函"]);
        (await api.Database.ScalarAsync<long>($"select count(*) from waiver where unit = '{unit}' and kind = 'explanation'")).ShouldBe(3);
    }

    [Fact]
    public async Task What_cannot_be_explained_is_refused()
    {
        var (county, unit) = await DraftAsync(RealReports.XiangningOffice2021);
        var reporter = await api.ReporterAsync(unit);
        var address = $"{county.Year}/submissions/{unit}/findings";

        // A hard finding is not the unit's to talk away.
        await (await reporter.PostAsync($"{address}/H1/explain", """{"text":"台账如此"}""".AsJson())).ShouldRefuseAsync(404, "finding_not_found");
        await (await reporter.PostAsync($"{address}/X1/explain", """{"text":"台账如此"}""".AsJson())).ShouldRefuseAsync(404, "finding_not_found");
        foreach (var text in (string[])["", " ", "a\\u0007", new string('字', 2001)])
        {
            await (await reporter.PostAsync($"{address}/X1/explain", $$"""{"text":"{{text}}"}""".AsJson())).ShouldRefuseAsync(400, "text_required");
        }
    }

    /// <summary>A county with a report that breaks X1 twice: last year three requests were carried out, this year none is carried in.</summary>
    async Task<(TestCounty County, string Unit, HttpClient Reporter)> WarnedAsync()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];
        await api.OpenYearAsync(county.Code, 2020);
        (await county.Clerk.FileAsync(LastYear(county), unit, Report.Zero("2019").WithRow("requests.received", 3, 0, 0, 0, 0, 0, 3).WithRow("requests.carriedOut", 3, 0, 0, 0, 0, 0, 3))).EnsureSuccessStatusCode();
        (await PostAsync(county, unit, Report.Zero("2021"))).EnsureSuccessStatusCode();
        return (county, unit, await api.ReporterAsync(unit));
    }

    static string LastYear(TestCounty county) => $"/api/v1/counties/{county.Code}/years/2020";

    static async Task<JsonObject> ExplainAsync(TestCounty county, HttpClient reporter, string rule, string body)
    {
        var unit = county.Units[0];
        return await (await reporter.PostAsync($"{county.Year}/submissions/{unit}/findings/{rule}/explain", body.AsJson())).ShouldBeAsync(200);
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
