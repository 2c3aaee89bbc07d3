using System.Globalization;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Aggregator.Access;
using Microsoft.AspNetCore.RateLimiting;

namespace Aggregator.Api.Access;

/// <summary>
/// How often one may call within a minute: generously, so that a program that has gone wild is braked and honest ones notice nothing. Who
/// has proven who he is counts for himself, whatever address he shares with others; everybody else counts by address. Signing in is
/// limited strictly, a brake on guessing over many login names, of which no lock of one account knows.
/// </summary>
static class RequestLimits
{
    const string SignIn = "sign-in";

    static readonly TimeSpan minute = TimeSpan.FromMinutes(1);

    static readonly Refusal signInsTooOften = new(RefusalKind.TooOften, "too_many_attempts", "这个地址登录的次数过多，请一分钟后再试。");
    static readonly Refusal tooOften = new(RefusalKind.TooOften, "too_many_requests", "请求过于频繁，请按 Retry-After 头给出的秒数等候后再试；批量报送请用汇总表（submissions/bulk）。");

    /// <summary>Adds the limiters.</summary>
    public static void AddRequestLimits(this IServiceCollection services, AccessSettings settings) => services.AddRateLimiter(options =>
    {
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => context.User.CallerOrNull() is { } caller
            ? PerMinute(caller.Actor, settings.RequestsPerMinute)
            : PerMinute(Network(context), settings.AnonymousRequestsPerMinute));
        options.AddPolicy(SignIn, context => PerMinute(Network(context), settings.SignInsPerMinute));
        options.OnRejected = async (rejected, _) =>
        {
            var context = rejected.HttpContext;
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : minute;
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await SessionGuard.RefuseAsync(context, context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>() is null ? tooOften : signInsTooOften);
        };
    });

    /// <summary>Limits an endpoint as one that signs in.</summary>
    public static RouteHandlerBuilder LimitSignIns(this RouteHandlerBuilder endpoint) => endpoint.RequireRateLimiting(SignIn);

    static RateLimitPartition<string> PerMinute(string who, int times) => RateLimitPartition.GetFixedWindowLimiter(who, _ =>
        new FixedWindowRateLimiterOptions { PermitLimit = times, Window = minute, QueueLimit = 0 });

    /// <summary>An IPv4 address, or the network of an IPv6 address: its lower half is the client's to choose.</summary>
    static string Network(HttpContext context) => "address:" + context.Connection.RemoteIpAddress switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } address => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } address => Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8)),
        var address => address.ToString(),
    };
}
