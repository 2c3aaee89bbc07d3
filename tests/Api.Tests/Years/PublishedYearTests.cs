using Aggregator.Access;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Years;

/// <summary>A published year says what its edition says, on every level, until somebody says otherwise openly.</summary>
public sealed class PublishedYearTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Penalties = "disclosure.penalties.decisions";

    [Fact]
    public async Task Only_the_steps_of_the_table_are_taken_and_each_stands_in_the_audit()
    {
        var county = await api.OpenCountyAsync();
        var early = await (await county.PutYearAsync("""{"state":"published"}""")).ShouldRefuseAsync(409, "illegal_step");
        ((string)early["detail"]!).ShouldContain("现在可以：截止");
        await (await county.PutYearAsync("""{"state":"closed"}""")).ShouldBeAsync(200);
        await (await county.PutYearAsync("""{"state":"open"}""")).ShouldBeAsync(200);
        await (await county.PutYearAsync("""{"state":"closed"}""")).ShouldBeAsync(200);
        await (await county.PutYearAsync("""{"state":"published"}""")).ShouldRefuseAsync(409, "edition_required");
        await (await county.PutYearAsync("""{"state":"published","edition":1}""")).ShouldRefuseAsync(404, "edition_not_found");
        await county.Clerk.PostAsync($"{county.Year}/editions", null);
        await (await county.PutYearAsync("""{"state":"published"}""")).ShouldRefuseAsync(409, "edition_required");
        await (await county.PutYearAsync("""{"state":"published","edition":1}""")).ShouldRefuseAsync(409, "edition_not_built");
        await api.BuildEditionsAsync();
        await (await county.PutYearAsync("""{"edition":1}""")).ShouldRefuseAsync(400, "invalid_year");

        var published = await (await county.PutYearAsync("""{"state":"published"}""")).ShouldBeAsync(200);

        ((int?)published["publishedEdition"]).ShouldBe(1);
        ((string?)published["publishedLabel"]).ShouldBe($"未完整：已报 0/{county.Units.Count} 个单位", "incomplete is allowed, and said");
        (await county.Clerk.GetJsonAsync(county.Year)).ToJsonString().ShouldBe(published.ToJsonString());
        ((bool?)(await county.Clerk.GetJsonAsync($"{county.Year}/editions/1"))["published"]).ShouldBe(true);
        await (await county.PutYearAsync("""{"state":"published"}""")).ShouldBeAsync(200);
        await (await county.PutYearAsync("""{"dueDate":"2022-02-05"}""")).ShouldBeAsync(200);
        ((int?)(await county.Clerk.GetJsonAsync(county.Year))["publishedEdition"]).ShouldBe(1, "what is left out stays as it is");
        foreach (var body in (string[])["""{"state":"open"}""", """{"state":"closed","reason":"  "}"""])
        {
            var problem = await (await county.PutYearAsync(body)).ShouldRefuseAsync(400, "reason_required");
            ((string?)problem["errors"]![0]!["path"]).ShouldBe("$.reason");
        }

        var reopened = await (await county.PutYearAsync("""{"state":"open","reason":"漏计一个单位"}""")).ShouldBeAsync(200);
        reopened["publishedEdition"].ShouldBeNull();
        var lines = await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit?subject={county.Code}");
        lines.Select(l => (string?)l!["action"]).ShouldBe(
            ["put_year", "import_roster", "close_year", "open_year", "close_year", "request_edition", "publish_year", "put_year", "put_year", "reopen_year"]);
        ((string?)lines[^1]!["detail"]!["reason"]).ShouldBe("漏计一个单位");
    }

    [Fact]
    public async Task Two_who_decide_at_once_do_not_both_succeed()
    {
        var county = await api.OpenCountyAsync();
        await api.PublishAsync(county);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(n =>
            county.PutYearAsync($$"""{"state":"{{(n % 2 == 0 ? "open" : "closed")}}","reason":"更正"}""")));

        answers.Count(a => (int)a.StatusCode == 200).ShouldBeGreaterThan(0);
        var steps = await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit?subject={county.Code}");
        steps.Count(l => (string?)l!["action"] == "reopen_year").ShouldBe(1);
    }

    [Fact]
    public async Task What_came_in_since_the_edition_has_to_be_faced_before_publishing()
    {
        var county = await api.OpenCountyAsync();
        await FileAsync(county, 0, 7);
        await api.FreezeAsync(county);
        await FileAsync(county, 1, 5);
        await (await county.PutYearAsync("""{"state":"closed"}""")).ShouldBeAsync(200);

        var problem = await (await county.PutYearAsync("""{"state":"published"}""")).ShouldRefuseAsync(409, "edition_outdated");
        ((string)problem["detail"]!).ShouldContain("1 个单位、1 格数据");
        problem["errors"]!.AsArray().Select(e => $"{e!["path"]} {e["code"]}").ShouldBe([$"{county.Units[1]} filed"]);

        await (await county.PutYearAsync("""{"state":"published","edition":1}""")).ShouldBeAsync(200);
        await api.RefreshTotalsAsync();
        (await TotalAsync(county)).ShouldBe((7, 1, 1), "the edition that was named, with what it leaves out");
    }

    [Fact]
    public async Task A_late_correction_is_taken_shown_and_changes_no_published_figure()
    {
        var county = await api.OpenCountyAsync();
        await FileAsync(county, 0, 7);
        await FileAsync(county, 1, 5);
        var edition = await api.PublishAsync(county);
        var unit = county.Units[0];
        var reporter = await api.ReporterAsync(unit);
        await (await reporter.FileAsync(county.Year, unit, Zero(70))).ShouldRefuseAsync(409, "year_not_open");

        // The county reopens what it accepted, gives time, takes the correction, accepts it again.
        await StepAsync(county, unit, "accept");
        await StepAsync(county, unit, "reopen");
        await county.ExtendAsync(unit);
        var filed = await reporter.FileAsync(county.Year, unit, Zero(70), ("Idempotency-Key", "k"));
        var receipt = await filed.ShouldBeAsync(201);
        ((bool?)receipt["lateCorrection"], (string?)receipt["status"], (bool?)receipt["late"]).ShouldBe((true, "submitted", false));
        var again = await (await reporter.FileAsync(county.Year, unit, Zero(70), ("Idempotency-Key", "k"))).ShouldBeAsync(201);
        again.ToJsonString().ShouldBe(receipt.ToJsonString());
        await StepAsync(county, unit, "accept");
        await api.RecheckAsync();

        (await TotalAsync(county)).ShouldBe((12, 1, 1));
        (await AboveAsync(county)).ShouldBe(12);
        var cell = await county.Clerk.GetJsonAsync($"{county.Year}/totals/cells/{Penalties}");
        cell["contributions"]!.AsArray().Select(c => $"{c!["unit"]} {c["revision"]} {c["value"]}").ShouldBe([$"{unit} 1 7", $"{county.Units[1]} 1 5"]);
        var changes = await county.Clerk.GetJsonAsync($"{edition}/changes");
        changes["units"]!.AsArray().Select(u => $"{u!["unit"]} {u["what"]} {u["from"]}→{u["to"]}").ShouldBe([$"{unit} revised 1→2"]);
        changes["cells"]!.AsArray().Select(c => $"{c!["from"]}→{c["to"]}").ShouldBe(["12→75"]);
        ((bool?)(await county.Clerk.GetJsonAsync($"{county.Year}/submissions/{unit}"))["lateCorrection"]).ShouldBe(true);
        var lines = await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit?subject={unit}");
        lines.Select(l => (string?)l!["action"]).ShouldBe(["submit", "accept", "reopen", "put_roster", "late_correction", "accept"]);

        // The live report shows what the next edition would be; that one is published openly, in place of the old.
        (await county.Clerk.GetJsonAsync($"{county.Year}/report.json"))["figures"]!.Cell(Penalties).ShouldBe(75);
        var second = await api.FreezeAsync(county);
        (await TotalAsync(county)).ShouldBe((12, 1, 1), "built is not published");
        await (await county.PutYearAsync("""{"edition":2}""")).ShouldBeAsync(200);
        await api.RefreshTotalsAsync();
        (await TotalAsync(county)).ShouldBe((75, 2, 0));
        (await AboveAsync(county)).ShouldBe(75);
        (await county.Clerk.GetJsonAsync($"{edition}/report.json"))["figures"]!.Cell(Penalties).ShouldBe(12, "both are kept");
        (await county.Clerk.GetJsonAsync(second))["totalRevision"]!.ToString().ShouldBe((await county.TotalsAsync())["revision"]!.ToString());
        lines = await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit?subject={county.Code}");
        ((string?)lines[^1]!["action"], (int?)lines[^1]!["detail"]!["edition"]).ShouldBe(("replace_edition", 2));
    }

    [Fact]
    public async Task A_draft_after_publication_counts_nowhere()
    {
        var county = await api.OpenCountyAsync();
        await FileAsync(county, 0, 7);
        var edition = await api.PublishAsync(county);
        await county.ExtendAsync(county.Units[0]);

        await (await county.Clerk.FileAsync(county.Year, county.Units[0], Zero(-1))).ShouldRefuseAsync(422, "hard_findings");
        await api.RefreshTotalsAsync();

        (await TotalAsync(county)).ShouldBe((7, 1, 0));
        (await county.Clerk.GetJsonAsync($"{edition}/changes"))["units"]!.AsArray().ShouldBeEmpty();
        var lines = await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit?subject={county.Units[0]}");
        ((string?)lines[^1]!["action"]).ShouldBe("keep_draft");
    }

    [Fact]
    public async Task Returning_exempting_and_reopening_change_no_published_figure_either()
    {
        var county = await api.OpenCountyAsync();
        await FileAsync(county, 0, 7);
        await FileAsync(county, 1, 5);
        var edition = await api.PublishAsync(county);

        await StepAsync(county, county.Units[0], "return");
        (await county.Clerk.PutAsync($"{county.Year}/roster/{county.Units[1]}", """{"expected":false,"reason":"撤并"}""".AsJson())).EnsureSuccessStatusCode();
        await api.RecheckAsync();

        (await TotalAsync(county)).ShouldBe((12, 1, Report.Zero("2021").Figures.Values.Length));
        (await AboveAsync(county)).ShouldBe(12);
        ((int?)(await county.TotalsAsync())["units"]!["expected"]).ShouldBe(county.Units.Count);
        var changes = await county.Clerk.GetJsonAsync($"{edition}/changes");
        changes["units"]!.AsArray().Select(u => $"{u!["unit"]} {u["what"]}").ShouldBe([$"{county.Units[0]} returned", $"{county.Units[1]} exempted"]);
    }

    [Fact]
    public async Task What_the_county_decides_itself_about_figures_needs_the_year_to_be_reopened()
    {
        var county = await api.OpenCountyAsync();
        await FileAsync(county, 0, 7);
        (await county.Clerk.PutAsync($"{county.Year}/totals/adjustments/{Penalties}", """{"delta":-2,"reason":"联合办案"}""".AsJson())).EnsureSuccessStatusCode();
        await (await county.Clerk.FileAsync(county.Year, county.Units[1], Zero(-1))).ShouldRefuseAsync(422, "hard_findings");
        await api.PublishAsync(county);
        var reporter = await api.ReporterAsync(county.Units[0]);
        var before = await api.StoredAsync();

        await (await county.Clerk.PutAsync($"{county.Year}/totals/adjustments/{Penalties}", """{"delta":1,"reason":"联合发文"}""".AsJson())).ShouldRefuseAsync(409, "year_published");
        await (await county.Clerk.DeleteAsync($"{county.Year}/totals/adjustments/{Penalties}")).ShouldRefuseAsync(409, "year_published");
        await (await reporter.PostAsync($"{county.Year}/submissions/{county.Units[0]}/withdraw", null)).ShouldRefuseAsync(409, "year_published");
        (await county.Clerk.PostAsync($"{county.Year}/submissions/{county.Units[1]}/findings/N/waive", """{"reason":"已核实"}""".AsJson())).IsSuccessStatusCode.ShouldBeFalse();

        (await api.StoredAsync()).ShouldBe(before);
        (await TotalAsync(county)).ShouldBe((5, 1, 0));
    }

    [Fact]
    public async Task A_published_cell_shows_the_correction_that_was_in_the_edition()
    {
        var county = await api.OpenCountyAsync();
        await FileAsync(county, 0, 7);
        (await county.Clerk.PutAsync($"{county.Year}/totals/adjustments/{Penalties}", """{"delta":-2,"reason":"联合办案"}""".AsJson())).EnsureSuccessStatusCode();
        await api.FreezeAsync(county);
        (await county.Clerk.PutAsync($"{county.Year}/totals/adjustments/{Penalties}", """{"delta":100,"reason":"误加"}""".AsJson())).EnsureSuccessStatusCode();
        await (await county.PutYearAsync("""{"state":"closed"}""")).ShouldBeAsync(200);

        await (await county.PutYearAsync("""{"state":"published","edition":1}""")).ShouldBeAsync(200);
        await api.RefreshTotalsAsync();

        var cell = await county.Clerk.GetJsonAsync($"{county.Year}/totals/cells/{Penalties}");
        ((int?)cell["value"], (int?)cell["adjustment"]!["delta"], (string?)cell["adjustment"]!["reason"]).ShouldBe((5, -2, "联合办案"));
        (await TotalAsync(county)).ShouldBe((5, 1, 1));
    }

    [Fact]
    public async Task A_reopened_years_totals_follow_the_reports_again()
    {
        var county = await api.OpenCountyAsync();
        await FileAsync(county, 0, 7);
        await api.PublishAsync(county);
        await county.ExtendAsync(county.Units[0]);
        await FileAsync(county, 0, 9);
        (await TotalAsync(county)).ShouldBe((7, 1, 1));

        await (await county.PutYearAsync("""{"state":"closed","reason":"更正处罚数"}""")).ShouldBeAsync(200);
        await api.RefreshTotalsAsync();

        (await TotalAsync(county)).ShouldBe((9, null, null));
        (await AboveAsync(county)).ShouldBe(9);
    }

    static Report Zero(decimal penalties) => Report.Zero("2021").With(Penalties, penalties);

    async Task FileAsync(TestCounty county, int unit, decimal penalties)
    {
        await (await county.Clerk.FileAsync(county.Year, county.Units[unit], Zero(penalties))).ShouldBeAsync(201);
        await api.RefreshTotalsAsync();
    }

    static async Task StepAsync(TestCounty county, string unit, string step) =>
        await (await county.Clerk.PostAsync($"{county.Year}/submissions/{unit}/{step}", """{"reason":"更正"}""".AsJson())).ShouldBeAsync(200);

    static async Task<(decimal? Penalties, int? Edition, int? Changed)> TotalAsync(TestCounty county)
    {
        var total = await county.TotalsAsync();
        return (total["figures"]!.Cell(Penalties), (int?)total["published"]?["edition"], (int?)total["published"]?["changed"]);
    }

    /// <summary>What the level above has from the county; the counties of these tests share it.</summary>
    async Task<decimal?> AboveAsync(TestCounty county)
    {
        var viewer = await api.ClientAsync(Role.Viewer, "00");
        var cell = await viewer.GetJsonAsync($"/api/v1/divisions/{county.Code[..4]}/years/2021/totals/cells/{Penalties}");
        return (decimal?)cell["contributions"]!.AsArray().Single(c => (string?)c!["unit"] == county.Code)!["value"];
    }
}
