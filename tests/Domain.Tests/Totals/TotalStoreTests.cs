using Aggregator.Checks;
using Aggregator.Database;
using Aggregator.Forms;
using Aggregator.Submissions;
using Aggregator.Testing;
using Aggregator.Totals;
using Aggregator.Years;
using Npgsql;

namespace Aggregator.Domain.Tests.Totals;

public sealed class TotalStoreTests : IAsyncLifetime
{
    const string County = "360922";
    const string Penalties = "disclosure.penalties.decisions";

    readonly FakeClock clock = FakeClock.InJanuary2022();
    TestDatabase? database;
    NpgsqlDataSource? api;
    NpgsqlDataSource? worker;
    string[] units = [];

    TotalStore Totals => new(worker!, RuleSettings.Default, clock);

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        api = AggregatorDatabase.Open(database.ConnectionString, "aggregator_api");
        worker = AggregatorDatabase.Open(database.ConnectionString, "aggregator_worker");
        var due = ReportingYear.StatutoryDueDate(2021);
        await new YearStore(api).PutAsync(null, new ReportingYear(County, 2021, "2021", due, due, "open"), null, null, "test", clock.GetUtcNow(), default);
        await new RosterStore(api).ImportAsync(County, 2021, null, "test", clock.GetUtcNow(), default);
        units = [.. (await new RosterStore(api).ReadAsync(County, 2021, clock.GetUtcNow(), default)).Units.Select(u => u.Unit)];
    }

    public async ValueTask DisposeAsync()
    {
        await api!.DisposeAsync();
        await worker!.DisposeAsync();
        await database!.DisposeAsync();
    }

    [Fact]
    public async Task A_total_that_another_worker_is_on_is_left_to_it_and_stays_stale()
    {
        await RefreshAllAsync();
        await FileAsync(units[0], 7);
        await using var other = await worker!.OpenConnectionAsync();
        await using (var transaction = await other.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand($"select 1 from total where division = '{County}' for update", other, transaction);
            await hold.ExecuteNonQueryAsync();

            (await Totals.RefreshNextAsync(default)).ShouldBeFalse();
        }

        (await Totals.RefreshNextAsync(default)).ShouldBeTrue();
        (await PenaltiesAsync(County)).ShouldBe(7);
    }

    [Fact]
    public async Task A_worker_that_dies_in_the_middle_leaves_the_work_to_the_next()
    {
        await RefreshAllAsync();
        await FileAsync(units[0], 7);

        // Asked for the time after the marks are deleted and the sources are read, just before the total is written.
        await Should.ThrowAsync<OperationCanceledException>(() => new TotalStore(worker!, RuleSettings.Default, new DyingClock()).RefreshNextAsync(default));

        (await PenaltiesAsync(County)).ShouldBeNull();
        await RefreshAllAsync();
        (await PenaltiesAsync(County)).ShouldBe(7);
        (await PenaltiesAsync("00")).ShouldBe(7);
    }

    [Fact]
    public async Task Computing_everything_again_changes_nothing()
    {
        await FileAsync(units[0], 7);
        await RefreshAllAsync();
        var before = await RevisionsAsync();

        (await Totals.MarkAllAsync(default)).ShouldBe(4);
        await RefreshAllAsync();

        (await RevisionsAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_wrong_total_at_any_level_is_put_right_by_computing_everything_again()
    {
        await FileAsync(units[0], 7);
        await RefreshAllAsync();
        await database!.ScalarAsync<int>("update total set figures[8] = 99, findings = '[{}]' where division in ('36', '360922')");

        await Totals.MarkAllAsync(default);
        await RefreshAllAsync();

        (await PenaltiesAsync(County)).ShouldBe(7);
        (await PenaltiesAsync("36")).ShouldBe(7);
        (await Totals.FindAsync("36", 2021, default))!.Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_burst_of_reports_costs_one_addition()
    {
        await RefreshAllAsync();
        foreach (var unit in units)
        {
            await FileAsync(unit, 1);
        }

        (await Totals.RefreshNextAsync(default)).ShouldBeTrue();

        (await PenaltiesAsync(County)).ShouldBe(units.Length);
        (await database!.ScalarAsync<long>($"select count(*) from stale_total where division = '{County}'")).ShouldBe(0);
    }

    [Fact]
    public async Task Many_workers_on_the_same_county_lose_no_report_that_comes_in_meanwhile()
    {
        var filed = 0;
        var filers = units.Select(unit => Task.Run(async () =>
        {
            for (var number = 1; number <= 10; number++)
            {
                await FileAsync(unit, number);
            }

            Interlocked.Increment(ref filed);
        }));
        var workers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (Volatile.Read(ref filed) < units.Length || await Totals.RefreshNextAsync(default))
            {
                await Totals.RefreshNextAsync(default);
            }
        }));

        await Task.WhenAll([.. filers, .. workers]);
        await RefreshAllAsync();

        (await PenaltiesAsync(County)).ShouldBe(units.Length * 10);
        (await PenaltiesAsync("00")).ShouldBe(units.Length * 10);
        (await Totals.FindAsync(County, 2021, default))!.Complete.ShouldBeTrue();
    }

    [Fact]
    public async Task Nothing_included_is_missing_not_zero()
    {
        await RefreshAllAsync();

        var total = (await Totals.FindAsync(County, 2021, default))!;

        total.Figures.Values.ShouldAllBe(v => v == null);
        total.Units.Included.ShouldBe(0);
        total.Units.Missing.ShouldBe(units);
        total.Findings.ShouldBeEmpty();
    }

    async Task FileAsync(string unit, decimal penalties)
    {
        var body = System.Text.Encoding.UTF8.GetBytes(Report.Zero("2021").With(Penalties, penalties).ToJson(unit).ToJsonString());
        var store = new SubmissionStore(api!, RuleSettings.Default, clock);
        var outcome = await store.FileAsync(SubmissionReader.Read(body).Value!, new FilingRequest(County, 2021, "test", false, null, null), default);
        outcome.Refusal.ShouldBeNull();
    }

    Task<string?> RevisionsAsync() => database!.ScalarAsync<string>("select string_agg(division || ' ' || revision, ', ' order by division) from total");

    async Task RefreshAllAsync()
    {
        while (await Totals.RefreshNextAsync(default))
        {
        }
    }

    async Task<decimal?> PenaltiesAsync(string division)
    {
        var total = await Totals.FindAsync(division, 2021, default);
        return total!.Figures[Form.Find("2021")!.FindCell(Penalties)!];
    }

    sealed class DyingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => throw new OperationCanceledException();
    }
}
