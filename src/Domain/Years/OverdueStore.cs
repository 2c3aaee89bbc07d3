using Dapper;
using Npgsql;

namespace Aggregator.Years;

/// <summary>
/// Writes down that due days have passed without a report. Whether a unit is late is derived wherever it is read; this is for what
/// has to happen at that moment, once: the audit's line <c>mark_overdue</c>, and whoever follows the audit.
/// </summary>
public sealed class OverdueStore(NpgsqlDataSource database, TimeProvider time)
{
    // The same as overdue (逾期未报) in RosterSummary. Who was put on the roster after the day was not there to miss it: a past year
    // is being loaded, or the county has said why.
    const string From = """
        from reporting_year y
        join filing f using (county, year)
        cross join lateral (select coalesce(f.due_date, y.due_date)) d (due_date)
        where f.expected and f.status not in ('submitted', 'accepted') and is_late(coalesce(f.filed_at, @now), d.due_date)
            and (f.added_at is null or not is_late(f.added_at, d.due_date))
            and not exists (select from overdue o where o.county = f.county and o.year = f.year and o.unit = f.unit and o.due_date = d.due_date)
        """;

    const string SelectCounties = $"select distinct y.county {From} order by y.county";

    const string Mark = $"""
        with marked as (
            insert into overdue (county, year, unit, due_date, marked_at)
            select f.county, f.year, f.unit, d.due_date, @now {From} and y.county = @county
            on conflict do nothing
            returning county, year, unit, due_date
        )
        insert into audit (county, at, actor, action, year, subject, detail)
        select county, @now, 'clock', 'mark_overdue', year, unit, jsonb_build_object('dueDate', due_date) from marked order by unit
        """;

    /// <summary>Counties with units to mark.</summary>
    public async Task<IReadOnlyList<string>> ListCountiesAsync(CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<string>(new CommandDefinition(SelectCounties, new { now = time.GetUtcNow() }, cancellationToken: token))).AsList();
    }

    /// <summary>Marks a county's units whose due day is over, each once for each due day; how many are new. Safe to repeat and to run twice at once.</summary>
    public async Task<int> MarkAsync(string county, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteAsync(new CommandDefinition(Mark, new { county, now = time.GetUtcNow() }, cancellationToken: token));
    }
}
