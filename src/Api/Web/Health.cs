using Aggregator.Database;
using Aggregator.Documents;
using Aggregator.Documents.Reading;
using Aggregator.Jobs;
using Aggregator.Reminders;
using Aggregator.Years;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Aggregator.Api.Web;

/// <summary>Liveness and readiness for whoever runs the process.</summary>
static class Health
{
    static readonly TimeSpan silentAfter = TimeSpan.FromMinutes(1);

    const string CurrentRole = "select current_user::text from (select count(*) from (select 1 from reporting_year limit 1) row) migrated";

    /// <summary>Maps <c>/healthz</c> and <c>/readyz</c>.</summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        // A load balancer asks as often as it likes, and has to get an answer that is about us.
        app.MapGet("/healthz", () => TypedResults.Ok(new HealthStatus("ok", Release.Version))).DisableRateLimiting().WithTags("health").WithSummary("The process is alive");
        app.MapGet("/readyz", ReadyAsync).DisableRateLimiting().WithTags("health").WithSummary("The process can take requests, and whether something else is missing")
            .Produces<Readiness>().Produces<Readiness>(StatusCodes.Status503ServiceUnavailable);
    }

    static async Task<IResult> ReadyAsync(
        NpgsqlDataSource database, WorkerStore workers, CalendarStore calendars, MailSettings mail, TimeProvider time, CancellationToken token)
    {
        try
        {
            await using (var connection = await database.OpenConnectionAsync(token))
            {
                // A pooler between us and PostgreSQL may drop the role; then nothing would hold us back from received facts.
                if (await connection.ExecuteScalarAsync<string>(new CommandDefinition(CurrentRole, commandTimeout: 5, cancellationToken: token)) != AggregatorDatabase.ApiRole)
                {
                    return Down("role", "数据库连接没有以规定的角色（aggregator_api）打开，已停止服务以保护已收到的报告；请检查连接池设置。");
                }
            }

            var reasons = await MissingAsync(workers, calendars, mail, time, token);
            return TypedResults.Ok(new Readiness(reasons.Count == 0 ? "ok" : "degraded", reasons));
        }
        catch (Exception e) when (AggregatorDatabase.HasFailed(e))
        {
            return Down("database", "数据库连接不上，或者还没有升级到这一版本。");
        }
    }

    /// <summary>What some work needs and everything else does without.</summary>
    internal static async Task<IReadOnlyList<HealthReason>> MissingAsync(
        WorkerStore workers, CalendarStore calendars, MailSettings mail, TimeProvider time, CancellationToken token)
    {
        var now = time.GetUtcNow();
        List<HealthReason> reasons = [.. Missing(mail, await calendars.ReadAsync(token), ChinaTime.DateOf(now))];
        if (await workers.LastSeenAsync(token) is not { } seen || now - seen > silentAfter)
        {
            reasons.Add(new HealthReason("worker", "后台进程（Worker）一分钟以上没有响应：报告照常接收，汇总、定稿、通知要等它恢复。"));
        }

        return reasons;
    }

    static IEnumerable<HealthReason> Missing(MailSettings mail, WorkCalendar calendar, DateOnly today)
    {
        if (!mail.Configured)
        {
            yield return new HealthReason("mail", "没有设置邮件服务器（Mail:Host）：邮件留在队列中，其他功能不受影响。");
        }

        // The notice for a year comes out in the last quarter of the one before; from December on it is missed.
        if (!calendar.Knows(today.AddMonths(1).Year))
        {
            yield return new HealthReason("calendar", $"还没有录入{today.AddMonths(1).Year}年的节假日安排：工作日暂按周一至周五推算。");
        }

        if (!LibreOffice.IsInstalled)
        {
            yield return new HealthReason("converter", "没有安装 LibreOffice：不能转换 .doc、.wps 文件，不能生成 PDF。");
        }

        if (!SourceFile.ReadsPdf)
        {
            yield return new HealthReason("pdf_reader", "没有安装 poppler-utils（pdftotext）：不能读取 PDF 报告。");
        }
    }

    static JsonHttpResult<Readiness> Down(string code, string detail) => TypedResults.Json(
        new Readiness("down", [new HealthReason(code, detail)]), ApiJson.Default.Readiness, statusCode: StatusCodes.Status503ServiceUnavailable);
}

/// <summary>Liveness of the process.</summary>
/// <param name="Status"><c>ok</c>.</param>
/// <param name="Version">The release that runs, as CHANGELOG.md has it.</param>
public sealed record HealthStatus(string Status, string Version);

/// <summary>Whether the process can take requests.</summary>
/// <param name="Status"><c>ok</c>, <c>degraded</c> (requests are served, something else is missing) or <c>down</c> (with status 503).</param>
/// <param name="Reasons">What is missing.</param>
public sealed record Readiness(string Status, IReadOnlyList<HealthReason> Reasons);

/// <summary>Something that is missing.</summary>
/// <param name="Code"><c>database</c>, <c>role</c>; <c>worker</c>, <c>mail</c>, <c>converter</c>, <c>pdf_reader</c>.</param>
/// <param name="Detail">What that means, in Chinese.</param>
public sealed record HealthReason(string Code, string Detail);
