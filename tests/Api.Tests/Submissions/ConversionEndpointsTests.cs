using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Access;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Submissions;

public sealed class ConversionEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Year = "/api/v1/counties/230523/years/2021";
    const string Convert = $"{Year}/submissions/230523203/convert";

    [Fact]
    public async Task Wanjinshans_draft_is_proposed_in_the_form_of_the_year_completed_and_filed()
    {
        await api.OpenYearAsync("230523", 2021);
        var reporter = await api.ReporterAsync("230523203");
        (await reporter.PostAsync($"{Year}/submissions", RealReports.Wanjinshan2021.ToJson("230523203").AsJson())).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);

        var response = await reporter.PostAsync(Convert, null);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        var proposal = await response.JsonAsync();
        ((string?)proposal["form"]).ShouldBe("2021");
        proposal["findings"]!.AsArray().Select(f => $"{(string?)f!["rule"]} {(string?)f["path"]}").ShouldBe(
        [
            "N disclosure.rules.repealed", "N disclosure.rules.inForce", "N disclosure.normativeDocuments.repealed",
            "N disclosure.normativeDocuments.inForce", "N disclosure.fees.amount",
        ]);
        proposal["cells"]!.AsArray().Count(c => (string?)c!["action"] == "left_blank").ShouldBe(5);
        proposal["cells"]!.AsArray().Where(c => (string?)c!["action"] == "dropped" && ((string?)c["from"])!.Contains("procurement", StringComparison.Ordinal))
            .ShouldAllBe(c => (string?)c!["reason"] == "2021年格式没有“政府集中采购”" && c["to"] == null);

        // Nothing was filed by asking.
        var history = await reporter.GetAsync($"{Year}/submissions/230523203/revisions");
        JsonNode.Parse(await history.Content.ReadAsStringAsync())!.AsArray().ShouldHaveSingleItem();

        // The members of a submission are taken from the proposal as they stand, the blanks filled in.
        var report = new JsonObject();
        foreach (var member in new[] { "unit", "form", "figures", "prose", "publishedAt", "publishedUrl" })
        {
            report[member] = proposal[member]!.DeepClone();
        }

        foreach (var row in new[] { "rules", "normativeDocuments" })
        {
            (report["figures"]!["disclosure"]![row]!["repealed"], report["figures"]!["disclosure"]![row]!["inForce"]) = (0, 0);
        }

        report["figures"]!["disclosure"]!["fees"]!["amount"] = "0";
        var filed = await reporter.PostAsync($"{Year}/submissions", report.AsJson());
        filed.StatusCode.ShouldBe(HttpStatusCode.Created, await filed.Content.ReadAsStringAsync());
        await (await reporter.PostAsync(Convert, null)).ShouldRefuseAsync(409, "form_fits");
    }

    [Fact]
    public async Task A_body_is_converted_without_being_stored()
    {
        await api.OpenYearAsync("230523", 2021);
        var reporter = await api.ReporterAsync("230523209");
        const string Address = $"{Year}/submissions/230523209/convert";

        var response = await reporter.PostAsync(Address, Report.Zero("2019").WithRow("disclosure.licences", 1, 2, 30).ToJson("230523209").AsJson());

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var proposal = await response.JsonAsync();
        ((int?)proposal["figures"]!["disclosure"]!["licences"]!["decisions"]).ShouldBe(30);
        ((string?)proposal["prose"]!["overview"]).ShouldBe("总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。");
        await (await reporter.GetAsync($"{Year}/submissions/230523209")).ShouldRefuseAsync(404, "submission_not_found");
        await (await reporter.PostAsync(Address, null)).ShouldRefuseAsync(404, "submission_not_found");
    }

    [Fact]
    public async Task What_would_be_found_when_filing_is_found_in_the_proposal_also_across_years()
    {
        var clerk = await api.OpenYearAsync("230523", 2020);
        await api.OpenYearAsync("230523", 2021);
        var last = Report.Zero("2019").WithRow("requests.received", 3, 0, 0, 0, 0, 0, 3).WithRow("requests.carriedOut", 3, 0, 0, 0, 0, 0, 3);
        (await clerk.PostAsync("/api/v1/counties/230523/years/2020/submissions", last.ToJson("230523204").AsJson())).EnsureSuccessStatusCode();

        var response = await clerk.PostAsync($"{Year}/submissions/230523204/convert", Report.Zero("2019").ToJson("230523204").AsJson());

        (await response.JsonAsync())["findings"]!.AsArray().Count(f => (string?)f!["rule"] == "X1").ShouldBe(2);
    }

    [Fact]
    public async Task Bad_bodies_are_refused_as_when_filing()
    {
        await api.OpenYearAsync("230523", 2021);
        var reporter = await api.ReporterAsync("230523203");
        var another = RealReports.Wanjinshan2021.ToJson("230523209");

        (await (await reporter.PostAsync(Convert, another.AsJson())).ShouldRefuseAsync(400, "unit_mismatch"))["errors"]![0]!["path"]!.ToString().ShouldBe("$.unit");
        await (await reporter.PostAsync(Convert, "{".AsJson())).ShouldRefuseAsync(400, "invalid_json");
        await (await reporter.PostAsync(Convert, "{}".AsJson())).ShouldRefuseAsync(400, "unknown_form");
        await (await reporter.PostAsync(Convert, new StringContent("x", Encoding.UTF8, "text/plain"))).ShouldRefuseAsync(415, "unsupported_media_type");
        await (await reporter.PostAsync(Convert, RealReports.Mabu2021.ToJson("230523203").AsJson())).ShouldRefuseAsync(409, "form_fits");
        await (await reporter.PostAsync("/api/v1/counties/230523/years/2031/submissions/230523203/convert", null)).ShouldRefuseAsync(404, "year_not_found");
        await api.OpenYearAsync("230523", 2020);
        await (await reporter.PostAsync("/api/v1/counties/230523/years/2020/submissions/230523203/convert", RealReports.Mabu2021.ToJson("230523203").AsJson()))
            .ShouldRefuseAsync(422, "no_conversion");
    }

    [Fact]
    public async Task Only_who_may_read_the_report_converts_it()
    {
        await api.OpenYearAsync("230523", 2021);
        var body = RealReports.Wanjinshan2021.ToJson("230523203");

        (await (await api.CountyAsync("230523")).PostAsync(Convert, body.AsJson())).EnsureSuccessStatusCode();
        await (await (await api.ReporterAsync("230523209")).PostAsync(Convert, body.AsJson())).ShouldRefuseAsync(403, "forbidden");
        await (await (await api.CountyAsync("230521")).PostAsync(Convert, body.AsJson())).ShouldRefuseAsync(403, "forbidden");
        await (await (await api.ClientAsync(Role.Viewer, "2306")).PostAsync(Convert, body.AsJson())).ShouldRefuseAsync(403, "forbidden");
        await (await (await api.OperatorAsync()).PostAsync(Convert, body.AsJson())).ShouldRefuseAsync(403, "forbidden");
        await (await api.Anonymous().PostAsync(Convert, body.AsJson())).ShouldRefuseAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task The_contract_says_that_the_body_is_optional()
    {
        var document = await api.Anonymous().GetJsonAsync("/openapi/v1.json");

        var operation = document["paths"]!["/api/v1/counties/{county}/years/{year}/submissions/{unit}/convert"]!["post"]!;
        ((bool?)operation["requestBody"]!["required"] ?? false).ShouldBeFalse();
        operation["requestBody"]!["content"]!["application/json"]!["schema"]!["oneOf"]!.AsArray().Count.ShouldBe(2);
        ((bool?)document["paths"]!["/api/v1/counties/{county}/years/{year}/submissions"]!["post"]!["requestBody"]!["required"]).ShouldBe(true);
    }
}
