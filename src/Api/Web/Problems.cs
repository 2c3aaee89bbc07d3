using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Aggregator.Database;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Aggregator.Api.Web;

/// <summary>Turns every refusal, and every failure, into RFC 9457 problem details. The only place that knows which is which status.</summary>
static partial class Problems
{
    static readonly Dictionary<int, (string Code, string Detail)> byStatus = new()
    {
        [400] = ("bad_request", "请求有误：正文为空，或地址里的参数缺少或写错，请对照接口文档核对。"),
        [401] = ("unauthenticated", "请先登录，或在 Authorization 头中带上有效的密钥：Bearer agg_…。会话可能已结束，密钥可能写错、过期或已吊销。"),
        [403] = ("forbidden", "您没有这项权限：填报单位只能报送和查看本单位的报告，县级只能管理本县。"),
        [404] = ("not_found", "没有这个地址，请对照接口文档核对。"),
        [405] = ("method_not_allowed", "这个地址不支持这种请求方法。"),
        [412] = ("precondition_failed", "请求头里的条件（如 If-Match）不成立，没有执行。"),
        [413] = ("body_too_large", "请求正文太大：报告的 JSON 最大 1 MB，批量报送的文件最大 8 MB。"),
        [415] = ("unsupported_media_type", "请求正文应为 UTF-8 编码的 application/json，不压缩。"),
        [416] = ("range_not_satisfiable", "请求头 Range 所要的部分超出了这个文件。"),
    };

    /// <summary>Problem details for failures that no endpoint answers.</summary>
    public static void AddProblems(this IServiceCollection services)
    {
        services.AddSingleton<IProblemDetailsWriter, Writer>();
        services.AddProblemDetails();
        services.AddExceptionHandler(options => options.SuppressDiagnosticsCallback =
            context => context.Exception is BadHttpRequestException or OperationCanceledException || IsChunkTooLong(context.Exception) || IsNulInText(context.Exception) || AggregatorDatabase.IsAway(context.Exception));
        services.AddExceptionHandler<FailureHandler>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    /// <summary>A refusal as problem details, with members of its own if it has any.</summary>
    public static ProblemHttpResult Of(Refusal refusal, params ReadOnlySpan<KeyValuePair<string, object?>> members)
    {
        var extensions = new Dictionary<string, object?> { ["code"] = refusal.Code, ["errors"] = refusal.Errors };
        foreach (var (name, value) in members)
        {
            extensions[name] = value;
        }

        return TypedResults.Problem(detail: refusal.Detail, statusCode: Status(refusal.Kind), extensions: extensions);
    }

    /// <summary>Something that the address names does not exist.</summary>
    public static ProblemHttpResult NotFound(string code, string detail) => Of(new Refusal(RefusalKind.NotFound, code, detail));

    /// <summary>The county has not opened the year.</summary>
    public static ProblemHttpResult YearNotFound(string county, int year) => Of(NoYear(county, year));

    /// <summary>The same, where it is not answered yet.</summary>
    public static Refusal NoYear(string county, int year) =>
        new(RefusalKind.NotFound, "year_not_found", $"{county} 还没有开设 {year} 年度的报送。");

    /// <summary>Middleware. NUL is the one character that no text in the database can hold; an address with it names nothing.</summary>
    public static Task RefuseNulAsync(HttpContext context, RequestDelegate next) =>
        context.Request.Path.Value!.Contains('\0', StringComparison.Ordinal) || context.Request.QueryString.Value!.Contains("%00", StringComparison.Ordinal)
            ? Of(new Refusal(RefusalKind.Invalid, "invalid_address", "地址里有空字符（%00），请检查链接。")).ExecuteAsync(context)
            : next(context);

    /// <summary>
    /// Middleware. Refuses a body by the length that it is said to have, and lets the server take it in: Kestrel closes over what exceeds
    /// its limit, and a client that is still sending hears of a broken pipe instead of the answer. Stands before whatever reads a form.
    /// </summary>
    public static Task RefuseLargeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is not { IsReadOnly: false, MaxRequestBodySize: { } most } size || !(context.Request.ContentLength > most))
        {
            return next(context);
        }

        size.MaxRequestBodySize = null;
        return OfBadRequest(new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge)).ExecuteAsync(context);
    }

    /// <summary>The status that a refusal travels with.</summary>
    public static int Status(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => 400,
        RefusalKind.Unauthenticated => 401,
        RefusalKind.Forbidden => 403,
        RefusalKind.NotFound => 404,
        RefusalKind.Conflict => 409,
        RefusalKind.Stale => 412,
        RefusalKind.TooLarge => 413,
        RefusalKind.UnsupportedMedia => 415,
        RefusalKind.Unacceptable => 422,
        RefusalKind.TooOften => 429,
        RefusalKind.Unavailable => 503,
        _ => throw new UnreachableException(),
    };

    static void Complete(ProblemDetailsContext context)
    {
        // Fills type and title from the status.
        context.ProblemDetails.Status ??= context.HttpContext.Response.StatusCode;
        var problem = TypedResults.Problem(context.ProblemDetails).ProblemDetails;
        if (!problem.Extensions.ContainsKey("code"))
        {
            var (code, detail) = byStatus.GetValueOrDefault(problem.Status ?? 500, ("internal_error", "服务器内部出错，已记录。请稍后再试；仍不行请把 traceId 告诉管理员。"));
            problem.Extensions["code"] = code;
            problem.Extensions["errors"] = ImmutableArray<RefusalError>.Empty;
            problem.Detail = detail;
        }

        problem.Extensions["traceId"] = Activity.Current?.Id ?? context.HttpContext.TraceIdentifier;
    }

    /// <summary>
    /// The framework's own writer declines where Accept does not name JSON, and a failure then has no body at all. A refusal has
    /// one form, whatever the caller would rather read; only a person at a page outside the API gets a page.
    /// </summary>
    sealed class Writer : IProblemDetailsWriter
    {
        public bool CanWrite(ProblemDetailsContext context) => true;

        public ValueTask WriteAsync(ProblemDetailsContext context)
        {
            Complete(context);
            if (context.HttpContext.Request.IsFromPage())
            {
                return new(RefusalPage.Of(context.HttpContext, context.ProblemDetails).ExecuteAsync(context.HttpContext));
            }

            // A caller who has gone is no failure of ours: what is written then goes nowhere, and nothing is logged.
            return new(context.HttpContext.Response.WriteAsJsonAsync(
                context.ProblemDetails, options: null, "application/problem+json", CancellationToken.None));
        }
    }

    /// <summary>Bad input that the framework or the database found, a database that is away, or a bug.</summary>
    sealed partial class FailureHandler(IProblemDetailsService problems, ILogger<FailureHandler> logger) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
        {
            if (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException or BadHttpRequestException { StatusCode: 408 })
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return true;
            }

            if (IsNulInText(exception))
            {
                // A way that no check stands in. Npgsql takes a statement for prepared whose first values were refused, and fails
                // whoever uses its connection next.
                context.RequestServices.GetRequiredService<NpgsqlDataSource>().Clear();
            }

            var result = exception switch
            {
                BadHttpRequestException bad => OfBadRequest(bad),
                _ when IsChunkTooLong(exception) => OfBadRequest(new BadHttpRequestException("The length of a chunk is no number.")),
                _ when IsNulInText(exception) => OfBadRequest(new BadHttpRequestException("NUL in a text")),
                _ when AggregatorDatabase.IsAway(exception) => Unavailable(context, exception),
                _ => null,
            };
            if (result is not null)
            {
                await result.ExecuteAsync(context);
                return true;
            }

            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, Exception = exception });
        }

        ProblemHttpResult Unavailable(HttpContext context, Exception exception)
        {
            DatabaseUnavailable(logger, exception);
            context.Response.Headers.RetryAfter = "5";
            return TypedResults.Problem(
                detail: "数据库暂时连接不上，请稍后重试；报送时请用同一个 Idempotency-Key 原样重发，不会重复计入。",
                statusCode: StatusCodes.Status503ServiceUnavailable,
                extensions: new Dictionary<string, object?> { ["code"] = "database_unavailable", ["errors"] = ImmutableArray<RefusalError>.Empty });
        }

        [LoggerMessage(LogLevel.Error, "The database is not available")]
        static partial void DatabaseUnavailable(ILogger logger, Exception exception);
    }

    /// <summary>A chunk that says to be longer than any number: the one fault of a body for which Kestrel has no exception of its own.</summary>
    static bool IsChunkTooLong(Exception exception) => exception is IOException { InnerException: OverflowException, Source: "Microsoft.AspNetCore.Server.Kestrel.Core" };

    static bool IsNulInText(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire };

    static ProblemHttpResult OfBadRequest(BadHttpRequestException bad)
    {
        if (bad.InnerException is JsonException json)
        {
            var path = json.Path ?? "$";
            var detail = json.LineNumber is { } line
                ? $"正文第 {line + 1} 行附近的“{path}”读不懂：缺项、多余、重复或类型不对。"
                : $"正文的“{path}”读不懂：缺项、多余、重复或类型不对。";
            return Of(new Refusal(RefusalKind.Invalid, "invalid_body", detail, [new RefusalError(path, "invalid_body", detail)]));
        }

        var (code, text) = byStatus.GetValueOrDefault(bad.StatusCode, byStatus[400]);
        return TypedResults.Problem(detail: text, statusCode: bad.StatusCode,
            extensions: new Dictionary<string, object?> { ["code"] = code, ["errors"] = ImmutableArray<RefusalError>.Empty });
    }
}
