using Dapper;
using Npgsql;

namespace Aggregator.Installation;

/// <summary>A county that the installation serves, as its operator sees it: no figures.</summary>
/// <param name="County">Its code.</param>
/// <param name="Name">Its name.</param>
/// <param name="Year">Its newest report year.</param>
/// <param name="State">That year's state.</param>
/// <param name="DueDate">That year's last day for the units.</param>
/// <param name="Units">Units on that year's roster that have to report.</param>
/// <param name="Filed">Those of them that have.</param>
/// <param name="Accounts">Accounts of the county's office that can sign in.</param>
public sealed record ServedCounty(string County, string Name, int Year, string State, DateOnly DueDate, long Units, long Filed, long Accounts);

/// <summary>A county of the national list.</summary>
/// <param name="County">Its code.</param>
/// <param name="Name">Its name; names repeat.</param>
/// <param name="Above">Its province and prefecture.</param>
public sealed record ListedCounty(string County, string Name, string Above);

/// <summary>What an operator needs to know of the whole installation.</summary>
public sealed class InstallationStore(NpgsqlDataSource database)
{
    /// <summary>Most counties that are listed at once.</summary>
    public const int MostListed = 50;

    const string SelectServed = """
        select y.county, u.name, y.year, y.state, y.due_date,
            (select count(*) from filing f where f.county = y.county and f.year = y.year and f.expected) as units,
            (select count(*) from filing f where f.county = y.county and f.year = y.year and f.expected and f.status in ('submitted', 'accepted')) as filed,
            (select count(*) from account a where a.scope = y.county and a.role = 'county' and not a.disabled) as accounts
        from (select distinct on (county) * from reporting_year where county > @after order by county, year desc) y
        join unit u on u.code = y.county
        order by y.county limit @limit
        """;

    // One look at the long table of units, which has ten townships for each county.
    const string SelectListed = """
        with place as materialized (select code, name, kind, parent from unit where kind in ('province', 'prefecture', 'county'))
        select u.code as county, u.name, concat_ws(' ', p.name, nullif(m.name, p.name)) as above
        from place u
        left join place m on m.code = u.parent
        left join place p on p.code = m.parent
        where u.kind = 'county' and (u.code = @text or strpos(u.name, @text) > 0 or strpos(concat(p.name, m.name, u.name), @text) > 0)
        order by u.name <> @text, u.code limit @limit
        """;

    const string CountAccounts = "select count(*) from account where scope = @county and role = 'county' and not disabled";

    /// <summary>Counties with a report year, in the order of their codes after one.</summary>
    public async Task<IReadOnlyList<ServedCounty>> ListAsync(string after, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<ServedCounty>(new CommandDefinition(SelectServed, new { after, limit }, cancellationToken: token))).AsList();
    }

    /// <summary>Counties of the national list by a code, a name or a part of one; those of just that name first.</summary>
    public async Task<IReadOnlyList<ListedCounty>> SearchAsync(string text, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<ListedCounty>(new CommandDefinition(SelectListed, new { text, limit = MostListed }, cancellationToken: token))).AsList();
    }

    /// <summary>How many accounts of a county's office can sign in.</summary>
    public async Task<long> CountAccountsAsync(string county, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(CountAccounts, new { county }, cancellationToken: token));
    }
}
