using Aggregator.Database;
using Aggregator.Forms;
using Dapper;
using Npgsql;

namespace Aggregator.Checks;

/// <summary>Texts of the reports that count.</summary>
public sealed class ProseStore(NpgsqlDataSource database)
{
    const string Select = """
        select f.year, f.unit, coalesce(u.name, f.unit) as name, r.revision, r.form, r.prose
        from filing f
        join revision r on r.county = f.county and r.year = f.year and r.unit = f.unit and r.revision = f.filed_revision
        left join unit u on u.code = f.unit
        where f.county = @county and f.year in (@year - 1, @year) and f.expected and f.status in ('submitted', 'accepted')
        order by f.unit, f.year
        """;

    /// <summary>Texts of a county's reports for a year and for the one before it.</summary>
    public async Task<IReadOnlyList<FiledProse>> ListAsync(string county, int year, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(Select, new { county, year }, cancellationToken: token));
        return [.. rows.Select(r => new FiledProse(r.Year, r.Unit, r.Name, r.Revision, Form.Find(r.Form)!, r.Prose))];
    }

    sealed record Row(int Year, string Unit, string Name, int Revision, string Form, string?[] Prose);
}
