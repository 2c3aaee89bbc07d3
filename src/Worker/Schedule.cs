using System.Globalization;
using Aggregator.Database;
using Aggregator.Jobs;
using Aggregator.Worker.Jobs;
using Aggregator.Worker.Reminders;
using Aggregator.Worker.Totals;
using Aggregator.Worker.Years;
using Npgsql;
using Quartz;

namespace Aggregator.Worker;

/// <summary>
/// The clock: every cron expression, in the one time zone of the field. The engine is known only here, jobs are plain classes;
/// see docs/adr/0001-job-engine.md. All workers are one clock, which strikes once and makes good what it has missed. It does
/// nothing but queue a run; <see cref="RunJobsJob"/> takes it from there.
/// </summary>
sealed partial class Schedule(ISchedulerFactory engine, JobRunStore runs, WorkerName name, TimeProvider time, ILogger<Schedule> logger) : BackgroundService
{
    /// <summary>Asia/Shanghai has had no daylight saving since 1991, so the zone needs no data of the machine.</summary>
    public static readonly TimeZoneInfo Shanghai = TimeZoneInfo.CreateCustomTimeZone("Asia/Shanghai", TimeSpan.FromHours(8), "Asia/Shanghai", "Asia/Shanghai");

    /// <summary>A due day ends at midnight, which is one of the hours; the others find days that were moved.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Crons = new Dictionary<string, string>
    {
        [JobNames.MarkOverdue] = "0 0 * * * ?",
        [JobNames.RecheckTotals] = "0 30 2 * * ?",
        [JobNames.CleanUp] = "0 10 4 * * ?",
    };

    static readonly TimeSpan retry = TimeSpan.FromSeconds(2);

    /// <summary>Adds the clock and its jobs.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddKeyedTransient<IClockJob, MarkOverdueJob>(JobNames.MarkOverdue);
        services.AddKeyedTransient<IClockJob, RecheckTotalsJob>(JobNames.RecheckTotals);
        services.AddKeyedTransient<IClockJob, CleanUpJob>(JobNames.CleanUp);
        services.AddSingleton(_ => WorkerName.New());
        services.Repeat<RemindJob>(TimeSpan.FromMinutes(1), (job, token) => job.RunAsync(token));
        services.Repeat<SendMailJob>(TimeSpan.FromSeconds(10), (job, token) => job.RunAsync(token));
        services.Repeat<ReadBouncesJob>(TimeSpan.FromMinutes(10), (job, token) => job.RunAsync(token));
        services.AddHostedService<BeatJob>();
        services.AddHostedService<RunJobsJob>();
        services.AddHostedService<Schedule>();
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "clock";
                scheduler.IdleWaitTime = TimeSpan.FromSeconds(1);
            });
            quartz.UseDefaultThreadPool(2);
            quartz.UsePersistentStore(store => Configure(store, provider => provider.GetRequiredService<NpgsqlDataSource>(), clustered: true));
        });
    }

    /// <summary>Makes the engine's tables, as the owner of the database; the worker may only use them. Safe to repeat.</summary>
    public static async Task ProvisionAsync(string connectionString, CancellationToken token)
    {
        await using var owner = NpgsqlDataSource.Create(AggregatorDatabase.OnPrimary(connectionString));
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler => scheduler.InstanceName = "migrate");
            quartz.UsePersistentStore(store =>
            {
                Configure(store, _ => owner, clustered: false);
                store.ProvisionSchema();
            });
        });
        await using var provider = services.BuildServiceProvider();
        var scheduler = await provider.GetRequiredService<ISchedulerFactory>().GetScheduler(token);
        await scheduler.Start(token);
        await scheduler.Shutdown(waitForJobsToComplete: true, token);
    }

    static void Configure(IPersistentStoreBuilder store, Func<IServiceProvider, NpgsqlDataSource> database, bool clustered)
    {
        store.UsePostgres(source => source.DataSourceFactory = database);
        store.ConfigureStore(options => options.TablePrefix = "quartz.");
        store.UseSystemTextJsonSerializer();
        if (clustered)
        {
            store.UseClustering(cluster => cluster.CheckinInterval = TimeSpan.FromSeconds(5));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        IScheduler? scheduler = null;
        for (var started = false; !started;)
        {
            try
            {
                // Whatever happened while nobody was there to hear the clock.
                await runs.EnqueueDueAsync(JobNames.MarkOverdue, $"start {name.Text}", stoppingToken);
                scheduler = await engine.GetScheduler(stoppingToken);
                await SetAsync(scheduler, stoppingToken);
                await scheduler.Start(stoppingToken);
                started = true;
            }
            catch (Exception e) when (e is SchedulerException || AggregatorDatabase.HasFailed(e))
            {
                NoClock(logger, e);
                await Task.Delay(retry, time, stoppingToken);
            }
        }

        try
        {
            await Task.Delay(Timeout.Infinite, stoppingToken);
        }
        finally
        {
            await scheduler!.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
        }
    }

    /// <summary>Sets what this release wants and is not set yet. A trigger that is right stays, for it knows what it has missed.</summary>
    static async Task SetAsync(IScheduler scheduler, CancellationToken token)
    {
        foreach (var (job, cron) in Crons)
        {
            if (await scheduler.GetTrigger(new TriggerKey(job), token) is ICronTrigger set && set.CronExpressionString == cron)
            {
                continue;
            }

            var strike = JobBuilder.Create<Strike>().WithIdentity(job).RequestRecovery().Build();
            var trigger = TriggerBuilder.Create().WithIdentity(job).ForJob(strike)
                .WithSchedule(CronScheduleBuilder.Create(cron).InTimeZone(Shanghai).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)).Build();
            await scheduler.ScheduleJob(strike, [trigger], new ScheduleJobOptions { Replace = true }, token);
        }
    }

    /// <summary>What the engine sees of a job.</summary>
    sealed class Strike(JobRunStore runs) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await runs.EnqueueDueAsync(
            context.JobDetail.Key.Name, (context.ScheduledFireTimeUtc ?? context.FireTimeUtc).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "The clock does not run yet; it needs the database, and the tables that 'migrate' makes")]
    static partial void NoClock(ILogger logger, Exception exception);
}
