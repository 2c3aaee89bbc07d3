using System.Text.Json;
using Aggregator.Units;
using Aggregator.Years;
using Dapper;
using Npgsql;

namespace Aggregator.Reminders;

/// <summary>A unit as reminders see it.</summary>
/// <param name="State">How far it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Contacts">Whom to write to.</param>
/// <param name="Sent">Keys of the steps that have been queued for it, but for what came back and may be sent again.</param>
public sealed record ReminderUnit(UnitState State, string Name, IReadOnlyList<Contact> Contacts, IReadOnlySet<string> Sent);

/// <summary>A county's year as reminders see it.</summary>
/// <param name="Year">The year.</param>
/// <param name="CountyName">Name of the county.</param>
/// <param name="Office">The county's own contacts: the coordinator.</param>
/// <param name="Ladder">Its ladder.</param>
/// <param name="LadderRevision">Revision of the ladder.</param>
/// <param name="Units">Its units.</param>
/// <param name="Calendar">Working days.</param>
public sealed record ReminderYear(
    ReportingYear Year, string CountyName, IReadOnlyList<Contact> Office, Ladder Ladder, int LadderRevision, IReadOnlyList<ReminderUnit> Units, WorkCalendar Calendar)
{
    /// <summary>What is only assumed about working days.</summary>
    public IReadOnlyList<string> Warnings => Calendar.Warnings(Year.DueDate.Year, Year.CountyDueDate.Year);
}

/// <summary>A mail as it is sent: to whom and what, or why not.</summary>
/// <param name="Addresses">To whom.</param>
/// <param name="Content">What it says.</param>
/// <param name="AttachLetter">Whether a dunning letter belongs to it.</param>
/// <param name="Needless">Why it is not needed any more; null to send it.</param>
public sealed record OutgoingMail(MailAddresses Addresses, MailContent? Content, bool AttachLetter = false, string? Needless = null);

/// <summary>Finds what is due, and writes what a queued mail says at the moment at which it is sent.</summary>
public sealed class ReminderStore(
    NpgsqlDataSource database, RosterStore rosters, CalendarStore calendars, MailStore mails, MailSettings settings, TimeProvider time)
{
    // Extensions may outlast the county's own due date.
    const string SelectYears = """
        select y.county, y.year from reporting_year y
        where y.state <> 'published' and (y.county_due_date >= @today
            or exists (select from filing f where f.county = y.county and f.year = y.year and f.due_date >= @today - 7))
        order by y.county, y.year
        """;

    const string SelectYear = """
        select y.county, y.year, y.form, y.due_date, y.county_due_date, y.state, coalesce(u.name, y.county) as name, u.contacts::text as contacts,
            l.body::text as ladder, coalesce(l.revision, 0) as ladder_revision
        from reporting_year y
        left join unit u on u.code = y.county
        left join ladder l on l.county = y.county and l.year = y.year
        where y.county = @county and y.year = @year
        """;

    // What came back may be sent by hand again at once, by the ladder when the unit has another address: the old one would only send it back.
    const string SelectUnits = """
        select f.unit, coalesce(u.name, f.unit) as name, coalesce(u.contacts, '[]')::text as contacts,
            f.expected and not coalesce(u.merged_into is not null and coalesce(u.active_to, 0) < f.year, false) as expected,
            f.status, coalesce(f.due_date, y.due_date) as due_date, f.due_date is not null as extended,
            case when f.status in ('returned', 'draft') then (
                select max(a.at) from audit a where a.county = f.county and a.year = f.year and a.subject = f.unit and a.action in ('return', 'withdraw')
            ) end as owes_since, reminded.at as reminded_at, coalesce(reminded.steps, '{}') as sent
        from reporting_year y
        join filing f using (county, year)
        left join unit u on u.code = f.unit
        left join lateral (
            select array_agg(m.step) as steps, max(m.created_at) filter (where m.step like '%@' || coalesce(f.due_date, y.due_date)) as at
            from mail m where m.county = f.county and m.year = f.year and m.unit = f.unit and m.kind = 'reminder'
                and not (m.state = 'bounced' and (m.step like 'hand@%'
                    or not m.recipients <@ array(select btrim(c ->> 'email') from jsonb_array_elements(u.contacts) c)))
        ) reminded on true
        where y.county = @county and y.year = @year and (@unit::text is null or f.unit = @unit)
        order by f.unit
        """;

    const string SelectLastDigest = "select max(created_at) from mail where county = @county and year = @year and kind = 'digest'";

    const string SelectChanged = """
        select exists (select from audit where county = @county and year = @year and (@since::timestamptz is null or at > @since) and at <= @until
            and action in ('submit', 'keep_draft', 'withdraw', 'return', 'accept', 'reopen', 'waive'))
        """;

    const string SelectLapsed = """
        select g ->> 'message' from revision r, jsonb_array_elements(r.findings) g
        where r.county = @county and r.year = @year and r.unit = @unit and r.revision = @revision and g ->> 'lapsedWaiver' is not null
        """;

    /// <summary>County and year of everything that may have something due.</summary>
    public async Task<IReadOnlyList<(string County, int Year)>> ListYearsAsync(CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<(string, int)>(new CommandDefinition(
            SelectYears, new { today = ChinaTime.DateOf(time.GetUtcNow()) }, cancellationToken: token))).AsList();
    }

    /// <summary>A county's year, with all units or one; null if the county has not opened it.</summary>
    public async Task<ReminderYear?> FindAsync(string county, int year, string? unit, CancellationToken token)
    {
        var calendar = await calendars.ReadAsync(token);
        await using var connection = await database.OpenConnectionAsync(token);
        if (await connection.QuerySingleOrDefaultAsync<YearRow>(new CommandDefinition(SelectYear, new { county, year }, cancellationToken: token)) is not { } row)
        {
            return null;
        }

        var units = await connection.QueryAsync<UnitRow>(new CommandDefinition(SelectUnits, new { county, year, unit }, cancellationToken: token));
        return new ReminderYear(
            new ReportingYear(row.County, row.Year, row.Form, row.DueDate, row.CountyDueDate, row.State), row.Name, Contacts(row.Contacts),
            LadderStore.Read(row.Ladder), row.LadderRevision,
            [.. units.Select(u => new ReminderUnit(new UnitState(u.Unit, u.Expected, u.Status, u.DueDate, u.Extended, u.OwesSince, u.RemindedAt),
                u.Name, Contacts(u.Contacts), u.Sent.ToHashSet()))],
            calendar);
    }

    /// <summary>Queues what is due in a county's year: each unit's step and the coordinator's digest; how many mails.</summary>
    public async Task<int> QueueDueAsync(string county, int year, CancellationToken token)
    {
        var now = time.GetUtcNow();
        if (await FindAsync(county, year, null, token) is not { Ladder.Enabled: true } found)
        {
            return 0;
        }

        var due = new List<NewMail>();
        foreach (var unit in found.Units)
        {
            if (found.Ladder.Due(found.Year, unit.State, found.Calendar, unit.Sent, now) is { } step)
            {
                due.Add(new NewMail(unit.State.Unit, step.Key, new MailDetail(step.Code, step.CopyLeader, step.AttachLetter)));
            }
        }

        var queued = due.Count == 0 ? 0 : (await mails.QueueRemindersAsync(county, year, due, null, token)).Count;
        return queued + await QueueDigestAsync(found, now, token);
    }

    /// <summary>What a mail is, to whom and whether it is still needed, by what is true now.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="withLetter">Whether a dunning letter can be attached.</param>
    /// <param name="token">Cancels.</param>
    public async Task<OutgoingMail> ComposeAsync(ClaimedMail mail, bool withLetter, CancellationToken token)
    {
        var (now, detail) = (time.GetUtcNow(), mail.Detail);
        if (await FindAsync(mail.County, mail.Year, mail.Unit, token) is not { } year)
        {
            return Needless("年度已不存在。");
        }

        if (mail.Kind == "test")
        {
            return new(new([detail.To!], []), MailWording.Test(year.CountyName, now, settings.PublicUrl));
        }

        if (mail.Kind == "digest")
        {
            var roster = await rosters.ReadAsync(mail.County, mail.Year, now, token);
            return new(MailAddresses.Of(year.Office, copyLeader: true), MailWording.Digest(year.CountyName, year.Year, roster, detail.Since, now, settings.PublicUrl, year.Calendar));
        }

        if (year.Units is not [var unit] || await rosters.FindAsync(mail.County, mail.Year, mail.Unit, now, token) is not { } line)
        {
            return Needless("单位已不在名录中。");
        }

        var about = new MailSubject(year.CountyName, year.Year, line, year.Calendar, now, settings.PublicUrl, year.Office);
        var addresses = MailAddresses.Of(unit.Contacts, detail.CopyLeader);
        return mail.Kind switch
        {
            "reminder" => WhyNeedless(year, unit, mail, now) is { } why ? Needless(why)
                : new(addresses, MailWording.Reminder(about, detail.Code == Ladder.Opening, withLetter && detail.AttachLetter), detail.AttachLetter),
            "filed" => new(addresses, MailWording.Filed(about, detail.Revision, detail.FiledAt ?? line.FiledAt ?? mail.CreatedAt, detail.Late ?? line.Late)),
            "returned" => new(addresses, MailWording.Returned(about, detail.Revision, detail.Reason)),
            "accepted" => new(addresses, MailWording.Accepted(about, detail.Revision)),
            _ => new(addresses, MailWording.WaiverLapsed(about, detail.Revision, await ListLapsedAsync(mail, token))),
        };
    }

    async Task<int> QueueDigestAsync(ReminderYear year, DateTimeOffset now, CancellationToken token)
    {
        var today = ChinaTime.DateOf(now);
        if (now < year.Ladder.On(today) || !year.Calendar.IsWorkday(today) || year.Units.Count == 0)
        {
            return 0;
        }

        var key = new { county = year.Year.County, year = year.Year.Year };
        await using var connection = await database.OpenConnectionAsync(token);
        var last = await connection.ExecuteScalarAsync<DateTime?>(new CommandDefinition(SelectLastDigest, key, cancellationToken: token)) is { } created
            ? ChinaTime.DateOf(new DateTimeOffset(created, TimeSpan.Zero)) : (DateOnly?)null;

        // From one morning to the next: what comes in after today's digest is tomorrow's.
        DateTimeOffset? since = last is { } day ? year.Ladder.On(day).ToUniversalTime() : null;
        var until = year.Ladder.On(today).ToUniversalTime();
        if (last == today
            || (!Ladder.IsDigestMonth(year.Year, today)
                && !await connection.ExecuteScalarAsync<bool>(new CommandDefinition(SelectChanged, new { key.county, key.year, since, until }, cancellationToken: token))))
        {
            return 0;
        }

        var mail = new NewMail(key.county, $"digest@{today:yyyy-MM-dd}", new MailDetail(Since: since));
        return await mails.QueueAsync(key.county, key.year, "digest", mail, token) is null ? 0 : 1;
    }

    /// <summary>Why a reminder that was due is so no more: it is filed, or a later step has come in its place.</summary>
    static string? WhyNeedless(ReminderYear year, ReminderUnit unit, ClaimedMail mail, DateTimeOffset now)
    {
        if (!unit.State.Owes)
        {
            return unit.State.Expected ? "单位已报送，不再提醒。" : "单位免报或已撤并，不再提醒。";
        }

        if (mail.Detail.By is not null)
        {
            return null;
        }

        var others = unit.Sent.Where(s => s != mail.Step).ToHashSet();
        return year.Ladder.Due(year.Year, unit.State with { RemindedAt = null }, year.Calendar, others, now)?.Key == mail.Step ? null : "已过时：截止日、安排有变动，或者已由后一次提醒代替。";
    }

    async Task<List<string>> ListLapsedAsync(ClaimedMail mail, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<string>(new CommandDefinition(
            SelectLapsed, new { mail.County, mail.Year, mail.Unit, revision = mail.Detail.Revision }, cancellationToken: token))).AsList();
    }

    static OutgoingMail Needless(string why) => new(new([], []), null, Needless: why);

    static IReadOnlyList<Contact> Contacts(string? json) => json is null ? [] : JsonSerializer.Deserialize(json, StoredJson.Readable.IReadOnlyListContact)!;

    sealed record YearRow(
        string County, int Year, string Form, DateOnly DueDate, DateOnly CountyDueDate, string State, string Name, string? Contacts, string? Ladder, int LadderRevision);

    sealed record UnitRow(
        string Unit, string Name, string Contacts, bool Expected, string Status, DateOnly DueDate, bool Extended, DateTimeOffset? OwesSince, DateTimeOffset? RemindedAt, string[] Sent);
}
