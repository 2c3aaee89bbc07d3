using System.Text;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Submissions;

/// <summary>Every refusal says why, and leaves nothing behind.</summary>
public sealed class SubmissionRefusalTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_unit_that_does_not_exist()
    {
        var county = await api.OpenCountyAsync();
        var problem = await RefusedAsync(county.Clerk, county.Year, $"{county.Code}-none", 404, "unit_not_found");
        ((string?)problem["errors"]![0]!["path"]).ShouldBe("$.unit");
    }

    [Fact]
    public async Task A_unit_that_is_not_on_the_roster()
    {
        var county = await api.OpenCountyAsync();
        await county.Clerk.PutAsync($"/api/v1/units/{county.Code}-gaj", """{"name":"公安局","kind":"department"}""".AsJson());
        await RefusedAsync(county.Clerk, county.Year, $"{county.Code}-gaj", 409, "unit_not_on_roster");
    }

    [Fact]
    public async Task An_exempt_unit()
    {
        var county = await api.OpenCountyAsync();
        await county.Clerk.PutAsync($"{county.Year}/roster/{county.Units[0]}", """{"expected":false,"reason":"撤并"}""".AsJson());
        await RefusedAsync(await api.ReporterAsync(county.Units[0]), county.Year, county.Units[0], 409, "unit_exempt");
    }

    [Fact]
    public async Task A_unit_of_another_county()
    {
        var (county, other) = (await api.OpenCountyAsync(), await api.OpenCountyAsync());
        await RefusedAsync(county.Clerk, county.Year, other.Units[0], 403, "forbidden");
        await RefusedAsync(county.Clerk, other.Year, county.Units[0], 403, "forbidden");
        await RefusedAsync(county.Clerk, other.Year, other.Units[0], 403, "forbidden");
        await RefusedAsync(await api.ReporterAsync(county.Units[0]), other.Year, county.Units[0], 403, "forbidden");
    }

    [Fact]
    public async Task Another_unit_of_the_same_county()
    {
        var county = await api.OpenCountyAsync();
        await RefusedAsync(await api.ReporterAsync(county.Units[0]), county.Year, county.Units[1], 403, "forbidden");
    }

    [Fact]
    public async Task A_year_that_is_not_open_yet()
    {
        var county = await api.OpenCountyAsync();
        await RefusedAsync(county.Clerk, $"/api/v1/counties/{county.Code}/years/2022", county.Units[0], 404, "year_not_found");
    }

    [Theory]
    [InlineData("closed", "截止")]
    [InlineData("published", "发布")]
    public async Task A_year_that_is_over(string state, string word)
    {
        var county = await api.OpenCountyAsync();
        await (state == "published" ? (Task)api.PublishAsync(county) : county.PutYearAsync("""{"state":"closed"}"""));
        var problem = await RefusedAsync(county.Clerk, county.Year, county.Units[0], 409, "year_not_open");
        ((string)problem["detail"]!).ShouldContain(word);
    }

    [Fact]
    public async Task A_closed_year_is_open_to_who_has_an_extension_that_has_not_run_out()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];
        (await county.Clerk.PutAsync($"{county.Year}/roster/{unit}", """{"dueDate":"2022-02-15","reason":"系统故障"}""".AsJson())).EnsureSuccessStatusCode();
        (await county.Clerk.PutAsync(county.Year, """{"state":"closed"}""".AsJson())).EnsureSuccessStatusCode();

        await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021"));
        await RefusedAsync(county.Clerk, county.Year, county.Units[1], 409, "year_not_open");

        // Its last day is over, as far as the server is concerned.
        await api.Database.ScalarAsync<int>($"update filing set due_date = '2022-01-19' where unit = '{unit}'");
        await RefusedAsync(county.Clerk, county.Year, unit, 409, "year_not_open");
    }

    [Fact]
    public async Task A_report_that_has_been_accepted()
    {
        var county = await api.OpenCountyAsync();
        await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021"));
        await api.Database.ScalarAsync<int>($"update filing set status = 'accepted' where unit = '{county.Units[0]}'");
        await RefusedAsync(county.Clerk, county.Year, county.Units[0], 409, "illegal_step");
    }

    [Fact]
    public async Task A_unit_that_states_itself_when_it_filed()
    {
        var county = await api.OpenCountyAsync();
        var problem = await RefusedAsync(await api.ReporterAsync(county.Units[0]), county.Year, county.Units[0], 403, "filed_at_not_allowed", "2022-01-10T08:00:00Z");
        ((string?)problem["errors"]![0]!["path"]).ShouldBe("$.filedAt");
    }

    [Theory]
    [InlineData("2022-01-20T18:00:01+08:00")]
    [InlineData("2099-01-01T00:00:00Z")]
    public async Task A_filing_time_in_the_future(string filedAt)
    {
        var county = await api.OpenCountyAsync();
        await RefusedAsync(county.Clerk, county.Year, county.Units[0], 400, "filed_at_in_future", filedAt);
    }

    [Theory]
    [InlineData("2022-01-10T08:00:00")]
    [InlineData("2022-01-10")]
    [InlineData("gestern")]
    [InlineData("0001-01-01T00:00:00+08:00")]
    public async Task A_filing_time_without_a_zone_or_out_of_range(string filedAt)
    {
        var county = await api.OpenCountyAsync();
        await RefusedAsync(county.Clerk, county.Year, county.Units[0], 400, "invalid_body", filedAt);
    }

    async Task<System.Text.Json.Nodes.JsonObject> RefusedAsync(
        HttpClient client, string year, string unit, int status, string code, string? filedAt = null)
    {
        var body = Report.Zero("2021").ToJson(unit);
        if (filedAt is not null)
        {
            body["filedAt"] = filedAt;
        }

        var before = await api.StoredAsync();
        var problem = await (await client.FileAsync(year, Encoding.UTF8.GetBytes(body.ToJsonString()))).ShouldRefuseAsync(status, code);
        (await api.StoredAsync()).ShouldBe(before);
        return problem;
    }
}
