using System.Globalization;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Totals;
using Aggregator.Api.Units;
using Aggregator.Api.Web;
using Aggregator.Reminders;
using Aggregator.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Years;

/// <summary>The pages of the county's units: who reports, whom to write to, who is new, closed or merged.</summary>
public static class RosterPages
{
    const int Most = 1000;
    const int ContactRows = 4;

    /// <summary>Maps <c>…/roster</c>.</summary>
    public static void MapRosterPages(this RouteGroupBuilder year)
    {
        var roster = year.MapGroup("/roster").RequireRight(Right.ManageCounty);
        roster.MapGet("", ShowAsync);
        roster.MapPost("", AddAsync);
        roster.MapPost("/import", ImportAsync);
        roster.MapGet("/{unit}", ShowUnitAsync);
        roster.MapPost("/{unit}", PutUnitAsync);
    }

    /// <summary>The county's units, on the roster and not.</summary>
    public static async Task<IResult> ShowAsync([AsParameters] YearSource source, CancellationToken token) =>
        (await source.FindAsync(token)).Is(out var year, out var refusal)
            ? new RazorComponentResult<RosterPage>(new { County = year, Units = await source.Units.ListAsync(source.County, "", Most, token) })
            : RefusalPage.Of(source.Context, refusal);

    /// <summary>Fills the roster from the national list, and with who was expected in the year before.</summary>
    public static async Task<IResult> ImportAsync([AsParameters] YearSource source, StaleTotalNotifier stale, CancellationToken token)
    {
        int? from = await source.Years.FindAsync(source.County, source.Year - 1, token) is null ? null : source.Year - 1;
        var result = await RosterEndpoints.ImportAsync(source.County, source.Year, source.Context, source.Years, source.Rosters, stale, source.Time, token, from);
        var import = (result.Result as Ok<RosterImport>)?.Value;
        var left = import?.LeftOut.Count > 0 ? $"；{import.LeftOut.Count} 个没有列入：{string.Join('、', import.LeftOut.Take(5).Select(l => $"{l.Name}（{l.Reason}）"))}" : "";
        return await PageForms.AnswerAsync(source.Context, "import", result, $"新列入 {import?.Added} 个单位{left}。", $"{source.Address}/roster", () => ShowAsync(source, token));
    }

    /// <summary>Registers a department and puts it on the roster.</summary>
    public static async Task<IResult> AddAsync(
        [AsParameters] YearSource source, CalendarStore calendars, DueDateSettings dueDates, StaleTotalNotifier stale, CancellationToken token)
    {
        var form = await PageForms.ReadAsync(source.Context, token);
        var (code, name, reason) = ($"{source.County}-{form["code"].ToString().Trim().ToLowerInvariant()}", form["name"].ToString().Trim(), form["reason"].ToString().Trim());
        var known = await source.Units.FindAsync(code, token);
        if (known is not null && known.Name != name)
        {
            return await PageForms.AnswerAsync(source.Context, "add", Refusal.Invalid("code", "unit_exists", $"代码“{code}”已由{known.Name}使用，请换一个"), "", source.Address, () => ShowAsync(source, token));
        }

        // It is known when the roster refused it the last time, for want of a reason.
        IResult result = known is not null ? Results.Empty : await UnitEndpoints.PutAsync(
            code, new UnitBody(name, "department", VerticallyManaged: form.ContainsKey("vertical")), source.Context, source.Units, stale, source.Time, token);
        if (result is not INestedHttpResult { Result: ProblemHttpResult })
        {
            result = await RosterEndpoints.PutAsync(
                source.County, source.Year, code, new RosterBody(Reason: reason.Length == 0 ? null : reason), source.Context, source.Years, source.Rosters, calendars, dueDates, stale, source.Time, token);
        }

        return await PageForms.AnswerAsync(source.Context, "add", result, $"{name}已登记并列入名录。请补上联系人。", $"{source.Address}/roster/{code}", () => ShowAsync(source, token));
    }

    /// <summary>One unit: name, contacts, years, merger.</summary>
    public static async Task<IResult> ShowUnitAsync([AsParameters] YearSource source, string unit, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var year, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        var units = await source.Units.ListAsync(source.County, "", Most, token);
        return units.FirstOrDefault(u => u.Code == unit) is { } found
            ? new RazorComponentResult<UnitRecordPage>(new { County = year, Unit = found, Others = units.Where(u => u.Code != unit).ToList() })
            : RefusalPage.Of(source.Context, new Refusal(RefusalKind.NotFound, "unit_not_found", $"本县没有代码为“{unit}”的单位。"), $"{source.Address}/roster");
    }

    /// <summary>Changes a unit.</summary>
    public static async Task<IResult> PutUnitAsync([AsParameters] YearSource source, string unit, StaleTotalNotifier stale, CancellationToken token)
    {
        var form = await PageForms.ReadAsync(source.Context, token);
        if (UnitCode.CountyOf(unit) != source.County || await source.Units.FindAsync(unit, token) is not { } found)
        {
            return await ShowUnitAsync(source, unit, token);
        }

        var contacts = Enumerable.Range(0, ContactRows + found.Contacts.Count)
            .Select(i => new Contact(Text($"contact.{i}.name") ?? "", Text($"contact.{i}.role"), Text($"contact.{i}.email"), Text($"contact.{i}.phone")))
            .Where(c => c.Name.Length > 0 || c.Email is not null || c.Phone is not null).ToList();
        var body = new UnitBody(form["name"].ToString(), Text("kind") ?? found.Kind, Contacts: contacts, ActiveFrom: Year("activeFrom"), ActiveTo: Year("activeTo"), MergedInto: Text("mergedInto"), VerticallyManaged: form.ContainsKey("vertical"));
        return await PageForms.AnswerAsync(source.Context, "unit",
            await UnitEndpoints.PutAsync(unit, body, source.Context, source.Units, stale, source.Time, token),
            $"{body.Name}已保存。", $"{source.Address}/roster", () => ShowUnitAsync(source, unit, token));

        string? Text(string field) => form[field].ToString().Trim() is { Length: > 0 } text ? text : null;

        // What is no year is refused in the endpoint's words.
        int? Year(string field) => Text(field) is { } text ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var year) ? year : 0 : null;
    }
}
