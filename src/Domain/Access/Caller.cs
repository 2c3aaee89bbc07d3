using System.Text.Json.Serialization;
using Aggregator.Units;

namespace Aggregator.Access;

/// <summary>Who is calling: a program with an API key or a person with an account, in a role and for something.</summary>
/// <param name="Actor">Names the caller in the audit: the id of a key, or <c>account:</c> and a login name.</param>
/// <param name="Role">What the caller is.</param>
/// <param name="Scope">The unit (reporter), county (county) or division (viewer) of the caller; empty for an operator.</param>
public sealed record Caller(string Actor, Role Role, string Scope)
{
    /// <summary>Whether the caller may look after accounts at all.</summary>
    public bool MayKeepAccounts => Role is Role.County or Role.Operator;

    /// <summary>
    /// Whether the caller may do something with the unit, county or division that a code names. The whole of who may do what
    /// stands here.
    /// </summary>
    public bool May(Right right, string code) => (right, Role) switch
    {
        (Right.FileReport, Role.Reporter) => code == Scope,
        (Right.FileReport, Role.County) => IsWithin(code),

        (Right.ReviewReport, Role.County) => IsWithin(code),

        (Right.ReadReport, Role.Reporter) => code == Scope,
        (Right.ReadReport, Role.County or Role.Viewer) => IsWithin(code),

        (Right.ReadDivision, Role.County or Role.Viewer) => IsWithin(code),

        (Right.ReadYear, Role.Reporter) => UnitCode.CountyOf(Scope) == code,
        (Right.ReadYear, Role.County or Role.Viewer) => IsWithin(code),
        (Right.ReadYear, Role.Operator) => true,

        (Right.ManageCounty, Role.County) => IsWithin(code),
        (Right.ManageCounty, Role.Operator) => true,

        (Right.ReadContacts, Role.Reporter) => code == Scope,
        (Right.ReadContacts, Role.County or Role.Viewer) => IsWithin(code),
        (Right.ReadContacts, Role.Operator) => true,
        _ => false,
    };

    /// <summary>Whether the caller may make and end keys of a role and scope: an operator any, a county those of its units.</summary>
    public bool MayGiveKey(Role role, string scope) => Role == Role.Operator || (role == Role.Reporter && May(Right.ManageCounty, scope));

    /// <summary>
    /// Whether the caller may look after accounts of a role and scope: as with keys, and a county also those of its own
    /// office. A key can be passed around, but each clerk is a person whom the audit has to name.
    /// </summary>
    public bool MayGiveAccount(Role role, string scope) =>
        MayGiveKey(role, scope) || (Role == Role.County && role == Role.County && scope == Scope);

    bool IsWithin(string code) => UnitCode.IsWithin(code, Scope);
}

/// <summary>Roles of keys and accounts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Role>))]
public enum Role
{
    /// <summary>One unit: its own submissions only.</summary>
    [JsonStringEnumMemberName("reporter")]
    Reporter,

    /// <summary>A county: everything of it.</summary>
    [JsonStringEnumMemberName("county")]
    County,

    /// <summary>A division and all below it, read only.</summary>
    [JsonStringEnumMemberName("viewer")]
    Viewer,

    /// <summary>Units, keys, accounts and settings of the whole installation; no figures.</summary>
    [JsonStringEnumMemberName("operator")]
    Operator,
}

/// <summary>A right, always with regard to a unit, county or division.</summary>
public enum Right
{
    /// <summary>Hand in the unit's report.</summary>
    FileReport,

    /// <summary>Return or accept the unit's report.</summary>
    ReviewReport,

    /// <summary>Read the unit's report and its history.</summary>
    ReadReport,

    /// <summary>Read totals, roster, report and audit of the division.</summary>
    ReadDivision,

    /// <summary>Read a county's due dates.</summary>
    ReadYear,

    /// <summary>Change a county's years, roster, units, their keys and accounts.</summary>
    ManageCounty,

    /// <summary>Read whom to write to: personal data.</summary>
    ReadContacts,
}
