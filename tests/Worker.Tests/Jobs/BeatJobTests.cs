using Aggregator.Testing;
using Npgsql;

namespace Aggregator.Worker.Tests.Jobs;

public sealed class BeatJobTests
{
    [Fact]
    public async Task A_worker_that_is_asked_to_end_while_it_starts_ends_as_any_other()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync();
        await using var holder = new NpgsqlConnection(database.ConnectionString);
        await holder.OpenAsync(token);
        await using var holding = await holder.BeginTransactionAsync(token);
        await using var hold = new NpgsqlCommand("lock table worker", holder, holding);
        await hold.ExecuteNonQueryAsync(token);
        using var worker = AggregatorProcess.StartWorker(database);
        while (!await WaitsAsync(database, "insert into worker"))
        {
            await Task.Delay(20, token);
        }

        // It leaves what it could not enter; only then is it past its start.
        var stopped = Task.Run(worker.Stop, token);
        while (!stopped.IsCompleted && !await WaitsAsync(database, "delete from worker where name"))
        {
            await Task.Delay(20, token);
        }

        await holding.RollbackAsync(token);
        (await stopped).ShouldBe(0);
    }

    static Task<bool> WaitsAsync(TestDatabase database, string statement) => database.ScalarAsync<bool>(
        $"select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '{statement}%')");
}
