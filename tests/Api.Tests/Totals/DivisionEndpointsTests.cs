using System.Net;
using System.Xml.Linq;
using Aggregator.Access;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Totals;

public sealed class DivisionEndpointsTests : IClassFixture<ApiFixture>
{
    readonly ApiFixture api;

    public DivisionEndpointsTests(ApiFixture api)
    {
        this.api = api;
        api.Clock.Set(FakeClock.InJanuary2022().GetUtcNow());
    }

    [Fact]
    public async Task A_city_is_told_how_far_its_counties_are()
    {
        var county = await api.OpenCountyAsync();
        await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021"));
        await FileAtAsync(county, county.Units[1], FakeClock.Shanghai(2022, 2, 3, 9, 0, 0));
        await api.RefreshTotalsAsync();
        var city = await api.ClientAsync(Role.Viewer, county.Code[..4]);

        var year = await city.GetJsonAsync($"/api/v1/divisions/{county.Code[..4]}/years/2021/standings");

        var line = year["below"]!.AsArray().Single(b => (string?)b!["division"] == county.Code)!;
        ((int)line["expected"]!, (int)line["filed"]!, (int)line["onTime"]!, (int)line["late"]!, (int)line["missing"]!)
            .ShouldBe((county.Units.Count, 2, 1, 1, county.Units.Count - 2));
        ((decimal)line["completeness"]!).ShouldBe(decimal.Round(2m / county.Units.Count, 4));
        ((decimal)line["timeliness"]!).ShouldBe(decimal.Round(1m / county.Units.Count, 4));
        foreach (var count in new[] { "expected", "filed", "onTime", "late", "missing" })
        {
            ((int)year["whole"]![count]!).ShouldBe(year["below"]!.AsArray().Sum(b => (int)b![count]!), count);
        }

        ((string?)year["above"]![0]!["division"]).ShouldBe("00");
    }

    [Fact]
    public async Task A_province_can_be_told_of_all_its_counties()
    {
        var county = await api.OpenCountyAsync();
        await api.RefreshTotalsAsync();
        var province = county.Code[..2];
        var viewer = await api.ClientAsync(Role.Viewer, province);

        var below = (await viewer.GetJsonAsync($"/api/v1/divisions/{province}/years/2021/standings?counties=true"))["below"]!.AsArray();

        below.Select(b => (string?)b!["division"]).ShouldContain(county.Code);
        below.ShouldAllBe(b => ((string?)b!["division"])!.Length == 6 && ((string?)b["division"])!.StartsWith(province, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_progress_counts_reports_by_the_day_on_which_they_came()
    {
        var county = await api.OpenCountyAsync();
        await FileAtAsync(county, county.Units[0], FakeClock.Shanghai(2022, 1, 10, 23, 30, 0));
        await FileAtAsync(county, county.Units[1], FakeClock.Shanghai(2022, 1, 10, 0, 10, 0));
        await FileAtAsync(county, county.Units[2], FakeClock.Shanghai(2022, 2, 1, 0, 0, 0));
        await api.RefreshTotalsAsync();

        var progress = await county.Clerk.GetJsonAsync($"/api/v1/divisions/{county.Code}/years/2021/progress");

        progress["current"]!["days"]!.AsArray().Select(d => ((string?)d!["day"], (int)d["filed"]!)).ShouldBe([("2022-01-10", 2), ("2022-02-01", 3)]);
        ((string?)progress["dueDate"]).ShouldBe("2022-01-31");
        progress["lastYear"].ShouldBeNull();
    }

    [Fact]
    public async Task Lateness_follows_a_later_due_day()
    {
        var county = await api.OpenCountyAsync();
        await FileAtAsync(county, county.Units[0], FakeClock.Shanghai(2022, 2, 3, 9, 0, 0));
        await api.RefreshTotalsAsync();
        (await LateAsync()).ShouldBe(1);

        await (await county.PutYearAsync("""{"dueDate":"2022-02-10"}""")).ShouldBeAsync(200);
        await api.RefreshTotalsAsync();
        (await LateAsync()).ShouldBe(0);

        async Task<int> LateAsync() => (int)(await county.Clerk.GetJsonAsync($"/api/v1/divisions/{county.Code}/years/2021/standings"))["whole"]!["late"]!;
    }

    [Fact]
    public async Task A_published_year_goes_on_saying_who_was_late()
    {
        var county = await api.OpenCountyAsync();
        await FileAtAsync(county, county.Units[0], FakeClock.Shanghai(2022, 2, 3, 9, 0, 0));
        await api.PublishAsync(county);

        var whole = (await county.Clerk.GetJsonAsync($"/api/v1/divisions/{county.Code}/years/2021/standings"))["whole"]!;

        ((int)whole["filed"]!, (int)whole["late"]!, (string?)whole["state"]).ShouldBe((1, 1, "published"));
    }

    [Theory]
    [InlineData("progress")]
    [InlineData("outcomes")]
    [InlineData("years")]
    [InlineData("heat-map")]
    public async Task A_chart_is_a_picture_that_says_what_it_shows(string chart)
    {
        var county = await api.OpenCountyAsync();
        await county.Clerk.FileAsync(county.Year, county.Units[0], RandomReport.Consistent("2021", new Random(5)));
        await api.RefreshTotalsAsync();
        var address = $"/api/v1/divisions/{county.Code}/years/2021/charts/{chart}";

        var svg = XDocument.Parse(await county.Clerk.GetStringAsync($"{address}.svg"));
        var png = await county.Clerk.GetByteArrayAsync($"{address}.png");

        var images = svg.Descendants().Where(e => (string?)e.Attribute("role") == "img").ToList();
        images.ShouldNotBeEmpty();
        images.ShouldAllBe(i => i.Elements().First().Name.LocalName == "title" && i.Elements().First().Value.Length > 0);
        svg.ToString().ShouldNotContain("var(");

        // librsvg knows no vector-effect, so what is stretched must not be stroked.
        svg.Descendants().Where(e => e.Attribute("preserveAspectRatio") != null).Descendants().ShouldAllBe(e => ((string?)e.Attribute("class"))!.StartsWith("heat", StringComparison.Ordinal));
        svg.ToString().ShouldNotContain("vector-effect");
        svg.Descendants().ShouldAllBe(e => e.Attribute("style") == null && e.Name.LocalName != "script");
        png.AsSpan(0, 4).ToArray().ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G']);
    }

    [Fact]
    public async Task A_chart_or_year_that_is_not_there_is_refused_in_words()
    {
        var county = await api.OpenCountyAsync();

        await (await county.Clerk.GetAsync($"/api/v1/divisions/{county.Code}/years/2021/charts/pie.svg")).ShouldRefuseAsync(404, "chart_not_found");
        await (await county.Clerk.GetAsync($"/api/v1/divisions/{county.Code}/years/2023/charts/years.svg")).ShouldRefuseAsync(404, "year_not_found");
        await (await county.Clerk.GetAsync($"/api/v1/divisions/{county.Code}/years/2023/comparison")).ShouldRefuseAsync(404, "year_not_found");
    }

    [Fact]
    public async Task A_city_sees_nothing_of_another_city_and_a_county_nothing_of_another_county()
    {
        var county = await api.OpenCountyAsync();
        await api.RefreshTotalsAsync();
        var beside = county.Code[..4] == "3608" ? "3609" : "3608";
        foreach (var (stranger, division) in new[]
        {
            (await api.SessionAsync(Role.Viewer, beside), county.Code[..4]),
            (await api.SessionAsync(Role.Viewer, beside), county.Code),
            (await api.SessionAsync(Role.Viewer, beside), "00"),
            (await api.SessionAsync(Role.County, $"{beside}22"), county.Code),
            (await api.SessionAsync(Role.County, county.Code), county.Code[..4]),
        })
        {
            foreach (var page in new[] { "", "/totals", "/totals/requests.total.total", "/comparison", "/heat-map" })
            {
                (await stranger.GetAsync($"/divisions/{division}/years/2021{page}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            }

            foreach (var query in new[] { "standings", "progress", "comparison", "totals", "charts/progress.svg", "charts/heat-map.png" })
            {
                (await stranger.GetAsync($"/api/v1/divisions/{division}/years/2021/{query}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            }
        }
    }

    async Task FileAtAsync(TestCounty county, string unit, DateTimeOffset at)
    {
        api.Clock.Set(at);
        (await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021"))).StatusCode.ShouldBe(HttpStatusCode.Created);
    }
}
