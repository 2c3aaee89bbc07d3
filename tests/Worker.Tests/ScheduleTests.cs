using System.Diagnostics;
using System.Globalization;
using Aggregator.Testing;

namespace Aggregator.Worker.Tests;

public sealed class ScheduleTests
{
    // The engine keeps instants as ticks.
    const string Strikes = "select string_agg(trigger_name || ' ' || next_fire_time, ',' order by trigger_name) from quartz.triggers";

    [Theory]
    [InlineData("UTC")]
    [InlineData("America/New_York")]
    [InlineData("Asia/Shanghai")]
    public async Task The_clock_strikes_by_the_time_of_China_wherever_the_machine_thinks_it_is(string zone)
    {
        await using var database = await TestDatabase.CreateAsync();
        var before = TimeProvider.System.GetUtcNow();
        using var worker = AggregatorProcess.StartWorker(database, ("TZ", zone));
        await WaitAsync(database, "select count(*) >= 3 from quartz.triggers where trigger_state = 'WAITING'");

        var strikes = (await database.ScalarAsync<string>(Strikes))!.Split(',').Select(s => s.Split(' '))
            .ToDictionary(s => s[0], s => new DateTimeOffset(long.Parse(s[1], CultureInfo.InvariantCulture), TimeSpan.Zero));

        strikes["recheck_totals"].TimeOfDay.ShouldBe(new TimeSpan(18, 30, 0), "02:30 in China");
        strikes["clean_up"].TimeOfDay.ShouldBe(new TimeSpan(20, 10, 0), "04:10 in China");
        strikes["mark_overdue"].Minute.ShouldBe(0);
        strikes.Values.ShouldAllBe(s => s > before && s <= before.AddDays(1).AddMinutes(1));
    }

    [Fact]
    public async Task A_strike_that_nobody_heard_is_made_good_once_by_three_workers()
    {
        await using var database = await TestDatabase.CreateAsync();
        using (var first = AggregatorProcess.StartWorker(database))
        {
            await WaitAsync(database, "select count(*) >= 3 from quartz.triggers where trigger_state = 'WAITING'");
            first.Stop();
        }

        // All were down for two nights.
        var missed = TimeProvider.System.GetUtcNow().AddDays(-2).Ticks;
        await database.ScalarAsync<int>($"update quartz.triggers set next_fire_time = {missed} where trigger_name = 'recheck_totals'");
        var workers = Enumerable.Range(0, 3).Select(_ => AggregatorProcess.StartWorker(database)).ToList();
        try
        {
            await WaitAsync(database, "select exists (select from job_run where job = 'recheck_totals' and state = 'done')");
            await Task.Delay(3000, TestContext.Current.CancellationToken);
        }
        finally
        {
            workers.ForEach(w => w.Dispose());
        }

        (await database.ScalarAsync<long>("select count(*) from job_run where job = 'recheck_totals'")).ShouldBe(1);
        (await database.ScalarAsync<long>($"select next_fire_time from quartz.triggers where trigger_name = 'recheck_totals'")).ShouldBeGreaterThan(TimeProvider.System.GetUtcNow().Ticks);
    }

    static async Task WaitAsync(TestDatabase database, string sql)
    {
        for (var watch = Stopwatch.StartNew(); !await database.ScalarAsync<bool>(sql); await Task.Delay(100))
        {
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60), sql);
        }
    }
}
