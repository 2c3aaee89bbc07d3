namespace Aggregator.Api.Tests.Reminders;

public sealed class CalendarEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Year2028 = """{"source":"《国务院办公厅关于2028年部分节假日安排的通知》","daysOff":["2027-12-31","2028-01-01","2028-01-31"],"workdays":["2028-01-29"]}""";

    [Fact]
    public async Task An_operator_enters_a_year_and_everybody_counts_by_it()
    {
        var county = await api.OpenCountyAsync(2027);
        await (await county.Clerk.GetAsync("/api/v1/calendar/2028")).ShouldRefuseAsync(404, "calendar_not_found");
        ((string?)(await county.Clerk.GetJsonAsync(county.Year))["dueDateNote"])!.ShouldContain("还没有录入2028年");

        await (await (await api.OperatorAsync()).PutAsync("/api/v1/calendar/2028", Year2028.AsJson())).ShouldBeAsync(200);

        var read = await county.Clerk.GetJsonAsync("/api/v1/calendar/2028");
        read["daysOff"]!.AsArray().Select(d => (string?)d).ShouldBe(["2027-12-31", "2028-01-01", "2028-01-31"]);
        ((string?)read["source"])!.ShouldContain("2028年");
        ((string?)(await county.Clerk.GetJsonAsync(county.Year))["dueDateNote"])!.ShouldContain("最后一个工作日是2028年1月29日");
        (await county.Clerk.GetJsonAsync($"{county.Year}/reminders/plan"))["warnings"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_no_year_is_refused() =>
        await (await (await api.OperatorAsync()).PutAsync("/api/v1/calendar/2028", Year2028.Replace("2028-01-29", "2028-01-28", StringComparison.Ordinal).AsJson()))
            .ShouldRefuseAsync(400, "invalid_calendar");

    [Fact]
    public async Task The_release_knows_its_years_and_their_notices() =>
        ((string?)(await (await api.OperatorAsync()).GetJsonAsync("/api/v1/calendar/2022"))["source"]).ShouldBe("《国务院办公厅关于2022年部分节假日安排的通知》（国办发明电〔2021〕11号）");
}
