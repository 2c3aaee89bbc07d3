using System.Net;
using System.Text.Json.Nodes;

namespace Aggregator.Api.Tests.Access;

public sealed class KeyEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_secret_is_shown_once_and_only_its_hash_is_stored()
    {
        var created = await (await (await api.OperatorAsync()).PostAsync("/api/v1/keys", """{"role":"reporter","scope":"360922201"}""".AsJson())).ShouldBeAsync(201);

        var key = (string)created["key"]!;
        var (id, secret) = ((string)created["id"]!, key.Split('_', 3)[2]);
        key.ShouldBe($"agg_{id}_{secret}");
        secret.Length.ShouldBe(43); // 256 bits
        foreach (var table in (string[])["api_key", "audit"])
        {
            var stored = await api.Database.ScalarAsync<string>($"select string_agg(t::text, ' ') from {table} t");
            stored.ShouldNotBeNull().ShouldContain(id);
            stored.ShouldNotContain(secret);
        }

        (await api.Database.ScalarAsync<bool>($"select secret_sha256 = sha256('{secret}'::bytea) from api_key where id = '{id}'")).ShouldBeTrue();
        (await api.WithKey(key).GetAsync("/api/v1/units?parent=360922")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_county_lists_the_keys_of_its_units_an_operator_all_and_nobody_a_secret()
    {
        var (clerk, admin) = (await api.CountyAsync("360922"), await api.OperatorAsync());
        async Task<string> MakeAsync(HttpClient by, string body) => (string)(await (await by.PostAsync("/api/v1/keys", body.AsJson())).ShouldBeAsync(201))["id"]!;
        var own = await MakeAsync(clerk, """{"role":"reporter","scope":"360922201","expiresAt":"2030-01-01T00:00:00+08:00"}""");
        string[] others = [
            await MakeAsync(admin, """{"role":"reporter","scope":"360923100"}"""), await MakeAsync(admin, """{"role":"viewer","scope":"360922"}"""),
            await MakeAsync(admin, """{"role":"county","scope":"360922"}"""), await MakeAsync(admin, """{"role":"operator"}""")];
        var ended = await MakeAsync(clerk, """{"role":"reporter","scope":"360922201"}""");
        (await clerk.DeleteAsync($"/api/v1/keys/{ended}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var listed = await clerk.GetListAsync("/api/v1/keys");
        listed.ShouldAllBe(k => (string?)k!["role"] == "reporter" && ((string)k["scope"]!).StartsWith("360922", StringComparison.Ordinal));
        var one = listed.Single(k => (string?)k!["id"] == own)!.AsObject();
        one.Select(m => m.Key).ShouldBe(["id", "role", "scope", "createdBy", "createdAt", "expiresAt"]);

        var ids = listed.Select(k => (string)k!["id"]!).ToList();
        ids.ShouldNotContain(ended);
        ids.Intersect(others).ShouldBeEmpty();
        var all = (await admin.GetListAsync("/api/v1/keys")).Select(k => (string)k!["id"]!).ToList();
        others.Append(own).Except(all).ShouldBeEmpty();
        all.ShouldBe(all.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("reporter", "360922201")]
    [InlineData("reporter", "360922203")]
    [InlineData("county", "360922")]
    [InlineData("viewer", "00")]
    [InlineData("viewer", "36")]
    [InlineData("viewer", "3609")]
    [InlineData("viewer", "360922")]
    public async Task An_operator_creates_keys_of_every_role(string role, string scope)
    {
        var created = await (await (await api.OperatorAsync()).PostAsync("/api/v1/keys", Body(role, scope))).ShouldBeAsync(201);

        ((string?)created["role"]).ShouldBe(role);
        ((string?)created["scope"]).ShouldBe(scope);
    }

    [Fact]
    public async Task An_operator_creates_operators()
    {
        var created = await (await (await api.OperatorAsync()).PostAsync("/api/v1/keys", """{"role":"operator"}""".AsJson())).ShouldBeAsync(201);

        (await api.WithKey((string)created["key"]!).PostAsync("/api/v1/keys", """{"role":"operator","scope":null}""".AsJson())).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("reporter", "360922", "invalid_scope")]
    [InlineData("reporter", "", "invalid_scope")]
    [InlineData("reporter", "36092220１", "invalid_scope")]
    [InlineData("reporter", "360922-\\u0000", "invalid_scope")]
    [InlineData("county", "3609", "invalid_scope")]
    [InlineData("county", "360922201", "invalid_scope")]
    [InlineData("viewer", "", "invalid_scope")]
    [InlineData("viewer", "360922201", "invalid_scope")]
    [InlineData("operator", "36", "invalid_scope")]
    [InlineData("Operator", "", "invalid_role")]
    [InlineData("root", "", "invalid_role")]
    [InlineData("3", "", "invalid_role")]
    public async Task A_key_that_fits_nobody_is_refused(string role, string scope, string code)
    {
        var administrator = await api.OperatorAsync();
        var before = await api.StoredAsync();

        await (await administrator.PostAsync("/api/v1/keys", Body(role, scope))).ShouldRefuseAsync(400, code);

        (await api.StoredAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("reporter", "360922201", 201)]
    [InlineData("reporter", "360922203", 201)]
    [InlineData("reporter", "360923100", 403)]
    [InlineData("reporter", "", 403)]
    [InlineData("county", "360922", 403)]
    [InlineData("viewer", "360922", 403)]
    [InlineData("operator", "", 403)]
    public async Task A_county_creates_keys_of_its_own_units_and_no_others(string role, string scope, int status)
    {
        var clerk = await api.CountyAsync("360922");

        ((int)(await clerk.PostAsync("/api/v1/keys", Body(role, scope))).StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task A_revoked_key_ends_at_once()
    {
        var clerk = await api.CountyAsync("360922");
        var key = await CreateAsync(clerk, "360922201");
        var reporter = api.WithKey((string)key["key"]!);
        (await reporter.GetAsync("/api/v1/units/360922201")).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await clerk.DeleteAsync($"/api/v1/keys/{key["id"]}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await reporter.GetAsync("/api/v1/units/360922201")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await (await clerk.DeleteAsync($"/api/v1/keys/{key["id"]}")).ShouldRefuseAsync(404, "key_not_found");
    }

    [Fact]
    public async Task A_key_is_changed_for_another_without_a_gap()
    {
        var clerk = await api.CountyAsync("360922");
        var (old, next) = (await IssueAsync(), await IssueAsync());
        foreach (var key in new[] { old, next })
        {
            (await api.WithKey((string)key["key"]!).GetAsync("/api/v1/units/360922201")).StatusCode.ShouldBe(HttpStatusCode.OK, "both hold while the program is changed over");
        }

        (await clerk.DeleteAsync($"/api/v1/keys/{old["id"]}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await api.WithKey((string)old["key"]!).GetAsync("/api/v1/units/360922201")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await api.WithKey((string)next["key"]!).GetAsync("/api/v1/units/360922201")).StatusCode.ShouldBe(HttpStatusCode.OK);

        async Task<System.Text.Json.Nodes.JsonObject> IssueAsync() =>
            await (await clerk.PostAsync("/api/v1/keys", """{"role":"reporter","scope":"360922201"}""".AsJson())).ShouldBeAsync(201);
    }

    [Fact]
    public async Task A_key_of_another_county_is_as_good_as_none()
    {
        var key = await CreateAsync(await api.CountyAsync("360922"), "360922201");
        var other = await api.CountyAsync("360923");

        await (await other.DeleteAsync($"/api/v1/keys/{key["id"]}")).ShouldRefuseAsync(404, "key_not_found");

        (await api.WithKey((string)key["key"]!).GetAsync("/api/v1/units/360922201")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("0123456789abcdef")]
    [InlineData("x")]
    [InlineData("'--")]
    [InlineData("%E4%B8%87")]
    public async Task An_unknown_key_cannot_be_revoked(string id) =>
        await (await (await api.OperatorAsync()).DeleteAsync($"/api/v1/keys/{id}")).ShouldRefuseAsync(404, "key_not_found");

    [Fact]
    public async Task A_county_cannot_revoke_its_own_key_nor_an_operators()
    {
        var (clerk, administrator) = (await api.CountyAsync("360922"), await api.OperatorAsync());
        foreach (var client in new[] { clerk, administrator })
        {
            var id = client.DefaultRequestHeaders.Authorization!.Parameter!.Split('_')[1];
            await (await clerk.DeleteAsync($"/api/v1/keys/{id}")).ShouldRefuseAsync(404, "key_not_found");
        }
    }

    [Fact]
    public async Task Creating_and_revoking_is_audited_in_the_county()
    {
        var county = await api.OpenCountyAsync();
        var key = await CreateAsync(county.Clerk, county.Units[0]);
        await county.Clerk.DeleteAsync($"/api/v1/keys/{key["id"]}");

        var lines = await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit");

        lines.TakeLast(2).Select(l => $"{l!["action"]} {l["subject"]}").ShouldBe([$"create_key {key["id"]}", $"revoke_key {key["id"]}"]);
    }

    [Theory]
    [InlineData("2022-01-20T10:00:00Z")] // now
    [InlineData("2021-12-31T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00Z")]
    public async Task A_key_must_not_end_before_it_begins(string expiresAt) =>
        await (await (await api.OperatorAsync()).PostAsync("/api/v1/keys", $$"""{"role":"operator","expiresAt":"{{expiresAt}}"}""".AsJson()))
            .ShouldRefuseAsync(400, "invalid_expiry");

    [Theory]
    [InlineData("9999-12-31T23:59:59.9999999Z", 201)]
    [InlineData("9999-12-31T23:59:59-10:00", 400)]
    [InlineData("2022-02-30T00:00:00Z", 400)]
    [InlineData("morgen", 400)]
    public async Task An_extreme_expiry_is_taken_or_refused_but_no_failure(string expiresAt, int status)
    {
        var response = await (await api.OperatorAsync()).PostAsync("/api/v1/keys", $$"""{"role":"operator","expiresAt":"{{expiresAt}}"}""".AsJson());

        var answer = await response.ShouldBeAsync(status);
        if (status == 201)
        {
            (await api.WithKey((string)answer["key"]!).GetAsync("/api/v1/units?parent=36")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    static async Task<JsonObject> CreateAsync(HttpClient client, string unit) =>
        await (await client.PostAsync("/api/v1/keys", Body("reporter", unit))).ShouldBeAsync(201);

    static StringContent Body(string role, string scope) => $$"""{"role":"{{role}}","scope":"{{scope}}"}""".AsJson();
}
