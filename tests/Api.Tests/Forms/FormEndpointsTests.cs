using System.Text.Json.Nodes;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Forms;

public sealed class FormEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    static readonly string?[] kinds = ["hard", "warning", "notice"];

    [Fact]
    public async Task Both_statutory_forms_are_listed_with_basis_years_and_number_of_cells()
    {
        var forms = await api.Anonymous().GetListAsync("/api/v1/forms");

        forms.Select(f => $"{f!["form"]} {f["firstYear"]}-{f["lastYear"]} {f["cellCount"]} {f["basis"]}").ShouldBe(
            ["2019 2019-2020 198 国办公开办函〔2019〕60号（试行）", "2021 2021- 200 国办公开办函〔2021〕30号"]);
    }

    [Theory]
    [InlineData("2019", 198)]
    [InlineData("2021", 200)]
    public async Task A_form_tells_its_sections_cells_and_rules(string code, int cells)
    {
        var form = await api.Anonymous().GetJsonAsync($"/api/v1/forms/{code}");

        form["sections"]!.AsArray().Select(s => (string?)s!["code"]).ShouldBe(["overview", "disclosure", "requests", "review", "problems", "other"]);
        form["cells"]!.AsArray().Select(c => (string?)c).Distinct().Count().ShouldBe(cells);
        form["rules"]!.AsArray().Select(r => (string?)r!["code"]).ShouldBe(["N", "H1", "V1", "V2", "T4", "R", "F", "X1", .. code == "2021" ? ["X2"] : Array.Empty<string>(), "TX", "NAR", "DUP", "OUT"]);
        form["rules"]!.AsArray().ShouldAllBe(r => kinds.Contains((string?)r!["kind"]) && (string?)r["text"] != "" && (string?)r["source"] != "");
    }

    [Theory]
    [InlineData("2019", 198)]
    [InlineData("2021", 200)]
    public async Task The_schema_has_exactly_the_cells_of_the_form(string code, int cells)
    {
        var response = await api.Anonymous().GetAsync($"/api/v1/forms/{code}/schema");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/schema+json");
        var schema = await response.JsonAsync();
        var form = await api.Anonymous().GetJsonAsync($"/api/v1/forms/{code}");

        ((string?)schema["$schema"]).ShouldBe("https://json-schema.org/draft/2020-12/schema");
        var leaves = Leaves(schema["properties"]!["figures"]!, "").ToList();
        leaves.Count.ShouldBe(cells);
        leaves.ShouldBe(form["cells"]!.AsArray().Select(c => (string)c!), ignoreOrder: true);
    }

    [Fact]
    public async Task A_check_tells_the_findings_and_stores_nothing()
    {
        var before = await api.StoredAsync();

        var result = await (await api.Anonymous().PostAsync("/api/v1/forms/2021/check", RealReports.XiangningOffice2021.ToJson("141029-zfb").AsJson())).ShouldBeAsync(200);

        ((bool?)result["fileable"]).ShouldBe(false);
        result["findings"]!.AsArray().Select(f => (string?)f!["rule"]).Order().ShouldBe(["H1", "H1", "V2"]);
        var finding = result["findings"]!.AsArray().Single(f => (string?)f!["path"] == "requests.unavailable.notHeld.total")!;
        ((string?)finding["expected"]).ShouldBe("0");
        ((string?)finding["found"]).ShouldBe("2");
        ((string?)finding["message"]).ShouldBe("（四）无法提供 1.本机关不掌握相关政府信息：总计为 2，各列之和为 0");
        finding["cells"]!.AsArray().Count.ShouldBe(7);
        (await api.StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_check_against_the_other_form_is_finding_F()
    {
        var result = await (await api.Anonymous().PostAsync("/api/v1/forms/2021/check", RealReports.Wanjinshan2021.ToJson("230523203").AsJson())).ShouldBeAsync(200);

        ((string?)result["form"]).ShouldBe("2019");
        result["findings"]!.AsArray().Select(f => (string?)f!["rule"]).ShouldBe(["F"]);
    }

    [Theory]
    [InlineData("/api/v1/forms/2020")]
    [InlineData("/api/v1/forms/2020/schema")]
    [InlineData("/api/v1/forms/%E8%A1%A8")]
    public async Task A_form_that_does_not_exist_is_not_found(string address) =>
        await (await api.Anonymous().GetAsync(address)).ShouldRefuseAsync(404, "form_not_found");

    [Fact]
    public async Task Nothing_is_checked_against_a_form_that_does_not_exist() =>
        await (await api.Anonymous().PostAsync("/api/v1/forms/2020/check", "{}".AsJson())).ShouldRefuseAsync(404, "form_not_found");

    static IEnumerable<string> Leaves(JsonNode schema, string path) => schema["properties"] is JsonObject members
        ? members.SelectMany(m => Leaves(m.Value!, path.Length == 0 ? m.Key : $"{path}.{m.Key}"))
        : [path];
}
