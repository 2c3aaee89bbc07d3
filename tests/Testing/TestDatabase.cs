using System.Diagnostics;
using Aggregator.Database;
using Npgsql;

namespace Aggregator.Testing;

/// <summary>
/// A migrated database of its own in a real PostgreSQL. The server is one private cluster for all test runs of this user,
/// started by the same script that starts the product's; databases are copies of one migrated template.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    static readonly Lazy<Task<string>> server = new(StartServerAsync);
    static readonly Lazy<Task<string>> template = new(CreateTemplateAsync);

    readonly string name;

    TestDatabase(string name, string connectionString) => (this.name, ConnectionString) = (name, connectionString);

    /// <summary>Connection string of the owner; the programs take their own roles with it.</summary>
    public string ConnectionString { get; }

    /// <summary>A new database with the schema of this build.</summary>
    public static async Task<TestDatabase> CreateAsync()
    {
        var source = await template.Value;
        var name = $"test_{Guid.NewGuid():n}";
        await ExecuteAsync(await server.Value, $"create database {name} template {source}");
        return new TestDatabase(name, await ConnectionStringToAsync(name));
    }

    /// <summary>A new database with nothing in it.</summary>
    public static async Task<TestDatabase> CreateEmptyAsync()
    {
        var name = $"test_{Guid.NewGuid():n}";
        await ExecuteAsync(await server.Value, $"create database {name}");
        return new TestDatabase(name, await ConnectionStringToAsync(name));
    }

    /// <summary>Runs SQL as the owner and gives the first value.</summary>
    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await ExecuteAsync(await server.Value, $"drop database if exists {name} with (force)");
                return;
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ObjectInUse && attempt < 50)
            {
                // Autovacuum is in there, and only a superuser may send it away; it leaves by itself.
                await Task.Delay(200);
            }
        }
    }

    static async Task<string> ConnectionStringToAsync(string database) =>
        new NpgsqlConnectionStringBuilder(await server.Value) { Database = database, Pooling = true }.ConnectionString;

    static async Task<string> CreateTemplateAsync()
    {
        var name = $"template_{typeof(Migrator).Module.ModuleVersionId:n}";
        await using var connection = new NpgsqlConnection(await server.Value);
        await connection.OpenAsync();

        // One of several test processes makes it; the name says which build's schema it is.
        await using var claim = new NpgsqlCommand("select pg_advisory_lock(1)", connection);
        await claim.ExecuteNonQueryAsync();
        await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = @name and datistemplate", connection);
        exists.Parameters.AddWithValue("name", name);
        if (await exists.ExecuteScalarAsync() is null)
        {
            await ExecuteAsync(await server.Value, $"drop database if exists {name} with (force)");
            await ExecuteAsync(await server.Value, $"create database {name}");
            await Migrator.MigrateAsync(await ConnectionStringToAsync(name), CancellationToken.None);
            await ExecuteAsync(await server.Value, $"alter database {name} is_template true");
        }

        return name;
    }

    static async Task<string> StartServerAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"aggregator-tests-{Environment.UserName}");
        await RunAsync("start", folder, "5432", "FAST");
        var url = await RunAsync("url", folder, "aggregator");
        return new NpgsqlConnectionStringBuilder(url.Trim()) { Pooling = false }.ConnectionString;
    }

    static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "deploy", "postgres.sh"), arguments)
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadLineAsync() ?? "";
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"deploy/postgres.sh {string.Join(' ', arguments)} failed.");
    }

    static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
