using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Testing;

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

    [Fact]
    public async Task The_exported_chain_is_computed_again_from_what_the_file_says()
    {
        var county = await api.OpenCountyAsync();
        await county.Clerk.FileAsync(county.Year, county.Units[0], RealReports.Mabu2021);
        await county.Clerk.PutAsync($"{county.Year}/roster/{county.Units[1]}", """{"expected":false,"reason":"=由“街道”统一报送\\"}""".AsJson());
        await ManyLinesAsync(county, 4100);
        await api.SealAuditAsync();

        var response = await county.Clerk.GetAsync($"/api/v1/counties/{county.Code}/audit.ndjson", HttpCompletionOption.ResponseHeadersRead);
        response.Content.Headers.ContentLength.ShouldBeNull("it is written as it is read");
        var lines = (await response.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n').Select(l => JsonNode.Parse(l)!.AsObject()).ToList();

        // As docs/security.md says it, without the house's own code.
        var before = new byte[32];
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            ((int)line["seq"]!).ShouldBe(i + 1);
            string[] words = [.. ((string[])["county", "seq", "id", "at", "actor", "action", "year", "subject", "detail"]).Select(name => line[name]?.ToString() ?? "")];
            before = SHA256.HashData([.. before, .. Encoding.UTF8.GetBytes(string.Join('\u001f', words))]);
            Convert.ToHexStringLower(before).ShouldBe((string?)line["sha256"], $"line {i + 1}");
        }

        lines.Count.ShouldBe(4105);
        var check = await county.Clerk.GetJsonAsync($"/api/v1/counties/{county.Code}/audit/verify");
        ((string?)check["head"]).ShouldBe((string?)lines[^1]["sha256"]);
        ((long?)check["sealed"]).ShouldBe(lines.Count);
        response.Headers.ETag!.Tag.ShouldBe($"\"{check["head"]}\"");
    }

    [Fact]
    public async Task The_table_has_every_sealed_line_and_no_text_starts_a_formula()
    {
        var county = await api.OpenCountyAsync();
        await api.Database.ScalarAsync<int>($"insert into audit (county, at, actor, action, subject) values ('{county.Code}', now(), '=1+1', 'test', '乡镇')");
        await api.SealAuditAsync();
        await ManyLinesAsync(county, 1); // not sealed yet

        var response = await county.Clerk.GetAsync($"/api/v1/counties/{county.Code}/audit.csv");
        var bytes = await response.Content.ReadAsByteArrayAsync();

        bytes.Take(3).ShouldBe(new byte[] { 0xEF, 0xBB, 0xBF });
        var lines = Encoding.UTF8.GetString(bytes)[1..].TrimEnd().Split("\r\n");
        lines[0].ShouldBe("county,seq,id,at,actor,action,year,subject,detail,sha256");
        lines.Length.ShouldBe(1 + 4);
        lines[^1].ShouldStartWith($"{county.Code},4,");
        lines[^1].ShouldContain("乡镇");
        lines[^1].Split(',').ShouldNotContain(f => f.StartsWith('='));
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/csv; charset=utf-8");
        response.Content.Headers.ContentDisposition!.FileName.ShouldBe($"audit-{county.Code}.csv");
    }

    [Fact]
    public async Task Who_has_the_file_up_to_the_head_is_told_so()
    {
        var county = await api.OpenCountyAsync();
        await api.SealAuditAsync();
        var address = $"/api/v1/counties/{county.Code}/audit.csv";
        var first = await county.Clerk.GetAsync(address);

        using var again = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        (await county.Clerk.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task An_operator_reads_what_belongs_to_no_county()
    {
        var administrator = await api.OperatorAsync();
        var key = await (await administrator.PostAsync("/api/v1/keys", """{"role":"operator"}""".AsJson())).ShouldBeAsync(201);
        await api.SealAuditAsync();

        var line = (await administrator.GetListAsync($"/api/v1/audit?subject={key["id"]}")).Single()!;
        ((string?)line["action"]).ShouldBe("create_key");
        ((bool?)(await administrator.GetJsonAsync("/api/v1/audit/verify"))["whole"]).ShouldBe(true);
        (await administrator.GetStringAsync("/api/v1/audit.ndjson")).ShouldContain((string)key["id"]!);
        (await administrator.GetStringAsync("/api/v1/audit.csv")).ShouldContain((string)key["id"]!);
        (await administrator.GetStringAsync("/api/v1/audit.csv?county=360922")).ShouldNotContain("360922");
    }

    Task<int> ManyLinesAsync(TestCounty county, int count) => api.Database.ScalarAsync<int>(
        $"insert into audit (county, at, actor, action, subject) select '{county.Code}', now(), 'test', 'test', n::text from generate_series(1, {count}) n");
}
