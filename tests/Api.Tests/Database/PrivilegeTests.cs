using Aggregator.Database;
using Aggregator.Testing;
using Npgsql;

namespace Aggregator.Api.Tests.Database;

/// <summary>What was received can be added to, but neither changed nor deleted by the programs.</summary>
public sealed class PrivilegeTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    static readonly string[] forApi = [
        "update revision set actor = ''", "delete from revision", "truncate revision",
        "update audit set actor = ''", "delete from audit", "truncate audit",
        "update waiver set reason = ''", "delete from waiver", "delete from filing", "truncate filing", "delete from unit", "delete from reporting_year", "delete from api_key",
        "delete from account", "truncate account, session", "update data_protection_key set xml = ''", "delete from data_protection_key",
        "update edition set state = 'built'", "delete from edition", "update narrative set text = ''", "delete from narrative",
        "insert into edition (county, year, number, requested_at, requested_by, state) values ('1', 1, 1, now(), '', 'built')",
        "update total set expected = 0", "delete from total", "delete from stale_total", "delete from mail", "update mail set subject = ''", "delete from ladder", "truncate revision, audit, filing", "truncate typing",
        "select secret from webhook", "select * from webhook", "insert into webhook (scope, id, url, events, secret, created_by, created_at) values ('36', 'x', '', '{}', 'x', '', now()) returning secret",
        "update webhook set url = ''", "update webhook set secret = ''", "delete from webhook", "update webhook_delivery set body = ''", "delete from webhook_delivery",
        "update job_run set state = 'done'", "delete from job_run", "delete from worker", "insert into worker (name, started_at, seen_at) values ('x', now(), now())",
        "select * from overdue", "insert into overdue select * from overdue", "create table quartz.x (y int)",
        "insert into webhook_attempt (scope, webhook, delivery, at, duration_ms) values ('36', 'x', 'x', now(), 1)", "delete from webhook_attempt",
        "drop table revision", "alter table revision add column x int", "create table x (y int)", "insert into migration (name, sha256) values ('x', '')"];

    static readonly string[] forWorker = [
        "update revision set actor = ''", "delete from revision", "truncate revision", "insert into revision select * from revision",
        "update audit set actor = ''", "delete from audit", "truncate audit",
        "update filing set status = 'accepted'", "delete from filing", "truncate filing", "insert into filing (county, year, unit) values ('1', 1, '1')",
        "insert into edition (county, year, number, requested_at, requested_by) values ('1', 1, 1, now(), '')", "delete from edition",
        "update edition set requested_by = ''", "insert into narrative select * from narrative", "update narrative set text = ''", "delete from narrative",
        "update unit set name = ''", "update reporting_year set state = 'open'", "select * from api_key", "update api_key set revoked_at = null",
        "insert into webhook (scope, id, url, events, secret, created_by, created_at) values ('36', 'x', '', '{}', 'x', '', now())", "update webhook set url = ''", "delete from webhook",
        "update webhook_delivery set body = ''", "update webhook_attempt set status = 200", "drop table audit", "create table quartz.x (y int)", "delete from job_pause",
        "update overdue set unit = ''", "delete from overdue", "select secret_sha256 from api_key", "select token_sha256 from session", "update session set seen_at = now()",
        "select * from account", "select * from session", "select * from data_protection_key", "update account set disabled = false",
        "delete from mail", "update mail set unit = ''", "update ladder set revision = 1", "update calendar_year set source = ''",
        "select * from typing", "insert into typing select * from typing", "update typing set actor = ''", "delete from typing", "truncate typing"];

    public static TheoryData<string, string> Denied => [
        .. forApi.Select(sql => (TheoryDataRow<string, string>)("aggregator_api", sql)),
        .. forWorker.Select(sql => (TheoryDataRow<string, string>)("aggregator_worker", sql))];

    [Theory]
    [MemberData(nameof(Denied))]
    public async Task Is_denied(string role, string sql)
    {
        await using var database = AggregatorDatabase.Open(api.Database.ConnectionString, role);
        await using var command = database.CreateCommand(sql);

        var denied = await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync());

        denied.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task What_was_filed_is_still_there_after_all_attempts()
    {
        var county = await api.OpenCountyAsync();
        await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021"));
        var before = await api.StoredAsync();

        foreach (var sql in forApi)
        {
            await Is_denied("aggregator_api", sql);
        }

        (await api.StoredAsync()).ShouldBe(before);
    }
}
