using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Aggregator.Database;

/// <summary>
/// Brings a database to this release: applies the embedded <c>NNNN_verb_noun.sql</c> files that are not journaled yet, each
/// in its own transaction, and then loads the national list of divisions. Safe to run twice and at once.
/// </summary>
public static class Migrator
{
    const long LockKey = 0x41_47_47_52_45_47_41_54;
    const string Divisions = "divisions-2023.tsv.gz";

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    const string CreateJournal = """
        create table if not exists migration (name text primary key, sha256 bytea not null, applied_at timestamptz not null default now())
        """;

    const string Journal = "insert into migration (name, sha256) values (@name, @sha256)";

    /// <summary>Applies what is missing and returns the names of what was applied.</summary>
    public static async Task<IReadOnlyList<string>> MigrateAsync(string connectionString, CancellationToken token)
    {
        // The lock is the session's, and a pool would keep the session, with the lock, for nobody. On a large or busy database every
        // statement may take long, and a migration that stops half an hour in helps nobody.
        var patient = new NpgsqlConnectionStringBuilder(AggregatorDatabase.OnPrimary(connectionString)) { Pooling = false, CommandTimeout = 0 };
        await using var connection = new NpgsqlConnection(patient.ConnectionString);
        await connection.OpenAsync(token);
        await connection.ExecuteAsync(new CommandDefinition("select pg_advisory_lock(@LockKey)", new { LockKey }, cancellationToken: token));
        await connection.ExecuteAsync(new CommandDefinition(CreateJournal, cancellationToken: token));
        var journal = (await connection.QueryAsync<(string Name, byte[] Sha256)>(
            new CommandDefinition("select name, sha256 from migration", cancellationToken: token))).ToDictionary(m => m.Name, m => m.Sha256);
        var applied = new List<string>();
        foreach (var name in Scripts())
        {
            var script = ReadResource(name);
            var sha256 = SHA256.HashData(script);
            if (journal.TryGetValue(name, out var before))
            {
                if (!before.AsSpan().SequenceEqual(sha256))
                {
                    throw new InvalidOperationException($"{name} differs from what was applied to this database; migrations are append-only.");
                }

                continue;
            }

            while (!await TryApplyAsync(connection, name, script, sha256, token))
            {
                await Task.Delay(Pause, token);
            }

            applied.Add(name);
        }

        return applied;
    }

    /// <summary>
    /// False if somebody is reading what it has to change. Whoever comes after a lock that waits, waits as well, the previous release's
    /// filings among them; so it waits briefly, and tries again when they are through.
    /// </summary>
    static async Task<bool> TryApplyAsync(NpgsqlConnection connection, string name, byte[] script, byte[] sha256, CancellationToken token)
    {
        await using var transaction = await connection.BeginTransactionAsync(token);
        try
        {
            await connection.ExecuteAsync(new CommandDefinition("set local lock_timeout = '1s'", transaction: transaction, cancellationToken: token));
            if (name == Divisions)
            {
                await CopyDivisionsAsync(connection, script, token);
            }
            else
            {
                await connection.ExecuteAsync(new CommandDefinition(Encoding.UTF8.GetString(script), transaction: transaction, cancellationToken: token));
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return false;
        }

        await connection.ExecuteAsync(new CommandDefinition(Journal, new { name, sha256 }, transaction, cancellationToken: token));
        await transaction.CommitAsync(token);
        return true;
    }

    static IEnumerable<string> Scripts() => Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(n => n.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Append(Divisions);

    static async Task CopyDivisionsAsync(NpgsqlConnection connection, byte[] compressed, CancellationToken token)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "create temp table division (code text, name text, kind text, parent text) on commit drop", cancellationToken: token));
        await using (var copy = await connection.BeginBinaryImportAsync("copy division from stdin (format binary)", token))
        using (var lines = new StreamReader(new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress), Encoding.UTF8))
        {
            while (await lines.ReadLineAsync(token) is { } line)
            {
                var fields = line.Split('\t');
                await copy.StartRowAsync(token);
                await copy.WriteAsync(fields[0], NpgsqlDbType.Text, token);
                await copy.WriteAsync(fields[1], NpgsqlDbType.Text, token);
                await copy.WriteAsync(fields[2], NpgsqlDbType.Text, token);
                await copy.WriteAsync(Units.UnitCode.ParentOf(fields[0]), NpgsqlDbType.Text, token);
            }

            await copy.CompleteAsync(token);
        }

        await connection.ExecuteAsync(new CommandDefinition(
            "insert into unit (code, name, kind, parent) select code, name, kind, parent from division on conflict do nothing",
            cancellationToken: token));
    }

    static byte[] ReadResource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"No resource {name}."));
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
