using Aggregator.Access;
using Aggregator.Database;
using Aggregator.Testing;
using Npgsql;

namespace Aggregator.Domain.Tests.Access;

public sealed class AuditStoreTests : IAsyncLifetime
{
    readonly FakeClock clock = FakeClock.InJanuary2022();
    TestDatabase? database;
    NpgsqlDataSource? worker;

    AuditStore Audit => new(worker!);

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        worker = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.WorkerRole);
    }

    public async ValueTask DisposeAsync()
    {
        await worker!.DisposeAsync();
        await database!.DisposeAsync();
    }

    [Fact]
    public async Task Lines_are_sealed_county_by_county_and_the_chain_goes_on()
    {
        await WriteAsync("360922", 3);
        await WriteAsync("360923", 2);
        (await Audit.SealAsync(default)).ShouldBe(5);
        await WriteAsync("360922", 1);
        (await Audit.SealAsync(default)).ShouldBe(1);
        (await Audit.SealAsync(default)).ShouldBe(0);

        var check = await Audit.VerifyAsync("360922", clock.GetUtcNow(), default);

        check.ShouldBe(new AuditCheck(true, 4, 0, null, null, check.Head));
        (await Audit.VerifyAsync("360923", clock.GetUtcNow(), default)).Sealed.ShouldBe(2);
        check.Head.ShouldNotBe((await Audit.VerifyAsync("360923", clock.GetUtcNow(), default)).Head);
    }

    [Theory]
    [InlineData("update audit set actor = 'somebody' where seq = 3", 3)]
    [InlineData("update audit set detail = '{\"revision\":8}' where seq = 2", 2)]
    [InlineData("update audit set at = at + interval '1 second' where seq = 4", 4)]
    [InlineData("update audit set year = null where seq = 1", 1)]
    [InlineData("delete from audit where seq = 2", 2)]
    [InlineData("update audit set sha256 = sha256(sha256) where seq = 5", 5)]
    public async Task What_the_owner_of_the_database_changes_by_hand_is_found_at_its_place(string tampering, int brokenAt)
    {
        await WriteAsync("360922", 5);
        await Audit.SealAsync(default);

        await database!.ScalarAsync<int>(tampering);

        var check = await Audit.VerifyAsync("360922", clock.GetUtcNow(), default);
        check.Whole.ShouldBeFalse();
        check.BrokenAt.ShouldBe(brokenAt);
        check.Sealed.ShouldBe(brokenAt - 1);
    }

    [Fact]
    public async Task Lines_that_nobody_seals_are_reported_after_a_minute()
    {
        await WriteAsync("360922", 2);

        (await Audit.VerifyAsync("360922", clock.GetUtcNow(), default)).ShouldBe(new AuditCheck(true, 0, 2, null, null, new string('0', 64)));
        var later = await Audit.VerifyAsync("360922", clock.GetUtcNow() + TimeSpan.FromSeconds(61), default);

        later.Whole.ShouldBeFalse();
        later.UnsealedSince.ShouldBe(clock.GetUtcNow());
    }

    [Fact]
    public async Task Many_workers_seal_each_line_once()
    {
        await WriteAsync("360922", 3000);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await Audit.SealAsync(default);
            }
        })));

        (await Audit.VerifyAsync("360922", clock.GetUtcNow(), default)).ShouldSatisfyAllConditions(c => c.Whole.ShouldBeTrue(), c => c.Sealed.ShouldBe(3000));
    }

    [Fact]
    public async Task The_worker_may_seal_a_line_but_not_change_what_it_says()
    {
        await WriteAsync("360922", 1);
        await using var connection = await worker!.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("update audit set actor = 'somebody'", connection);

        (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    async Task WriteAsync(string county, int lines) => await database!.ScalarAsync<int>($$"""
        insert into audit (county, at, actor, action, year, subject, detail)
        select '{{county}}', '{{clock.GetUtcNow():O}}', 'key', 'submit', 2021, '{{county}}' || n, jsonb_build_object('revision', n) from generate_series(1, {{lines}}) n
        """);
}
