using Aggregator.Worker.Reminders;
using Aggregator.Worker.Totals;
using Quartz;

namespace Aggregator.Worker;

/// <summary>
/// The clock: every cron expression, in the one time zone of the field. The engine is known only here, jobs are plain classes;
/// see docs/adr/0001-job-engine.md. Every worker runs a clock of its own, so what it starts must be idempotent.
/// </summary>
static class Schedule
{
    /// <summary>Asia/Shanghai has had no daylight saving since 1991, so the zone needs no data of the machine.</summary>
    public static readonly TimeZoneInfo Shanghai = TimeZoneInfo.CreateCustomTimeZone("Asia/Shanghai", TimeSpan.FromHours(8), "Asia/Shanghai", "Asia/Shanghai");

    /// <summary>Adds the clock and its jobs.</summary>
    public static void AddSchedule(this IServiceCollection services)
    {
        services.AddQuartz();
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
        services.Run<RecheckTotalsJob>("0 30 2 * * ?", (job, token) => job.RunAsync(token));
        services.Run<RemindJob>("0 * * * * ?", (job, token) => job.RunAsync(token));
        services.Run<SendMailJob>("5/10 * * * * ?", (job, token) => job.RunAsync(token));
        services.Run<ReadBouncesJob>("0 0/10 * * * ?", (job, token) => job.RunAsync(token));
    }

    static void Run<TJob>(this IServiceCollection services, string cron, Func<TJob, CancellationToken, Task> run)
        where TJob : class
    {
        services.AddTransient<TJob>();
        services.AddSingleton(run);
        services.AddQuartz(quartz =>
        {
            var key = new JobKey(typeof(TJob).Name);
            quartz.AddJob<Runs<TJob>>(job => job.WithIdentity(key));
            quartz.AddTrigger(trigger => trigger.ForJob(key).WithCronSchedule(cron, schedule => schedule.InTimeZone(Shanghai)));
        });
    }

    /// <summary>What the engine sees of a job.</summary>
    [DisallowConcurrentExecution]
    sealed class Runs<TJob>(TJob job, Func<TJob, CancellationToken, Task> run) : IJob
        where TJob : class
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await run(job, cancellationToken);
    }
}
