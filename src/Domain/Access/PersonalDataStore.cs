using Dapper;
using Npgsql;

namespace Aggregator.Access;

/// <summary>What was erased, counted.</summary>
/// <param name="Units">Units among whose contacts the person was.</param>
/// <param name="Mails">Mails that named the address.</param>
/// <param name="Accounts">Accounts.</param>
public sealed record ErasedPerson(int Units, int Mails, int Accounts);

/// <summary>
/// Forgets a person whom the law no longer lets us remember (个人信息保护法 article 47). Received reports stay as they were filed, and
/// the audit names nobody but by login, so its chain holds. Needs the rights of the database's owner.
/// </summary>
public sealed class PersonalDataStore(NpgsqlDataSource database, TimeProvider time)
{
    const string Erase = """
        with contacts as (
            update unit u set contacts = (select coalesce(jsonb_agg(c), '[]') from jsonb_array_elements(u.contacts) c where lower(c ->> 'email') is distinct from @who),
                updated_at = @now
            where exists (select from jsonb_array_elements(u.contacts) c where lower(c ->> 'email') = @who)
            returning code
        ), mails as (
            update mail set subject = null, text = null, html = null, answer = null, bounce = null,
                recipients = array(select a from unnest(recipients) a where lower(a) <> @who),
                copies = array(select a from unnest(copies) a where lower(a) <> @who),
                delivered = array(select a from unnest(delivered) a where lower(a) <> @who)
            where exists (select from unnest(recipients || copies || delivered) a where lower(a) = @who)
            returning 1
        ), accounts as (
            update account set name = '已注销', password_hash = '', disabled = true where login = @who returning login, scope
        ), sessions as (
            delete from session where login = @who
        ), audited as (
            insert into audit (county, at, actor, action, subject)
            select left(code, 6), @now, 'console', 'erase_contact', code from contacts
            union all select left(scope, 6), @now, 'console', 'erase_account', 'account:' || login from accounts
        )
        select (select count(*) from contacts)::int as units, (select count(*) from mails)::int as mails, (select count(*) from accounts)::int as accounts
        """;

    /// <summary>
    /// Erases whoever has an e-mail address or a login name: from the contacts of all units, from the log of mails, and as an account. The
    /// account's login stays taken, because the audit names it.
    /// </summary>
    public async Task<ErasedPerson> EraseAsync(string addressOrLogin, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.QuerySingleAsync<ErasedPerson>(new CommandDefinition(
            Erase, new { who = AccountStore.Normalize(addressOrLogin), now = time.GetUtcNow() }, cancellationToken: token));
    }
}
