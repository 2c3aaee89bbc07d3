using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Access;
using Aggregator.Forms;
using Aggregator.Testing;
using Npgsql;

namespace Aggregator.Api.Tests.Editions;

public sealed class ReportEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Hostile = "<script>alert(1)</script>\"'&<img src=x>";

    [Fact]
    public async Task The_data_say_whose_figures_are_in_them_and_whose_are_not()
    {
        var clerk = await api.OpenYearAsync("360922", 2021);
        await FileAsync("360922", RealReports.Mabu2021.ToJson("360922201"));

        var report = await clerk.GetJsonAsync($"{Year("360922")}/report.json");

        ((string?)report["title"]).ShouldBe("万载县2021年政府信息公开工作年度报告");
        ((bool?)report["complete"]).ShouldBe(false);
        ((string?)report["label"]).ShouldBe("未完整：已报 1/17 个单位");
        ((string?)report["asOf"]).ShouldBe("2022-01-20");
        ((int?)report["figures"]!["disclosure"]!["penalties"]!["decisions"]).ShouldBe(1);
        var units = report["units"]!;
        ((int?)units["expected"]).ShouldBe(17);
        units["missing"]!.AsArray().Count.ShouldBe(16);
        var included = units["included"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)included["code"], (string?)included["name"], (int?)included["revision"]).ShouldBe(("360922201", "马步乡", 1));
        report["sections"]!.AsArray().Select(s => (string?)s!["code"]).ShouldBe(["overview", "disclosure", "requests", "review", "problems", "other"]);
        Words(report, "overview").ShouldContain("行政处罚处理决定1件");
        Words(report, "problems").ShouldEndWith("马步乡问题与改进。");
    }

    [Fact]
    public async Task The_page_and_the_table_hold_the_same_figures()
    {
        var clerk = await api.OpenYearAsync("360923", 2021);
        await FileAsync("360923", Report.Zero("2021").With("disclosure.licences.decisions", 4321).With("disclosure.fees.amount", 12.5m).ToJson("360923100"));

        var page = await clerk.GetAsync($"{Year("360923")}/report.html");
        page.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'; ");
        var html = await page.Content.ReadAsStringAsync();
        html.ShouldContain(">4321</td>");
        html.ShouldContain(">12.5</td>");
        html.ShouldContain("上高县");

        var table = await clerk.GetAsync($"{Year("360923")}/report.csv");
        table.Content.Headers.ContentType!.ToString().ShouldBe("text/csv; charset=utf-8");
        table.Content.Headers.ContentDisposition!.FileNameStar.ShouldStartWith("上高县2021年政府信息公开工作年度报告数据（未完整1-");
        var bytes = await table.Content.ReadAsByteArrayAsync();
        bytes[..3].ShouldBe(Encoding.UTF8.GetPreamble());
        var lines = Encoding.UTF8.GetString(bytes[3..]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(201);
        lines.ShouldContain(l => l.StartsWith("disclosure.licences.decisions,") && l.EndsWith(",4321"));
        lines.ShouldContain(l => l.StartsWith("disclosure.fees.amount,") && l.EndsWith(",12.5"));
    }

    [Fact]
    public async Task Figures_and_words_are_of_the_revision_that_was_added_up_not_of_the_newest()
    {
        var clerk = await api.OpenYearAsync("360924", 2021);
        await FileAsync("360924", With(Report.Zero("2021").With("disclosure.licences.decisions", 1), "problems", "第一稿的话。", "360924100"));
        await FileAsync("360924", With(Report.Zero("2021").With("disclosure.licences.decisions", 2), "problems", "第二稿的话。", "360924100"), refresh: false);

        var before = await clerk.GetJsonAsync($"{Year("360924")}/report.json");
        await api.RefreshTotalsAsync();
        var after = await clerk.GetJsonAsync($"{Year("360924")}/report.json");

        (Told(before), Told(after)).ShouldBe((((int?)1, (int?)1, "第一稿的话。"), (2, 2, "第二稿的话。")));

        static (int?, int?, string) Told(JsonObject report) => (
            (int?)report["units"]!["included"]![0]!["revision"],
            (int?)report["figures"]!["disclosure"]!["licences"]!["decisions"],
            Words(report, "problems")[^6..]);
    }

    [Fact]
    public async Task Whatever_comes_in_while_it_is_put_together_the_report_is_of_one_moment()
    {
        var clerk = await api.OpenYearAsync("360925", 2021);
        await using var connection = new NpgsqlConnection(api.Database.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("lock table narrative in access exclusive mode", connection))
        {
            await hold.ExecuteNonQueryAsync();
        }

        // The total is read already, the roster not yet.
        var pending = clerk.GetJsonAsync($"{Year("360925")}/report.json");
        while (await api.Database.ScalarAsync<long>("select count(*) from pg_locks where relation = 'narrative'::regclass and not granted") == 0)
        {
            await Task.Delay(20);
        }

        await FileAsync("360925", Report.Zero("2021").ToJson("360925100"));
        await transaction.CommitAsync();

        var units = (await pending)["units"]!;
        units["included"]!.AsArray().ShouldBeEmpty();
        units["missing"]!.AsArray().ShouldAllBe(u => (string?)u!["status"] == "missing");
        (await clerk.GetJsonAsync($"{Year("360925")}/report.json"))["units"]!["included"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_county_without_filings_has_a_report_without_figures()
    {
        var clerk = await api.OpenYearAsync("360926", 2021);
        foreach (var computed in new[] { false, true })
        {
            if (computed)
            {
                await api.RefreshTotalsAsync();
            }

            var report = await clerk.GetJsonAsync($"{Year("360926")}/report.json");
            ((string?)report["label"]).ShouldNotBeNull().ShouldStartWith("未完整：已报 0/");
            Leaves(report["figures"]!).ShouldAllBe(leaf => leaf == null);
            Leaves(report["figures"]!).Count().ShouldBe(Form.Find("2021")!.Cells.Length);
            Words(report, "overview").ShouldContain("没有数据不等于没有发生");

            var html = await clerk.GetStringAsync($"{Year("360926")}/report.html");
            html.ShouldNotContain(">0</td>");
            (await clerk.GetStringAsync($"{Year("360926")}/report.csv")).ShouldContain("\r\ndisclosure.licences.decisions,");
        }
    }

    [Theory]
    [InlineData("json")]
    [InlineData("html")]
    [InlineData("csv")]
    [InlineData("xlsx")]
    [InlineData("docx")]
    [InlineData("pdf")]
    public async Task A_year_that_is_not_open_has_no_report(string format)
    {
        var clerk = await api.CountyAsync("360902");

        await (await clerk.GetAsync($"{Year("360902")}/report.{format}")).ShouldRefuseAsync(404, "year_not_found");
    }

    [Theory]
    [InlineData("json")]
    [InlineData("html")]
    [InlineData("csv")]
    [InlineData("docx")]
    public async Task Only_the_county_and_viewers_above_it_read_the_report(string format)
    {
        await api.OpenYearAsync("360921", 2021);
        var address = $"{Year("360921")}/report.{format}";

        (await (await api.ClientAsync(Role.Viewer, "3609")).GetAsync(address)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await (await api.ReporterAsync("360921100")).GetAsync(address)).ShouldRefuseAsync(403, "forbidden");
        await (await (await api.CountyAsync("360902")).GetAsync(address)).ShouldRefuseAsync(403, "forbidden");
        await (await (await api.OperatorAsync()).GetAsync(address)).ShouldRefuseAsync(403, "forbidden");
        await (await api.Anonymous().GetAsync(address)).ShouldRefuseAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task Names_reasons_and_words_of_units_stay_text()
    {
        var clerk = await api.OpenYearAsync("360982", 2021);
        foreach (var (unit, roster) in new[] { ("360982-a", new JsonObject()), ("360982-b", new JsonObject { ["expected"] = false, ["reason"] = Hostile }) })
        {
            (await clerk.PutAsync($"/api/v1/units/{unit}", new JsonObject { ["name"] = Hostile, ["kind"] = "department" }.AsJson())).EnsureSuccessStatusCode();
            (await clerk.PutAsync($"{Year("360982")}/roster/{unit}", roster.AsJson())).EnsureSuccessStatusCode();
        }

        await FileAsync("360982", With(Report.Zero("2021"), "problems", $"{Hostile}\n</section></main>{Hostile}", "360982-a"));

        var html = await clerk.GetStringAsync($"{Year("360982")}/report.html");
        html.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;");
        html.ShouldNotContain("<script", Case.Insensitive);
        html.ShouldNotContain("<img", Case.Insensitive);
        html.Split("</main>").Length.ShouldBe(2);

        var json = await clerk.GetAsync($"{Year("360982")}/report.json");
        json.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        json.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        Words(await json.JsonAsync(), "problems").ShouldContain(Hostile, customMessage: "the data hold what was written");
    }

    [Fact]
    public async Task Last_year_and_what_became_of_a_unit_s_report_come_along()
    {
        var clerk = await api.CountyAsync("360829");
        (await clerk.PutAsync("/api/v1/units/360829-edu", """{"name":"教育局","kind":"department"}""".AsJson())).EnsureSuccessStatusCode();
        foreach (var (year, report) in new[] { (2020, Report.Zero("2019").With("disclosure.licences.decisions", 100)), (2021, Report.Zero("2021").With("disclosure.licences.decisions", 130)) })
        {
            var address = $"/api/v1/counties/360829/years/{year}";
            (await clerk.PutAsync(address, "{}".AsJson())).EnsureSuccessStatusCode();
            (await clerk.PutAsync($"{address}/roster/360829-edu", "{}".AsJson())).EnsureSuccessStatusCode();
            (await clerk.PostAsync($"{address}/submissions", report.ToJson("360829-edu").AsJson())).EnsureSuccessStatusCode();
        }

        (await clerk.PostAsync($"{Year("360829")}/submissions/360829-edu/return", """{"reason":"请核对"}""".AsJson())).EnsureSuccessStatusCode();
        await FileAsync("360829", Report.Zero("2021").With("disclosure.licences.decisions", 130).ToJson("360829-edu"));

        var told = await clerk.GetJsonAsync($"{Year("360829")}/report.json");
        Words(told, "overview").ShouldContain("同比行政许可处理决定增加30件（30%）");
        ((int?)told["lastYear"]!["year"], (bool?)told["lastYear"]!["complete"]).ShouldBe((2020, true));
        var unit = told["units"]!["included"]!.AsArray().ShouldHaveSingleItem()!;
        ((int?)unit["returned"], (string?)unit["publishedAt"]).ShouldBe((1, "2022-01-20"));
        told["reports"]!.AsArray().ShouldHaveSingleItem()!["figures"]!.AsArray().Count.ShouldBe(200);
    }

    [Fact]
    public async Task Who_has_the_report_already_is_told_so()
    {
        var clerk = await api.OpenYearAsync("360983", 2021);
        await FileAsync("360983", Report.Zero("2021").ToJson("360983100"));
        var first = await clerk.GetAsync($"{Year("360983")}/report.json");
        clerk.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);

        var same = await clerk.GetAsync($"{Year("360983")}/report.json");
        same.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        same.Headers.ETag.ShouldBe(first.Headers.ETag);
        (await same.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();

        await FileAsync("360983", Report.Zero("2021").With("disclosure.licences.decisions", 1).ToJson("360983100"));
        var changed = await clerk.GetAsync($"{Year("360983")}/report.json");
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        changed.Headers.ETag.ShouldNotBe(first.Headers.ETag);
    }

    static string Year(string county) => $"/api/v1/counties/{county}/years/2021";

    async Task FileAsync(string county, JsonObject body, bool refresh = true)
    {
        var response = await (await api.CountyAsync(county)).PostAsync($"{Year(county)}/submissions", body.AsJson());
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        if (refresh)
        {
            await api.RefreshTotalsAsync();
        }
    }

    static JsonObject With(Report report, string section, string? text, string unit)
    {
        var body = report.ToJson(unit);
        body["prose"]![section] = text;
        return body;
    }

    static string Words(JsonObject report, string section) => string.Concat(report["sections"]!.AsArray().Single(s => (string?)s!["code"] == section)!["parts"]!
        .AsArray().SelectMany(p => p!["paragraphs"]!.AsArray().Select(t => (string?)t).Prepend((string?)p["heading"])));

    static IEnumerable<JsonNode?> Leaves(JsonNode node) =>
        node.AsObject().SelectMany(member => member.Value is JsonObject below ? Leaves(below) : [member.Value]);
}
