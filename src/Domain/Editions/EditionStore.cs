using System.Data;
using System.Text.Json;
using Aggregator.Database;
using Dapper;
using Npgsql;

namespace Aggregator.Editions;

/// <summary>A county report that is frozen (定稿), or is about to be.</summary>
/// <param name="Number">Number within county and year, from 1.</param>
/// <param name="State"><c>requested</c> until a worker has built it; <c>built</c>, or <c>failed</c> if that could not be done.</param>
/// <param name="RequestedAt">When it was asked for.</param>
/// <param name="RequestedBy">Id of the key that asked.</param>
/// <param name="BuiltAt">The moment that it shows.</param>
/// <param name="Complete">Every expected unit's report is in it.</param>
/// <param name="Label">How complete it is, in words.</param>
/// <param name="TotalRevision">Revision of the county's total that it shows; in a published year, the one that it would become.</param>
/// <param name="Published">It is the one that the published year stands by.</param>
public sealed record Edition(
    int Number,
    string State,
    DateTimeOffset RequestedAt,
    string RequestedBy,
    DateTimeOffset? BuiltAt,
    bool? Complete,
    string? Label,
    int? TotalRevision,
    bool Published)
{
    /// <summary>Why it cannot be read or published; null if it can.</summary>
    internal Refusal? Refuse() => State switch
    {
        "requested" => new Refusal(RefusalKind.Conflict, "edition_not_built", $"第 {Number} 份定稿正在生成，请稍后再取。"),
        "failed" => new Refusal(RefusalKind.Conflict, "edition_failed", $"第 {Number} 份定稿没有生成成功，请重新申请一份；仍不行请联系管理员。"),
        _ => null,
    };
}

/// <summary>Frozen county reports: asked for by the county, built once by a worker, and then what they are.</summary>
public sealed class EditionStore(NpgsqlDataSource database, ReportStore reports, TimeProvider time)
{
    const string Columns = """
        e.number, e.state, e.requested_at, e.requested_by, e.built_at, e.complete, e.label, e.total_revision,
        coalesce(e.number = y.published_edition, false) as published
        """;

    const string From = "from edition e join reporting_year y using (county, year) where e.county = @county and e.year = @year";

    const string SelectOne = $"select {Columns} {From} and e.number = @number";

    const string SelectSome = $"select {Columns} {From} and e.number > @after order by e.number limit @limit";

    const string SelectNewestBuilt = $"select {Columns} {From} and e.state = 'built' order by e.number desc limit 1";

    const string SelectReport = "select report::text from edition where county = @county and year = @year and number = @number";

    const string SelectByKey = """
        select number from edition where county = @county and year = @year and requested_by = @actor and idempotency_key = @key
        """;

    // Two at once take the same number, and one of them tries again.
    const string Insert = """
        with requested as (
            insert into edition (county, year, number, requested_at, requested_by, idempotency_key)
            select y.county, y.year, coalesce((select max(e.number) from edition e where e.county = y.county and e.year = y.year), 0) + 1, @now, @actor, @key
            from reporting_year y where y.county = @county and y.year = @year
            returning number
        ), queued as (
            insert into job_run (county, job, key, queued_at, queued_by, total)
            select @county, 'build_edition', @year || '/' || number, @now, @actor, 1 from requested
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @county, @now, @actor, 'request_edition', @year, @county, jsonb_build_object('edition', number) from requested
        )
        select number from requested
        """;

    // First in its transaction, so its moment is the edition's: where it sees no mark, the total is what counts at that moment.
    const string Claim = """
        select e.county, e.year, e.number from edition e
        where e.state = 'requested' and not exists (select from stale_total s where s.division = e.county and s.year = e.year)
        order by e.requested_at limit 1
        for update skip locked
        """;

    const string EndRun = """

        update job_run set state = case when @failure::text is null then 'done' else 'failed' end, started_at = @startedAt, ended_at = @endedAt,
            attempts = attempts + 1, done = case when @failure::text is null then 1 else 0 end, error = @failure
        where county = @County and job = 'build_edition' and key = @Year || '/' || @Number and state = 'queued';
        """;

    const string Build = """
        update edition set state = 'built', built_at = @now, total_revision = @Revision, figures = @Figures::numeric[], expected = @Expected,
            included = @Included, missing = @Missing, sources = @Sources, source_revisions = @SourceRevisions, findings = @Findings::jsonb,
            adjustments = @adjustments::jsonb, complete = @Complete, label = @Label, report = @report::jsonb
        where county = @County and year = @Year and number = @Number;
        """ + EndRun;

    const string Fail = """
        update edition set state = 'failed', error = @error where county = @County and year = @Year and number = @Number and state = 'requested';
        """ + EndRun;

    /// <summary>Asks for an edition; gives its number, the same for the same key, or null if the county has not opened the year.</summary>
    public async Task<int?> RequestAsync(string county, int year, string? key, string actor, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        for (var attempt = 0; ; attempt++)
        {
            var values = new { county, year, key, actor, now = time.GetUtcNow() };
            if (key is not null && await connection.ExecuteScalarAsync<int?>(new CommandDefinition(SelectByKey, values, cancellationToken: token)) is { } same)
            {
                return same;
            }

            try
            {
                return await connection.ExecuteScalarAsync<int?>(new CommandDefinition(Insert, values, cancellationToken: token));
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation && attempt < 10)
            {
                // Somebody else asked at the same moment.
            }
        }
    }

    /// <summary>An edition, or null.</summary>
    public async Task<Edition?> FindAsync(string county, int year, int number, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return await FindAsync(connection, county, year, number, token);
    }

    /// <summary>Editions after a number, oldest first.</summary>
    public async Task<IReadOnlyList<Edition>> ListAsync(string county, int year, int after, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return (await connection.QueryAsync<Edition>(new CommandDefinition(SelectSome, new { county, year, after, limit }, cancellationToken: token))).AsList();
    }

    /// <summary>The frozen report. Refusals: <c>edition_not_found</c>, <c>edition_not_built</c>, <c>edition_failed</c>.</summary>
    public async Task<Outcome<CountyReport>> ReadReportAsync(string county, int year, int number, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return await FindAsync(connection, county, year, number, token) is not { } edition ? NotFound(year, number)
            : edition.Refuse() is { } refusal ? refusal
            : await ReadAsync(connection, county, year, number, token);
    }

    /// <summary>What came in since. Refusals as for the report.</summary>
    public async Task<Outcome<EditionChanges>> ReadChangesAsync(string county, int year, int number, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, token);
        return await FindAsync(connection, county, year, number, token) is not { } edition ? NotFound(year, number)
            : edition.Refuse() is { } refusal ? refusal
            : await ReadChangesAsync(connection, county, year, edition, token);
    }

    /// <summary>
    /// The edition to publish: the one that is named, or the newest if nothing has come in since. Refusals: as for the report, and
    /// <c>edition_required</c>, <c>edition_outdated</c>.
    /// </summary>
    public async Task<Outcome<Edition>> ChooseAsync(string county, int year, int? number, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, token);
        if (number is { } named)
        {
            return await FindAsync(connection, county, year, named, token) is not { } edition ? NotFound(year, named)
                : edition.Refuse() is { } refusal ? refusal
                : edition;
        }

        var newest = await connection.QuerySingleOrDefaultAsync<Edition>(
            new CommandDefinition(SelectNewestBuilt, new { county, year }, cancellationToken: token));
        if (newest is null)
        {
            return new Refusal(RefusalKind.Conflict, "edition_required", $"发布 {year} 年度须先有生成好的定稿；请先申请生成定稿。");
        }

        var changes = await ReadChangesAsync(connection, county, year, newest, token);
        return !changes.Any ? newest : new Refusal(RefusalKind.Conflict, "edition_outdated",
            $"第 {newest.Number} 份定稿生成之后又有变化：{changes.Units.Count(u => u.Counts)} 个单位、{changes.Cells.Count} 格数据、{changes.Sections.Count} 个部分的文字。"
                + $"请重新生成定稿；确要发布这一份，请写明 edition: {newest.Number}。",
            [.. changes.Units.Where(u => u.Counts).Select(u => new RefusalError(u.Unit, u.What, $"{u.Name}：{u.Label}"))]);
    }

    /// <summary>
    /// Builds the edition that has waited longest, once its county's total is up to date; false if there is none or others are on
    /// them. Safe to run in any number of workers and to be killed at any point: until it is committed, nothing has happened.
    /// </summary>
    public async Task<bool> BuildNextAsync(CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, token);
        Requested? claimed;
        try
        {
            claimed = await connection.QuerySingleOrDefaultAsync<Requested>(new CommandDefinition(Claim, cancellationToken: token));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.SerializationFailure)
        {
            return true; // Another worker built it between our look and our lock.
        }

        if (claimed is null)
        {
            return false;
        }

        var startedAt = time.GetUtcNow();
        var begun = time.GetTimestamp();
        try
        {
            await BuildAsync(connection, claimed, startedAt, token);
            await transaction.CommitAsync(token);
            Measures.Built(time.GetElapsedTime(begun));
        }
        catch (Exception e) when (e is not OperationCanceledException && !AggregatorDatabase.IsAway(e))
        {
            // What fails today fails again in a second: it is put aside, so that the others are built.
            await transaction.RollbackAsync(token);
            await connection.ExecuteAsync(new CommandDefinition(
                Fail,
                new
                {
                    claimed.County,
                    claimed.Year,
                    claimed.Number,
                    error = e.ToString(),
                    failure = $"{e.GetType().Name}；详见工作进程日志。",
                    startedAt,
                    endedAt = time.GetUtcNow(),
                },
                cancellationToken: token));
            throw;
        }

        return true;
    }

    async Task BuildAsync(NpgsqlConnection connection, Requested claimed, DateTimeOffset now, CancellationToken token)
    {
        var (report, total, adjustments) = await reports.ReadAsync(connection, claimed.County, claimed.Year, now, countAnew: true, ownWords: true, token)
            ?? throw new InvalidOperationException($"{claimed.County} has an edition of {claimed.Year}, and no total.");
        await connection.ExecuteAsync(new CommandDefinition(
            Build,
            new
            {
                claimed.County,
                claimed.Year,
                claimed.Number,
                total.Revision,
                total.Figures,
                total.Expected,
                total.Included,
                total.Missing,
                total.Sources,
                total.SourceRevisions,
                total.Findings,
                adjustments = JsonSerializer.Serialize(adjustments, StoredJson.Readable.IReadOnlyListAdjustment),
                report.Complete,
                report.Label,
                report = JsonSerializer.Serialize(report, StoredJson.Readable.CountyReport),
                now,
                failure = (string?)null,
                startedAt = now,
                endedAt = time.GetUtcNow(),
            },
            cancellationToken: token));
    }

    async Task<EditionChanges> ReadChangesAsync(NpgsqlConnection connection, string county, int year, Edition edition, CancellationToken token)
    {
        var builtAt = edition.BuiltAt!.Value;
        var before = await ReadAsync(connection, county, year, edition.Number, token);
        var now = (await reports.ReadAsync(connection, county, year, builtAt, countAnew: true, ownWords: true, token))!.Report;
        return EditionChanges.Between(edition.Number, builtAt, before, now);
    }

    static Task<Edition?> FindAsync(NpgsqlConnection connection, string county, int year, int number, CancellationToken token) =>
        connection.QuerySingleOrDefaultAsync<Edition>(new CommandDefinition(SelectOne, new { county, year, number }, cancellationToken: token));

    static async Task<CountyReport> ReadAsync(NpgsqlConnection connection, string county, int year, int number, CancellationToken token) =>
        JsonSerializer.Deserialize(
            (await connection.ExecuteScalarAsync<string>(new CommandDefinition(SelectReport, new { county, year, number }, cancellationToken: token)))!,
            StoredJson.Readable.CountyReport)!;

    static Refusal NotFound(int year, int number) => new(RefusalKind.NotFound, "edition_not_found", $"{year} 年度没有第 {number} 份定稿。");

    sealed record Requested(string County, int Year, int Number);
}
