using System.Collections.Immutable;
using System.Security.Cryptography;
using Aggregator.Checks;
using Aggregator.Database;
using Aggregator.Units;
using Dapper;
using Npgsql;
using static Aggregator.Submissions.SubmissionStore;

namespace Aggregator.Submissions;

/// <summary>
/// Takes in many units' reports of one sheet, in one transaction and with the statements of a single submission: one round trip
/// locks and reads, a second one writes.
/// </summary>
public sealed class BulkStore(NpgsqlDataSource database, RuleSettings rules, TimeProvider time)
{
    // In the order of the codes, so that two sheets of one county wait for each other and never both.
    const string Lock = """
        select from filing where county = @County and year = @Year and unit = any(@units) order by unit for update
        """;

    const string SelectNames = "select code, name from unit where code = any(@units)";

    // A row's key is the sheet's key and its unit.
    const string SelectUsedKey = """
        select unit from revision where county = @County and year = @Year and actor = @Actor and idempotency_key = @IdempotencyKey || '#' || unit
        """;

    const string InsertFile = """
        insert into bulk_file (county, year, sha256, media_type, content, received_at, actor)
        values (@County, @Year, @sha256, @MediaType, @content, @now, @Actor)
        on conflict (county, year, sha256) do nothing
        """;

    // Over when it is seen: a sheet is one transaction, within the request that brings it. The same sheet may come again.
    const string InsertRun = """
        insert into job_run (county, job, key, state, queued_at, queued_by, started_at, ended_at, attempts, done, total, counts)
        values (@County, 'import_bulk', @key || ' ' || gen_random_uuid(), 'done', @now, @Actor, @now, @endedAt, 1, @rows, @rows, jsonb_build_object('rows', @rows, 'kept', @kept))
        """;

    /// <summary>
    /// Checks every row and, unless the mode forbids it, files what can be filed. <see cref="FilingRequest.IdempotencyKey"/> is
    /// the sheet's. Refusals: <c>year_not_found</c>, <c>idempotency_key_reused</c>, <c>busy</c>; what is wrong with a row stands
    /// with the row.
    /// </summary>
    public async Task<Outcome<BulkFiling>> FileAsync(
        BulkFile file, IReadOnlyList<BulkRow> rows, FilingRequest request, BulkMode mode, CancellationToken token)
    {
        var now = time.GetUtcNow();
        var key = mode == BulkMode.DryRun ? null : request.IdempotencyKey;
        RowFiling[] filings = [.. rows.Select(row => new RowFiling(row, request with { IdempotencyKey = key is null ? null : $"{key}#{row.Unit}" }))];
        await using var connection = await database.OpenConnectionAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        var used = await ReadAsync(connection, filings, request with { IdempotencyKey = key }, mode, token);
        if (used.Count > 0)
        {
            return Replay(filings, used, request, now);
        }

        foreach (var filing in filings)
        {
            if (await filing.DecideAsync(connection, rules, now, token) is { Kind: RefusalKind.NotFound, Code: "year_not_found" } refusal)
            {
                return refusal;
            }
        }

        var fileable = filings.Where(f => f.Filing is not null).ToList();
        var allowed = mode switch
        {
            BulkMode.DryRun => false,
            BulkMode.Partial => fileable.Count > 0,
            _ => Array.TrueForAll(filings, f => f.Filing?.Receipt.Status == "submitted"),
        };
        if (allowed)
        {
            if (!await WriteAsync(connection, file, rows.Count, fileable, request, now, time.GetUtcNow(), token))
            {
                return new Refusal(RefusalKind.Conflict, "busy", "年度或名录正在被他人修改，这次没有保存任何内容，请稍后重试。");
            }

            await transaction.CommitAsync(token);
            foreach (var filing in fileable)
            {
                Measures.Submitted(filing.Filing!.ToReceipt(filing.Written!));
            }
        }

        return new BulkFiling(allowed, [.. filings.Select(f => f.ToRow())]);
    }

    /// <summary>Locks the units' places on the roster, reads what the checks need, and gives the units for which the key was used before.</summary>
    static async Task<HashSet<string>> ReadAsync(
        NpgsqlConnection connection, RowFiling[] filings, FilingRequest request, BulkMode mode, CancellationToken token)
    {
        var readable = filings.Where(f => f.Row.Submission is not null).ToList();
        var units = filings.Select(f => f.Row.Unit).Where(UnitCode.IsValid).Distinct().ToArray();
        await using var batch = connection.CreateBatch();

        // A dry run reads what is there and stands in nobody's way.
        if (mode != BulkMode.DryRun)
        {
            batch.Add(Lock, new { request.County, request.Year, units });
        }

        batch.Add(SelectNames, new { units });
        batch.Add(SelectUsedKey, new { request.County, request.Year, request.Actor, request.IdempotencyKey });
        foreach (var filing in readable)
        {
            batch.Add(SelectContext, new { request.County, request.Year, unit = filing.Row.Unit, request.Actor, filing.Request.IdempotencyKey });
        }

        await using var reader = await batch.ExecuteReaderAsync(token);
        if (mode != BulkMode.DryRun)
        {
            await reader.NextResultAsync(token);
        }

        var names = reader.Parse<(string Code, string Name)>().ToDictionary(u => u.Code, u => u.Name);
        await reader.NextResultAsync(token);
        var used = reader.Parse<string>().ToHashSet();
        foreach (var filing in readable)
        {
            await reader.NextResultAsync(token);
            filing.Context = reader.Parse<Context>().SingleOrDefault();
        }

        foreach (var filing in filings)
        {
            filing.KnownName = names.GetValueOrDefault(filing.Row.Unit);
        }

        return used;
    }

    static async Task<bool> WriteAsync(NpgsqlConnection connection, BulkFile file, int rows, List<RowFiling> filings, FilingRequest request,
        DateTimeOffset now, DateTimeOffset endedAt, CancellationToken token)
    {
        var sha256 = SHA256.HashData(file.Content.Span);
        var name = Convert.ToHexStringLower(sha256);
        await using var batch = connection.CreateBatch();
        foreach (var filing in filings)
        {
            batch.Add(InsertFromSheet, filing.Filing!.Values).Parameters.AddWithValue("file", name);
        }

        batch.Add(InsertFile, new { request.County, request.Year, sha256, file.MediaType, content = file.Content.ToArray(), now, request.Actor });
        batch.Add(InsertRun, new
        {
            request.County,
            request.Actor,
            key = $"{request.Year}/{name}",
            now,
            endedAt,
            rows,
            kept = filings.Count,
        });
        await using var reader = await batch.ExecuteReaderAsync(token);
        foreach (var filing in filings)
        {
            if (reader.Parse<Written>().SingleOrDefault() is not { } written)
            {
                return false;
            }

            filing.Written = written;
            await reader.NextResultAsync(token);
        }

        return true;
    }

    /// <summary>The answer of the first time. What was not stored then is not stored now, even if it could be.</summary>
    static Outcome<BulkFiling> Replay(RowFiling[] filings, HashSet<string> used, FilingRequest request, DateTimeOffset now)
    {
        var same = used.IsSubsetOf(filings.Select(f => f.Row.Unit))
            && Array.TrueForAll(filings, f => f.Context?.Prior(request.Year) is not { } prior || prior.Sha256 == f.Sha256Text);
        if (!same)
        {
            return new Refusal(RefusalKind.Unacceptable, "idempotency_key_reused",
                $"Idempotency-Key“{request.IdempotencyKey}”已用于另一份文件；重试请原样重发，新的报送请换一个键。");
        }

        foreach (var filing in filings)
        {
            filing.DecideAgain(now);
        }

        return new BulkFiling(true, [.. filings.Select(f => f.ToRow())]);
    }

    /// <summary>A row on its way through.</summary>
    sealed class RowFiling(BulkRow row, FilingRequest request)
    {
        readonly byte[]? sha256 = row.Submission is { } submission ? SHA256.HashData(submission.Body.Span) : null;
        readonly List<RefusalError> errors = [.. row.Errors];
        Receipt? prior;

        public BulkRow Row => row;

        public FilingRequest Request => request;

        public string? Sha256Text => sha256 is null ? null : Convert.ToHexStringLower(sha256);

        public Context? Context { get; set; }

        public string? KnownName { get; set; }

        public Filing? Filing { get; private set; }

        public Written? Written { get; set; }

        /// <summary>Refuses the row or prepares its filing; gives the refusal.</summary>
        public async Task<Refusal?> DecideAsync(NpgsqlConnection connection, RuleSettings rules, DateTimeOffset now, CancellationToken token)
        {
            if (Refuse(now) is { } refusal)
            {
                errors.AddRange(refusal.Errors.IsEmpty ? [new RefusalError("$.unit", refusal.Code, refusal.Detail.TrimEnd('。'))] : refusal.Errors);
                return refusal;
            }

            if (row.Submission is { } submission && errors.Count == 0)
            {
                Filing = FilingOf(submission, request, await CheckAsync(connection, submission, request, Context!, rules, token), sha256!, now);
            }

            return null;
        }

        public void DecideAgain(DateTimeOffset now)
        {
            prior = Context?.Prior(request.Year);
            if (prior is null && Refuse(now) is null && errors.Count == 0)
            {
                errors.Add(new RefusalError("$.unit", "not_stored_before", "首次报送时这一行没有保存；要补报，请换一个 Idempotency-Key"));
            }
        }

        public FiledRow ToRow()
        {
            var receipt = prior ?? (Written is null ? null : Filing!.ToReceipt(Written));
            return new FiledRow(
                row.Row,
                row.Unit,
                KnownName ?? row.Name,
                receipt?.Status ?? Filing?.Receipt.Status ?? "refused",
                receipt,
                receipt?.Findings ?? Filing?.Receipt.Findings ?? [],
                [.. errors],
                [.. Warnings()]);
        }

        Refusal? Refuse(DateTimeOffset now) => row.Submission is not { } submission ? null
            : UnitCode.CountyOf(row.Unit) != request.County ? new Refusal(RefusalKind.Forbidden, "unit_of_other_county", $"“{row.Unit}”不是 {request.County} 的单位")
            : submission.FiledAt is { } stated && Unstatable(stated, request, now) is { } unstatable ? unstatable
            : SubmissionStore.Refuse(Context, row.Unit, request, now);

        IEnumerable<RefusalError> Warnings()
        {
            if (KnownName is not null && row.Name is not null && row.Name != KnownName)
            {
                yield return new RefusalError("name", "name_differs", $"表中写的是“{row.Name}”，代码 {row.Unit} 的单位是“{KnownName}”，请核对是否填错行");
            }

            if (Filing is not null && Context is { Revision: > 0 } context)
            {
                yield return new RefusalError("unit", "already_filed", $"“{row.Unit}”已有第 {context.Revision} 稿，这一行是它的新一稿");
            }
        }
    }
}
