using System.Text.Json.Serialization;
using Aggregator.Database;
using Aggregator.Units;
using Dapper;
using Npgsql;

namespace Aggregator.Years;

/// <summary>One line of a roster: a unit that is expected to report, or exempt from it.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Name">Name.</param>
/// <param name="Kind">Kind of unit.</param>
/// <param name="Expected">False for an exempt unit (免报).</param>
/// <param name="Status"><c>missing · draft · submitted · returned · accepted · exempt</c>.</param>
/// <param name="Late">Filed after the due day of then, or not filed and the due day is over. An extension after a late filing changes nothing.</param>
/// <param name="DueDate">Last day for this unit: the year's, or its extension.</param>
/// <param name="Reason">Why it is exempt or has more time.</param>
/// <param name="FiledAt">When it first filed a report without hard findings.</param>
/// <param name="Revision">Newest revision, 0 for none.</param>
/// <param name="FiledRevision">Newest revision that was filed, if any; it counts while the status is <c>submitted</c> or <c>accepted</c>.</param>
/// <param name="AcceptedRevision">Revision that the county accepted, if any.</param>
/// <param name="Remark">What was said with the last step: why it was returned, reopened or withdrawn.</param>
/// <param name="Findings">Findings of the newest revision.</param>
/// <param name="AddedAt">Since when it is on the roster; null for one that was there before this was recorded.</param>
/// <param name="AddedReason">Why it was added after the due day, when the others had been there.</param>
/// <param name="LastContactAt">When the last mail to it was sent, of any kind, and did not come back; null for none.</param>
public sealed record RosterLine(
    string Unit,
    string Name,
    string Kind,
    bool Expected,
    string Status,
    bool Late,
    DateOnly DueDate,
    string? Reason,
    DateTimeOffset? FiledAt,
    int Revision,
    int? FiledRevision,
    int? AcceptedRevision,
    string? Remark,
    FindingCounts Findings,
    DateTimeOffset? AddedAt = null,
    string? AddedReason = null,
    DateTimeOffset? LastContactAt = null)
{
    /// <summary>Whether its figures count: filed, and neither returned nor exempt.</summary>
    [JsonIgnore]
    public bool IsFiled => Expected && Status is "submitted" or "accepted";
}

/// <summary>Number of findings by severity.</summary>
public sealed record FindingCounts(int Hard, int Warning, int Notice);

/// <summary>A county's roster for a year.</summary>
/// <param name="Summary">Counts and rates.</param>
/// <param name="Units">All units, in the order of their codes.</param>
public sealed record Roster(RosterSummary Summary, IReadOnlyList<RosterLine> Units);

/// <summary>Counts and rates of a roster. expected = filed + missing; filed = onTime + late.</summary>
/// <param name="Expected">Units that have to report.</param>
/// <param name="Filed">Units that have reported.</param>
/// <param name="OnTime">Filed within their due day.</param>
/// <param name="Late">Filed after it (迟报).</param>
/// <param name="Missing">Not filed (未报).</param>
/// <param name="Overdue">Not filed, and the due day is over.</param>
/// <param name="Exempt">Exempt (免报).</param>
/// <param name="Completeness">filed / expected, four decimals; null if none is expected.</param>
/// <param name="Timeliness">onTime / expected, four decimals; null if none is expected.</param>
public sealed record RosterSummary(
    int Expected, int Filed, int OnTime, int Late, int Missing, int Overdue, int Exempt, decimal? Completeness, decimal? Timeliness)
{
    /// <summary>Counts lines.</summary>
    public static RosterSummary Of(IReadOnlyList<RosterLine> lines)
    {
        var expected = lines.Count(l => l.Expected);
        var filed = lines.Count(l => l.IsFiled);
        var late = lines.Count(l => l.IsFiled && l.Late);
        var overdue = lines.Count(l => l.Expected && !l.IsFiled && l.Late);
        return new RosterSummary(expected, filed, filed - late, late, expected - filed, overdue, lines.Count - expected,
            Rate(filed, expected), Rate(filed - late, expected));
    }

    static decimal? Rate(int part, int whole) => whole == 0 ? null : decimal.Round((decimal)part / whole, 4, MidpointRounding.AwayFromZero);
}

/// <summary>What to change about a unit's place on the roster.</summary>
/// <param name="Expected">False to exempt the unit.</param>
/// <param name="DueDate">An extension, or null for the year's due date.</param>
/// <param name="Reason">Required for an exemption or an extension.</param>
public sealed record RosterEntry(bool Expected, DateOnly? DueDate, string? Reason);

/// <summary>A unit that an import has not put on the roster.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Name">Name.</param>
/// <param name="Reason">Why, in Chinese.</param>
public sealed record LeftOutUnit(string Unit, string Name, string Reason);

/// <summary>What became of an import.</summary>
/// <param name="Added">How many units are new on the roster.</param>
/// <param name="LeftOut">Divisions of the county that were neither there nor added.</param>
public sealed record RosterAddition(int Added, IReadOnlyList<LeftOutUnit> LeftOut);

/// <summary>Who is expected to report.</summary>
public sealed class RosterStore(NpgsqlDataSource database)
{
    /// <summary>
    /// Lateness of a filing f in a reporting_year y that was late when it came, though an extension now says otherwise: more time given
    /// afterwards is for a correction, and forgives nothing. A later due day of the year itself does.
    /// </summary>
    internal const string StaysLate = """
        (is_late(f.filed_at, y.due_date) and exists (select from revision r
            where r.county = f.county and r.year = f.year and r.unit = f.unit and r.filed_at = f.filed_at and r.late))
        """;

    /// <summary>The roster's one query; the benchmark runs this very statement in pgbench.</summary>
    public const string Select = $"""
        select f.unit, coalesce(u.name, f.unit) as name, coalesce(u.kind, '') as kind, f.expected,
            case when f.expected then f.status else 'exempt' end as status,
            f.expected and (is_late(coalesce(f.filed_at, @now), coalesce(f.due_date, y.due_date)) or {StaysLate}) as late,
            coalesce(f.due_date, y.due_date) as due_date, f.reason, f.filed_at, f.revision, f.filed_revision, f.accepted_revision, f.remark, f.hard, f.warning, f.notice,
            f.added_at, f.added_reason,
            (select max(m.sent_at) from mail m where m.county = f.county and m.year = f.year and m.unit = f.unit and m.state <> 'bounced') as last_contact_at
        from reporting_year y
        join filing f using (county, year)
        left join unit u on u.code = f.unit
        where y.county = @county and y.year = @year and (@unit::text is null or f.unit = @unit)
        order by f.unit
        """;

    // Somebody who was not there when the others were, and the due day is over. Where all came later, a past year is being loaded.
    const string AddedLate = """
        is_late(@now, y.due_date) and exists (
            select from filing o where o.county = y.county and o.year = y.year and (o.added_at is null or not is_late(o.added_at, y.due_date)))
        """;

    const string Import = $"""
        with absent as (
            select u.code, u.name, u.active_from, u.active_to, u.merged_into, {AddedLate} as late,
                @year >= coalesce(u.active_from, @year) and @year <= coalesce(u.active_to, case when u.merged_into is null then @year else 0 end) as active,
                p.expected or u.kind in ('street', 'town', 'township') as wanted
            from reporting_year y
            join unit u on u.parent = y.county
            left join filing p on p.county = y.county and p.year = @from::int and p.unit = u.code
            where y.county = @county and y.year = @year and (u.kind in ('street', 'town', 'township') or p.unit is not null)
                and not exists (select from filing f where f.county = y.county and f.year = y.year and f.unit = u.code)
        ), added as (
            insert into filing (county, year, unit, added_at)
            select @county, @year, code, @now from absent where wanted and active and not late
            on conflict do nothing
            returning unit
        ), stale as (
            insert into stale_total (division, year) select @county, @year where exists (select from added)
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @county, @now, @actor, 'import_roster', @year, @county, jsonb_strip_nulls(jsonb_build_object('added', count(*), 'from', @from::int)) from added
        )
        select n.code, n.name, n.active_from, n.active_to, n.merged_into, n.wanted, n.active, a.unit is not null as added
        from absent n left join added a on a.unit = n.code
        order by n.code
        """;

    const string SelectPlaces = $"""
        select w.unit, u.code is not null as known, f.unit is null and {AddedLate} as late, coalesce(f.expected, false) as expected, u.active_from, u.active_to
        from reporting_year y
        cross join unnest(@units) with ordinality w (unit, place)
        left join unit u on u.code = w.unit
        left join filing f on f.county = y.county and f.year = y.year and f.unit = w.unit
        where y.county = @county and y.year = @year
        order by w.place
        """;

    const string Upsert = """
        with written as (
            insert into filing (county, year, unit, expected, due_date, reason, added_at, added_reason)
            select @county, @year, w.unit, @Expected, @DueDate::date, @Reason, @now, case when w.late then @Reason end
            from unnest(@units, @late) w (unit, late) order by w.unit
            on conflict (county, year, unit) do update set expected = excluded.expected, due_date = excluded.due_date, reason = excluded.reason
            returning unit
        ), stale as (
            insert into stale_total (division, year) select @county, @year where exists (select from written)
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @county, @now, @actor, 'put_roster', @year, unit,
                jsonb_build_object('expected', @Expected, 'dueDate', @DueDate::date, 'reason', @Reason::text) from written
        )
        select 1
        """;

    /// <summary>The roster as it stands at an instant.</summary>
    public async Task<Roster> ReadAsync(string county, int year, DateTimeOffset now, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return await ReadAsync(connection, county, year, now, token);
    }

    /// <summary>One unit's line, or null.</summary>
    public async Task<RosterLine?> FindAsync(string county, int year, string unit, DateTimeOffset now, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return (await SelectAsync(connection, county, year, unit, now, token)).SingleOrDefault();
    }

    /// <summary>
    /// Puts the county's streets, towns and townships of the national list on the roster, and whoever else was expected in the year
    /// <paramref name="from"/>, as far as they report for the year. Who comes when the due day is over needs a reason, so an import adds nobody late.
    /// </summary>
    public async Task<RosterAddition> ImportAsync(string county, int year, int? from, string actor, DateTimeOffset now, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var absent = (await connection.QueryAsync<AbsentRow>(new CommandDefinition(Import, new { county, year, from, actor, now }, cancellationToken: token))).AsList();
        return new RosterAddition(absent.Count(a => a.Added), [.. absent.Where(a => !a.Added).Select(a => new LeftOutUnit(a.Code, a.Name, a.WhyLeftOut(year, from)))]);
    }

    /// <summary>
    /// Puts units on the roster or changes their place there, all alike and in one transaction; null for each with which it is done.
    /// Refusals: <c>unit_not_found</c>, <c>unit_not_active</c>, <c>reason_required</c>.
    /// </summary>
    public async Task<IReadOnlyList<(string Unit, Refusal? Refusal)>> PutAsync(
        string county, int year, IReadOnlyList<string> units, RosterEntry entry, string actor, DateTimeOffset now, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var places = (await connection.QueryAsync<Place>(new CommandDefinition(
            SelectPlaces, new { county, year, units = units.ToArray(), now }, cancellationToken: token))).AsList();
        var outcomes = places.ConvertAll(p => (p.Unit, Refusal: Refuse(county, year, p, entry)));
        var put = places.Zip(outcomes).Where(p => p.Second.Refusal is null).Select(p => p.First).ToList();
        await connection.ExecuteAsync(new CommandDefinition(
            Upsert,
            new { county, year, units = put.Select(p => p.Unit).ToArray(), late = put.Select(p => p.Late).ToArray(), entry.Expected, entry.DueDate, entry.Reason, actor, now },
            cancellationToken: token));
        return outcomes;
    }

    static Refusal? Refuse(string county, int year, Place place, RosterEntry entry) => place switch
    {
        _ when !place.Known || UnitCode.CountyOf(place.Unit) != county => new Refusal(RefusalKind.NotFound, "unit_not_found",
            $"{county} 没有代码为“{place.Unit}”的单位；县直部门请先登记（PUT /units/{{code}}）。"),
        { Expected: false } when entry.Expected && year < place.ActiveFrom => new Refusal(RefusalKind.Conflict, "unit_not_active",
            $"“{place.Unit}”自 {place.ActiveFrom} 年度起报送，不能列入 {year} 年度的应报名录。"),
        { Expected: false } when entry.Expected && year > place.ActiveTo => new Refusal(RefusalKind.Conflict, "unit_not_active",
            $"“{place.Unit}”已撤销，最后报告年度为 {place.ActiveTo}，不能列入 {year} 年度的应报名录。"),
        { Late: true } when string.IsNullOrEmpty(entry.Reason) => Refusal.Invalid("reason", "reason_required", "本年度截止日已过，补列单位须写明理由（reason）"),
        _ => null,
    };

    internal static async Task<Roster> ReadAsync(NpgsqlConnection connection, string county, int year, DateTimeOffset now, CancellationToken token)
    {
        var lines = await SelectAsync(connection, county, year, null, now, token);
        return new Roster(RosterSummary.Of(lines), lines);
    }

    static async Task<List<RosterLine>> SelectAsync(
        NpgsqlConnection connection, string county, int year, string? unit, DateTimeOffset now, CancellationToken token)
    {
        var rows = await connection.QueryAsync<RosterRow>(new CommandDefinition(Select, new { county, year, unit, now }, cancellationToken: token));
        return [.. rows.Select(r => new RosterLine(r.Unit, r.Name, r.Kind, r.Expected, r.Status, r.Late, r.DueDate, r.Reason,
            r.FiledAt, r.Revision, r.FiledRevision, r.AcceptedRevision, r.Remark, new FindingCounts(r.Hard, r.Warning, r.Notice), r.AddedAt, r.AddedReason, r.LastContactAt))];
    }

    sealed record RosterRow(
        string Unit,
        string Name,
        string Kind,
        bool Expected,
        string Status,
        bool Late,
        DateOnly DueDate,
        string? Reason,
        DateTimeOffset? FiledAt,
        int Revision,
        int? FiledRevision,
        int? AcceptedRevision,
        string? Remark,
        int Hard,
        int Warning,
        int Notice,
        DateTimeOffset? AddedAt,
        string? AddedReason,
        DateTimeOffset? LastContactAt);

    sealed record Place(string Unit, bool Known, bool Late, bool Expected, int? ActiveFrom, int? ActiveTo);

    sealed record AbsentRow(string Code, string Name, int? ActiveFrom, int? ActiveTo, string? MergedInto, bool Wanted, bool Active, bool Added)
    {
        public string WhyLeftOut(int year, int? from) => (Active, MergedInto) switch
        {
            (true, _) when !Wanted => $"{from} 年度免报，本年度须报送的请单独列入",
            (true, _) => "本年度截止日已过，请单独列入并写明理由",
            (_, { } into) when !(year < ActiveFrom) => ActiveTo is null ? $"已并入 {into}" : $"已并入 {into}，最后报告年度为 {ActiveTo}",
            _ when year < ActiveFrom => $"自 {ActiveFrom} 年度起报送",
            _ => $"已撤销，最后报告年度为 {ActiveTo}",
        };
    }
}
