using System.Data;
using System.Net.Sockets;
using Dapper;
using Npgsql;

namespace Aggregator.Database;

/// <summary>Opens the database in one of its roles.</summary>
public static class AggregatorDatabase
{
    /// <summary>The name of the connection string in the configuration.</summary>
    public const string ConnectionName = "Aggregator";

    /// <summary>May add received facts, but neither change nor delete them.</summary>
    public const string ApiRole = "aggregator_api";

    /// <summary>May write what is derived.</summary>
    public const string WorkerRole = "aggregator_worker";

    static AggregatorDatabase()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        // Dapper asks a handler only about types that it does not know itself.
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(new InstantHandler());
        SqlMapper.AddTypeHandler(new DateHandler());
        SqlMapper.AddTypeHandler(new ArrayHandler<decimal?>());
        SqlMapper.AddTypeHandler(new ArrayHandler<string>());
        SqlMapper.AddTypeHandler(new ArrayHandler<int>());
        SqlMapper.AddTypeHandler(new ArrayHandler<long>());
        SqlMapper.AddTypeHandler(new ArrayHandler<byte[]>());
    }

    /// <summary>
    /// A pool of connections that may do what the role may; without one, whatever the owner may. With several hosts in the string
    /// they go to whichever of them is the primary now; what <see cref="OpenToReadAsync"/> opens goes to a standby.
    /// </summary>
    public static NpgsqlDataSource Open(string connectionString, string? role = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(OnPrimary(connectionString))
        {
            Options = role is null ? "-c timezone=UTC" : $"-c role={role} -c timezone=UTC",
            ApplicationName = role ?? "aggregator",
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            ArrayNullabilityMode = ArrayNullabilityMode.Always,

            // Nobody leaves settings, temporary tables or session locks behind; seven statements per use to undo them cost as much as a query.
            NoResetOnClose = true,
        };
        return NpgsqlDataSource.Create(settings);
    }

    /// <summary>The same connection string, for the one of its hosts that can write.</summary>
    public static string OnPrimary(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (settings.Host?.Contains(',', StringComparison.Ordinal) == true)
        {
            settings.TargetSessionAttributes = "primary";
        }

        return settings.ConnectionString;
    }

    /// <summary>
    /// A connection to show what is there: to a standby if there is one that answers. It is as up to date as the primary, because a
    /// commit waits until the standby has applied it (ADR 0012). What decides about a write is read on the primary.
    /// </summary>
    public static ValueTask<NpgsqlConnection> OpenToReadAsync(this NpgsqlDataSource database, CancellationToken token) =>
        database is NpgsqlMultiHostDataSource hosts ? hosts.OpenConnectionAsync(TargetSessionAttributes.PreferStandby, token) : database.OpenConnectionAsync(token);

    /// <summary>Whether the database, or the way to it, has failed.</summary>
    public static bool HasFailed(Exception exception) => Cause(exception) is NpgsqlException or TimeoutException || IsBroken(exception);

    /// <summary>The same, where it is worth another try: it is away, out of room or connections, or has not taken the primary's place yet.</summary>
    public static bool IsAway(Exception exception) => Cause(exception) is TimeoutException or NpgsqlException { IsTransient: true }
        or NpgsqlException { InnerException: IOException or TimeoutException or SocketException }
        or PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } || IsBroken(exception);

    /// <summary>What Npgsql throws when a connection breaks while a command is about to begin on it, and when Dapper, not minding, goes on to the next of several results.</summary>
    static bool IsBroken(Exception exception) =>
        exception is ObjectDisposedException { ObjectName: "System.Threading.ManualResetEventSlim" } or InvalidOperationException { Source: "Npgsql", Message: "The reader is closed" };

    /// <summary>Dapper wraps whatever happens while it reads a row.</summary>
    static Exception Cause(Exception exception) => exception is DataException { InnerException: { } cause } ? cause : exception;

    /// <summary>Instants are UTC in the database and carry their offset in code.</summary>
    sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.ToUniversalTime();

        public override DateTimeOffset Parse(object value) => value is DateTimeOffset instant ? instant : new DateTimeOffset((DateTime)value);
    }

    sealed class DateHandler : SqlMapper.TypeHandler<DateOnly>
    {
        public override void SetValue(IDbDataParameter parameter, DateOnly value) => parameter.Value = value;

        public override DateOnly Parse(object value) => value is DateOnly date ? date : DateOnly.FromDateTime((DateTime)value);
    }

    /// <summary>Arrays arrive with nullable elements, because a missing figure is null; elsewhere null is a bug and throws.</summary>
    sealed class ArrayHandler<T> : SqlMapper.TypeHandler<T[]>
    {
        public override void SetValue(IDbDataParameter parameter, T[]? value) => parameter.Value = value is null ? DBNull.Value : value;

        public override T[] Parse(object value) => value is T[] array ? array : [.. ((Array)value).Cast<T>()];
    }
}
