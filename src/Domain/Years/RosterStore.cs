using System.Text.Json.Serialization;
using Dapper;
using Npgsql;

namespace Aggregator.Years;

/// <summary>One line of a roster: a unit that is expected to report, or exempt from it.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Name">Name.</param>
/// <param name="Kind">Kind of unit.</param>
/// <param name="Expected">False for an exempt unit (免报).</param>
/// <param name="Status"><c>missing · draft · submitted · returned · accepted · exempt</c>.</param>
/// <param name="Late">Filed after the due day, or not filed and the due day is over.</param>
/// <param name="DueDate">Last day for this unit: the year's, or its extension.</param>
/// <param name="Reason">Why it is exempt or has more time.</param>
/// <param name="FiledAt">When it first filed a report without hard findings.</param>
/// <param name="Revision">Newest revision, 0 for none.</param>
/// <param name="FiledRevision">Revision that counts, if any.</param>
/// <param name="AcceptedRevision">Revision that the county accepted, if any.</param>
/// <param name="Remark">What was said with the last step: why it was returned, reopened or withdrawn.</param>
/// <param name="Findings">Findings of the newest revision.</param>
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
    FindingCounts Findings)
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

    static decimal? Rate(int part, int whole) => whole == 0 ? null : decimal.Round((decimal)part / whole, 4);
}

/// <summary>What to change about a unit's place on the roster.</summary>
/// <param name="Expected">False to exempt the unit.</param>
/// <param name="DueDate">An extension, or null for the year's due date.</param>
/// <param name="Reason">Required for an exemption or an extension.</param>
public sealed record RosterEntry(bool Expected, DateOnly? DueDate, string? Reason);

/// <summary>Who is expected to report.</summary>
public sealed class RosterStore(NpgsqlDataSource database)
{
    const string Select = """
        select f.unit, coalesce(u.name, f.unit) as name, coalesce(u.kind, '') as kind, f.expected,
            case when f.expected then f.status else 'exempt' end as status,
            f.expected and is_late(coalesce(f.filed_at, @now), coalesce(f.due_date, y.due_date)) as late,
            coalesce(f.due_date, y.due_date) as due_date, f.reason, f.filed_at, f.revision, f.filed_revision, f.accepted_revision, f.remark, f.hard, f.warning, f.notice
        from reporting_year y
        join filing f using (county, year)
        left join unit u on u.code = f.unit
        where y.county = @county and y.year = @year and (@unit::text is null or f.unit = @unit)
        order by f.unit
        """;

    const string ImportDivisions = """
        with added as (
            insert into filing (county, year, unit)
            select @county, @year, code from unit
            where parent = @county and kind in ('street', 'town', 'township') and merged_into is null
                and @year between coalesce(active_from, @year) and coalesce(active_to, @year)
            on conflict do nothing
            returning unit
        ), stale as (
            insert into stale_total (division, year) select @county, @year where exists (select from added)
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @county, @now, @actor, 'import_roster', @year, @county, jsonb_build_object('added', count(*)) from added
        )
        select count(*)::int from added
        """;

    const string Upsert = """
        with written as (
            insert into filing (county, year, unit, expected, due_date, reason)
            select @county, @year, u.code, @Expected, @DueDate::date, @Reason from unit u where u.code = @unit
            on conflict (county, year, unit) do update set expected = excluded.expected, due_date = excluded.due_date, reason = excluded.reason
            returning unit
        ), stale as (
            insert into stale_total (division, year) select @county, @year from written
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select @county, @now, @actor, 'put_roster', @year, unit,
                jsonb_build_object('expected', @Expected, 'dueDate', @DueDate::date, 'reason', @Reason::text) from written
        )
        select exists (select from written)
        """;

    /// <summary>The roster as it stands at an instant.</summary>
    public async Task<Roster> ReadAsync(string county, int year, DateTimeOffset now, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await ReadAsync(connection, county, year, now, token);
    }

    /// <summary>One unit's line, or null.</summary>
    public async Task<RosterLine?> FindAsync(string county, int year, string unit, DateTimeOffset now, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await SelectAsync(connection, county, year, unit, now, token)).SingleOrDefault();
    }

    /// <summary>Puts the county's streets, towns and townships of the national list on the roster; returns how many are new.</summary>
    public async Task<int> ImportAsync(string county, int year, string actor, DateTimeOffset now, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(ImportDivisions, new { county, year, actor, now }, cancellationToken: token));
    }

    /// <summary>Puts a unit on the roster or changes its place there; false if there is no such unit.</summary>
    public async Task<bool> PutAsync(string county, int year, string unit, RosterEntry entry, string actor, DateTimeOffset now, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            Upsert, new { county, year, unit, entry.Expected, entry.DueDate, entry.Reason, actor, now }, cancellationToken: token));
    }

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
            r.FiledAt, r.Revision, r.FiledRevision, r.AcceptedRevision, r.Remark, new FindingCounts(r.Hard, r.Warning, r.Notice)))];
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
        int Notice);
}
