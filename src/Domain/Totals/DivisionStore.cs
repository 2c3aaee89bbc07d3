using Aggregator.Database;
using Aggregator.Forms;
using Aggregator.Units;
using Aggregator.Years;
using Dapper;
using Npgsql;

namespace Aggregator.Totals;

/// <summary>What the levels above a county look at. Everything is read from totals that are there, so the nation is as quick as a county.</summary>
public sealed class DivisionStore(NpgsqlDataSource database)
{
    /// <summary>How many years are compared.</summary>
    public const int ComparedYears = 5;

    const string SelectYears = """
        select t.year, u.name, t.expected, t.included as filed, t.late, t.filed_days, t.filed_counts, y.due_date, y.state,
            exists (select from stale_total s where s.division = t.division and s.year = t.year) as stale
        from total t
        join unit u on u.code = t.division
        left join reporting_year y on y.county = t.division and y.year = t.year
        where t.division = @division
        order by t.year desc;
        """;

    const string SelectAbove = """
        select u.code as division, u.name
        from unnest(@above) with ordinality a (code, place) join unit u using (code)
        order by a.place desc;
        """;

    const string Standings = """
        select u.code as division, u.name, t.division is not null as opened, coalesce(t.expected, 0) as expected,
            coalesce(t.included, 0) as filed, coalesce(t.late, 0) as late, y.due_date, y.state
        from unit u
        left join total t on t.division = u.code and t.year = @year
        left join reporting_year y on y.county = u.code and y.year = @year
        """;

    const string SelectBelow = $"""
        {Standings}
        where u.parent = @division and u.kind in ('province', 'prefecture', 'county')
        order by u.code
        """;

    const string SelectCounties = $"""
        {Standings}
        where u.code > @division and u.code < @end and u.kind = 'county'
        order by u.code
        """;

    const string SelectFiguresBelow = """
        select u.code, u.name, t.figures
        from unit u left join total t on t.division = u.code and t.year = @year and t.form = @form
        where u.parent = @division and u.kind in ('province', 'prefecture', 'county')
        order by u.code
        """;

    const string SelectFiguresOfUnits = """
        select f.unit as code, coalesce(u.name, f.unit) as name, r.figures
        from filing f
        left join revision r on r.county = f.county and r.year = f.year and r.unit = f.unit and r.revision = f.filed_revision
            and r.form = @form and f.status in ('submitted', 'accepted')
        left join unit u on u.code = f.unit
        where f.county = @division and f.year = @year and f.expected
        order by f.unit
        """;

    const string SelectTotals = """
        select t.division, u.name, t.year, t.form, t.figures, t.expected, t.included, t.missing, t.revision
        from total t join unit u on u.code = t.division
        where t.division = @division and t.year between @from and @year
        order by t.year
        """;

    /// <summary>
    /// A division's year with the divisions below it, or with all counties below it; null if no county of it has opened the year.
    /// </summary>
    public async Task<DivisionYear?> FindAsync(string division, int year, bool counties, CancellationToken token)
    {
        // ':' follows '9', so every code that begins with the division's lies before the end.
        var above = new List<string>();
        for (var level = UnitCode.Above(division); level is not null; level = UnitCode.Above(level))
        {
            above.Add(level);
        }

        await using var connection = await database.OpenToReadAsync(token);
        await using var read = await connection.QueryMultipleAsync(new CommandDefinition(
            SelectYears + SelectAbove + (counties ? SelectCounties : SelectBelow), new { division, year, above = above.ToArray(), end = $"{division}:" }, cancellationToken: token));
        var years = (await read.ReadAsync<YearRow>()).AsList();
        var places = (await read.ReadAsync<Place>()).AsList();
        var below = (await read.ReadAsync<Standing>()).AsList();
        if (years.Find(y => y.Year == year) is not { } row)
        {
            return null;
        }

        return new DivisionYear(
            new Standing(division, row.Name, true, row.Expected, row.Filed, row.Late, row.DueDate, row.State),
            year,
            [.. years.Select(y => y.Year)],
            new Progress(division, year, row.DueDate ?? ReportingYear.StatutoryDueDate(year), row.Line(), years.Find(y => y.Year == year - 1)?.Line()),
            places,
            below,
            row.Stale);
    }

    /// <summary>The years that a division has, newest first.</summary>
    public async Task<IReadOnlyList<int>> ListYearsAsync(string division, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return [.. await connection.QueryAsync<int>(new CommandDefinition(
            "select year from total where division = @division order by year desc", new { division }, cancellationToken: token))];
    }

    /// <summary>The figures of the divisions directly below, or of a county's units; null for who has none in the form of the year.</summary>
    public async Task<IReadOnlyList<PartFigures>> ListFiguresAsync(string division, int year, Form form, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        var rows = await connection.QueryAsync<PartRow>(new CommandDefinition(
            UnitCode.IsCounty(division) ? SelectFiguresOfUnits : SelectFiguresBelow, new { division, year, form = form.Code }, cancellationToken: token));
        return [.. rows.Select(r => new PartFigures(r.Code, r.Name, r.Figures is null ? null : new Figures(form, r.Figures)))];
    }

    /// <summary>The totals of a year and the four before it, compared; null if the division has none for the year.</summary>
    public async Task<Comparison?> CompareAsync(string division, int year, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        var rows = (await connection.QueryAsync<TotalOfYear>(new CommandDefinition(
            SelectTotals, new { division, year, from = year - ComparedYears + 1 }, cancellationToken: token))).AsList();
        return rows is [.., { Year: var last, Name: var name }] && last == year ? Comparison.Of(division, name, [.. rows.Select(r => r.ToTotal())]) : null;
    }

    sealed record YearRow(int Year, string Name, int Expected, int Filed, int Late, int[] FiledDays, int[] FiledCounts, DateOnly? DueDate, string? State, bool Stale)
    {
        public ProgressLine Line()
        {
            var filed = 0;
            return new ProgressLine(Year, Expected, [.. FiledDays.Zip(FiledCounts, (day, count) => new ProgressDay(new DateOnly(Year + 1, 1, 1).AddDays(day), filed += count))]);
        }
    }

    sealed record PartRow(string Code, string Name, decimal?[]? Figures);

    sealed record TotalOfYear(string Division, string Name, int Year, string Form, decimal?[]? Figures, int Expected, int Included, string[] Missing, int Revision)
    {
        public Total ToTotal()
        {
            var form = Forms.Form.Find(Form)!;
            return new Total(Division, Name, Year, Form, Figures is null ? new Figures(form) : new Figures(form, Figures), new TotalUnits(Expected, Included, Missing),
                Expected > 0 && Included == Expected && Missing.Length == 0, [], Revision, null, Stale: false);
        }
    }
}

/// <summary>The figures of a part of a division: a unit of a county, or a division below.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Name">Its name.</param>
/// <param name="Figures">The figures; null if it has none.</param>
public sealed record PartFigures(string Code, string Name, Figures? Figures);
