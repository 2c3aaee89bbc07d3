using System.Globalization;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Reminders;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Api.Webhooks;
using Aggregator.Api.Years;
using Aggregator.Editions;
using Aggregator.Installation;
using Aggregator.Jobs;
using Aggregator.Reminders;
using Aggregator.Units;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Aggregator.Api.Installation;

/// <summary>
/// The operator's pages: what the installation serves and how it is, and the way from an empty one to a county that can begin.
/// Each step is a form of its own and says by itself whether it is done, so one can stop anywhere and go on another day.
/// </summary>
public static class InstallationPages
{
    /// <summary>The first of these pages.</summary>
    public const string Start = "/installation";

    const int RecentRuns = 10, MostUnits = 1000;

    /// <summary>Maps <c>/installation</c>.</summary>
    public static void MapInstallationPages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Start).ExcludeFromDescription().RequireOperator();
        pages.MapGet("", ShowAsync);
        pages.MapKeyPages();
        pages.MapWebhookPages();
        var county = pages.MapGroup("/counties/{county}");
        county.MapGet("", ShowCountyAsync);
        county.MapPost("/year", OpenYearAsync);
        county.MapPost("/departments", AddDepartmentsAsync);
        county.MapPost("/contact", PutContactAsync);
        county.MapPost("/test-mail", SendTestMailAsync);
        county.MapPost("/account", CreateAccountAsync);
    }

    /// <summary>The counties that are served, what is missing, what runs in the background; and the search for one more county.</summary>
    public static async Task<IResult> ShowAsync(
        InstallationStore installation, JobRunStore runs, WorkerStore workers, CalendarStore calendars, MailSettings mail, TimeProvider time,
        CancellationToken token, string q = "", string after = "") => new RazorComponentResult<InstallationPage>(new
        {
            Served = await installation.ListAsync(after, Paging.Size, token),
            Search = q.Trim(),
            Found = q.Trim().Length == 0 ? [] : await installation.SearchAsync(q.Trim(), token),
            Missing = await Health.MissingAsync(workers, calendars, mail, time, token),
            Runs = await runs.ListAsync(null, null, null, long.MaxValue, RecentRuns, token),
        });

    /// <summary>The steps of one county.</summary>
    public static async Task<IResult> ShowCountyAsync([AsParameters] SetupSource source, CancellationToken token) =>
        await source.FindAsync(token) is { } setup ? Show(setup) : NotFound(source);

    /// <summary>Opens a report year with its due dates, and fills the roster: the townships of the national list, and who was on it the year before.</summary>
    public static async Task<IResult> OpenYearAsync(
        [AsParameters] SetupSource source, EditionStore editions, CalendarStore calendars, DueDateSettings dueDates, StaleTotalNotifier stale, CancellationToken token)
    {
        var form = await SignInPages.ReadAsync(source.Context.Request, token);
        if (!int.TryParse(form["year"], NumberStyles.None, CultureInfo.InvariantCulture, out var year) || Day(form["dueDate"]) is not { } due || Day(form["countyDueDate"]) is not { } countyDue)
        {
            return RefusalPage.Of(source.Context, Refusal.Invalid("year", "invalid_year", "请写明报告年度和两个截止日"), source.Address);
        }

        var put = await YearEndpoints.PutAsync(source.County, year, new YearBody(DueDate: due, CountyDueDate: countyDue), source.Context, source.Years, editions, calendars, dueDates, stale, source.Time, token);
        if (put.Result is ProblemHttpResult { ProblemDetails: var problem })
        {
            return RefusalPage.Of(problem, source.Address);
        }

        await source.Rosters.ImportAsync(source.County, year, year - 1, source.Context.Caller().Actor, source.Time.GetUtcNow(), token);
        stale.Signal();
        return Results.LocalRedirect($"{source.Address}#units");
    }

    /// <summary>Registers the departments of a pasted list and puts them on the roster.</summary>
    public static async Task<IResult> AddDepartmentsAsync([AsParameters] SetupSource source, StaleTotalNotifier stale, CancellationToken token)
    {
        var form = await SignInPages.ReadAsync(source.Context.Request, token);
        if (await source.FindAsync(token) is not { Year: { } year } setup)
        {
            return NotFound(source);
        }

        if (!DepartmentList.Read(source.County, form["names"].ToString(), setup.Units).Is(out var departments, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal, source.Address);
        }

        var (actor, now) = (source.Context.Caller().Actor, source.Time.GetUtcNow());
        foreach (var department in departments)
        {
            if (!(await source.Units.PutAsync(department, actor, now, token)).Is(out _, out refusal))
            {
                return RefusalPage.Of(source.Context, refusal, source.Address);
            }
        }

        var listed = await source.Rosters.PutAsync(source.County, year.Year, [.. departments.Select(d => d.Code)], new RosterEntry(true, null, null), actor, now, token);
        if (listed.Select(l => l.Refusal).FirstOrDefault(r => r is not null) is { } late)
        {
            return RefusalPage.Of(source.Context, late, source.Address);
        }

        stale.Signal();
        return Results.LocalRedirect($"{source.Address}#contact");
    }

    /// <summary>Writes down whom the county's own mail goes to.</summary>
    public static async Task<IResult> PutContactAsync([AsParameters] SetupSource source, CancellationToken token)
    {
        var form = await SignInPages.ReadAsync(source.Context.Request, token);
        if (await source.FindAsync(token) is not { } setup)
        {
            return NotFound(source);
        }

        var (name, email) = (form["name"].ToString().Trim(), form["email"].ToString().Trim());
        if (name.Length is 0 or > 100 || name.Any(char.IsControl) || MailAddresses.Refuse(email) is not null)
        {
            return RefusalPage.Of(source.Context, Refusal.Invalid("email", "invalid_unit", "请写明联系人姓名和能收信的邮箱地址"), source.Address);
        }

        var others = setup.County.Contacts.Where(c => !string.Equals(c.Email, email, StringComparison.OrdinalIgnoreCase));
        await source.Units.PutAsync(setup.County with { Contacts = [.. others, new Contact(name, "经办人", email)] }, source.Context.Caller().Actor, source.Time.GetUtcNow(), token);
        return Results.LocalRedirect($"{source.Address}#mail");
    }

    /// <summary>Sends a test mail to the county's contact.</summary>
    public static async Task<IResult> SendTestMailAsync([AsParameters] SetupSource source, ReminderStore reminders, MailStore mails, CancellationToken token)
    {
        var form = await SignInPages.ReadAsync(source.Context.Request, token);
        if (await source.FindAsync(token) is not { Year: { } year })
        {
            return NotFound(source);
        }

        var sent = await ReminderEndpoints.TestAsync(source.County, year.Year, new TestMailBody(form["address"].ToString()), reminders, mails, source.Time, token);
        return sent.Result is ProblemHttpResult { ProblemDetails: var problem }
            ? RefusalPage.Of(problem, source.Address)
            : Results.LocalRedirect($"{source.Address}?tested=true#mail");
    }

    /// <summary>Makes the first account of the county's office; its one-time password is shown in the answer, this once.</summary>
    public static async Task<IResult> CreateAccountAsync([AsParameters] SetupSource source, AccountStore accounts, CancellationToken token)
    {
        var form = await SignInPages.ReadAsync(source.Context.Request, token);
        return (await accounts.CreateAsync(form["login"].ToString(), form["name"].ToString(), Role.County, source.County, source.Context.Caller().Actor, token)).Is(out var issued, out var refusal)
            && await source.FindAsync(token) is { } setup
            ? Show(setup with { Issued = issued })
            : RefusalPage.Of(source.Context, refusal ?? NoCounty(source), source.Address);
    }

    static RazorComponentResult<CountySetupPage> Show(CountySetup setup) => new(new { Setup = setup });

    static RazorComponentResult<RefusalPage> NotFound(SetupSource source) => RefusalPage.Of(source.Context, NoCounty(source), Start);

    static Refusal NoCounty(SetupSource source) =>
        new(RefusalKind.NotFound, "county_not_found", $"全国区划中没有代码为“{source.County}”的县级区划，或者还没有开设报告年度。");

    static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>A county as an address names it.</summary>
    /// <param name="County">Its code.</param>
    /// <param name="Tested">Whether a test mail has just been queued.</param>
    /// <param name="Context">The request.</param>
    /// <param name="Units">Units.</param>
    /// <param name="Years">Report years.</param>
    /// <param name="Rosters">Rosters.</param>
    /// <param name="Installation">Accounts.</param>
    /// <param name="Mail">The mail server.</param>
    /// <param name="Time">The clock.</param>
    public sealed record SetupSource(
        string County, bool? Tested, HttpContext Context,
        [FromServices] UnitStore Units,
        [FromServices] YearStore Years,
        [FromServices] RosterStore Rosters,
        [FromServices] InstallationStore Installation,
        [FromServices] MailSettings Mail,
        [FromServices] TimeProvider Time)
    {
        /// <summary>Address of the county's page.</summary>
        public string Address => $"{Start}/counties/{County}";

        /// <summary>How far the county is; null if there is no such county.</summary>
        public async Task<CountySetup?> FindAsync(CancellationToken token) =>
            UnitCode.IsCounty(County) && await Units.FindAsync(County, token) is { Kind: "county" } county
                ? new CountySetup(county, await Years.ListAsync(County, token) is [var newest, ..] ? newest : null, await Units.ListAsync(County, "", MostUnits, token),
                    await Installation.CountAccountsAsync(County, token), Mail, ChinaTime.DateOf(Time.GetUtcNow()))
                {
                    Tested = Tested == true,
                }
                : null;
    }
}

/// <summary>How far a county is with its beginning.</summary>
/// <param name="County">The county and its contacts.</param>
/// <param name="Year">Its newest report year, if any.</param>
/// <param name="Units">Its units, on the roster or not.</param>
/// <param name="Accounts">Accounts of its office.</param>
/// <param name="Mail">The mail server.</param>
/// <param name="Today">The day in China.</param>
public sealed record CountySetup(Unit County, ReportingYear? Year, IReadOnlyList<Unit> Units, long Accounts, MailSettings Mail, DateOnly Today)
{
    /// <summary>The account that has just been made.</summary>
    public OneTimePassword? Issued { get; init; }

    /// <summary>Whether a test mail has just been queued.</summary>
    public bool Tested { get; init; }

    /// <summary>Its departments.</summary>
    public IReadOnlyList<Unit> Departments => [.. Units.Where(u => u.Kind == "department")];

    /// <summary>Where its own mail goes.</summary>
    public IReadOnlyList<Contact> Reachable => [.. County.Contacts.Where(c => !string.IsNullOrEmpty(c.Email))];

    /// <summary>The first step that is not done, from 1; 6 when all are. The mail server needs a restart, so it comes last.</summary>
    public int Next => this switch
    {
        { Year: null } => 1,
        { Departments.Count: 0 } => 2,
        { Reachable.Count: 0 } => 3,
        { Accounts: 0 } => 5,
        { Mail.Configured: false } => 4,
        _ => 6,
    };
}
