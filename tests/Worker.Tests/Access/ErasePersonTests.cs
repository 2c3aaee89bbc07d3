using Aggregator.Access;
using Aggregator.Database;
using Aggregator.Testing;
using Microsoft.Extensions.Hosting;

namespace Aggregator.Worker.Tests.Access;

public sealed class ErasePersonTests
{
    [Fact]
    public async Task A_person_is_forgotten_everywhere_and_the_audit_still_holds()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ScalarAsync<int>("""
            update unit set contacts = '[{"name":"欧阳测试","email":"WangWu@example.cn"},{"name":"司徒测试","email":"zhaoliu@example.cn"}]' where code = '360922201';
            insert into mail (county, year, unit, step, kind, state, recipients, copies, delivered, subject, text, html, answer, bounce, created_at, next_attempt_at) values
                ('360922', 2021, '360922201', 'due', 'reminder', 'sent', '{wangwu@example.cn,zhaoliu@example.cn}', '{}', '{wangwu@example.cn}', '欧阳测试：', '欧阳测试，您好', '<p>欧阳测试', '250 wangwu', 'wangwu unknown', now(), now()),
                ('360922', 2021, '360922100', 'due', 'reminder', 'sent', '{zhaoliu@example.cn}', '{}', '{}', '司徒测试：', '司徒测试，您好', '<p>司徒测试', null, null, now(), now());
            insert into account (login, name, role, scope, password_hash, created_by, created_at) values ('clerk7', '欧阳测试', 'reporter', '360922201', 'hash', 'console', now());
            insert into session (token_sha256, id, login, user_agent, created_at, seen_at) values ('a', 's', 'clerk7', '', now(), now());
            insert into audit (county, at, actor, action, subject) values ('360922', now(), 'account:clerk7', 'sign_in', 'account:clerk7')
            """);
        var audit = new AuditStore(AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.WorkerRole));
        await audit.SealAsync(TestContext.Current.CancellationToken);

        (await EraseAsync(database, "wangwu@EXAMPLE.cn")).ShouldBe(0);
        (await EraseAsync(database, "Clerk7")).ShouldBe(0);
        (await EraseAsync(database, "wangwu@example.cn")).ShouldBe(1, "nothing is left to erase");

        (await TablesWithAsync(database, "wangwu")).ShouldBeEmpty();
        (await TablesWithAsync(database, "欧阳测试")).ShouldBeEmpty();
        (await TablesWithAsync(database, "司徒测试")).ShouldBe(["mail", "unit"], "somebody else stays");
        (await database.ScalarAsync<string>("select concat_ws(' ', name, disabled, password_hash, (select count(*) from session)) from account")).ShouldBe("已注销 t  0");
        await audit.SealAsync(TestContext.Current.CancellationToken);
        var check = await audit.VerifyAsync("360922", TimeProvider.System.GetUtcNow(), TestContext.Current.CancellationToken);
        check.Whole.ShouldBeTrue();
        (await database.ScalarAsync<string[]>("select array_agg(action order by id) from audit"))!.ShouldBe(["sign_in", "erase_contact", "erase_account"]);
    }

    /// <summary>Every table in which a text stands anywhere.</summary>
    static async Task<string[]> TablesWithAsync(TestDatabase database, string text)
    {
        var found = new List<string>();
        foreach (var table in (await database.ScalarAsync<string[]>("select array_agg(tablename::text order by tablename) from pg_tables where schemaname = 'public'"))!)
        {
            if (await database.ScalarAsync<bool>($"select exists (select from {table} t where t::text ilike '%{text}%')"))
            {
                found.Add(table);
            }
        }

        return [.. found];
    }

    static Task<int> EraseAsync(TestDatabase database, string who) =>
        Commands.RunAsync(["erase-person", who], Host.CreateApplicationBuilder(), database.ConnectionString);
}
