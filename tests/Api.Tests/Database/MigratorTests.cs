using Aggregator.Database;
using Aggregator.Testing;
using Npgsql;

namespace Aggregator.Api.Tests.Database;

public sealed class MigratorTests
{
    const string Schema = """
        select string_agg(line, E'\n' order by line) from (
            select concat_ws(' ', 'column', table_name, column_name, data_type, is_nullable, column_default) from information_schema.columns where table_schema = 'public'
            union all select concat_ws(' ', 'index', indexdef) from pg_indexes where schemaname = 'public'
            union all select concat_ws(' ', 'grant', grantee, table_name, privilege_type) from information_schema.role_table_grants where table_schema = 'public'
            union all select concat_ws(' ', 'unit', count(*), md5(string_agg(code || name || kind || coalesce(parent, ''), '' order by code))) from unit
            union all select concat_ws(' ', 'journal', name, encode(sha256, 'hex')) from migration) as lines (line)
        """;

    [Fact]
    public async Task An_empty_database_is_brought_to_this_release_and_a_second_run_finds_nothing_to_do()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();

        var first = await Migrator.MigrateAsync(database.ConnectionString, TestContext.Current.CancellationToken);
        var schema = await database.ScalarAsync<string>(Schema);
        var second = await Migrator.MigrateAsync(database.ConnectionString, TestContext.Current.CancellationToken);

        first.ShouldContain("0001_create_tables.sql");
        first.ShouldBe(first.Distinct());
        second.ShouldBeEmpty();
        (await database.ScalarAsync<string>(Schema)).ShouldBe(schema.ShouldNotBeNull());
    }

    [Fact]
    public async Task Four_at_once_on_an_empty_database_apply_each_script_once_and_give_the_same_schema()
    {
        await using var alone = await TestDatabase.CreateEmptyAsync();
        var scripts = await Migrator.MigrateAsync(alone.ConnectionString, TestContext.Current.CancellationToken);
        await using var database = await TestDatabase.CreateEmptyAsync();

        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Migrator.MigrateAsync(database.ConnectionString, TestContext.Current.CancellationToken))));

        runs.SelectMany(r => r).ShouldBe(scripts);
        (await database.ScalarAsync<string>(Schema)).ShouldBe(await alone.ScalarAsync<string>(Schema));
    }

    [Fact]
    public async Task A_statement_that_takes_longer_than_a_request_may_is_waited_for()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateEmptyAsync();
        await using var other = new NpgsqlConnection(database.ConnectionString);
        await other.OpenAsync(token);
        await using var creating = await other.BeginTransactionAsync(token);
        await using var create = new NpgsqlCommand("create table migration (name text)", other, creating);
        await create.ExecuteNonQueryAsync(token);

        var migrating = Migrator.MigrateAsync($"{database.ConnectionString};Command Timeout=1", token);
        await Task.WhenAny(migrating, Task.Delay(TimeSpan.FromSeconds(2.5), token));
        await creating.RollbackAsync(token);

        (await migrating).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_script_that_differs_from_what_was_applied_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ScalarAsync<int>("update migration set sha256 = sha256('another'::bytea) where name = '0001_create_tables.sql'");

        var refused = await Should.ThrowAsync<InvalidOperationException>(() => Migrator.MigrateAsync(database.ConnectionString, TestContext.Current.CancellationToken));

        refused.Message.ShouldContain("0001_create_tables.sql");
    }
}
