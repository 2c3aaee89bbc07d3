using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace Aggregator.Access;

/// <summary>A person's account.</summary>
/// <param name="Login">Login name, unique in the installation; lower case.</param>
/// <param name="Name">The person's name.</param>
/// <param name="Role">What the person is.</param>
/// <param name="Scope">Unit (reporter), county (county) or division (viewer); empty for an operator.</param>
/// <param name="MustChangePassword">The password is a one-time one, which opens nothing but its own change.</param>
/// <param name="Disabled">The person cannot sign in.</param>
/// <param name="LockedUntil">Until when too many wrong passwords keep the person out; may be past.</param>
/// <param name="CreatedBy">Who made it, as the audit names callers.</param>
/// <param name="CreatedAt">When.</param>
public sealed record Account(
    string Login,
    string Name,
    Role Role,
    string Scope,
    bool MustChangePassword,
    bool Disabled,
    DateTimeOffset? LockedUntil,
    string CreatedBy,
    DateTimeOffset CreatedAt);

/// <summary>A one-time password as whoever hands it out sees it, this once.</summary>
/// <param name="Login">Login name.</param>
/// <param name="Password">The password. It is not stored, cannot be shown again, and has to be changed at the first sign-in.</param>
public sealed record OneTimePassword(string Login, string Password);

/// <summary>Accounts of people: a login name, a password that is stored as a slow hash, and a lock after wrong tries.</summary>
public sealed partial class AccountStore(NpgsqlDataSource database, IPasswordHasher<Account> hasher, AccessSettings settings, TimeProvider time)
{
    const string Columns = "login, name, role, scope, must_change, disabled, locked_until, created_by, created_at";

    const string Insert = """
        with written as (
            insert into account (login, name, role, scope, password_hash, created_by, created_at)
            select @login, @name, @role, @scope, @hash, @actor, @now where @role = 'operator' or exists (select from unit where code = @scope)
            on conflict (login) do nothing
            returning login, role, scope
        )
        insert into audit (county, at, actor, action, subject, detail)
        select left(scope, 6), @now, @actor, 'create_account', 'account:' || login, jsonb_build_object('role', role, 'scope', scope) from written
        """;

    const string SelectOne = $"select {Columns} from account where login = @login";

    const string SelectPage = $"""
        select {Columns} from account
        where login > @after and (@county::text is null or (left(scope, 6) = @county and role in ('reporter', 'county')))
        order by login limit @limit
        """;

    const string Update = $"""
        with before as (
            select disabled from account where login = @login
        ), written as (
            update account set name = @name, disabled = @disabled where login = @login returning {Columns}
        ), ended as (
            delete from session s using written w where s.login = w.login and w.disabled
        ), audited as (
            insert into audit (county, at, actor, action, subject)
            select left(w.scope, 6), @now, @actor,
                case when w.disabled = b.disabled then 'put_account' when w.disabled then 'disable_account' else 'enable_account' end, 'account:' || w.login
            from written w cross join before b
        )
        select {Columns} from written
        """;

    const string Reset = """
        with written as (
            update account set password_hash = @hash, must_change = true, failed = 0, locked_until = null where login = @login returning login, scope
        ), ended as (
            delete from session s using written w where s.login = w.login
        )
        insert into audit (county, at, actor, action, subject) select left(scope, 6), @now, @actor, 'reset_account', 'account:' || login from written
        """;

    /// <summary>
    /// Every try is counted before its password is looked at, and the last one locks: many tries at once get no further than
    /// one after the other. A right password takes the count back.
    /// </summary>
    const string CountTry = """
        update account
        set failed = case when failed + 1 >= @Failures then 0 else failed + 1 end, locked_until = case when failed + 1 >= @Failures then @until end
        where login = @login and not disabled and (locked_until is null or locked_until <= @now)
        returning password_hash, scope, locked_until is not null as locks
        """;

    const string AuditFailure = """
        insert into audit (county, at, actor, action, subject)
        values (left(@scope, 6), @now, 'anonymous', case when @locks then 'lock_account' else 'sign_in_failed' end, 'account:' || @login)
        """;

    const string StartSession = """
        with proven as (
            update account set failed = 0, locked_until = null where login = @login and password_hash = @hash and not disabled returning login, scope
        ), expired as (
            delete from session where login = @login and (seen_at <= @idleSince or created_at <= @createdBefore)
        ), started as (
            insert into session (token_sha256, id, login, user_agent, created_at, seen_at) select @sha256, @id, login, @userAgent, @now, @now from proven
        )
        insert into audit (county, at, actor, action, subject) select left(scope, 6), @now, 'account:' || login, 'sign_in', 'account:' || login from proven
        """;

    const string Change = """
        with changed as (
            update account set password_hash = @chosenHash, must_change = false, failed = 0, locked_until = null
            where login = @Login and password_hash = @hash and not disabled returning login, scope
        ), ended as (
            delete from session s using changed c where s.login = c.login and s.id <> @Id
        )
        insert into audit (county, at, actor, action, subject) select left(scope, 6), @now, 'account:' || login, 'change_password', 'account:' || login from changed
        """;

    /// <summary>What a password is held against where there is no account to try.</summary>
    readonly Lazy<string> nobodysHash = new(() => hasher.HashPassword(null!, Password.Generate()));

    /// <summary>A login name as it is stored: trimmed, in lower case.</summary>
    public static string Normalize(string login) => login.Trim().ToLowerInvariant();

    /// <summary>
    /// Makes an account with a one-time password. Refusals: <c>invalid_login</c>, <c>invalid_name</c>, <c>invalid_scope</c>,
    /// <c>unit_not_found</c>, <c>login_taken</c>.
    /// </summary>
    public async Task<Outcome<OneTimePassword>> CreateAsync(string login, string name, Role role, string scope, string actor, CancellationToken token)
    {
        login = Normalize(login);
        if (!LoginPattern().IsMatch(login))
        {
            return Refusal.Invalid("login", "invalid_login", "登录名应为 3 至 64 个汉字、字母、数字或 . _ - @，以汉字、字母或数字开头");
        }

        if ((NameProblem(name) ?? Roles.Misfit(role, scope)) is { } refusal)
        {
            return refusal;
        }

        var password = Password.Generate();
        await using var connection = await database.OpenConnectionAsync(token);
        var written = await connection.ExecuteAsync(new CommandDefinition(
            Insert,
            new { login, name = name.Trim(), role = Roles.Name(role), scope, hash = hasher.HashPassword(null!, password), actor, now = time.GetUtcNow() },
            cancellationToken: token));
        return written > 0 ? new OneTimePassword(login, password)
            : await FindAsync(login, token) is null ? Roles.UnitNotFound(scope)
            : new Refusal(RefusalKind.Conflict, "login_taken", $"登录名“{login}”已经有人使用，请换一个。");
    }

    /// <summary>The account with a login name, or null.</summary>
    public async Task<Account?> FindAsync(string login, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var row = await connection.QuerySingleOrDefaultAsync<AccountRow>(new CommandDefinition(SelectOne, new { login = Normalize(login) }, cancellationToken: token));
        return row?.ToAccount();
    }

    /// <summary>Accounts by login name after one: those that a county looks after, or all if it is null.</summary>
    public async Task<IReadOnlyList<Account>> ListAsync(string? county, string after, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return [.. (await connection.QueryAsync<AccountRow>(new CommandDefinition(SelectPage, new { county, after, limit }, cancellationToken: token))).Select(r => r.ToAccount())];
    }

    /// <summary>Names an account, and disables or enables it; disabling ends its sessions. Refusals: <c>invalid_name</c>, <c>account_not_found</c>.</summary>
    public async Task<Outcome<Account>> PutAsync(string login, string name, bool disabled, string actor, CancellationToken token)
    {
        if (NameProblem(name) is { } refusal)
        {
            return refusal;
        }

        await using var connection = await database.OpenConnectionAsync(token);
        var row = await connection.QuerySingleOrDefaultAsync<AccountRow>(new CommandDefinition(
            Update, new { login = Normalize(login), name = name.Trim(), disabled, actor, now = time.GetUtcNow() }, cancellationToken: token));
        return row is null ? NotFound(login) : row.ToAccount();
    }

    /// <summary>Gives an account a new one-time password, unlocks it and ends its sessions. Refusal: <c>account_not_found</c>.</summary>
    public async Task<Outcome<OneTimePassword>> ResetAsync(string login, string actor, CancellationToken token)
    {
        login = Normalize(login);
        var password = Password.Generate();
        await using var connection = await database.OpenConnectionAsync(token);
        var written = await connection.ExecuteAsync(new CommandDefinition(
            Reset, new { login, hash = hasher.HashPassword(null!, password), actor, now = time.GetUtcNow() }, cancellationToken: token));
        return written > 0 ? new OneTimePassword(login, password) : NotFound(login);
    }

    /// <summary>
    /// Starts a session for who knows the password, always with a new token. One refusal for a name that does not exist, a wrong
    /// password, a locked and a disabled account, after the same work: <c>sign_in_failed</c>.
    /// </summary>
    public async Task<Outcome<SessionToken>> SignInAsync(string login, string password, string userAgent, CancellationToken token)
    {
        login = Normalize(login);
        if (await ProveAsync(login, password, token) is { } hash)
        {
            var now = time.GetUtcNow();
            var started = SessionToken.New();
            await using var connection = await database.OpenConnectionAsync(token);
            if (await connection.ExecuteAsync(new CommandDefinition(
                StartSession,
                new
                {
                    login,
                    hash,
                    sha256 = started.Sha256,
                    id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
                    userAgent,
                    now,
                    idleSince = now - settings.Idle,
                    createdBefore = now - settings.Lifetime,
                },
                cancellationToken: token)) > 0)
            {
                return started;
            }
        }

        return new Refusal(RefusalKind.Unauthenticated, "sign_in_failed",
            $"登录名或密码不正确，或者账号已停用。同一登录名连续输错 {settings.Failures} 次，{settings.Locked.TotalMinutes:0} 分钟内不能登录，请稍后再试；忘记密码，请联系县级主管部门或管理员重置。");
    }

    /// <summary>
    /// Changes the password of a session's person and ends the person's other sessions. A wrong current password counts as at
    /// sign-in. Refusals: <c>weak_password</c>, <c>wrong_password</c>.
    /// </summary>
    public async Task<Refusal?> ChangePasswordAsync(Session session, string current, string chosen, CancellationToken token)
    {
        if (Password.Weakness(session.Login, current, chosen) is { } weakness)
        {
            return weakness;
        }

        if (await ProveAsync(session.Login, current, token) is { } hash)
        {
            await using var connection = await database.OpenConnectionAsync(token);
            if (await connection.ExecuteAsync(new CommandDefinition(
                Change, new { session.Login, session.Id, hash, chosenHash = hasher.HashPassword(null!, chosen), now = time.GetUtcNow() }, cancellationToken: token)) > 0)
            {
                return null;
            }
        }

        return Refusal.Invalid("currentPassword", "wrong_password",
            $"当前密码不正确。连续输错 {settings.Failures} 次，{settings.Locked.TotalMinutes:0} 分钟内不能再试");
    }

    /// <summary>The hash that the password was proven against, or null.</summary>
    async Task<string?> ProveAsync(string login, string password, CancellationToken token)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(token);
        var tried = LoginPattern().IsMatch(login)
            ? await connection.QuerySingleOrDefaultAsync<Try>(new CommandDefinition(
                CountTry, new { login, settings.Failures, until = now + settings.Locked, now }, cancellationToken: token))
            : null;
        await connection.CloseAsync();

        // Somebody without an account waits as long as somebody with one.
        var verified = hasher.VerifyHashedPassword(null!, tried?.PasswordHash ?? nobodysHash.Value, password) != PasswordVerificationResult.Failed;
        if (tried is null || verified)
        {
            return tried?.PasswordHash;
        }

        await connection.OpenAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(AuditFailure, new { tried.Scope, tried.Locks, login, now }, cancellationToken: token));
        return null;
    }

    static Refusal? NameProblem(string name) => string.IsNullOrWhiteSpace(name) || name.Length > 100 || name.Any(char.IsControl)
        ? Refusal.Invalid("name", "invalid_name", "姓名应为 1 至 100 字，不含控制字符")
        : null;

    /// <summary>There is no such account, or it is not the caller's business.</summary>
    public static Refusal NotFound(string login) => new(RefusalKind.NotFound, "account_not_found", $"没有登录名为“{login}”的账号。");

    [GeneratedRegex(@"^[a-z0-9\u4e00-\u9fff][a-z0-9\u4e00-\u9fff._@-]{2,63}\z")]
    private static partial Regex LoginPattern();

    sealed record Try(string PasswordHash, string Scope, bool Locks);

    sealed record AccountRow(
        string Login,
        string Name,
        string Role,
        string Scope,
        bool MustChange,
        bool Disabled,
        DateTimeOffset? LockedUntil,
        string CreatedBy,
        DateTimeOffset CreatedAt)
    {
        public Account ToAccount() =>
            new(Login, Name, Enum.Parse<Role>(Role, ignoreCase: true), Scope, MustChange, Disabled, LockedUntil, CreatedBy, CreatedAt);
    }
}
