using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Aggregator.Access;

/// <summary>What a browser keeps to prove a session: 256 random bits. Only their SHA-256 is stored.</summary>
/// <param name="Value">The token as it travels in the cookie.</param>
public sealed record SessionToken(string Value)
{
    /// <summary>What the database knows of it.</summary>
    public byte[] Sha256 => SHA256.HashData(Encoding.UTF8.GetBytes(Value));

    /// <summary>A token that nobody has had before.</summary>
    public static SessionToken New() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));
}

/// <summary>A person who is signed in.</summary>
/// <param name="Id">Public name of the session.</param>
/// <param name="Login">Login name.</param>
/// <param name="Name">The person's name.</param>
/// <param name="Role">What the person is.</param>
/// <param name="Scope">Unit, county or division; empty for an operator.</param>
/// <param name="MustChangePassword">Nothing is open but the change of the one-time password.</param>
/// <param name="Since">When the person signed in.</param>
/// <param name="EndsAt">When the session ends at the latest.</param>
public sealed record Session(
    string Id, string Login, string Name, Role Role, string Scope, bool MustChangePassword, DateTimeOffset Since, DateTimeOffset EndsAt)
{
    /// <summary>The person as a caller; the same everywhere as a caller with a key.</summary>
    public Caller Caller => new($"account:{Login}", Role, Scope);
}

/// <summary>One of a person's sessions.</summary>
/// <param name="Id">Public name; ends it.</param>
/// <param name="Since">When the person signed in.</param>
/// <param name="SeenAt">When it was last used, to the minute.</param>
/// <param name="UserAgent">What the browser calls itself.</param>
/// <param name="Current">Whether it is the one that asks.</param>
public sealed record SessionEntry(string Id, DateTimeOffset Since, DateTimeOffset SeenAt, string UserAgent, bool Current);

/// <summary>Sessions of people. Each request asks the database, so that what is ended has ended everywhere.</summary>
public sealed class SessionStore(NpgsqlDataSource database, AccessSettings settings, TimeProvider time)
{
    /// <summary>How exactly the last use is known; so a session is written at most so often.</summary>
    static readonly TimeSpan touchedEvery = TimeSpan.FromMinutes(1);

    const string IsAlive = "s.seen_at > @idleSince and s.created_at > @createdBefore";

    const string Select = $"""
        select s.id, s.login, a.name, a.role, a.scope, a.must_change, s.created_at, s.seen_at
        from session s join account a on a.login = s.login
        where s.token_sha256 = @sha256 and {IsAlive} and not a.disabled
        """;

    const string Touch = "update session set seen_at = @now where token_sha256 = @sha256 and seen_at < @now";

    const string SelectOwn = $"""
        select s.id, s.created_at, s.seen_at, s.user_agent from session s where s.login = @login and {IsAlive} order by s.created_at, s.id
        """;

    const string Delete = """
        with ended as (
            delete from session where login = @Login and (@id::text is null or id = @id) returning id
        )
        insert into audit (county, at, actor, action, subject, detail)
        select left(@Scope, 6), @now, 'account:' || @Login, case when id = @own then 'sign_out' else 'end_session' end, 'account:' || @Login,
            jsonb_build_object('session', id)
        from ended
        """;

    /// <summary>The session that a token proves, or null if there is none, or none any more.</summary>
    public async Task<Session?> FindAsync(SessionToken presented, CancellationToken token)
    {
        var (now, sha256) = (time.GetUtcNow(), presented.Sha256);
        await using var connection = await database.OpenConnectionAsync(token);
        if (await connection.QuerySingleOrDefaultAsync<SessionRow>(
            new CommandDefinition(Select, new { sha256, idleSince = now - settings.Idle, createdBefore = now - settings.Lifetime }, cancellationToken: token)) is not { } row)
        {
            return null;
        }

        if (now - row.SeenAt >= touchedEvery)
        {
            await connection.ExecuteAsync(new CommandDefinition(Touch, new { sha256, now }, cancellationToken: token));
        }

        return new Session(
            row.Id, row.Login, row.Name, Enum.Parse<Role>(row.Role, ignoreCase: true), row.Scope, row.MustChange, row.CreatedAt, row.CreatedAt + settings.Lifetime);
    }

    /// <summary>A person's sessions that are alive, oldest first.</summary>
    public async Task<IReadOnlyList<SessionEntry>> ListAsync(Session session, CancellationToken token)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(token);
        var rows = await connection.QueryAsync<EntryRow>(new CommandDefinition(
            SelectOwn, new { login = session.Login, idleSince = now - settings.Idle, createdBefore = now - settings.Lifetime }, cancellationToken: token));
        return [.. rows.Select(r => new SessionEntry(r.Id, r.CreatedAt, r.SeenAt, r.UserAgent, r.Id == session.Id))];
    }

    /// <summary>Ends one of a person's sessions, or all of them if <paramref name="id"/> is null; false if there was none.</summary>
    public async Task<bool> EndAsync(Session session, string? id, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteAsync(new CommandDefinition(
            Delete, new { session.Login, session.Scope, own = session.Id, id, now = time.GetUtcNow() }, cancellationToken: token)) > 0;
    }

    sealed record SessionRow(
        string Id, string Login, string Name, string Role, string Scope, bool MustChange, DateTimeOffset CreatedAt, DateTimeOffset SeenAt);

    sealed record EntryRow(string Id, DateTimeOffset CreatedAt, DateTimeOffset SeenAt, string UserAgent);
}
