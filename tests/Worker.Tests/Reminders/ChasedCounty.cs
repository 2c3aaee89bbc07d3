using System.Globalization;
using Aggregator.Access;
using Aggregator.Checks;
using Aggregator.Database;
using Aggregator.Reminders;
using Aggregator.Submissions;
using Aggregator.Testing;
using Aggregator.Worker.Reminders;
using Aggregator.Years;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Aggregator.Worker.Tests.Reminders;

/// <summary>A county with departments, a clock that stands still, and the worker's jobs on a real database and a real SMTP server.</summary>
sealed class ChasedCounty : IAsyncDisposable
{
    public const string Code = "360922";
    public const int Year = 2021;
    public const string Coordinator = "zwgk@example.gov.cn";

    readonly TestDatabase database;
    readonly NpgsqlDataSource api;
    readonly NpgsqlDataSource worker;
    readonly RosterStore rosters;
    readonly SubmissionStore submissions;
    readonly WorkflowStore workflow;

    ChasedCounty(TestDatabase database, SmtpProcess smtp, FakeClock clock, MailSettings settings)
    {
        (this.database, Smtp, Clock, Settings) = (database, smtp, clock, settings);

        api = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.ApiRole);
        worker = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.WorkerRole);
        rosters = new RosterStore(api);
        submissions = new SubmissionStore(api, RuleSettings.Default, clock);
        workflow = new WorkflowStore(api, clock);
        Mails = new MailStore(worker, clock);
        Reminders = new ReminderStore(worker, new RosterStore(worker), new CalendarStore(worker), Mails, settings, clock);
        Client = new MailClient(settings, clock, TimeSpan.FromMilliseconds(5));
    }

    public SmtpProcess Smtp { get; }

    public FakeClock Clock { get; }

    public MailSettings Settings { get; }

    public MailStore Mails { get; }

    public ReminderStore Reminders { get; }

    public MailClient Client { get; }

    public TestDatabase Database => database;

    /// <summary>A county whose year is open with so many departments, each with a clerk and a leader to write to.</summary>
    public static async Task<ChasedCounty> OpenAsync(int departments, DateTimeOffset now, Func<MailSettings, MailSettings>? change = null, string server = "plain", TestCertificate? certificate = null)
    {
        var smtp = SmtpProcess.Start(server, certificate);
        var settings = new MailSettings("127.0.0.1", smtp.Port, StartTls: false, From: "report@example.gov.cn", PerMinute: 10_000, Timeout: TimeSpan.FromSeconds(30),
            QuietFrom: new TimeOnly(20, 0), QuietUntil: new TimeOnly(8, 0), GiveUpAfter: TimeSpan.FromDays(5), PublicUrl: "https://report.example.gov.cn");
        var county = new ChasedCounty(await TestDatabase.CreateAsync(), smtp, new FakeClock(now), change?.Invoke(settings) ?? settings);
        await county.SqlAsync($$"""
            with county as (
                update unit set contacts = '[{"name":"县政务公开办","email":"{{Coordinator}}","phone":"0795-8820000"}]' where code = '{{Code}}'
            ), year as (
                insert into reporting_year (county, year, form, due_date, county_due_date) values ('{{Code}}', {{Year}}, '2021', '2022-01-31', '2022-03-31')
                returning 1
            ), added as (
                insert into unit (code, name, kind, parent, contacts)
                select '{{Code}}-d' || to_char(n, 'FM00'), '部门' || to_char(n, 'FM00'), 'department', '{{Code}}', jsonb_build_array(
                    jsonb_build_object('name', '经办人', 'email', 'd' || to_char(n, 'FM00') || '@example.gov.cn'),
                    jsonb_build_object('name', '负责人', 'role', '分管领导', 'email', 'leader' || to_char(n, 'FM00') || '@example.gov.cn'))
                from generate_series(1, {{departments}}) n returning code
            )
            insert into filing (county, year, unit) select '{{Code}}', {{Year}}, code from added, year
            """);
        return county;
    }

    public static string Unit(int number) => string.Create(CultureInfo.InvariantCulture, $"{Code}-d{number:00}");

    /// <summary>A worker's jobs, each called twice at once as two workers do.</summary>
    public async Task WorkAsync()
    {
        await new AuditStore(worker).SealAsync(CancellationToken.None);
        await Task.WhenAll(RemindAsync(), RemindAsync());
        await Task.WhenAll(SendAsync(), SendAsync());
    }

    /// <summary>Queues what is due.</summary>
    public Task RemindAsync() => new RemindJob(Reminders, NullLogger<RemindJob>.Instance).RunAsync(CancellationToken.None);

    /// <summary>One run of the sender.</summary>
    public Task SendAsync() => SendAsync(Client);

    /// <summary>One run of a sender in a process of its own.</summary>
    public async Task SendAsync(MailClient client)
    {
        await new SendMailJob(Mails, Reminders, client, Settings, (_, _, _, _) => Task.FromResult<MailFile?>(null), Clock, NullLogger<SendMailJob>.Instance)
            .RunAsync(CancellationToken.None);
        Smtp.Settle();
    }

    public async Task FileAsync(int unit, Report? report = null)
    {
        var submission = SubmissionReader.Read((report ?? Report.Zero("2021")).ToBody(Unit(unit))).Value!;
        (await submissions.FileAsync(submission, new FilingRequest(Code, Year, "clerk", false, null, null), CancellationToken.None)).Refusal.ShouldBeNull();
    }

    public async Task StepAsync(Workflow step, int unit, string? reason = null) =>
        (await workflow.StepAsync(step, Code, Year, Unit(unit), reason, null, "clerk", CancellationToken.None)).ShouldBeNull();

    public async Task WaiveAsync(int unit, string rule) =>
        (await new WaiverStore(api, Clock).WaiveAsync(submissions, Code, Year, Unit(unit), rule, null, "已核实", "clerk", CancellationToken.None)).Refusal.ShouldBeNull();

    public Task PutRosterAsync(int unit, bool expected, DateOnly? due) =>
        rosters.PutAsync(Code, Year, [Unit(unit)], new RosterEntry(expected, due, "来函申请"), "clerk", Clock.GetUtcNow(), CancellationToken.None);

    public async Task<DateTimeOffset?> LastContactAsync(int unit) =>
        (await rosters.FindAsync(Code, Year, Unit(unit), Clock.GetUtcNow(), CancellationToken.None))!.LastContactAt;

    public async Task SqlAsync(string sql) => await database.ScalarAsync<object>(sql);

    public Task<long> CountAsync(string condition) => database.ScalarAsync<long>($"select count(*) from mail where {condition}");

    public async ValueTask DisposeAsync()
    {
        Smtp.Dispose();
        await api.DisposeAsync();
        await worker.DisposeAsync();
        await database.DisposeAsync();
    }
}
