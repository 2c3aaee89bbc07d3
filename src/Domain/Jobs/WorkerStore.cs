using Dapper;
using Npgsql;

namespace Aggregator.Jobs;

/// <summary>How long the oldest of each sort of waiting work has waited, in seconds; 0 where nothing waits.</summary>
/// <param name="Stale">Totals that something has come in for.</param>
/// <param name="Deliveries">Events that should be on their way to webhooks.</param>
/// <param name="Mails">Mails that should have been sent.</param>
public sealed record WaitingAges(double Stale, double Deliveries, double Mails);

/// <summary>Workers that are there, and how they keep up.</summary>
public sealed class WorkerStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Names of workers are never used again, so what one of long ago was on is nobody's.</summary>
    static readonly TimeSpan forgottenAfter = TimeSpan.FromDays(1);

    const string Beat = """
        insert into worker (name, started_at, seen_at) values (@name, @now, @now) on conflict (name) do update set seen_at = excluded.seen_at;
        delete from worker where seen_at < @forgotten;
        """;

    const string SelectAges = """
        select
            coalesce((select extract(epoch from @now - s.marked_at)::double precision from stale_total s order by s.id limit 1), 0) as stale,
            coalesce((select extract(epoch from @now - min(d.next_attempt_at))::double precision from webhook_delivery d
                join webhook w on w.scope = d.scope and w.id = d.webhook and w.deleted_at is null
                where d.state in ('queued', 'failed') and d.next_attempt_at <= @now), 0) as deliveries,
            coalesce((select extract(epoch from @now - min(m.next_attempt_at))::double precision from mail m
                where m.state = 'queued' and m.next_attempt_at <= @now), 0) as mails
        """;

    /// <summary>Says that a worker is there.</summary>
    public async Task BeatAsync(string name, CancellationToken token)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(Beat, new { name, now, forgotten = now - forgottenAfter }, cancellationToken: token));
    }

    /// <summary>A worker leaves; what it was on is free at once.</summary>
    public async Task LeaveAsync(string name, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await connection.ExecuteAsync(new CommandDefinition("delete from worker where name = @name", new { name }, cancellationToken: token));
    }

    /// <summary>When any worker was last seen; null if none was for a day.</summary>
    public async Task<DateTimeOffset?> LastSeenAsync(CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteScalarAsync<DateTimeOffset?>(new CommandDefinition("select max(seen_at) from worker", cancellationToken: token));
    }

    /// <summary>How long work has been waiting.</summary>
    public async Task<WaitingAges> ReadAgesAsync(CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.QuerySingleAsync<WaitingAges>(new CommandDefinition(SelectAges, new { now = time.GetUtcNow() }, cancellationToken: token));
    }
}
