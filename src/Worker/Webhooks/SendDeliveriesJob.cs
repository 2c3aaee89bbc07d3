using Aggregator.Database;
using Aggregator.Webhooks;
using Polly;
using Polly.Retry;

namespace Aggregator.Worker.Webhooks;

/// <summary>
/// Sends what waits for webhooks. Each webhook has senders of its own, so that a slow receiver keeps nobody else waiting. Any
/// number of workers may run at once; each takes a delivery that no other is on.
/// </summary>
sealed partial class SendDeliveriesJob(DeliveryStore deliveries, WebhookClient client, TimeProvider time, ILogger<SendDeliveriesJob> logger) : BackgroundService
{
    const int SendersPerWebhook = 4;

    static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    // For a receiver that has hiccups; one that is down is tried again in a minute, and then less and less often.
    static readonly ResiliencePipeline<DeliveryAttempt> retries = new ResiliencePipelineBuilder<DeliveryAttempt>()
        .AddRetry(new RetryStrategyOptions<DeliveryAttempt>
        {
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(500),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is { Status: null or 408 or 429 or >= 500 }),
        })
        .Build();

    readonly Dictionary<DueWebhook, Task> senders = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await StartSendersAsync(await ListDueAsync(stoppingToken), stoppingToken);
                await Task.Delay(pause, time, stoppingToken);
            }
        }
        finally
        {
            await Task.WhenAll(senders.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends everything that is due now, and comes back when it is done.</summary>
    internal async Task SendDueAsync(CancellationToken token) =>
        await Task.WhenAll((await ListDueAsync(token)).Select(webhook => SendAsync(webhook, token)));

    async Task StartSendersAsync(IReadOnlyList<DueWebhook> due, CancellationToken token)
    {
        foreach (var webhook in senders.Where(s => s.Value.IsCompleted).Select(s => s.Key).ToList())
        {
            senders.Remove(webhook, out var done);
            await done!; // A bug must not go unseen.
        }

        foreach (var webhook in due)
        {
            if (!senders.ContainsKey(webhook))
            {
                senders.Add(webhook, SendAsync(webhook, token));
            }
        }
    }

    async Task<IReadOnlyList<DueWebhook>> ListDueAsync(CancellationToken token)
    {
        try
        {
            return await deliveries.ListDueAsync(token);
        }
        catch (Exception e) when (AggregatorDatabase.HasFailed(e))
        {
            DatabaseLost(logger, e);
            return [];
        }
    }

    Task SendAsync(DueWebhook webhook, CancellationToken token) =>
        Task.WhenAll(Enumerable.Range(0, SendersPerWebhook).Select(_ => SendAllAsync(webhook, token)));

    async Task SendAllAsync(DueWebhook webhook, CancellationToken token)
    {
        try
        {
            while (await deliveries.ClaimAsync(webhook, token) is { } delivery)
            {
                var last = await retries.ExecuteAsync(static (sending, token) => sending.Job.TryAsync(sending.Delivery, token), (Job: this, Delivery: delivery), token);
                await deliveries.FinishAsync(delivery, last.Status is >= 200 and < 300, token);
            }
        }
        catch (Exception e) when (AggregatorDatabase.HasFailed(e))
        {
            DatabaseLost(logger, e);
        }
    }

    async ValueTask<DeliveryAttempt> TryAsync(ClaimedDelivery delivery, CancellationToken token)
    {
        var attempt = await client.SendAsync(delivery, token);
        await deliveries.LogAsync(delivery, attempt, token);
        return attempt;
    }

    [LoggerMessage(LogLevel.Error, "The database is not available; deliveries wait")]
    static partial void DatabaseLost(ILogger logger, Exception exception);
}
