using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Access;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Submissions;

public sealed class BulkEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Csv = "text/csv";
    const string Excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    const string Penalties = "disclosure.penalties.decisions";

    [Theory]
    [InlineData("360922", 2021, "2021", "csv", Csv)]
    [InlineData("360923", 2021, "2021", "xlsx", Excel)]
    [InlineData("360924", 2020, "2019", "csv", Csv)]
    [InlineData("360925", 2020, "2019", "xlsx", Excel)]
    public async Task The_template_filled_in_and_sent_back_files_every_unit_and_is_counted(string county, int year, string form, string format, string mediaType)
    {
        var (clerk, address, units) = await OpenAsync(county, year);
        var random = new Random(1);
        var reports = units.ToDictionary(u => u, _ => RandomReport.Consistent(form, random));
        var download = await clerk.GetAsync($"{address}/submissions/bulk-template.{format}");
        download.Content.Headers.ContentType!.MediaType.ShouldBe(mediaType);
        var template = await download.Content.ReadAsByteArrayAsync();

        var file = format == "csv" ? Sheet.FillCsv(template, reports) : Sheet.FillExcel(template, reports);
        var answer = await (await SendAsync(clerk, address, file, mediaType)).JsonAsync();

        ((bool?)answer["applied"]).ShouldBe(true, answer.ToJsonString());
        Summary(answer).ShouldBe((units.Count, units.Count, 0, 0));
        answer["rows"]!.AsArray().ShouldAllBe(r => (int?)r!["revision"] == 1 && (string?)r["name"] != null && r["errors"]!.AsArray().Count == 0 && r["warnings"]!.AsArray().Count == 0);
        await api.RefreshTotalsAsync();
        var totals = await clerk.GetJsonAsync($"{address}/totals");
        ((bool?)totals["complete"]).ShouldBe(true);
        Number(totals["figures"]!, Penalties).ShouldBe(reports.Values.Sum(r => r.Figures[r.Form.FindCell(Penalties)!]!.Value));

        // What is kept is a submission like any other.
        var unit = units[^1];
        var body = await clerk.GetJsonAsync($"{address}/submissions/{unit}/body?revision=1");
        JsonNode.DeepEquals(body["figures"], reports[unit].ToJson(unit)["figures"]).ShouldBeTrue();
        ((string?)body["unit"]).ShouldBe(unit);
        ((string?)(await clerk.GetJsonAsync($"{address}/submissions/{unit}"))["status"]).ShouldBe("submitted");
    }

    [Fact]
    public async Task The_uploaded_file_is_kept_and_the_audit_names_it()
    {
        var (clerk, address, units) = await OpenAsync("360926", 2021);
        var file = Sheet.Csv("2021", Sheet.Row(units[0], RealReports.Mabu2021));

        (await SendAsync(clerk, address, file)).EnsureSuccessStatusCode();
        (await SendAsync(clerk, address, file)).EnsureSuccessStatusCode();

        (await api.Database.ScalarAsync<byte[]>("select content from bulk_file where county = '360926' and year = 2021 and sha256 = sha256(content)")).ShouldBe(file);
        (await api.Database.ScalarAsync<string>("select string_agg(action || ' ' || subject || ' ' || (detail ->> 'revision') || ' ' || (detail ->> 'file'), ', ' order by id) from audit where county = '360926' and action = 'submit'"))
            .ShouldBe(string.Join(", ", new[] { 1, 2 }.Select(n => $"submit {units[0]} {n} {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file))}")));
    }

    [Fact]
    public async Task A_dry_run_tells_everything_and_stores_nothing()
    {
        var (clerk, address, units) = await OpenAsync("360981", 2021);
        var before = await StoredAsync();

        var answer = await (await SendAsync(clerk, address, Mixed(units), query: "?dryRun=true")).JsonAsync();

        ((bool?)answer["dryRun"]).ShouldBe(true);
        ((bool?)answer["applied"]).ShouldBe(false);
        Summary(answer).ShouldBe((3, 1, 1, 1));
        answer["rows"]!.AsArray().Select(r => (string?)r!["status"]).ShouldBe(["submitted", "draft", "refused"]);
        (await StoredAsync()).ShouldBe(before);

        (await SendAsync(clerk, address, Sheet.Csv("2021", Sheet.Row(units[0], Report.Zero("2021"))), query: "?dryRun=true&partial=true")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await StoredAsync()).ShouldBe(before, "a dry run is one, whatever else is asked for");
    }

    [Fact]
    public async Task All_or_nothing_one_bad_row_keeps_out_the_good_ones()
    {
        var (clerk, address, units) = await OpenAsync("360982", 2021);
        var before = await StoredAsync();

        var problem = await (await SendAsync(clerk, address, Mixed(units))).ShouldRefuseAsync(422, "bulk_refused");

        ((bool?)problem["applied"]).ShouldBe(false);
        Summary(problem).ShouldBe((3, 1, 1, 1));
        var rows = problem["rows"]!.AsArray();
        rows.Select(r => (int?)r!["row"]).ShouldBe([2, 3, 4]);
        rows[1]!["findings"]!.AsArray().Where(IsHard).Select(f => (string?)f!["rule"]).ShouldBe(["H1", "H1", "V2"]);
        var error = rows[2]!["errors"]!.AsArray().Single()!;
        ((string?)error["path"], (string?)error["cell"], (string?)error["code"]).ShouldBe((Penalties, "J4", "not_a_number"));
        ((string?)error["detail"]).ShouldBe("行政处罚 · 本年处理决定数量：“1,234”不是数字，请去掉千分位逗号");
        problem["errors"]!.AsArray().Select(e => (string?)e!["code"]).ShouldBe(["H1", "H1", "V2", "not_a_number"]);
        ((string?)problem["errors"]![3]!["path"]).ShouldBe("J4");
        ((string?)problem["detail"]).ShouldBe("3 行中有 1 行读不懂或不能报送、1 行不符合勾稽等要求，全部没有保存；改正后重新上传即可。第一处：" + (string?)problem["errors"]![0]!["detail"] + "。");
        (await StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task All_or_nothing_a_draft_alone_keeps_out_the_good_ones()
    {
        var (clerk, address, units) = await OpenAsync("360983", 2021);
        var before = await StoredAsync();

        (await (await SendAsync(clerk, address, Sheet.Csv("2021", Sheet.Row(units[0], Report.Zero("2021")), Sheet.Row(units[1], Report.Zero("2021").Without(Penalties)))))
            .ShouldRefuseAsync(422, "bulk_refused"))["rows"]![1]!["findings"]!.AsArray().Where(IsHard).Select(f => (string?)f!["rule"]).ShouldBe(["N"], "a blank is missing, not 0");

        (await StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Partial_files_what_can_be_filed_and_keeps_the_drafts()
    {
        var (clerk, address, units) = await OpenAsync("360902", 2021);

        var answer = await (await SendAsync(clerk, address, Mixed(units), query: "?partial=true")).JsonAsync();

        ((bool?)answer["applied"]).ShouldBe(true);
        answer["rows"]!.AsArray().Select(r => ((string?)r!["status"], (int?)r["revision"], (bool?)r["late"]))
            .ShouldBe([("submitted", 1, false), ("draft", 1, false), ("refused", null, null)]);
        await api.RefreshTotalsAsync();
        ((int?)(await clerk.GetJsonAsync($"{address}/totals"))["units"]!["included"]).ShouldBe(1);
        (await clerk.GetAsync($"{address}/submissions/{units[1]}?revision=1")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await clerk.GetAsync($"{address}/submissions/{units[2]}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Partial_with_nothing_to_file_is_refused()
    {
        var (clerk, address, units) = await OpenAsync("360802", 2021);
        var before = await StoredAsync();

        await (await SendAsync(clerk, address, Sheet.Csv("2021", Sheet.Row(units[0], Report.Zero("2021"), (Penalties, "/"))), query: "?partial=true")).ShouldRefuseAsync(422, "bulk_refused");

        (await StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Rows_of_others_unknown_exempt_or_unlisted_units_are_refused_each_with_its_reason()
    {
        var (clerk, address, units) = await OpenAsync("360803", 2021);
        (await clerk.PutAsync($"{address}/roster/{units[0]}", """{"expected":false,"reason":"新设立"}""".AsJson())).EnsureSuccessStatusCode();
        (await clerk.PutAsync("/api/v1/units/360803-gaj", """{"name":"公安局","kind":"department"}""".AsJson())).EnsureSuccessStatusCode();
        string[] codes = ["360922201", "360803999", "360803-gaj", units[0], units[1], "x"];

        var answer = await (await SendAsync(clerk, address, Sheet.Csv("2021", [.. codes.Select(u => Sheet.Row(u, Report.Zero("2021"),
            ("filedAt", u == units[1] ? "2099-01-01T00:00:00Z" : "")))]), query: "?dryRun=true")).JsonAsync();

        answer["rows"]!.AsArray().Select(r => (string?)r!["errors"]!.AsArray().Single()!["code"])
            .ShouldBe(["unit_of_other_county", "unit_not_found", "unit_not_on_roster", "unit_exempt", "filed_at_in_future", "invalid_unit"]);
        answer["rows"]!.AsArray().Select(r => (string?)r!["errors"]!.AsArray().Single()!["cell"]).Take(2).ShouldBe(["A2", "A3"]);
        ((string?)answer["rows"]![2]!["name"]).ShouldBe("公安局");
    }

    [Fact]
    public async Task A_wrong_name_and_a_report_that_is_there_already_are_pointed_out()
    {
        var (clerk, address, units) = await OpenAsync("360821", 2021);
        var file = Sheet.Csv("2021", Sheet.Row(units[0], Report.Zero("2021"), ("name", "别的乡")));
        (await SendAsync(clerk, address, file)).EnsureSuccessStatusCode();

        var answer = await (await SendAsync(clerk, address, file)).JsonAsync();

        var row = answer["rows"]!.AsArray().Single()!;
        ((string?)row["status"], (int?)row["revision"]).ShouldBe(("submitted", 2));
        row["warnings"]!.AsArray().Select(w => ((string?)w!["code"], (string?)w["cell"])).ShouldBe([("name_differs", "B2"), ("already_filed", "A2")]);
        ((string?)row["name"]).ShouldNotBe("别的乡", "the code decides");
    }

    [Fact]
    public async Task A_sheet_of_the_other_form_is_understood_and_kept_as_drafts()
    {
        var (clerk, address, units) = await OpenAsync("360822", 2021);

        var answer = await (await SendAsync(clerk, address, Sheet.Csv("2019", Sheet.Row(units[0], Report.Zero("2019"))), query: "?partial=true")).JsonAsync();

        answer["rows"]![0]!["findings"]!.AsArray().Where(IsHard).Select(f => (string?)f!["rule"]).ShouldBe(["F"]);
        Summary(answer).ShouldBe((1, 0, 1, 0));
    }

    [Fact]
    public async Task A_county_loads_past_years_with_their_days_of_filing()
    {
        var (clerk, address, units) = await OpenAsync("360823", 2020);

        var answer = await (await SendAsync(clerk, address, Sheet.Csv("2019",
            Sheet.Row(units[0], Report.Zero("2019"), ("filedAt", "2021-01-31T23:59:59+08:00")),
            Sheet.Row(units[1], Report.Zero("2019"), ("filedAt", "2021-02-01T00:00:00+08:00"))))).JsonAsync();

        answer["rows"]!.AsArray().Select(r => (bool?)r!["late"]).ShouldBe([false, true]);
        (await api.Database.ScalarAsync<long>("select count(*) from audit where county = '360823' and action = 'load_history'")).ShouldBe(2);
    }

    [Fact]
    public async Task The_same_key_gives_the_same_answer_and_stores_once()
    {
        var (clerk, address, units) = await OpenAsync("360824", 2021);
        var file = Mixed(units);
        var first = await (await SendAsync(clerk, address, file, query: "?partial=true", key: "k1")).JsonAsync();
        var stored = await StoredAsync();
        api.Clock.Set(api.Clock.GetUtcNow().AddMinutes(1));

        // Even if the row that was refused could be filed by now.
        var again = await (await SendAsync(clerk, address, file, query: "?partial=true", key: "k1")).JsonAsync();

        JsonNode.DeepEquals(again, first).ShouldBeTrue($"{first}\n{again}");
        (await StoredAsync()).ShouldBe(stored);
        await (await SendAsync(clerk, address, Sheet.Csv("2021", Sheet.Row(units[0], RealReports.Mabu2021)), key: "k1")).ShouldRefuseAsync(422, "idempotency_key_reused");
        await (await SendAsync(clerk, address, Sheet.Csv("2021", Sheet.Row(units[3], RealReports.Mabu2021)), key: "k1")).ShouldRefuseAsync(422, "idempotency_key_reused");
        (await StoredAsync()).ShouldBe(stored);
        await (await SendAsync(clerk, address, file, key: new string('k', 201))).ShouldRefuseAsync(400, "invalid_idempotency_key");
    }

    [Fact]
    public async Task What_was_not_stored_the_first_time_is_not_stored_by_repeating()
    {
        var (clerk, address, units) = await OpenAsync("360825", 2021);
        (await clerk.PutAsync($"{address}/roster/{units[1]}", """{"expected":false,"reason":"新设立"}""".AsJson())).EnsureSuccessStatusCode();
        var file = Sheet.Csv("2021", Sheet.Row(units[0], Report.Zero("2021")), Sheet.Row(units[1], Report.Zero("2021")));
        (await SendAsync(clerk, address, file, query: "?partial=true", key: "k")).EnsureSuccessStatusCode();
        (await clerk.PutAsync($"{address}/roster/{units[1]}", """{"expected":true}""".AsJson())).EnsureSuccessStatusCode();
        var stored = await StoredAsync();

        var again = await (await SendAsync(clerk, address, file, query: "?partial=true", key: "k")).JsonAsync();

        ((string?)again["rows"]![1]!["errors"]!.AsArray().Single()!["code"]).ShouldBe("not_stored_before");
        (await StoredAsync()).ShouldBe(stored);
    }

    [Fact]
    public async Task Many_sheets_at_once_give_each_unit_consecutive_revisions()
    {
        var (clerk, address, units) = await OpenAsync("360826", 2021);
        var forwards = Sheet.Csv("2021", [.. units.Select(u => Sheet.Row(u, Report.Zero("2021")))]);
        var backwards = Sheet.Csv("2021", [.. units.Reverse().Select(u => Sheet.Row(u, Report.Zero("2021")))]);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i => i % 3 == 2
            ? (await clerk.PostAsync($"{address}/submissions", Report.Zero("2021").ToJson(units[i]).AsJson())).StatusCode
            : (await SendAsync(clerk, address, i % 3 == 0 ? forwards : backwards, key: i < 3 ? "twice" : null)).StatusCode));

        answers.ShouldAllBe(a => a == HttpStatusCode.OK || a == HttpStatusCode.Created);
        (await api.Database.ScalarAsync<long>($"select count(*) from revision where county = '360826' and unit = '{units[^1]}'"))
            .ShouldBe(7, "eight sheets, of which two had the same key and the same reports");
        (await api.Database.ScalarAsync<bool>("select bool_and(n = last) from (select count(*) as n, max(revision) as last from revision where county = '360826' group by unit) r")).ShouldBeTrue();
        (await api.Database.ScalarAsync<bool>("select bool_and(f.revision = (select max(revision) from revision r where (r.county, r.year, r.unit) = (f.county, f.year, f.unit))) from filing f where county = '360826'")).ShouldBeTrue();
    }

    [Fact]
    public async Task Only_the_county_itself_may_send_a_sheet()
    {
        var (_, address, units) = await OpenAsync("360827", 2021);
        var file = Sheet.Csv("2021", Sheet.Row(units[0], Report.Zero("2021")));
        HttpClient[] others = [
            await api.ReporterAsync(units[0]), await api.CountyAsync("360922"), await api.ClientAsync(Role.Viewer, "360827"),
            await api.ClientAsync(Role.Viewer, "00"), await api.OperatorAsync(),
        ];
        var before = await StoredAsync();

        foreach (var other in others)
        {
            await (await SendAsync(other, address, file)).ShouldRefuseAsync(403, "forbidden");
        }

        await (await SendAsync(api.Anonymous(), address, file)).ShouldRefuseAsync(401, "unauthenticated");
        (await StoredAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("xlsx")]
    public async Task Who_may_read_the_roster_may_have_the_template(string format)
    {
        var (clerk, address, units) = await OpenAsync("360828", 2021);
        var template = $"{address}/submissions/bulk-template.{format}";

        (await clerk.GetAsync(template)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await (await api.ClientAsync(Role.Viewer, "36")).GetAsync(template)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await (await api.ReporterAsync(units[0])).GetAsync(template)).ShouldRefuseAsync(403, "forbidden");
        await (await (await api.CountyAsync("360922")).GetAsync(template)).ShouldRefuseAsync(403, "forbidden");
        await (await clerk.GetAsync(template.Replace("2021", "2030", StringComparison.Ordinal))).ShouldRefuseAsync(404, "year_not_found");
    }

    [Fact]
    public async Task A_unit_that_is_exempt_is_not_in_the_template()
    {
        var (clerk, address, units) = await OpenAsync("360829", 2021);
        (await clerk.PutAsync($"{address}/roster/{units[0]}", """{"expected":false,"reason":"新设立"}""".AsJson())).EnsureSuccessStatusCode();

        var lines = (await clerk.GetStringAsync($"{address}/submissions/bulk-template.csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        lines.Skip(2).Select(l => l.Split(',')[0]).ShouldBe(units.Skip(1));
    }

    [Fact]
    public async Task A_body_of_another_kind_is_refused_with_a_reason()
    {
        var (clerk, address, units) = await OpenAsync("360830", 2021);
        var file = Sheet.Csv("2021", Sheet.Row(units[0], Report.Zero("2021")));

        await (await SendAsync(clerk, address, file, "application/json")).ShouldRefuseAsync(415, "unsupported_media_type");
        await (await SendAsync(clerk, address, file, "text/csv; charset=gbk")).ShouldRefuseAsync(415, "unsupported_media_type");
        await (await SendAsync(clerk, address, file, "application/vnd.ms-excel")).ShouldRefuseAsync(415, "unsupported_media_type");
        await (await SendAsync(clerk, address, [], Csv)).ShouldRefuseAsync(400, "empty_file");
        await (await SendAsync(clerk, address, file, Excel)).ShouldRefuseAsync(400, "invalid_xlsx");
        await (await SendAsync(clerk, address, Encoding.UTF8.GetBytes("unit\n\0"), Csv)).ShouldRefuseAsync(400, "invalid_columns");
        await (await SendAsync(clerk, address.Replace("2021", "2030", StringComparison.Ordinal), file)).ShouldRefuseAsync(404, "year_not_found");
        await (await SendAsync(clerk, address, file, query: "?dryRun=perhaps")).ShouldRefuseAsync(400, "bad_request");
    }

    [Fact]
    public async Task Eight_megabytes_are_read_and_no_more()
    {
        var (clerk, address, units) = await OpenAsync("360881", 2021);
        var prose = new string('字', 99_000);
        var file = Sheet.Csv("2021", [.. units.Take(9).Select(u => Sheet.Row(u, Report.Zero("2021"), ("overview", prose), ("problems", prose), ("other", prose)))]);
        file.Length.ShouldBeInRange(8_000_000, 8 << 20);

        (await SendAsync(clerk, address, file)).StatusCode.ShouldBe(HttpStatusCode.OK);

        byte[] large = [.. file, .. new byte[2_000_000]];
        await (await SendAsync(clerk, address, large)).ShouldRefuseAsync(413, "body_too_large");
        using var chunked = new HttpRequestMessage(HttpMethod.Post, $"{address}/submissions/bulk") { Content = new ByteArrayContent(large) };
        chunked.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(Csv);
        chunked.Headers.TransferEncodingChunked = true;
        await (await clerk.SendAsync(chunked)).ShouldRefuseAsync(413, "body_too_large");
    }

    [Fact]
    public async Task Text_that_the_database_cannot_hold_is_refused_and_does_not_reach_it()
    {
        var (clerk, address, units) = await OpenAsync("360102", 2021);

        var answer = await (await SendAsync(clerk, address, Sheet.Csv("2021",
            Sheet.Row("\0", Report.Zero("2021"), ("name", "\0")), Sheet.Row(units[0], Report.Zero("2021"), ("overview", "\0")),
            Sheet.Row(units[1], Report.Zero("2021"), ("name", "\0"))), query: "?partial=true")).JsonAsync();

        answer["rows"]!.AsArray().Select(r => (string?)r!["status"]).ShouldBe(["refused", "refused", "submitted"]);
    }

    [Fact]
    public async Task A_closed_year_takes_no_sheet()
    {
        var (clerk, address, units) = await OpenAsync("360103", 2021);
        (await clerk.PutAsync(address, """{"state":"closed"}""".AsJson())).EnsureSuccessStatusCode();

        var problem = await (await SendAsync(clerk, address, Sheet.Csv("2021", Sheet.Row(units[0], Report.Zero("2021"))))).ShouldRefuseAsync(422, "bulk_refused");

        ((string?)problem["rows"]![0]!["errors"]![0]!["code"]).ShouldBe("year_not_open");
    }

    [Fact]
    public async Task A_county_of_110_units_is_filed_within_two_seconds()
    {
        var (clerk, address, _) = await OpenAsync("360104", 2021);
        var units = Enumerable.Range(0, 110).Select(i => $"360104-dept{i}").ToList();
        foreach (var unit in units)
        {
            (await clerk.PutAsync($"/api/v1/units/{unit}", """{"name":"局","kind":"department"}""".AsJson())).EnsureSuccessStatusCode();
            (await clerk.PutAsync($"{address}/roster/{unit}", "{}".AsJson())).EnsureSuccessStatusCode();
        }

        var random = new Random(7);
        var file = Sheet.Csv("2021", [.. units.Select(u => Sheet.Row(u, RandomReport.Consistent("2021", random), ("overview", new string('字', 1000))))]);
        foreach (var query in (string[])["?dryRun=true", "", ""])
        {
            var watch = Stopwatch.StartNew();
            var answer = await (await SendAsync(clerk, address, file, query: query)).JsonAsync();
            TestContext.Current.SendDiagnosticMessage($"110 units {query}: {watch.ElapsedMilliseconds} ms, {file.Length} bytes");
            Summary(answer).ShouldBe((110, 110, 0, 0));
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        }
    }

    /// <summary>The sheets hold no prose, which is a warning for each section.</summary>
    static bool IsHard(JsonNode? finding) => (string?)finding!["severity"] == "hard";

    /// <summary>A good row, one with hard findings, and one that cannot be understood.</summary>
    static byte[] Mixed(IReadOnlyList<string> units) => Sheet.Csv("2021", Sheet.Row(units[0], RealReports.Geshan2021),
        Sheet.Row(units[1], RealReports.XiangningOffice2021), Sheet.Row(units[2], RealReports.Geshan2021, (Penalties, "1,234")));

    async Task<(HttpClient Clerk, string Address, IReadOnlyList<string> Units)> OpenAsync(string county, int year)
    {
        var clerk = await api.OpenYearAsync(county, year);
        var address = $"/api/v1/counties/{county}/years/{year}";
        var roster = await clerk.GetJsonAsync($"{address}/roster");
        return (clerk, address, [.. roster["units"]!.AsArray().Select(u => (string)u!["unit"]!)]);
    }

    static async Task<HttpResponseMessage> SendAsync(HttpClient client, string address, byte[] file, string mediaType = Csv, string query = "", string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{address}/submissions/bulk{query}") { Content = new ByteArrayContent(file) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        return await client.SendAsync(request);
    }

    static (int Rows, int Submitted, int Drafts, int Refused) Summary(JsonObject answer) =>
        ((int)answer["summary"]!["rows"]!, (int)answer["summary"]!["submitted"]!, (int)answer["summary"]!["drafts"]!, (int)answer["summary"]!["refused"]!);

    static decimal Number(JsonNode figures, string path) => (decimal)path.Split('.').Aggregate((JsonNode?)figures, (node, segment) => node![segment])!;

    async Task<string> StoredAsync() => (await api.Database.ScalarAsync<string>("""
        select concat_ws(' ', (select count(*) from revision), (select count(*) from audit), (select count(*) from stale_total),
            (select count(*) from bulk_file), (select md5(string_agg(f::text, ',' order by f.*::text)) from filing f))
        """))!;
}
