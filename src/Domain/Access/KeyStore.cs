using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Aggregator.Access;

/// <summary>A key as its creator sees it, this once.</summary>
/// <param name="Id">Public part: names the key in the audit and revokes it.</param>
/// <param name="Key">The whole key. It is not stored and cannot be shown again.</param>
/// <param name="Role">Its role.</param>
/// <param name="Scope">What it is a key for.</param>
/// <param name="ExpiresAt">When it ends, if it does.</param>
public sealed record IssuedKey(string Id, string Key, Role Role, string Scope, DateTimeOffset? ExpiresAt);

/// <summary>A key as whoever looks after it sees it.</summary>
/// <param name="Id">Public part, as the audit names it.</param>
/// <param name="Role">Its role.</param>
/// <param name="Scope">What it is a key for; empty for an operator.</param>
/// <param name="CreatedBy">Who made it, as the audit names callers.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ExpiresAt">When it ends, if it does; may be past.</param>
public sealed record Key(string Id, Role Role, string Scope, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

/// <summary>A key as it is stored: the secret only as its SHA-256, which is enough for 256 random bits.</summary>
public sealed record StoredKey(string Id, string Role, string Scope, byte[] SecretSha256, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
    /// <summary>The caller, if this key is the one presented and still holds.</summary>
    public Caller? Admit(ReadOnlySpan<byte> secretSha256, DateTimeOffset now) =>
        CryptographicOperations.FixedTimeEquals(SecretSha256, secretSha256) && RevokedAt is null && (ExpiresAt is null || now < ExpiresAt)
            ? new Caller(Id, Enum.Parse<Role>(Role, ignoreCase: true), Scope)
            : null;
}

/// <summary>API keys: <c>agg_&lt;id&gt;_&lt;secret&gt;</c>, found by the id, proven by the secret.</summary>
public sealed class KeyStore(NpgsqlDataSource database, TimeProvider time)
{
    const int IdBytes = 8;
    const int SecretBytes = 32;

    const string Insert = """
        with written as (
            insert into api_key (id, role, scope, secret_sha256, created_by, created_at, expires_at)
            select @id, @role, @scope, @sha256, @actor, @now, @expiresAt where @role = 'operator' or exists (select from unit where code = @scope)
            returning id
        )
        insert into audit (county, at, actor, action, subject, detail)
        select left(@scope, 6), @now, @actor, 'create_key', id, jsonb_build_object('role', @role, 'scope', @scope) from written
        """;

    const string Select = "select id, role, scope, secret_sha256, expires_at, revoked_at from api_key where id = @id";

    const string Columns = "id, role, scope, created_by, created_at, expires_at";

    const string SelectPage = $"select {Columns} from api_key where revoked_at is null and id > @after order by id limit @limit";

    const string SelectPageOfCounty = $"""
        select {Columns} from api_key
        where revoked_at is null and left(scope, 6) = @county and role = 'reporter' and id > @after order by id limit @limit
        """;

    const string Revoke = """
        with written as (
            update api_key set revoked_at = @now where id = @id and revoked_at is null returning id, scope
        )
        insert into audit (county, at, actor, action, subject) select left(scope, 6), @now, @actor, 'revoke_key', id from written
        """;

    /// <summary>Creates a key. Refusals: <c>invalid_scope</c>, <c>invalid_expiry</c>, <c>unit_not_found</c>.</summary>
    public async Task<Outcome<IssuedKey>> CreateAsync(Role role, string scope, DateTimeOffset? expiresAt, string actor, CancellationToken token)
    {
        if (Roles.Misfit(role, scope) is { } misfit)
        {
            return misfit;
        }

        var now = time.GetUtcNow();
        if (expiresAt <= now)
        {
            return Refusal.Invalid("expiresAt", "invalid_expiry", "失效时间（expiresAt）应晚于现在");
        }

        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        await using var connection = await database.OpenConnectionAsync(token);
        var written = await connection.ExecuteAsync(new CommandDefinition(
            Insert, new { id, role = Roles.Name(role), scope, sha256 = Hash(secret), actor, now, expiresAt }, cancellationToken: token));
        if (written == 0)
        {
            return Roles.UnitNotFound(scope);
        }

        return new IssuedKey(id, $"agg_{id}_{secret}", role, scope, expiresAt);
    }

    /// <summary>A key by its id, or null.</summary>
    public async Task<StoredKey?> FindAsync(string id, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.QuerySingleOrDefaultAsync<StoredKey>(new CommandDefinition(Select, new { id }, cancellationToken: token));
    }

    /// <summary>Keys that are not revoked, after an id: those of a county's units, or all.</summary>
    public async Task<IReadOnlyList<Key>> ListAsync(string? county, string after, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<Key>(new CommandDefinition(
            county is null ? SelectPage : SelectPageOfCounty, new { county, after, limit }, cancellationToken: token))).AsList();
    }

    /// <summary>Ends a key; false if it had ended before.</summary>
    public async Task<bool> RevokeAsync(string id, string actor, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteAsync(new CommandDefinition(Revoke, new { id, actor, now = time.GetUtcNow() }, cancellationToken: token)) > 0;
    }

    /// <summary>Takes a presented key apart; false if it has not the form of one.</summary>
    public static bool TrySplit(ReadOnlySpan<char> key, out string id, out byte[] secretSha256)
    {
        (id, secretSha256) = ("", []);
        if (!key.StartsWith("agg_", StringComparison.Ordinal) || key.Length is < 4 + (IdBytes * 2) + 2 or > 100 || key[4 + (IdBytes * 2)] != '_')
        {
            return false;
        }

        id = key.Slice(4, IdBytes * 2).ToString();
        secretSha256 = Hash(key[(4 + (IdBytes * 2) + 1)..].ToString());
        return true;
    }

    static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
