using Dapper;
using Npgsql;

namespace Aggregator.Access;

/// <summary>One line of the audit: who did what, when. Lines are written by the statement that makes the change.</summary>
/// <param name="Id">Grows; the position in the list.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Id of the caller's key.</param>
/// <param name="Action">What: <c>submit</c>, <c>keep_draft</c>, <c>load_history</c>, <c>put_year</c>, <c>put_roster</c>, …</param>
/// <param name="Year">Report year, if it concerns one.</param>
/// <param name="Subject">Unit, county or key.</param>
/// <param name="Detail">Particulars as JSON.</param>
public sealed record AuditLine(long Id, DateTimeOffset At, string Actor, string Action, int? Year, string Subject, string? Detail);

/// <summary>Reads the audit.</summary>
public sealed class AuditStore(NpgsqlDataSource database)
{
    const string Select = """
        select id, at, actor, action, year, subject, detail::text as detail from audit
        where county = @county and id > @after order by id limit @limit
        """;

    /// <summary>Lines of a county after one, oldest first.</summary>
    public async Task<IReadOnlyList<AuditLine>> ListAsync(string county, long after, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<AuditLine>(new CommandDefinition(Select, new { county, after, limit }, cancellationToken: token))).AsList();
    }
}
