using System.Net;
using Aggregator.Access;
using Aggregator.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Aggregator.Api.Tests.Access;

/// <summary>
/// Who may do what: every endpoint of the running Api × every role, for its own and another unit, its own and another county,
/// each with a key and with a session. An endpoint that is not in the table fails a test; to add one is to add a line, and to
/// run this class once with ACCEPT=1, which writes <c>docs/authorization.md</c> anew.
/// </summary>
public sealed class RequiredRightsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string County = "360922";
    const string Unit = "360922201";
    const string Form = "application/x-www-form-urlencoded";
    const string Year = "/api/v1/counties/360922/years/2021";
    const string UnitPage = "/units/360922201/years/2021";
    const string CountyPage = "/counties/360922/years/2021";
    const string Webhook = """{"scope":"360922","url":"https://8.8.8.8/","events":["submission.filed"]}""";

    static readonly string submission = Report.Zero("2021").ToText(Unit);

    /// <summary>Callers, seen from the county 万载县 and its unit 马步乡.</summary>
    [Flags]
    enum Who
    {
        None = 0,
        Reporter = 1,
        OtherUnit = 2,
        ForeignUnit = 4,
        CountyClerk = 8,
        OtherCounty = 16,
        ViewerAbove = 32,
        ViewerBeside = 64,
        Operator = 128,
        AnyCaller = 255,
        Anonymous = 256,
        Anyone = 511,
    }

    /// <summary>What proves who somebody is.</summary>
    enum By
    {
        KeyOrSession,
        SessionOnly,
    }

    static readonly Who[] everybody = [.. Enum.GetValues<Who>().Where(w => w is not (Who.None or Who.AnyCaller or Who.Anyone))];

    static readonly Row[] table = [
        new("GET /", "/", Who.Anyone, 302),
        new("GET /site.js", "/site.js", Who.Anyone),
        new("GET /healthz", "/healthz", Who.Anyone),
        new("GET /readyz", "/readyz", Who.Anyone),
        new("GET /openapi/{documentName:regex(^v1$)}.json", "/openapi/v1.json", Who.Anyone),

        new("GET /sign-in", "/sign-in", Who.Anyone),
        new("POST /sign-in", "/sign-in", Who.Anyone, 401, "login=nobody", Type: Form),
        new("POST /sign-out", "/sign-out", Who.Anyone, 302, "x=y", Type: Form),
        new("GET /password", "/password", Who.AnyCaller, By: By.SessionOnly),
        new("POST /password", "/password", Who.AnyCaller, 400, "newPassword=x&repeated=x", By: By.SessionOnly, Type: Form),
        new("GET /account", "/account", Who.AnyCaller, By: By.SessionOnly),

        new("GET /units/{unit}/years/{year:int}", UnitPage, Who.Reporter | Who.CountyClerk | Who.ViewerAbove),
        new("GET /units/{unit}/years/{year:int}/reading", $"{UnitPage}/reading?revision=1", Who.Reporter | Who.CountyClerk | Who.ViewerAbove, 302),
        new("GET /units/{unit}/years/{year:int}/receipt", $"{UnitPage}/receipt?revision=1", Who.Reporter | Who.CountyClerk | Who.ViewerAbove),
        new("GET /units/{unit}/years/{year:int}/history", $"{UnitPage}/history", Who.Reporter | Who.CountyClerk | Who.ViewerAbove),
        new("GET /units/{unit}/years/{year:int}/edit", $"{UnitPage}/edit", Who.Reporter | Who.CountyClerk),
        new("POST /units/{unit}/years/{year:int}/edit", $"{UnitPage}/edit", Who.Reporter | Who.CountyClerk, 200, "do=check", Type: Form),
        new("POST /units/{unit}/years/{year:int}/document", $"{UnitPage}/document", Who.Reporter | Who.CountyClerk, 400, "x=y", Type: Form),
        new("POST /units/{unit}/years/{year:int}/withdraw", $"{UnitPage}/withdraw", Who.Reporter | Who.CountyClerk, 302, "x=y", Again: true, Type: Form),
        new("POST /units/{unit}/years/{year:int}/findings/{rule}/explain", $"{UnitPage}/findings/X1/explain", Who.Reporter | Who.CountyClerk, 404, "text=x", Type: Form),

        new("GET /counties/{county}/years/{year:int}", CountyPage, Who.CountyClerk | Who.ViewerAbove),
        new("GET /counties/{county}/years/{year:int}/totals", $"{CountyPage}/totals", Who.CountyClerk | Who.ViewerAbove),
        new("GET /counties/{county}/years/{year:int}/totals/{path}", $"{CountyPage}/totals/requests.total.total", Who.CountyClerk | Who.ViewerAbove),
        new("GET /counties/{county}/years/{year:int}/editions", $"{CountyPage}/editions", Who.CountyClerk | Who.ViewerAbove),
        new("POST /counties/{county}/years/{year:int}/editions", $"{CountyPage}/editions", Who.CountyClerk | Who.Operator, 302, "x=y", Type: Form),
        new("GET /counties/{county}/years/{year:int}/units/{unit}", $"{CountyPage}/units/{Unit}", Who.Reporter | Who.CountyClerk | Who.ViewerAbove),
        new("POST /counties/{county}/years/{year:int}/units/{unit}/{step:regex(^(return|accept|reopen)$)}", $"{CountyPage}/units/{Unit}/accept", Who.CountyClerk, 302, "x=y", Again: true, Type: Form),
        new("POST /counties/{county}/years/{year:int}/units/{unit}/findings/{rule}/waive", $"{CountyPage}/units/{Unit}/findings/H1/waive", Who.CountyClerk, 404, "reason=x", Type: Form),
        new("POST /counties/{county}/years/{year:int}/units/{unit}/roster", $"{CountyPage}/units/{Unit}/roster", Who.CountyClerk | Who.Operator, 302, "reason=x", Type: Form),

        new("GET /installation", "/installation", Who.Operator),
        new("GET /installation/counties/{county}", $"/installation/counties/{County}", Who.Operator),
        new("POST /installation/counties/{county}/year", $"/installation/counties/{County}/year", Who.Operator, 302, "year=2021&dueDate=2022-01-31&countyDueDate=2022-03-31", Type: Form),
        new("POST /installation/counties/{county}/departments", $"/installation/counties/{County}/departments", Who.Operator, 302, "names=", Type: Form),
        new("POST /installation/counties/{county}/contact", $"/installation/counties/{County}/contact", Who.Operator, 400, "name=x", Type: Form),
        new("POST /installation/counties/{county}/test-mail", $"/installation/counties/{County}/test-mail", Who.Operator, 422, "address=x", Type: Form),
        new("POST /installation/counties/{county}/account", $"/installation/counties/{County}/account", Who.Operator, 200, "login={new}&name=x", Type: Form),
        new("GET /counties/{county}/years/{year:int}/selection", $"{CountyPage}/selection?do=remind", Who.CountyClerk),
        new("POST /counties/{county}/years/{year:int}/selection/remind", $"{CountyPage}/selection/remind", Who.CountyClerk, 302, "x=y", Type: Form),
        new("POST /counties/{county}/years/{year:int}/selection/accept", $"{CountyPage}/selection/accept", Who.CountyClerk, 400, "x=y", Type: Form),
        new("POST /counties/{county}/years/{year:int}/selection/{wish:regex(^(extend|exempt)$)}", $"{CountyPage}/selection/extend", Who.CountyClerk, 400, "x=y", Type: Form),
        new("POST /counties/{county}/years/{year:int}/totals/{path}/adjust", $"{CountyPage}/totals/requests.received.business/adjust", Who.CountyClerk, 400, "x=y", Type: Form),
        new("POST /counties/{county}/years/{year:int}/totals/{path}/unadjust", $"{CountyPage}/totals/requests.received.business/unadjust", Who.CountyClerk, 404, "x=y", Type: Form),
        new("GET /counties/{county}/years/{year:int}/anomalies", $"{CountyPage}/anomalies", Who.CountyClerk | Who.ViewerAbove),
        new("GET /counties/{county}/years/{year:int}/reminders", $"{CountyPage}/reminders", Who.CountyClerk | Who.ViewerAbove),
        new("GET /counties/{county}/years/{year:int}/reminders/preview", $"{CountyPage}/reminders/preview?unit={Unit}&step=opening", Who.CountyClerk | Who.ViewerAbove),
        new("POST /counties/{county}/years/{year:int}/reminders/send", $"{CountyPage}/reminders/send", Who.CountyClerk | Who.Operator, 302, "x=y", Type: Form),
        new("POST /counties/{county}/years/{year:int}/reminders/test", $"{CountyPage}/reminders/test", Who.CountyClerk | Who.Operator, 422, "x=y", Type: Form),
        new("POST /counties/{county}/years/{year:int}/reminders/ladder", $"{CountyPage}/reminders/ladder", Who.CountyClerk | Who.Operator, 400, "x=y", Type: Form),
        new("POST /counties/{county}/years/{year:int}/reminders/{id:long}/retry", $"{CountyPage}/reminders/0/retry", Who.CountyClerk | Who.Operator, 404, "x=y", Type: Form),
        new("GET /counties/{county}/years/{year:int}/editions/{number:int}", $"{CountyPage}/editions/99", Who.CountyClerk | Who.ViewerAbove, 404),
        new("GET /counties/{county}/years/{year:int}/narrative", $"{CountyPage}/narrative", Who.CountyClerk | Who.ViewerAbove),
        new("POST /counties/{county}/years/{year:int}/narrative/{section}", $"{CountyPage}/narrative/problems", Who.CountyClerk, 302, "text=x", Type: Form),
        new("POST /counties/{county}/years/{year:int}/narrative/{section}/remove", $"{CountyPage}/narrative/other/remove", Who.CountyClerk, 404, "x=y", Type: Form),
        new("GET /counties/{county}/years/{year:int}/roster", $"{CountyPage}/roster", Who.CountyClerk | Who.Operator),
        new("POST /counties/{county}/years/{year:int}/roster", $"{CountyPage}/roster", Who.CountyClerk | Who.Operator, 400, "x=y", Type: Form),
        new("POST /counties/{county}/years/{year:int}/roster/import", $"{CountyPage}/roster/import", Who.CountyClerk | Who.Operator, 302, "x=y", Type: Form),
        new("GET /counties/{county}/years/{year:int}/roster/{unit}", $"{CountyPage}/roster/{Unit}", Who.CountyClerk | Who.Operator),
        new("POST /counties/{county}/years/{year:int}/roster/{unit}", $"{CountyPage}/roster/{Unit}", Who.CountyClerk | Who.Operator, 302, "name=马步乡", Type: Form),
        new("GET /counties/{county}/years/{year:int}/accounts", $"{CountyPage}/accounts", Who.CountyClerk | Who.Operator),
        new("POST /counties/{county}/years/{year:int}/accounts", $"{CountyPage}/accounts", Who.CountyClerk | Who.Operator, 400, "scope=360922201", Type: Form),
        new("POST /counties/{county}/years/{year:int}/accounts/missing", $"{CountyPage}/accounts/missing", Who.CountyClerk | Who.Operator, 200, "x=y", Type: Form),
        new("POST /counties/{county}/years/{year:int}/accounts/{login}/reset", $"{CountyPage}/accounts/{{account}}/reset", Who.CountyClerk | Who.Operator, 200, "x=y", Type: Form),
        new("POST /counties/{county}/years/{year:int}/accounts/{login}/{wish:regex(^(disable|enable)$)}", $"{CountyPage}/accounts/{{account}}/enable", Who.CountyClerk | Who.Operator, 302, "x=y", Type: Form),
        new("GET /counties/{county}/years/{year:int}/keys", $"{CountyPage}/keys", Who.CountyClerk | Who.Operator),
        new("POST /counties/{county}/years/{year:int}/keys", $"{CountyPage}/keys", Who.CountyClerk | Who.Operator, 200, $"scope={Unit}", Type: Form),
        new("POST /counties/{county}/years/{year:int}/keys/{id}/revoke", $"{CountyPage}/keys/{{key}}/revoke", Who.CountyClerk | Who.Operator, 302, "x=y", Type: Form),
        new("GET /counties/{county}/years/{year:int}/webhooks", $"{CountyPage}/webhooks", Who.CountyClerk | Who.Operator),
        new("POST /counties/{county}/years/{year:int}/webhooks", $"{CountyPage}/webhooks", Who.CountyClerk | Who.Operator, 200, "url=https%3A%2F%2F8.8.8.8%2F&events=submission.filed", Type: Form),
        new("GET /counties/{county}/years/{year:int}/webhooks/{id}", $"{CountyPage}/webhooks/{{webhook}}", Who.CountyClerk | Who.Operator),
        new("POST /counties/{county}/years/{year:int}/webhooks/{id}/ping", $"{CountyPage}/webhooks/{{webhook}}/ping", Who.CountyClerk | Who.Operator, 302, "x=y", Type: Form),
        new("POST /counties/{county}/years/{year:int}/webhooks/{id}/delete", $"{CountyPage}/webhooks/{{webhook}}/delete", Who.CountyClerk | Who.Operator, 302, "x=y", Type: Form),
        new("GET /counties/{county}/years/{year:int}/webhooks/{id}/deliveries/{delivery}", $"{CountyPage}/webhooks/{{webhook}}/deliveries/none", Who.CountyClerk | Who.Operator, 404),
        new("POST /counties/{county}/years/{year:int}/webhooks/{id}/deliveries/{delivery}/replay", $"{CountyPage}/webhooks/{{webhook}}/deliveries/none/replay", Who.CountyClerk | Who.Operator, 404, "x=y", Type: Form),
        new("GET /installation/keys", "/installation/keys", Who.Operator),
        new("POST /installation/keys", "/installation/keys", Who.Operator, 200, "role=viewer&scope=36", Type: Form),
        new("POST /installation/keys/{id}/revoke", "/installation/keys/{key}/revoke", Who.Operator, 302, "x=y", Type: Form),
        new("GET /installation/webhooks", "/installation/webhooks", Who.Operator),
        new("POST /installation/webhooks", "/installation/webhooks", Who.Operator, 200, "scope=36&url=https%3A%2F%2F8.8.8.8%2F&events=submission.filed", Type: Form),
        new("GET /installation/webhooks/{id}", "/installation/webhooks/{webhook}", Who.Operator),
        new("POST /installation/webhooks/{id}/ping", "/installation/webhooks/{webhook}/ping", Who.Operator, 302, "x=y", Type: Form),
        new("POST /installation/webhooks/{id}/delete", "/installation/webhooks/{webhook}/delete", Who.Operator, 302, "x=y", Type: Form),
        new("GET /installation/webhooks/{id}/deliveries/{delivery}", "/installation/webhooks/{webhook}/deliveries/none", Who.Operator, 404),
        new("POST /installation/webhooks/{id}/deliveries/{delivery}/replay", "/installation/webhooks/{webhook}/deliveries/none/replay", Who.Operator, 404, "x=y", Type: Form),
        new("GET /counties/{county}/years/{year:int}/settings", $"{CountyPage}/settings", Who.CountyClerk | Who.Operator),
        new("POST /counties/{county}/years/{year:int}/settings/dates", $"{CountyPage}/settings/dates", Who.CountyClerk | Who.Operator, 302, "x=y", Type: Form),
        new("POST /counties/{county}/years/{year:int}/settings/state", $"{CountyPage}/settings/state", Who.CountyClerk | Who.Operator, 400, "state=x", Type: Form),
        new("POST /counties/{county}/years/{year:int}/settings/next", $"{CountyPage}/settings/next", Who.CountyClerk | Who.Operator, 302, "x=y", Type: Form),
        new("GET /counties/{county}/years/{year:int}/audit", $"{CountyPage}/audit", Who.CountyClerk | Who.ViewerAbove),

        new("GET /api/v1/forms", "/api/v1/forms", Who.Anyone),
        new("GET /api/v1/forms/{form}", "/api/v1/forms/2021", Who.Anyone),
        new("GET /api/v1/forms/{form}/schema", "/api/v1/forms/2021/schema", Who.Anyone),
        new("POST /api/v1/forms/{form}/check", "/api/v1/forms/2021/check", Who.Anyone, Body: submission),

        new("GET /api/v1/units", $"/api/v1/units?parent={County}", Who.AnyCaller),
        new("GET /api/v1/units/{unit}", $"/api/v1/units/{Unit}", Who.AnyCaller),
        new("PUT /api/v1/units/{unit}", $"/api/v1/units/{Unit}", Who.CountyClerk | Who.Operator, Body: """{"name":"马步乡","kind":"township"}"""),

        new("GET /api/v1/keys", "/api/v1/keys", Who.CountyClerk | Who.OtherCounty | Who.Operator),
        new("POST /api/v1/keys", "/api/v1/keys", Who.CountyClerk | Who.Operator, 201, $$"""{"role":"reporter","scope":"{{Unit}}"}"""),
        new("DELETE /api/v1/keys/{id}", "/api/v1/keys/{key}", Who.CountyClerk | Who.Operator, 204, Hidden: Who.OtherCounty),

        new("POST /api/v1/webhooks", "/api/v1/webhooks", Who.CountyClerk | Who.Operator, 201, Webhook),
        new("GET /api/v1/webhooks", "/api/v1/webhooks", Who.CountyClerk | Who.OtherCounty | Who.Operator),
        new("DELETE /api/v1/webhooks/{id}", "/api/v1/webhooks/{webhook}", Who.CountyClerk | Who.Operator, 204, Hidden: Who.OtherCounty),
        new("POST /api/v1/webhooks/{id}/ping", "/api/v1/webhooks/{webhook}/ping", Who.CountyClerk | Who.Operator, 202, Hidden: Who.OtherCounty),
        new("GET /api/v1/webhooks/{id}/deliveries", "/api/v1/webhooks/{webhook}/deliveries", Who.CountyClerk | Who.Operator, Hidden: Who.OtherCounty),
        new("GET /api/v1/webhooks/{id}/deliveries/{delivery}", "/api/v1/webhooks/{webhook}/deliveries/none", Who.CountyClerk | Who.Operator, 404, Hidden: Who.OtherCounty),
        new("POST /api/v1/webhooks/{id}/deliveries/{delivery}/replay", "/api/v1/webhooks/{webhook}/deliveries/none/replay", Who.CountyClerk | Who.Operator, 404, Hidden: Who.OtherCounty),

        new("GET /api/v1/jobs", "/api/v1/jobs", Who.CountyClerk | Who.OtherCounty | Who.Operator),
        new("GET /api/v1/jobs/{id:long}", "/api/v1/jobs/{run}", Who.CountyClerk | Who.Operator, Hidden: Who.OtherCounty),
        new("GET /api/v1/jobs/{id:long}/events", "/api/v1/jobs/{run}/events", Who.CountyClerk | Who.Operator, Hidden: Who.OtherCounty),
        new("POST /api/v1/jobs/{id:long}/retry", "/api/v1/jobs/{run}/retry", Who.CountyClerk | Who.Operator, 202, Hidden: Who.OtherCounty),
        new("POST /api/v1/jobs/{job}/pause", "/api/v1/jobs/clean_up/pause", Who.Operator, 204),
        new("POST /api/v1/jobs/{job}/resume", "/api/v1/jobs/clean_up/resume", Who.Operator, 204),

        new("GET /api/v1/accounts", "/api/v1/accounts", Who.CountyClerk | Who.OtherCounty | Who.Operator),
        new("POST /api/v1/accounts", "/api/v1/accounts", Who.CountyClerk | Who.Operator, 201, $$"""{"login":"{new}","name":"张三","role":"reporter","scope":"{{Unit}}"}"""),
        new("GET /api/v1/accounts/{login}", "/api/v1/accounts/{account}", Who.CountyClerk | Who.Operator, Hidden: Who.OtherCounty),
        new("PUT /api/v1/accounts/{login}", "/api/v1/accounts/{account}", Who.CountyClerk | Who.Operator, Body: """{"name":"张三"}""", Hidden: Who.OtherCounty),
        new("POST /api/v1/accounts/{login}/reset", "/api/v1/accounts/{account}/reset", Who.CountyClerk | Who.Operator, Hidden: Who.OtherCounty),

        new("POST /api/v1/session", "/api/v1/session", Who.Anyone, 400, "{}"),
        new("GET /api/v1/session", "/api/v1/session", Who.AnyCaller, By: By.SessionOnly),
        new("DELETE /api/v1/session", "/api/v1/session", Who.AnyCaller, 204, By: By.SessionOnly),
        new("POST /api/v1/session/password", "/api/v1/session/password", Who.AnyCaller, 400, """{"currentPassword":"x","newPassword":"y"}""", By: By.SessionOnly),
        new("GET /api/v1/sessions", "/api/v1/sessions", Who.AnyCaller, By: By.SessionOnly),
        new("DELETE /api/v1/sessions", "/api/v1/sessions", Who.AnyCaller, 204, By: By.SessionOnly),
        new("DELETE /api/v1/sessions/{id}", "/api/v1/sessions/nobodys", Who.AnyCaller, 404, By: By.SessionOnly),

        new("GET /divisions/{division}/years/{year:int}", "/divisions/3609/years/2021", Who.ViewerAbove),
        new("GET /divisions/{division}/years/{year:int}/totals", "/divisions/3609/years/2021/totals", Who.ViewerAbove),
        new("GET /divisions/{division}/years/{year:int}/totals/{path}", "/divisions/3609/years/2021/totals/requests.total.total", Who.ViewerAbove),
        new("GET /divisions/{division}/years/{year:int}/comparison", $"/divisions/{County}/years/2021/comparison", Who.CountyClerk | Who.ViewerAbove),
        new("GET /divisions/{division}/years/{year:int}/heat-map", $"/divisions/{County}/years/2021/heat-map", Who.CountyClerk | Who.ViewerAbove),

        new("GET /api/v1/divisions/{division}/years/{year:int}/standings", "/api/v1/divisions/3609/years/2021/standings", Who.ViewerAbove),
        new("GET /api/v1/divisions/{division}/years/{year:int}/progress", $"/api/v1/divisions/{County}/years/2021/progress", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/divisions/{division}/years/{year:int}/comparison", $"/api/v1/divisions/{County}/years/2021/comparison", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/divisions/{division}/years/{year:int}/charts/{chart}.svg", $"/api/v1/divisions/{County}/years/2021/charts/progress.svg", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/divisions/{division}/years/{year:int}/charts/{chart}.png", "/api/v1/divisions/3609/years/2021/charts/heat-map.png", Who.ViewerAbove),
        new("GET /api/v1/divisions/{division}/years/{year:int}/totals", "/api/v1/divisions/3609/years/2021/totals", Who.ViewerAbove),
        new("GET /api/v1/divisions/{division}/years/{year:int}/totals/cells/{path}", "/api/v1/divisions/3609/years/2021/totals/cells/requests.total.total", Who.ViewerAbove),

        new("GET /api/v1/audit", "/api/v1/audit", Who.Operator),
        new("GET /api/v1/audit/verify", "/api/v1/audit/verify", Who.Operator),
        new("GET /api/v1/audit.csv", "/api/v1/audit.csv", Who.Operator),
        new("GET /api/v1/audit.ndjson", "/api/v1/audit.ndjson", Who.Operator),
        new("GET /api/v1/counties/{county}/audit.csv", $"/api/v1/counties/{County}/audit.csv", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/audit.ndjson", $"/api/v1/counties/{County}/audit.ndjson", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/audit", $"/api/v1/counties/{County}/audit", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/audit/verify", $"/api/v1/counties/{County}/audit/verify", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}", Year, Who.Reporter | Who.OtherUnit | Who.CountyClerk | Who.ViewerAbove | Who.Operator),
        new("PUT /api/v1/counties/{county}/years/{year:int}", Year, Who.CountyClerk | Who.Operator, Body: "{}"),

        new("GET /api/v1/counties/{county}/years/{year:int}/roster", $"{Year}/roster", Who.CountyClerk | Who.ViewerAbove),
        new("POST /api/v1/counties/{county}/years/{year:int}/roster/import", $"{Year}/roster/import", Who.CountyClerk | Who.Operator),
        new("PUT /api/v1/counties/{county}/years/{year:int}/roster", $"{Year}/roster", Who.CountyClerk | Who.Operator, Body: $$"""{"units":["{{Unit}}"]}"""),
        new("PUT /api/v1/counties/{county}/years/{year:int}/roster/{unit}", $"{Year}/roster/{Unit}", Who.CountyClerk | Who.Operator, Body: "{}"),

        new("POST /api/v1/counties/{county}/years/{year:int}/submissions", $"{Year}/submissions", Who.Reporter | Who.CountyClerk, 201, submission),
        new("GET /api/v1/counties/{county}/years/{year:int}/submissions/bulk-template.csv", $"{Year}/submissions/bulk-template.csv", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/submissions/bulk-template.xlsx", $"{Year}/submissions/bulk-template.xlsx", Who.CountyClerk | Who.ViewerAbove),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/bulk", $"{Year}/submissions/bulk?dryRun=true", Who.CountyClerk, 400, "unit", Type: "text/csv"),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/from-document", $"{Year}/submissions/from-document?unit={Unit}", Who.Reporter | Who.CountyClerk, 415, "unit", Type: "text/csv"),
        new("GET /api/v1/counties/{county}/years/{year:int}/submissions/{unit}", $"{Year}/submissions/{Unit}", Who.Reporter | Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/prefill", $"{Year}/submissions/{Unit}/prefill", Who.Reporter | Who.CountyClerk | Who.ViewerAbove, 404),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/convert", $"{Year}/submissions/{Unit}/convert", Who.Reporter | Who.CountyClerk | Who.ViewerAbove, 409, submission),
        new("GET /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/body", $"{Year}/submissions/{Unit}/body?revision=1", Who.Reporter | Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/reading", $"{Year}/submissions/{Unit}/reading?revision=1", Who.Reporter | Who.CountyClerk | Who.ViewerAbove, 404),
        new("GET /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/revisions", $"{Year}/submissions/{Unit}/revisions", Who.Reporter | Who.CountyClerk | Who.ViewerAbove),

        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/accept", $"{Year}/submissions/accept", Who.CountyClerk, Body: $$"""{"units":[{"unit":"{{Unit}}"}]}"""),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/withdraw", $"{Year}/submissions/{Unit}/withdraw", Who.Reporter | Who.CountyClerk, 200, Again: true),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/return", $"{Year}/submissions/{Unit}/return", Who.CountyClerk, 200, """{"reason":"请核对"}""", Again: true),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/findings/{rule}/waive", $"{Year}/submissions/{Unit}/findings/H1/waive", Who.CountyClerk, 404, """{"reason":"已核实"}"""),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/findings/{rule}/explain", $"{Year}/submissions/{Unit}/findings/X1/explain", Who.Reporter | Who.CountyClerk, 404, """{"text":"上年漏报"}"""),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/accept", $"{Year}/submissions/{Unit}/accept", Who.CountyClerk, Again: true),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/reopen", $"{Year}/submissions/{Unit}/reopen", Who.CountyClerk, 409, """{"reason":"来函更正"}"""),

        new("GET /api/v1/counties/{county}/years/{year:int}/report.json", $"{Year}/report.json", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/report.html", $"{Year}/report.html", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/report.csv", $"{Year}/report.csv", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/report.xlsx", $"{Year}/report.xlsx", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/report.docx", $"{Year}/report.docx", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/report.pdf", $"{Year}/report.pdf", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/circular.docx", $"{Year}/circular.docx", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/circular.pdf", $"{Year}/circular.pdf", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/infographic.svg", $"{Year}/infographic.svg", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/infographic.png", $"{Year}/infographic.png", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/roster/{unit}/dunning-letter.docx", $"{Year}/roster/360922100/dunning-letter.docx", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/roster/{unit}/dunning-letter.pdf", $"{Year}/roster/360922100/dunning-letter.pdf", Who.CountyClerk | Who.ViewerAbove),

        new("GET /api/v1/counties/{county}/years/{year:int}/narrative/{section}", $"{Year}/narrative/problems", Who.CountyClerk | Who.ViewerAbove),
        new("PUT /api/v1/counties/{county}/years/{year:int}/narrative/{section}", $"{Year}/narrative/problems", Who.CountyClerk, 204, """{"text":"存在的问题"}"""),
        new("DELETE /api/v1/counties/{county}/years/{year:int}/narrative/{section}", $"{Year}/narrative/other", Who.CountyClerk, 404),

        new("POST /api/v1/counties/{county}/years/{year:int}/editions", $"{Year}/editions", Who.CountyClerk | Who.Operator, 202),
        new("GET /api/v1/counties/{county}/years/{year:int}/editions", $"{Year}/editions", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/editions/{number:int}", $"{Year}/editions/99", Who.CountyClerk | Who.ViewerAbove, 404),
        new("GET /api/v1/counties/{county}/years/{year:int}/editions/{number:int}/changes", $"{Year}/editions/99/changes", Who.CountyClerk | Who.ViewerAbove, 404),
        new("GET /api/v1/counties/{county}/years/{year:int}/editions/{number:int}/report.json", $"{Year}/editions/99/report.json", Who.CountyClerk | Who.ViewerAbove, 404),
        new("GET /api/v1/counties/{county}/years/{year:int}/editions/{number:int}/report.html", $"{Year}/editions/99/report.html", Who.CountyClerk | Who.ViewerAbove, 404),
        new("GET /api/v1/counties/{county}/years/{year:int}/editions/{number:int}/report.csv", $"{Year}/editions/99/report.csv", Who.CountyClerk | Who.ViewerAbove, 404),
        new("GET /api/v1/counties/{county}/years/{year:int}/editions/{number:int}/report.xlsx", $"{Year}/editions/99/report.xlsx", Who.CountyClerk | Who.ViewerAbove, 404),
        new("GET /api/v1/counties/{county}/years/{year:int}/editions/{number:int}/report.docx", $"{Year}/editions/99/report.docx", Who.CountyClerk | Who.ViewerAbove, 404),
        new("GET /api/v1/counties/{county}/years/{year:int}/editions/{number:int}/report.pdf", $"{Year}/editions/99/report.pdf", Who.CountyClerk | Who.ViewerAbove, 404),

        new("GET /api/v1/calendar/{year:int}", "/api/v1/calendar/2022", Who.AnyCaller),
        new("PUT /api/v1/calendar/{year:int}", "/api/v1/calendar/2031", Who.Operator, Body: """{"source":"通知","daysOff":["2031-01-01"],"workdays":[]}"""),
        new("GET /api/v1/counties/{county}/years/{year:int}/reminders", $"{Year}/reminders", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/reminders/plan", $"{Year}/reminders/plan", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/reminders/preview", $"{Year}/reminders/preview?unit={Unit}&step=due", Who.CountyClerk | Who.ViewerAbove),
        new("PUT /api/v1/counties/{county}/years/{year:int}/reminders/ladder", $"{Year}/reminders/ladder", Who.CountyClerk | Who.Operator,
            Body: """{"enabled":true,"time":"09:00:00","openingWorkdays":20,"steps":[{"days":0}],"repeatDays":7}"""),
        new("POST /api/v1/counties/{county}/years/{year:int}/reminders/send", $"{Year}/reminders/send", Who.CountyClerk | Who.Operator, Body: "{}"),
        new("POST /api/v1/counties/{county}/years/{year:int}/reminders/test", $"{Year}/reminders/test", Who.CountyClerk | Who.Operator, 422, """{"address":"a@example.com"}"""),
        new("POST /api/v1/counties/{county}/years/{year:int}/reminders/{id:long}/retry", $"{Year}/reminders/999999999/retry", Who.CountyClerk | Who.Operator, 404),

        new("GET /api/v1/counties/{county}/years/{year:int}/totals/adjustments", $"{Year}/totals/adjustments", Who.CountyClerk | Who.ViewerAbove),
        new("PUT /api/v1/counties/{county}/years/{year:int}/totals/adjustments/{path}", $"{Year}/totals/adjustments/disclosure.penalties.decisions", Who.CountyClerk, 204, """{"delta":1,"reason":"联合发文"}"""),
        new("DELETE /api/v1/counties/{county}/years/{year:int}/totals/adjustments/{path}", $"{Year}/totals/adjustments/disclosure.licences.decisions", Who.CountyClerk, 404),
        new("GET /api/v1/counties/{county}/years/{year:int}/outliers", $"{Year}/outliers", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/duplicates", $"{Year}/duplicates", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/totals", $"{Year}/totals", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/totals/cells/{path}", $"{Year}/totals/cells/requests.total.total", Who.CountyClerk | Who.ViewerAbove),
    ];

    [Fact]
    public void Every_endpoint_is_in_the_table()
    {
        var (listed, running) = (table.Select(r => r.Endpoint).ToList(), Endpoints(api).ToList());

        listed.ShouldBeUnique();
        running.Except(listed).Select(endpoint => $"new(\"{endpoint}\", \"an address that is there\", Who.… | Who.…, status for those who are let in, body),")
            .ShouldBeEmpty("these lines are missing in the table of this class; add them, and run it once with ACCEPT=1");
        listed.Except(running).ShouldBeEmpty("these endpoints of the table are not there any more; take their lines out, and run this class once with ACCEPT=1");
    }

    /// <summary>Each cell of the printed table is what <see cref="Only_who_has_the_right_is_let_in"/> holds against the running Api.</summary>
    [Fact]
    public async Task The_table_that_people_read_is_the_one_that_is_tested()
    {
        const string Golden = "docs/authorization.md";
        var (actual, golden) = (Print(), Path.Combine(Repository.Root, Golden));
        TestContext.Current.TestOutputHelper?.WriteLine(actual);
        if (Environment.GetEnvironmentVariable("ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(golden, actual);
        }

        (File.Exists(golden) ? await File.ReadAllTextAsync(golden) : "")
            .ShouldBe(actual, $"{Golden} is not what the Api does any more. If it is meant, run this test once with ACCEPT=1 and commit the file.");
    }

    static string Print()
    {
        var lines = table.OrderBy(r => r.Endpoint.Split(' ')[1], StringComparer.Ordinal).ThenBy(r => r.Endpoint, StringComparer.Ordinal).Select(r =>
            $"| `{r.Endpoint.Replace(":int", "", StringComparison.Ordinal).Replace(":long", "", StringComparison.Ordinal)}` | {(r.Allowed.HasFlag(Who.Anonymous) ? "" : r.By == By.SessionOnly ? "session" : "key, session")} | {string.Join(" | ", everybody.Select(who => Mark(r, who)))} |");
        return $"""
            # Who may call what

            Written by `RequiredRightsTests`, which holds every cell of it against the running Api. Seen from the county 360922 and
            its unit 360922201, which the addresses name.

            ✓: let in. 404: told that there is no such thing. –: refused with 403. 401: has to say who it is first.

            | column | caller |
            |---|---|
            | own unit, other unit, foreign unit | `reporter` of the unit itself, of another unit of the county, of a unit of another county |
            | county, other county | `county` of the county itself, of another county |
            | viewer above, viewer beside | `viewer` of the province, of another prefecture |
            | operator | `operator` |
            | nobody | no key and no session |

            | endpoint | by | own unit | other unit | foreign unit | county | other county | viewer above | viewer beside | operator | nobody |
            |---|---|---|---|---|---|---|---|---|---|---|
            {string.Join('\n', lines)}

            """.ReplaceLineEndings("\n");
    }

    static string Mark(Row row, Who who) => row.Allowed.HasFlag(who) ? "✓" : Refused(row, who) switch
    {
        403 => "–",
        var status => $"{status}",
    };

    static int Refused(Row row, Who who) => who == Who.Anonymous ? 401 : (row.Hidden & who) != 0 ? 404 : 403;

    public static TheoryData<string> EndpointNames => [.. table.Select(r => r.Endpoint)];

    [Theory]
    [MemberData(nameof(EndpointNames))]
    public async Task Only_who_has_the_right_is_let_in(string endpoint)
    {
        var row = table.Single(r => r.Endpoint == endpoint);
        var clerk = await api.OpenYearAsync(County, 2021);
        await FileAnewAsync(clerk);
        await api.RefreshTotalsAsync();

        var wrong = new List<string>();
        foreach (var (who, session) in everybody.SelectMany(who => who == Who.Anonymous ? [(who, false)] : new[] { (who, false), (who, true) }))
        {
            if (row.Again)
            {
                await FileAnewAsync(clerk);
            }

            var client = await ClientAsync(who, session);
            var (address, body) = await ResolveAsync(row);
            var before = await api.StoredAsync();
            var response = await SendAsync(row, client, address, body);
            var allowed = row.Allowed.HasFlag(who) && (session || row.Allowed.HasFlag(Who.Anonymous) || row.By == By.KeyOrSession);
            var expected = allowed ? row.Status : Refused(row, who);
            if ((int)response.StatusCode != expected)
            {
                wrong.Add($"{who} by {(session ? "session" : "key")}: {(int)response.StatusCode} instead of {expected}");
            }
            else if (!allowed)
            {
                if (expected != 404)
                {
                    await response.ShouldRefuseAsync(expected, expected == 401 ? "unauthenticated" : "forbidden");
                }

                (await api.StoredAsync()).ShouldBe(before, $"{who} was refused");
            }
        }

        wrong.ShouldBeEmpty();
    }

    /// <summary>Whatever an earlier row did to the report, it is filed again.</summary>
    async Task FileAnewAsync(HttpClient clerk)
    {
        await api.Database.ScalarAsync<int>($"update filing set status = 'missing' where unit = '{Unit}'");
        await clerk.FileAsync(Year, Unit, Report.Zero("2021"));
    }

    public static TheoryData<string> ProtectedEndpointNames => [.. table.Where(r => !r.Allowed.HasFlag(Who.Anonymous)).Select(r => r.Endpoint)];

    [Theory]
    [MemberData(nameof(ProtectedEndpointNames))]
    public async Task Only_a_right_key_opens(string endpoint)
    {
        var row = table.Single(r => r.Endpoint == endpoint);
        var (address, body) = await ResolveAsync(row);

        var response = await SendAsync(row, api.WithKey("agg_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), address, body);

        await response.ShouldRefuseAsync(401, "unauthenticated");
        response.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Bearer");
    }

    public static TheoryData<string> ChangingEndpointNames =>
        [.. table.Where(r => !r.Allowed.HasFlag(Who.Anonymous) && !r.Endpoint.StartsWith("GET ", StringComparison.Ordinal)).Select(r => r.Endpoint)];

    /// <summary>A browser sends its cookie along with whatever another site makes it send: the cookie alone changes nothing, anywhere.</summary>
    [Theory]
    [MemberData(nameof(ChangingEndpointNames))]
    public async Task A_session_changes_nothing_without_its_token_or_from_another_site(string endpoint)
    {
        var row = table.Single(r => r.Endpoint == endpoint);
        await FileAnewAsync(await api.OpenYearAsync(County, 2021));
        var who = row.Allowed.HasFlag(Who.CountyClerk) ? Who.CountyClerk : Who.Operator;
        var (address, body) = await ResolveAsync(row);
        foreach (var (site, token) in ((string?, bool)[])[(null, false), ("same-origin", false), ("cross-site", true), ("same-site", true), ("CROSS-SITE", true), ("", false)])
        {
            var client = await ClientAsync(who, session: true);
            if (!token)
            {
                client.DefaultRequestHeaders.Remove("X-Antiforgery-Token");
            }

            if (site is not null)
            {
                client.DefaultRequestHeaders.TryAddWithoutValidation("Sec-Fetch-Site", site);
            }

            var before = await api.StoredAsync();
            var refused = await SendAsync(row, client, address, body);

            ((int)refused.StatusCode).ShouldBe(400, $"from {site ?? "a browser that does not say"}, {(token ? "with" : "without")} a token");
            (await refused.Content.ReadAsStringAsync()).ShouldContain("防伪令牌");
            (await api.StoredAsync()).ShouldBe(before);
        }
    }

    [Fact]
    public async Task A_unit_named_below_a_foreign_county_opens_nothing_there()
    {
        var (county, other) = (await api.OpenCountyAsync(), await api.OpenCountyAsync());
        var (unit, foreign) = (county.Units[0], other.Units[0]);
        await other.Clerk.FileAsync(other.Year, foreign, Report.Zero("2021"));

        foreach (var client in new[] { county.Clerk, await api.ReporterAsync(unit) })
        {
            (await client.GetAsync($"{county.Year}/submissions/{foreign}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await client.GetAsync($"{other.Year}/submissions/{foreign}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await client.GetAsync($"{other.Year}/submissions/{unit}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        (await county.Clerk.PutAsync($"{other.Year}/roster/{unit}", "{}".AsJson())).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await county.Clerk.PutAsync($"{county.Year}/roster/{foreign}", "{}".AsJson())).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_viewer_of_the_nation_sees_every_county_and_changes_none()
    {
        var county = await api.OpenCountyAsync();
        var viewer = await api.ClientAsync(Role.Viewer, "00");

        (await viewer.GetAsync($"{county.Year}/roster")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await viewer.GetAsync("/api/v1/divisions/00/years/2021/totals")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await viewer.PutAsync(county.Year, "{}".AsJson())).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await viewer.FileAsync(county.Year, county.Units[0], Report.Zero("2021"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    /// <summary>Method and pattern of every endpoint of the running Api.</summary>
    internal static IEnumerable<string> Endpoints(ApiFixture api) =>
        from endpoint in api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["ANY"]
        select $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}";

    Task<HttpClient> ClientAsync(Who who, bool session)
    {
        (Role Role, string Scope)? caller = who switch
        {
            Who.Reporter => (Role.Reporter, Unit),
            Who.OtherUnit => (Role.Reporter, "360922100"),
            Who.ForeignUnit => (Role.Reporter, "360923100"),
            Who.CountyClerk => (Role.County, County),
            Who.OtherCounty => (Role.County, "360923"),
            Who.ViewerAbove => (Role.Viewer, "36"),
            Who.ViewerBeside => (Role.Viewer, "3608"),
            Who.Operator => (Role.Operator, ""),
            _ => null,
        };
        return caller is not var (role, scope) ? Task.FromResult(api.Anonymous()) : session ? api.SessionAsync(role, scope) : api.ClientAsync(role, scope);
    }

    /// <summary>The row's address and body with new things in them to be touched: a key or an account of the unit.</summary>
    async Task<(string Address, string? Body)> ResolveAsync(Row row)
    {
        var address = row.Address;
        if (address.Contains("{key}", StringComparison.Ordinal))
        {
            var key = await (await api.CountyAsync(County)).PostAsync("/api/v1/keys", $$"""{"role":"reporter","scope":"{{Unit}}"}""".AsJson());
            address = address.Replace("{key}", (string?)(await key.JsonAsync())["id"], StringComparison.Ordinal);
        }

        if (address.Contains("{run}", StringComparison.Ordinal))
        {
            var run = await api.Database.ScalarAsync<long>($"""
                insert into job_run (county, job, key, state, queued_at, queued_by, started_at, ended_at)
                values ('{County}', 'mark_overdue', '{Guid.NewGuid()}', 'failed', now(), 'clock', now(), now()) returning id
                """);
            address = address.Replace("{run}", $"{run}", StringComparison.Ordinal);
        }

        if (address.Contains("{webhook}", StringComparison.Ordinal))
        {
            var webhook = await (await api.CountyAsync(County)).PostAsync("/api/v1/webhooks", Webhook.AsJson());
            address = address.Replace("{webhook}", (string?)(await webhook.JsonAsync())["id"], StringComparison.Ordinal);
        }

        if (address.Contains("{account}", StringComparison.Ordinal))
        {
            var account = await (await api.SessionAsync(Role.Reporter, Unit)).GetJsonAsync("/api/v1/session");
            address = address.Replace("{account}", (string?)account["login"], StringComparison.Ordinal);
        }

        return (address, row.Body?.Replace("{new}", $"n{Guid.NewGuid():n}", StringComparison.Ordinal));
    }

    static async Task<HttpResponseMessage> SendAsync(Row row, HttpClient client, string address, string? body)
    {
        if (row.Type == Form && row.Allowed.HasFlag(Who.Anonymous))
        {
            await client.TakeAntiforgeryAsync("/sign-in");
        }

        using var request = new HttpRequestMessage(HttpMethod.Parse(row.Endpoint.Split(' ')[0]), address)
        {
            Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, row.Type),
        };
        return await client.SendAsync(request);
    }

    /// <summary>An endpoint, a request to it, and who is let in with which status.</summary>
    /// <param name="Endpoint">Method and pattern.</param>
    /// <param name="Address">An address of it; <c>{key}</c> and <c>{account}</c> stand for new ones of the unit.</param>
    /// <param name="Allowed">Who is let in; the others get 403, nobody in particular 401.</param>
    /// <param name="Status">The answer to who is let in.</param>
    /// <param name="Body">The body; <c>{new}</c> stands for a new name.</param>
    /// <param name="Hidden">Who gets 404 instead of 403.</param>
    /// <param name="Again">Whether the report has to be filed anew for each caller.</param>
    /// <param name="Type">Type of the body.</param>
    /// <param name="By">What proves a caller here.</param>
    sealed record Row(
        string Endpoint, string Address, Who Allowed, int Status = 200, string? Body = null, Who Hidden = Who.None, bool Again = false,
        string Type = "application/json", By By = By.KeyOrSession);
}
