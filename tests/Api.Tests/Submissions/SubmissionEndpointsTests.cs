using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Submissions;

public sealed class SubmissionEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Year = "/api/v1/counties/360922/years/2021";

    [Fact]
    public async Task A_correct_report_is_filed_and_counted()
    {
        var clerk = await api.OpenYearAsync("360922", 2021);
        var reporter = await api.ReporterAsync("360922201");

        var response = await reporter.PostAsync($"{Year}/submissions", RealReports.Mabu2021.ToJson("360922201").AsJson());

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var receipt = await response.JsonAsync();
        ((int?)receipt["revision"]).ShouldBe(1);
        ((string?)receipt["status"]).ShouldBe("submitted");
        ((bool?)receipt["late"]).ShouldBe(false);
        receipt["findings"]!.AsArray().ShouldBeEmpty();
        response.Headers.ETag!.Tag.ShouldBe("\"1\"");

        await api.RefreshTotalsAsync();
        var totals = await clerk.GetJsonAsync($"{Year}/totals");
        ((int?)totals["figures"]!["disclosure"]!["penalties"]!["decisions"]).ShouldBe(1);
        ((int?)totals["units"]!["included"]).ShouldBe(1);
        totals["units"]!["missing"]!.AsArray().Count.ShouldBe(16);
        ((bool?)totals["complete"]).ShouldBe(false);
    }

    [Fact]
    public async Task The_receipt_tells_where_and_when_it_was_filed()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];
        var reporter = await api.ReporterAsync(unit);
        var body = Report.Zero("2021").ToBody(unit);

        var response = await reporter.FileAsync(county.Year, body);

        var receipt = await response.ShouldBeAsync(201);
        ((string?)receipt["unit"]).ShouldBe(unit);
        ((int?)receipt["year"]).ShouldBe(2021);
        ((DateTimeOffset?)receipt["filedAt"]).ShouldBe(api.Clock.GetUtcNow());
        ((string?)receipt["sha256"]).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(body)));
        response.Headers.Location!.ToString().ShouldBe($"{county.Year}/submissions/{unit}?revision=1");
        var filed = await reporter.GetJsonAsync(response.Headers.Location.ToString());
        ((string?)filed["status"]).ShouldBe("submitted");
        ((string?)filed["publishedAt"]).ShouldBe("2022-01-20");
        ((string?)filed["prose"]!["overview"]).ShouldBe("总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。");
    }

    [Fact]
    public async Task Xiangning_office_breaks_H1_twice_and_V2_once_and_is_kept_as_a_draft_that_is_not_counted()
    {
        const string Year = "/api/v1/counties/141029/years/2021";
        const string Office = "141029-zfb";
        var clerk = await api.OpenYearAsync("141029", 2021);
        await clerk.PutAsync($"/api/v1/units/{Office}", """{"name":"乡宁县人民政府办公室","kind":"department"}""".AsJson());
        await clerk.PutAsync($"{Year}/roster/{Office}", "{}".AsJson());
        var reporter = await api.ReporterAsync(Office);

        var response = await reporter.FileAsync(Year, Office, RealReports.XiangningOffice2021);

        var problem = await response.ShouldRefuseAsync(422, "hard_findings");
        problem["errors"]!.AsArray().Select(e => (string?)e!["code"]).Order().ShouldBe(["H1", "H1", "V2"]);
        problem["errors"]!.AsArray().Select(e => (string?)e!["path"]).Order(StringComparer.Ordinal)
            .ShouldBe(["requests.total.naturalPerson", "requests.total.total", "requests.unavailable.notHeld.total"]);
        problem["findings"]!.AsArray().Select(f => (string?)f!["rule"]).Order().ShouldBe(["H1", "H1", "V2"]);
        problem["findings"]!.AsArray().ShouldAllBe(f => (string?)f!["severity"] == "hard" && f["cells"]!.AsArray().Count > 0 && f["message"] != null);
        ((int?)problem["revision"]).ShouldBe(1);
        response.Headers.Location!.ToString().ShouldBe($"{Year}/submissions/{Office}?revision=1");
        response.Headers.ETag!.Tag.ShouldBe("\"1\"");

        var draft = await reporter.GetJsonAsync(response.Headers.Location.ToString());
        ((string?)draft["status"]).ShouldBe("draft");
        draft["figures"]!.Cell("requests.unavailable.notHeld.total").ShouldBe(2);
        draft["figures"]!.Cell("disclosure.normativeDocuments.inForce").ShouldBe(38);

        await api.RefreshTotalsAsync();
        var totals = await clerk.GetJsonAsync($"{Year}/totals");
        ((int?)totals["units"]!["included"]).ShouldBe(0);
        totals["units"]!["missing"]!.AsArray().Select(m => (string?)m).ShouldContain(Office);
        totals["figures"]!.Cell("disclosure.normativeDocuments.inForce").ShouldBeNull();
        var line = (await clerk.GetJsonAsync($"{Year}/roster"))["units"]!.AsArray().Single(u => (string?)u!["unit"] == Office)!;
        ((string?)line["status"]).ShouldBe("draft");
        ((int?)line["findings"]!["hard"]).ShouldBe(3);
        line["filedAt"].ShouldBeNull();
    }

    [Fact]
    public async Task Wanjinshan_used_the_format_that_ended_with_2020_which_is_finding_F()
    {
        await api.OpenYearAsync("230523", 2021);
        var reporter = await api.ReporterAsync("230523203");

        var response = await reporter.FileAsync("/api/v1/counties/230523/years/2021", "230523203", RealReports.Wanjinshan2021);

        var problem = await response.ShouldRefuseAsync(422, "hard_findings");
        problem["findings"]!.AsArray().Select(f => (string?)f!["rule"]).ShouldBe(["F"]);
        ((string?)problem["errors"]![0]!["path"]).ShouldBe("form");
    }

    [Fact]
    public async Task Hongze_left_two_totals_of_table_four_at_zero_which_is_T4_twice()
    {
        const string Year = "/api/v1/counties/320813/years/2023";
        const string Office = "320813-qzb";
        var clerk = await api.CountyAsync("320813");
        await clerk.PutAsync(Year, "{}".AsJson());
        await clerk.PutAsync($"/api/v1/units/{Office}", """{"name":"洪泽区人民政府办公室","kind":"department"}""".AsJson());
        await clerk.PutAsync($"{Year}/roster/{Office}", "{}".AsJson());

        var problem = await (await clerk.FileAsync(Year, Office, RealReports.Hongze2023)).ShouldRefuseAsync(422, "hard_findings");

        problem["errors"]!.AsArray().Select(e => $"{e!["code"]} {e["path"]}").Order(StringComparer.Ordinal)
            .ShouldBe(["T4 review.litigationAfterReconsideration.total", "T4 review.reconsideration.total"]);
    }

    [Fact]
    public async Task A_correct_report_after_a_draft_is_filed()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];
        var reporter = await api.ReporterAsync(unit);
        (await reporter.FileAsync(county.Year, unit, Report.Zero("2021").With("requests.received.total", 1))).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);

        var receipt = await (await reporter.FileAsync(county.Year, unit, Report.Zero("2021"))).ShouldBeAsync(201);

        ((int?)receipt["revision"]).ShouldBe(2);
        var line = await county.LineAsync(unit);
        ((string?)line["status"]).ShouldBe("submitted");
        ((int?)line["revision"]).ShouldBe(2);
        ((int?)line["filedRevision"]).ShouldBe(2);
        ((int?)line["findings"]!["hard"]).ShouldBe(0);
    }

    [Fact]
    public async Task A_draft_after_a_filed_report_leaves_the_filed_one_counted()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];
        var reporter = await api.ReporterAsync(unit);
        await reporter.FileAsync(county.Year, unit, Report.Zero("2021").With("disclosure.penalties.decisions", 7));

        await reporter.FileAsync(county.Year, unit, Report.Zero("2021").With("disclosure.penalties.decisions", 8).With("requests.received.total", 1));

        await api.RefreshTotalsAsync();
        var totals = await county.TotalsAsync();
        totals["figures"]!.Cell("disclosure.penalties.decisions").ShouldBe(7);
        ((int?)totals["units"]!["included"]).ShouldBe(1);
        var line = await county.LineAsync(unit);
        ((string?)line["status"]).ShouldBe("submitted");
        ((int?)line["filedRevision"]).ShouldBe(1);
        ((int?)line["revision"]).ShouldBe(2);
        ((int?)(await reporter.GetJsonAsync($"{county.Year}/submissions/{unit}"))["revision"]).ShouldBe(2);
    }

    [Fact]
    public async Task A_correction_replaces_every_figure_of_the_first_report_in_the_totals()
    {
        var county = await api.OpenCountyAsync();
        var random = new Random(7);
        var (other, first, second) = (RandomReport.Consistent("2021", random), RandomReport.Consistent("2021", random), RandomReport.Consistent("2021", random));
        await county.Clerk.FileAsync(county.Year, county.Units[1], other);
        await county.Clerk.FileAsync(county.Year, county.Units[0], first);
        await api.RefreshTotalsAsync();

        (await county.Clerk.FileAsync(county.Year, county.Units[0], second)).StatusCode.ShouldBe(HttpStatusCode.Created);

        await api.RefreshTotalsAsync();
        var figures = (await county.TotalsAsync())["figures"]!;
        foreach (var cell in Form.Find("2021")!.Cells)
        {
            figures.Cell(cell.Path).ShouldBe(other.Figures[cell] + second.Figures[cell], cell.Path);
        }
    }

    [Fact]
    public async Task A_negative_number_is_kept_as_a_draft_with_finding_N()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];

        var response = await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021").With("disclosure.licences.decisions", -1));

        var problem = await response.ShouldRefuseAsync(422, "hard_findings");
        ((string?)problem["errors"]![0]!["code"]).ShouldBe("N");
        ((string?)problem["errors"]![0]!["path"]).ShouldBe("disclosure.licences.decisions");
        (await county.Clerk.GetJsonAsync(response.Headers.Location!.ToString()))["figures"]!.Cell("disclosure.licences.decisions").ShouldBe(-1);
    }

    [Fact]
    public async Task A_missing_cell_is_no_zero_and_stays_missing_in_the_draft()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];

        var response = await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021").Without("disclosure.penalties.decisions"));

        var problem = await response.ShouldRefuseAsync(422, "hard_findings");
        problem["errors"]!.AsArray().Select(e => (string?)e!["path"]).ShouldBe(["disclosure.penalties.decisions"]);
        (await county.Clerk.GetJsonAsync(response.Headers.Location!.ToString()))["figures"]!.Cell("disclosure.penalties.decisions").ShouldBeNull();
    }

    [Fact]
    public async Task The_body_is_kept_byte_for_byte_with_its_hash()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];
        var text = $"\r\n {Report.Zero("2021").ToText(unit).Replace("总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。", "\\u603b\\u4f53 𠀀\\n", StringComparison.Ordinal)}\t\n\n";
        var body = Encoding.UTF8.GetBytes(text);
        var receipt = await (await county.Clerk.FileAsync(county.Year, body)).ShouldBeAsync(201);

        var response = await county.Clerk.GetAsync($"{county.Year}/submissions/{unit}/body?revision=1");

        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(body);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        ((string?)receipt["sha256"]).ShouldBe(hash);
        var revision = await county.Clerk.GetJsonAsync($"{county.Year}/submissions/{unit}");
        ((string?)revision["sha256"]).ShouldBe(hash);
        ((string?)revision["prose"]!["overview"]).ShouldBe("总体 𠀀\n");
        await (await county.Clerk.GetAsync($"{county.Year}/submissions/{unit}/body?revision=2")).ShouldRefuseAsync(404, "submission_not_found");
    }

    [Fact]
    public async Task An_older_revision_stays_readable()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];
        await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021").With("disclosure.penalties.decisions", 1));
        await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021").With("disclosure.penalties.decisions", 2));

        var older = await county.Clerk.GetAsync($"{county.Year}/submissions/{unit}?revision=1");
        var newest = await county.Clerk.GetAsync($"{county.Year}/submissions/{unit}");

        older.Headers.ETag!.Tag.ShouldBe("\"1\"");
        (await older.JsonAsync())["figures"]!.Cell("disclosure.penalties.decisions").ShouldBe(1);
        newest.Headers.ETag!.Tag.ShouldBe("\"2\"");
        (await newest.JsonAsync())["figures"]!.Cell("disclosure.penalties.decisions").ShouldBe(2);
        await (await county.Clerk.GetAsync($"{county.Year}/submissions/{unit}?revision=3")).ShouldRefuseAsync(404, "submission_not_found");
        await (await county.Clerk.GetAsync($"{county.Year}/submissions/{county.Units[1]}")).ShouldRefuseAsync(404, "submission_not_found");
    }

    [Fact]
    public async Task The_history_tells_what_each_revision_changed_cell_by_cell()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];
        var first = Report.Zero("2021").With("disclosure.fees.amount", 59237.2449m);
        var changed = first.With("disclosure.fees.amount", 1.5m).With("disclosure.penalties.decisions", 3).Without("disclosure.licences.decisions").ToJson(unit);
        changed["prose"]!["other"] = "收取信息处理费10元。";
        changed["publishedAt"] = "2022-01-21";
        changed.Remove("publishedUrl");
        await county.Clerk.FileAsync(county.Year, unit, first);
        await county.Clerk.FileAsync(county.Year, Encoding.UTF8.GetBytes(changed.ToJsonString()));

        var history = await county.Clerk.GetListAsync($"{county.Year}/submissions/{unit}/revisions");

        history.Select(r => $"{r!["revision"]} {r["status"]}").ShouldBe(["1 submitted", "2 draft"]);
        history[0]!["changes"]!.AsArray().ShouldBeEmpty();
        history[1]!["changes"]!.AsArray().Select(c => $"{c!["path"]}: {c["from"]} → {c["to"]}").ShouldBe([
            "disclosure.licences.decisions: 0 → ",
            "disclosure.penalties.decisions: 0 → 3",
            "disclosure.fees.amount: 59237.2449 → 1.5",
            "prose.other: 收取信息处理费0元。 → 收取信息处理费10元。",
            "publishedAt: 2022-01-20 → 2022-01-21",
            "publishedUrl: https://example.gov.cn/xxgk/2021.html → "]);
        ((string?)history[1]!["changes"]![1]!["label"]).ShouldBe("行政处罚 · 本年处理决定数量");
    }

    [Fact]
    public async Task A_long_history_comes_in_pages_and_loses_no_difference_between_them()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];
        await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021"));
        var place = Form.Find("2021")!.FindCell("disclosure.penalties.decisions")!.Index + 1;
        await api.Database.ScalarAsync<int>($"""
            insert into revision select county, year, unit, n, outcome, form, figures[:{place - 1}] || n::numeric || figures[{place + 1}:], prose, published_at,
                published_url, findings, body, sha256, filed_at, received_at, late, actor, idempotency_key
            from revision, generate_series(2, 401) n where unit = '{unit}'
            """);

        var pages = new List<string>();
        for (var address = $"{county.Year}/submissions/{unit}/revisions"; address.Length > 0;)
        {
            var response = await county.Clerk.GetAsync(address);
            var page = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray();
            pages.Add(string.Create(CultureInfo.InvariantCulture, $"{page[0]!["revision"]}-{page[^1]!["revision"]}"));
            page.Where(r => (int)r!["revision"]! > 1).ShouldAllBe(r => r!["changes"]!.AsArray().Count == 1);
            address = response.NextPage();
        }

        pages.ShouldBe(["1-200", "201-400", "401-401"]);
    }

    [Fact]
    public async Task A_county_loads_history_with_its_original_date_and_that_is_audited()
    {
        var county = await api.OpenCountyAsync(2020);
        var unit = county.Units[0];
        var body = Report.Zero("2019").ToJson(unit);
        body["filedAt"] = "2021-01-15T10:12:00+08:00";

        var receipt = await (await county.Clerk.FileAsync(county.Year, Encoding.UTF8.GetBytes(body.ToJsonString()))).ShouldBeAsync(201);

        ((DateTimeOffset?)receipt["filedAt"]).ShouldBe(FakeClock.Shanghai(2021, 1, 15, 10, 12, 0));
        ((bool?)receipt["late"]).ShouldBe(false);
        var revision = await county.Clerk.GetJsonAsync($"{county.Year}/submissions/{unit}");
        ((DateTimeOffset?)revision["receivedAt"]).ShouldBe(api.Clock.GetUtcNow());
        var line = (await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit"))[^1]!;
        ((string?)line["action"]).ShouldBe("load_history");
        ((string?)line["subject"]).ShouldBe(unit);
        ((DateTimeOffset?)line["detail"]!["filedAt"]).ShouldBe(FakeClock.Shanghai(2021, 1, 15, 10, 12, 0));
    }

    [Fact]
    public async Task History_that_was_filed_late_is_late()
    {
        var county = await api.OpenCountyAsync(2020);
        var body = Report.Zero("2019").ToJson(county.Units[0]);
        body["filedAt"] = "2021-02-01T00:00:00+08:00";

        var receipt = await (await county.Clerk.FileAsync(county.Year, Encoding.UTF8.GetBytes(body.ToJsonString()))).ShouldBeAsync(201);

        ((bool?)receipt["late"]).ShouldBe(true);
    }

    [Fact]
    public async Task What_a_unit_files_is_audited_under_its_key()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];
        var reporter = await api.ReporterAsync(unit);
        await reporter.FileAsync(county.Year, unit, Report.Zero("2021"));
        await reporter.FileAsync(county.Year, unit, Report.Zero("2021").With("disclosure.penalties.decisions", -1));

        var lines = await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit");

        lines.TakeLast(2).Select(l => $"{l!["action"]} {l["subject"]} {l["detail"]!["revision"]}").ShouldBe([$"submit {unit} 1", $"keep_draft {unit} 2"]);
        var key = reporter.DefaultRequestHeaders.Authorization!.Parameter!.Split('_')[1];
        lines.TakeLast(2).ShouldAllBe(l => (string?)l!["actor"] == key);
    }
}
