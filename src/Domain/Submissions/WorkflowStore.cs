using Aggregator.Units;
using Dapper;
using Npgsql;

namespace Aggregator.Submissions;

/// <summary>A report that somebody has looked at.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Revision">The revision that was looked at; null for whichever is there.</param>
public sealed record SeenReport(string Unit, int? Revision = null);

/// <summary>Takes reports from one state to the next.</summary>
public sealed class WorkflowStore(NpgsqlDataSource database, TimeProvider time)
{
    // Accepting fixes the filed revision; withdrawing undoes the filing. Figures count while a report is submitted or accepted.
    // The rows are locked in one order, so that two calls for the same units cannot wait for each other.
    const string Step = """
        with seen as (
            select * from unnest(@units, @revisions) s (unit, revision)
        ), locked as (
            select f.unit from filing f join seen using (unit)
            where f.county = @county and f.year = @year
            order by f.unit for no key update of f
        ), moved as (
            update filing f set
                status = @To,
                remark = @reason,
                accepted_revision = case @To when 'accepted' then f.filed_revision end,
                filed_revision = case @To when 'draft' then null else f.filed_revision end,
                filed_at = case @To when 'draft' then null else f.filed_at end
            from reporting_year y, seen s, locked l
            where f.county = @county and f.year = @year and f.unit = l.unit and s.unit = l.unit and f.expected and f.status = any(@from)
                and y.county = f.county and y.year = f.year and (y.state <> 'published' or @WhenPublished)
                and (s.revision is null or f.revision = s.revision)
            returning f.unit, f.filed_revision, f.revision
        ), stale as (
            insert into stale_total (division, year) select @county, @year where exists (select from moved)
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @county, @now, @actor, @Action, @year, unit,
                jsonb_build_object('revision', coalesce(filed_revision, revision), 'reason', @reason::text) from moved
        )
        select unit from moved
        """;

    const string SelectStates = """
        select s.unit, f.status, coalesce(f.expected, false) as expected, coalesce(f.revision, 0) as revision, y.state
        from unnest(@units) with ordinality s (unit, place)
        left join filing f on f.county = @county and f.year = @year and f.unit = s.unit
        left join reporting_year y on y.county = f.county and y.year = f.year
        order by s.place
        """;

    /// <summary>
    /// Takes a step with one report; null if it is done. Refusals: <c>submission_not_found</c>, <c>unit_exempt</c>, <c>year_published</c>,
    /// <c>stale_revision</c>, <c>illegal_step</c>.
    /// </summary>
    public async Task<Refusal?> StepAsync(
        Workflow step, string county, int year, string unit, string? reason, int? ifRevision, string actor, CancellationToken token) =>
        (await TakeAsync(step, county, year, [new SeenReport(unit, ifRevision)], reason, actor, token)).Single().Refusal;

    /// <summary>Takes a step with many reports in one transaction. Those with which it cannot be taken are left as they are and named.</summary>
    public async Task<Batch> StepAsync(
        Workflow step, string county, int year, IReadOnlyList<SeenReport> reports, string? reason, string actor, CancellationToken token) =>
        Batch.Of(await TakeAsync(step, county, year, reports, reason, actor, token));

    async Task<IReadOnlyList<(string Unit, Refusal? Refusal)>> TakeAsync(
        Workflow step, string county, int year, IReadOnlyList<SeenReport> reports, string? reason, string actor, CancellationToken token)
    {
        var units = reports.Select(r => r.Unit).ToArray();
        await using var connection = await database.OpenConnectionAsync(token);
        var moved = (await connection.QueryAsync<string>(new CommandDefinition(
            Step,
            new
            {
                step.To,
                step.Action,
                step.WhenPublished,
                from = step.From.ToArray(),
                county,
                year,
                units,
                revisions = reports.Select(r => r.Revision).ToArray(),
                reason,
                actor,
                now = time.GetUtcNow(),
            },
            cancellationToken: token))).ToHashSet();
        if (moved.Count == units.Length)
        {
            return [.. units.Select(u => (u, (Refusal?)null))];
        }

        var states = await connection.QueryAsync<FilingState>(new CommandDefinition(SelectStates, new { county, year, units }, cancellationToken: token));
        return [.. states.Zip(reports, (state, seen) => (seen.Unit, moved.Contains(seen.Unit) ? null : Refuse(step, county, year, seen, state)))];
    }

    static Refusal Refuse(Workflow step, string county, int year, SeenReport seen, FilingState state) => state switch
    {
        { Status: null } => new Refusal(RefusalKind.NotFound, "submission_not_found", $"“{seen.Unit}”不在 {county} {year} 年度的名录中。"),
        { Expected: false } => new Refusal(RefusalKind.Conflict, "unit_exempt", $"“{seen.Unit}”在 {year} 年度为免报单位。"),
        { State: "published" } when !step.WhenPublished => new Refusal(RefusalKind.Conflict, "year_published",
            $"{year} 年度已发布，不能{step.Label}；需要更正的，请县级主管部门延期后重新报送，或者先撤销发布。"),
        _ when seen.Revision is { } number && number != state.Revision => new Refusal(RefusalKind.Stale, "stale_revision",
            $"您看到的是第 {number} 稿，现在已有第 {state.Revision} 稿；请先查看新稿。"),
        _ => step.Refuse(state.Status),
    };

    sealed record FilingState(string Unit, string? Status, bool Expected, int Revision, string? State);
}
