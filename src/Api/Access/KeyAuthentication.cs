using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using Aggregator.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Aggregator.Api.Access;

/// <summary>Admits programs by <c>Authorization: Bearer agg_…</c>.</summary>
sealed class KeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AdmittedKeys keys, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Name of the scheme.</summary>
    public const string SchemeName = "Key";

    const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        if (!KeyStore.TrySplit(header[Bearer.Length..].Trim(), out var id, out var sha256)
            || await keys.FindAsync(id, Context.RequestAborted) is not { } key
            || key.Admit(sha256, time.GetUtcNow()) is not { } caller)
        {
            return AuthenticateResult.Fail("Unknown, expired or revoked key");
        }

        return AuthenticateResult.Success(new AuthenticationTicket(Callers.Principal(caller, session: null), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return base.HandleChallengeAsync(properties);
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
