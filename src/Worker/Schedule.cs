using Aggregator.Worker.Totals;
using Quartz;

namespace Aggregator.Worker;

/// <summary>
/// The clock: every cron expression, in the one time zone of the field. The engine is known only here; see
/// docs/adr/0001-job-engine.md. Each worker runs its own clock, which is safe while every scheduled job is idempotent.
/// </summary>
static class Schedule
{
    /// <summary>Asia/Shanghai has had no daylight saving since 1991, so the zone needs no data of the machine.</summary>
    public static readonly TimeZoneInfo Shanghai = TimeZoneInfo.CreateCustomTimeZone("Asia/Shanghai", TimeSpan.FromHours(8), "Asia/Shanghai", "Asia/Shanghai");

    /// <summary>Adds the clock and its jobs.</summary>
    public static void AddSchedule(this IServiceCollection services)
    {
        services.AddQuartz(quartz =>
        {
            quartz.AddJob<RecheckTotalsJob>(job => job.WithIdentity(RecheckTotalsJob.Key).StoreDurably());
            quartz.AddTrigger(trigger => trigger.ForJob(RecheckTotalsJob.Key).WithCronSchedule("0 30 2 * * ?", cron => cron.InTimeZone(Shanghai)));
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
    }
}
