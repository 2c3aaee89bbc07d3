using System.Diagnostics;
using Aggregator.Database;
using Aggregator.Testing;
using Aggregator.Years;

namespace Aggregator.Worker.Tests.Years;

public sealed class MarkOverdueJobTests
{
    const string Marks = "select count(*) from audit where action = 'mark_overdue'";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_of_a_thousand_due_jobs_has_its_effect_once_though_workers_are_killed()
    {
        const int Counties = 1000;
        await using var database = await TestDatabase.CreateAsync();
        await database.ScalarAsync<int>(Open(Counties, "2022-01-31"));

        // Slow enough that workers die in the middle of it, before and after what they do is committed.
        await database.ScalarAsync<int>("""
            create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.05); return new; end $$;
            create trigger slow before insert on overdue for each row execute function slow();
            create trigger slow_after after insert on overdue for each row execute function slow()
            """);
        var random = new Random(20220201);
        AggregatorProcess[] workers = [.. Enumerable.Range(0, 3).Select(_ => AggregatorProcess.StartWorker(database))];
        var (watch, kills) = (Stopwatch.StartNew(), 0);
        try
        {
            while (await database.ScalarAsync<long>("select count(*) from job_run where state = 'done' and county <> ''") < Counties
                || await database.ScalarAsync<long>("select count(*) from job_run where state in ('queued', 'running')") > 0)
            {
                watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(180));
                await Task.Delay(3000, Token);
                if (await database.ScalarAsync<long>(Marks) < Counties)
                {
                    var victim = random.Next(workers.Length);
                    workers[victim].Dispose();
                    workers[victim] = AggregatorProcess.StartWorker(database);
                    kills++;
                }
            }
        }
        finally
        {
            Array.ForEach(workers, w => w.Dispose());
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{watch.Elapsed.TotalSeconds:0} s, {kills} workers killed, runs taken over: "
            + await database.ScalarAsync<long>("select count(*) from job_run where attempts > 1"));
        (await database.ScalarAsync<long>(Marks)).ShouldBe(Counties);
        (await database.ScalarAsync<long>("select count(distinct subject) from audit where action = 'mark_overdue'")).ShouldBe(Counties);
        (await database.ScalarAsync<long>("select count(*) from job_run where state = 'failed'")).ShouldBe(0);
        (await database.ScalarAsync<long>("select count(*) from job_run where attempts > 1")).ShouldBeGreaterThan(0, "somebody died in the middle");
        kills.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task The_last_second_of_the_due_day_is_in_time_and_midnight_in_China_is_late()
    {
        var clock = new FakeClock(FakeClock.Shanghai(2022, 1, 31, 23, 59, 59));
        await using var database = await TestDatabase.CreateAsync();
        await database.ScalarAsync<int>(Open(1, "2022-01-31"));
        await using var worker = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.WorkerRole);
        var overdue = new OverdueStore(worker, clock);

        (await overdue.ListCountiesAsync(Token)).ShouldBeEmpty();
        clock.Set(FakeClock.Shanghai(2022, 2, 1, 0, 0, 0));
        var county = (await overdue.ListCountiesAsync(Token)).ShouldHaveSingleItem();

        (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => overdue.MarkAsync(county, Token)))).Sum().ShouldBe(1, "four at once write one line");
        (await overdue.MarkAsync(county, Token)).ShouldBe(0);
        (await database.ScalarAsync<string>("select detail->>'dueDate' from audit where action = 'mark_overdue'")).ShouldBe("2022-01-31");
    }

    [Fact]
    public async Task Only_who_should_have_filed_is_marked_and_an_extension_is_a_due_day_of_its_own()
    {
        var clock = new FakeClock(FakeClock.Shanghai(2022, 2, 1, 0, 0, 0));
        await using var database = await TestDatabase.CreateAsync();
        await database.ScalarAsync<int>(Open(6, "2022-01-31"));
        await database.ScalarAsync<int>("""
            with n as (select county, row_number() over (order by county) as n from filing)
            update filing f set
                status = case n when 2 then 'submitted' else 'missing' end, filed_at = case n when 2 then timestamptz '2022-01-30' end,
                expected = n <> 3, due_date = case n when 4 then date '2022-02-15' end, added_at = case n when 5 then timestamptz '2022-02-01 08:00+08' end
            from n where n.county = f.county
            """);
        await using var worker = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.WorkerRole);
        var overdue = new OverdueStore(worker, clock);
        var counties = (await database.ScalarAsync<string[]>("select array_agg(county order by county) from filing"))!;

        (await overdue.ListCountiesAsync(Token)).ShouldBe([counties[0], counties[5]]);
        foreach (var county in counties)
        {
            await overdue.MarkAsync(county, Token);
        }

        await database.ScalarAsync<int>($"update filing set due_date = '2022-02-10' where county = '{counties[0]}'");
        (await overdue.ListCountiesAsync(Token)).ShouldBeEmpty();
        clock.Set(FakeClock.Shanghai(2022, 2, 11, 0, 0, 0));
        (await overdue.ListCountiesAsync(Token)).ShouldBe([counties[0]]);
        clock.Set(FakeClock.Shanghai(2022, 2, 16, 0, 0, 0));
        (await overdue.ListCountiesAsync(Token)).ShouldBe([counties[0], counties[3]]);
    }

    /// <summary>Counties with a year and one department that has not filed.</summary>
    static string Open(int counties, string dueDate) => $"""
        insert into reporting_year (county, year, form, due_date, county_due_date)
        select code, 2021, '2021', '{dueDate}', '2022-03-31' from unit where kind = 'county' order by code limit {counties};
        insert into unit (code, name, kind, parent) select county || '-zfb', '办公室', 'department', county from reporting_year;
        insert into filing (county, year, unit) select county, year, county || '-zfb' from reporting_year
        """;
}
