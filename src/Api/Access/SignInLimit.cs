using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Aggregator.Access;

namespace Aggregator.Api.Access;

/// <summary>How often one address may try to sign in: a brake on guessing over many login names, of which no lock of one account knows.</summary>
static class SignInLimit
{
    const string PolicyName = "sign-in";

    static readonly Refusal tooOften = new(RefusalKind.TooOften, "too_many_attempts", "这个地址登录的次数过多，请一分钟后再试。");

    /// <summary>Adds the limiter.</summary>
    public static void AddSignInLimit(this IServiceCollection services, AccessSettings settings) => services.AddRateLimiter(options =>
    {
        options.AddPolicy(PolicyName, context => RateLimitPartition.GetFixedWindowLimiter(Network(context.Connection.RemoteIpAddress), _ =>
            new FixedWindowRateLimiterOptions { PermitLimit = settings.SignInsPerMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 }));
        options.OnRejected = async (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : TimeSpan.FromMinutes(1);
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await SessionGuard.RefuseAsync(rejected.HttpContext, tooOften);
        };
    });

    /// <summary>Limits an endpoint.</summary>
    public static RouteHandlerBuilder LimitSignIns(this RouteHandlerBuilder endpoint) => endpoint.RequireRateLimiting(PolicyName);

    /// <summary>An IPv4 address, or the network of an IPv6 address: its lower half is the client's to choose.</summary>
    static string Network(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } => Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.ToString(),
    };
}
