using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Aggregator.Checks;
using Aggregator.Database;
using Aggregator.Forms;
using Aggregator.Years;
using Dapper;
using Npgsql;

namespace Aggregator.Submissions;

/// <summary>What came of handing in a report.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Year">Report year.</param>
/// <param name="Revision">Number of the revision that was kept.</param>
/// <param name="Status"><c>submitted</c>, or <c>draft</c> if it has hard findings, was read from a document or is to be one.</param>
/// <param name="Late">Whether the unit is late: its first report without hard findings came after its due day.</param>
/// <param name="LateCorrection">It came after the year was published: it counts, but not in the published figures.</param>
/// <param name="FiledAt">When it was filed.</param>
/// <param name="Sha256">SHA-256 of the body as received, lower-case hex.</param>
/// <param name="Findings">Findings.</param>
public sealed record Receipt(
    string Unit, int Year, int Revision, string Status, bool Late, bool LateCorrection, DateTimeOffset FiledAt, string Sha256, IReadOnlyList<Finding> Findings);

/// <summary>A revision as it was received.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Year">Report year.</param>
/// <param name="RevisionNumber">Revision number, from 1.</param>
/// <param name="Status"><c>submitted</c> or <c>draft</c>: how this revision was received.</param>
/// <param name="Form">Form of the figures.</param>
/// <param name="Figures">The numbers.</param>
/// <param name="Prose">Texts by section.</param>
/// <param name="PublishedAt">Day of publication, if stated.</param>
/// <param name="PublishedUrl">Address of publication, if stated.</param>
/// <param name="Late">Whether the unit was late when it was received.</param>
/// <param name="LateCorrection">Whether it came after the year was published.</param>
/// <param name="FiledAt">When it was filed.</param>
/// <param name="ReceivedAt">When the server received it; differs from filedAt only where a county loaded history.</param>
/// <param name="Actor">Key that handed it in.</param>
/// <param name="Sha256">SHA-256 of the body as received, lower-case hex.</param>
/// <param name="Findings">Findings at that time, with the waivers that hold for them now.</param>
public sealed record Revision(
    string Unit,
    int Year,
    [property: JsonPropertyName("revision")] int RevisionNumber,
    string Status,
    string Form,
    Figures Figures,
    IReadOnlyDictionary<string, string?> Prose,
    DateOnly? PublishedAt,
    string? PublishedUrl,
    bool Late,
    bool LateCorrection,
    DateTimeOffset FiledAt,
    DateTimeOffset ReceivedAt,
    string Actor,
    string Sha256,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>The same as it was read from the body, without the body.</summary>
    public Submission ToSubmission() =>
        new(Unit, Figures, [.. Figures.Form.Prose.Select(s => Prose.GetValueOrDefault(s.Code))], PublishedAt, PublishedUrl, null, default);
}

/// <summary>Who hands in what, for whom, under which conditions.</summary>
/// <param name="County">County of the unit.</param>
/// <param name="Year">Report year.</param>
/// <param name="Actor">The caller's key.</param>
/// <param name="MayStateFiledAt">Whether the caller may state when the report was filed (a county loading past years).</param>
/// <param name="IdempotencyKey">Same key, same answer.</param>
/// <param name="IfRevision">The revision that the caller has seen, if it insists on it.</param>
/// <param name="AsDraft">To be kept as a draft even without hard findings: the unit has not finished yet.</param>
public sealed record FilingRequest(
    string County, int Year, string Actor, bool MayStateFiledAt, string? IdempotencyKey, int? IfRevision, bool AsDraft = false);

/// <summary>
/// Takes reports in. One round trip reads what the checks need (a unit that took others over, or has a waiver, costs another one); a second one
/// writes revision, filing, stale mark and audit line in one statement, which is one transaction.
/// </summary>
public sealed class SubmissionStore(NpgsqlDataSource database, RuleSettings rules, TimeProvider time)
{
    /// <summary>What the checks need to know; with <see cref="Insert"/>, all the SQL of a submission.</summary>
    public const string SelectContext = """
        select y.form, y.state, u.code is not null as known, f.unit is not null as listed, coalesce(f.expected, false) as expected,
            f.status, coalesce(f.revision, 0) as revision, f.due_date as extension,
            r.revision as prior_revision, r.outcome as prior_outcome, r.late as prior_late, r.late_correction as prior_late_correction, r.filed_at as prior_filed_at,
            r.sha256 as prior_sha256, r.findings::text as prior_findings, r.unit as prior_unit,
            lr.revision as last_revision, lr.form as last_form, lr.figures as last_figures,
            exists (select from unit m where m.merged_into = @unit) as merged,
            exists (select from waiver w where w.county = y.county and w.year = y.year and w.unit = @unit) as waived
        from reporting_year y
        left join unit u on u.code = @unit
        left join filing f on f.county = y.county and f.year = y.year and f.unit = @unit
        left join revision r on r.county = y.county and r.year = y.year and r.actor = @Actor and r.idempotency_key = @IdempotencyKey
        left join filing lf on lf.county = y.county and lf.year = @Year - 1 and lf.unit = @unit and lf.expected and lf.status in ('submitted', 'accepted')
        left join revision lr on lr.county = lf.county and lr.year = lf.year and lr.unit = lf.unit and lr.revision = lf.filed_revision
        where y.county = @County and y.year = @Year
        """;

    /// <summary>The whole write of one submission; the benchmark runs this very statement in pgbench.</summary>
    public const string Insert = InsertStart + InsertValues + InsertRest + InsertTail;

    /// <summary>The same for a row of an uploaded sheet, whose audit line names the sheet.</summary>
    internal const string InsertFromSheet = InsertStart + InsertValues + InsertRest + " || jsonb_build_object('file', @file::text)" + InsertTail;

    /// <summary>The same for a file that the report was read from.</summary>
    const string InsertFromDocument = InsertStart + ", media_type, file_name, reading"
        + InsertValues + ", @MediaType, @FileName, @Reading::jsonb" + InsertRest + InsertTail;

    // Without an extension there is no day, and what is not known to be in time is not filed into a year that is not open.
    // Every state but accepted is in Workflow.Submit.From; WorkflowTests holds that table fast.
    const string InsertStart = $"""
        with filed as (
            update filing f set
                revision = f.revision + 1,
                status = case when @outcome = 'submitted' or f.status = 'missing' then @outcome else f.status end,
                filed_revision = case when @outcome = 'submitted' then f.revision + 1 else f.filed_revision end,
                filed_at = case when @outcome = 'submitted' then coalesce(f.filed_at, @filedAt) else f.filed_at end,
                remark = case when @outcome = 'submitted' then null else f.remark end,
                hard = @hard, warning = @warning, notice = @notice
            from reporting_year y
            where f.county = @County and f.year = @Year and f.unit = @unit and f.expected and f.status <> 'accepted'
                and y.county = f.county and y.year = f.year
                and (y.state = 'open' or not is_late(@now, f.due_date))
                and (@IfRevision::int is null or f.revision = @IfRevision)
            returning f.revision, is_late(coalesce(f.filed_at, @filedAt), coalesce(f.due_date, y.due_date)) or {RosterStore.StaysLate} as late, y.state = 'published' as late_correction
        ), kept as (
            insert into revision (county, year, unit, revision, outcome, form, figures, prose, published_at, published_url,
                findings, body, sha256, filed_at, received_at, late, actor, idempotency_key, late_correction
        """;

    const string InsertValues = """
        )
            select @County, @Year, @unit, revision, @outcome, @form, @figures, @prose, @PublishedAt::date, @PublishedUrl,
                @findings::jsonb, @body, @sha256, @filedAt, @now, late, @Actor, @IdempotencyKey, late_correction
        """;

    const string InsertRest = """
         from filed
        ), stale as (
            insert into stale_total (division, year) select @County, @Year from filed where @outcome = 'submitted'
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @County, @now, @Actor, case when late_correction and @outcome = 'submitted' then 'late_correction' else @action end, @Year, @unit,
                jsonb_build_object('revision', revision, 'filedAt', @filedAt, 'late', late)
        """;

    const string InsertTail = " from filed) select revision, late, late_correction from filed";

    const string Columns = """
        unit, year, revision, outcome, form, figures, prose, published_at, published_url, late, late_correction, filed_at, received_at, actor, sha256,
        findings::text as findings
        """;

    const string SelectOne = $"""
        select {Columns} from revision where county = @county and year = @year and unit = @unit and revision =
            coalesce(@revision::int, (select f.revision from filing f where f.county = @county and f.year = @year and f.unit = @unit))
        """;

    /// <summary>The history's main query; the benchmark runs this very statement in pgbench.</summary>
    public const string SelectSome = $"""
        select {Columns} from revision where county = @county and year = @year and unit = @unit and revision >= @first
        order by revision limit @limit
        """;

    const string SelectBody = """
        select body, media_type, file_name from revision where county = @county and year = @year and unit = @unit and revision = @revision
        """;

    const string SelectReading = """
        select reading::text from revision where county = @county and year = @year and unit = @unit and revision = @revision
        """;

    /// <summary>
    /// Checks a report and keeps it: as filed, or as a draft if it has hard findings or was read from a document. Refusals: <c>filed_at_not_allowed</c>,
    /// <c>filed_at_in_future</c>, <c>year_not_found</c>, <c>year_not_open</c>, <c>unit_not_found</c>, <c>unit_not_on_roster</c>,
    /// <c>unit_exempt</c>, <c>illegal_step</c>, <c>stale_revision</c>, <c>idempotency_key_reused</c>.
    /// </summary>
    public async Task<Outcome<Receipt>> FileAsync(Submission submission, FilingRequest request, CancellationToken token)
    {
        var now = time.GetUtcNow();
        if (submission.FiledAt is { } stated && Unstatable(stated, request, now) is { } refusal)
        {
            return refusal;
        }

        var sha256 = SHA256.HashData(submission.Body.Span);
        await using var connection = await database.OpenConnectionAsync(token);

        // Twice, because someone else may write between our reading and our writing; what changed decides the answer.
        for (var attempt = 0; ; attempt++)
        {
            var context = await connection.QuerySingleOrDefaultAsync<Context>(new CommandDefinition(SelectContext,
                new { request.County, request.Year, unit = submission.Unit, request.Actor, request.IdempotencyKey }, cancellationToken: token));
            if (context?.Prior(request.Year) is { } prior)
            {
                return context.PriorSha256.AsSpan().SequenceEqual(sha256) ? prior : new Refusal(RefusalKind.Unacceptable, "idempotency_key_reused",
                    $"Idempotency-Key“{request.IdempotencyKey}”已用于另一份正文；重试请原样重发，新的报送请换一个键。");
            }

            if (Refuse(context, submission.Unit, request, now) is { } refused)
            {
                return refused;
            }

            var findings = await CheckAsync(connection, submission, request, context!, rules, token);
            try
            {
                if (await InsertAsync(connection, submission, request, findings, sha256, now, token) is { } receipt)
                {
                    return receipt;
                }
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation && attempt == 0)
            {
                // The same Idempotency-Key at the same moment: the other one has won and is read now.
            }

            if (attempt > 0)
            {
                return new Refusal(RefusalKind.Conflict, "busy", "同一单位的报告正在被多人同时修改，请稍后重试。");
            }
        }
    }

    /// <summary>What filing a report would find; nothing is stored. Refusals as <see cref="FileAsync"/>.</summary>
    public async Task<Outcome<List<Finding>>> CheckAsync(Submission submission, FilingRequest request, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var context = await connection.QuerySingleOrDefaultAsync<Context>(new CommandDefinition(SelectContext,
            new { request.County, request.Year, unit = submission.Unit, request.Actor, request.IdempotencyKey }, cancellationToken: token));
        return Refuse(context, submission.Unit, request, time.GetUtcNow()) is { } refused
            ? refused
            : await CheckAsync(connection, submission, request, context!, rules, token);
    }

    /// <summary>A revision, or the newest one.</summary>
    public async Task<Revision?> FindAsync(string county, int year, string unit, int? revision, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return (await ReadAsync(connection, SelectOne, new { county, year, unit, revision }, token)).SingleOrDefault();
    }

    /// <summary>Revisions from a number on, oldest first.</summary>
    public async Task<IReadOnlyList<Revision>> ListAsync(string county, int year, string unit, int first, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return await ReadAsync(connection, SelectSome, new { county, year, unit, first, limit }, token);
    }

    /// <summary>Revisions and the waivers that hold for them, in one round trip.</summary>
    static async Task<IReadOnlyList<Revision>> ReadAsync(NpgsqlConnection connection, string select, object values, CancellationToken token)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition($"{select}; {WaiverStore.Select}", values, cancellationToken: token));
        var rows = (await results.ReadAsync<RevisionRow>()).AsList();
        var waivers = (await results.ReadAsync<Waiver>()).AsList();
        return [.. rows.Select(r => r.ToRevision(waivers))];
    }

    /// <summary>The body of a revision, byte for byte as it was received, or null.</summary>
    public async Task<ReceivedBody?> FindBodyAsync(string county, int year, string unit, int revision, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return await connection.QuerySingleOrDefaultAsync<ReceivedBody>(
            new CommandDefinition(SelectBody, new { county, year, unit, revision }, cancellationToken: token));
    }

    /// <summary>How the document of a revision was read, as JSON; null if there is no such revision or it was not read from one.</summary>
    public async Task<string?> FindReadingAsync(string county, int year, string unit, int revision, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return await connection.ExecuteScalarAsync<string?>(
            new CommandDefinition(SelectReading, new { county, year, unit, revision }, cancellationToken: token));
    }

    internal static Refusal? Unstatable(DateTimeOffset stated, FilingRequest request, DateTimeOffset now) =>
        !request.MayStateFiledAt ? FiledAtRefused(RefusalKind.Forbidden, "filed_at_not_allowed", "报送时间由服务器记录；只有县级主管部门补录往年报告时可以写明 filedAt。")
        : stated > now ? FiledAtRefused(RefusalKind.Invalid, "filed_at_in_future", "filedAt 晚于现在，请核对。")
        : null;

    static Refusal FiledAtRefused(RefusalKind kind, string code, string detail) => new(kind, code, detail, [new RefusalError("$.filedAt", code, detail)]);

    internal static Refusal? Refuse(Context? context, string unit, FilingRequest request, DateTimeOffset now) => context switch
    {
        null => new Refusal(RefusalKind.NotFound, "year_not_found", $"{request.County} 还没有开设 {request.Year} 年度的报送。"),
        { Known: false } => new Refusal(RefusalKind.NotFound, "unit_not_found", $"没有代码为“{unit}”的单位。",
            [new RefusalError("$.unit", "unit_not_found", "没有这个单位")]),
        { Listed: false } => new Refusal(RefusalKind.Conflict, "unit_not_on_roster", $"“{unit}”不在本县 {request.Year} 年度的报送名录中，请联系县级主管部门加入名录。"),
        { Expected: false } => new Refusal(RefusalKind.Conflict, "unit_exempt", $"“{unit}”在 {request.Year} 年度为免报单位；如需报送，请县级主管部门先取消免报。"),
        { State: not "open" } when context.Extension is not { } extension || ChinaTime.DateOf(now) > extension => new Refusal(RefusalKind.Conflict, "year_not_open",
            context.State == "published"
                ? $"{request.Year} 年度已发布，只接收延期未到的单位的更正；如需更正，请联系县级主管部门延期。"
                : $"{request.Year} 年度已截止，只接收延期未到的单位的报告；如需报送，请联系县级主管部门延期。"),
        { Status: { } status } when !Workflow.Submit.From.Contains(status) => Workflow.Submit.Refuse(status),
        _ when request.IfRevision is { } seen && seen != context.Revision => new Refusal(RefusalKind.Stale, "stale_revision",
            $"您依据的是第 {seen} 稿，现在已有第 {context.Revision} 稿；请先查看新稿再报送。"),
        _ => null,
    };

    internal static async Task<List<Finding>> CheckAsync(
        NpgsqlConnection connection, Submission submission, FilingRequest request, Context context, RuleSettings rules, CancellationToken token)
    {
        var last = context.Merged
            ? await LastYearStore.FindAsync(connection, request.County, request.Year, submission.Unit, token)
            : context.Last(submission.Unit, request.Year);
        var findings = FigureCheck.Run(submission.Figures, new CheckScope(CheckLevel.Unit, Form.Find(context.Form), rules, last));
        ProseCheck.Run(submission.Figures, submission.Prose, request.Year, rules, findings);
        return !context.Waived ? findings
            : Waiver.Apply(findings, submission.Figures, await WaiverStore.ListAsync(connection, request.County, request.Year, submission.Unit, token));
    }

    static async Task<Receipt?> InsertAsync(NpgsqlConnection connection, Submission submission, FilingRequest request,
        List<Finding> findings, byte[] sha256, DateTimeOffset now, CancellationToken token)
    {
        var filing = FilingOf(submission, request, findings, sha256, now);
        var values = new DynamicParameters(filing.Values);
        values.AddDynamicParams(submission.Document);
        var insert = submission.Document is null ? Insert : InsertFromDocument;
        var written = await connection.QuerySingleOrDefaultAsync<Written>(new CommandDefinition(insert, values, cancellationToken: token));
        if (written is null)
        {
            return null;
        }

        var receipt = filing.ToReceipt(written);
        Measures.Submitted(receipt);
        return receipt;
    }

    /// <summary>What a checked submission becomes in the database.</summary>
    internal static Filing FilingOf(Submission submission, FilingRequest request, List<Finding> findings, byte[] sha256, DateTimeOffset now)
    {
        var (hard, warning, notice) = Count(findings);
        var outcome = hard > 0 || submission.Document is not null || request.AsDraft ? "draft" : "submitted";
        var filedAt = Microseconds(submission.FiledAt ?? now);
        return new Filing(
            new Receipt(submission.Unit, request.Year, 0, outcome, false, false, filedAt, Convert.ToHexStringLower(sha256), findings),
            new
            {
                request.County,
                request.Year,
                request.Actor,
                request.IdempotencyKey,
                request.IfRevision,
                unit = submission.Unit,
                outcome,
                action = (outcome, submission) switch
                {
                    (_, { Document: not null }) => "read_document",
                    ("draft", _) => "keep_draft",
                    (_, { FiledAt: null }) => "submit",
                    _ => "load_history",
                },
                form = submission.Figures.Form.Code,
                figures = submission.Figures.Values,
                prose = submission.Prose,
                submission.PublishedAt,
                submission.PublishedUrl,
                findings = JsonSerializer.Serialize(findings, StoredJson.Readable.IReadOnlyListFinding),
                body = submission.Body.ToArray(),
                sha256,
                filedAt,
                now,
                hard,
                warning,
                notice,
            });
    }

    static (int Hard, int Warning, int Notice) Count(List<Finding> findings) => (
        findings.Count(f => f.Blocks),
        findings.Count(f => f.Severity == Severity.Warning),
        findings.Count(f => f.Severity == Severity.Notice));

    /// <summary>The database keeps microseconds; the answer must be the same now and when it is read again.</summary>
    static DateTimeOffset Microseconds(DateTimeOffset instant) => new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>What the statement gives back.</summary>
    internal sealed record Written(int Revision, bool Late, bool LateCorrection);

    /// <summary>The values of <see cref="Insert"/>, and the receipt but for what only the database knows.</summary>
    internal sealed record Filing(Receipt Receipt, object Values)
    {
        public Receipt ToReceipt(Written written) =>
            Receipt with { Revision = written.Revision, Late = written.Late, LateCorrection = written.LateCorrection };
    }

    internal sealed record Context(
        string Form,
        string State,
        bool Known,
        bool Listed,
        bool Expected,
        string? Status,
        int Revision,
        DateOnly? Extension,
        int? PriorRevision,
        string? PriorOutcome,
        bool? PriorLate,
        bool? PriorLateCorrection,
        DateTimeOffset? PriorFiledAt,
        byte[]? PriorSha256,
        string? PriorFindings,
        string? PriorUnit,
        int? LastRevision,
        string? LastForm,
        decimal?[]? LastFigures,
        bool Merged,
        bool Waived)
    {
        public LastYear? Last(string unit, int year) => LastRevision is not { } revision ? null
            : new LastYear(year - 1, new Figures(Forms.Form.Find(LastForm)!, LastFigures!), [new SourceRevision(unit, revision)]);

        public Receipt? Prior(int year) => PriorRevision is not { } revision ? null
            : new Receipt(PriorUnit!, year, revision, PriorOutcome!, PriorLate!.Value, PriorLateCorrection!.Value, PriorFiledAt!.Value,
                Convert.ToHexStringLower(PriorSha256!), JsonSerializer.Deserialize(PriorFindings!, StoredJson.Readable.IReadOnlyListFinding)!);
    }

    sealed record RevisionRow(
        string Unit,
        int Year,
        int Revision,
        string Outcome,
        string Form,
        decimal?[] Figures,
        string?[] Prose,
        DateOnly? PublishedAt,
        string? PublishedUrl,
        bool Late,
        bool LateCorrection,
        DateTimeOffset FiledAt,
        DateTimeOffset ReceivedAt,
        string Actor,
        byte[] Sha256,
        string Findings)
    {
        public Revision ToRevision(List<Waiver> waivers)
        {
            var form = Forms.Form.Find(Form)!;
            var figures = new Figures(form, Figures);
            return new Revision(Unit, Year, Revision, Outcome, Form, figures,
                form.Prose.Select((section, i) => (section.Code, Text: Prose[i])).ToDictionary(p => p.Code, p => p.Text),
                PublishedAt, PublishedUrl, Late, LateCorrection, FiledAt, ReceivedAt, Actor, Convert.ToHexStringLower(Sha256),
                Waiver.Apply(JsonSerializer.Deserialize(Findings, StoredJson.Readable.IReadOnlyListFinding)!, figures, waivers));
        }
    }
}
