using System.Text.Json;
using Aggregator.Forms;
using Aggregator.Submissions;
using Dapper;
using Npgsql;

namespace Aggregator.Checks;

/// <summary>The county's waivers and the units' explanations.</summary>
public sealed class WaiverStore(NpgsqlDataSource database, TimeProvider time)
{
    const int MaxReason = 2000;

    internal const string Select = """
        select kind, rule, path, cells, figures, expected, reason from waiver where county = @county and year = @year and unit = @unit order by id
        """;

    const string Keep = """
        kept as (
            insert into waiver (county, year, unit, kind, rule, path, revision, cells, figures, expected, reason, actor, at)
            select @county, @year, @unit, w.kind, w.rule, w.path, @revision,
                array(select jsonb_array_elements_text(w.cells)), array(select nullif(v, 'null')::numeric from jsonb_array_elements(w.figures) as e, lateral (select e::text) as t (v)),
                w.expected, @reason, @actor, @now
            from filed, jsonb_to_recordset(@waivers::jsonb) as w (kind text, rule text, path text, cells jsonb, figures jsonb, expected text)
        )
        """;

    // The revision must still be the newest, with as many open findings: a waiver is given for what the county has seen, and once. A draft in which nothing hard is
    // left is filed by this, at the time at which it came in; unless it was read from a document, which a person has to file.
    const string InsertWaiver = $"""
        with filed as (
            update filing f set
                hard = @hard,
                status = case when @hard = 0 and r.reading is null then 'submitted' else f.status end,
                remark = case when @hard = 0 and r.reading is null then null else f.remark end,
                filed_revision = case when @hard = 0 and r.reading is null then f.revision else f.filed_revision end,
                filed_at = case when @hard = 0 and r.reading is null then coalesce(f.filed_at, r.filed_at) else f.filed_at end
            from revision r, reporting_year y
            where f.county = @county and f.year = @year and f.unit = @unit and f.revision = @revision and f.hard = @open and f.status <> 'accepted'
                and r.county = f.county and r.year = f.year and r.unit = f.unit and r.revision = f.revision
                and y.county = f.county and y.year = f.year and y.state <> 'published'
            returning f.revision, @hard = 0 and r.reading is null as counts
        ), {Keep}, stale as (
            insert into stale_total (division, year) select @county, @year from filed where counts
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @county, @now, @actor, 'waive', @year, @unit,
                jsonb_build_object('revision', @revision, 'rule', @rule, 'paths', @paths, 'reason', @reason, 'filed', counts) from filed
        )
        select exists (select from filed)
        """;

    // The report stays as it is, so it may be explained whatever its state and the year's.
    const string InsertExplanation = $"""
        with filed as (
            select revision from filing where county = @county and year = @year and unit = @unit and revision = @revision for update
        ), {Keep}, audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @county, @now, @actor, 'explain', @year, @unit,
                jsonb_build_object('revision', @revision, 'rule', @rule, 'paths', @paths, 'text', @reason) from filed
        )
        select exists (select from filed)
        """;

    /// <summary>All waivers and explanations of a unit's report, oldest first; which of them hold, the figures decide.</summary>
    internal static async Task<List<Waiver>> ListAsync(NpgsqlConnection connection, string county, int year, string unit, CancellationToken token) =>
        (await connection.QueryAsync<Waiver>(new CommandDefinition(Select, new { county, year, unit }, cancellationToken: token))).AsList();

    /// <summary>
    /// Lets the newest revision's hard findings of a rule pass, at one cell or at all; gives the revision as it stands then.
    /// Refusals: <c>reason_required</c>, <c>finding_not_found</c>, <c>not_waivable</c>, <c>stale_revision</c>.
    /// </summary>
    public async Task<Outcome<Revision>> WaiveAsync(
        SubmissionStore submissions, string county, int year, string unit, string rule, string? path, string reason, string actor, CancellationToken token)
    {
        if (RefuseText(reason, "reason", "reason_required", "豁免须写明理由") is { } refusal)
        {
            return refusal;
        }

        if (await submissions.FindAsync(county, year, unit, null, token) is not { } newest
            || newest.Findings.Where(f => f.Rule == rule && f.Blocks && (path is null || f.Path == path)).ToList() is not { Count: > 0 } open)
        {
            return new Refusal(RefusalKind.NotFound, "finding_not_found", $"“{unit}”最新一稿没有尚未豁免的 {rule} 硬性问题{(path is null ? "" : $"（{path}）")}。");
        }

        if (open.Exists(f => f.Cells.IsEmpty))
        {
            return new Refusal(RefusalKind.Unacceptable, "not_waivable", "报告格式与年度不符不能豁免：两种格式的数不能相加。请按本年度格式重新报送。");
        }

        var hard = newest.Findings.Count(f => f.Blocks) - open.Count;
        if (!await KeepAsync(InsertWaiver, newest, open, county, reason, hard, actor, token))
        {
            return new Refusal(RefusalKind.Stale, "stale_revision", "这份报告刚刚有了新稿或已审核通过，或者年度已发布；请重新查看后再定。");
        }

        return (await submissions.FindAsync(county, year, unit, newest.RevisionNumber, token))!;
    }

    /// <summary>
    /// Explains the newest revision's warnings or notices of a rule, at one cell or at all; gives the revision as it is shown then.
    /// Refusals: <c>text_required</c>, <c>finding_not_found</c>, <c>stale_revision</c>.
    /// </summary>
    public async Task<Outcome<Revision>> ExplainAsync(
        SubmissionStore submissions, string county, int year, string unit, string rule, string? path, string text, string actor, CancellationToken token)
    {
        if (RefuseText(text, "text", "text_required", "请写明情况说明") is { } refusal)
        {
            return refusal;
        }

        if (await submissions.FindAsync(county, year, unit, null, token) is not { } newest
            || newest.Findings.Where(f => f.Rule == rule && f.Severity != Severity.Hard && (path is null || f.Path == path)).ToList() is not { Count: > 0 } open)
        {
            return new Refusal(RefusalKind.NotFound, "finding_not_found",
                $"“{unit}”最新一稿没有 {rule} 的警告或提示{(path is null ? "" : $"（{path}）")}；必须改正的问题请改正，确实无误的由县级主管部门豁免。");
        }

        if (!await KeepAsync(InsertExplanation, newest, open, county, text, 0, actor, token))
        {
            return new Refusal(RefusalKind.Stale, "stale_revision", "这份报告刚刚有了新稿，请重新查看后再说明。");
        }

        return (await submissions.FindAsync(county, year, unit, newest.RevisionNumber, token))!;
    }

    static Refusal? RefuseText(string text, string member, string code, string demand)
    {
        if (text.Length is > 0 and <= MaxReason && !text.Any(char.IsControl))
        {
            return null;
        }

        var detail = $"{demand}（{member}），不超过 {MaxReason} 字，不含控制字符";
        return new Refusal(RefusalKind.Invalid, code, $"{detail}。", [new RefusalError($"$.{member}", code, detail)]);
    }

    async Task<bool> KeepAsync(
        string insert, Revision newest, List<Finding> findings, string county, string reason, int hard, string actor, CancellationToken token)
    {
        var waivers = findings.ConvertAll(f => Waiver.Of(f, newest.Figures, reason));
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            insert,
            new
            {
                county,
                newest.Year,
                newest.Unit,
                rule = findings[0].Rule,
                reason,
                actor,
                hard,
                open = newest.Findings.Count(f => f.Blocks),
                revision = newest.RevisionNumber,
                paths = waivers.Select(w => w.Path).ToArray(),
                waivers = JsonSerializer.Serialize(waivers, StoredJson.Readable.ListWaiver),
                now = time.GetUtcNow(),
            },
            cancellationToken: token));
    }
}
