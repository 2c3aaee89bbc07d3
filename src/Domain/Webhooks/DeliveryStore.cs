using System.Security.Cryptography;
using Dapper;
using Npgsql;

namespace Aggregator.Webhooks;

/// <summary>One event on its way to one webhook.</summary>
/// <param name="Seq">Position in the list.</param>
/// <param name="Id">Id of the event.</param>
/// <param name="Event">Which event.</param>
/// <param name="Body">What is sent.</param>
/// <param name="State"><c>queued</c>, <c>sent</c>, <c>failed</c> (will be tried again) or <c>given_up</c>.</param>
/// <param name="CreatedAt">When it happened.</param>
/// <param name="NextAttemptAt">When it is tried next, if it is.</param>
/// <param name="SentAt">When the receiver took it.</param>
public sealed record Delivery(
    long Seq, string Id, string Event, string Body, string State, DateTimeOffset CreatedAt, DateTimeOffset? NextAttemptAt, DateTimeOffset? SentAt);

/// <summary>One try.</summary>
/// <param name="At">When it began.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
/// <param name="Status">Status of the answer; null if none came.</param>
/// <param name="Answer">Beginning of the answer.</param>
/// <param name="Error">Why none came, in Chinese.</param>
public sealed record DeliveryAttempt(DateTimeOffset At, int DurationMs, int? Status, string? Answer, string? Error);

/// <summary>A delivery that this worker, and no other, sends now.</summary>
public sealed record ClaimedDelivery(
    string Scope, string Webhook, string Id, string Event, string Body, int Rounds, DateTimeOffset QueuedAt, string Url, string Secret);

/// <summary>A webhook that has something to send.</summary>
public sealed record DueWebhook(string Scope, string Webhook);

/// <summary>What is sent to webhooks: queued with the seal of its audit line, claimed by one worker at a time, tried until it is taken.</summary>
public sealed class DeliveryStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Longer than all tries of a round take. A worker that dies leaves its claim behind for so long.</summary>
    static readonly TimeSpan Claim = TimeSpan.FromMinutes(5);

    static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);
    static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(3);

    const string Columns = "seq, id, event, body, state, created_at, next_attempt_at, sent_at";

    const string InsertEvents = """
        insert into webhook_delivery (scope, webhook, id, event, body, created_at, queued_at, next_attempt_at)
        select w.scope, w.id, e.id, e.event, e.body, e.at, e.at, e.at
        from unnest(@ids, @counties, @events, @bodies, @instants) as e (id, county, event, body, at)
        join webhook w on w.deleted_at is null and e.event = any(w.events) and (w.scope = '00' or starts_with(e.county, w.scope)) and e.at >= w.created_at
        on conflict do nothing
        """;

    const string InsertPing = """
        insert into webhook_delivery (scope, webhook, id, event, body, created_at, queued_at, next_attempt_at)
        values (@Scope, @webhook, @Id, @Event, @body, @now, @now, @now)
        """;

    const string Select = $"""
        select {Columns} from webhook_delivery where scope = @Scope and webhook = @webhook and seq > @after order by seq limit @limit
        """;

    const string SelectLast = $"""
        select {Columns} from webhook_delivery
        where scope = @Scope and webhook = @webhook and (@before::bigint is null or seq < @before) order by seq desc limit @limit
        """;

    const string SelectOne = $"select {Columns} from webhook_delivery where scope = @Scope and webhook = @webhook and id = @id";

    const string SelectAttempts = """
        select at, duration_ms, status, answer, error from webhook_attempt where scope = @Scope and webhook = @webhook and delivery = @id order by id
        """;

    const string Requeue = """
        with written as (
            update webhook_delivery set state = 'queued', rounds = 0, queued_at = @now, next_attempt_at = @now, sent_at = null
            where scope = @Scope and webhook = @webhook and id = @id
            returning id
        ), audited as (
            insert into audit (county, at, actor, action, subject, detail)
            select left(@Scope, 6), @now, @actor, 'replay_delivery', @webhook, jsonb_build_object('delivery', id) from written
        )
        select exists (select from written)
        """;

    const string SelectDue = """
        select w.scope, w.id as webhook from webhook w
        where w.deleted_at is null and exists (
            select from webhook_delivery d
            where d.scope = w.scope and d.webhook = w.id and d.state in ('queued', 'failed') and d.next_attempt_at <= @now)
        """;

    const string ClaimNext = """
        with next as (
            select scope, webhook, id from webhook_delivery
            where scope = @Scope and webhook = @Webhook and state in ('queued', 'failed') and next_attempt_at <= @now
            order by next_attempt_at, seq limit 1
            for update skip locked
        )
        update webhook_delivery d set next_attempt_at = @until
        from next n join webhook w on w.scope = n.scope and w.id = n.webhook and w.deleted_at is null
        where d.scope = n.scope and d.webhook = n.webhook and d.id = n.id
        returning d.scope, d.webhook, d.id, d.event, d.body, d.rounds, d.queued_at, w.url, w.secret
        """;

    const string InsertAttempt = """
        insert into webhook_attempt (scope, webhook, delivery, at, duration_ms, status, answer, error)
        values (@Scope, @Webhook, @Id, @At, @DurationMs, @Status, @Answer, @Error)
        """;

    // Not if somebody has asked for a replay meanwhile: then it is sent once more.
    const string Finish = """
        update webhook_delivery set state = @state, rounds = rounds + 1, next_attempt_at = @next, sent_at = @sentAt
        where scope = @Scope and webhook = @Webhook and id = @Id and queued_at = @QueuedAt
        """;

    /// <summary>How long a delivery waits that has failed for a number of rounds: a minute, then twice as long each time, at most six hours.</summary>
    public static TimeSpan PauseAfter(int rounds) =>
        rounds > 9 ? LongestPause : TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << (rounds - 1)));

    /// <summary>Queues events for whoever wants them, in the transaction that seals their audit lines.</summary>
    internal static async Task EnqueueAsync(NpgsqlConnection connection, IReadOnlyList<WebhookEvent> events, CancellationToken token)
    {
        if (events.Count > 0)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                InsertEvents,
                new
                {
                    ids = events.Select(e => e.Id).ToArray(),
                    counties = events.Select(e => e.County!).ToArray(),
                    events = events.Select(e => e.Event).ToArray(),
                    bodies = events.Select(e => e.ToBody()).ToArray(),
                    instants = events.Select(e => e.At).ToArray(),
                },
                cancellationToken: token));
        }
    }

    /// <summary>Queues a test.</summary>
    public async Task<Delivery> PingAsync(Webhook webhook, CancellationToken token)
    {
        var now = time.GetUtcNow();
        var ping = new WebhookEvent($"ping-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}", WebhookEvent.Ping, now, null, null, null, null);
        await using (var connection = await database.OpenConnectionAsync(token))
        {
            await connection.ExecuteAsync(new CommandDefinition(
                InsertPing, new { webhook.Scope, webhook = webhook.Id, ping.Id, ping.Event, body = ping.ToBody(), now }, cancellationToken: token));
        }

        return (await FindAsync(webhook, ping.Id, token))!;
    }

    /// <summary>Deliveries of a webhook after one, oldest first.</summary>
    public async Task<IReadOnlyList<Delivery>> ListAsync(Webhook webhook, long after, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<Delivery>(
            new CommandDefinition(Select, new { webhook.Scope, webhook = webhook.Id, after, limit }, cancellationToken: token))).AsList();
    }

    /// <summary>Deliveries of a webhook before one, newest first: what a person looks at.</summary>
    public async Task<IReadOnlyList<Delivery>> ListLastAsync(Webhook webhook, long? before, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<Delivery>(
            new CommandDefinition(SelectLast, new { webhook.Scope, webhook = webhook.Id, before, limit }, cancellationToken: token))).AsList();
    }

    /// <summary>A delivery, or null.</summary>
    public async Task<Delivery?> FindAsync(Webhook webhook, string id, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.QuerySingleOrDefaultAsync<Delivery>(
            new CommandDefinition(SelectOne, new { webhook.Scope, webhook = webhook.Id, id }, cancellationToken: token));
    }

    /// <summary>All tries of a delivery, oldest first.</summary>
    public async Task<IReadOnlyList<DeliveryAttempt>> ListAttemptsAsync(Webhook webhook, string id, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<DeliveryAttempt>(
            new CommandDefinition(SelectAttempts, new { webhook.Scope, webhook = webhook.Id, id }, cancellationToken: token))).AsList();
    }

    /// <summary>Sends a delivery once more, whatever became of it; false if there is none.</summary>
    public async Task<bool> ReplayAsync(Webhook webhook, string id, string actor, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(Requeue, new { webhook.Scope, webhook = webhook.Id, id, actor, now = time.GetUtcNow() }, cancellationToken: token));
    }

    /// <summary>Webhooks that have something to send now.</summary>
    public async Task<IReadOnlyList<DueWebhook>> ListDueAsync(CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<DueWebhook>(new CommandDefinition(SelectDue, new { now = time.GetUtcNow() }, cancellationToken: token))).AsList();
    }

    /// <summary>Takes a webhook's next delivery, so that no other worker does; null if none is due.</summary>
    public async Task<ClaimedDelivery?> ClaimAsync(DueWebhook webhook, CancellationToken token)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.QuerySingleOrDefaultAsync<ClaimedDelivery>(
            new CommandDefinition(ClaimNext, new { webhook.Scope, webhook.Webhook, now, until = now + Claim }, cancellationToken: token));
    }

    /// <summary>Keeps what came of a try.</summary>
    public async Task LogAsync(ClaimedDelivery delivery, DeliveryAttempt attempt, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(
            InsertAttempt,
            new { delivery.Scope, delivery.Webhook, delivery.Id, attempt.At, attempt.DurationMs, attempt.Status, attempt.Answer, attempt.Error },
            cancellationToken: token));
    }

    /// <summary>Ends a round: sent, or to be tried again later, or given up after three days.</summary>
    public async Task FinishAsync(ClaimedDelivery delivery, bool sent, CancellationToken token)
    {
        var now = time.GetUtcNow();
        var next = now + PauseAfter(delivery.Rounds + 1);
        var (state, nextAttempt) = sent ? ("sent", default(DateTimeOffset?)) : next - delivery.QueuedAt > GiveUpAfter ? ("given_up", null) : ("failed", next);
        await using var connection = await database.OpenConnectionAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(
            Finish,
            new { delivery.Scope, delivery.Webhook, delivery.Id, delivery.QueuedAt, state, next = nextAttempt, sentAt = sent ? now : default(DateTimeOffset?) },
            cancellationToken: token));
    }
}
