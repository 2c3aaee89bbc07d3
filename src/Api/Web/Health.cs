using Aggregator.Database;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Aggregator.Api.Web;

/// <summary>Liveness and readiness for whoever runs the process.</summary>
static class Health
{
    const string CurrentRole = "select current_user::text from (select count(*) from (select 1 from reporting_year limit 1) row) migrated";

    /// <summary>Maps <c>/healthz</c> and <c>/readyz</c>.</summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/healthz", () => TypedResults.Ok(new HealthStatus("ok"))).WithTags("health").WithSummary("The process is alive");
        app.MapGet("/readyz", ReadyAsync).WithTags("health").WithSummary("The process can reach its database");
    }

    static async Task<IResult> ReadyAsync(NpgsqlDataSource database, CancellationToken token)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(token);
            var role = await connection.ExecuteScalarAsync<string>(new CommandDefinition(CurrentRole, commandTimeout: 5, cancellationToken: token));

            // A pooler between us and PostgreSQL may drop the role; then nothing would hold us back from received facts.
            return role == AggregatorDatabase.ApiRole ? TypedResults.Ok(new HealthStatus("ok")) : NotReady("role");
        }
        catch (NpgsqlException)
        {
            return NotReady("database");
        }
    }

    static JsonHttpResult<HealthStatus> NotReady(string what) =>
        TypedResults.Json(new HealthStatus(what), ApiJson.Default.HealthStatus, statusCode: StatusCodes.Status503ServiceUnavailable);
}

/// <summary>Health of the process.</summary>
/// <param name="Status"><c>ok</c>, or what is down.</param>
public sealed record HealthStatus(string Status);
