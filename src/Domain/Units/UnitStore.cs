using System.Text.Json;
using Aggregator.Database;
using Dapper;
using Npgsql;

namespace Aggregator.Units;

/// <summary>A division or a reporting unit.</summary>
/// <param name="Code">National division code, or the county's code with a suffix for a department.</param>
/// <param name="Name">Official name. Names repeat; the code is the key.</param>
/// <param name="Kind">One of <see cref="UnitStore.Kinds"/>.</param>
/// <param name="Parent">Code of the level above; follows from the code.</param>
/// <param name="Contacts">People to write to.</param>
/// <param name="ActiveFrom">First report year, or null for always.</param>
/// <param name="ActiveTo">Last report year, or null for still active.</param>
/// <param name="MergedInto">Unit that took this one over (撤并).</param>
/// <param name="VerticallyManaged">Managed by its own hierarchy (垂直管理), such as the tax office.</param>
public sealed record Unit(
    string Code,
    string Name,
    string Kind,
    string? Parent,
    IReadOnlyList<Contact> Contacts,
    int? ActiveFrom,
    int? ActiveTo,
    string? MergedInto,
    bool VerticallyManaged);

/// <summary>A person or office to write to.</summary>
/// <param name="Name">Name.</param>
/// <param name="Role">Function, such as 经办人; <c>leader</c> or 分管领导 gets copies of late reminders only.</param>
/// <param name="Email">E-mail address.</param>
/// <param name="Phone">Telephone.</param>
public sealed record Contact(string Name, string? Role = null, string? Email = null, string? Phone = null);

/// <summary>A unit as it was written.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Created">Whether it is new.</param>
public sealed record WrittenUnit(Unit Unit, bool Created);

/// <summary>Divisions and reporting units.</summary>
public sealed class UnitStore(NpgsqlDataSource database)
{
    const int MergerLock = 0x4D_45_52_47;

    /// <summary>Kinds of unit, highest first.</summary>
    public static readonly string[] Kinds = ["nation", "province", "prefecture", "county", "street", "town", "township", "other", "department"];

    const string Columns = """
        code, name, kind, parent, contacts::text as contacts, active_from, active_to, merged_into, vertically_managed
        """;

    const string SelectOne = $"select {Columns} from unit where code = @code";

    const string SelectBelow = $"""
        select {Columns} from unit where parent = @parent and code > @after order by code limit @limit
        """;

    const string SelectNames = "select code, name from unit where code = any(@codes)";

    // One merger of a county at a time, or two of them could close a circle.
    const string LockMergers = "select pg_advisory_xact_lock(@MergerLock, hashtext(left(@Code, 6)))";

    const string SelectHeirs = """
        with recursive heir (code) as (
            select code from unit where code = @MergedInto
            union
            select u.merged_into from heir h join unit u on u.code = h.code where u.merged_into is not null
        )
        select code from heir
        """;

    // Of a unit that does not report any more nothing is expected: where nothing has come in, it is exempt from the years after
    // its last one. What has come in stays as it is.
    const string Upsert = """
        with written as (
            insert into unit as u (code, name, kind, parent, contacts, active_from, active_to, merged_into, vertically_managed, updated_at)
            values (@Code, @Name, @Kind, @Parent, @contacts::jsonb, @ActiveFrom, @ActiveTo, @MergedInto, @VerticallyManaged, @now)
            on conflict (code) do update set name = excluded.name, kind = excluded.kind, contacts = excluded.contacts,
                active_from = excluded.active_from, active_to = excluded.active_to, merged_into = excluded.merged_into,
                vertically_managed = excluded.vertically_managed, updated_at = excluded.updated_at
            returning xmax = 0 as created
        ), closed as (
            update filing f set expected = false, reason = @closing
            from reporting_year y
            where f.county = left(@Code, 6) and f.unit = @Code and f.year > @ActiveTo and f.expected and f.status = 'missing'
                and y.county = f.county and y.year = f.year and y.state <> 'published'
            returning f.county, f.year
        ), stale as (
            insert into stale_total (division, year) select county, year from closed
        ), exempted as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select county, @now, @actor, 'put_roster', year, @Code, jsonb_build_object('expected', false, 'reason', @closing::text) from closed
        ), audited as (
            insert into audit (county, at, actor, action, subject, detail)
            select left(@Code, 6), @now, @actor, 'put_unit', @Code,
                jsonb_strip_nulls(jsonb_build_object('activeFrom', @ActiveFrom::int, 'activeTo', @ActiveTo::int, 'mergedInto', @MergedInto::text)) from written
        )
        select created from written
        """;

    /// <summary>The unit with a code, or null.</summary>
    public async Task<Unit?> FindAsync(string code, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        var row = await connection.QuerySingleOrDefaultAsync<UnitRow>(new CommandDefinition(SelectOne, new { code }, cancellationToken: token));
        return row?.ToUnit();
    }

    /// <summary>Units directly below another one, in the order of their codes, after a code.</summary>
    public async Task<IReadOnlyList<Unit>> ListAsync(string parent, string after, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        var rows = await connection.QueryAsync<UnitRow>(new CommandDefinition(SelectBelow, new { parent, after, limit }, cancellationToken: token));
        return [.. rows.Select(r => r.ToUnit())];
    }

    /// <summary>Names of units and divisions by their codes, as far as there are any.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ListNamesAsync(IEnumerable<string> codes, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        return (await connection.QueryAsync<(string Code, string Name)>(
            new CommandDefinition(SelectNames, new { codes = codes.Distinct().ToArray() }, cancellationToken: token))).ToDictionary(u => u.Code, u => u.Name);
    }

    /// <summary>Writes a unit. Refusals: <c>merged_into_not_found</c>, <c>merger_cycle</c>.</summary>
    public async Task<Outcome<WrittenUnit>> PutAsync(Unit unit, string actor, DateTimeOffset now, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        if (unit.MergedInto is not null && await RefuseMergerAsync(connection, unit, token) is { } refusal)
        {
            return refusal;
        }

        var contacts = JsonSerializer.Serialize(unit.Contacts, StoredJson.Readable.IReadOnlyListContact);
        var closing = unit.MergedInto is { } into ? $"已并入 {into}，最后报告年度为 {unit.ActiveTo}" : $"已撤销，最后报告年度为 {unit.ActiveTo}";
        var created = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            Upsert,
            new { unit.Code, unit.Name, unit.Kind, unit.Parent, contacts, unit.ActiveFrom, unit.ActiveTo, unit.MergedInto, unit.VerticallyManaged, closing, actor, now },
            transaction,
            cancellationToken: token));
        await transaction.CommitAsync(token);
        return new WrittenUnit(unit, created);
    }

    static async Task<Refusal?> RefuseMergerAsync(NpgsqlConnection connection, Unit unit, CancellationToken token)
    {
        await connection.ExecuteAsync(new CommandDefinition(LockMergers, new { MergerLock, unit.Code }, cancellationToken: token));
        var heirs = (await connection.QueryAsync<string>(new CommandDefinition(SelectHeirs, new { unit.MergedInto }, cancellationToken: token))).AsList();
        return heirs.Count == 0 ? Refused(RefusalKind.Unacceptable, "merged_into_not_found", $"没有代码为“{unit.MergedInto}”的单位，请先登记并入后的单位")
            : heirs.Contains(unit.Code) ? Refused(RefusalKind.Conflict, "merger_cycle", $"“{unit.MergedInto}”已经并入“{unit.Code}”（直接或经其他单位），不能互相并入")
            : null;

        static Refusal Refused(RefusalKind kind, string code, string detail) => new(kind, code, $"{detail}。", [new RefusalError("$.mergedInto", code, detail)]);
    }

    sealed record UnitRow(
        string Code,
        string Name,
        string Kind,
        string? Parent,
        string Contacts,
        int? ActiveFrom,
        int? ActiveTo,
        string? MergedInto,
        bool VerticallyManaged)
    {
        public Unit ToUnit() => new(Code, Name, Kind, Parent,
            JsonSerializer.Deserialize(Contacts, StoredJson.Readable.IReadOnlyListContact)!, ActiveFrom, ActiveTo, MergedInto, VerticallyManaged);
    }
}
