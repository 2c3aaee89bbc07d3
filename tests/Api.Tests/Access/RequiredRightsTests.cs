using System.Net;
using Aggregator.Access;
using Aggregator.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Aggregator.Api.Tests.Access;

/// <summary>
/// Who may do what: every endpoint of the running Api × every kind of caller. An endpoint that is not in the table fails a test;
/// to add one is to add a line.
/// </summary>
public sealed class RequiredRightsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string County = "360922";
    const string Unit = "360922201";
    const string Year = "/api/v1/counties/360922/years/2021";

    static readonly string submission = Report.Zero("2021").ToText(Unit);

    /// <summary>Callers, seen from the county 万载县 and its unit 马步乡.</summary>
    [Flags]
    enum Who
    {
        None = 0,
        Reporter = 1,
        OtherUnit = 2,
        CountyClerk = 4,
        OtherCounty = 8,
        ViewerAbove = 16,
        ViewerBeside = 32,
        Operator = 64,
        AnyKey = 127,
        Anonymous = 128,
        Anyone = 255,
    }

    static readonly Row[] table = [
        new("GET /", "/", Who.Anyone, 302),
        new("GET /healthz", "/healthz", Who.Anyone),
        new("GET /readyz", "/readyz", Who.Anyone),
        new("GET /openapi/{documentName}.json", "/openapi/v1.json", Who.Anyone),

        new("GET /api/v1/forms", "/api/v1/forms", Who.Anyone),
        new("GET /api/v1/forms/{form}", "/api/v1/forms/2021", Who.Anyone),
        new("GET /api/v1/forms/{form}/schema", "/api/v1/forms/2021/schema", Who.Anyone),
        new("POST /api/v1/forms/{form}/check", "/api/v1/forms/2021/check", Who.Anyone, Body: submission),

        new("GET /api/v1/units", $"/api/v1/units?parent={County}", Who.AnyKey),
        new("GET /api/v1/units/{unit}", $"/api/v1/units/{Unit}", Who.AnyKey),
        new("PUT /api/v1/units/{unit}", $"/api/v1/units/{Unit}", Who.CountyClerk | Who.Operator, Body: """{"name":"马步乡","kind":"township"}"""),

        new("POST /api/v1/keys", "/api/v1/keys", Who.CountyClerk | Who.Operator, 201, $$"""{"role":"reporter","scope":"{{Unit}}"}"""),
        new("DELETE /api/v1/keys/{id}", "/api/v1/keys/{key}", Who.CountyClerk | Who.Operator, 204, Hidden: Who.OtherCounty),

        new("GET /api/v1/divisions/{division}/years/{year:int}/totals", "/api/v1/divisions/3609/years/2021/totals", Who.ViewerAbove),
        new("GET /api/v1/divisions/{division}/years/{year:int}/totals/cells/{path}", "/api/v1/divisions/3609/years/2021/totals/cells/requests.total.total", Who.ViewerAbove),

        new("GET /api/v1/counties/{county}/audit", $"/api/v1/counties/{County}/audit", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/audit/verify", $"/api/v1/counties/{County}/audit/verify", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}", Year, Who.Reporter | Who.OtherUnit | Who.CountyClerk | Who.ViewerAbove | Who.Operator),
        new("PUT /api/v1/counties/{county}/years/{year:int}", Year, Who.CountyClerk | Who.Operator, Body: "{}"),

        new("GET /api/v1/counties/{county}/years/{year:int}/roster", $"{Year}/roster", Who.CountyClerk | Who.ViewerAbove),
        new("POST /api/v1/counties/{county}/years/{year:int}/roster/import", $"{Year}/roster/import", Who.CountyClerk | Who.Operator),
        new("PUT /api/v1/counties/{county}/years/{year:int}/roster/{unit}", $"{Year}/roster/{Unit}", Who.CountyClerk | Who.Operator, Body: "{}"),

        new("POST /api/v1/counties/{county}/years/{year:int}/submissions", $"{Year}/submissions", Who.Reporter | Who.CountyClerk, 201, submission),
        new("GET /api/v1/counties/{county}/years/{year:int}/submissions/bulk-template.csv", $"{Year}/submissions/bulk-template.csv", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/submissions/bulk-template.xlsx", $"{Year}/submissions/bulk-template.xlsx", Who.CountyClerk | Who.ViewerAbove),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/bulk", $"{Year}/submissions/bulk?dryRun=true", Who.CountyClerk, 400, "unit", Type: "text/csv"),
        new("GET /api/v1/counties/{county}/years/{year:int}/submissions/{unit}", $"{Year}/submissions/{Unit}", Who.Reporter | Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/prefill", $"{Year}/submissions/{Unit}/prefill", Who.Reporter | Who.CountyClerk | Who.ViewerAbove, 404),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/convert", $"{Year}/submissions/{Unit}/convert", Who.Reporter | Who.CountyClerk | Who.ViewerAbove, 409, submission),
        new("GET /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/body", $"{Year}/submissions/{Unit}/body?revision=1", Who.Reporter | Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/revisions", $"{Year}/submissions/{Unit}/revisions", Who.Reporter | Who.CountyClerk | Who.ViewerAbove),

        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/withdraw", $"{Year}/submissions/{Unit}/withdraw", Who.Reporter | Who.CountyClerk, 200, Again: true),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/return", $"{Year}/submissions/{Unit}/return", Who.CountyClerk, 200, """{"reason":"请核对"}"""),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/findings/{rule}/waive", $"{Year}/submissions/{Unit}/findings/H1/waive", Who.CountyClerk, 404, """{"reason":"已核实"}"""),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/accept", $"{Year}/submissions/{Unit}/accept", Who.CountyClerk),
        new("POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/reopen", $"{Year}/submissions/{Unit}/reopen", Who.CountyClerk, 409, """{"reason":"来函更正"}"""),

        new("GET /api/v1/counties/{county}/years/{year:int}/report.json", $"{Year}/report.json", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/report.html", $"{Year}/report.html", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/report.csv", $"{Year}/report.csv", Who.CountyClerk | Who.ViewerAbove),

        new("GET /api/v1/calendar/{year:int}", "/api/v1/calendar/2022", Who.AnyKey),
        new("PUT /api/v1/calendar/{year:int}", "/api/v1/calendar/2031", Who.Operator, Body: """{"source":"通知","daysOff":["2031-01-01"],"workdays":[]}"""),
        new("GET /api/v1/counties/{county}/years/{year:int}/reminders", $"{Year}/reminders", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/reminders/plan", $"{Year}/reminders/plan", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/reminders/preview", $"{Year}/reminders/preview?unit={Unit}&step=due", Who.CountyClerk | Who.ViewerAbove),
        new("PUT /api/v1/counties/{county}/years/{year:int}/reminders/ladder", $"{Year}/reminders/ladder", Who.CountyClerk | Who.Operator,
            Body: """{"enabled":true,"time":"09:00:00","openingWorkdays":20,"steps":[{"days":0}],"repeatDays":7}"""),
        new("POST /api/v1/counties/{county}/years/{year:int}/reminders/send", $"{Year}/reminders/send", Who.CountyClerk | Who.Operator, Body: "{}"),
        new("POST /api/v1/counties/{county}/years/{year:int}/reminders/test", $"{Year}/reminders/test", Who.CountyClerk | Who.Operator, 422, """{"address":"a@example.com"}"""),
        new("POST /api/v1/counties/{county}/years/{year:int}/reminders/{id:long}/retry", $"{Year}/reminders/1/retry", Who.CountyClerk | Who.Operator, 404),

        new("GET /api/v1/counties/{county}/years/{year:int}/totals/adjustments", $"{Year}/totals/adjustments", Who.CountyClerk | Who.ViewerAbove),
        new("PUT /api/v1/counties/{county}/years/{year:int}/totals/adjustments/{path}", $"{Year}/totals/adjustments/disclosure.penalties.decisions", Who.CountyClerk, 204, """{"delta":1,"reason":"联合发文"}"""),
        new("DELETE /api/v1/counties/{county}/years/{year:int}/totals/adjustments/{path}", $"{Year}/totals/adjustments/disclosure.licences.decisions", Who.CountyClerk, 404),
        new("GET /api/v1/counties/{county}/years/{year:int}/outliers", $"{Year}/outliers", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/duplicates", $"{Year}/duplicates", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/totals", $"{Year}/totals", Who.CountyClerk | Who.ViewerAbove),
        new("GET /api/v1/counties/{county}/years/{year:int}/totals/cells/{path}", $"{Year}/totals/cells/requests.total.total", Who.CountyClerk | Who.ViewerAbove),
    ];

    [Fact]
    public void Every_endpoint_is_in_the_table() =>
        table.Select(r => r.Endpoint).Order(StringComparer.Ordinal).ShouldBe(Endpoints(api).Order(StringComparer.Ordinal));

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
        foreach (var who in Enum.GetValues<Who>().Where(w => w is not (Who.None or Who.AnyKey or Who.Anyone)))
        {
            if (row.Again)
            {
                await FileAnewAsync(clerk);
            }

            var client = await ClientAsync(who);
            var before = await api.StoredAsync();
            var response = await SendAsync(row, client);
            var expected = row.Allowed.HasFlag(who) ? row.Status : who == Who.Anonymous ? 401 : row.Hidden.HasFlag(who) && row.Hidden != Who.None ? 404 : 403;
            if ((int)response.StatusCode != expected)
            {
                wrong.Add($"{who}: {(int)response.StatusCode} instead of {expected}");
            }
            else if (expected is 401 or 403)
            {
                await response.ShouldRefuseAsync(expected, expected == 401 ? "unauthenticated" : "forbidden");
                if (row.Endpoint.StartsWith("DELETE", StringComparison.Ordinal))
                {
                    continue; // Its key was made after the count.
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
        var response = await SendAsync(table.Single(r => r.Endpoint == endpoint), api.WithKey("agg_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));

        await response.ShouldRefuseAsync(401, "unauthenticated");
        response.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Bearer");
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

    Task<HttpClient> ClientAsync(Who who) => who switch
    {
        Who.Reporter => api.ReporterAsync(Unit),
        Who.OtherUnit => api.ReporterAsync("360922100"),
        Who.CountyClerk => api.CountyAsync(County),
        Who.OtherCounty => api.CountyAsync("360923"),
        Who.ViewerAbove => api.ClientAsync(Role.Viewer, "36"),
        Who.ViewerBeside => api.ClientAsync(Role.Viewer, "3608"),
        Who.Operator => api.OperatorAsync(),
        _ => Task.FromResult(api.Anonymous()),
    };

    async Task<HttpResponseMessage> SendAsync(Row row, HttpClient client)
    {
        var address = row.Address;
        if (address.Contains("{key}", StringComparison.Ordinal))
        {
            var key = await (await api.CountyAsync(County)).PostAsync("/api/v1/keys", $$"""{"role":"reporter","scope":"{{Unit}}"}""".AsJson());
            address = address.Replace("{key}", (string?)(await key.JsonAsync())["id"], StringComparison.Ordinal);
        }

        using var request = new HttpRequestMessage(HttpMethod.Parse(row.Endpoint.Split(' ')[0]), address)
        {
            Content = row.Body is null ? null : new StringContent(row.Body, System.Text.Encoding.UTF8, row.Type),
        };
        return await client.SendAsync(request);
    }

    /// <summary>An endpoint, a request to it, and who is let in with which status.</summary>
    sealed record Row(string Endpoint, string Address, Who Allowed, int Status = 200, string? Body = null, Who Hidden = Who.None, bool Again = false, string Type = "application/json");
}
