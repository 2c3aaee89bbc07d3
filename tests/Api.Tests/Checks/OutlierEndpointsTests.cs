using Aggregator.Access;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Checks;

public sealed class OutlierEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string County = "/api/v1/counties/360922/years";

    [Fact]
    public async Task A_county_sees_which_numbers_are_far_off_and_why()
    {
        var clerk = await api.OpenYearAsync("360922", 2020);
        await api.OpenYearAsync("360922", 2021);
        await FileAsync(clerk, 2020, "360922201", Report.Zero("2019").With("disclosure.licences.decisions", 20));
        var roster = await clerk.GetJsonAsync($"{County}/2021/roster");
        foreach (var unit in roster["units"]!.AsArray().Select(u => (string)u!["unit"]!).Where(u => u != "360922201").Take(9))
        {
            await FileAsync(clerk, 2021, unit, Report.Zero("2021").With("disclosure.licences.decisions", 10));
        }

        await FileAsync(clerk, 2021, "360922201", Report.Zero("2021").With("disclosure.licences.decisions", 5010));

        var answer = await clerk.GetJsonAsync($"{County}/2021/outliers");

        ((string?)answer["form"]).ShouldBe("2021");
        answer["outliers"]!.AsArray().ShouldHaveSingleItem()!.ToJsonString(readable).ShouldBe(
            """
            {"unit":"360922201","name":"马步乡","kind":"township","path":"disclosure.licences.decisions","label":"行政许可 · 本年处理决定数量","value":5010,"why":["lastYear","peers"],"lastYear":20,"median":10,"mad":0,"peers":9,"distance":50.1,"message":"行政许可 · 本年处理决定数量：为 5010，2020年度为 20，本县 9 个同类单位的中位数为 10，相差悬殊，请核实"}
            """);

        // A report that no longer counts is neither judged nor a peer.
        await api.Database.ScalarAsync<int>("update filing set status = 'returned' where year = 2021 and unit = '360922201'");
        (await clerk.GetJsonAsync($"{County}/2021/outliers"))["outliers"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_year_that_is_not_open_is_not_found()
    {
        var clerk = await api.CountyAsync("360922");

        await (await clerk.GetAsync($"{County}/2030/outliers")).ShouldRefuseAsync(404, "year_not_found");
    }

    [Fact]
    public async Task Only_who_may_read_the_county_sees_them()
    {
        const string Address = "/api/v1/counties/360921/years/2021/outliers";
        await api.OpenYearAsync("360921", 2021);

        (await (await api.ClientAsync(Role.Viewer, "3609")).GetAsync(Address)).EnsureSuccessStatusCode();
        await (await (await api.CountyAsync("360922")).GetAsync(Address)).ShouldRefuseAsync(403, "forbidden");
        await (await (await api.ReporterAsync("360921100")).GetAsync(Address)).ShouldRefuseAsync(403, "forbidden");
        await (await (await api.OperatorAsync()).GetAsync(Address)).ShouldRefuseAsync(403, "forbidden");
        await (await (await api.ClientAsync(Role.Viewer, "3601")).GetAsync(Address)).ShouldRefuseAsync(403, "forbidden");
        await (await api.Anonymous().GetAsync(Address)).ShouldRefuseAsync(401, "unauthenticated");
    }

    static readonly System.Text.Json.JsonSerializerOptions readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static async Task FileAsync(HttpClient client, int year, string unit, Report report) =>
        (await client.PostAsync($"{County}/{year}/submissions", report.ToJson(unit).AsJson())).EnsureSuccessStatusCode();
}
