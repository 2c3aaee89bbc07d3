using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Access;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Webhooks;

public sealed class WebhookEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Webhooks = "/api/v1/webhooks";

    [Fact]
    public async Task A_webhook_is_registered_with_a_secret_that_is_shown_once_and_ended()
    {
        var clerk = await api.CountyAsync("360922");

        var created = await clerk.PostAsync(Webhooks, Body("360922").AsJson());
        var issued = await created.ShouldBeAsync(201);

        created.Headers.Location!.ToString().ShouldBe($"{Webhooks}/{issued["id"]}");
        ((string)issued["secret"]!).ShouldMatch("^whsec_[A-Za-z0-9_-]{43}$");
        var listed = (await clerk.GetListAsync(Webhooks)).Single(w => (string?)w!["id"] == (string?)issued["id"])!;
        listed.AsObject().Select(m => m.Key).ShouldBe(["id", "scope", "url", "events", "createdBy", "createdAt"]);
        // An address may hold a secret.
        (await clerk.GetStringAsync("/api/v1/counties/360922/audit")).ShouldNotContain("8.8.8.8");

        (await clerk.DeleteAsync($"{Webhooks}/{issued["id"]}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await clerk.DeleteAsync($"{Webhooks}/{issued["id"]}")).ShouldRefuseAsync(404, "webhook_not_found");
        (await clerk.GetListAsync(Webhooks)).ShouldNotContain(w => (string?)w!["id"] == (string?)issued["id"]);
        (await clerk.GetListAsync($"/api/v1/counties/360922/audit?subject={issued["id"]}")).Select(l => (string?)l!["action"]).ShouldBe(["create_webhook", "delete_webhook"]);
    }

    [Theory]
    [InlineData("""{"scope":"360922201","url":"https://8.8.8.8/","events":["submission.filed"]}""", "invalid_scope")]
    [InlineData("""{"scope":"","url":"https://8.8.8.8/","events":["submission.filed"]}""", "invalid_scope")]
    [InlineData("""{"scope":"98","url":"https://8.8.8.8/","events":["submission.filed"]}""", "unit_not_found")]
    [InlineData("""{"scope":"36","url":"https://8.8.8.8/","events":[]}""", "invalid_events")]
    [InlineData("""{"scope":"36","url":"https://8.8.8.8/","events":["submission.lost"]}""", "invalid_events")]
    [InlineData("""{"scope":"36","url":"https://8.8.8.8/","events":["ping"]}""", "invalid_events")]
    [InlineData("""{"scope":"36","url":"https://8.8.8.8/","events":[null]}""", "invalid_events")]
    [InlineData("""{"scope":"36","url":"http://8.8.8.8/","events":["submission.filed"]}""", "invalid_url")]
    [InlineData("""{"scope":"36","url":"","events":["submission.filed"]}""", "invalid_url")]
    [InlineData("""{"scope":"36","url":"https://8.8.8.8/\u0000","events":["submission.filed"]}""", "invalid_url")]
    [InlineData("""{"scope":"36","url":"https://127.0.0.1/","events":["submission.filed"]}""", "private_address")]
    [InlineData("""{"scope":"36","url":"https://localhost:5432/","events":["submission.filed"]}""", "private_address")]
    [InlineData("""{"scope":"36","url":"https://169.254.169.254/latest/meta-data","events":["submission.filed"]}""", "private_address")]
    [InlineData("""{"scope":"36","url":"https://[::ffff:10.0.0.1]/","events":["submission.filed"]}""", "private_address")]
    [InlineData("""{"scope":"36","url":"https://0x7f000001/","events":["submission.filed"]}""", "private_address")]
    public async Task What_cannot_be_a_webhook_is_refused(string body, string code)
    {
        var administrator = await api.OperatorAsync();
        var before = await api.Database.ScalarAsync<long>("select count(*) from webhook");

        await (await administrator.PostAsync(Webhooks, body.AsJson())).ShouldRefuseAsync(400, code);

        (await api.Database.ScalarAsync<long>("select count(*) from webhook")).ShouldBe(before);
    }

    [Fact]
    public async Task A_county_registers_for_itself_and_for_nobody_else()
    {
        var clerk = await api.CountyAsync("360922");

        foreach (var scope in (string[])["360923", "3609", "36", "00"])
        {
            await (await clerk.PostAsync(Webhooks, Body(scope).AsJson())).ShouldRefuseAsync(403, "forbidden");
        }

        await (await clerk.PostAsync(Webhooks, Body("360922201").AsJson())).ShouldRefuseAsync(400, "invalid_scope");
        await (await (await api.ClientAsync(Role.Viewer, "36")).PostAsync(Webhooks, Body("36").AsJson())).ShouldRefuseAsync(403, "forbidden");
        await (await (await api.OperatorAsync()).PostAsync(Webhooks, Body("00").AsJson())).ShouldBeAsync(201);
    }

    [Fact]
    public async Task What_happens_to_reports_and_tests_that_are_asked_for_wait_to_be_sent()
    {
        var county = await api.OpenCountyAsync();
        var (unit, waived) = (county.Units[0], county.Units[1]);
        var id = (string)(await (await county.Clerk.PostAsync(Webhooks, Body(county.Code).AsJson())).ShouldBeAsync(201))["id"]!;

        await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021"));
        await county.Clerk.PostAsync($"{county.Year}/submissions/{unit}/return", """{"reason":"请核对"}""".AsJson());
        await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021"));
        await county.Clerk.PostAsync($"{county.Year}/submissions/{unit}/accept", null);
        await county.Clerk.FileAsync(county.Year, waived, Report.Zero("2021").With("requests.received.total", 1));
        foreach (var rule in (string[])["H1", "V2"])
        {
            (await county.Clerk.PostAsync($"{county.Year}/submissions/{waived}/findings/{rule}/waive", """{"reason":"已核实"}""".AsJson())).EnsureSuccessStatusCode();
        }

        await api.SealAuditAsync();
        var ping = await (await county.Clerk.PostAsync($"{Webhooks}/{id}/ping", null)).ShouldBeAsync(202);

        var deliveries = await county.Clerk.GetListAsync($"{Webhooks}/{id}/deliveries");
        deliveries.ShouldAllBe(d => (string?)d!["state"] == "queued");
        deliveries.Select(d => JsonNode.Parse((string)d!["body"]!)!).Select(b => $"{b["event"]} {b["unit"]} {b["revision"]}").ShouldBe([
            $"submission.filed {unit} 1", $"submission.returned {unit} 1", $"submission.filed {unit} 2", $"submission.accepted {unit} 2",
            $"submission.filed {waived} 1", "ping  "]);
        ((string?)deliveries[^1]!["id"]).ShouldBe((string?)ping["id"]);
    }

    [Fact]
    public async Task A_delivery_is_shown_with_its_tries_and_sent_once_more()
    {
        var clerk = await api.CountyAsync("360922");
        var id = (string)(await (await clerk.PostAsync(Webhooks, Body("360922").AsJson())).ShouldBeAsync(201))["id"]!;
        var ping = await (await clerk.PostAsync($"{Webhooks}/{id}/ping", null)).ShouldBeAsync(202);
        await api.Database.ScalarAsync<int>($"update webhook_delivery set state = 'given_up', next_attempt_at = null, rounds = 20 where webhook = '{id}'");
        await api.Database.ScalarAsync<int>($"insert into webhook_attempt (scope, webhook, delivery, at, duration_ms, status, answer) values ('360922', '{id}', '{ping["id"]}', now(), 12, 503, '维护中')");

        var log = await clerk.GetJsonAsync($"{Webhooks}/{id}/deliveries/{ping["id"]}");
        ((string?)log["delivery"]!["state"]).ShouldBe("given_up");
        log["attempts"]!.AsArray().Select(a => $"{a!["status"]} {a["answer"]} {a["durationMs"]}").ShouldBe(["503 维护中 12"]);

        var again = await (await clerk.PostAsync($"{Webhooks}/{id}/deliveries/{ping["id"]}/replay", null)).ShouldBeAsync(202);
        ((string?)again["state"]).ShouldBe("queued");
        ((string?)again["body"]).ShouldBe((string?)ping["body"]);
        ((DateTimeOffset?)again["nextAttemptAt"]).ShouldBe(api.Clock.GetUtcNow());
        await (await clerk.PostAsync($"{Webhooks}/{id}/deliveries/none/replay", null)).ShouldRefuseAsync(404, "delivery_not_found");
    }

    static string Body(string scope) =>
        $$"""{"scope":"{{scope}}","url":"https://8.8.8.8/events?token=x","events":["submission.filed","submission.returned","submission.accepted","edition.published"]}""";
}
