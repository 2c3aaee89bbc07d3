using Dapper;
using Npgsql;

namespace Aggregator.Submissions;

/// <summary>Takes a report from one state to the next.</summary>
public sealed class WorkflowStore(NpgsqlDataSource database, TimeProvider time)
{
    // Accepting fixes the filed revision; withdrawing undoes the filing. Figures count while a report is submitted or accepted.
    const string Step = """
        with moved as (
            update filing f set
                status = @To,
                remark = @reason,
                accepted_revision = case @To when 'accepted' then f.filed_revision end,
                filed_revision = case @To when 'draft' then null else f.filed_revision end,
                filed_at = case @To when 'draft' then null else f.filed_at end
            from reporting_year y
            where f.county = @county and f.year = @year and f.unit = @unit and f.expected and f.status = any(@from)
                and y.county = f.county and y.year = f.year and (y.state <> 'published' or @WhenPublished)
                and (@ifRevision::int is null or f.revision = @ifRevision)
            returning f.filed_revision, f.revision
        ), stale as (
            insert into stale_total (division, year) select @county, @year from moved
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @county, @now, @actor, @Action, @year, @unit,
                jsonb_build_object('revision', coalesce(filed_revision, revision), 'reason', @reason::text) from moved
        )
        select exists (select from moved)
        """;

    const string SelectState = """
        select f.status, f.expected, f.revision, y.state from filing f join reporting_year y using (county, year)
        where f.county = @county and f.year = @year and f.unit = @unit
        """;

    /// <summary>
    /// Takes a step; null if it is done. Refusals: <c>submission_not_found</c>, <c>unit_exempt</c>, <c>year_published</c>,
    /// <c>stale_revision</c>, <c>illegal_step</c>.
    /// </summary>
    public async Task<Refusal?> StepAsync(
        Workflow step, string county, int year, string unit, string? reason, int? ifRevision, string actor, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var moved = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            Step,
            new { step.To, step.Action, step.WhenPublished, from = step.From.ToArray(), county, year, unit, reason, ifRevision, actor, now = time.GetUtcNow() },
            cancellationToken: token));
        if (moved)
        {
            return null;
        }

        var state = await connection.QuerySingleOrDefaultAsync<FilingState>(
            new CommandDefinition(SelectState, new { county, year, unit }, cancellationToken: token));
        return state switch
        {
            null => new Refusal(RefusalKind.NotFound, "submission_not_found", $"“{unit}”不在 {county} {year} 年度的名录中。"),
            { Expected: false } => new Refusal(RefusalKind.Conflict, "unit_exempt", $"“{unit}”在 {year} 年度为免报单位。"),
            { State: "published" } when !step.WhenPublished => new Refusal(RefusalKind.Conflict, "year_published",
                $"{year} 年度已发布，不能{step.Label}；需要更正的，请县级主管部门延期后重新报送，或者先撤销发布。"),
            _ when ifRevision is { } seen && seen != state.Revision => new Refusal(RefusalKind.Stale, "stale_revision",
                $"您看到的是第 {seen} 稿，现在已有第 {state.Revision} 稿；请先查看新稿。"),
            _ => step.Refuse(state.Status),
        };
    }

    sealed record FilingState(string Status, bool Expected, int Revision, string State);
}
