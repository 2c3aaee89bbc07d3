using Npgsql;
using NpgsqlTypes;

namespace Aggregator.Database;

/// <summary>Many statements in one round trip, each with its values as Dapper takes them: the properties of an object.</summary>
static class BatchCommands
{
    /// <summary>Adds a statement.</summary>
    public static NpgsqlBatchCommand Add(this NpgsqlBatch batch, string sql, object values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var property in values.GetType().GetProperties())
        {
            command.Parameters.Add(new NpgsqlParameter(property.Name, TypeOf(property.PropertyType)) { Value = property.GetValue(values) ?? DBNull.Value });
        }

        batch.BatchCommands.Add(command);
        return command;
    }

    static NpgsqlDbType TypeOf(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(string) => NpgsqlDbType.Text,
        var t when t == typeof(int) => NpgsqlDbType.Integer,
        var t when t == typeof(DateOnly) => NpgsqlDbType.Date,
        var t when t == typeof(DateTimeOffset) => NpgsqlDbType.TimestampTz,
        var t when t == typeof(byte[]) => NpgsqlDbType.Bytea,
        var t when t == typeof(decimal?[]) => NpgsqlDbType.Array | NpgsqlDbType.Numeric,
        var t when t == typeof(string[]) => NpgsqlDbType.Array | NpgsqlDbType.Text,
        var t => throw new NotSupportedException($"No database type for {t}."),
    };
}
