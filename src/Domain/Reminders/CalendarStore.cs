using System.Globalization;
using Dapper;
using Npgsql;

namespace Aggregator.Reminders;

/// <summary>The holiday arrangements of an installation: those of the release, and what an operator has put in their place or added.</summary>
public sealed class CalendarStore(NpgsqlDataSource database)
{
    const string Iso = "yyyy-MM-dd";

    const string Select = "select year, source, days_off::text[] as days_off, workdays::text[] as workdays from calendar_year";

    const string Upsert = """
        with written as (
            insert into calendar_year (year, source, days_off, workdays, actor, at) values (@Year, @Source, @off::date[], @worked::date[], @actor, @now)
            on conflict (year) do update set source = excluded.source, days_off = excluded.days_off, workdays = excluded.workdays,
                actor = excluded.actor, at = excluded.at
            returning year
        )
        insert into audit (county, at, actor, action, year, subject, detail)
        select '', @now, @actor, 'put_calendar', null, 'calendar:' || year, jsonb_build_object('source', @Source) from written
        """;

    /// <summary>The calendar as it stands.</summary>
    public async Task<WorkCalendar> ReadAsync(CancellationToken token) => new((await ListAsync(token)).Values);

    /// <summary>A year's arrangement, or null if neither the release nor an operator knows it.</summary>
    public async Task<HolidayYear?> FindAsync(int year, CancellationToken token) => (await ListAsync(token)).GetValueOrDefault(year);

    /// <summary>Writes a year's arrangement. Refusals: <c>invalid_calendar</c>.</summary>
    public async Task<Refusal?> PutAsync(HolidayYear year, string actor, DateTimeOffset now, CancellationToken token)
    {
        if (year.Refuse() is { } refusal)
        {
            return refusal;
        }

        await using var connection = await database.OpenConnectionAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(
            Upsert, new { year.Year, year.Source, off = Texts(year.DaysOff), worked = Texts(year.Workdays), actor, now }, cancellationToken: token));
        return null;
    }

    async Task<Dictionary<int, HolidayYear>> ListAsync(CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var years = HolidayYear.Known.ToDictionary(y => y.Year);
        foreach (var row in await connection.QueryAsync<Row>(new CommandDefinition(Select, cancellationToken: token)))
        {
            years[row.Year] = new HolidayYear(row.Year, row.Source, Days(row.DaysOff), Days(row.Workdays));
        }

        return years;
    }

    static string[] Texts(IEnumerable<DateOnly> days) => [.. days.Order().Select(d => d.ToString(Iso, CultureInfo.InvariantCulture))];

    static DateOnly[] Days(string[] days) => [.. days.Select(d => DateOnly.ParseExact(d, Iso, CultureInfo.InvariantCulture))];

    sealed record Row(int Year, string Source, string[] DaysOff, string[] Workdays);
}
