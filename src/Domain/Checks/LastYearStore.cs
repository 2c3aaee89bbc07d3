using Aggregator.Database;
using Aggregator.Forms;
using Dapper;
using Npgsql;

namespace Aggregator.Checks;

/// <summary>Reports of a year and of the one before it, side by side.</summary>
public sealed class LastYearStore(NpgsqlDataSource database)
{
    const string Select = """
        with recursive merger (unit, heir, step) as (
            select code, merged_into, 1 from unit where parent = @county and merged_into is not null
            union all
            select m.unit, u.merged_into, m.step + 1 from merger m join unit u on u.code = m.heir where u.merged_into is not null and m.step < 20
        ), merged as (
            select unit, array_agg(heir order by step) as heirs from merger group by unit
        )
        select f.year, f.unit, coalesce(u.name, f.unit) as name, coalesce(u.kind, '') as kind, coalesce(m.heirs, '{}') as heirs, r.revision, r.form, r.figures
        from filing f
        left join unit u on u.code = f.unit
        left join merged m on m.unit = f.unit
        left join revision r on r.county = f.county and r.year = f.year and r.unit = f.unit and r.revision = f.filed_revision
            and f.status in ('submitted', 'accepted')
        where f.county = @county and f.year in (@year - 1, @year) and f.expected
            and (@unit::text is null or f.unit = @unit or @unit = any(m.heirs))
        order by f.unit, f.year
        """;

    /// <summary>What a unit, with the units merged into it, reported the year before; null if there is nothing to compare with.</summary>
    public async Task<LastYear?> FindAsync(string county, int year, string unit, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return await FindAsync(connection, county, year, unit, token);
    }

    /// <summary>What the expected units of a county have filed for the year and for the one before it.</summary>
    public async Task<IReadOnlyList<FiledReport>> ListAsync(string county, int year, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return await SelectAsync(connection, county, year, null, token);
    }

    internal static async Task<LastYear?> FindAsync(NpgsqlConnection connection, string county, int year, string unit, CancellationToken token) =>
        LastYear.Of(unit, year, await SelectAsync(connection, county, year, unit, token));

    static async Task<List<FiledReport>> SelectAsync(NpgsqlConnection connection, string county, int year, string? unit, CancellationToken token)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(Select, new { county, year, unit }, cancellationToken: token));
        return [.. rows.Select(r => new FiledReport(r.Year, r.Unit, r.Name, r.Kind, r.Heirs, r.Revision,
            r.Figures is null ? null : new Figures(Form.Find(r.Form)!, r.Figures)))];
    }

    sealed record Row(int Year, string Unit, string Name, string Kind, string[] Heirs, int? Revision, string? Form, decimal?[]? Figures);
}
