using System.Text.Json.Serialization;
using Aggregator.Database;
using Aggregator.Reminders;
using Aggregator.Years;
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

    static async Task<IResult> ReadyAsync(NpgsqlDataSource database, CalendarStore calendars, MailSettings mail, TimeProvider time, CancellationToken token)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(token);
            var role = await connection.ExecuteScalarAsync<string>(new CommandDefinition(CurrentRole, commandTimeout: 5, cancellationToken: token));

            // A pooler between us and PostgreSQL may drop the role; then nothing would hold us back from received facts.
            return role == AggregatorDatabase.ApiRole
                ? TypedResults.Ok(new HealthStatus("ok", Warnings(await calendars.ReadAsync(token), mail, ChinaTime.DateOf(time.GetUtcNow()))))
                : NotReady("role");
        }
        catch (NpgsqlException)
        {
            return NotReady("database");
        }
    }

    /// <summary>The notice for a year comes out in the last quarter of the one before; from December on it is missed.</summary>
    static string[]? Warnings(WorkCalendar calendar, MailSettings mail, DateOnly today)
    {
        string[] warnings = [.. mail.Configured ? [] : (string[])["mail"], .. calendar.Knows(today.AddMonths(1).Year) ? [] : (string[])["calendar"]];
        return warnings.Length == 0 ? null : warnings;
    }

    static JsonHttpResult<HealthStatus> NotReady(string what) =>
        TypedResults.Json(new HealthStatus(what), ApiJson.Default.HealthStatus, statusCode: StatusCodes.Status503ServiceUnavailable);
}

/// <summary>Health of the process.</summary>
/// <param name="Status"><c>ok</c>, or what is down.</param>
/// <param name="Warnings">What does not hold anything up: <c>mail</c> (no mail server), <c>calendar</c> (holidays not entered).</param>
public sealed record HealthStatus(string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? Warnings = null);
