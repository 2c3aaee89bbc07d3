using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Reminders;
using Aggregator.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Units;

/// <summary>A unit as it is written.</summary>
/// <param name="Name">Official name.</param>
/// <param name="Kind"><c>province · prefecture · county · street · town · township · other · department</c>.</param>
/// <param name="Parent">May be left out: it follows from the code.</param>
/// <param name="Contacts">People to write to, at most 20.</param>
/// <param name="ActiveFrom">First report year.</param>
/// <param name="ActiveTo">Last report year.</param>
/// <param name="MergedInto">Unit that took this one over.</param>
/// <param name="VerticallyManaged">Managed by its own hierarchy.</param>
public sealed record UnitBody(
    string Name,
    string Kind,
    string? Parent = null,
    IReadOnlyList<Contact>? Contacts = null,
    int? ActiveFrom = null,
    int? ActiveTo = null,
    string? MergedInto = null,
    bool VerticallyManaged = false);

/// <summary>Divisions and reporting units.</summary>
public static class UnitEndpoints
{
    /// <summary>Maps <c>/units</c>.</summary>
    public static void MapUnits(this RouteGroupBuilder api)
    {
        var units = api.MapGroup("/units").WithTags("units").RequireAuthorization();
        units.MapGet("", ListAsync).WithName("listUnits");
        units.MapGet("/{unit}", GetAsync).WithName("getUnit");
        units.MapPut("/{unit}", PutAsync).WithName("putUnit").RequireRight(Right.ManageCounty);
    }

    /// <summary>Units directly below a division.</summary>
    /// <remarks>Units below <c>parent</c> (the nation is 00), by code, in pages of 200.</remarks>
    public static async Task<Ok<Unit[]>> ListAsync(string parent, HttpContext context, UnitStore units, CancellationToken token, string after = "")
    {
        var page = Paging.Page(context, await units.ListAsync(parent, after, Paging.Size + 1, token), u => u.Code);
        return TypedResults.Ok(page.Select(u => Visible(u, context.Caller())).ToArray());
    }

    /// <summary>A division or unit.</summary>
    /// <remarks>Contacts are shown only to the unit itself, its county, viewers above it and operators. Errors: <c>unit_not_found</c>.</remarks>
    public static async Task<Results<Ok<Unit>, ProblemHttpResult>> GetAsync(string unit, HttpContext context, UnitStore units, CancellationToken token) =>
        await units.FindAsync(unit, token) is { } found
            ? TypedResults.Ok(Visible(found, context.Caller()))
            : Problems.NotFound("unit_not_found", $"没有代码为“{unit}”的单位。");

    /// <summary>Create or change a division or unit.</summary>
    /// <remarks>
    /// A county writes itself and the units below it, an operator all. A unit is closed by <c>activeTo</c>, its last report year, and
    /// merged by <c>mergedInto</c> besides: it is exempt from later years for which nothing has come in, its reports stay under its
    /// own code, and its last figures count as the other unit's last year. Errors: <c>invalid_unit</c>,
    /// <c>merged_into_not_found</c>, <c>merger_cycle</c>.
    /// </remarks>
    public static async Task<Results<Ok<Unit>, Created<Unit>, ProblemHttpResult>> PutAsync(
        string unit, UnitBody body, HttpContext context, UnitStore units, StaleTotalNotifier stale, TimeProvider time, CancellationToken token)
    {
        var errors = Errors(unit, body).ToList();
        if (errors.Count > 0)
        {
            return Problems.Of(new Refusal(RefusalKind.Invalid, "invalid_unit", $"{errors[0].Detail}。", [.. errors]));
        }

        var written = new Unit(unit, body.Name.Trim(), body.Kind, UnitCode.ParentOf(unit), body.Contacts ?? [], body.ActiveFrom, body.ActiveTo,
            body.MergedInto, body.VerticallyManaged);
        if (!(await units.PutAsync(written, context.Caller().Actor, time.GetUtcNow(), token)).Is(out var put, out var refusal))
        {
            return Problems.Of(refusal);
        }

        stale.Signal();
        return put.Created ? TypedResults.Created($"/api/v1/units/{unit}", written) : TypedResults.Ok(written);
    }

    static IEnumerable<RefusalError> Errors(string code, UnitBody body)
    {
        string[] kinds = code switch
        {
            { Length: 2 } when UnitCode.IsDivision(code) && code != UnitCode.Nation => ["province"],
            { Length: 4 } when UnitCode.IsDivision(code) => ["prefecture"],
            { Length: 6 } when UnitCode.IsDivision(code) => ["county"],
            _ when UnitCode.IsTownshipLevel(code) => ["street", "town", "township", "other"],
            _ when UnitCode.IsValid(code) => ["department"],
            _ => [],
        };
        if (kinds.Length == 0)
        {
            yield return Error("unit", $"“{code}”不是单位代码：应为 2、4、6、9 位区划代码，或 6 位县级代码加“-”和小写字母、数字组成的后缀");
        }
        else if (!kinds.Contains(body.Kind))
        {
            yield return Error("kind", $"代码“{code}”的单位，kind 应为 {string.Join("、", kinds)}");
        }

        if (string.IsNullOrWhiteSpace(body.Name) || body.Name.Length > 100 || body.Name.Any(char.IsControl))
        {
            yield return Error("name", "单位名称应为 1 至 100 字，不含控制字符");
        }

        if (!string.IsNullOrEmpty(body.Parent) && body.Parent != UnitCode.ParentOf(code))
        {
            yield return Error("parent", $"代码“{code}”的上级是“{UnitCode.ParentOf(code)}”，不是“{body.Parent}”");
        }

        if (body.MergedInto is { } into && (!UnitCode.IsValid(into) || into == code || UnitCode.CountyOf(into) != UnitCode.CountyOf(code)))
        {
            yield return Error("mergedInto", "mergedInto 应为本县另一个单位的代码");
        }

        if (body.ActiveFrom is < 1949 or > 2100 || body.ActiveTo is < 1949 or > 2100 || body.ActiveFrom > body.ActiveTo)
        {
            yield return Error("activeFrom", "起止年度应为四位年份，且起始不晚于终止");
        }

        if (body.Contacts is { Count: > 20 } || body.Contacts?.Any(c => c is null || string.IsNullOrWhiteSpace(c.Name) || Texts(c).Any(t => t is { Length: > 200 } || t?.Any(char.IsControl) == true)) == true)
        {
            yield return Error("contacts", "联系人最多 20 个，须有姓名，各项不超过 200 字");
        }
        else if (body.Contacts?.Select(c => string.IsNullOrEmpty(c.Email) ? null : MailAddresses.Refuse(c.Email)).FirstOrDefault(r => r is not null) is { } refused)
        {
            yield return Error("contacts", refused);
        }
    }

    static string?[] Texts(Contact contact) => [contact.Name, contact.Role, contact.Email, contact.Phone];

    static RefusalError Error(string member, string detail) => new($"$.{member}", "invalid_unit", detail);

    static Unit Visible(Unit unit, Caller caller) => caller.May(Right.ReadContacts, unit.Code) ? unit : unit with { Contacts = [] };
}
