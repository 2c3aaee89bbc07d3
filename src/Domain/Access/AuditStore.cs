using System.Runtime.CompilerServices;
using Aggregator.Database;
using Aggregator.Reminders;
using Aggregator.Webhooks;
using Dapper;
using Npgsql;

namespace Aggregator.Access;

/// <summary>One line of the audit: who did what, when. Lines are written by the statement that makes the change.</summary>
/// <param name="Id">Grows; the position in the list.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Id of the caller's key, or <c>account:</c> and a login name.</param>
/// <param name="Action">What: <c>submit</c>, <c>keep_draft</c>, <c>load_history</c>, <c>put_year</c>, <c>put_roster</c>, …</param>
/// <param name="Year">Report year, if it concerns one.</param>
/// <param name="Subject">Unit, county, key or account.</param>
/// <param name="Detail">Particulars as JSON.</param>
public sealed record AuditLine(long Id, DateTimeOffset At, string Actor, string Action, int? Year, string Subject, string? Detail);

/// <summary>The last sealed line of a county.</summary>
/// <param name="Seq">Its number, which is how many there are.</param>
/// <param name="Sha256">Its seal, lower-case hex.</param>
public sealed record AuditHead(long Seq, string Sha256);

/// <summary>Reads the audit, seals it and checks the seals.</summary>
public sealed class AuditStore(NpgsqlDataSource database)
{
    /// <summary>Whoever holds it goes on with the chains.</summary>
    internal const long SealingLock = 0x53_45_41_4C;

    const int Batch = 2000;

    /// <summary>Sealing takes a second or two; a line that waits longer is worth a question.</summary>
    static readonly TimeSpan SealedWithin = TimeSpan.FromMinutes(1);

    const string Columns = "id, at, actor, action, year, subject, detail::text as detail";

    const string Select = $"""
        select {Columns} from audit
        where county = @county and id > @after and (@subject::text is null or subject = @subject) and (@year::int is null or year = @year)
        order by id limit @limit
        """;

    const string SelectLast = $"""
        select {Columns} from audit
        where county = @county and (@before::bigint is null or id < @before) and (@subject::text is null or subject = @subject)
        order by id desc limit @limit
        """;

    const string SelectUnsealed = $"select county, {Columns} from audit where seq is null order by id limit @Batch";

    const string SelectHeads = """
        select c.county, a.seq, a.sha256 from unnest(@counties) as c (county)
        cross join lateral (select seq, sha256 from audit where county = c.county and seq is not null order by seq desc limit 1) a
        """;

    const string WriteSeals = """
        update audit a set seq = s.seq, sha256 = s.sha256
        from unnest(@counties, @ids, @seqs, @seals) as s (county, id, seq, sha256)
        where a.county = s.county and a.id = s.id and a.seq is null
        """;

    const string SelectChain = $"""
        select seq, sha256, {Columns} from audit where county = @county and seq > @after order by seq limit @Batch
        """;

    const string CountUnsealed = "select count(*) as lines, min(at) as since from audit where county = @county and seq is null";

    /// <summary>Lines of a county after one, oldest first; of one unit or year if asked for.</summary>
    public async Task<IReadOnlyList<AuditLine>> ListAsync(string county, long after, string? subject, int? year, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return (await connection.QueryAsync<AuditLine>(
            new CommandDefinition(Select, new { county, after, subject, year, limit }, cancellationToken: token))).AsList();
    }

    /// <summary>Lines of a county before one, newest first; of one unit or account if asked for.</summary>
    public async Task<IReadOnlyList<AuditLine>> ListLastAsync(string county, long? before, string? subject, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<AuditLine>(
            new CommandDefinition(SelectLast, new { county, before, subject, limit }, cancellationToken: token))).AsList();
    }

    /// <summary>Seals the oldest unsealed lines, and queues the events and confirmations that they call for; how many lines. One worker at a time does it, the others find nothing to do.</summary>
    public async Task<int> SealAsync(CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select pg_try_advisory_xact_lock(@SealingLock)", new { SealingLock }, transaction, cancellationToken: token)))
        {
            return 0;
        }

        var lines = (await connection.QueryAsync<ChainLine>(new CommandDefinition(SelectUnsealed, new { Batch }, transaction, cancellationToken: token))).AsList();
        if (lines.Count == 0)
        {
            return 0;
        }

        var heads = (await connection.QueryAsync<ChainLine>(new CommandDefinition(
            SelectHeads, new { counties = lines.Select(l => l.County).Distinct().ToArray() }, transaction, cancellationToken: token)))
            .ToDictionary(h => h.County, h => (h.Seq, Seal: h.Sha256));
        foreach (var line in lines)
        {
            var (seq, before) = heads.GetValueOrDefault(line.County, (0, AuditChain.Start));
            heads[line.County] = (line.Seq, line.Sha256) = (seq + 1, AuditChain.Seal(before, line.County, seq + 1, line.ToLine()));
        }

        await connection.ExecuteAsync(new CommandDefinition(
            WriteSeals,
            new
            {
                counties = lines.Select(l => l.County).ToArray(),
                ids = lines.Select(l => l.Id).ToArray(),
                seqs = lines.Select(l => l.Seq).ToArray(),
                seals = lines.Select(l => l.Sha256).ToArray(),
            },
            transaction,
            cancellationToken: token));
        await DeliveryStore.EnqueueAsync(connection, [.. lines.Select(l => WebhookEvent.Of(l.County, l.ToLine())).OfType<WebhookEvent>()], token);
        await MailStore.QueueConfirmationsAsync(connection, [.. lines.Select(l => l.County)], [.. lines.Select(l => l.Id)], token);
        await transaction.CommitAsync(token);
        return lines.Count;
    }

    /// <summary>The end of a county's chain; number 0 if nothing is sealed.</summary>
    public async Task<AuditHead> FindHeadAsync(string county, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var head = await connection.QuerySingleOrDefaultAsync<ChainLine>(
            new CommandDefinition(SelectHeads, new { counties = (string[])[county] }, cancellationToken: token));
        return new AuditHead(head?.Seq ?? 0, Convert.ToHexStringLower(head?.Sha256 ?? AuditChain.Start));
    }

    /// <summary>
    /// A county's sealed lines from the first up to a number, page by page: a slow reader keeps neither a connection nor the whole
    /// audit in memory.
    /// </summary>
    public async IAsyncEnumerable<SealedLine> ExportAsync(string county, long upTo, [EnumeratorCancellation] CancellationToken token)
    {
        for (var after = 0L; after < upTo;)
        {
            List<ChainLine> page;
            await using (var connection = await database.OpenConnectionAsync(token))
            {
                page = (await connection.QueryAsync<ChainLine>(new CommandDefinition(SelectChain, new { county, after, Batch }, cancellationToken: token))).AsList();
            }

            foreach (var line in page.TakeWhile(l => l.Seq <= upTo))
            {
                yield return new SealedLine(county, line.Seq, line.Id, AuditChain.Instant(line.At), line.Actor, line.Action, line.Year, line.Subject,
                    line.Detail, Convert.ToHexStringLower(line.Sha256));
            }

            after = page.Count < Batch ? upTo : page[^1].Seq;
        }
    }

    /// <summary>Computes every seal of a county again.</summary>
    public async Task<AuditCheck> VerifyAsync(string county, DateTimeOffset now, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var (count, since) = await connection.QuerySingleAsync<(long, DateTimeOffset?)>(new CommandDefinition(CountUnsealed, new { county }, cancellationToken: token));
        var overdue = since is { } oldest && now - oldest > SealedWithin ? since : null;
        var (after, head) = (0L, AuditChain.Start);
        while (true)
        {
            var page = (await connection.QueryAsync<ChainLine>(new CommandDefinition(SelectChain, new { county, after, Batch }, cancellationToken: token))).AsList();
            foreach (var line in page)
            {
                var seal = AuditChain.Seal(head, county, after + 1, line.ToLine());
                if (line.Seq != after + 1 || !seal.AsSpan().SequenceEqual(line.Sha256))
                {
                    return new AuditCheck(false, after, count, after + 1, overdue, Convert.ToHexStringLower(head));
                }

                (after, head) = (line.Seq, seal);
            }

            if (page.Count < Batch)
            {
                return new AuditCheck(overdue is null, after, count, null, overdue, Convert.ToHexStringLower(head));
            }
        }
    }

    sealed class ChainLine
    {
        public string County { get; init; } = "";

        public long Seq { get; set; }

        public byte[] Sha256 { get; set; } = [];

        public long Id { get; init; }

        public DateTimeOffset At { get; init; }

        public string Actor { get; init; } = "";

        public string Action { get; init; } = "";

        public int? Year { get; init; }

        public string Subject { get; init; } = "";

        public string? Detail { get; init; }

        public AuditLine ToLine() => new(Id, At, Actor, Action, Year, Subject, Detail);
    }
}
