using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Submissions;

public sealed class DocumentEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("geshan-2021", 2021)]
    [InlineData("mabu-2021", 2021)]
    [InlineData("xiangning-office-2021", 2021)]
    [InlineData("malugou-2020", 2020)]
    [InlineData("wanjinshan-2021", 2021)]
    public async Task A_real_report_becomes_a_draft_with_the_evidence_of_each_figure(string seed, int year)
    {
        var (expected, county) = (Expected(seed), await api.OpenCountyAsync(year));
        var (unit, file) = (county.Units[0], Seed(seed));

        var response = await SendAsync(await api.ReporterAsync(unit), county.Year, unit, file, $"C:\\报告\\{seed} 年报.txt");
        var receipt = await response.ShouldBeAsync(201);

        ((string?)receipt["status"], (int?)receipt["revision"], (string?)receipt["form"], (int?)receipt["statedYear"]).ShouldBe(("draft", 1, expected.Form.Code, year));
        ((string?)receipt["mediaType"], (string?)receipt["fileName"]).ShouldBe(("text/plain", $"{seed} 年报.txt"));
        ((string?)receipt["sha256"]).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(file)));
        var reading = receipt["reading"]!.AsArray();
        reading.Select(c => (string?)c!["path"]).ShouldBe(expected.Form.Cells.Select(c => c.Path));
        foreach (var cell in reading)
        {
            ((decimal?)cell!["value"]).ShouldBe(expected.Figures[expected.Form.FindCell((string)cell["path"]!)!], cell.ToJsonString());
            ((string?)cell["confidence"]).ShouldBeOneOf("none", "doubtful", "certain");
        }

        receipt["prose"]!["overview"].ShouldNotBeNull();
        receipt["findings"]!.AsArray().Any(f => (string?)f!["rule"] == "F").ShouldBe(seed == "wanjinshan-2021");
        receipt["remarks"]!.AsArray().Select(r => (string?)r!["code"]).ShouldContain("other_unit");

        // The draft, its file and its reading can be fetched again.
        response.Headers.Location!.ToString().ShouldBe($"{county.Year}/submissions/{unit}?revision=1");
        var draft = await county.Clerk.GetJsonAsync(response.Headers.Location.ToString());
        ((string?)draft["status"]).ShouldBe("draft");
        draft["figures"]!.Cell("requests.total.total").ShouldBe(expected.Figures[expected.Form.FindCell("requests.total.total")!]);
        var body = await county.Clerk.GetAsync($"{county.Year}/submissions/{unit}/body?revision=1");
        (await body.Content.ReadAsByteArrayAsync()).ShouldBe(file);
        body.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        (body.Content.Headers.ContentDisposition!.DispositionType, body.Content.Headers.ContentDisposition.FileNameStar).ShouldBe(("attachment", $"{seed} 年报.txt"));
        body.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        var again = await county.Clerk.GetJsonAsync($"{county.Year}/submissions/{unit}/reading?revision=1");
        foreach (var member in new[] { "form", "statedYear", "statedUnit", "statedPeriod", "reading", "topics", "processingFee", "contacts", "remarks" })
        {
            JsonNode.DeepEquals(again[member], receipt[member]).ShouldBeTrue(member);
        }

        ((string?)(await county.LineAsync(unit))["status"]).ShouldBe("draft");
    }

    [Fact]
    public async Task It_never_counts_by_itself_not_even_without_hard_findings()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];

        var receipt = await (await SendAsync(county.Clerk, county.Year, unit, Seed("mabu-2021"))).ShouldBeAsync(201);
        await api.RefreshTotalsAsync();

        receipt["findings"]!.AsArray().ShouldAllBe(f => (string?)f!["severity"] == "warning");
        ((int?)(await county.TotalsAsync())["units"]!["included"]).ShouldBe(0);

        // And what was filed stays filed.
        await county.Clerk.FileAsync(county.Year, unit, RealReports.Mabu2021);
        await SendAsync(county.Clerk, county.Year, unit, Seed("mabu-2021"));
        await api.RefreshTotalsAsync();
        ((string?)(await county.LineAsync(unit))["status"]).ShouldBe("submitted");
        ((int?)(await county.TotalsAsync())["units"]!["included"]).ShouldBe(1);
        (await county.Clerk.GetAsync($"{county.Year}/submissions/{unit}/body?revision=2")).Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        await (await county.Clerk.GetAsync($"{county.Year}/submissions/{unit}/reading?revision=2")).ShouldRefuseAsync(404, "reading_not_found");
        (await api.Database.ScalarAsync<string>($"select string_agg(action, ' ' order by id) from audit where county = '{county.Code}' and subject = '{unit}'"))
            .ShouldBe("read_document submit read_document");
    }

    [Fact]
    public async Task Nor_does_a_waiver_file_what_no_person_has_filed()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];
        await (await SendAsync(county.Clerk, county.Year, unit, Seed("xiangning-office-2021"))).ShouldBeAsync(201);

        foreach (var rule in new[] { "H1", "V2" })
        {
            await (await county.Clerk.PostAsync($"{county.Year}/submissions/{unit}/findings/{rule}/waive", """{"reason":"已核对台账"}""".AsJson())).ShouldBeAsync(200);
        }

        var line = await county.LineAsync(unit);
        ((string?)line["status"], (int?)line["findings"]!["hard"]).ShouldBe(("draft", 0));
        var draft = await county.Clerk.GetJsonAsync($"{county.Year}/submissions/{unit}");
        var confirmed = new JsonObject { ["unit"] = unit, ["form"] = "2021", ["figures"] = draft["figures"]!.DeepClone(), ["prose"] = draft["prose"]!.DeepClone() };
        (await (await county.Clerk.PostAsync($"{county.Year}/submissions", confirmed.AsJson())).ShouldBeAsync(201))["status"]!.ToString().ShouldBe("submitted", "the waivers hold for who confirms it");
    }

    [Fact]
    public async Task Another_year_and_unit_are_remarked_and_its_own_unit_is_not()
    {
        await api.OpenYearAsync("360922", 2022);
        var clerk = await api.CountyAsync("360922");
        const string Year = "/api/v1/counties/360922/years/2022";

        var receipt = await (await SendAsync(clerk, Year, "360922201", Seed("mabu-2021"))).ShouldBeAsync(201);

        receipt["remarks"]!.AsArray().Single(r => ((string)r!["code"]!).StartsWith("other_", StringComparison.Ordinal))!["message"]!.ToString()
            .ShouldBe("文件写的是 2021 年度的报告，这里报送的是 2022 年度，请核对");
    }

    [Fact]
    public async Task A_page_is_kept_and_given_back_to_be_saved_only()
    {
        var county = await api.OpenCountyAsync();
        var page = Encoding.UTF8.GetBytes($"<html><body><script>alert(1)</script><pre>{Encoding.UTF8.GetString(Seed("mabu-2021"))}</pre></body></html>");

        var receipt = await (await SendAsync(county.Clerk, county.Year, county.Units[0], page, "年报.html")).ShouldBeAsync(201);
        var body = await county.Clerk.GetAsync($"{county.Year}/submissions/{county.Units[0]}/body?revision=1");

        ((string?)receipt["mediaType"]).ShouldBe("text/html");
        body.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        (await body.Content.ReadAsByteArrayAsync()).ShouldBe(page);
    }

    [Fact]
    public async Task The_same_key_gives_the_same_answer_and_an_old_revision_is_refused()
    {
        var county = await api.OpenCountyAsync();
        var unit = county.Units[0];
        Task<HttpResponseMessage> Send(string seed, string name, string value) => SendAsync(county.Clerk, county.Year, unit, Seed(seed), headers: (name, value));

        var first = await (await Send("mabu-2021", "Idempotency-Key", "a")).ShouldBeAsync(201);
        var second = await (await Send("mabu-2021", "Idempotency-Key", "a")).ShouldBeAsync(201);

        JsonNode.DeepEquals(first, second).ShouldBeTrue();
        await (await Send("geshan-2021", "Idempotency-Key", "a")).ShouldRefuseAsync(422, "idempotency_key_reused");
        await (await Send("mabu-2021", "If-Match", "\"0\"")).ShouldRefuseAsync(412, "stale_revision");
        await (await Send("mabu-2021", "If-Match", "\"1\"")).ShouldBeAsync(201);
    }

    public static TheoryData<string, byte[], int, string> Refused => new()
    {
        { "program", [.. "MZ\0\u0003"u8, .. new byte[100]], 415, "unknown_file" },
        { "nothing", [], 400, "empty_file" },
        { "another text", "今天天气很好。\n明天也是。"u8.ToArray(), 422, "not_a_report" },
        { "cut Word file", WordFile.Of(WordFile.Paragraph("一"))[..^50], 400, "damaged_file" },
        { "too large", new byte[(20 << 20) + (100 << 10)], 413, "body_too_large" },
        { "far too large", new byte[100 << 20], 413, "body_too_large" },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task What_cannot_be_read_is_refused_and_not_kept(string what, byte[] file, int status, string code)
    {
        var county = await api.OpenCountyAsync();
        var before = await api.StoredAsync();

        await (await SendAsync(county.Clerk, county.Year, county.Units[0], file)).ShouldRefuseAsync(status, code);

        (await api.StoredAsync()).ShouldBe(before, what);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n", 400, "file_missing")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\n1", 400, "invalid_form")]
    [InlineData("multipart/form-data; boundary=x", "nonsense", 400, "invalid_form")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name=\"b\"; filename=\"b\"\r\n\r\n1\r\n--x--", 400, "invalid_form")]
    [InlineData("multipart/form-data", "--x--", 415, "unsupported_media_type")]
    [InlineData("application/json", "{}", 415, "unsupported_media_type")]
    public async Task A_form_without_a_file_is_refused(string type, string body, int status, string code)
    {
        var county = await api.OpenCountyAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        await (await county.Clerk.PostAsync($"{county.Year}/submissions/from-document?unit={county.Units[0]}", content)).ShouldRefuseAsync(status, code);
    }

    [Fact]
    public async Task Who_may_not_file_for_a_unit_may_not_send_its_document()
    {
        var (county, other) = (await api.OpenCountyAsync(), await api.OpenCountyAsync());
        var before = await api.StoredAsync();

        foreach (var (client, year, unit) in new[]
        {
            (await api.ReporterAsync(county.Units[1]), county.Year, county.Units[0]), (other.Clerk, county.Year, county.Units[0]),
            (county.Clerk, other.Year, county.Units[0]), (county.Clerk, county.Year, other.Units[0]),
        })
        {
            (await SendAsync(client, year, unit, Seed("mabu-2021"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        await (await county.Clerk.PostAsync($"{county.Year}/submissions/from-document", null)).ShouldRefuseAsync(400, "bad_request");
        (await api.StoredAsync()).Split(' ')[0].ShouldBe(before.Split(' ')[0]);
    }

    static Report Expected(string seed) => seed switch
    {
        "geshan-2021" => RealReports.Geshan2021,
        "mabu-2021" => RealReports.Mabu2021,
        "xiangning-office-2021" => RealReports.XiangningOffice2021,
        "malugou-2020" => RealReports.Malugou2020,
        _ => RealReports.Wanjinshan2021,
    };

    static byte[] Seed(string name) => Encoding.UTF8.GetBytes(Repository.Read($"samples/documents/{name}.txt"));

    static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, string year, string unit, byte[] file, string name = "年报.txt", params (string Name, string Value)[] headers)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(file), "file", name } };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{year}/submissions/from-document?unit={unit}") { Content = form };
        foreach (var (header, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(header, value).ShouldBeTrue();
        }

        return await client.SendAsync(request);
    }
}
