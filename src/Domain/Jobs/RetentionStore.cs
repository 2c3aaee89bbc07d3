using Aggregator.Access;
using Dapper;
using Npgsql;

namespace Aggregator.Jobs;

/// <summary>Deletes what retention does not keep; received facts and the audit are none of that.</summary>
public sealed class RetentionStore(NpgsqlDataSource database, RetentionSettings settings, AccessSettings access, TimeProvider time)
{
    const int Batch = 5000;

    const string DeleteSessions = "delete from session where seen_at <= @idleSince or created_at <= @createdBefore";

    const string DeleteKeys = "delete from api_key where least(expires_at, revoked_at) < @keysBefore";

    const string DeleteDeliveries = """
        with gone as (
            delete from webhook_delivery d using (
                select scope, webhook, id from webhook_delivery
                where state in ('sent', 'given_up') and queued_at < @deliveriesBefore limit @Batch for update skip locked) o
            where d.scope = o.scope and d.webhook = o.webhook and d.id = o.id
            returning d.scope, d.webhook, d.id
        ), attempts as (
            delete from webhook_attempt a using gone g where a.scope = g.scope and a.webhook = g.webhook and a.delivery = g.id
        )
        select count(*) from gone
        """;

    const string DeleteRuns = """
        with gone as (
            delete from job_run r using (
                select county, id from job_run where ended_at < @runsBefore limit @Batch for update skip locked) o
            where r.county = o.county and r.id = o.id
            returning 1
        )
        select count(*) from gone
        """;

    const string BlankMails = """
        with gone as (
            update mail m set recipients = '{}', copies = '{}', delivered = '{}', subject = null, text = null, html = null, answer = null, bounce = null from (
                select county, id from mail
                where created_at < @mailsBefore and state <> 'queued' and (text is not null or recipients <> '{}') limit @Batch for update skip locked) o
            where m.county = o.county and m.id = o.id
            returning 1
        )
        select count(*) from gone
        """;

    /// <summary>Deletes it, in small transactions; what was deleted, counted. Two at once share the work.</summary>
    public async Task<JobResult> CleanUpAsync(CancellationToken token)
    {
        var now = time.GetUtcNow();
        var values = new
        {
            idleSince = now - access.Idle,
            createdBefore = now - access.Lifetime,
            keysBefore = now - settings.Keys,
            deliveriesBefore = now - settings.Deliveries,
            runsBefore = now - settings.Runs,
            mailsBefore = now - settings.Mails,
            Batch,
        };
        await using var connection = await database.OpenConnectionAsync(token);
        var counts = new Dictionary<string, long>
        {
            ["sessions"] = await connection.ExecuteAsync(new CommandDefinition(DeleteSessions, values, cancellationToken: token)),
            ["keys"] = await connection.ExecuteAsync(new CommandDefinition(DeleteKeys, values, cancellationToken: token)),
        };
        foreach (var (name, sql) in ((string, string)[])[("deliveries", DeleteDeliveries), ("runs", DeleteRuns), ("mails", BlankMails)])
        {
            counts[name] = 0;
            long deleted;
            do
            {
                deleted = await connection.ExecuteScalarAsync<long>(new CommandDefinition(sql, values, cancellationToken: token));
                counts[name] += deleted;
            }
            while (deleted == Batch);
        }

        return new JobResult(counts, []);
    }
}
