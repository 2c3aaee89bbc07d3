using System.Text.Json.Serialization;
using Aggregator.Units;

namespace Aggregator.Access;

/// <summary>Who is calling: an API key's role and what it is a key for.</summary>
/// <param name="KeyId">Public part of the key; names the caller in the audit.</param>
/// <param name="Role">What the caller is.</param>
/// <param name="Scope">The unit (reporter), county (county) or division (viewer) of the key; empty for an operator.</param>
public sealed record Caller(string KeyId, Role Role, string Scope)
{
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

    bool IsWithin(string code) => UnitCode.IsWithin(code, Scope);
}

/// <summary>Roles of keys.</summary>
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

    /// <summary>Units, keys and settings of the whole installation; no figures.</summary>
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

    /// <summary>Change a county's years, roster, units and their keys.</summary>
    ManageCounty,

    /// <summary>Read whom to write to: personal data.</summary>
    ReadContacts,
}
