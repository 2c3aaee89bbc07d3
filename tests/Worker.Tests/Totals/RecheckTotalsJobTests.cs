using Aggregator.Checks;
using Aggregator.Database;
using Aggregator.Forms;
using Aggregator.Jobs;
using Aggregator.Submissions;
using Aggregator.Testing;
using Aggregator.Totals;
using Aggregator.Worker.Totals;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Aggregator.Worker.Tests.Totals;

public sealed class RecheckTotalsJobTests : IAsyncLifetime
{
    const string County = "360922";

    readonly FakeClock clock = FakeClock.InJanuary2022();
    TestDatabase? database;
    NpgsqlDataSource? worker;
    readonly List<(int, int)> progress = [];

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        worker = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.WorkerRole);
        await using var api = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.ApiRole);
        await database.ScalarAsync<int>($"""
            insert into reporting_year (county, year, form, due_date, county_due_date) values ('{County}', 2021, '2021', '2022-01-31', '2022-03-31');
            insert into unit (code, name, kind, parent) values ('360922-zfb', '办公室', 'department', '{County}');
            insert into total (division, year, form) values ('{County}', 2021, '2021');
            insert into filing (county, year, unit) values ('{County}', 2021, '360922201'), ('{County}', 2021, '360922-zfb')
            """);
        var submissions = new SubmissionStore(api, RuleSettings.Default, clock);
        foreach (var unit in (string[])["360922201", "360922-zfb"])
        {
            var body = SubmissionReader.Read(Report.Zero("2021").With("disclosure.penalties.decisions", 3).ToBody(unit)).Value!;
            var filed = await submissions.FileAsync(body, new FilingRequest(County, 2021, "test", false, null, null), Token);
            filed.Refusal.ShouldBeNull();
            filed.Value!.Status.ShouldBe("submitted");
        }

        await RefreshAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await worker!.DisposeAsync();
        await database!.DisposeAsync();
    }

    [Fact]
    public async Task What_is_right_stays_unremarked()
    {
        var result = await RunAsync();

        result.Remarks.ShouldBeEmpty();
        (result.Counts["years"], result.Counts["reports"], result.Counts["differences"]).ShouldBe((1, 2, 0));
        progress.ShouldBe([(0, 1), (1, 1)]);
        (await database!.ScalarAsync<long>("select count(*) from stale_total")).ShouldBe(1, "marked to be added up again");
    }

    [Fact]
    public async Task A_stored_figure_that_the_body_does_not_say_is_found_and_so_is_the_total_made_of_it()
    {
        await database!.ScalarAsync<int>($"update revision set figures[{Place()}] = 300 where unit = '360922201'");
        await database!.ScalarAsync<int>($"insert into stale_total (division, year) values ('{County}', 2021)");
        await RefreshAsync();

        var result = await RunAsync();

        result.Remarks.ShouldBe([
            "360922 2021 年度 360922201 第 1 稿：报送原文与入库数据有 1 格不一致。",
            "360922 2021 年度：汇总数据与按报送原文重新汇总的结果不一致，已安排重新汇总。"]);
    }

    [Fact]
    public async Task A_total_that_was_tampered_with_is_found_and_made_right()
    {
        await database!.ScalarAsync<int>($"update total set figures[{Place()}] = 7");

        (await RunAsync()).Remarks.ShouldHaveSingleItem().ShouldContain("汇总数据");
        await RefreshAsync();
        (await database!.ScalarAsync<decimal>($"select figures[{Place()}] from total")).ShouldBe(6);
        await database!.ScalarAsync<int>("delete from stale_total");
        (await RunAsync()).Remarks.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_that_was_changed_does_not_fit_its_digest()
    {
        await database!.ScalarAsync<int>("update revision set body = body || ' ' where unit = '360922-zfb'");

        (await RunAsync()).Remarks.ShouldHaveSingleItem().ShouldContain("SHA-256");
    }

    static int Place() => Form.Find("2021")!.FindCell("disclosure.penalties.decisions")!.Index + 1;

    async Task RefreshAsync()
    {
        var totals = new TotalStore(worker!, RuleSettings.Default, clock);
        while (await totals.RefreshNextAsync(Token))
        {
        }

        await database!.ScalarAsync<int>("delete from stale_total");
    }

    Task<JobResult> RunAsync()
    {
        var totals = new TotalStore(worker!, RuleSettings.Default, clock);
        var job = new RecheckTotalsJob(new RecheckStore(worker!, totals), totals, NullLogger<RecheckTotalsJob>.Instance);
        return job.RunAsync(new ClaimedRun("", 1, JobNames.RecheckTotals, "", 1), (done, total) =>
        {
            progress.Add((done, total));
            return Task.CompletedTask;
        }, Token);
    }
}
