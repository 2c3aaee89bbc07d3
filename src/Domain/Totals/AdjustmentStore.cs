using Aggregator.Database;
using Dapper;
using Npgsql;

namespace Aggregator.Totals;

/// <summary>A correction of a county's total in one cell: a joint document counted twice, a request passed on.</summary>
/// <param name="Path">Leaf cell that is corrected.</param>
/// <param name="Delta">What is added to the sum of the units; negative to deduct.</param>
/// <param name="Reason">Why, for the file and the report's notes.</param>
/// <param name="Revision">Counts the changes of this cell's correction.</param>
/// <param name="Actor">Id of the key that made it.</param>
/// <param name="At">When.</param>
public sealed record Adjustment(string Path, decimal Delta, string Reason, int Revision, string Actor, DateTimeOffset At);

/// <summary>The corrections of a county. A cell has at most one; it is changed and removed by a further row.</summary>
public sealed class AdjustmentStore(NpgsqlDataSource database, TimeProvider time)
{
    // A removed one is a row of zero.
    internal const string Select = """
        select path, delta, reason, revision, actor, at from (
            select distinct on (path) path, delta, reason, revision, actor, at from adjustment
            where county = @county and year = @year order by path, revision desc
        ) newest
        where delta <> 0
        """;

    const string Insert = """
        with written as (
            insert into adjustment (county, year, path, revision, delta, reason, actor, at)
            select y.county, y.year, @path,
                coalesce((select max(revision) from adjustment a where a.county = y.county and a.year = y.year and a.path = @path), 0) + 1,
                @delta, @reason, @actor, @now
            from reporting_year y where y.county = @county and y.year = @year and y.state <> 'published'
            returning path
        ), stale as (
            insert into stale_total (division, year) select @county, @year from written
        )
        insert into audit (county, at, actor, action, year, subject, detail)
        select @county, @now, @actor, @action, @year, path, jsonb_build_object('delta', @delta, 'reason', @reason) from written
        """;

    /// <summary>The corrections in force.</summary>
    public async Task<IReadOnlyList<Adjustment>> ListAsync(string county, int year, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return await ListAsync(connection, county, year, token);
    }

    internal static async Task<IReadOnlyList<Adjustment>> ListAsync(NpgsqlConnection connection, string county, int year, CancellationToken token) =>
        (await connection.QueryAsync<Adjustment>(new CommandDefinition(Select, new { county, year }, cancellationToken: token))).AsList();

    /// <summary>Makes or changes a correction; zero removes it. False if the year is not there or published.</summary>
    public async Task<bool> PutAsync(string county, int year, string path, decimal delta, string reason, string actor, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await connection.ExecuteAsync(new CommandDefinition(
                    Insert,
                    new { county, year, path, delta, reason, actor, action = delta == 0 ? "remove_adjustment" : "put_adjustment", now = time.GetUtcNow() },
                    cancellationToken: token)) > 0;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation && attempt < 10)
            {
                // Somebody else changed the same cell at the same moment; ours is the next revision.
            }
        }
    }
}
