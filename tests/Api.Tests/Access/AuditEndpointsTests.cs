namespace Aggregator.Api.Tests.Access;

public sealed class AuditEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Every_change_in_a_county_has_a_line_with_actor_time_and_particulars()
    {
        var county = await api.OpenCountyAsync();
        await county.Clerk.PutAsync($"/api/v1/units/{county.Code}-gaj", """{"name":"公安局","kind":"department"}""".AsJson());
        await county.Clerk.PutAsync($"{county.Year}/roster/{county.Code}-gaj", """{"expected":false,"reason":"由市局统一报送"}""".AsJson());

        var lines = await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit");

        lines.Select(l => (string?)l!["action"]).ShouldBe(["create_key", "put_year", "import_roster", "put_unit", "put_roster"]);
        var exempted = lines[^1]!;
        ((string?)exempted["detail"]!["reason"]).ShouldBe("由市局统一报送");
        ((bool?)exempted["detail"]!["expected"]).ShouldBe(false);
        ((DateTimeOffset?)exempted["at"]).ShouldBe(api.Clock.GetUtcNow());
        ((string?)exempted["actor"]).ShouldBe(county.Clerk.DefaultRequestHeaders.Authorization!.Parameter!.Split('_')[1]);
        ((int?)exempted["year"]).ShouldBe(2021);
    }

    [Fact]
    public async Task A_long_audit_comes_in_pages()
    {
        var county = await api.OpenCountyAsync();
        await api.Database.ScalarAsync<int>(
            $"insert into audit (county, at, actor, action, subject) select '{county.Code}', now(), 'test', 'test', n::text from generate_series(1, 300) n");

        var first = await county.Clerk.GetAsync($"/api/v1/counties/{county.Code}/audit");
        var second = await county.Clerk.GetAsync(first.NextPage());

        (await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit")).Count.ShouldBe(200);
        second.NextPage().ShouldBeEmpty();
        var rest = await county.Clerk.GetListAsync(first.NextPage());
        rest.Count.ShouldBe(103);
        ((string?)rest[^1]!["subject"]).ShouldBe("300");
    }
}
