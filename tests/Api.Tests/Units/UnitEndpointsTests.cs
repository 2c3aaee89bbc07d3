using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Access;

namespace Aggregator.Api.Tests.Units;

public sealed class UnitEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_national_list_of_divisions_is_there()
    {
        var clerk = await api.CountyAsync("360922");

        var unit = await clerk.GetJsonAsync("/api/v1/units/360922201");
        ((string?)unit["name"]).ShouldBe("马步乡");
        ((string?)unit["kind"]).ShouldBe("township");
        ((string?)unit["parent"]).ShouldBe("360922");
        ((string?)(await clerk.GetJsonAsync("/api/v1/units/3609"))["parent"]).ShouldBe("36");
        ((string?)(await clerk.GetJsonAsync("/api/v1/units/36"))["parent"]).ShouldBe("00");
        (await clerk.GetListAsync("/api/v1/units?parent=00")).Count.ShouldBe(31);
        await (await clerk.GetAsync("/api/v1/units/360922999")).ShouldRefuseAsync(404, "unit_not_found");
    }

    [Fact]
    public async Task A_department_is_created_then_changed()
    {
        var clerk = await api.CountyAsync("360922");
        const string Address = "/api/v1/units/360922-sjj";
        await clerk.PutAsync("/api/v1/units/360922-czj", """{"name":"财政局","kind":"department"}""".AsJson());

        var created = await clerk.PutAsync(Address, """{"name":" 审计局 ","kind":"department","activeFrom":2019,"verticallyManaged":true,"contacts":[{"name":"张三","role":"经办人","email":"zs@example.gov.cn","phone":"0795"}]}""".AsJson());
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        created.Headers.Location!.ToString().ShouldBe(Address);
        var changed = await clerk.PutAsync(Address, """{"name":"审计局","kind":"department","activeTo":2024,"mergedInto":"360922-czj"}""".AsJson());
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);

        ((string?)(await created.JsonAsync())["name"]).ShouldBe("审计局");
        var unit = await clerk.GetJsonAsync(Address);
        ((string?)unit["parent"]).ShouldBe("360922");
        unit["activeFrom"].ShouldBeNull();
        ((int?)unit["activeTo"]).ShouldBe(2024);
        ((string?)unit["mergedInto"]).ShouldBe("360922-czj");
        ((bool?)unit["verticallyManaged"]).ShouldBe(false);
        unit["contacts"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("360922-gaj", """{"name":"","kind":"department"}""", "$.name")]
    [InlineData("360922-gaj", """{"name":" ","kind":"department"}""", "$.name")]
    [InlineData("360922-gaj", """{"name":"公安局\u0000","kind":"department"}""", "$.name")]
    [InlineData("360922-gaj", """{"name":"公安局\n","kind":"department"}""", "$.name")]
    [InlineData("360922-gaj", """{"name":"101字","kind":"department"}""", "$.name")]
    [InlineData("360922-gaj", """{"name":"公安局","kind":"town"}""", "$.kind")]
    [InlineData("360922-gaj", """{"name":"公安局","kind":"nation"}""", "$.kind")]
    [InlineData("360922-gaj", """{"name":"公安局","kind":"\u0000"}""", "$.kind")]
    [InlineData("360922999", """{"name":"新镇","kind":"department"}""", "$.kind")]
    [InlineData("360922-gaj", """{"name":"公安局","kind":"department","parent":"360923"}""", "$.parent")]
    [InlineData("360922-gaj", """{"name":"公安局","kind":"department","parent":"\u0000"}""", "$.parent")]
    [InlineData("360922-gaj", """{"name":"公安局","kind":"department","mergedInto":"360922-gaj"}""", "$.mergedInto")]
    [InlineData("360922-gaj", """{"name":"公安局","kind":"department","mergedInto":"360923-gaj"}""", "$.mergedInto")]
    [InlineData("360922-gaj", """{"name":"公安局","kind":"department","mergedInto":"360922-\u0000"}""", "$.mergedInto")]
    [InlineData("360922-gaj", """{"name":"公安局","kind":"department","activeFrom":2022,"activeTo":2021}""", "$.activeFrom")]
    [InlineData("360922-gaj", """{"name":"公安局","kind":"department","activeFrom":-1}""", "$.activeFrom")]
    [InlineData("360922-gaj", """{"name":"公安局","kind":"department","activeTo":99999}""", "$.activeFrom")]
    [InlineData("360922-gaj", """{"name":"公安局","kind":"department","contacts":[null]}""", "$.contacts")]
    [InlineData("360922-gaj", """{"name":"公安局","kind":"department","contacts":[{"name":""}]}""", "$.contacts")]
    [InlineData("360922-gaj", """{"name":"公安局","kind":"department","contacts":[{"name":"张三","phone":"\u0000"}]}""", "$.contacts")]
    [InlineData("360922-GAJ", """{"name":"公安局","kind":"department"}""", "$.unit")]
    [InlineData("360922-", """{"name":"公安局","kind":"department"}""", "$.unit")]
    [InlineData("36092220", """{"name":"公安局","kind":"department"}""", "$.unit")]
    [InlineData("360922-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", """{"name":"公安局","kind":"department"}""", "$.unit")]
    [InlineData("360922-公安局", """{"name":"公安局","kind":"department"}""", "$.unit")]
    [InlineData("00", """{"name":"中国","kind":"nation"}""", "$.unit")]
    public async Task A_unit_that_cannot_be_is_refused_with_the_member_that_is_wrong(string code, string body, string path)
    {
        var administrator = await api.OperatorAsync();
        var before = await api.StoredAsync();

        var problem = await (await administrator.PutAsync($"/api/v1/units/{code}", body.Replace("101字", new string('字', 101), StringComparison.Ordinal).AsJson())).ShouldRefuseAsync(400, "invalid_unit");

        problem["errors"]!.AsArray().Select(e => (string?)e!["path"]).ShouldContain(path);
        (await api.StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_unit_is_merged_into_one_that_is_there_and_never_in_a_circle()
    {
        var clerk = await api.CountyAsync("360924");
        await PutAsync("a", null);
        await (await PutAsync("b", "a")).ShouldBeAsync(201);
        await (await PutAsync("c", "b")).ShouldBeAsync(201);
        var before = await api.StoredAsync();

        (await (await PutAsync("d", "nobody")).ShouldRefuseAsync(422, "merged_into_not_found"))["errors"]![0]!["path"]!.ToString().ShouldBe("$.mergedInto");
        await (await PutAsync("a", "b")).ShouldRefuseAsync(409, "merger_cycle");
        await (await PutAsync("a", "c")).ShouldRefuseAsync(409, "merger_cycle");
        (await api.StoredAsync()).ShouldBe(before);

        // Undone, the other way round is free.
        await (await PutAsync("b", null)).ShouldBeAsync(200);
        await (await PutAsync("a", "c")).ShouldBeAsync(200);

        Task<HttpResponseMessage> PutAsync(string unit, string? into) => clerk.PutAsync($"/api/v1/units/360924-{unit}",
            new JsonObject { ["name"] = "某局", ["kind"] = "department", ["mergedInto"] = into is null ? null : $"360924-{into}" }.AsJson());
    }

    [Fact]
    public async Task Of_mergers_at_the_same_time_none_closes_a_circle()
    {
        var clerk = await api.CountyAsync("360924");
        string[] units = [.. Enumerable.Range(0, 8).Select(i => $"360924-m{i}")];
        foreach (var unit in units)
        {
            await clerk.PutAsync($"/api/v1/units/{unit}", """{"name":"某局","kind":"department"}""".AsJson());
        }

        // Each into the next one, the last one into the first: one of them has to be refused.
        var answers = await Task.WhenAll(units.Select((unit, i) => Task.Run(() => clerk.PutAsync($"/api/v1/units/{unit}",
            $$"""{"name":"某局","kind":"department","mergedInto":"{{units[(i + 1) % units.Length]}}"}""".AsJson()))));

        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(7);
        await answers.Single(a => a.StatusCode != HttpStatusCode.OK).ShouldRefuseAsync(409, "merger_cycle");
    }

    [Fact]
    public async Task Twenty_one_contacts_are_too_many()
    {
        var clerk = await api.CountyAsync("360922");
        var contacts = string.Join(',', Enumerable.Repeat("""{"name":"张三"}""", 21));

        await (await clerk.PutAsync("/api/v1/units/360922-gaj", $$"""{"name":"公安局","kind":"department","contacts":[{{contacts}}]}""".AsJson())).ShouldRefuseAsync(400, "invalid_unit");
    }

    [Theory]
    [InlineData("360923-gaj", "department")]
    [InlineData("3609", "prefecture")]
    [InlineData("36", "province")]
    public async Task A_county_writes_no_unit_outside_of_it(string code, string kind) =>
        await (await (await api.CountyAsync("360922")).PutAsync($"/api/v1/units/{code}", $$"""{"name":"某","kind":"{{kind}}"}""".AsJson())).ShouldRefuseAsync(403, "forbidden");

    [Fact]
    public async Task Contacts_are_shown_to_the_unit_its_county_viewers_above_and_operators_only()
    {
        var clerk = await api.CountyAsync("360922");
        await clerk.PutAsync("/api/v1/units/360922-wjw", """{"name":"卫健委","kind":"department","contacts":[{"name":"李四","email":"ls@example.gov.cn"}]}""".AsJson());

        foreach (var (client, seen) in new[]
        {
            (clerk, true), (await api.ReporterAsync("360922-wjw"), true), (await api.ClientAsync(Role.Viewer, "36"), true), (await api.OperatorAsync(), true),
            (await api.ReporterAsync("360922201"), false), (await api.CountyAsync("360923"), false), (await api.ClientAsync(Role.Viewer, "3608"), false),
        })
        {
            (await client.GetJsonAsync("/api/v1/units/360922-wjw"))["contacts"]!.AsArray().Count.ShouldBe(seen ? 1 : 0);
            var listed = (await client.GetListAsync("/api/v1/units?parent=360922")).Single(u => (string?)u!["code"] == "360922-wjw")!;
            listed["contacts"]!.AsArray().Count.ShouldBe(seen ? 1 : 0);
        }
    }

    [Fact]
    public async Task More_than_200_units_come_in_pages_that_are_linked()
    {
        var clerk = await api.CountyAsync("230523");
        await api.Database.ScalarAsync<int>("""
            insert into unit (code, name, kind, parent) select '230523-' || lpad(n::text, 3, '0'), '部门' || n, 'department', '230523' from generate_series(1, 405) n
            """);

        var (codes, sizes) = (new List<string>(), new List<int>());
        for (var address = "/api/v1/units?parent=230523"; address.Length > 0;)
        {
            var response = await clerk.GetAsync(address);
            var page = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray();
            codes.AddRange(page.Select(u => (string)u!["code"]!));
            sizes.Add(page.Count);
            address = response.NextPage();
        }

        var townships = await api.Database.ScalarAsync<long>("select count(*) from unit where parent = '230523' and kind <> 'department'");
        sizes.ShouldBe([200, 200, (int)townships + 5]);
        codes.ShouldBe(codes.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Exactly_200_units_are_one_page()
    {
        await api.Database.ScalarAsync<int>("""
            insert into unit (code, name, kind, parent) select '990101-' || n, '部门', 'department', '990101' from generate_series(1, 200) n
            """);

        var response = await (await api.OperatorAsync()).GetAsync("/api/v1/units?parent=990101");

        JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray().Count.ShouldBe(200);
        response.NextPage().ShouldBeEmpty();
    }
}
