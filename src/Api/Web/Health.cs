using Dapper;
using Npgsql;

namespace Aggregator.Api.Web;

/// <summary>Liveness and readiness for whoever runs the process.</summary>
static class Health
{
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
            await connection.ExecuteScalarAsync<int>(new CommandDefinition("select 1 from reporting_year limit 1", commandTimeout: 5, cancellationToken: token));
            return TypedResults.Ok(new HealthStatus("ok"));
        }
        catch (NpgsqlException)
        {
            return TypedResults.Json(new HealthStatus("database"), ApiJson.Default.HealthStatus, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}

/// <summary>Health of the process.</summary>
/// <param name="Status"><c>ok</c>, or what is down.</param>
public sealed record HealthStatus(string Status);
