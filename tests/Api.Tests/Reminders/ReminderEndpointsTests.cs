using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Reminders;

public sealed class ReminderEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string NewLadder = """{"enabled":true,"time":"10:30:00","openingWorkdays":25,"steps":[{"days":-5},{"days":0},{"days":5,"copyLeader":true,"attachLetter":true}],"repeatDays":null}""";

    [Fact]
    public async Task The_plan_of_a_year_tells_who_would_get_what_when()
    {
        var county = await OpenAsync();

        var plan = await county.Clerk.GetJsonAsync($"{county.Year}/reminders/plan");

        ((string?)plan["dueDateNote"]).ShouldBe("2022年1月31日不是工作日，截止日不顺延；最后一个工作日是2022年1月30日。");
        plan["warnings"]!.AsArray().ShouldBeEmpty();
        var mails = plan["mails"]!.AsArray().Where(m => (string?)m!["unit"] == county.Units[0]).ToList();
        mails.Select(m => $"{m!["at"]} {m["step"]} {string.Join(' ', m["to"]!.AsArray())} {string.Join(' ', m["copies"]!.AsArray())}".TrimEnd()).Take(6).ShouldBe([
            "2022-01-12T09:00:00+08:00 before-15 a@example.gov.cn", // missed so far, and caught up
            "2022-01-24T09:00:00+08:00 before-7 a@example.gov.cn",
            "2022-01-28T09:00:00+08:00 before-3 a@example.gov.cn",
            "2022-01-30T09:00:00+08:00 before-1 a@example.gov.cn",
            "2022-01-31T09:00:00+08:00 due a@example.gov.cn",
            "2022-02-07T09:00:00+08:00 after-7 a@example.gov.cn leader@example.gov.cn",
        ]);

        await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021"));
        (await county.Clerk.GetJsonAsync($"{county.Year}/reminders/plan"))["mails"]!.AsArray().ShouldAllBe(m => (string?)m!["unit"] != county.Units[0]);
    }

    [Fact]
    public async Task A_year_without_its_holidays_is_planned_by_weekends_and_says_so()
    {
        var county = await api.OpenCountyAsync(2027);

        var log = await county.Clerk.GetJsonAsync($"{county.Year}/reminders");

        ((bool?)log["mailConfigured"]).ShouldBe(false);
        var warnings = string.Concat(log["warnings"]!.AsArray());
        warnings.ShouldContain("没有设置邮件服务器");
        warnings.ShouldContain("还没有录入2028年的节假日安排");
    }

    [Fact]
    public async Task A_ladder_is_replaced_by_who_has_seen_it()
    {
        var county = await api.OpenCountyAsync();

        (await PutAsync(county, NewLadder, "\"0\"")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await PutAsync(county, NewLadder, "\"0\"")).ShouldRefuseAsync(412, "stale_revision");
        await (await PutAsync(county, NewLadder.Replace("10:30:00", "10:30:01", StringComparison.Ordinal), "\"1\"")).ShouldRefuseAsync(400, "invalid_ladder");
        (await PutAsync(county, NewLadder, "\"1\"")).StatusCode.ShouldBe(HttpStatusCode.OK);

        var log = await county.Clerk.GetJsonAsync($"{county.Year}/reminders");
        ((int?)log["ladderRevision"]).ShouldBe(2);
        ((string?)log["ladder"]!["time"]).ShouldBe("10:30:00");
        ((int?)log["ladder"]!["steps"]!.AsArray()[2]!["days"]).ShouldBe(5);
    }

    [Fact]
    public async Task Reminders_by_hand_go_to_who_has_not_filed_once_a_day()
    {
        var county = await OpenAsync();
        await county.Clerk.FileAsync(county.Year, county.Units[1], Report.Zero("2021"));
        var body = $$"""{"units":["{{county.Units[0]}}","{{county.Units[1]}}","360922999"]}""";

        var sent = await (await county.Clerk.PostAsync($"{county.Year}/reminders/send", body.AsJson())).ShouldBeAsync(200);
        sent["queued"]!.AsArray().Select(u => (string?)u).ShouldBe([county.Units[0]]);
        sent["skipped"]!.AsArray().Select(s => $"{s!["unit"]} {s["reason"]}").ShouldBe([$"{county.Units[1]} 已报送", "360922999 不在名录中"]);

        var all = await (await county.Clerk.PostAsync($"{county.Year}/reminders/send", "{}".AsJson())).ShouldBeAsync(200);
        all["queued"]!.AsArray().Count.ShouldBe(county.Units.Count - 2);
        all["skipped"]!.AsArray().Select(s => $"{s!["unit"]} {s["reason"]}").ShouldBe([$"{county.Units[0]} 今天已提醒过"]);

        var log = (await county.Clerk.GetJsonAsync($"{county.Year}/reminders"))["log"]!.AsArray();
        log.Count.ShouldBe(county.Units.Count - 1);
        log.ShouldAllBe(l => (string?)l!["state"] == "queued" && (string?)l["step"] == "hand@2022-01-20");
        (await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit?subject={county.Units[0]}")).Count(l => (string?)l!["action"] == "send_reminder").ShouldBe(1);
    }

    [Fact]
    public async Task A_preview_is_the_mail_of_that_day()
    {
        var county = await OpenAsync();

        var preview = await county.Clerk.GetJsonAsync($"{county.Year}/reminders/preview?unit={county.Units[0]}&step=after-7");

        ((string?)preview["subject"]).ShouldBe("催办：2021年度政府信息公开工作年度报告已逾期7天");
        ((string?)preview["copies"]![0]).ShouldBe("leader@example.gov.cn");
        ((string?)preview["html"])!.ShouldContain("现随信附上催办函");
        await (await county.Clerk.GetAsync($"{county.Year}/reminders/preview?unit={county.Units[0]}&step=tomorrow")).ShouldRefuseAsync(404, "unknown_step");
        await (await county.Clerk.GetAsync($"{county.Year}/reminders/preview?unit=360922999&step=due")).ShouldRefuseAsync(404, "unit_not_on_roster");
    }

    [Fact]
    public async Task A_test_goes_to_a_contact_of_the_county_and_to_nobody_else()
    {
        var county = await OpenAsync();

        await (await county.Clerk.PostAsync($"{county.Year}/reminders/test", """{"address":"stranger@example.com"}""".AsJson())).ShouldRefuseAsync(422, "address_not_known");
        (await county.Clerk.PostAsync($"{county.Year}/reminders/test", """{"address":"a@example.gov.cn"}""".AsJson())).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await (await county.Clerk.PostAsync($"{county.Year}/reminders/test", """{"address":"a@example.gov.cn"}""".AsJson())).ShouldRefuseAsync(409, "too_many_tests");
    }

    [Fact]
    public async Task What_was_refused_is_tried_again_by_hand_and_what_was_sent_is_not()
    {
        var county = await OpenAsync();
        await county.Clerk.PostAsync($"{county.Year}/reminders/send", "{}".AsJson());
        var id = (long)(await county.Clerk.GetJsonAsync($"{county.Year}/reminders"))["log"]!.AsArray()[0]!["id"]!;

        await api.Database.ScalarAsync<int>($"update mail set state = 'failed', attempts = 1 where id = {id}");
        (await county.Clerk.PostAsync($"{county.Year}/reminders/{id}/retry", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await api.Database.ScalarAsync<string>($"select state from mail where id = {id}")).ShouldBe("queued");

        await api.Database.ScalarAsync<int>($"update mail set state = 'sent' where id = {id}");
        await (await county.Clerk.PostAsync($"{county.Year}/reminders/{id}/retry", null)).ShouldRefuseAsync(409, "mail_not_retryable");
        var other = await api.OpenCountyAsync();
        await (await other.Clerk.PostAsync($"{other.Year}/reminders/{id}/retry", null)).ShouldRefuseAsync(404, "mail_not_found");
    }

    [Fact]
    public async Task What_came_back_is_sent_again_by_hand_as_a_new_mail_to_all_its_addresses()
    {
        var county = await OpenAsync();
        await county.Clerk.PostAsync($"{county.Year}/reminders/send", "{}".AsJson());
        async Task<JsonNode> FirstAsync() => (await county.Clerk.GetJsonAsync($"{county.Year}/reminders"))["log"]![0]!;
        var first = await FirstAsync();
        var bounce = $"""
            update mail set state = 'bounced', sent_at = now(), bounced_at = now(), bounce = '552 mailbox full', answer = '250 OK', delivered = array['a@example.gov.cn'] where id = {first["id"]}
            """;

        foreach (var again in (Func<Task<HttpResponseMessage>>[])[
            () => county.Clerk.PostAsync($"{county.Year}/reminders/{first["id"]}/retry", null), () => county.Clerk.PostAsync($"{county.Year}/reminders/send", "{}".AsJson())])
        {
            await api.Database.ScalarAsync<int>(bounce);
            var bounced = await FirstAsync();
            ((string?)bounced["state"], (string?)bounced["answer"]).ShouldBe(("bounced", "552 mailbox full"));
            var page = await county.Clerk.GetStringAsync($"{county.Year["/api/v1".Length..]}/reminders");
            page.ShouldContain("被退回");
            page.ShouldContain($"/reminders/{first["id"]}/retry");

            (await again()).IsSuccessStatusCode.ShouldBeTrue();

            var queued = await FirstAsync();
            ((string?)queued["state"], (string?)queued["answer"], queued["bouncedAt"], queued["sentAt"]).ShouldBe(("queued", null, null, null));
            ((string?)queued["messageId"]).ShouldNotBe((string?)bounced["messageId"]);
            (await api.Database.ScalarAsync<string[]>($"select delivered from mail where id = {first["id"]}")).ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("a@例子.中国", "英文域名")]
    [InlineData("a@example.gov.cn, b@example.com", "格式不对")]
    public async Task An_address_that_mail_cannot_reach_is_refused_where_it_is_entered(string email, string words)
    {
        var county = await api.OpenCountyAsync();
        var body = new JsonObject { ["name"] = "某乡", ["kind"] = "township", ["contacts"] = new JsonArray(new JsonObject { ["name"] = "李明", ["email"] = email }) };

        var problem = await (await county.Clerk.PutAsync($"/api/v1/units/{county.Units[0]}", body.AsJson())).ShouldRefuseAsync(400, "invalid_unit");

        ((string?)problem["detail"])!.ShouldContain(words);
    }

    [Fact]
    public async Task The_year_says_that_its_due_day_is_off()
    {
        var county = await api.OpenCountyAsync();
        ((string?)(await county.Clerk.GetJsonAsync(county.Year))["dueDateNote"])!.ShouldContain("不是工作日，截止日不顺延");
    }

    /// <summary>A county whose first two units can be written to.</summary>
    async Task<TestCounty> OpenAsync()
    {
        var county = await api.OpenCountyAsync();
        foreach (var unit in county.Units.Take(2))
        {
            var body = """{"name":"某乡","kind":"KIND","contacts":[{"name":"李明","email":"a@example.gov.cn"},{"name":"王强","role":"leader","email":"leader@example.gov.cn"}]}"""
                .Replace("KIND", (await api.Database.ScalarAsync<string>($"select kind from unit where code = '{unit}'"))!, StringComparison.Ordinal);
            (await county.Clerk.PutAsync($"/api/v1/units/{unit}", body.AsJson())).EnsureSuccessStatusCode();
        }

        return county;
    }

    static async Task<HttpResponseMessage> PutAsync(TestCounty county, string body, string ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{county.Year}/reminders/ladder") { Content = body.AsJson() };
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await county.Clerk.SendAsync(request);
    }
}
