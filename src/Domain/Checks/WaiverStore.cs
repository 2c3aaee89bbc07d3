using System.Text.Json;
using Aggregator.Submissions;
using Dapper;
using Npgsql;

namespace Aggregator.Checks;

/// <summary>The county's waivers.</summary>
public sealed class WaiverStore(NpgsqlDataSource database, TimeProvider time)
{
    const int MaxReason = 2000;

    const string Select = """
        select rule, path, cells, figures, reason from waiver where county = @county and year = @year and unit = @unit order by at, revision
        """;

    // The revision must still be the newest: a waiver is given for what the county has seen. A draft in which nothing hard is
    // left is filed by this, at the time at which it came in.
    const string Insert = """
        with filed as (
            update filing f set
                hard = @hard,
                status = case when @hard = 0 then 'submitted' else f.status end,
                remark = case when @hard = 0 then null else f.remark end,
                filed_revision = case when @hard = 0 then f.revision else f.filed_revision end,
                filed_at = case when @hard = 0 then coalesce(f.filed_at, r.filed_at) else f.filed_at end
            from revision r, reporting_year y
            where f.county = @county and f.year = @year and f.unit = @unit and f.revision = @revision and f.status <> 'accepted'
                and r.county = f.county and r.year = f.year and r.unit = f.unit and r.revision = f.revision
                and y.county = f.county and y.year = f.year and y.state <> 'published'
            returning f.revision
        ), waived as (
            insert into waiver (county, year, unit, rule, path, revision, cells, figures, reason, actor, at)
            select @county, @year, @unit, w.rule, w.path, @revision,
                array(select jsonb_array_elements_text(w.cells)), array(select nullif(v, 'null')::numeric from jsonb_array_elements(w.figures) as e, lateral (select e::text) as t (v)),
                @reason, @actor, @now
            from filed, jsonb_to_recordset(@waivers::jsonb) as w (rule text, path text, cells jsonb, figures jsonb)
            on conflict do nothing
        ), stale as (
            insert into stale_total (division, year) select @county, @year from filed where @hard = 0
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @county, @now, @actor, 'waive', @year, @unit,
                jsonb_build_object('revision', @revision, 'rule', @rule, 'paths', @paths, 'reason', @reason) from filed
        )
        select exists (select from filed)
        """;

    /// <summary>All waivers given to a unit for a year, oldest first; which of them hold, the figures decide.</summary>
    internal static async Task<List<Waiver>> ListAsync(NpgsqlConnection connection, string county, int year, string unit, CancellationToken token) =>
        (await connection.QueryAsync<Waiver>(new CommandDefinition(Select, new { county, year, unit }, cancellationToken: token))).AsList();

    /// <summary>
    /// Lets the newest revision's hard findings of a rule pass, at one cell or at all; gives the revision as it stands then.
    /// Refusals: <c>reason_required</c>, <c>finding_not_found</c>, <c>not_waivable</c>, <c>stale_revision</c>.
    /// </summary>
    public async Task<Outcome<Revision>> WaiveAsync(
        SubmissionStore submissions, string county, int year, string unit, string rule, string? path, string reason, string actor, CancellationToken token)
    {
        if (reason.Length is 0 or > MaxReason || reason.Any(char.IsControl))
        {
            var detail = $"豁免须写明理由（reason），不超过 {MaxReason} 字，不含控制字符";
            return new Refusal(RefusalKind.Invalid, "reason_required", $"{detail}。", [new RefusalError("$.reason", "reason_required", detail)]);
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

        var waivers = open.ConvertAll(f => Waiver.Of(f, newest.Figures, reason));
        var hard = newest.Findings.Count(f => f.Blocks) - open.Count;
        await using (var connection = await database.OpenConnectionAsync(token))
        {
            var written = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                Insert,
                new
                {
                    county,
                    year,
                    unit,
                    rule,
                    reason,
                    actor,
                    hard,
                    revision = newest.RevisionNumber,
                    paths = waivers.Select(w => w.Path).ToArray(),
                    waivers = JsonSerializer.Serialize(waivers, StoredJson.Readable.ListWaiver),
                    now = time.GetUtcNow(),
                },
                cancellationToken: token));
            if (!written)
            {
                return new Refusal(RefusalKind.Stale, "stale_revision", "这份报告刚刚有了新稿或已审核通过，或者年度已发布；请重新查看后再定。");
            }
        }

        return (await submissions.FindAsync(county, year, unit, newest.RevisionNumber, token))!;
    }
}
