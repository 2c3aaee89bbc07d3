using System.Buffers.Text;
using System.Security.Cryptography;
using Aggregator.Units;
using Dapper;
using Npgsql;

namespace Aggregator.Webhooks;

/// <summary>A webhook: who is told of what, where.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Scope">Division whose counties it is told of.</param>
/// <param name="Url">Where events are sent.</param>
/// <param name="Events">Which ones.</param>
/// <param name="CreatedBy">Who registered it.</param>
/// <param name="CreatedAt">When; what happened before is not sent.</param>
public sealed record Webhook(string Id, string Scope, string Url, string[] Events, string CreatedBy, DateTimeOffset CreatedAt);

/// <summary>A webhook as who registers it sees it, this once.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Scope">Division whose counties it is told of.</param>
/// <param name="Url">Where events are sent.</param>
/// <param name="Events">Which ones.</param>
/// <param name="Secret">Key of the signatures. It cannot be shown again.</param>
public sealed record IssuedWebhook(string Id, string Scope, string Url, IReadOnlyList<string> Events, string Secret);

/// <summary>Who has registered for what.</summary>
public sealed class WebhookStore(NpgsqlDataSource database, WebhookSettings settings, TimeProvider time)
{
    const int IdBytes = 8;
    const int SecretBytes = 32;

    static readonly TimeSpan LookUpWithin = TimeSpan.FromSeconds(3);

    const string Columns = "id, scope, url, events, created_by, created_at";

    const string Insert = """
        with written as (
            insert into webhook (scope, id, url, events, secret, created_by, created_at)
            select @scope, @id, @url, @events, @secret, @actor, @now where exists (select from unit where code = @scope)
            returning scope, id
        )
        insert into audit (county, at, actor, action, subject, detail)
        select left(scope, 6), @now, @actor, 'create_webhook', id, jsonb_build_object('scope', scope, 'events', @events) from written
        """;

    const string Select = $"""
        select {Columns} from webhook
        where deleted_at is null and (@scope::text is null or scope = @scope) and id > @after order by id limit @limit
        """;

    const string SelectOne = $"select {Columns} from webhook where id = @id and deleted_at is null";

    const string Delete = """
        with written as (
            update webhook set deleted_at = @now where scope = @Scope and id = @Id and deleted_at is null returning scope, id
        )
        insert into audit (county, at, actor, action, subject) select left(scope, 6), @now, @actor, 'delete_webhook', id from written
        """;

    /// <summary>
    /// Registers a webhook. Refusals: <c>invalid_scope</c>, <c>invalid_events</c>, <c>invalid_url</c>, <c>private_address</c>,
    /// <c>unit_not_found</c>.
    /// </summary>
    public async Task<Outcome<IssuedWebhook>> CreateAsync(string scope, string url, IReadOnlyList<string> events, string actor, CancellationToken token)
    {
        if (!UnitCode.IsDivision(scope))
        {
            return Invalid("scope", "invalid_scope", "区划（scope）应为区划代码（全国为 00）");
        }

        if (events.Count == 0 || events.Except(WebhookEvent.Names).Any())
        {
            return Invalid("events", "invalid_events", $"事件（events）应为 {string.Join("、", WebhookEvent.Names)} 中的一项或几项");
        }

        if (WebhookAddress.Fault(url, settings) is { } fault)
        {
            return Invalid("url", "invalid_url", fault);
        }

        if (await IsForbiddenAsync(new Uri(url).DnsSafeHost, token))
        {
            return Invalid("url", "private_address", "网址（url）指向内网、本机或其他专用地址；确需使用的，由运维在设置中允许（Webhooks:AllowPrivateAddresses）");
        }

        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var secret = $"whsec_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";
        string[] chosen = [.. events.Distinct()];
        await using var connection = await database.OpenConnectionAsync(token);
        var written = await connection.ExecuteAsync(new CommandDefinition(
            Insert, new { scope, id, url, events = chosen, secret, actor, now = time.GetUtcNow() }, cancellationToken: token));
        return written == 0
            ? Invalid("scope", "unit_not_found", $"没有代码为“{scope}”的区划，请先登记")
            : new IssuedWebhook(id, scope, url, chosen, secret);
    }

    /// <summary>Webhooks of one scope, or all, in the order of their ids, after one.</summary>
    public async Task<IReadOnlyList<Webhook>> ListAsync(string? scope, string after, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<Webhook>(new CommandDefinition(Select, new { scope, after, limit }, cancellationToken: token))).AsList();
    }

    /// <summary>A webhook by its id, or null.</summary>
    public async Task<Webhook?> FindAsync(string id, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.QuerySingleOrDefaultAsync<Webhook>(new CommandDefinition(SelectOne, new { id }, cancellationToken: token));
    }

    /// <summary>Ends a webhook; what waits is not sent any more.</summary>
    public async Task DeleteAsync(Webhook webhook, string actor, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(Delete, new { webhook.Scope, webhook.Id, actor, now = time.GetUtcNow() }, cancellationToken: token));
    }

    /// <summary>A name that cannot be looked up now is let pass: each connection asks again.</summary>
    async Task<bool> IsForbiddenAsync(string host, CancellationToken token)
    {
        try
        {
            return await WebhookAddress.ResolveAsync(host, settings, token).WaitAsync(LookUpWithin, time, token) is null;
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or TimeoutException)
        {
            return false;
        }
    }

    static Refusal Invalid(string member, string code, string detail) =>
        new(RefusalKind.Invalid, code, $"{detail}。", [new RefusalError($"$.{member}", code, detail)]);
}
