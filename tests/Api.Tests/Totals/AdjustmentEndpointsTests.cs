using System.Net;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Totals;

public sealed class AdjustmentEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_correction_changes_the_leaf_and_the_totals_that_follow_and_shows_where_it_comes_from()
    {
        var county = await api.OpenCountyAsync();
        await county.Clerk.FileAsync(county.Year, county.Units[0], Requests(5));
        await county.Clerk.FileAsync(county.Year, county.Units[1], Requests(3));

        (await PutAsync(county, "requests.received.naturalPerson", """{"delta":-1,"reason":"同一申请转办，两个单位重复统计"}""")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await PutAsync(county, "requests.granted.naturalPerson", """{"delta":-1,"reason":"同上"}""")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await api.RefreshTotalsAsync();

        var totals = await county.Clerk.GetJsonAsync($"{county.Year}/totals");
        ((int?)totals["figures"]!["requests"]!["received"]!["total"]).ShouldBe(7);
        ((int?)totals["figures"]!["requests"]!["total"]!["total"]).ShouldBe(7);
        totals["findings"]!.AsArray().ShouldBeEmpty();
        var cell = await county.Clerk.GetJsonAsync($"{county.Year}/totals/cells/requests.received.naturalPerson");
        cell["contributions"]!.AsArray().Sum(c => (int)c!["value"]!).ShouldBe(8);
        ((int?)cell["adjustment"]!["delta"]).ShouldBe(-1);
        ((string?)cell["adjustment"]!["reason"]).ShouldBe("同一申请转办，两个单位重复统计");
        ((int?)cell["value"]).ShouldBe(7);
        var prefecture = await (await api.ClientAsync(Aggregator.Access.Role.Viewer, "00")).GetJsonAsync($"/api/v1/divisions/{county.Code[..4]}/years/2021/totals");
        ((int?)prefecture["figures"]!["requests"]!["received"]!["total"]).ShouldBe(7);
    }

    [Fact]
    public async Task A_correction_is_changed_and_removed_and_every_step_stays_on_file()
    {
        var county = await api.OpenCountyAsync();
        await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021").With("disclosure.penalties.decisions", 10));
        const string Path = "disclosure.penalties.decisions";

        await PutAsync(county, Path, """{"delta":-2,"reason":"联合发文"}""");
        await PutAsync(county, Path, """{"delta":-3,"reason":"联合发文，另查出一件"}""");
        await api.RefreshTotalsAsync();
        (await PenaltiesAsync(county)).ShouldBe(7);

        (await county.Clerk.DeleteAsync($"{county.Year}/totals/adjustments/{Path}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await api.RefreshTotalsAsync();
        (await PenaltiesAsync(county)).ShouldBe(10);
        await (await county.Clerk.DeleteAsync($"{county.Year}/totals/adjustments/{Path}")).ShouldRefuseAsync(404, "adjustment_not_found");
        (await api.Database.ScalarAsync<long>($"select count(*) from adjustment where county = '{county.Code}'")).ShouldBe(3);
        (await api.Database.ScalarAsync<string>($"select string_agg(action, ' ' order by id) from audit where county = '{county.Code}' and subject = '{Path}'"))
            .ShouldBe("put_adjustment put_adjustment remove_adjustment");
    }

    [Theory]
    [InlineData("requests.received.total", """{"delta":1,"reason":"x"}""", 422, "cell_computed")]
    [InlineData("requests.nothing.total", """{"delta":1,"reason":"x"}""", 404, "cell_not_found")]
    [InlineData("disclosure.penalties.decisions", """{"delta":0,"reason":"x"}""", 400, "invalid_adjustment")]
    [InlineData("disclosure.penalties.decisions", """{"delta":1.5,"reason":"x"}""", 400, "invalid_adjustment")]
    [InlineData("disclosure.fees.amount", """{"delta":0.00001,"reason":"x"}""", 400, "invalid_adjustment")]
    [InlineData("disclosure.penalties.decisions", """{"delta":1e20,"reason":"x"}""", 400, "invalid_adjustment")]
    [InlineData("disclosure.penalties.decisions", """{"delta":1,"reason":" "}""", 400, "invalid_adjustment")]
    [InlineData("disclosure.penalties.decisions", """{"delta":"1","reason":"x"}""", 400, "invalid_body")]
    [InlineData("disclosure.penalties.decisions", """{"delta":1}""", 400, "invalid_body")]
    public async Task What_cannot_be_a_correction_is_refused(string path, string body, int status, string code)
    {
        var county = await api.OpenCountyAsync();
        await (await PutAsync(county, path, body)).ShouldRefuseAsync(status, code);
        (await api.Database.ScalarAsync<long>($"select count(*) from adjustment where county = '{county.Code}'")).ShouldBe(0);
    }

    [Fact]
    public async Task Of_eight_corrections_at_once_none_is_lost()
    {
        var county = await api.OpenCountyAsync();

        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(n => PutAsync(county, "disclosure.penalties.decisions", $$"""{"delta":{{n}},"reason":"更正"}""")));

        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.NoContent);
        (await api.Database.ScalarAsync<string>($"select string_agg(revision::text, ' ' order by revision) from adjustment where county = '{county.Code}'")).ShouldBe("1 2 3 4 5 6 7 8");
    }

    static Report Requests(int persons) => Report.Zero("2021")
        .WithRow("requests.received", persons, 0, 0, 0, 0, 0, persons)
        .WithRow("requests.granted", persons, 0, 0, 0, 0, 0, persons)
        .WithRow("requests.total", persons, 0, 0, 0, 0, 0, persons);

    static Task<HttpResponseMessage> PutAsync(TestCounty county, string path, string body) =>
        county.Clerk.PutAsync($"{county.Year}/totals/adjustments/{path}", body.AsJson());

    static async Task<int?> PenaltiesAsync(TestCounty county) =>
        (int?)(await county.Clerk.GetJsonAsync($"{county.Year}/totals"))["figures"]!["disclosure"]!["penalties"]!["decisions"];
}
