using Aggregator.Database;
using Aggregator.Units;
using Dapper;
using Npgsql;

namespace Aggregator.Years;

/// <summary>Report years of counties.</summary>
public sealed class YearStore(NpgsqlDataSource database)
{
    const string Select = $"{SelectAll} and y.year = @year";

    const string SelectAll = """
        select y.county, y.year, y.form, y.due_date, y.county_due_date, y.state, y.published_edition, e.label as published_label
        from reporting_year y
        left join edition e on e.county = y.county and e.year = y.year and e.number = y.published_edition
        where y.county = @county
        """;

    const string SelectNewestFirst = $"{SelectAll} order by y.year desc";

    // The totals' rows exist from here on: they are the locks by which workers share the work. Whoever changes the state has
    // decided by the state and edition that were there, so both must still be there.
    const string Upsert = """
        with written as (
            insert into reporting_year as y (county, year, form, due_date, county_due_date, state, published_edition)
            select @County, @Year, @Form, @DueDate, @CountyDueDate, @State, @PublishedEdition
            where exists (select from unit where code = @County and kind = 'county')
            on conflict (county, year) do update set due_date = excluded.due_date, county_due_date = excluded.county_due_date,
                state = excluded.state, published_edition = excluded.published_edition
            where y.state = @from and y.published_edition is not distinct from @fromEdition
            returning xmax = 0 as created
        ), totals as (
            insert into total (division, year, form) select unnest(@divisions), @Year, @Form from written on conflict do nothing
        ), stale as (
            insert into stale_total (division, year) select @County, @Year from written
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @County, @now, @actor, @action, @Year, @County,
                jsonb_build_object('dueDate', @DueDate::text, 'countyDueDate', @CountyDueDate::text, 'state', @State,
                    'edition', @PublishedEdition::int, 'reason', @reason::text) from written
        )
        select created from written
        """;

    /// <summary>The year, or null if the county has not opened it.</summary>
    public async Task<ReportingYear?> FindAsync(string county, int year, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return await FindAsync(connection, county, year, token);
    }

    /// <summary>The years that a county has opened, newest first.</summary>
    public async Task<IReadOnlyList<ReportingYear>> ListAsync(string county, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return (await connection.QueryAsync<ReportingYear>(new CommandDefinition(SelectNewestFirst, new { county }, cancellationToken: token))).AsList();
    }

    /// <summary>
    /// Opens or changes a year as it was found before; true if it is new, null if there is no such county or somebody else was
    /// faster.
    /// </summary>
    public async Task<bool?> PutAsync(
        ReportingYear? before, ReportingYear year, YearStep? step, string? reason, string actor, DateTimeOffset now, CancellationToken token)
    {
        var divisions = new List<string>();
        for (string? division = year.County; division is not null; division = UnitCode.Above(division))
        {
            divisions.Add(division);
        }

        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteScalarAsync<bool?>(new CommandDefinition(
            Upsert,
            new
            {
                year.County,
                year.Year,
                year.Form,
                year.DueDate,
                year.CountyDueDate,
                year.State,
                year.PublishedEdition,
                from = before?.State ?? ReportingYear.States[0],
                fromEdition = before?.PublishedEdition,
                divisions = divisions.ToArray(),
                action = step?.Action ?? "put_year",
                reason,
                actor,
                now,
            },
            cancellationToken: token));
    }

    internal static Task<ReportingYear?> FindAsync(NpgsqlConnection connection, string county, int year, CancellationToken token) =>
        connection.QuerySingleOrDefaultAsync<ReportingYear>(new CommandDefinition(Select, new { county, year }, cancellationToken: token));
}
