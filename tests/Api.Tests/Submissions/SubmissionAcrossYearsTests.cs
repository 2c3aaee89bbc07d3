using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Submissions;

public sealed class SubmissionAcrossYearsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    static readonly Report carriedOut3 = Report.Zero("2019")
        .WithRow("requests.received", 3, 0, 0, 0, 0, 0, 3)
        .WithRow("requests.carriedOut", 3, 0, 0, 0, 0, 0, 3);

    [Fact]
    public async Task A_report_that_forgets_what_last_year_carried_over_is_filed_with_a_warning_for_each_column()
    {
        var clerk = await OpenAsync("360922");
        await FileAsync(clerk, "360922", 2020, "360922201", carriedOut3);

        var receipt = await FileAsync(clerk, "360922", 2021, "360922201", Report.Zero("2021"));

        ((string?)receipt["status"]).ShouldBe("submitted");
        Summary(receipt).ShouldBe(["X1 warning requests.carriedIn.naturalPerson", "X1 warning requests.carriedIn.total"]);
        ((string?)receipt["findings"]![0]!["message"]).ShouldBe("自然人：上年结转为 0，2020年度报告的结转下年度继续办理为 3");
        receipt["findings"]![0]!["cells"]!.AsArray().Select(c => (string?)c)
            .ShouldBe(["2020:requests.carriedOut.naturalPerson", "requests.carriedIn.naturalPerson"]);

        var roster = await clerk.GetJsonAsync("/api/v1/counties/360922/years/2021/roster");
        var line = roster["units"]!.AsArray().Single(u => (string?)u!["unit"] == "360922201")!;
        ((int?)line["findings"]!["warning"]).ShouldBe(2);
        Summary(await clerk.GetJsonAsync("/api/v1/counties/360922/years/2021/submissions/360922201")).Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_report_that_carries_on_from_last_year_has_no_finding()
    {
        var clerk = await OpenAsync("360921");
        await FileAsync(clerk, "360921", 2020, "360921100", carriedOut3);

        var now = Report.Zero("2021").WithRow("requests.carriedIn", 3, 0, 0, 0, 0, 0, 3).WithRow("requests.granted", 3, 0, 0, 0, 0, 0, 3)
            .WithRow("requests.total", 3, 0, 0, 0, 0, 0, 3);
        Summary(await FileAsync(clerk, "360921", 2021, "360921100", now)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_a_report_that_counts_is_compared_with()
    {
        var clerk = await OpenAsync("360923");
        var wrong = carriedOut3.With("requests.total.total", 9);
        await FileAsync(clerk, "360923", 2020, "360923100", wrong, HttpStatusCode.UnprocessableEntity);
        Summary(await FileAsync(clerk, "360923", 2021, "360923100", Report.Zero("2021"))).ShouldBeEmpty();

        // A draft on top of a filed report leaves the filed one in force; a later filed one takes its place.
        await FileAsync(clerk, "360923", 2020, "360923101", Report.Zero("2019"));
        await FileAsync(clerk, "360923", 2020, "360923101", wrong, HttpStatusCode.UnprocessableEntity);
        Summary(await FileAsync(clerk, "360923", 2021, "360923101", Report.Zero("2021"))).ShouldBeEmpty();
        await FileAsync(clerk, "360923", 2020, "360923101", carriedOut3);
        Summary(await FileAsync(clerk, "360923", 2021, "360923101", Report.Zero("2021"))).Length.ShouldBe(2);

        // Returned by the county: it does not count until it is filed again.
        await api.Database.ScalarAsync<int>("update filing set status = 'returned' where year = 2020 and unit = '360923101'");
        Summary(await FileAsync(clerk, "360923", 2021, "360923101", Report.Zero("2021"))).ShouldBeEmpty();
        await api.Database.ScalarAsync<int>("update filing set status = 'accepted' where year = 2020 and unit = '360923101'");
        Summary(await FileAsync(clerk, "360923", 2021, "360923101", Report.Zero("2021"))).Length.ShouldBe(2);

        // Exempt after it had filed: its report does not count either.
        await api.Database.ScalarAsync<int>("update filing set expected = false where year = 2020 and unit = '360923101'");
        Summary(await FileAsync(clerk, "360923", 2021, "360923101", Report.Zero("2021"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_unit_and_another_year_are_not_compared_with()
    {
        var clerk = await OpenAsync("360924");
        await FileAsync(clerk, "360924", 2020, "360924100", carriedOut3);
        (await clerk.PutAsync("/api/v1/counties/360924/years/2022", "{}".AsJson())).EnsureSuccessStatusCode();
        (await clerk.PostAsync("/api/v1/counties/360924/years/2022/roster/import", null)).EnsureSuccessStatusCode();

        Summary(await FileAsync(clerk, "360924", 2021, "360924101", Report.Zero("2021"))).ShouldBeEmpty();
        Summary(await FileAsync(clerk, "360924", 2022, "360924100", Report.Zero("2021"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_in_force_follows_from_last_year_and_a_jump_is_noticed()
    {
        var clerk = await OpenAsync("360981");
        (await clerk.PutAsync("/api/v1/counties/360981/years/2022", "{}".AsJson())).EnsureSuccessStatusCode();
        (await clerk.PostAsync("/api/v1/counties/360981/years/2022/roster/import", null)).EnsureSuccessStatusCode();
        await FileAsync(clerk, "360981", 2021, "360981002", RealReports.Geshan2021.With("disclosure.licences.decisions", 550));

        var receipt = await FileAsync(clerk, "360981", 2022, "360981002", Report.Zero("2021").With("disclosure.licences.decisions", 9487));

        Summary(receipt).ShouldBe(["X2 warning disclosure.normativeDocuments.inForce", "OUT notice disclosure.licences.decisions"]);
        receipt["findings"]![1]!["expected"].ShouldBeNull();
    }

    [Fact]
    public async Task Units_merged_into_one_are_added_up_unless_they_still_report_by_themselves()
    {
        const string County = "360925";
        var clerk = await OpenAsync(County);
        await FileAsync(clerk, County, 2020, "360925100", carriedOut3);
        await FileAsync(clerk, County, 2020, "360925101", carriedOut3);
        var unit = new JsonObject { ["name"] = "并入的镇", ["kind"] = "town", ["mergedInto"] = "360925100" };
        (await clerk.PutAsync("/api/v1/units/360925101", unit.AsJson())).EnsureSuccessStatusCode();

        // Still on the roster of 2021: nothing to add.
        Found(await FileAsync(clerk, County, 2021, "360925100", Report.Zero("2021"))).ShouldBe(["naturalPerson 3", "total 3"]);

        unit["activeTo"] = 2020;
        (await clerk.PutAsync("/api/v1/units/360925101", unit.AsJson())).EnsureSuccessStatusCode();
        Found(await FileAsync(clerk, County, 2021, "360925100", Report.Zero("2021"))).ShouldBe(["naturalPerson 6", "total 6"]);

        static IEnumerable<string> Found(JsonObject receipt) => receipt["findings"]!.AsArray().Where(f => (string?)f!["rule"] == "X1")
            .Select(f => $"{((string)f!["path"]!).Split('.')[^1]} {(string?)f["expected"]}");
    }

    [Fact]
    public async Task A_merger_by_way_of_another_unit_is_added_up_and_the_old_reports_stay_where_they_were()
    {
        const string County = "360926";
        var clerk = await OpenAsync(County);
        string[] units = (await api.Database.ScalarAsync<string[]>($"select array_agg(code order by code) from (select code from unit where parent = '{County}' and kind in ('street', 'town', 'township') order by code limit 3) u"))!;
        foreach (var unit in units)
        {
            await FileAsync(clerk, County, 2020, unit, carriedOut3);
        }

        await MergeAsync(units[2], units[1]);
        await MergeAsync(units[1], units[0]);

        var receipt = await FileAsync(clerk, County, 2021, units[0], Report.Zero("2021"));
        receipt["findings"]!.AsArray().Where(f => (string?)f!["rule"] == "X1").Select(f => (string?)f!["expected"]).ShouldBe(["9", "9"]);
        var prefill = await clerk.GetJsonAsync($"/api/v1/counties/{County}/years/2021/submissions/{units[0]}/prefill");
        prefill["figures"]!.Cell("requests.carriedIn.total").ShouldBe(9);
        prefill["from"]!["merged"]!.AsArray().Select(m => (string?)m!["unit"]).ShouldBe([units[1], units[2]]);

        foreach (var unit in units)
        {
            (await clerk.GetJsonAsync($"/api/v1/counties/{County}/years/2020/submissions/{unit}"))["figures"]!.Cell("requests.carriedOut.total").ShouldBe(3);
            (await (await api.ReporterAsync(unit)).GetListAsync($"/api/v1/counties/{County}/years/2020/submissions/{unit}/revisions")).Count.ShouldBe(1);
        }

        async Task MergeAsync(string unit, string into) => (await clerk.PutAsync($"/api/v1/units/{unit}",
            $$"""{"name":"并入的镇","kind":"{{await api.Database.ScalarAsync<string>($"select kind from unit where code = '{unit}'")}}","activeTo":2020,"mergedInto":"{{into}}"}""".AsJson())).EnsureSuccessStatusCode();
    }

    async Task<HttpClient> OpenAsync(string county)
    {
        await api.OpenYearAsync(county, 2020);
        return await api.OpenYearAsync(county, 2021);
    }

    static async Task<JsonObject> FileAsync(HttpClient client, string county, int year, string unit, Report report, HttpStatusCode expected = HttpStatusCode.Created)
    {
        var response = await client.PostAsync($"/api/v1/counties/{county}/years/{year}/submissions", report.ToJson(unit).AsJson());
        response.StatusCode.ShouldBe(expected, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }

    static string[] Summary(JsonObject receipt) =>
        [.. receipt["findings"]!.AsArray().Select(f => $"{(string?)f!["rule"]} {(string?)f["severity"]} {(string?)f["path"]}")];
}
