using System.Net;

namespace Aggregator.Api.Tests.Years;

public sealed class YearEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData(2019, "2019", "2020-01-31", "2020-03-31")]
    [InlineData(2020, "2019", "2021-01-31", "2021-03-31")]
    [InlineData(2021, "2021", "2022-01-31", "2022-03-31")]
    [InlineData(2024, "2021", "2025-01-31", "2025-03-31")]
    public async Task What_is_left_out_is_as_the_law_says(int year, string form, string dueDate, string countyDueDate)
    {
        var clerk = await api.CountyAsync("360922");
        var address = $"/api/v1/counties/360922/years/{year}";

        var created = await clerk.PutAsync(address, "{}".AsJson());

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        created.Headers.Location!.ToString().ShouldBe(address);
        var read = await clerk.GetJsonAsync(address);
        ((string?)read["form"]).ShouldBe(form);
        ((string?)read["dueDate"]).ShouldBe(dueDate);
        ((string?)read["countyDueDate"]).ShouldBe(countyDueDate);
        ((string?)read["state"]).ShouldBe("open");
    }

    [Fact]
    public async Task A_year_is_changed()
    {
        var county = await api.OpenCountyAsync();

        (await county.Clerk.PutAsync(county.Year, """{"form":"2021","dueDate":"2022-01-15","countyDueDate":"2022-02-20","state":"closed"}""".AsJson())).StatusCode.ShouldBe(HttpStatusCode.OK);

        var read = await county.Clerk.GetJsonAsync(county.Year);
        ((string?)read["dueDate"]).ShouldBe("2022-01-15");
        ((string?)read["countyDueDate"]).ShouldBe("2022-02-20");
        ((string?)read["state"]).ShouldBe("closed");
    }

    [Theory]
    [InlineData(2021, """{"form":"2019"}""", "invalid_year", "$.form")]
    [InlineData(2020, """{"form":"2021"}""", "invalid_year", "$.form")]
    [InlineData(2021, """{"form":"\u0000"}""", "invalid_year", "$.form")]
    [InlineData(2021, """{"state":"Open"}""", "invalid_year", "$.state")]
    [InlineData(2021, """{"state":"open\u0000"}""", "invalid_year", "$.state")]
    [InlineData(2021, """{"dueDate":"2020-12-31"}""", "invalid_year", "$.dueDate")]
    [InlineData(2021, """{"dueDate":"2024-01-01"}""", "invalid_year", "$.dueDate")]
    [InlineData(2021, """{"dueDate":"0001-01-01"}""", "invalid_year", "$.dueDate")]
    [InlineData(2021, """{"dueDate":"2022-04-01"}""", "invalid_year", "$.dueDate")]
    [InlineData(2021, """{"countyDueDate":"2022-01-30"}""", "invalid_year", "$.dueDate")]
    [InlineData(2021, """{"countyDueDate":"2024-01-01"}""", "invalid_year", "$.countyDueDate")]
    [InlineData(2021, """{"dueDate":"2022-02-30"}""", "invalid_body", "$.dueDate")]
    [InlineData(2021, """{"dueDate":"31.01.2022"}""", "invalid_body", "$.dueDate")]
    [InlineData(2021, """{"dueDate":20220131}""", "invalid_body", "$.dueDate")]
    [InlineData(2018, "{}", "invalid_year", "$.year")]
    [InlineData(2100, "{}", "invalid_year", "$.year")]
    [InlineData(-1, "{}", "invalid_year", "$.year")]
    [InlineData(int.MaxValue, "{}", "invalid_year", "$.year")]
    public async Task A_year_that_cannot_be_is_refused(int year, string body, string code, string path)
    {
        var clerk = await api.CountyAsync("360922");
        var before = await api.StoredAsync();

        var problem = await (await clerk.PutAsync($"/api/v1/counties/360922/years/{year}", body.AsJson())).ShouldRefuseAsync(400, code);

        problem["errors"]!.AsArray().Select(e => (string?)e!["path"]).ShouldContain(path);
        (await api.StoredAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("999999")]
    [InlineData("3609")]
    [InlineData("360922201")]
    [InlineData("x")]
    public async Task Only_a_county_of_the_list_can_open_a_year(string county)
    {
        var administrator = await api.OperatorAsync();
        var before = await api.StoredAsync();

        await (await administrator.PutAsync($"/api/v1/counties/{county}/years/2021", "{}".AsJson())).ShouldRefuseAsync(404, "county_not_found");

        (await api.StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_county_of_ones_own_can_open_a_year_once_it_is_registered()
    {
        var administrator = await api.OperatorAsync();
        await administrator.PutAsync("/api/v1/units/990102", """{"name":"演示县","kind":"county"}""".AsJson());

        (await administrator.PutAsync("/api/v1/counties/990102/years/2021", "{}".AsJson())).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_year_that_nobody_has_opened_is_not_found() =>
        await (await (await api.CountyAsync("360923")).GetAsync("/api/v1/counties/360923/years/2021")).ShouldRefuseAsync(404, "year_not_found");
}
