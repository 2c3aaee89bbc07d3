using Aggregator.Units;
using Dapper;
using Npgsql;

namespace Aggregator.Years;

/// <summary>Report years of counties.</summary>
public sealed class YearStore(NpgsqlDataSource database)
{
    const string Select = """
        select county, year, form, due_date, county_due_date, state from reporting_year where county = @county and year = @year
        """;

    // The totals' rows exist from here on: they are the locks by which workers share the work.
    const string Upsert = """
        with written as (
            insert into reporting_year as y (county, year, form, due_date, county_due_date, state)
            select @County, @Year, @Form, @DueDate, @CountyDueDate, @State where exists (select from unit where code = @County and kind = 'county')
            on conflict (county, year) do update set due_date = excluded.due_date, county_due_date = excluded.county_due_date, state = excluded.state
            returning xmax = 0 as created
        ), totals as (
            insert into total (division, year, form) select unnest(@divisions), @Year, @Form from written on conflict do nothing
        ), stale as (
            insert into stale_total (division, year) select @County, @Year from written
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @County, @now, @actor, 'put_year', @Year, @County,
                jsonb_build_object('dueDate', @DueDate::text, 'countyDueDate', @CountyDueDate::text, 'state', @State) from written
        )
        select created from written
        """;

    /// <summary>The year, or null if the county has not opened it.</summary>
    public async Task<ReportingYear?> FindAsync(string county, int year, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.QuerySingleOrDefaultAsync<ReportingYear>(new CommandDefinition(Select, new { county, year }, cancellationToken: token));
    }

    /// <summary>Opens or changes a year; true if it is new, null if there is no such county.</summary>
    public async Task<bool?> PutAsync(ReportingYear year, string actor, DateTimeOffset now, CancellationToken token)
    {
        var divisions = new List<string>();
        for (string? division = year.County; division is not null; division = UnitCode.Above(division))
        {
            divisions.Add(division);
        }

        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteScalarAsync<bool?>(new CommandDefinition(
            Upsert,
            new { year.County, year.Year, year.Form, year.DueDate, year.CountyDueDate, year.State, divisions = divisions.ToArray(), actor, now },
            cancellationToken: token));
    }
}
