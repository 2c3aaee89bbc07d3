using System.Net;
using System.Text.Json;
using Aggregator.Access;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Submissions;

public sealed class PrefillEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string County = "/api/v1/counties/360922/years";

    static readonly JsonSerializerOptions readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task A_unit_begins_with_what_its_last_year_left_over()
    {
        var clerk = await OpenAsync("360922");
        await FileAsync(clerk, 2020, "360922201", Report.Zero("2019"));
        await FileAsync(clerk, 2020, "360922201", Report.Zero("2019").WithRow("requests.received", 3, 0, 0, 0, 0, 0, 3).WithRow("requests.carriedOut", 3, 0, 0, 0, 0, 0, 3));
        var reporter = await api.ReporterAsync("360922201");

        var prefill = await reporter.GetJsonAsync($"{County}/2021/submissions/360922201/prefill");

        ((string?)prefill["form"]).ShouldBe("2021");
        prefill["figures"]!.ToJsonString().ShouldBe(
            """{"requests":{"carriedIn":{"naturalPerson":3,"business":0,"research":0,"publicWelfare":0,"legalService":0,"other":0,"total":3}}}""");
        prefill["from"]!.ToJsonString().ShouldBe("""{"year":2020,"revision":2,"merged":[]}""");
        prefill["cells"]!.AsArray().Count.ShouldBe(9);
        prefill["cells"]![0]!.ToJsonString(readable).ShouldBe(
            """
            {"path":"requests.carriedIn.naturalPerson","label":"二、上年结转政府信息公开申请数量 · 自然人","value":3,"reference":null,"from":"2020:requests.carriedOut.naturalPerson","reason":"2020年度报告的“四、结转下年度继续办理 · 自然人”为 3"}
            """);
    }

    [Fact]
    public async Task Without_a_report_that_counts_there_is_nothing_to_begin_with()
    {
        var clerk = await OpenAsync("360922");
        await FileAsync(clerk, 2020, "360922102", Report.Zero("2019").With("requests.total.total", 1), HttpStatusCode.UnprocessableEntity);

        await (await clerk.GetAsync($"{County}/2021/submissions/360922102/prefill")).ShouldRefuseAsync(404, "no_last_year");
        await (await clerk.GetAsync($"{County}/2021/submissions/360922103/prefill")).ShouldRefuseAsync(404, "no_last_year");
        await (await clerk.GetAsync($"{County}/2031/submissions/360922102/prefill")).ShouldRefuseAsync(404, "year_not_found");
    }

    [Fact]
    public async Task Only_who_may_read_the_report_sees_it()
    {
        var clerk = await OpenAsync("360922");
        await FileAsync(clerk, 2020, "360922200", Report.Zero("2019"));
        const string Address = $"{County}/2021/submissions/360922200/prefill";

        (await (await api.ClientAsync(Role.Viewer, "36")).GetAsync(Address)).EnsureSuccessStatusCode();
        await (await (await api.ReporterAsync("360922201")).GetAsync(Address)).ShouldRefuseAsync(403, "forbidden");
        await (await (await api.CountyAsync("360921")).GetAsync(Address)).ShouldRefuseAsync(403, "forbidden");
        await (await (await api.OperatorAsync()).GetAsync(Address)).ShouldRefuseAsync(403, "forbidden");
        await (await api.Anonymous().GetAsync(Address)).ShouldRefuseAsync(401, "unauthenticated");

        // The unit in the address decides who may; another county before it must not lead anywhere.
        await (await (await api.ReporterAsync("360922200")).GetAsync("/api/v1/counties/360921/years/2021/submissions/360922200/prefill"))
            .ShouldRefuseAsync(404, "year_not_found");
    }

    async Task<HttpClient> OpenAsync(string county)
    {
        await api.OpenYearAsync(county, 2020);
        return await api.OpenYearAsync(county, 2021);
    }

    static async Task FileAsync(HttpClient client, int year, string unit, Report report, HttpStatusCode expected = HttpStatusCode.Created) =>
        (await client.PostAsync($"{County}/{year}/submissions", report.ToJson(unit).AsJson())).StatusCode.ShouldBe(expected);
}
