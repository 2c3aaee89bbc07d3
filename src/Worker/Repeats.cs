using Aggregator.Database;

namespace Aggregator.Worker;

/// <summary>
/// Does a job over and over with a pause in between: for what looks every few seconds whether there is something to do, and of which
/// no run is worth remembering. Any number of workers do it at once, so the job is idempotent.
/// </summary>
sealed partial class Repeats<TJob>(TJob job, Func<TJob, CancellationToken, Task> run, TimeSpan pause, TimeProvider time, ILogger<Repeats<TJob>> logger) : BackgroundService
    where TJob : class
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await run(job, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(logger, e, typeof(TJob).Name, AggregatorDatabase.HasFailed(e) ? "the database is not available" : "it is tried again");
            }

            await Task.Delay(pause, time, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Job} broke off: {Why}")]
    static partial void Failed(ILogger logger, Exception exception, string job, string why);
}

static class Repeats
{
    /// <summary>Adds a job that is done over and over.</summary>
    public static void Repeat<TJob>(this IServiceCollection services, TimeSpan pause, Func<TJob, CancellationToken, Task> run)
        where TJob : class
    {
        services.AddSingleton<TJob>();
        services.AddHostedService(s => new Repeats<TJob>(s.GetRequiredService<TJob>(), run, pause, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<Repeats<TJob>>>()));
    }
}
