using Aggregator.Reminders;

namespace Aggregator.Worker.Reminders;

/// <summary>Queues the reminders and digests that are due in all counties. Idempotent: what is queued already stays as it is.</summary>
sealed partial class RemindJob(ReminderStore reminders, ILogger<RemindJob> logger)
{
    /// <summary>Looks at every year that is not over.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        foreach (var (county, year) in await reminders.ListYearsAsync(token))
        {
            if (await reminders.QueueDueAsync(county, year, token) is > 0 and var queued)
            {
                Queued(logger, queued, county, year);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Queued {Count} mails of {County} for {Year}")]
    static partial void Queued(ILogger logger, int count, string county, int year);
}
