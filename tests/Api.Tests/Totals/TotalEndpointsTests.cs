using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Access;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Totals;

public sealed class TotalEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    static readonly Form form = Form.Find("2021")!;

    [Fact]
    public async Task The_contributions_to_each_of_the_200_cells_add_up_to_it()
    {
        var county = await api.OpenCountyAsync();
        var random = new Random(1);
        foreach (var unit in county.Units.Take(3))
        {
            await county.Clerk.FileAsync(county.Year, unit, RandomReport.Consistent("2021", random));
        }

        await api.RefreshTotalsAsync();
        var totals = await county.TotalsAsync();
        foreach (var cell in form.Cells)
        {
            var part = await county.Clerk.GetJsonAsync($"{county.Year}/totals/cells/{cell.Path}");
            var contributions = part["contributions"]!.AsArray();
            contributions.Select(c => (string?)c!["unit"]).ShouldBe(county.Units.Take(3));
            contributions.ShouldAllBe(c => (int?)c!["revision"] == 1 && c["filedAt"] != null && (string?)c["name"] != "");
            contributions.Sum(c => (decimal)c!["value"]!).ShouldBe((decimal)part["value"]!, cell.Path);
            ((decimal?)part["value"]).ShouldBe(totals["figures"]!.Cell(cell.Path), cell.Path);
            ((bool)part["computed"]!).ShouldBe(cell.Path.EndsWith(".total", StringComparison.Ordinal) || cell.Row.Code == "total", cell.Path);
            ((string?)part["unit"]).ShouldBe(cell.Column.Unit);
        }
    }

    [Fact]
    public async Task The_largest_figures_are_added_up_exactly_on_every_level()
    {
        const decimal Largest = 999_999_999_999_999m;
        var county = await api.OpenCountyAsync();
        foreach (var unit in county.Units)
        {
            await (await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021").With("disclosure.penalties.decisions", Largest).With("disclosure.fees.amount", Largest - 0.0001m))).ShouldBeAsync(201);
        }

        await api.RefreshTotalsAsync();

        var nation = await api.ClientAsync(Role.Viewer, "00");
        foreach (var division in new[] { county.Code, county.Code[..4], county.Code[..2], "00" })
        {
            var figures = (await nation.GetJsonAsync($"/api/v1/divisions/{division}/years/2021/totals"))["figures"]!;
            figures.Cell("disclosure.penalties.decisions").ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(Largest * county.Units.Count, division);
        }

        var own = (await county.TotalsAsync())["figures"]!;
        own.Cell("disclosure.penalties.decisions").ShouldBe(Largest * county.Units.Count);
        own.Cell("disclosure.fees.amount").ShouldBe((Largest - 0.0001m) * county.Units.Count);
    }

    [Theory]
    [InlineData("requests")]
    [InlineData("requests.nothing.total")]
    [InlineData("Requests.total.total")]
    [InlineData("disclosure.procurement.amount")]
    [InlineData("requests.total.total.")]
    [InlineData("*")]
    public async Task A_cell_that_the_form_does_not_have_is_not_found(string path)
    {
        var county = await api.OpenCountyAsync();

        await (await county.Clerk.GetAsync($"{county.Year}/totals/cells/{path}")).ShouldRefuseAsync(404, "cell_not_found");
    }

    [Fact]
    public async Task A_county_without_a_report_has_no_figures_rather_than_zeros()
    {
        var county = await api.OpenCountyAsync();
        await api.RefreshTotalsAsync();

        var totals = await county.TotalsAsync();

        form.Cells.ShouldAllBe(c => totals["figures"]!.Cell(c.Path) == null);
        ((bool?)totals["complete"]).ShouldBe(false);
        ((int?)totals["units"]!["expected"]).ShouldBe(county.Units.Count);
        ((int?)totals["units"]!["included"]).ShouldBe(0);
        totals["units"]!["missing"]!.AsArray().Select(m => (string?)m).ShouldBe(county.Units);
        totals["findings"]!.AsArray().ShouldBeEmpty();
        var cell = await county.Clerk.GetJsonAsync($"{county.Year}/totals/cells/disclosure.penalties.decisions");
        cell["value"].ShouldBeNull();
        cell["contributions"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Before_the_worker_has_been_there_the_total_says_that_it_was_never_computed()
    {
        var county = await api.OpenCountyAsync();

        var totals = await county.TotalsAsync();

        totals["computedAt"].ShouldBeNull();
        ((int?)totals["revision"]).ShouldBe(0);
        ((bool?)totals["complete"]).ShouldBe(false);
    }

    [Fact]
    public async Task Zero_reports_of_all_expected_units_make_a_complete_total_of_zeros()
    {
        var county = await api.OpenCountyAsync();
        await county.Clerk.PutAsync($"{county.Year}/roster/{county.Units[0]}", """{"expected":false,"reason":"撤并"}""".AsJson());
        foreach (var unit in county.Units.Skip(1))
        {
            await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021"));
        }

        await api.RefreshTotalsAsync();
        var totals = await county.TotalsAsync();

        ((bool?)totals["complete"]).ShouldBe(true);
        totals["units"]!["missing"]!.AsArray().ShouldBeEmpty();
        form.Cells.ShouldAllBe(c => totals["figures"]!.Cell(c.Path) == 0);
    }

    [Fact]
    public async Task A_unit_that_is_exempted_after_filing_leaves_the_total_and_comes_back()
    {
        var county = await api.OpenCountyAsync();
        await county.Clerk.FileAsync(county.Year, county.Units[0], RealReports.Mabu2021);
        await county.Clerk.PutAsync($"{county.Year}/roster/{county.Units[0]}", """{"expected":false,"reason":"撤并"}""".AsJson());
        await api.RefreshTotalsAsync();
        (await county.TotalsAsync())["figures"]!.Cell("disclosure.penalties.decisions").ShouldBeNull();

        await county.Clerk.PutAsync($"{county.Year}/roster/{county.Units[0]}", "{}".AsJson());
        await api.RefreshTotalsAsync();
        (await county.TotalsAsync())["figures"]!.Cell("disclosure.penalties.decisions").ShouldBe(1);
    }

    [Fact]
    public async Task A_total_that_breaks_a_rule_says_so()
    {
        var county = await api.OpenCountyAsync();
        await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021"));
        var place = form.FindCell("requests.received.naturalPerson")!.Index + 1;
        await api.Database.ScalarAsync<int>($"update revision set figures[{place}] = 5 where unit = '{county.Units[0]}'");
        await api.RefreshTotalsAsync();

        var totals = await county.TotalsAsync();

        totals["findings"]!.AsArray().Select(f => $"{f!["rule"]} {f["path"]}").ShouldBe(["V2 requests.total.naturalPerson", "V2 requests.total.total"]);
    }

    [Fact]
    public async Task Prefecture_province_and_nation_add_up_what_lies_below()
    {
        var random = new Random(3);
        var sums = form.Cells.ToDictionary(c => c.Path, _ => 0m);
        foreach (var county in (string[])["360922", "360923", "360102"])
        {
            var (clerk, report) = (await api.OpenYearAsync(county, 2023), RandomReport.Consistent("2021", random));
            var year = $"/api/v1/counties/{county}/years/2023";
            var unit = (string)(await clerk.GetJsonAsync($"{year}/roster"))["units"]![0]!["unit"]!;
            (await clerk.FileAsync(year, unit, report)).StatusCode.ShouldBe(HttpStatusCode.Created);
            await api.RefreshTotalsAsync();
            foreach (var cell in form.Cells)
            {
                sums[cell.Path] += report.Figures[cell]!.Value;
            }
        }

        var viewer = await api.ClientAsync(Role.Viewer, "00");
        var (county1, county2) = (await TotalAsync("360922"), await TotalAsync("360923"));
        var prefecture = await TotalAsync("3609");
        var (province, nation) = (await TotalAsync("36"), await TotalAsync("00"));
        foreach (var cell in form.Cells)
        {
            prefecture["figures"]!.Cell(cell.Path).ShouldBe(county1["figures"]!.Cell(cell.Path) + county2["figures"]!.Cell(cell.Path), cell.Path);
            province["figures"]!.Cell(cell.Path).ShouldBe(sums[cell.Path], cell.Path);
            nation["figures"]!.Cell(cell.Path).ShouldBe(sums[cell.Path], cell.Path);
        }

        ((int?)prefecture["units"]!["included"]).ShouldBe(2);
        ((int?)province["units"]!["included"]).ShouldBe(3);
        ((int?)nation["units"]!["expected"]).ShouldBe((int)province["units"]!["expected"]!);
        ((bool?)nation["complete"]).ShouldBe(false);
        ((string?)prefecture["name"]).ShouldBe("宜春市");
        prefecture["units"]!["missing"]!.AsArray().Count.ShouldBe(10); // 宜春 has ten counties, and none is complete.

        var part = await viewer.GetJsonAsync("/api/v1/divisions/3609/years/2023/totals/cells/disclosure.penalties.decisions");
        part["contributions"]!.AsArray().Select(c => (string?)c!["unit"]).ShouldBe(["360922", "360923"]);
        part["contributions"]!.AsArray().Sum(c => (decimal)c!["value"]!).ShouldBe((decimal)part["value"]!);

        Task<JsonObject> TotalAsync(string division) => viewer.GetJsonAsync($"/api/v1/divisions/{division}/years/2023/totals");
    }

    [Theory]
    [InlineData("00")]
    [InlineData("35")]
    [InlineData("350102")]
    [InlineData("350102001")]
    [InlineData("unknown")]
    public async Task A_division_in_which_nobody_has_opened_the_year_has_no_total(string division)
    {
        var viewer = await api.ClientAsync(Role.Viewer, "00");

        await (await viewer.GetAsync($"/api/v1/divisions/{division}/years/2050/totals")).ShouldRefuseAsync(404, "year_not_found");
        await (await viewer.GetAsync($"/api/v1/divisions/{division}/years/2050/totals/cells/requests.total.total")).ShouldRefuseAsync(404, "cell_not_found");
    }
}
