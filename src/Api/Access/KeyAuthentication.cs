using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Aggregator.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace Aggregator.Api.Access;

/// <summary>Admits callers by <c>Authorization: Bearer agg_…</c>, and a browser's reads by the key as a Basic password.</summary>
static class KeyAuthentication
{
    const string SchemeName = "Key";

    /// <summary>Adds the scheme; endpoints ask for rights with <see cref="RequiredRights.RequireRight"/>.</summary>
    public static void AddKeyAuthentication(this IServiceCollection services)
    {
        // Authentication brings data protection along. Nothing is protected yet, so no key may end up in a home directory.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddSingleton<AdmittedKeys>();
        services.AddAuthentication(SchemeName).AddScheme<AuthenticationSchemeOptions, Handler>(SchemeName, null);
        services.AddAuthorization();
        services.AddSingleton<Microsoft.AspNetCore.Authorization.IAuthorizationHandler, RightHandler>();
    }

    /// <summary>The caller of a request that has passed authorization.</summary>
    public static Caller Caller(this HttpContext context) => ((CallerIdentity)context.User.Identity!).Caller;

    /// <summary>The caller, or null for one without a key.</summary>
    public static Caller? CallerOrNull(this ClaimsPrincipal user) => (user.Identity as CallerIdentity)?.Caller;

    sealed class CallerIdentity(Caller caller) : ClaimsIdentity(SchemeName)
    {
        public Caller Caller { get; } = caller;
    }

    sealed class Handler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AdmittedKeys keys, TimeProvider time)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Presented() is not { } presented)
            {
                return AuthenticateResult.NoResult();
            }

            if (!KeyStore.TrySplit(presented, out var id, out var sha256)
                || await keys.FindAsync(id, Context.RequestAborted) is not { } key
                || key.Admit(sha256, time.GetUtcNow()) is not { } caller)
            {
                return AuthenticateResult.Fail("Unknown, expired or revoked key");
            }

            return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new CallerIdentity(caller)), SchemeName));
        }

        protected override Task HandleChallengeAsync(AuthenticationProperties properties)
        {
            Response.Headers.WWWAuthenticate = IsPage ? "Basic realm=\"Aggregator\", charset=\"UTF-8\"" : "Bearer";
            return base.HandleChallengeAsync(properties);
        }

        /// <summary>
        /// A browser asks its user and sends the key as password. It would also send it along with what another site makes it
        /// send, so this way only reads.
        /// </summary>
        bool IsPage => HttpMethods.IsGet(Request.Method) && Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

        string? Presented()
        {
            const string Bearer = "Bearer ";
            const string Basic = "Basic ";
            var header = Request.Headers.Authorization.ToString();
            if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            {
                return header[Bearer.Length..].Trim();
            }

            if (!header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) || !HttpMethods.IsGet(Request.Method))
            {
                return null;
            }

            Span<byte> decoded = stackalloc byte[512];
            return header.Length < decoded.Length && Convert.TryFromBase64String(header[Basic.Length..].Trim(), decoded, out var length)
                && Encoding.UTF8.GetString(decoded[..length]) is var pair && pair.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon
                ? pair[(colon + 1)..].Trim()
                : "";
        }
    }
}

/// <summary>
/// Keys seen in the last seconds, so that a burst of one caller costs one look-up. A key that is revoked through another
/// replica ends here after at most <see cref="Lifetime"/>; through this one, at once.
/// </summary>
public sealed class AdmittedKeys(KeyStore store, TimeProvider time)
{
    static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);
    const int Capacity = 20_000;

    readonly ConcurrentDictionary<string, (StoredKey Key, DateTimeOffset Until)> keys = new();

    /// <summary>The key with an id, or null.</summary>
    public async ValueTask<StoredKey?> FindAsync(string id, CancellationToken token)
    {
        var now = time.GetUtcNow();
        if (keys.TryGetValue(id, out var entry) && now < entry.Until)
        {
            return entry.Key;
        }

        if (await store.FindAsync(id, token) is not { } key)
        {
            return null;
        }

        if (keys.Count >= Capacity)
        {
            keys.Clear();
        }

        keys[id] = (key, now + Lifetime);
        return key;
    }

    /// <summary>The key has been revoked here.</summary>
    public void Forget(string id) => keys.TryRemove(id, out _);
}
