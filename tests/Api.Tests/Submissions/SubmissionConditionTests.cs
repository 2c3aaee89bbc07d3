using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Submissions;

/// <summary>Idempotency-Key and If-Match, alone and with many at once.</summary>
public sealed partial class SubmissionConditionTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    static readonly Report correct = Report.Zero("2021").With("disclosure.penalties.decisions", 1);
    static readonly Report wrong = Report.Zero("2021").With("requests.received.total", 1);

    [Fact]
    public async Task The_same_key_gets_the_same_answer_byte_for_byte()
    {
        var (county, unit, reporter) = await UnitAsync();

        var first = await reporter.FileAsync(county.Year, unit, correct, ("Idempotency-Key", "a"));
        api.Clock.Set(api.Clock.GetUtcNow().AddTicks(12_345_678));
        var second = await reporter.FileAsync(county.Year, unit, correct, ("Idempotency-Key", "a"));

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        second.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await second.Content.ReadAsByteArrayAsync()).ShouldBe(await first.Content.ReadAsByteArrayAsync());
        second.Headers.ETag.ShouldBe(first.Headers.ETag);
        second.Headers.Location.ShouldBe(first.Headers.Location);
        (await CountAsync(unit)).ShouldBe(1);
    }

    [Fact]
    public async Task The_same_key_gets_the_same_hard_findings_except_for_the_trace()
    {
        var (county, unit, reporter) = await UnitAsync();

        var first = await reporter.FileAsync(county.Year, unit, wrong, ("Idempotency-Key", "a"));
        var second = await reporter.FileAsync(county.Year, unit, wrong, ("Idempotency-Key", "a"));

        await first.ShouldRefuseAsync(422, "hard_findings");
        WithoutTrace(await second.Content.ReadAsStringAsync()).ShouldBe(WithoutTrace(await first.Content.ReadAsStringAsync()));
        second.Headers.Location.ShouldBe(first.Headers.Location);
        (await CountAsync(unit)).ShouldBe(1);
    }

    [Fact]
    public async Task The_answer_stays_the_same_after_later_revisions_and_after_the_year_is_closed()
    {
        var (county, unit, reporter) = await UnitAsync();
        var first = await reporter.FileAsync(county.Year, unit, correct, ("Idempotency-Key", "a"));
        await reporter.FileAsync(county.Year, unit, Report.Zero("2021"));
        await county.Clerk.PutAsync(county.Year, """{"state":"closed"}""".AsJson());

        var again = await reporter.FileAsync(county.Year, unit, correct, ("Idempotency-Key", "a"), ("If-Match", "\"0\""));

        again.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused()
    {
        var (county, unit, reporter) = await UnitAsync();
        await reporter.FileAsync(county.Year, unit, correct, ("Idempotency-Key", "a"));
        var before = await api.StoredAsync();

        await (await reporter.FileAsync(county.Year, unit, Report.Zero("2021"), ("Idempotency-Key", "a"))).ShouldRefuseAsync(422, "idempotency_key_reused");

        (await api.StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Sixteen_at_once_with_one_key_make_one_revision()
    {
        var (county, unit, reporter) = await UnitAsync();

        var answers = await AtOnceAsync(16, _ => reporter.FileAsync(county.Year, unit, correct, ("Idempotency-Key", "a")));

        var bodies = await Task.WhenAll(answers.Select(a => a.Content.ReadAsStringAsync()));
        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.Created, string.Join('\n', bodies.Distinct()));
        bodies.Distinct().Count().ShouldBe(1);
        (await CountAsync(unit)).ShouldBe(1);
    }

    [Fact]
    public async Task Another_caller_with_the_same_key_is_another_matter()
    {
        var (county, unit, reporter) = await UnitAsync();
        await reporter.FileAsync(county.Year, unit, correct, ("Idempotency-Key", "a"));

        var receipt = await (await county.Clerk.FileAsync(county.Year, unit, correct, ("Idempotency-Key", "a"))).ShouldBeAsync(201);

        ((int?)receipt["revision"]).ShouldBe(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("键")]
    [InlineData("a\tb")]
    [InlineData("201")]
    public async Task A_key_that_is_empty_too_long_or_not_ascii_is_refused(string key)
    {
        var (county, unit, reporter) = await UnitAsync();
        var before = await api.StoredAsync();

        var response = await reporter.FileAsync(county.Year, unit, correct, ("Idempotency-Key", key == "201" ? new string('a', 201) : key));

        await response.ShouldRefuseAsync(400, "invalid_idempotency_key");
        (await api.StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_key_of_200_characters_is_taken()
    {
        var (county, unit, reporter) = await UnitAsync();
        var key = new string('~', 200);

        (await reporter.FileAsync(county.Year, unit, correct, ("Idempotency-Key", key))).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await reporter.FileAsync(county.Year, unit, correct, ("Idempotency-Key", key))).StatusCode.ShouldBe(HttpStatusCode.Created);

        (await CountAsync(unit)).ShouldBe(1);
    }

    [Fact]
    public async Task Who_has_seen_the_newest_revision_may_file()
    {
        var (county, unit, reporter) = await UnitAsync();

        await (await reporter.FileAsync(county.Year, unit, correct, ("If-Match", "\"0\""))).ShouldBeAsync(201);
        var receipt = await (await reporter.FileAsync(county.Year, unit, correct, ("If-Match", "\"1\""))).ShouldBeAsync(201);

        ((int?)receipt["revision"]).ShouldBe(2);
    }

    [Theory]
    [InlineData("\"0\"")]
    [InlineData("\"2\"")]
    [InlineData("\"2147483647\"")]
    public async Task Who_has_seen_another_revision_may_not_and_nothing_is_stored(string seen)
    {
        var (county, unit, reporter) = await UnitAsync();
        await reporter.FileAsync(county.Year, unit, correct);
        var before = await api.StoredAsync();

        var problem = await (await reporter.FileAsync(county.Year, unit, Report.Zero("2021"), ("If-Match", seen))).ShouldRefuseAsync(412, "stale_revision");

        ((string)problem["detail"]!).ShouldContain("第 1 稿");
        (await api.StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task The_second_of_two_clerks_is_told_what_the_first_has_changed_and_files_on_top_of_it()
    {
        var (county, unit, reporter) = await UnitAsync();
        await reporter.FileAsync(county.Year, unit, correct);
        api.Clock.Set(FakeClock.Shanghai(2022, 1, 20, 18, 5, 0));
        var changed = Encoding.UTF8.GetString(correct.With("disclosure.penalties.decisions", 3).ToBody(unit)).Replace("总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。", "改过的正文。", StringComparison.Ordinal);
        (await county.Clerk.FileAsync(county.Year, Encoding.UTF8.GetBytes(changed), ("If-Match", "\"1\""))).StatusCode.ShouldBe(HttpStatusCode.Created);

        var mine = correct.With("disclosure.licences.decisions", 9);
        var refused = await reporter.FileAsync(county.Year, unit, mine, ("If-Match", "\"1\""));
        var problem = await refused.ShouldRefuseAsync(412, "stale_revision");

        refused.Headers.ETag!.Tag.ShouldBe("\"2\"");
        ((int?)problem["current"]!["revision"]).ShouldBe(2);
        ((string?)problem["current"]!["actor"]).ShouldBe(county.Clerk.DefaultRequestHeaders.Authorization!.Parameter!.Split('_')[1]);
        ((DateTimeOffset?)problem["current"]!["filedAt"]).ShouldBe(api.Clock.GetUtcNow());
        problem["changes"]!.AsArray().Select(c => $"{c!["path"]}: {c["from"]} → {c["to"]}")
            .ShouldBe(["disclosure.penalties.decisions: 1 → 3", "prose.overview: 总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。 → 改过的正文。"]);

        var merged = mine.With("disclosure.penalties.decisions", 3);
        (await reporter.FileAsync(county.Year, unit, merged, ("If-Match", refused.Headers.ETag.Tag))).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_county_that_accepts_what_it_has_not_seen_is_told_what_changed()
    {
        var (county, unit, reporter) = await UnitAsync();
        await reporter.FileAsync(county.Year, unit, correct);
        await reporter.FileAsync(county.Year, unit, correct.With("disclosure.penalties.decisions", 7));

        using var accept = new HttpRequestMessage(HttpMethod.Post, $"{county.Year}/submissions/{unit}/accept") { Headers = { { "If-Match", "\"1\"" } } };
        var problem = await (await county.Clerk.SendAsync(accept)).ShouldRefuseAsync(412, "stale_revision");

        ((int?)problem["current"]!["revision"]).ShouldBe(2);
        problem["changes"]!.AsArray().Select(c => (string?)c!["to"]).ShouldBe(["7"]);
    }

    [Fact]
    public async Task Who_thought_to_be_the_first_is_told_everything_that_is_there()
    {
        var (county, unit, reporter) = await UnitAsync();
        await reporter.FileAsync(county.Year, unit, correct);

        var problem = await (await reporter.FileAsync(county.Year, unit, correct, ("If-Match", "\"0\""))).ShouldRefuseAsync(412, "stale_revision");

        problem["changes"]!.AsArray().Count(c => c!["from"] is null).ShouldBeGreaterThan(200);
        problem["changes"]!.AsArray().Select(c => $"{c!["path"]}: {c["to"]}").ShouldContain("disclosure.penalties.decisions: 1");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("W/\"1\"")]
    [InlineData("\"1\", \"2\"")]
    [InlineData("\"-1\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"\"")]
    [InlineData("\"")]
    [InlineData("\"99999999999999999999\"")]
    [InlineData("\"1.0\"")]
    public async Task A_malformed_If_Match_is_refused(string value)
    {
        var (county, unit, reporter) = await UnitAsync();
        await reporter.FileAsync(county.Year, unit, correct);
        var before = await api.StoredAsync();

        await (await reporter.FileAsync(county.Year, unit, correct, ("If-Match", value))).ShouldRefuseAsync(400, "invalid_if_match");

        (await api.StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Of_32_writers_who_have_seen_the_same_revision_exactly_one_wins()
    {
        var (county, unit, reporter) = await UnitAsync();
        await reporter.FileAsync(county.Year, unit, correct);

        var answers = await AtOnceAsync(32, i => reporter.FileAsync(county.Year, unit, correct.With("disclosure.licences.decisions", i), ("If-Match", "\"1\"")));

        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        foreach (var loser in answers.Where(a => a.StatusCode != HttpStatusCode.Created))
        {
            await loser.ShouldRefuseAsync(412, "stale_revision");
        }

        (await CountAsync(unit)).ShouldBe(2);
    }

    [Fact]
    public async Task Thirty_two_at_once_get_32_revision_numbers()
    {
        var (county, unit, reporter) = await UnitAsync();

        var answers = await AtOnceAsync(32, i => reporter.FileAsync(county.Year, unit, correct.With("disclosure.licences.decisions", i)));

        var receipts = await Task.WhenAll(answers.Select(a => a.ShouldBeAsync(201)));
        receipts.Select(r => (int)r["revision"]!).Order().ShouldBe(Enumerable.Range(1, 32));
        await api.RefreshTotalsAsync();
        var last = await reporter.GetJsonAsync($"{county.Year}/submissions/{unit}");
        ((int?)last["revision"]).ShouldBe(32);
        (await county.TotalsAsync())["figures"]!.Cell("disclosure.licences.decisions").ShouldBe(last["figures"]!.Cell("disclosure.licences.decisions"));
    }

    async Task<(TestCounty County, string Unit, HttpClient Reporter)> UnitAsync()
    {
        var county = await api.OpenCountyAsync();
        return (county, county.Units[0], await api.ReporterAsync(county.Units[0]));
    }

    static Task<HttpResponseMessage[]> AtOnceAsync(int count, Func<int, Task<HttpResponseMessage>> send) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => send(i))));

    Task<long> CountAsync(string unit) => api.Database.ScalarAsync<long>($"select count(*) from revision where unit = '{unit}'");

    static string WithoutTrace(string problem)
    {
        JsonNode.Parse(problem)!["traceId"].ShouldNotBeNull();
        return Trace().Replace(problem, "");
    }

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex Trace();
}
