using Aggregator.Access;
using Aggregator.Database;
using Aggregator.Jobs;
using Aggregator.Testing;

namespace Aggregator.Worker.Tests.Jobs;

public sealed class CleanUpJobTests
{
    const string Counts = """
        select concat_ws(' ', (select count(*) from session), (select string_agg(id, '+' order by id) from api_key),
            (select string_agg(id, '+' order by id) from webhook_delivery), (select count(*) from webhook_attempt), (select string_agg(key, '+' order by key) from job_run),
            (select string_agg(step || cardinality(recipients) || coalesce(text, '-'), '+' order by step) from mail), (select count(*) from audit))
        """;

    [Fact]
    public async Task What_is_over_for_long_goes_and_what_is_alive_or_was_received_stays()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ScalarAsync<int>("""
            insert into account (login, name, role, scope, password_hash, created_by, created_at) values ('zhang', '张三', 'operator', '', '', '', '2020-01-01');
            insert into session (token_sha256, id, login, user_agent, created_at, seen_at) values
                ('a', 'idle', 'zhang', '', '2022-01-20 09:00Z', '2022-01-20 09:29:59Z'), ('b', 'alive', 'zhang', '', '2022-01-20 09:00Z', '2022-01-20 09:40Z'),
                ('c', 'too long', 'zhang', '', '2022-01-19 21:00Z', '2022-01-20 09:59Z');
            insert into api_key (id, role, scope, secret_sha256, created_by, created_at, expires_at, revoked_at) values
                ('expired', 'operator', '', '', '', '2020-01-01', '2021-01-19', null), ('revoked', 'operator', '', '', '', '2020-01-01', null, '2021-01-19'),
                ('recent', 'operator', '', '', '', '2020-01-01', '2021-01-21', null), ('ever', 'operator', '', '', '', '2000-01-01', null, null);
            insert into webhook (scope, id, url, events, secret, created_by, created_at) values ('00', 'w', '', '{}', '', '', '2020-01-01');
            insert into webhook_delivery (scope, webhook, id, event, body, state, created_at, queued_at) values
                ('00', 'w', 'old', '', '', 'sent', '2021-01-01', '2021-01-01'), ('00', 'w', 'oldgivenup', '', '', 'given_up', '2021-01-01', '2021-01-01'),
                ('00', 'w', 'oldwaiting', '', '', 'failed', '2021-01-01', '2021-01-01'), ('00', 'w', 'new', '', '', 'sent', '2022-01-19', '2022-01-19');
            insert into webhook_attempt (scope, webhook, delivery, at, duration_ms) values ('00', 'w', 'old', '2021-01-01', 1), ('00', 'w', 'new', '2022-01-19', 1);
            insert into job_run (job, key, state, queued_at, queued_by, ended_at) values
                ('clean_up', 'old', 'done', '2021-01-01', '', '2021-01-01'), ('clean_up', 'new', 'failed', '2022-01-19', '', '2022-01-19'), ('clean_up', 'waiting', 'queued', '2021-01-01', '', null);
            insert into mail (county, year, unit, step, kind, state, recipients, text, created_at, next_attempt_at) values
                ('36', 2018, '', 'new', 'reminder', 'sent', '{a@example.cn}', '正文', '2019-01-25', '2019-01-25'), ('36', 2018, '', 'old', 'reminder', 'sent', '{a@example.cn}', '正文', '2019-01-15', '2019-01-15'),
                ('36', 2018, '', 'waiting', 'reminder', 'queued', '{a@example.cn}', '正文', '2019-01-15', '2019-01-15');
            insert into audit (county, at, actor, action, subject) values ('', '2020-01-01', 'expired', 'create_key', 'expired')
            """);
        await using var worker = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.WorkerRole);
        var retention = new RetentionStore(worker, RetentionSettings.Default, AccessSettings.Default, FakeClock.InJanuary2022());

        var first = await retention.CleanUpAsync(TestContext.Current.CancellationToken);
        var second = await retention.CleanUpAsync(TestContext.Current.CancellationToken);

        (await database.ScalarAsync<string>(Counts)).ShouldBe("1 ever+recent new+oldwaiting 1 new+waiting new1正文+old0-+waiting1正文 1");
        first.Counts.Values.ShouldBe([2L, 2L, 2L, 1L, 1L]);
        second.Counts.Values.ShouldAllBe(count => count == 0);
    }
}
