using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Access;

namespace Aggregator.Api.Tests.Web;

/// <summary>Hostile addresses and headers: never a 500, always a problem that says what is wrong.</summary>
public sealed class ProblemsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_file_on_a_condition_that_does_not_hold_is_refused_and_no_failure()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/site.js");
        request.Headers.IfMatch.ParseAdd("\"another\"");

        await (await api.Anonymous().SendAsync(request)).ShouldRefuseAsync(412, "precondition_failed");
    }

    public static TheoryData<string> Addresses => [
        "/api/v1/counties/%00/years/2021",
        "/api/v1/counties/%00/years/2021/roster",
        "/api/v1/counties/%00/audit",
        "/api/v1/counties/360922/years/2021/submissions/360922%00",
        "/api/v1/counties/360922/years/2021/submissions/360922%00/revisions",
        "/api/v1/counties/360922/years/2021/submissions/360922%00/body?revision=1",
        "/api/v1/counties/360922/years/2021/totals/cells/%00",
        "/api/v1/counties/360922/years/2021/totals/cells/requests.total.total%00",
        "/api/v1/divisions/%00/years/2021/totals",
        "/api/v1/divisions/36%00/years/2021/totals/cells/x",
        "/api/v1/units/%00",
        "/api/v1/units/360922%00",
        "/api/v1/units?parent=%00",
        "/api/v1/units?parent=360922%00",
        "/api/v1/units?parent=360922&after=%00",
        "/api/v1/units?parent=360922&after=%00&x=%2500",
        "/api/v1/units?%00=1",
        "/api/v1/counties/360922/audit?after=1%00",
        "/api/v1/units",
        "/api/v1/forms/%00",
        "/api/v1/forms/2021%00/schema",
        "/api/v1/keys/%00",
        "/api/v1/counties/360922'--/years/2021",
        "/api/v1/counties/360922'--/years/2021/roster",
        "/api/v1/counties/360922%27%3Bdrop%20table%20unit%3B--/audit/x",
        "/api/v1/units/%27%20or%201=1--",
        "/api/v1/counties/%EF%BC%93%EF%BC%96%EF%BC%90%EF%BC%99%EF%BC%92%EF%BC%92/years/2021",
        "/api/v1/counties/360922/years/%EF%BC%92%EF%BC%90%EF%BC%92%EF%BC%91",
        "/api/v1/counties/360922/years/%D9%A2%D9%A0%D9%A2%D9%A1",
        "/api/v1/counties/360922/years/99999999999999999999",
        "/api/v1/counties/360922/years/-1",
        "/api/v1/counties/360922/years/2021.0",
        "/api/v1/counties/360922/years/0x7E5",
        "/api/v1/counties/360922/years/2e3",
        "/api/v1/counties/..%2f..%2fkeys",
        "/api/v1/counties/../webhooks/x",
        "/api/v1/counties/360922/years/2021/submissions/..%2F360923100",
        "/api/v1/counties/360922/years/2021/submissions/%2e%2e%2f%2e%2e",
        "/api/v1/counties/%FF%FE/years/2021",
        "/api/v1/counties/%C0%AF/years/2021",
        "/api/v1/units/%ED%A0%80",
        "/api/v1/units/%E4%B8",
        "/api/v1/units/%",
        "/api/v1/units/%zz",
        "/api/v1/counties/360922/years/2021/submissions/360922201?revision=abc",
        "/api/v1/counties/360922/years/2021/submissions/360922201?revision=-1",
        "/api/v1/counties/360922/years/2021/submissions/360922201?revision=2147483648",
        "/api/v1/counties/360922/years/2021/submissions/360922201?revision=1&revision=2",
        "/api/v1/counties/360922/years/2021/submissions/360922201/body",
        "/api/v1/counties/360922/years/2021/submissions/360922201/body?revision=",
        "/api/v1/counties/360922/years/2021/submissions/360922201/revisions?after=x",
        "/api/v1/counties/360922/years/2021/submissions/360922201/revisions?after=99999999999",
        "/api/v1/counties/360922/audit?after=x",
        "/api/v1/counties/360922/audit?after=9223372036854775808",
        "/api/v1/units/7000",
        "/api/v1/units?parent=7000",
        "/api/v1/counties/7000/years/2021",
        "/api/v1/units/20000",
    ];

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_hostile_address_is_refused_whoever_asks(string address)
    {
        address = address.Replace("7000", new string('9', 7000), StringComparison.Ordinal).Replace("20000", new string('9', 20_000), StringComparison.Ordinal);
        HttpClient[] clients = [
            await api.ClientAsync(Role.Viewer, "00"), await api.OperatorAsync(), await api.CountyAsync("360922"), await api.ReporterAsync("360922201"), api.Anonymous()];

        foreach (var client in clients)
        {
            foreach (var method in (string[])["GET", "PUT", "DELETE"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Parse(method), AsIs(address)) { Content = method == "PUT" ? "{}".AsJson() : null };
                var response = await client.SendAsync(request);
                var text = await response.Content.ReadAsStringAsync();
                var isEmptyList = address.Contains("parent=", StringComparison.Ordinal) && !address.Contains("%00", StringComparison.Ordinal) && text == "[]";
                if (!isEmptyList)
                {
                    ((int)response.StatusCode).ShouldBeInRange(400, 499, $"{method} {address}: {text}");
                }

                // What Kestrel itself cannot parse, it answers without a body.
                if (text.Length > 0 && !isEmptyList)
                {
                    await response.ShouldRefuseAsync((int)response.StatusCode, (string)JsonNode.Parse(text)!["code"]!);
                }
            }
        }
    }

    [Theory]
    [InlineData("/api/v1/counties/360922/years/2021/submissions/360922201/revisions?after=-5")]
    [InlineData("/api/v1/counties/360922/years/2021/submissions/360922201/revisions?after=2147483647")]
    [InlineData("/api/v1/counties/360922/audit?after=-9223372036854775808")]
    [InlineData("/api/v1/units?parent=360922&after=%F0%9F%98%80")]
    [InlineData("/api/v1/units?parent=360922&after=%ED%A0%80")]
    [InlineData("/api/v1/units?parent=360922&after=%FF")]
    [InlineData("/api/v1/units?parent=%27%20or%20%27%27=%27")]
    [InlineData("/api/v1/units?parent=360922&parent=360923")]
    [InlineData("/api/v1/units?Parent")]
    public async Task A_strange_but_possible_place_in_a_list_gives_a_list(string address)
    {
        var response = await (await api.CountyAsync("360922")).GetAsync(AsIs(address));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!.ShouldBeOfType<JsonArray>();
    }

    /// <summary>It is refused before it reaches the database, where it would spoil its connection for who comes next.</summary>
    [Fact]
    public async Task What_a_NUL_is_refused_for_can_be_asked_without_it()
    {
        var county = await api.CountyAsync("360922");
        for (var before = 0; before < 4; before++)
        {
            (await county.GetAsync("/api/v1/units?parent=360922&after=3")).StatusCode.ShouldBe(HttpStatusCode.OK);
            await (await county.GetAsync(AsIs("/api/v1/units?parent=360922&after=%00"))).ShouldRefuseAsync(400, "invalid_address");
        }
    }

    [Theory]
    [InlineData("/api/v1/nothing", 404, "not_found")]
    [InlineData("/api/v1/webhooks/x", 405, "method_not_allowed")]
    [InlineData("/api/v1/forms/1999", 404, "form_not_found")]
    [InlineData("/api/v1/units?parent=36", 401, "unauthenticated")]
    public async Task Every_refusal_of_the_API_is_a_problem_whatever_the_caller_accepts(string address, int status, string code)
    {
        foreach (var accept in (string[])["", "application/json", "text/html", "text/csv", "image/*;q=0.1", "*/*", "rubbish"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (accept.Length > 0)
            {
                request.Headers.TryAddWithoutValidation("Accept", accept);
            }

            await (await api.Anonymous().SendAsync(request)).ShouldRefuseAsync(status, code);
        }
    }

    [Fact]
    public async Task A_failure_is_a_problem_without_a_stack_trace_whatever_the_caller_accepts()
    {
        var clerk = await api.OpenYearAsync("360923", 2021);
        await api.Database.ScalarAsync<int>("alter table audit rename to audit_away");
        try
        {
            foreach (var accept in (string[])["*/*", "text/html"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/counties/360923/audit");
                request.Headers.Add("Accept", accept);
                var problem = await (await clerk.SendAsync(request)).ShouldRefuseAsync(500, "internal_error");
                problem.ToJsonString().ShouldNotContain("audit");
            }
        }
        finally
        {
            await api.Database.ScalarAsync<int>("alter table audit_away rename to audit");
        }
    }

    static Uri AsIs(string address, Uri server) =>
        new($"{server.GetLeftPart(UriPartial.Authority)}{address}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    Uri AsIs(string address) => AsIs(address, api.Address);
}
