using Aggregator.Database;
using Aggregator.Testing;
using Dapper;
using Npgsql;

namespace Aggregator.Worker.Tests.Database;

public sealed class AggregatorDatabaseTests
{
    /// <summary>In the middle of the rows of the first result, or between two results; Dapper then says only that its reader is closed.</summary>
    [Theory]
    [InlineData("select case when i = 50000 then pg_terminate_backend(pg_backend_pid())::text else repeat('x', 100) end from generate_series(1, 100000) i; select 'y'")]
    [InlineData("select 'x'; select pg_terminate_backend(pg_backend_pid())::text")]
    public async Task A_connection_that_breaks_between_results_is_a_database_that_is_away(string sql)
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await using var connection = new NpgsqlConnection(database.ConnectionString);

        var failure = await Should.ThrowAsync<Exception>(async () =>
        {
            await using var results = await connection.QueryMultipleAsync(sql);
            await results.ReadAsync<string>();
            await results.ReadAsync<string>();
        });

        AggregatorDatabase.HasFailed(failure).ShouldBeTrue(failure.ToString());
        AggregatorDatabase.IsAway(failure).ShouldBeTrue(failure.ToString());
    }
}
