using Aggregator.Reminders;
using Aggregator.Testing;
using Aggregator.Worker.Reminders;
using Polly.CircuitBreaker;

namespace Aggregator.Worker.Tests.Reminders;

/// <summary>What mail servers do. Nothing is lost, and nothing comes twice but where SMTP has no way around it.</summary>
public sealed class BrokenMailServerTests
{
    static readonly DateTimeOffset start = FakeClock.Shanghai(2022, 1, 19, 9, 0, 0);

    [Fact]
    public async Task A_server_that_is_away_for_three_days_is_left_alone_and_gets_the_latest_step_only_once_it_is_back()
    {
        await using var county = await ChasedCounty.OpenAsync(8, start);
        county.Smtp.GoAway();
        var broken = 0;
        for (var hour = 0; hour < 72; hour++)
        {
            county.Clock.Set(start.AddHours(hour));
            await county.WorkAsync();
            broken += county.Client.Breaker.CircuitState == CircuitState.Open ? 1 : 0;
        }

        broken.ShouldBeGreaterThan(0, "the breaker opens");
        (await county.CountAsync("state = 'queued'")).ShouldBeGreaterThan(0);
        (await county.CountAsync("state = 'sent'")).ShouldBe(0);
        (await county.CountAsync("kind = 'reminder' and attempts > 30")).ShouldBe(0, "who is away is not asked every hour");
        await county.FileAsync(1);

        county.Smtp.ComeBack();
        for (var hour = 72; hour < 84; hour++)
        {
            county.Clock.Set(start.AddHours(hour));
            await county.WorkAsync();
        }

        county.Client.Breaker.CircuitState.ShouldBe(CircuitState.Closed, "the breaker recovers");
        (await county.CountAsync("state = 'queued'")).ShouldBe(0);
        var reminders = county.Smtp.Mails.Where(m => m.Subject.StartsWith("提醒", StringComparison.Ordinal)).ToList();
        reminders.Select(m => m.Recipients[0]).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(2, 7).Select(n => $"d{n:00}@example.gov.cn"), "who has filed meanwhile is left in peace");
        county.Smtp.Mails.Select(m => m.Header("Message-ID")).ShouldBeUnique();
    }

    [Fact]
    public async Task One_address_that_is_refused_does_not_keep_the_mail_from_the_others_and_is_shown()
    {
        await using var county = await ChasedCounty.OpenAsync(3, start);
        await county.SqlAsync($$"""
            update unit set contacts = contacts || '[{"name":"另一位","email":"gone@example.gov.cn"}]' where code = '{{ChasedCounty.Unit(1)}}';
            update unit set contacts = '[{"name":"经办人","email":"gone@example.gov.cn"}]' where code = '{{ChasedCounty.Unit(2)}}'
            """);
        county.Smtp.Mood("""{"reject": ["gone@example.gov.cn"]}""");

        await county.WorkAsync();

        (await StateAsync(county, 1)).ShouldStartWith("sent gone@example.gov.cn：550");
        (await StateAsync(county, 2)).ShouldStartWith("failed gone@example.gov.cn：550");
        (await StateAsync(county, 3)).ShouldBe("sent ");
        county.Smtp.Mails.Count(m => m.Recipients.Contains("d01@example.gov.cn")).ShouldBe(1);

        county.Smtp.Mood("{}");
        var id = await county.Database.ScalarAsync<long>($"select id from mail where unit = '{ChasedCounty.Unit(2)}'");
        (await county.Mails.RetryAsync(ChasedCounty.Code, ChasedCounty.Year, id, "clerk", CancellationToken.None)).ShouldBeNull();
        await county.WorkAsync();
        (await StateAsync(county, 2)).ShouldBe("sent ");
    }

    [Fact]
    public async Task A_greylisting_server_gets_every_mail_again_later_and_each_address_once()
    {
        await using var county = await ChasedCounty.OpenAsync(4, start);
        await county.SqlAsync($$"""
            update unit set contacts = contacts || '[{"name":"另一位","email":"d02@example.gov.cn"}]' where code = '{{ChasedCounty.Unit(1)}}'
            """);
        county.Smtp.Mood("""{"greylist": true}""");
        for (var minutes = 0; minutes <= 60; minutes += 4)
        {
            county.Clock.Set(start.AddMinutes(minutes));
            await county.WorkAsync();
        }

        (await county.CountAsync("state <> 'sent'")).ShouldBe(0);
        county.Client.Breaker.CircuitState.ShouldBe(CircuitState.Closed, "that is no failure of the server");
        county.Smtp.Mails.SelectMany(m => m.Recipients.Select(r => (r, m.Header("Message-ID")))).ShouldBeUnique();
        county.Smtp.Mails.SelectMany(m => m.Recipients).ShouldContain("d01@example.gov.cn");
    }

    [Fact]
    public async Task A_connection_that_closes_in_the_middle_of_the_text_loses_nothing_and_doubles_nothing()
    {
        await using var county = await ChasedCounty.OpenAsync(4, start);
        county.Smtp.Mood("""{"closeInData": 2}""");
        for (var minutes = 0; minutes <= 30; minutes += 6)
        {
            county.Clock.Set(start.AddMinutes(minutes));
            await county.WorkAsync();
        }

        (await county.CountAsync("state <> 'sent'")).ShouldBe(0);
        county.Smtp.Events.Count(e => (string?)e["event"] == "closed").ShouldBe(2);
        county.Smtp.Mails.Select(m => m.Recipients[0]).ShouldBeUnique();
        county.Smtp.Mails.Count.ShouldBe(5, "four reminders and the digest");
    }

    [Fact]
    public async Task A_server_that_takes_a_mail_and_dies_before_it_says_so_gets_it_twice_under_one_Message_ID()
    {
        await using var county = await ChasedCounty.OpenAsync(1, start);
        county.Smtp.Mood("""{"forget": 1}""");
        for (var minutes = 0; minutes <= 30; minutes += 6)
        {
            county.Clock.Set(start.AddMinutes(minutes));
            await county.WorkAsync();
        }

        var twice = county.Smtp.Mails.GroupBy(m => m.Header("Message-ID")).Where(g => g.Count() > 1).ToList();
        twice.Count.ShouldBe(1, "the unavoidable case");
        county.Smtp.Mails.Count.ShouldBe(3, "one reminder and one digest, one of them twice");
        twice[0].Select(m => (m.Recipients[0], m.Subject)).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_slow_server_is_given_up_after_the_timeout_and_served_when_it_is_faster()
    {
        await using var county = await ChasedCounty.OpenAsync(1, start, s => s with { Timeout = TimeSpan.FromMilliseconds(500) });
        await county.SqlAsync("update unit set contacts = '[]' where kind = 'county'");
        county.Smtp.Mood("""{"delay": 3000}""");
        await county.SendAsync();
        await county.WorkAsync();
        (await county.Database.ScalarAsync<string>("select answer from mail where kind = 'reminder'"))!.ShouldContain("没有答复");

        await Task.Delay(3500);
        county.Smtp.Mood("{}");
        for (var minutes = 6; minutes <= 60; minutes += 6)
        {
            county.Clock.Set(start.AddMinutes(minutes));
            await county.WorkAsync();
        }

        (await county.CountAsync("kind = 'reminder' and state = 'sent'")).ShouldBe(1);
        county.Smtp.Mails.Select(m => m.Header("Message-ID")).Distinct().Count().ShouldBe(1, "whatever a slow server has taken, it recognises");
    }

    [Fact]
    public async Task Four_senders_at_once_send_each_mail_once_over_few_connections_and_keep_to_the_limit()
    {
        await using var county = await ChasedCounty.OpenAsync(40, start, s => s with { PerMinute = 25 });
        for (var minute = 0; minute < 4; minute++)
        {
            county.Clock.Set(start.AddMinutes(minute).AddSeconds(1));
            await county.WorkAsync();
            await Task.WhenAll(county.SendAsync(), county.SendAsync(), county.SendAsync(), county.SendAsync());
            county.Smtp.Mails.Count.ShouldBeLessThanOrEqualTo(25 * (minute + 1));
        }

        county.Smtp.Mails.Count.ShouldBe(41, "forty reminders and the digest");
        county.Smtp.Mails.Select(m => m.Header("Message-ID")).ShouldBeUnique();
        county.Smtp.Events.Count(e => (string?)e["event"] == "connect").ShouldBeLessThan(20);
    }

    [Fact]
    public async Task A_sender_that_died_with_a_mail_in_its_hands_leaves_it_to_another()
    {
        await using var county = await ChasedCounty.OpenAsync(1, start);
        await county.SqlAsync("update unit set contacts = '[]' where kind = 'county'");
        await county.RemindAsync();
        while (await county.Mails.ClaimAsync(county.Settings, CancellationToken.None) is not null)
        {
        }

        await county.SendAsync();
        county.Smtp.Mails.ShouldBeEmpty("it is with somebody");
        county.Clock.Set(start.AddMinutes(11));
        await county.SendAsync();
        county.Smtp.Mails.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Reminders_wait_at_night_and_confirmations_do_not()
    {
        await using var county = await ChasedCounty.OpenAsync(2, FakeClock.Shanghai(2022, 1, 19, 22, 0, 0));
        await county.FileAsync(1);

        await county.WorkAsync();
        county.Smtp.Mails.Select(m => m.Subject).ShouldBe(["回执：2021年度政府信息公开工作年度报告已收到"]);

        county.Clock.Set(FakeClock.Shanghai(2022, 1, 20, 8, 0, 0));
        await county.WorkAsync();
        county.Smtp.Mails.Count(m => m.Subject.StartsWith("提醒", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Without_a_server_mails_wait()
    {
        await using var county = await ChasedCounty.OpenAsync(2, start, s => s with { Host = null });
        await county.WorkAsync();
        (await county.CountAsync("state = 'queued' and attempts = 0")).ShouldBe(3);
    }

    [Fact]
    public async Task A_filing_between_queue_and_server_stops_the_reminder()
    {
        await using var county = await ChasedCounty.OpenAsync(2, start);
        await county.RemindAsync();
        await county.FileAsync(1);
        await county.SendAsync();

        county.Smtp.Mails.SelectMany(m => m.Recipients).ShouldNotContain("d01@example.gov.cn");
        (await StateAsync(county, 1)).ShouldBe("cancelled 单位已报送，不再提醒。");
    }

    [Fact]
    public async Task A_name_cannot_smuggle_a_header_and_a_foreign_address_is_left_out()
    {
        await using var county = await ChasedCounty.OpenAsync(1, start);
        await county.SqlAsync($$"""
            update unit set name = E'部门\r\nBcc: evil@example.com', contacts = contacts || jsonb_build_array(
                jsonb_build_object('name', 'x', 'email', E'a@example.gov.cn\r\nBcc: evil@example.com'),
                jsonb_build_object('name', 'y', 'email', '经办@例子.中国')) where code = '{{ChasedCounty.Unit(1)}}'
            """);

        await county.WorkAsync();

        var mail = county.Smtp.Mails.Single(m => m.Recipients.Contains("d01@example.gov.cn"));
        mail.Recipients.ShouldBe(["d01@example.gov.cn"]);
        mail.Header("Bcc").ShouldBeNull();
    }

    [Fact]
    public async Task What_comes_back_reached_nobody_and_is_sent_again_once_the_address_is_another_one()
    {
        await using var county = await ChasedCounty.OpenAsync(1, start);
        await county.WorkAsync();
        var id = county.Smtp.Mails.Single(m => m.Recipients.Contains("d01@example.gov.cn")).Header("Message-ID");
        (await county.LastContactAsync(1)).ShouldNotBeNull();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"""
            From MAILER-DAEMON Wed Jan 19 10:00:00 2022
            Subject: Undelivered Mail Returned to Sender

            Final-Recipient: rfc822; d01@example.gov.cn
            Diagnostic-Code: smtp; 552 5.2.2
                mailbox full

            Message-ID: {id}
            """);

        var job = new ReadBouncesJob(county.Mails, county.Settings with { BounceMailbox = file });
        await job.RunAsync(CancellationToken.None);

        (await county.Database.ScalarAsync<string>("select bounce from mail where state = 'bounced'")).ShouldBe("smtp; 552 5.2.2 mailbox full");
        (await county.LastContactAsync(1)).ShouldBeNull();
        var before = county.Smtp.Mails.Count;
        await county.WorkAsync();
        county.Smtp.Mails.Count.ShouldBe(before, "the same address would only send it back");

        await county.SqlAsync("update unit set contacts = '[{\"name\":\"经办人\",\"email\":\"new@example.gov.cn\"}]' where code = '360922-d01'");
        await county.WorkAsync();
        await job.RunAsync(CancellationToken.None);

        county.Smtp.Mails.Single(m => m.Recipients.Contains("new@example.gov.cn")).Header("Message-ID").ShouldNotBe(id, "the old bounce stays in the file");
        (await county.CountAsync("state = 'bounced'")).ShouldBe(0);
        (await county.LastContactAsync(1)).ShouldNotBeNull();
        File.Delete(file);
    }

    [Fact]
    public async Task A_mail_is_plain_text_and_HTML_in_Chinese_with_a_link_and_says_that_a_machine_wrote_it()
    {
        await using var county = await ChasedCounty.OpenAsync(1, start);
        await county.WorkAsync();

        var mail = county.Smtp.Mails.Single(m => m.Recipients.Contains("d01@example.gov.cn"));
        mail.Subject.ShouldBe("提醒：2021年度政府信息公开工作年度报告距截止日还有9个工作日");
        mail.Header("Auto-Submitted").ShouldBe("auto-generated");
        mail.Header("Message-ID")!.ShouldMatch("^<[0-9a-f-]{36}@example.gov.cn>$");
        foreach (var part in (string[])[mail.Part("text/plain"), mail.Part("text/html")])
        {
            part.ShouldContain("部门01");
            part.ShouldContain("2022年1月31日");
            part.ShouldContain("https://report.example.gov.cn");
            part.ShouldContain("0795-8820000");
        }
    }

    [Fact]
    public async Task A_waiver_that_lapses_and_one_that_files_are_told_once()
    {
        await using var county = await ChasedCounty.OpenAsync(1, start);
        var wrong = Report.Zero("2021").With("review.reconsideration.total", 3);
        await county.FileAsync(1, wrong);
        await county.WaiveAsync(1, "T4");
        await county.WorkAsync();
        county.Smtp.Mails.Count(m => m.Subject.StartsWith("回执", StringComparison.Ordinal)).ShouldBe(1);

        await county.FileAsync(1, wrong.With("review.reconsideration.total", 4));
        await county.WorkAsync();
        await county.WorkAsync();

        var lapsed = county.Smtp.Mails.Where(m => m.Subject.Contains("豁免已失效", StringComparison.Ordinal)).ToList();
        lapsed.Count.ShouldBe(1);
        lapsed[0].Part("text/plain").ShouldContain("复议");
        county.Smtp.Mails.Count(m => m.Subject.StartsWith("回执", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData("secret", "sent")]
    [InlineData("wrong", "queued")]
    public async Task A_server_that_wants_a_login_gets_one_and_a_wrong_one_costs_no_mail(string password, string state)
    {
        await using var county = await ChasedCounty.OpenAsync(1, start, s => s with { User = "report", Password = password }, "auth");
        await county.WorkAsync();
        (await StateAsync(county, 1)).ShouldStartWith(state);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("tls")]
    public async Task Where_encryption_is_demanded_nothing_travels_without_or_to_a_stranger(string server)
    {
        await using var county = await ChasedCounty.OpenAsync(1, start, s => s with { StartTls = true, User = "report", Password = "secret" }, server);
        await county.WorkAsync();

        (await StateAsync(county, 1)).ShouldMatch("^queued .+");
        county.Smtp.Mails.ShouldBeEmpty();
        county.Smtp.Events.ShouldNotContain(e => (string?)e["event"] == "auth");
    }

    /// <summary>In a process of its own, for whom a process trusts is settled when it first looks.</summary>
    [Theory]
    [InlineData("localhost", "secret", true)]
    [InlineData("localhost", "wrong", false)]
    [InlineData("mail.example.gov.cn", "secret", false)]
    public async Task Over_STARTTLS_a_worker_logs_in_to_the_server_whose_certificate_it_trusts_and_to_no_other(string certified, string password, bool sends)
    {
        using var certificate = new TestCertificate(certified);
        await using var county = await ChasedCounty.OpenAsync(1, start, server: "tls-auth", certificate: certificate);
        await county.Mails.QueueAsync(ChasedCounty.Code, ChasedCounty.Year, "test", new NewMail(ChasedCounty.Code, "test", new MailDetail(To: "d01@example.gov.cn")), CancellationToken.None);

        using var worker = AggregatorProcess.StartWorker(county.Database.ConnectionString, ("Mail__Host", "localhost"),
            ("Mail__Port", county.Smtp.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("Mail__From", "report@example.gov.cn"),
            ("Mail__User", "report"), ("Mail__Password", password), ("SSL_CERT_FILE", certificate.Authority));

        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (await county.CountAsync("kind = 'test' and (sent_at is not null or answer is not null)") == 0)
        {
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(120));
            await Task.Delay(100);
        }

        (await county.CountAsync("kind = 'test' and state = 'sent'")).ShouldBe(sends ? 1 : 0);
        county.Smtp.Settle();
        county.Smtp.Mails.Count.ShouldBe(sends ? 1 : 0);
        var logins = county.Smtp.Events.Where(e => (string?)e["event"] == "auth").ToList();
        logins.ShouldAllBe(l => (bool)l["secure"]! && (string?)l["user"] == "report");
        (logins.Count > 0).ShouldBe(certified == "localhost", "who is not trusted hears no password");
    }

    [Fact]
    public async Task The_worker_itself_sends_what_waits()
    {
        await using var county = await ChasedCounty.OpenAsync(1, start);
        await county.Mails.QueueAsync(ChasedCounty.Code, ChasedCounty.Year, "test", new NewMail(ChasedCounty.Code, "test", new MailDetail(To: "d01@example.gov.cn")), CancellationToken.None);

        using var worker = AggregatorProcess.StartWorker(county.Database.ConnectionString, ("Mail__Host", "127.0.0.1"),
            ("Mail__Port", county.Smtp.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("Mail__StartTls", "false"), ("Mail__From", "report@example.gov.cn"));

        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (county.Smtp.Mails.IsEmpty)
        {
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
            await Task.Delay(100);
        }

        county.Smtp.Mails.Single().Subject.ShouldBe("测试：政府信息公开年度报告汇总系统邮件");
    }

    static async Task<string> StateAsync(ChasedCounty county, int unit) =>
        (await county.Database.ScalarAsync<string>($"select state || ' ' || coalesce(answer, '') from mail where unit = '{ChasedCounty.Unit(unit)}' and kind = 'reminder'"))!;
}
