using System.Net;
using Aggregator.Access;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Submissions;

public sealed class UnitPagesTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_saved_draft_counts_for_nothing_until_it_is_filed()
    {
        var county = await api.OpenCountyAsync();
        var (unit, clerk) = (county.Units[0], await api.SessionAsync(Role.Reporter, county.Units[0]));

        (await PostAsync(clerk, unit, Report.Zero("2021"), "save", 0)).Headers.Location!.ToString().ShouldBe($"/units/{unit}/years/2021/edit?saved=1");
        ((string?)(await county.LineAsync(unit))["status"]).ShouldBe("draft");

        (await PostAsync(clerk, unit, Report.Zero("2021"), "file", 1)).Headers.Location!.ToString().ShouldBe($"/units/{unit}/years/2021/receipt?revision=2");
        (await PostAsync(clerk, unit, Report.Zero("2021").With("disclosure.penalties.decisions", 9), "save", 2)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var line = await county.LineAsync(unit);
        ((string?)line["status"], (int?)line["revision"], (int?)line["filedRevision"]).ShouldBe(("submitted", 3, 2));
    }

    [Fact]
    public async Task An_operator_whose_change_of_the_roster_is_refused_is_not_shown_the_report()
    {
        var county = await api.OpenCountyAsync();
        var address = $"/counties/{county.Code}/years/2021/units/{county.Units[0]}";
        (await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021").With("disclosure.penalties.decisions", 47115))).EnsureSuccessStatusCode();
        (await county.Clerk.GetStringAsync(address)).ShouldContain("47,115");
        using var form = new FormUrlEncodedContent([new("dueDate", "never"), new("reason", "延期")]);

        var answer = await (await api.SessionAsync(Role.Operator, "")).PostAsync($"{address}/roster", form);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldContain("请写明延至哪一天");
        page.ShouldNotContain("47,115");
    }

    [Fact]
    public async Task A_check_stores_nothing_and_says_what_filing_would()
    {
        var county = await api.OpenCountyAsync();
        var clerk = await api.SessionAsync(Role.Reporter, county.Units[0]);
        var before = await api.StoredAsync();

        var page = await (await PostAsync(clerk, county.Units[0], Report.Zero("2021").With("requests.received.total", 1), "check", 0)).Content.ReadAsStringAsync();

        page.ShouldContain("一、本年新收政府信息公开申请数量");
        page.ShouldContain("class=\"hard");
        (await api.StoredAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("三件", HttpStatusCode.BadRequest)]
    [InlineData("<script>", HttpStatusCode.BadRequest)]
    [InlineData("１２", HttpStatusCode.OK)]
    [InlineData(" 12 ", HttpStatusCode.OK)]
    public async Task Whatever_was_typed_stands_there_again(string typed, HttpStatusCode status)
    {
        var county = await api.OpenCountyAsync();
        var clerk = await api.SessionAsync(Role.Reporter, county.Units[0]);

        var answer = await PostAsync(clerk, county.Units[0], Report.Zero("2021"), "check", 0, ("disclosure.penalties.decisions", typed), ("prose.problems", "一<二"));

        answer.StatusCode.ShouldBe(status);
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldContain($"value=\"{WebUtility.HtmlEncode(typed.Trim())}\"");
        page.ShouldContain("一&lt;二");
    }

    [Fact]
    public async Task Who_has_seen_an_older_revision_gets_what_changed_and_keeps_what_was_typed()
    {
        var county = await api.OpenCountyAsync();
        var (unit, clerk) = (county.Units[0], await api.SessionAsync(Role.Reporter, county.Units[0]));
        await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021").With("disclosure.penalties.decisions", 7));

        var answer = await PostAsync(clerk, unit, Report.Zero("2021").With("disclosure.licences.decisions", 5), "file", 0);

        answer.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldContain("行政处罚 · 本年处理决定数量");
        page.ShouldContain("name=\"seen\" value=\"1\"");
        ((int?)(await county.LineAsync(unit))["revision"]).ShouldBe(1);
    }

    [Theory]
    [InlineData("/units/360922100/years/2021", HttpStatusCode.Forbidden, "没有查看这个页面的权限")]
    [InlineData("/units/360922201/years/2035", HttpStatusCode.NotFound, "还没有开设")]
    [InlineData("/nowhere", HttpStatusCode.NotFound, "没有这个页面")]
    public async Task A_person_who_went_wrong_gets_a_page(string address, HttpStatusCode status, string said)
    {
        var clerk = await api.SessionAsync(Role.Reporter, "360922201");
        clerk.DefaultRequestHeaders.Add("Accept", "text/html");

        var answer = await clerk.GetAsync(address);

        answer.StatusCode.ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        (await answer.Content.ReadAsStringAsync()).ShouldContain(said);
    }

    static Task<HttpResponseMessage> PostAsync(HttpClient clerk, string unit, Report report, string wish, int seen, params (string Name, string Value)[] instead)
    {
        var fields = report.Form.Cells.ToDictionary(c => c.Path, c => $"{report.Figures[c]}");
        (fields["do"], fields["seen"]) = (wish, $"{seen}");
        foreach (var (name, value) in instead)
        {
            fields[name] = value;
        }

        return clerk.PostAsync($"/units/{unit}/years/2021/edit", new FormUrlEncodedContent(fields));
    }
}
