using System.Text.Json;
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

/// <summary>Divisions and reporting units.</summary>
public sealed class UnitStore(NpgsqlDataSource database)
{
    /// <summary>Kinds of unit, highest first.</summary>
    public static readonly string[] Kinds = ["nation", "province", "prefecture", "county", "street", "town", "township", "other", "department"];

    const string Columns = """
        code, name, kind, parent, contacts::text as contacts, active_from, active_to, merged_into, vertically_managed
        """;

    const string SelectOne = $"select {Columns} from unit where code = @code";

    const string SelectBelow = $"""
        select {Columns} from unit where parent = @parent and code > @after order by code limit @limit
        """;

    const string Upsert = """
        with written as (
            insert into unit as u (code, name, kind, parent, contacts, active_from, active_to, merged_into, vertically_managed, updated_at)
            values (@Code, @Name, @Kind, @Parent, @contacts::jsonb, @ActiveFrom, @ActiveTo, @MergedInto, @VerticallyManaged, @now)
            on conflict (code) do update set name = excluded.name, kind = excluded.kind, contacts = excluded.contacts,
                active_from = excluded.active_from, active_to = excluded.active_to, merged_into = excluded.merged_into,
                vertically_managed = excluded.vertically_managed, updated_at = excluded.updated_at
            returning xmax = 0 as created
        ), audited as (
            insert into audit (county, at, actor, action, subject) select left(@Code, 6), @now, @actor, 'put_unit', @Code from written
        )
        select created from written
        """;

    /// <summary>The unit with a code, or null.</summary>
    public async Task<Unit?> FindAsync(string code, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var row = await connection.QuerySingleOrDefaultAsync<UnitRow>(new CommandDefinition(SelectOne, new { code }, cancellationToken: token));
        return row?.ToUnit();
    }

    /// <summary>Units directly below another one, in the order of their codes, after a code.</summary>
    public async Task<IReadOnlyList<Unit>> ListAsync(string parent, string after, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var rows = await connection.QueryAsync<UnitRow>(new CommandDefinition(SelectBelow, new { parent, after, limit }, cancellationToken: token));
        return [.. rows.Select(r => r.ToUnit())];
    }

    /// <summary>Writes a unit; true if it is new.</summary>
    public async Task<bool> PutAsync(Unit unit, string actor, DateTimeOffset now, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var contacts = JsonSerializer.Serialize(unit.Contacts, StoredJson.Readable.IReadOnlyListContact);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            Upsert,
            new { unit.Code, unit.Name, unit.Kind, unit.Parent, contacts, unit.ActiveFrom, unit.ActiveTo, unit.MergedInto, unit.VerticallyManaged, actor, now },
            cancellationToken: token));
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
