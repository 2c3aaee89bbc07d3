using Aggregator.Units;

namespace Aggregator.Access;

/// <summary>Roles as they travel and are stored, and what each of them can be for.</summary>
public static class Roles
{
    /// <summary>The role with a name. Refusal: <c>invalid_role</c>.</summary>
    public static Refusal? Read(string name, out Role role)
    {
        const string Detail = "role 应为 reporter（填报单位）、county（县级）、viewer（查看）或 operator（运维）";
        (role, var known) = name switch
        {
            "reporter" => (Role.Reporter, true),
            "county" => (Role.County, true),
            "viewer" => (Role.Viewer, true),
            "operator" => (Role.Operator, true),
            _ => (default, false),
        };
        return known ? null : Refusal.Invalid("role", "invalid_role", Detail);
    }

    /// <summary>The name of a role.</summary>
    public static string Name(Role role) => role switch
    {
        Role.Reporter => "reporter",
        Role.County => "county",
        Role.Viewer => "viewer",
        _ => "operator",
    };

    /// <summary>What a role is called on a page.</summary>
    public static string Label(Role role) => role switch
    {
        Role.Reporter => "填报单位",
        Role.County => "县级主管部门",
        Role.Viewer => "查看",
        _ => "运维",
    };

    /// <summary>Why a role cannot be for a scope, or null if it can. Refusal: <c>invalid_scope</c>.</summary>
    public static Refusal? Misfit(Role role, string scope)
    {
        var (fits, detail) = role switch
        {
            Role.Reporter => (UnitCode.IsValid(scope), "填报单位的范围（scope）应为单位代码（9 位区划代码，或县级代码加后缀）"),
            Role.County => (UnitCode.IsCounty(scope), "县级主管部门的范围（scope）应为 6 位县级代码"),
            Role.Viewer => (UnitCode.IsDivision(scope), "查看的范围（scope）应为区划代码（全国为 00）"),
            _ => (scope.Length == 0, "运维不限范围（scope），应留空"),
        };
        return fits ? null : Refusal.Invalid("scope", "invalid_scope", detail);
    }

    /// <summary>Nobody may be let in for a unit or division that is not there.</summary>
    public static Refusal UnitNotFound(string scope) => Refusal.Invalid("scope", "unit_not_found", $"没有代码为“{scope}”的单位或区划，请先登记");
}
