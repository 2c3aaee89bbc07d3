using System.Text.Json;
using Dapper;
using Npgsql;

namespace Aggregator.Reminders;

/// <summary>What a queued mail is about; which members are there depends on its kind.</summary>
/// <param name="Code">Code of a reminder's step.</param>
/// <param name="CopyLeader">Whether the leader gets a copy.</param>
/// <param name="AttachLetter">Whether a dunning letter is attached.</param>
/// <param name="By">Who sent a reminder by hand, or a test; null for the ladder.</param>
/// <param name="Since">Since when things are new in a digest.</param>
/// <param name="To">Address of a test mail.</param>
/// <param name="Revision">Revision that a confirmation is about.</param>
/// <param name="FiledAt">When it was filed.</param>
/// <param name="Late">Whether that was late.</param>
/// <param name="Reason">Why it went back.</param>
public sealed record MailDetail(
    string? Code = null,
    bool CopyLeader = false,
    bool AttachLetter = false,
    string? By = null,
    DateTimeOffset? Since = null,
    string? To = null,
    int Revision = 0,
    DateTimeOffset? FiledAt = null,
    bool? Late = null,
    string? Reason = null);

/// <summary>A mail that a worker has taken.</summary>
/// <param name="County">County.</param>
/// <param name="Id">Number within the outbox.</param>
/// <param name="Year">Report year.</param>
/// <param name="Unit">Unit, or the county for what goes to the coordinator.</param>
/// <param name="Step">What it is sent at most once under.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Detail">What it is about.</param>
/// <param name="MessageId">Stays the same from the first attempt to the last; what has come back is sent again under another.</param>
/// <param name="Delivered">Addresses that have it already.</param>
/// <param name="Attempts">Number of this attempt.</param>
/// <param name="CreatedAt">When it was queued.</param>
public sealed record ClaimedMail(
    string County, long Id, int Year, string Unit, string Step, string Kind, MailDetail Detail, Guid MessageId, IReadOnlyList<string> Delivered, int Attempts, DateTimeOffset CreatedAt);

/// <summary>A line of the log.</summary>
/// <param name="Id">Grows; for <c>?after=</c>.</param>
/// <param name="Unit">Unit, or the county.</param>
/// <param name="Step">Step.</param>
/// <param name="Kind"><c>reminder · digest · filed · returned · accepted · waiver_lapsed · test</c>.</param>
/// <param name="State"><c>queued</c>, <c>sent</c>, <c>failed</c> (refused for good), <c>given_up</c> (tried too long), <c>bounced</c> (came back after the server took it), <c>cancelled</c> (not needed any more).</param>
/// <param name="CreatedAt">When it was queued.</param>
/// <param name="NextAttemptAt">When it is tried next, while it is queued.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="SentAt">When the server took it.</param>
/// <param name="Subject">Subject, once it has been written.</param>
/// <param name="Recipients">To whom; empty for who may not see addresses.</param>
/// <param name="Copies">Copies to; empty for who may not see addresses.</param>
/// <param name="Answer">What the server said, the one that took it or the one that sent it back, or why it was not sent.</param>
/// <param name="BouncedAt">When it came back, if it did.</param>
/// <param name="MessageId">Its Message-ID without the domain.</param>
public sealed record MailLine(
    long Id,
    string Unit,
    string Step,
    string Kind,
    string State,
    DateTimeOffset CreatedAt,
    DateTimeOffset? NextAttemptAt,
    int Attempts,
    DateTimeOffset? SentAt,
    string? Subject,
    string[] Recipients,
    string[] Copies,
    string? Answer,
    DateTimeOffset? BouncedAt,
    Guid MessageId);

/// <summary>A mail to queue.</summary>
/// <param name="Unit">Unit, or the county.</param>
/// <param name="Step">What it is sent at most once under.</param>
/// <param name="Detail">What it is about.</param>
public sealed record NewMail(string Unit, string Step, MailDetail Detail);

/// <summary>The outbox. Whoever queues and however often, a mail is there once; whoever sends, one worker at a time has it.</summary>
public sealed class MailStore(NpgsqlDataSource database, TimeProvider time)
{
    const long ClaimLock = 0x4D_41_49_4C;

    /// <summary>A worker that has not said anything for so long is dead; the mail is anybody's again.</summary>
    static readonly TimeSpan lease = TimeSpan.FromMinutes(10);

    const string HasAddress = "exists (select from jsonb_array_elements(u.contacts) c where c ->> 'email' <> '')";

    // One statement for all lines that are sealed at once. What is loaded from past years is nobody's news.
    const string InsertConfirmations = $"""
        insert into mail (county, year, unit, step, kind, detail, created_at, next_attempt_at)
        select a.county, a.year, a.subject, e.kind || '#' || case when e.kind in ('filed', 'waiver_lapsed') then a.detail ->> 'revision' else a.id::text end,
            e.kind, a.detail, a.at, a.at
        from unnest(@counties, @ids) as s (county, id)
        join audit a on a.county = s.county and a.id = s.id and a.action in ('submit', 'waive', 'keep_draft', 'return', 'accept')
        join unit u on u.code = a.subject and {HasAddress}
        cross join lateral (select case
            when a.action = 'submit' then 'filed'
            when a.action = 'waive' and exists (select from filing f where f.county = a.county and f.year = a.year and f.unit = a.subject
                and f.status = 'submitted' and f.filed_revision = (a.detail ->> 'revision')::int) then 'filed'
            when a.action = 'keep_draft' and exists (select from revision r, jsonb_array_elements(r.findings) g where r.county = a.county
                and r.year = a.year and r.unit = a.subject and r.revision = (a.detail ->> 'revision')::int and g ->> 'lapsedWaiver' is not null) then 'waiver_lapsed'
            when a.action = 'return' then 'returned'
            when a.action = 'accept' then 'accepted' end) as e (kind)
        where e.kind is not null
        on conflict (county, year, unit, step) do nothing
        """;

    // What came back went to somebody: it goes to all its addresses again, under a new id, or the old bounce would be taken for its own.
    const string Again = """
        state = 'queued', attempts = 0, next_attempt_at = @now, answer = null, sent_at = null, bounced_at = null, bounce = null,
            delivered = case when mail.bounced_at is null then mail.delivered else '{}' end,
            message_id = case when mail.bounced_at is null then mail.message_id else gen_random_uuid() end
        """;

    // Looks again at who has filed, in the statement that queues.
    const string InsertReminders = $"""
        with queued as (
            insert into mail (county, year, unit, step, kind, detail, created_at, next_attempt_at)
            select f.county, f.year, f.unit, s.step, 'reminder', s.detail::jsonb, @now, @now
            from unnest(@units, @steps, @details) as s (unit, step, detail)
            join filing f on f.county = @county and f.year = @year and f.unit = s.unit
            where f.expected and f.status in ('missing', 'draft', 'returned')
            on conflict (county, year, unit, step) do update set {Again} where mail.state = 'bounced'
            returning unit
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @county, @now, @actor, 'send_reminder', @year, unit, null from queued where @actor::text is not null
        )
        select unit from queued order by unit
        """;

    const string InsertOne = """
        insert into mail (county, year, unit, step, kind, detail, created_at, next_attempt_at)
        values (@county, @year, @Unit, @Step, @kind, @detail::jsonb, @now, @now)
        on conflict (county, year, unit, step) do nothing
        returning id
        """;

    const string Claim = """
        with room as (
            select count(*) < @perMinute as left from mail where attempted_at > @now - interval '1 minute'
        ), next as (
            select m.county, m.id from mail m, room
            where room.left and m.state = 'queued' and m.next_attempt_at <= @now and (not @quiet or m.kind not in ('reminder', 'digest'))
            order by m.next_attempt_at limit 1 for update of m skip locked
        )
        update mail m set attempts = m.attempts + 1, attempted_at = @now, next_attempt_at = @now + @lease
        from next where m.county = next.county and m.id = next.id
        returning m.county, m.id, m.year, m.unit, m.step, m.kind, m.detail::text as detail, m.message_id, m.delivered, m.attempts, m.created_at
        """;

    const string Release = """
        update mail set attempts = attempts - 1, next_attempt_at = @now where county = @County and id = @Id and state = 'queued'
        """;

    const string WriteOutcome = """
        update mail set state = @state, next_attempt_at = coalesce(@next, next_attempt_at), sent_at = @sentAt, answer = @answer, delivered = @delivered
        where county = @County and id = @Id
        """;

    const string WriteContent = """
        update mail set recipients = @to, copies = @copies, subject = @subject, text = @text, html = @html where county = @County and id = @Id
        """;

    const string Columns = """
        id, unit, step, kind, state, created_at, case when state = 'queued' then next_attempt_at end as next_attempt_at, attempts, sent_at, subject,
        case when @addresses then recipients else '{}' end as recipients, case when @addresses then copies else '{}' end as copies,
        coalesce(bounce, answer) as answer, bounced_at, message_id
        """;

    const string Select = $"select {Columns} from mail where county = @county and year = @year and id > @after order by id limit @limit";

    const string SelectLast = $"""
        select {Columns} from mail where county = @county and year = @year and (@before::bigint is null or id < @before) order by id desc limit @limit
        """;

    const string Requeue = $"""
        with again as (
            update mail set {Again}
            where county = @county and year = @year and id = @id and state in ('failed', 'given_up', 'bounced', 'queued')
            returning unit
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @county, @now, @actor, 'retry_mail', @year, unit, jsonb_build_object('mail', @id) from again
        )
        select exists (select from again)
        """;

    const string SelectState = "select state from mail where county = @county and year = @year and id = @id";

    const string WriteBounces = """
        update mail set state = 'bounced', bounced_at = @now, bounce = s.words from unnest(@ids::uuid[], @words) as s (id, words)
        where message_id = s.id and state = 'sent'
        """;

    const string SelectWaiting = "select count(*) from mail where county = @county and year = @year and state = 'queued'";

    /// <summary>Queues the confirmations that audit lines call for, in the transaction that seals them.</summary>
    internal static Task<int> QueueConfirmationsAsync(NpgsqlConnection connection, string[] counties, long[] ids, CancellationToken token) =>
        connection.ExecuteAsync(new CommandDefinition(InsertConfirmations, new { counties, ids }, cancellationToken: token));

    /// <summary>Queues reminders to those units that still have not filed; gives the units.</summary>
    /// <param name="county">County.</param>
    /// <param name="year">Report year.</param>
    /// <param name="mails">The reminders.</param>
    /// <param name="actor">Who sends them by hand; null for the ladder.</param>
    /// <param name="token">Cancels.</param>
    public async Task<IReadOnlyList<string>> QueueRemindersAsync(string county, int year, IReadOnlyList<NewMail> mails, string? actor, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<string>(new CommandDefinition(
            InsertReminders,
            new
            {
                county,
                year,
                actor,
                units = mails.Select(m => m.Unit).ToArray(),
                steps = mails.Select(m => m.Step).ToArray(),
                details = mails.Select(m => Json(m.Detail)).ToArray(),
                now = time.GetUtcNow(),
            },
            cancellationToken: token))).AsList();
    }

    /// <summary>Queues a digest or a test; null if it is there already.</summary>
    public async Task<long?> QueueAsync(string county, int year, string kind, NewMail mail, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            InsertOne, new { county, year, kind, mail.Unit, mail.Step, detail = Json(mail.Detail), now = time.GetUtcNow() }, cancellationToken: token));
    }

    /// <summary>Takes the next mail that may be sent now, or null. Workers take turns, so that the limit per minute is theirs together.</summary>
    public async Task<ClaimedMail?> ClaimAsync(MailSettings settings, CancellationToken token)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        await connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(@ClaimLock)", new { ClaimLock }, transaction, cancellationToken: token));
        var row = await connection.QuerySingleOrDefaultAsync<ClaimedRow>(new CommandDefinition(
            Claim, new { now, lease, settings.PerMinute, quiet = settings.IsQuiet(now) }, transaction, cancellationToken: token));
        await transaction.CommitAsync(token);
        return row is null ? null
            : new ClaimedMail(row.County, row.Id, row.Year, row.Unit, row.Step, row.Kind,
                row.Detail is null ? new MailDetail() : JsonSerializer.Deserialize(row.Detail, StoredJson.Readable.MailDetail)!,
                row.MessageId, row.Delivered, row.Attempts, row.CreatedAt);
    }

    /// <summary>Puts a mail back as if it had not been taken.</summary>
    public async Task ReleaseAsync(ClaimedMail mail, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(Release, new { mail.County, mail.Id, now = time.GetUtcNow() }, cancellationToken: token));
    }

    /// <summary>Keeps what is about to be sent.</summary>
    public async Task WriteContentAsync(ClaimedMail mail, MailAddresses addresses, string subject, string text, string html, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(
            WriteContent, new { mail.County, mail.Id, to = addresses.To.ToArray(), copies = addresses.Copies.ToArray(), subject, text, html }, cancellationToken: token));
    }

    /// <summary>Keeps what became of an attempt.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="state">Its state now; <c>queued</c> if it is tried again.</param>
    /// <param name="answer">What the server said, or why it was not sent.</param>
    /// <param name="delivered">Addresses that have it.</param>
    /// <param name="next">When it is tried again.</param>
    /// <param name="token">Cancels.</param>
    public async Task WriteOutcomeAsync(
        ClaimedMail mail, string state, string? answer, IEnumerable<string> delivered, DateTimeOffset? next, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(
            WriteOutcome,
            new { mail.County, mail.Id, state, answer, next, delivered = delivered.ToArray(), sentAt = state == "sent" ? time.GetUtcNow() : (DateTimeOffset?)null },
            cancellationToken: token));
    }

    /// <summary>The log of a county's year after a line, oldest first.</summary>
    public async Task<IReadOnlyList<MailLine>> ListAsync(string county, int year, long after, int limit, bool addresses, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<MailLine>(
            new CommandDefinition(Select, new { county, year, after, limit, addresses }, cancellationToken: token))).AsList();
    }

    /// <summary>The log of a county's year before a line, newest first: what a person looks at.</summary>
    public async Task<IReadOnlyList<MailLine>> ListLastAsync(string county, int year, long? before, int limit, bool addresses, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<MailLine>(
            new CommandDefinition(SelectLast, new { county, year, before, limit, addresses }, cancellationToken: token))).AsList();
    }

    /// <summary>How many mails of a county's year wait.</summary>
    public async Task<long> CountWaitingAsync(string county, int year, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(SelectWaiting, new { county, year }, cancellationToken: token));
    }

    /// <summary>Tries a mail again that was refused, given up or came back; null if it is done. Refusals: <c>mail_not_found</c>, <c>mail_not_retryable</c>.</summary>
    public async Task<Refusal?> RetryAsync(string county, int year, long id, string actor, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            Requeue, new { county, year, id, actor, now = time.GetUtcNow() }, cancellationToken: token)))
        {
            return null;
        }

        var state = await connection.ExecuteScalarAsync<string?>(new CommandDefinition(SelectState, new { county, year, id }, cancellationToken: token));
        return state is null ? new Refusal(RefusalKind.NotFound, "mail_not_found", $"{year} 年度没有编号为 {id} 的邮件。")
            : new Refusal(RefusalKind.Conflict, "mail_not_retryable", state == "sent" ? "这封邮件已经发出，不再重发。" : "这封邮件已不需要发送。");
    }

    /// <summary>Notes which mails came back, and what the bounce said; how many.</summary>
    public async Task<int> RecordBouncesAsync(IReadOnlyList<(Guid MessageId, string Words)> bounces, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteAsync(new CommandDefinition(
            WriteBounces,
            new { ids = bounces.Select(b => b.MessageId.ToString()).ToArray(), words = bounces.Select(b => b.Words).ToArray(), now = time.GetUtcNow() },
            cancellationToken: token));
    }

    static string Json(MailDetail detail) => JsonSerializer.Serialize(detail, StoredJson.Readable.MailDetail);

    sealed record ClaimedRow(
        string County, long Id, int Year, string Unit, string Step, string Kind, string? Detail, Guid MessageId, string[] Delivered, int Attempts, DateTimeOffset CreatedAt);
}
