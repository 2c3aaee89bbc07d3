using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Aggregator.Access;
using Aggregator.Testing;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Aggregator.Api.Tests.Web;

/// <summary>Bodies that nobody should send: each gets a clear 4xx with its place, none a 500, and nothing is stored.</summary>
public sealed class JsonBodyTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Unit = "360922201";
    const string Year = "/api/v1/counties/360922/years/2021";
    const int Limit = 1 << 20;

    static readonly string zero = Report.Zero("2021").ToText(Unit);

    static readonly Dictionary<string, Hostile> submissions = new()
    {
        ["empty"] = new("", 400, "empty_body"),
        ["blank"] = new(" \n ", 400, "invalid_json"),
        ["truncated"] = new(zero[..^1], 400, "invalid_json"),
        ["truncated in a string"] = new(zero[..30], 400, "invalid_json"),
        ["two documents"] = new($"{zero}{{}}", 400, "invalid_json"),
        ["null"] = new("null", 400, "invalid_body"),
        ["array"] = new($"[{zero}]", 400, "invalid_body"),
        ["text"] = new("\"报告\"", 400, "invalid_body"),
        ["comment"] = new($"{zero}// 2021", 400, "invalid_json"),
        ["trailing comma"] = new($"{zero[..^1]},}}", 400, "invalid_json"),
        ["byte order mark"] = new([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(zero)], 400, "byte_order_mark"),
        ["UTF-16"] = new([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(zero)], 400, "byte_order_mark"),
        ["GBK bytes"] = new([.. Encoding.UTF8.GetBytes(zero[..^1]), .. ",\"x\":\""u8, 0xB1, 0xA8, 0xB8, 0xE6, .. "\"}"u8], 400, "invalid_utf8"),
        ["charset gbk"] = new(zero, 415, "unsupported_media_type", ContentType: "application/json; charset=gbk"),
        ["charset utf-16"] = new(zero, 415, "unsupported_media_type", ContentType: "application/json; charset=utf-16"),
        ["gzip"] = new(Gzip(zero), 415, "unsupported_media_type", ContentEncoding: "gzip"),
        ["text/plain"] = new(zero, 415, "unsupported_media_type", ContentType: "text/plain"),
        ["form"] = new(zero, 415, "unsupported_media_type", ContentType: "application/x-www-form-urlencoded"),
        ["malformed type"] = new(zero, 415, "unsupported_media_type", ContentType: "json"),
        ["no type"] = new(zero, 415, "unsupported_media_type", ContentType: null),
        ["NaN"] = new(With("NaN"), 400, "invalid_json"),
        ["Infinity"] = new(With("-Infinity"), 400, "invalid_json"),
        ["hexadecimal"] = new(With("0x10"), 400, "invalid_json"),
        ["leading zero"] = new(With("007"), 400, "invalid_json"),
        ["plus sign"] = new(With("+1"), 400, "invalid_json"),
        ["huge"] = new(With("1000000000000000"), 400, "invalid_body", "$.figures.disclosure.penalties.decisions"),
        ["huge exponent"] = new(With("1e999999999"), 400, "invalid_body", "$.figures.disclosure.penalties.decisions"),
        ["thousand digits"] = new(With(new string('9', 1000)), 400, "invalid_body", "$.figures.disclosure.penalties.decisions"),
        ["number as text"] = new(With("\"1\""), 400, "invalid_body", "$.figures.disclosure.penalties.decisions"),
        ["true"] = new(With("true"), 400, "invalid_body", "$.figures.disclosure.penalties.decisions"),
        ["object for a number"] = new(With("{}"), 400, "invalid_body", "$.figures.disclosure.penalties.decisions"),
        ["remark behind a number"] = new(With("\"55（含自然失效29件）\""), 400, "invalid_body", "$.figures.disclosure.penalties.decisions"),
        ["unknown cell"] = new(With("1,\"issued\":1"), 400, "invalid_body", "$.figures.disclosure.penalties.issued"),
        ["duplicate cell"] = new(With("1,\"decisions\":1"), 400, "invalid_body", "$.figures.disclosure.penalties.decisions"),
        ["unknown member"] = new(zero.Replace("{\"unit\"", "{\"status\":\"accepted\",\"unit\"", StringComparison.Ordinal), 400, "invalid_body", "$.status"),
        ["duplicate member"] = new(zero.Replace("{\"unit\"", "{\"unit\":\"360922202\",\"unit\"", StringComparison.Ordinal), 400, "invalid_body", "$.unit"),
        ["other letter case"] = new(zero.Replace("\"unit\"", "\"Unit\"", StringComparison.Ordinal), 400, "invalid_body", "$.Unit"),
        ["unknown form"] = new(zero.Replace("\"2021\"", "\"2022\"", StringComparison.Ordinal), 400, "unknown_form", "$.form"),
        ["form as number"] = new(zero.Replace("\"2021\"", "2021", StringComparison.Ordinal), 400, "invalid_body", "$.form"),
        ["no unit"] = new(zero.Replace($"\"unit\":\"{Unit}\",", "", StringComparison.Ordinal), 400, "invalid_body", "$.unit"),
        ["unit with NUL"] = new(zero.Replace(Unit, "360922-a\\u0000", StringComparison.Ordinal), 400, "invalid_body", "$.unit"),
        ["unit with SQL"] = new(zero.Replace(Unit, "360922'; drop table revision; --", StringComparison.Ordinal), 400, "invalid_body", "$.unit"),
        ["NUL in prose"] = new(zero.Replace("总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。", "正文\\u0000", StringComparison.Ordinal), 400, "invalid_body", "$.prose.overview"),
        ["raw NUL in prose"] = new(zero.Replace("总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。", "正文\0", StringComparison.Ordinal), 400, "invalid_json"),
        ["lone surrogate in prose"] = new(zero.Replace("总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。", "正文\\ud800", StringComparison.Ordinal), 400, "invalid_body", "$.prose.overview"),
        ["prose too long"] = new(zero.Replace("总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。", new string('长', 100_001), StringComparison.Ordinal), 400, "invalid_body", "$.prose.overview"),
        ["prose as list"] = new(zero.Replace("\"总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。\"", "[]", StringComparison.Ordinal), 400, "invalid_body", "$.prose.overview"),
        ["javascript address"] = new(zero.Replace("https://example.gov.cn/xxgk/2021.html", "javascript:alert(1)", StringComparison.Ordinal), 400, "invalid_body", "$.publishedUrl"),
        ["NUL in the address"] = new(zero.Replace("2021.html", "\\u0000", StringComparison.Ordinal), 400, "invalid_body", "$.publishedUrl"),
        ["no such day"] = new(zero.Replace("2022-01-20", "2022-02-30", StringComparison.Ordinal), 400, "invalid_body", "$.publishedAt"),
        ["900 kB of arrays"] = new(new string('[', 900_000), 400, "too_deep"),
        ["900 kB of objects"] = new(string.Concat(Enumerable.Repeat("{\"a\":", 150_000)), 400, "too_deep"),
        ["900 kB of nesting in figures"] = new(zero.Replace("\"figures\":{", $"\"figures\":{{\"x\":{new string('[', 900_000)}", StringComparison.Ordinal), 400, "too_deep"),
        ["100,000 unknown members"] = new($"{{\"form\":\"2021\",{string.Join(',', Enumerable.Range(0, 80_000).Select(i => $"\"m{i}\":0"))}}}", 400, "invalid_body"),
        ["10 MB of nesting"] = new(new string('[', 10_000_000), 413, "body_too_large"),
        ["one byte too much"] = new($"{zero}{new string(' ', Limit + 1 - Encoding.UTF8.GetByteCount(zero))}", 413, "body_too_large"),
        ["one byte too much in chunks"] = new($"{zero}{new string(' ', Limit + 1 - Encoding.UTF8.GetByteCount(zero))}", 413, "body_too_large", Chunked: true),
    };

    public static TheoryData<string> SubmissionNames => [.. submissions.Keys];

    [Theory]
    [MemberData(nameof(SubmissionNames))]
    public async Task A_hostile_report_is_refused_with_its_place_and_not_stored(string name)
    {
        await api.OpenYearAsync("360922", 2021);
        var reporter = await api.ReporterAsync(Unit);
        var hostile = submissions[name];
        var before = await api.StoredAsync();

        foreach (var address in (string[])[$"{Year}/submissions", "/api/v1/forms/2021/check"])
        {
            var problem = await (await hostile.SendAsync(reporter, HttpMethod.Post, address)).ShouldRefuseAsync(hostile.Status, hostile.Code);
            if (hostile.Path is { } path)
            {
                problem["errors"]!.AsArray().Select(e => (string?)e!["path"]).ShouldContain(path);
                ((string)problem["errors"]![0]!["detail"]!).ShouldMatch(@"[\u4e00-\u9fff]");
            }
        }

        (await api.StoredAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("1.5", "disclosure.penalties.decisions")]
    [InlineData("-1", "disclosure.penalties.decisions")]
    [InlineData("null", "disclosure.penalties.decisions")]
    public async Task A_number_that_is_understood_but_wrong_is_kept_as_a_draft(string number, string path)
    {
        var county = await api.OpenCountyAsync();
        var body = With(number).Replace(Unit, county.Units[0], StringComparison.Ordinal);

        var problem = await (await county.Clerk.FileAsync(county.Year, Encoding.UTF8.GetBytes(body))).ShouldRefuseAsync(422, "hard_findings");

        problem["errors"]!.AsArray().Select(e => $"{e!["code"]} {e["path"]}").ShouldBe([$"N {path}"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_of_exactly_the_limit_is_taken(bool chunked)
    {
        // What a chunked body is wrapped in counts as well.
        var limit = chunked ? Limit - 1024 : Limit;
        var county = await api.OpenCountyAsync();
        var text = Report.Zero("2021").ToText(county.Units[0]);
        var full = new Hostile($"{text}{new string(' ', limit - Encoding.UTF8.GetByteCount(text))}", 201, "", Chunked: chunked);

        (await full.SendAsync(county.Clerk, HttpMethod.Post, $"{county.Year}/submissions")).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    [InlineData("Application/JSON")]
    public async Task Every_spelling_of_JSON_in_UTF_8_is_taken(string type)
    {
        var county = await api.OpenCountyAsync();
        var body = new Hostile(Report.Zero("2021").ToText(county.Units[0]), 201, "", ContentType: type);

        (await body.SendAsync(county.Clerk, HttpMethod.Post, $"{county.Year}/submissions")).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await new Hostile("{}", 200, "", ContentType: type).SendAsync(county.Clerk, HttpMethod.Put, county.Year)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("{Year}/submissions", "POST")]
    [InlineData("{Year}", "PUT")]
    public async Task Who_announces_more_than_he_sends_and_hangs_up_leaves_nothing_behind(string address, string method)
    {
        await api.OpenYearAsync("360922", 2021);
        var clerk = await api.CountyAsync("360922");
        var before = await api.StoredAsync();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(api.Address.Host, api.Address.Port);
            var head = $"""
                {method} {address.Replace("{Year}", Year, StringComparison.Ordinal)} HTTP/1.1
                Host: localhost
                Authorization: {clerk.DefaultRequestHeaders.Authorization}
                Content-Type: application/json
                Content-Length: {Encoding.UTF8.GetByteCount(zero) + 1}


                """.ReplaceLineEndings("\r\n");
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"{head}{zero}"));
            await client.GetStream().FlushAsync();
            await Task.Delay(100);
        }

        await Task.Delay(200);
        (await api.StoredAsync()).ShouldBe(before);
        (await clerk.GetAsync(Year)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(10, 0)]
    public async Task Megabytes_that_trickle_or_pour_in_without_a_length_are_refused_as_soon_as_they_are_too_many(int megabytes, int pause)
    {
        await api.OpenYearAsync("360922", 2021);
        var clerk = await api.CountyAsync("360922");
        var before = await api.StoredAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(api.Address.Host, api.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"""
            POST {Year}/submissions HTTP/1.1
            Host: localhost
            Authorization: {clerk.DefaultRequestHeaders.Authorization}
            Content-Type: application/json
            Transfer-Encoding: chunked


            """.ReplaceLineEndings("\r\n")));
        var chunk = Encoding.ASCII.GetBytes($"8000\r\n{new string('[', 0x8000)}\r\n");
        var sent = 0;
        try
        {
            for (; sent < megabytes * 32 && !stream.DataAvailable; sent++)
            {
                await stream.WriteAsync(chunk);
                await Task.Delay(pause);
            }
        }
        catch (IOException)
        {
            // The server has answered and closed.
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 413 Payload Too Large");
        sent.ShouldBeGreaterThan(31);
        (await api.StoredAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFF")]
    [InlineData("x")]
    public async Task A_chunk_whose_length_is_no_number_is_a_bad_request(string length)
    {
        var clerk = await api.OpenYearAsync("360922", 2021);
        using var client = new TcpClient();
        await client.ConnectAsync(api.Address.Host, api.Address.Port);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(
            $"POST {Year}/submissions HTTP/1.1\r\nHost: localhost\r\nAuthorization: {clerk.DefaultRequestHeaders.Authorization}\r\n"
            + $"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{length}\r\n{{}}\r\n0\r\n\r\n"));

        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        var answer = await reader.ReadToEndAsync();

        answer.ShouldStartWith("HTTP/1.1 400 ");
        answer.ShouldContain("\"code\":\"bad_request\"");
    }

    static readonly Dictionary<string, (string Method, string Address, string Body)> endpoints = new()
    {
        ["PUT /api/v1/units/{unit}"] = ("PUT", $"/api/v1/units/{Unit}", """{"name":"马步乡","kind":"township"}"""),
        ["POST /api/v1/webhooks"] = ("POST", "/api/v1/webhooks", """{"events":["submission.filed"],"url":"https://8.8.8.8/","scope":"360922"}"""),
        ["POST /api/v1/keys"] = ("POST", "/api/v1/keys", """{"role":"reporter","scope":"360922201"}"""),
        ["POST /api/v1/accounts"] = ("POST", "/api/v1/accounts", """{"login":"zhangsan","name":"张三","role":"reporter","scope":"360922201"}"""),
        ["PUT /api/v1/accounts/{login}"] = ("PUT", "/api/v1/accounts/zhangsan", """{"name":"张三"}"""),
        ["POST /api/v1/session"] = ("POST", "/api/v1/session", """{"login":"zhangsan","password":"x"}"""),
        ["POST /api/v1/session/password"] = ("POST", "/api/v1/session/password", """{"currentPassword":"x","newPassword":"y"}"""),
        ["PUT /api/v1/counties/{county}/years/{year:int}"] = ("PUT", Year, """{"form":"2021"}"""),
        ["POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/return"] = ("POST", $"{Year}/submissions/{Unit}/return", """{"reason":"请核对"}"""),
        ["POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/reopen"] = ("POST", $"{Year}/submissions/{Unit}/reopen", """{"reason":"来函更正"}"""),
        ["PUT /api/v1/counties/{county}/years/{year:int}/narrative/{section}"] = ("PUT", $"{Year}/narrative/problems", """{"text":"存在的问题"}"""),
        ["PUT /api/v1/counties/{county}/years/{year:int}/totals/adjustments/{path}"] = ("PUT", $"{Year}/totals/adjustments/disclosure.penalties.decisions", """{"delta":1,"reason":"联合发文"}"""),
        ["POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/findings/{rule}/explain"] = ("POST", $"{Year}/submissions/{Unit}/findings/X1/explain", """{"text":"上年漏报"}"""),
        ["POST /api/v1/counties/{county}/years/{year:int}/submissions/{unit}/findings/{rule}/waive"] = ("POST", $"{Year}/submissions/{Unit}/findings/H1/waive", """{"reason":"已核实"}"""),
        ["POST /api/v1/counties/{county}/years/{year:int}/submissions/accept"] = ("POST", $"{Year}/submissions/accept", """{"units":[{"unit":"360922201"}]}"""),
        ["PUT /api/v1/counties/{county}/years/{year:int}/roster"] = ("PUT", $"{Year}/roster", """{"units":["360922201"],"expected":true}"""),
        ["PUT /api/v1/counties/{county}/years/{year:int}/roster/{unit}"] = ("PUT", $"{Year}/roster/{Unit}", """{"expected":true}"""),
        ["PUT /api/v1/calendar/{year:int}"] = ("PUT", "/api/v1/calendar/2031", """{"source":"通知","daysOff":["2031-01-01"],"workdays":[]}"""),
        ["PUT /api/v1/counties/{county}/years/{year:int}/reminders/ladder"] = ("PUT", $"{Year}/reminders/ladder", """{"enabled":true,"time":"09:00:00","openingWorkdays":20,"steps":[{"days":0}],"repeatDays":7}"""),
        ["POST /api/v1/counties/{county}/years/{year:int}/reminders/send"] = ("POST", $"{Year}/reminders/send", """{"units":["360922201"]}"""),
        ["POST /api/v1/counties/{county}/years/{year:int}/reminders/test"] = ("POST", $"{Year}/reminders/test", """{"address":"a@example.com"}"""),
    };

    static readonly Dictionary<string, Func<string, Hostile>> spoilt = new()
    {
        ["unknown member"] = body => new($"{body[..^1]},\"status\":1}}", 400, "invalid_body"),
        ["duplicate member"] = body => new($"{body[..^1]},{body[1..]}", 400, "invalid_body"),
        ["other letter case"] = body => new(body.Replace(body[2..3], body[2..3].ToUpperInvariant(), StringComparison.Ordinal), 400, "invalid_body"),
        ["wrong type"] = body => new($"{body[..body.IndexOf(':', StringComparison.Ordinal)]}:{{}}}}", 400, "invalid_body"),
        ["null member"] = body => new($"{body[..body.LastIndexOf(':')]}:[null]}}", 400, "invalid_body"),
        ["truncated"] = body => new(body[..^1], 400, "invalid_body"),
        ["two documents"] = body => new($"{body}{body}", 400, "invalid_body"),
        ["null"] = _ => new("null", 400, "bad_request"),
        ["array"] = body => new($"[{body}]", 400, "invalid_body"),
        ["text"] = _ => new("\"正文\"", 400, "invalid_body"),
        ["empty"] = _ => new("", 400, "bad_request"),
        ["lone surrogate"] = body => new($"{body[..body.LastIndexOf(':')]}:\"\\ud800\"}}", 400, "invalid_body"),
        ["invalid UTF-8"] = body => new([.. Encoding.UTF8.GetBytes(body[..(body.LastIndexOf(':') + 1)]), (byte)'"', 0xB1, 0xA8, (byte)'"', (byte)'}'], 400, "invalid_body"),
        ["nesting"] = _ => new(new string('[', 900_000), 400, "invalid_body"),
        ["too large"] = body => new($"{body}{new string(' ', 2_000_000)}", 413, "body_too_large"),
        ["too large in chunks"] = body => new($"{body}{new string(' ', 2_000_000)}", 413, "body_too_large", Chunked: true),
        ["no type"] = body => new(body, 415, "unsupported_media_type", ContentType: null),
        ["text/plain"] = body => new(body, 415, "unsupported_media_type", ContentType: "text/plain"),
        ["charset gbk"] = body => new(body, 415, "unsupported_media_type", ContentType: "application/json; charset=gbk"),
        ["charset rubbish"] = body => new(body, 415, "unsupported_media_type", ContentType: "application/json; charset=\"\""),
        ["gzip"] = body => new(Gzip(body), 415, "unsupported_media_type", ContentEncoding: "gzip"),
    };

    public static TheoryData<string, string> SpoiltBodies => new(from e in endpoints.Keys from s in spoilt.Keys select (e, s));

    [Theory]
    [MemberData(nameof(SpoiltBodies))]
    public async Task A_spoilt_body_is_refused_by_every_endpoint_that_takes_one(string endpoint, string name)
    {
        await api.OpenYearAsync("360922", 2021);
        var clerk = await api.SessionAsync(Role.County, "360922"); // Some endpoints take no key.
        var caller = endpoint.Contains("/calendar/", StringComparison.Ordinal) ? await api.OperatorAsync() : clerk;
        var (method, address, body) = endpoints[endpoint];
        var hostile = spoilt[name](body);
        var before = await api.StoredAsync();

        await (await hostile.SendAsync(caller, HttpMethod.Parse(method), address)).ShouldRefuseAsync(hostile.Status, hostile.Code);

        (await api.StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public void Every_endpoint_that_takes_a_JSON_body_is_in_the_table() => endpoints.Keys.Order(StringComparer.Ordinal).ShouldBe(
        from endpoint in api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes.Contains("application/json") == true
        let key = $"{endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0]} /{endpoint.RoutePattern.RawText!.Trim('/')}"
        orderby key
        select key, ignoreOrder: true);

    [Fact]
    public async Task A_wrong_member_is_named_by_its_path()
    {
        var clerk = await api.OpenYearAsync("360922", 2021);

        var problem = await (await clerk.PutAsync(Year, """{"dueDate":"2022-02-30"}""".AsJson())).ShouldRefuseAsync(400, "invalid_body");

        problem["errors"]!.AsArray().Select(e => (string?)e!["path"]).ShouldBe(["$.dueDate"]);
    }

    static string With(string number) => zero.Replace("\"penalties\":{\"decisions\":0", $"\"penalties\":{{\"decisions\":{number}", StringComparison.Ordinal);

    static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }

    /// <summary>A body, how it is sent, and how it must be refused.</summary>
    sealed record Hostile(byte[] Body, int Status, string Code, string? Path = null, string? ContentType = "application/json", string? ContentEncoding = null, bool Chunked = false)
    {
        public Hostile(string body, int status, string code, string? path = null, string? ContentType = "application/json", bool Chunked = false)
            : this(Encoding.UTF8.GetBytes(body), status, code, path, ContentType, null, Chunked)
        {
        }

        public async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string address)
        {
            using var request = new HttpRequestMessage(method, address) { Content = new ByteArrayContent(Body) };
            request.Headers.TransferEncodingChunked = Chunked;
            if (ContentType is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
            }

            if (ContentEncoding is not null)
            {
                request.Content.Headers.ContentEncoding.Add(ContentEncoding);
            }

            // A server that will not read the body may say so before it is sent.
            request.Headers.ExpectContinue = Body.Length > Limit;
            return await client.SendAsync(request);
        }
    }
}
