using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Forms;
using Aggregator.Testing;
using Aggregator.Units;

namespace Aggregator.Api.Tests.Years;

/// <summary>
/// A county's year, from the first unit to next year's opening balances, through HTTP only. It writes <c>docs/a-county-year.md</c>,
/// and fails when that file does not tell what happens; ACCEPT=1 writes it anew. The clock is set from day to day, and the
/// worker's work is done whenever it would have been.
/// </summary>
public sealed class CountyYearTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Api = "/api/v1";
    const string County = $"{Api}/counties/990101";
    const string Last = $"{County}/years/2020";
    const string Year = $"{County}/years/2021";
    const string Next = $"{County}/years/2022";
    const string Issued = "disclosure.normativeDocuments.issued";
    const string Penalties = "disclosure.penalties.decisions";

    const string Exempt = "990101-jgj";
    const string Merged = "990101-lyz";
    const string Heir = "990101-wlj";
    const string Extended = "990101-zrj";
    const string Waived = "990101-zfb";
    const string Explains = "990101-nyj";
    const string TwoClerks = "990101-rsj";
    const string Corrects = "990101-gaj";
    const string Shipped = "990101100";
    const string SignedIn = "990101002";

    static readonly string[] late = ["990101-kjj", "990101-tjj", "990101-xfj"];
    static readonly string[] returned = [Corrects, "990101-scj"];
    static readonly string[] applicants = ["naturalPerson", "business", "research", "publicWelfare", "legalService", "other"];

    readonly Story story = new("A county's year");
    readonly Dictionary<string, Person> people = [];

    /// <summary>What the test expects to count, unit by unit.</summary>
    readonly SortedDictionary<string, Report> counting = new(StringComparer.Ordinal);

    string[] townships = [], departments = [];

    [Fact]
    public async Task The_whole_year_is_played_and_told()
    {
        story.Name(Api, "$base");
        story.Name(County, "$county");
        story.Name(Last, "$y2020");
        story.Name(Year, "$y2021");
        story.Name(Next, "$y2022");
        Introduce();

        await On(2022, 1, 4, Begin);
        await On(2022, 1, 6, OpenTheYear);
        await On(2022, 1, 10, MergeAndExempt);
        await On(2022, 1, 17, FileOneByOne);
        await On(2022, 1, 19, FileWithErrors);
        await On(2022, 1, 20, FileFromDocument);
        await On(2022, 1, 21, FileAsAPerson);
        await On(2022, 1, 24, FileInBulk);
        await On(2022, 1, 25, ExplainAndWaive);
        await On(2022, 1, 26, MeetEachOther);
        await On(2022, 1, 27, Return);
        await On(2022, 2, 7, FileLate);
        await On(2022, 2, 8, Adjust);
        await On(2022, 2, 11, Close);
        await On(2022, 2, 15, Accept);
        await On(2022, 2, 18, Publish);
        await On(2022, 3, 10, CorrectLate);
        await On(2022, 3, 18, PublishAgain);
        await On(2023, 1, 5, BeginTheNextYear);
        await On(2023, 1, 6, CheckTheAudit);

        await story.ShouldBeAsync("docs/a-county-year.md");
    }

    void Introduce() => story.Say("""
        One report year of a county, as the county's office, its units and the levels above live through it: from the first unit to
        the opening balances of the year after. County, units and figures are invented. The calls and answers are not: the test
        `CountyYearTests` plays this year against a running Api and writes this page, so it cannot say what the system does not do.

        Each caller has a key, kept in a file named after whom it is for. `as` calls with it (curl 7.82 or later, for `--json`):

        ```bash
        base=http://localhost:8080/api/v1
        county=$base/counties/990101
        y2020=$county/years/2020 y2021=$county/years/2021 y2022=$county/years/2022
        as() { local who=$1; shift; curl -sS -i -H "Authorization: Bearer $(cat keys/$who)" "$@"; echo; }
        ```

        Of an answer you see the status, of a change also `ETag` and `Location`, and then the JSON. It comes on one line; here it is
        wrapped, and `…` stands for what is left out.
        """);

    async Task Begin()
    {
        // The first key of an installation comes from the worker's command; every other one by HTTP.
        var op = new Person(await api.OperatorAsync(), "as operator", story);
        var units = Units();
        foreach (var (code, body) in units)
        {
            await op.SendAsync(Call.Put($"{Api}/units/{code}", body), 201);
        }

        townships = [.. units.Select(u => u.Code).Where(c => c.StartsWith("990101", StringComparison.Ordinal) && UnitCode.IsTownshipLevel(c))];
        departments = [.. units.Select(u => u.Code).Append("990101-dag").Where(c => c.Contains('-', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

        story.Say("""
            ## 4 January 2022: units and keys

            The operator registers who is not in the national list of divisions. A department's code is the county's and a suffix.
            """);
        await op.TellAsync(Call.Put($"{Api}/units/990101-dag", """{"name":"档案馆","kind":"department","contacts":[{"name":"张三","phone":"0000-1234567"}]}"""), 201);
        story.Say("The county gets a key. It is shown this once.");
        await MeetAsync(op, "county", "990101", tell: true);
        story.Say("The city and the province may read everything below them, and change nothing.");
        await MeetAsync(op, "viewer", "9901", tell: true);
        await MeetAsync(op, "viewer", "99");
        await MeetAsync(op, "county", "990102");
        await MeetAsync(op, "county", "990201");

        // The neighbours are there so that the sums above the county are sums of something.
        foreach (var (neighbour, penalties) in new[] { ("990102", 100), ("990201", 1000) })
        {
            var years = $"{Api}/counties/{neighbour}/years/2021";
            await As(neighbour).SendAsync(Call.Put(years, "{}"), 201);
            await As(neighbour).SendAsync(Call.Post($"{years}/roster/import"), 200);
            await As(neighbour).SendAsync(Call.Post($"{years}/submissions", Report.Zero("2021").With(Penalties, penalties).ToText($"{neighbour}001")), 201);
        }
    }

    async Task OpenTheYear()
    {
        var county = As("990101");
        story.Say("""
            ## 6 January: the county opens the year

            What is left out is as the law says: units file by 31 January, the county publishes by 31 March, in the form of 2021.
            """);
        await county.TellAsync(Call.Put(Year, "{}"), 201);
        story.Say("The townships come from the list of divisions …");
        var import = await county.TellAsync(Call.Post($"{Year}/roster/import"), 200, "added", "leftOut", "roster/summary");
        ((int?)import["added"]).ShouldBe(townships.Length);
        story.Say("… and the departments are put on the roster one by one.");
        await county.TellAsync(Call.Put($"{Year}/roster/{departments[0]}", "{}"), 200);
        foreach (var department in departments[1..])
        {
            await county.SendAsync(Call.Put($"{Year}/roster/{department}", "{}"), 200);
        }

        story.Say("Each unit gets a key of its own, made by the county.");
        foreach (var unit in townships.Concat(departments))
        {
            await MeetAsync(county, "reporter", unit, tell: unit == departments[0]);
        }

        story.Say("A county makes no keys for another one.");
        await county.TellAsync(Call.Post($"{Api}/keys", """{"role":"reporter","scope":"990102001"}"""), 403, "status", "detail", "code");
    }

    async Task MergeAndExempt()
    {
        var county = As("990101");
        story.Say("""
            ## 10 January: one unit exempt, one merged

            The office of government affairs files with its parent body, so it is exempt (免报). That takes a reason.
            """);
        await county.TellAsync(Call.Put($"{Year}/roster/{Exempt}", """{"expected":false}"""), 400, "status", "detail", "code", "errors");
        await county.TellAsync(Call.Put($"{Year}/roster/{Exempt}", """{"expected":false,"reason":"由县政府办公室合并编制"}"""), 200, "unit", "name", "expected", "status", "reason");

        story.Say("""
            The centre for tourism went into the bureau of culture in 2021 (撤并). Its last report is that of 2020, in the form of then.
            The county loads what both of them filed for 2020. Only a county may say when a report was filed (`filedAt`, here
            `2021-01-20T10:00:00+08:00`), and the audit shows that it did.
            """);
        await county.SendAsync(Call.Put(Last, "{}"), 201);
        foreach (var (unit, carriedOut, licences) in new[] { (Heir, 2, 160), (Merged, 1, 60) })
        {
            await county.SendAsync(Call.Put($"{Last}/roster/{unit}", "{}"), 200);
            var report = Report.Zero("2019").With("disclosure.licences.decisions", licences)
                .WithRow("requests.received", carriedOut, 0, 0, 0, 0, 0, carriedOut).WithRow("requests.carriedOut", carriedOut, 0, 0, 0, 0, 0, carriedOut).ToJson(unit);
            report["filedAt"] = "2021-01-20T10:00:00+08:00";
            var call = Call.Post($"{Last}/submissions", report.ToJsonString()).From($"{unit}-2020.json");
            await (unit == Merged ? county.TellAsync(call, 201, "unit", "year", "revision", "status", "late", "filedAt", "findings") : county.SendAsync(call, 201));
        }

        await county.TellAsync(Call.Put($"{Api}/units/{Merged}", $$"""{"name":"旅游发展中心","kind":"department","activeTo":2020,"mergedInto":"{{Heir}}"}"""), 200);
        story.Say("It leaves the list of those who have to report by itself; 48 of 50 are left. Its own reports stay under its own code.");
        var roster = await county.TellAsync(Call.Get($"{Year}/roster"), 200, "summary", $"units/{Merged}/unit", $"units/{Merged}/name", $"units/{Merged}/expected", $"units/{Merged}/status", $"units/{Merged}/reason");
        ((int?)roster["summary"]!["expected"], (int?)roster["summary"]!["exempt"]).ShouldBe((48, 2));
        ((string?)Line(roster, Merged)["status"]).ShouldBe("exempt");

        story.Say("The bureau that took it over begins with what both of them left over, 2 and 1.");
        var prefill = await As(Heir).TellAsync(Call.Get($"{Year}/submissions/{Heir}/prefill"), 200, "unit", "year", "figures", "from",
            "cells/requests.carriedIn.naturalPerson", "cells/disclosure.normativeDocuments.inForce");
        prefill["figures"]!.Cell("requests.carriedIn.naturalPerson").ShouldBe(3);
    }

    async Task FileOneByOne()
    {
        story.Say("""
            ## 17 January: the first reports

            A unit files with its own key: all 200 cells, and the texts of sections 一, 五 and 六. Seventeen departments do so today.
            """);
        await FileAsync(Heir, Ordinary(Heir), tell: true);
        foreach (var unit in departments.Except([Exempt, Merged, Heir, Extended, Waived, Explains, TwoClerks, .. returned, .. late, .. Mistakes().Select(m => m.Unit)]))
        {
            await FileAsync(unit, Ordinary(unit));
        }

        foreach (var unit in returned)
        {
            await FileAsync(unit, Ordinary(unit).With(Penalties, 12345), counts: false);
        }

        story.Say("A unit reads and files its own report, and nobody else's; nor can it accept one. Another county sees nothing of this one.");
        await As("990101-scj").TellAsync(Call.Get($"{Year}/submissions/{Corrects}"), 403, "status", "detail", "code");
        await As("990101-scj").SendAsync(Call.Post($"{Year}/submissions", Ordinary(Corrects).ToText(Corrects)), 403);
        await As("990101-scj").SendAsync(Call.Post($"{Year}/submissions/990101-scj/accept"), 403);
        await As("990102").TellAsync(Call.Get($"{Year}/roster"), 403, "status", "detail", "code");
        await As("990102").SendAsync(Call.Post($"{Year}/submissions", Ordinary(Corrects).ToText(Corrects)), 403);
        await As("9901").SendAsync(Call.Post($"{Year}/submissions/{Corrects}/accept"), 403);
    }

    async Task FileWithErrors()
    {
        story.Say("""
            ## 19 January: reports that do not add up

            The bureau of justice writes 总计 2 where the columns hold 0. The answer says which cells are wrong, and why. What was
            sent is kept as a draft; it counts nowhere. Five more have other mistakes.
            """);
        foreach (var (unit, wrong, rule) in Mistakes())
        {
            var call = Call.Post($"{Year}/submissions", wrong.ToText(unit)).From($"{unit}.json");
            var refused = await (unit == "990101-sfj" ? As(unit).TellAsync(call, 422, "status", "detail", "code", "errors", "unit", "revision", "late") : As(unit).SendAsync(call, 422));
            ((string?)refused["code"]).ShouldBe("hard_findings");
            refused["findings"]!.AsArray().Where(f => (string?)f!["severity"] == "hard").Select(f => (string?)f!["rule"]).ShouldContain(rule);
        }

        story.Say("The office sees six drafts, and what is wrong with each.");
        var roster = await As("990101").TellAsync(Call.Get($"{Year}/roster"), 200, "summary", "units/990101-sfj/unit", "units/990101-sfj/status", "units/990101-sfj/revision", "units/990101-sfj/findings");
        Mistakes().Select(m => (string?)Line(roster, m.Unit)["status"]).ShouldAllBe(s => s == "draft");

        story.Say("A report in a draft cannot be accepted. The answer says what can be done instead.");
        var illegal = await As("990101").TellAsync(Call.Post($"{Year}/submissions/990101-sfj/accept"), 409, "status", "detail", "code");
        ((string?)illegal["code"]).ShouldBe("illegal_step");

        story.Say("""
            The bureau of transport used the form that ended with 2020. The system proposes its report in the right one, cell by
            cell: carried over, left blank, or dropped. Nothing is stored by that.
            """);
        var converted = await As("990101-jtj").TellAsync(Call.Post($"{Year}/submissions/990101-jtj/convert"), 200, "unit", "form",
            "cells/disclosure.normativeDocuments.created", "cells/disclosure.fees.amount", "cells/disclosure.procurement.amount");
        var actions = converted["cells"]!.AsArray().Select(c => (string)c!["action"]!).Distinct().Order(StringComparer.Ordinal);
        actions.ShouldBe(["carried", "dropped", "left_blank"]);
        ((int?)Line(await As("990101").SendAsync(Call.Get($"{Year}/roster"), 200), "990101-jtj")["revision"]).ShouldBe(1, "nothing is filed by it");

        story.Say("All six file again. The history of the bureau of justice shows cell by cell what has changed, who sent it and when.");
        foreach (var (unit, _, _) in Mistakes())
        {
            await FileAsync(unit, Ordinary(unit));
        }

        var history = await As("990101-sfj").TellAsync(Call.Get($"{Year}/submissions/990101-sfj/revisions"), 200, "0/revision", "0/status", "0/actor", "0/filedAt",
            "1/revision", "1/status", "1/actor", "1/filedAt", "1/findings", "1/changes");
        history.AsArray().Select(r => (string?)r!["status"]).ShouldBe(["draft", "submitted"]);
        history[1]!["changes"]!.AsArray().Select(c => $"{c!["path"]} {c["from"]}→{c["to"]}").ShouldBe(["requests.unavailable.notHeld.total 2→0"]);
    }

    async Task FileFromDocument()
    {
        story.Say("""
            ## 20 January: a report that is a file

            石桥镇 has its report as a text file, as it was published; Word, PDF, Excel and web pages are read as well. Each figure comes
            with the words that it was read from and how sure that is. The answer is a draft: a machine's reading never counts by
            itself.
            """);
        var file = Encoding.UTF8.GetBytes(Repository.Read("samples/documents/mabu-2021.txt").Replace("马步乡", "石桥镇", StringComparison.Ordinal));
        var read = await As(Shipped).TellAsync(Call.Post($"{Year}/submissions/from-document?unit={Shipped}") with { File = new Enclosure("石桥镇年报.txt", file, null) }, 201,
            "unit", "revision", "status", "form", "statedYear", "statedUnit", $"reading/{Penalties}", "processingFee", "remarks", "findings/TX");
        read["remarks"]!.AsArray().Any(r => (string?)r!["code"] == "other_unit").ShouldBeFalse();

        story.Say("The clerk reads the draft, agrees, and files its figures and texts.");
        var draft = await As(Shipped).TellAsync(Call.Get($"{Year}/submissions/{Shipped}"), 200, "revision", "status", "figures/disclosure/penalties", "prose/other");
        var confirmed = new JsonObject { ["unit"] = Shipped };
        foreach (var member in new[] { "form", "figures", "prose" })
        {
            confirmed[member] = draft[member]!.DeepClone();
        }

        var filed = await As(Shipped).TellAsync(Call.Post($"{Year}/submissions", confirmed.ToJsonString()).From("confirmed.json") with { IfMatch = 1 }, 201, "unit", "revision", "status", "late");
        ((string?)filed["status"]).ShouldBe("submitted");
        counting[Shipped] = RealReports.Mabu2021;
    }

    async Task FileAsAPerson()
    {
        story.Say("""
            ## 21 January: a person instead of a program

            东湖街道 has no program. The county makes an account for its clerk; the password is shown this once and holds for one sign-in.
            """);
        var made = await As("990101").TellAsync(Call.Post($"{Api}/accounts", $$"""{"login":"donghu-li","name":"李四","role":"reporter","scope":"{{SignedIn}}"}"""), 201);
        var once = (string)made["password"]!;
        const string Chosen = "湖水清清，2022年春";
        story.Hide(once, "…");
        story.Hide(Chosen, "…");

        var browser = api.Browser();
        var clerk = new Person(browser, "curl -sS -i -c cookies", story);
        story.Say("A session is a cookie, and with every change the antiforgery token of this answer.");
        var state = await clerk.TellAsync(Call.Post($"{Api}/session", $$"""{"login":"donghu-li","password":"{{once}}"}"""), 201);
        story.Hide((string)state["antiforgeryToken"]!, "…");
        browser.DefaultRequestHeaders.Add("X-Antiforgery-Token", (string)state["antiforgeryToken"]!);
        clerk = clerk with { Command = "curl -sS -i -b cookies -H \"X-Antiforgery-Token: $token\"" };
        story.Say("Nothing else is open until the password is changed.");
        await clerk.TellAsync(Call.Get($"{Year}/submissions/{SignedIn}"), 403, "status", "detail", "code");
        await clerk.TellAsync(Call.Post($"{Api}/session/password", $$"""{"currentPassword":"{{once}}","newPassword":"{{Chosen}}"}"""), 204);
        var report = Ordinary(SignedIn);
        await clerk.TellAsync(Call.Post($"{Year}/submissions", report.ToText(SignedIn)).From($"{SignedIn}.json"), 201, "unit", "revision", "status", "late");
        counting[SignedIn] = report;
    }

    async Task FileInBulk()
    {
        var county = As("990101");
        var reports = townships.Except([Shipped, SignedIn]).ToDictionary(u => u, Ordinary);
        story.Say("""
            ## 24 January: sixteen units in one sheet

            The other townships have sent their figures on paper. The office takes the template, types them in and deletes the rows of
            those that have filed. `dryRun=true` stores nothing and says what would be wrong: here an O was typed for a 0.
            """);
        var template = await county.SaveAsync($"{Year}/submissions/bulk-template.csv", "bulk.csv");
        var sheet = Sheet.FillCsv(template, reports);
        var typo = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(sheet).Replace("990101001,城关街道,0,0,0,", "990101001,城关街道,0,0,O,", StringComparison.Ordinal));
        typo.ShouldNotBe(sheet);
        Call Bulk(string query, byte[] content) => Call.Post($"{Year}/submissions/bulk{query}") with { File = new Enclosure("bulk.csv", content, "text/csv") };
        var dry = await county.TellAsync(Bulk("?dryRun=true", typo), 200, "dryRun", "applied", "rows/990101001", "summary");
        ((int?)dry["summary"]!["refused"]).ShouldBe(1);
        var refused = await county.SendAsync(Bulk("", typo), 422);
        ((string?)refused["code"]).ShouldBe("bulk_refused");

        story.Say("Put right, all sixteen are filed at once. It is all or nothing: with the O in it, none would have been.");
        var filed = await county.TellAsync(Bulk("", sheet), 200, "dryRun", "applied", "rows/0/row", "rows/0/unit", "rows/0/name", "rows/0/status", "rows/0/revision", "rows/0/late", "summary");
        ((int?)filed["summary"]!["submitted"]).ShouldBe(16);
        foreach (var (unit, report) in reports)
        {
            counting[unit] = report;
        }
    }

    async Task ExplainAndWaive()
    {
        story.Say("""
            ## 25 January: a warning explained, a finding waived

            A warning keeps nobody from filing. The bureau of agriculture writes of 9 requests, and its table has fewer.
            """);
        var report = Ordinary(Explains);
        var body = report.ToJson(Explains);
        body["prose"]!["overview"] = "主动公开信息12条。2021年，共收到政府信息公开申请9件，均已按时答复。政府信息管理、平台建设、监督保障均按要求开展。";
        var warned = await As(Explains).TellAsync(Call.Post($"{Year}/submissions", body.ToJsonString()).From($"{Explains}.json"), 201, "unit", "revision", "status", "findings/TX");
        warned["findings"]!.AsArray().Select(f => (string?)f!["rule"]).ShouldContain("TX");
        counting[Explains] = report;
        story.Say("It explains the difference. The finding stays, with the explanation on it, for whoever reviews the report.");
        var explained = await As(Explains).TellAsync(Call.Post($"{Year}/submissions/{Explains}/findings/TX/explain", """{"text":"文中9件含电话咨询，表中只计书面申请"}"""), 200,
            "revision", "findings/TX/rule", "findings/TX/severity", "findings/TX/explanation");
        explained["findings"]!.AsArray().Single(f => (string?)f!["rule"] == "TX")!["explanation"].ShouldNotBeNull();

        story.Say("""
            The county's office left a 总计 at 0, and has published its report like that. That is a hard finding; the report is a draft.
            """);
        var published = Ordinary(Waived).WithRow("review.litigationDirect", 1, 0, 0, 0, 0);
        await As(Waived).TellAsync(Call.Post($"{Year}/submissions", published.ToText(Waived)).From($"{Waived}.json"), 422, "status", "code", "errors", "revision");
        story.Say("The county lets it pass, with a reason.");
        await As("990101").TellAsync(Call.Post($"{Year}/submissions/{Waived}/findings/T4/waive", """{"reason":"报告已公布，总计栏漏填，已要求在网站更正"}"""), 200,
            "revision", "findings/T4/rule", "findings/T4/path", "findings/T4/waived");
        story.Say("Now the revision counts as filed, since the day it came.");
        var line = await As("990101").TellAsync(Call.Get($"{Year}/roster"), 200, [.. ((string[])["unit", "status", "late", "filedAt", "filedRevision"]).Select(m => $"units/{Waived}/{m}")]);
        ((string?)Line(line, Waived)["status"], (bool?)Line(line, Waived)["late"]).ShouldBe(("submitted", false));
        story.Say("A new revision with another number elsewhere keeps the waiver.");
        published = published.With(Penalties, 4);
        var kept = await As(Waived).TellAsync(Call.Post($"{Year}/submissions", published.ToText(Waived)).From($"{Waived}.json"), 201, "revision", "status", "findings/T4/rule", "findings/T4/waived");
        kept["findings"]!.AsArray().Single(f => (string?)f!["rule"] == "T4")!["waived"].ShouldNotBeNull();
        story.Say("When a cell that the rule reads changes, the waiver lapses and says so. What counts is still revision 2.");
        var lapsed = await As(Waived).TellAsync(Call.Post($"{Year}/submissions", published.With("review.litigationDirect.upheld", 2).ToText(Waived)).From($"{Waived}.json"), 422,
            "status", "code", "errors", "revision", "findings/T4/lapsedWaiver");
        lapsed["findings"]!.AsArray().Single(f => (string?)f!["rule"] == "T4")!["lapsedWaiver"].ShouldNotBeNull();
        story.Say("That was an error of typing. The office sends its report as it was, and the waiver holds again.");
        await As(Waived).TellAsync(Call.Post($"{Year}/submissions", published.ToText(Waived)).From($"{Waived}.json"), 201, "revision", "status", "findings/T4/waived");
        counting[Waived] = published;
    }

    async Task MeetEachOther()
    {
        story.Say("""
            ## 26 January: two clerks at once

            The bureau of human resources has filed. It calls the office, which corrects a number for it. A colleague at the bureau does not
            know, and sends a correction of the first revision; `If-Match` names what it was made from. The answer says what has changed
            since, so nothing is overwritten and nothing is lost.
            """);
        var report = Ordinary(TwoClerks);
        await FileAsync(TwoClerks, report);
        await As("990101").SendAsync(Call.Post($"{Year}/submissions", report.With(Penalties, 21).ToText(TwoClerks)) with { IfMatch = 1 }, 201);
        var mine = report.With("disclosure.licences.decisions", 320);
        var stale = await As(TwoClerks).TellAsync(Call.Post($"{Year}/submissions", mine.ToText(TwoClerks)).From($"{TwoClerks}.json") with { IfMatch = 1 }, 412, "status", "detail", "code", "current", "changes");
        stale["changes"]!.AsArray().Select(c => (string?)c!["path"]).ShouldBe([Penalties]);
        story.Say("The colleague puts both together and sends it as a correction of revision 2.");
        await As(TwoClerks).TellAsync(Call.Post($"{Year}/submissions", mine.With(Penalties, 21).ToText(TwoClerks)).From($"{TwoClerks}.json") with { IfMatch = 2 }, 201, "unit", "revision", "status");
        counting[TwoClerks] = mine.With(Penalties, 21);
    }

    async Task Return()
    {
        var county = As("990101");
        story.Say("""
            ## 27 January: two reports go back

            Before it accepts anything the office looks at the numbers that are far off.
            """);
        var outliers = (await county.TellAsync(Call.Get($"{Year}/outliers"), 200, "county", "year", "outliers/0"))["outliers"]!.AsArray();
        outliers.Where(o => (string?)o!["path"] == Penalties).Select(o => (string?)o!["unit"]).Order(StringComparer.Ordinal).ShouldBe(returned);
        story.Say("""
            12,345 penalties are not likely. Two reports go back with a reason, which stands on their line of the roster; their figures
            stop counting.
            """);
        foreach (var unit in returned)
        {
            var call = Call.Post($"{Year}/submissions/{unit}/return", """{"reason":"行政处罚数明显偏大，请核对后重报"}""");
            await (unit == Corrects ? county.TellAsync(call, 200, "unit", "name", "status", "revision", "filedRevision", "remark") : county.SendAsync(call, 200));
        }

        story.Say("Both file again.");
        foreach (var unit in returned)
        {
            await FileAsync(unit, Ordinary(unit), tell: unit == Corrects);
        }

        story.Say("The bureau of natural resources is moving its offices. It gets more time, with a reason.");
        var line = await county.TellAsync(Call.Put($"{Year}/roster/{Extended}", """{"dueDate":"2022-02-20","reason":"机构搬迁，资料尚未整理完毕"}"""), 200, "unit", "name", "status", "late", "dueDate", "reason");
        ((string?)line["dueDate"]).ShouldBe("2022-02-20");
    }

    async Task FileLate()
    {
        story.Say("""
            ## 7 February: three are late

            The due day is over. A report is taken all the same, and is late (迟报).
            """);
        foreach (var unit in late)
        {
            var report = Ordinary(unit);
            var call = Call.Post($"{Year}/submissions", report.ToText(unit)).From($"{unit}.json");
            var receipt = await (unit == late[0] ? As(unit).TellAsync(call, 201, "unit", "revision", "status", "late", "filedAt") : As(unit).SendAsync(call, 201));
            ((bool?)receipt["late"]).ShouldBe(true);
            counting[unit] = report;
        }

        await api.RefreshTotalsAsync();
        story.Say("One unit is missing, and the total says so. It is not overdue, for it has more time.");
        var total = await As("990101").TellAsync(Call.Get($"{Year}/totals"), 200, "division", "name", "year", "figures/disclosure/penalties", "units", "complete", "stale", "published");
        ((int?)total["units"]!["included"], (bool?)total["complete"]).ShouldBe((47, false));
        total["units"]!["missing"]!.AsArray().Select(u => (string?)u).ShouldBe([Extended]);
        var roster = await As("990101").SendAsync(Call.Get($"{Year}/roster"), 200);
        ((int?)roster["summary"]!["late"], (int?)roster["summary"]!["overdue"]).ShouldBe((3, 0));
    }

    async Task Adjust()
    {
        var county = As("990101");
        story.Say("""
            ## 8 February: a document that two have counted

            Two bureaus issued one document together, and both have counted it. Nothing is deducted by itself: the county says what is to be
            corrected, and why.
            """);
        await county.TellAsync(Call.Put($"{Year}/totals/adjustments/{Issued}", """{"delta":-1,"reason":"司法局与审计局联合发文1件，两家重复计入"}"""), 204);
        await api.RefreshTotalsAsync();
        story.Say("The correction stands beside the units' numbers, and in the notes of the county's report. `DELETE` takes it back.");
        var cell = await county.TellAsync(Call.Get($"{Year}/totals/cells/{Issued}"), 200, "path", "label", "value", "contributions/990101-sfj", "contributions/990101-sjj", "adjustment");
        ((decimal?)cell["value"]).ShouldBe(counting.Values.Sum(r => Value(r, Issued)) - 1);
    }

    async Task Close()
    {
        var county = As("990101");
        story.Say("""
            ## 11 February: the year is closed

            From here on only units with an extension can file.
            """);
        await county.TellAsync(Call.Put(Year, """{"state":"closed"}"""), 200, "year", "dueDate", "state");
        story.Say("The bureau of industry comes with a correction, and is refused.");
        var refused = await As("990101-gxj").TellAsync(Call.Post($"{Year}/submissions", Ordinary("990101-gxj").With(Penalties, 1).ToText("990101-gxj")).From("990101-gxj.json"), 409, "status", "detail", "code");
        ((string?)refused["code"]).ShouldBe("year_not_open");
    }

    async Task Accept()
    {
        var county = As("990101");
        story.Say("""
            ## 15 February: everything is there

            The bureau with more time files, and is on time.
            """);
        await FileAsync(Extended, Ordinary(Extended), tell: true);
        story.Say("The county accepts all 48 reports. What is accepted does not change any more.");
        foreach (var unit in counting.Keys)
        {
            var call = Call.Post($"{Year}/submissions/{unit}/accept");
            await (unit == Corrects ? county.TellAsync(call, 200, "unit", "name", "status", "late", "revision", "acceptedRevision") : county.SendAsync(call, 200));
        }

        var summary = (await county.TellAsync(Call.Get($"{Year}/roster"), 200, "summary"))["summary"]!;
        (((int?)summary["expected"], (int?)summary["filed"], (int?)summary["onTime"]), ((int?)summary["late"], (int?)summary["exempt"], (decimal?)summary["completeness"]))
            .ShouldBe(((48, 48, 45), (3, 2, 1)));
        counting.Count.ShouldBe(48);
        await api.RefreshTotalsAsync();
        await ShouldAddUpAsync(counting.Values);
    }

    async Task Publish()
    {
        var county = As("990101");
        story.Say("""
            ## 18 February: the county's report

            The report is frozen as an edition (定稿). A worker builds it within seconds.
            """);
        await county.TellAsync(Call.Post($"{Year}/editions"), 202);
        await api.BuildEditionsAsync();
        var edition = await county.TellAsync(Call.Get($"{Year}/editions/1"), 200);
        ((string?)edition["state"], (bool?)edition["complete"]).ShouldBe(("built", true));
        story.Say("""
            `…/report.html`, `.docx`, `.pdf`, `.xlsx`, `.csv` and `.json` are the report itself. Its figures are what the units have filed,
            and the notes name the correction.
            """);
        var report = await county.TellAsync(Call.Get($"{Year}/editions/1/report.json"), 200, "title", "complete", "label", "units/expected", $"figures/disclosure/normativeDocuments", "sections/overview/heading", "sections/overview/parts/0", "notes");
        report["notes"]!.AsArray().ShouldContain(n => ((string)n!).Contains("联合发文", StringComparison.Ordinal));
        report["figures"]!.Cell(Issued).ShouldBe(counting.Values.Sum(r => Value(r, Issued)) - 1);
        story.Say("Published, the county's totals, and all above, are what this edition says.");
        await county.TellAsync(Call.Put(Year, """{"state":"published"}"""), 200, "year", "state", "publishedEdition", "publishedLabel");
        await api.RefreshTotalsAsync();
        await ShouldAddUpAsync(counting.Values);
        story.Say("The city reads it with its own key, and sees who is behind each number: 990101 and its neighbour.");
        await As("9901").TellAsync(Call.Get($"{Api}/divisions/9901/years/2021/totals/cells/{Penalties}"), 200, "path", "label", "value", "contributions");
    }

    async Task CorrectLate()
    {
        var county = As("990101");
        var before = counting.Values.ToList();
        story.Say("""
            ## 10 March: a late correction

            The police bureau has found five penalties more. The year is published, so it takes three steps: the county opens
            the report again with a reason, gives time, and the bureau files. The receipt calls it a late correction.
            """);
        await As(Corrects).SendAsync(Call.Post($"{Year}/submissions", Ordinary(Corrects).ToText(Corrects)), 409);
        await county.TellAsync(Call.Post($"{Year}/submissions/{Corrects}/reopen", """{"reason":"单位发现行政处罚漏计5件"}"""), 200, "unit", "status", "acceptedRevision", "remark");
        await county.TellAsync(Call.Put($"{Year}/roster/{Corrects}", """{"dueDate":"2022-03-15","reason":"更正行政处罚数"}"""), 200, "unit", "dueDate", "reason");
        var corrected = Ordinary(Corrects).With(Penalties, Value(Ordinary(Corrects), Penalties) + 5);
        var receipt = await As(Corrects).TellAsync(Call.Post($"{Year}/submissions", corrected.ToText(Corrects)).From($"{Corrects}.json"), 201, "unit", "revision", "status", "late", "lateCorrection", "filedAt");
        ((bool?)receipt["lateCorrection"]).ShouldBe(true);
        await county.SendAsync(Call.Post($"{Year}/submissions/{Corrects}/accept"), 200);
        counting[Corrects] = corrected;
        await api.RefreshTotalsAsync();

        story.Say("The published figures stay, here and above. `published` says how many cells would be different now …");
        var total = await county.TellAsync(Call.Get($"{Year}/totals"), 200, "division", "figures/disclosure/penalties", "complete", "published");
        ((int?)total["published"]!["edition"], (int?)total["published"]!["changed"]).ShouldBe((1, 1));
        await ShouldAddUpAsync(before);
        story.Say("… and `changes` which, and whose report it is.");
        var changes = await county.TellAsync(Call.Get($"{Year}/editions/1/changes"), 200);
        changes["units"]!.AsArray().Select(u => $"{u!["unit"]} {u["what"]}").ShouldBe([$"{Corrects} revised"]);
        changes["cells"]!.AsArray().Select(c => (string?)c!["path"]).ShouldBe([Penalties]);
    }

    async Task PublishAgain()
    {
        var county = As("990101");
        story.Say("""
            ## 18 March: the report is published anew

            What is published is taken back only with a reason. A second edition is built as before, and the year stands by it. The
            first one is kept.
            """);
        await county.SendAsync(Call.Put(Year, """{"state":"closed"}"""), 400);
        await county.TellAsync(Call.Put(Year, """{"state":"closed","reason":"公安局更正行政处罚数，重新发布"}"""), 200, "year", "state", "publishedEdition");
        await county.SendAsync(Call.Post($"{Year}/editions"), 202);
        await api.BuildEditionsAsync();
        await county.TellAsync(Call.Put(Year, """{"state":"published","edition":2}"""), 200, "year", "state", "publishedEdition", "publishedLabel");
        await api.RefreshTotalsAsync();
        var total = await county.TellAsync(Call.Get($"{Year}/totals"), 200, "division", "figures/disclosure/penalties", "published");
        ((int?)total["published"]!["edition"], (int?)total["published"]!["changed"]).ShouldBe((2, 0));
        await ShouldAddUpAsync(counting.Values);
        (await county.SendAsync(Call.Get($"{Year}/editions/1/report.json"), 200))["figures"]!.Cell(Penalties)
            .ShouldBe(total["figures"]!.Cell(Penalties) - 5, "the first edition is as it was");
    }

    async Task BeginTheNextYear()
    {
        var county = As("990101");
        var unit = departments.First(d => counting.TryGetValue(d, out var r) && Value(r, "requests.carriedOut.naturalPerson") > 0);
        story.Say("""
            ## 5 January 2023: the next year

            The county opens it like the one before. Nobody types the opening balances: they are what the accepted reports carried
            over.
            """);
        await county.SendAsync(Call.Put(Next, "{}"), 201);
        await county.SendAsync(Call.Post($"{Next}/roster/import"), 200);
        await county.SendAsync(Call.Put($"{Next}/roster/{unit}", "{}"), 200);
        (await county.SendAsync(Call.Put($"{Next}/roster/{Merged}", "{}"), 409))["code"]!.ToString().ShouldBe("unit_not_active");
        var prefill = await As(unit).TellAsync(Call.Get($"{Next}/submissions/{unit}/prefill"), 200, "unit", "year", "form", "figures", "from",
            "cells/requests.carriedIn.naturalPerson", "cells/disclosure.normativeDocuments.inForce");
        foreach (var applicant in applicants.Append("total"))
        {
            prefill["figures"]!.Cell($"requests.carriedIn.{applicant}").ShouldBe(Value(counting[unit], $"requests.carriedOut.{applicant}"));
        }

        story.Say("Whoever writes 0 all the same is asked about it.");
        var forgotten = Report.Zero("2021").WithRow("disclosure.normativeDocuments", 0, 0, Value(counting[unit], "disclosure.normativeDocuments.inForce"));
        var warned = await As(unit).TellAsync(Call.Post($"{Next}/submissions", forgotten.ToText(unit)).From($"{unit}.json"), 201, "unit", "year", "revision", "status", "findings/X1");
        warned["findings"]!.AsArray().Where(f => (string?)f!["rule"] == "X1").Select(f => (string?)f!["path"])
            .ShouldBe(["requests.carriedIn.naturalPerson", "requests.carriedIn.total"]);
    }

    async Task CheckTheAudit()
    {
        await api.SealAuditAsync();
        story.Say("""
            ## 6 January 2023: who did what

            Everything that was done to the report of the police bureau stands in the audit.
            """);
        var lines = (await As("990101").TellAsync(Call.Get($"{County}/audit?subject={Corrects}&year=2021"), 200,
            [.. Enumerable.Range(0, 20).SelectMany(i => new[] { $"{i}/at", $"{i}/actor", $"{i}/action", $"{i}/detail" })])).AsArray();
        lines.Select(l => (string?)l!["action"]).ShouldBe(["put_roster", "submit", "return", "submit", "accept", "reopen", "put_roster", "late_correction", "accept"]);
        story.Say("""
            The lines are a chain: each carries the SHA-256 of the one before. `audit.ndjson` has them for whoever wants to compute it
            again, [as described](security.md#the-audit).
            """);
        var check = await As("990101").SendAsync(Call.Get($"{County}/audit/verify"), 200);
        var head = (string)check["head"]!;
        await As("990101").TellAsync(Call.Get($"{County}/audit/verify"), 200);
        (((bool?)check["whole"], (long?)check["unsealed"])).ShouldBe((true, 0));
        var exported = Encoding.UTF8.GetString(await As("990101").SaveAsync($"{County}/audit.ndjson", "audit.ndjson")).TrimEnd('\n').Split('\n');
        var seal = exported.Select(l => JsonNode.Parse(l)!).Aggregate(new byte[32], (before, line) => SHA256.HashData([.. before, .. Encoding.UTF8.GetBytes(string.Join('\u001f',
            ((string[])["county", "seq", "id", "at", "actor", "action", "year", "subject", "detail"]).Select(name => line[name]?.ToString() ?? "")))]));
        Convert.ToHexStringLower(seal).ShouldBe(head);
        ((long?)check["sealed"]).ShouldBe(exported.Length);
    }

    // What the story is made of.

    Task On(int year, int month, int day, Func<Task> happens)
    {
        api.Clock.Set(FakeClock.Shanghai(year, month, day, 9, 30, 0));
        return happens();
    }

    Person As(string name) => people[name];

    /// <summary>Somebody has a new key made for somebody.</summary>
    async Task MeetAsync(Person maker, string role, string scope, bool tell = false)
    {
        var call = Call.Post($"{Api}/keys", $$"""{"role":"{{role}}","scope":"{{scope}}"}""");
        var key = await (tell ? maker.TellAsync(call, 201) : maker.SendAsync(call, 201));
        story.Hide((string)key["key"]!, "agg_…");
        story.Hide((string)key["id"]!, $"key-{scope}");
        people[scope] = new Person(api.WithKey((string)key["key"]!), $"as {scope}", story);
    }

    /// <summary>A unit files a report that is right.</summary>
    async Task FileAsync(string unit, Report report, bool tell = false, bool counts = true)
    {
        var call = Call.Post($"{Year}/submissions", report.ToText(unit)).From($"{unit}.json");
        var receipt = await (tell ? As(unit).TellAsync(call, 201, "unit", "year", "revision", "status", "late", "filedAt", "findings") : As(unit).SendAsync(call, 201));
        ((string?)receipt["status"], (bool?)receipt["late"]).ShouldBe(("submitted", false));
        if (counts)
        {
            counting[unit] = report;
        }
    }

    /// <summary>The totals of county, prefecture and province are the plain sums of these reports, the correction, and the neighbours'.</summary>
    async Task ShouldAddUpAsync(IReadOnlyCollection<Report> reports)
    {
        foreach (var (who, division, besides) in new[] { ("990101", "990101", 0), ("9901", "9901", 100), ("99", "99", 1100) })
        {
            var figures = (await As(who).SendAsync(Call.Get($"{Api}/divisions/{division}/years/2021/totals"), 200))["figures"]!;
            foreach (var cell in Form.Find("2021")!.Cells)
            {
                figures.Cell(cell.Path).ShouldBe(Sum(reports, cell.Path) + (cell.Path == Penalties ? besides : 0), $"{division} {cell.Path}");
            }
        }
    }

    /// <summary>A 总计 of a division is computed from its parts, so that a unit's wrong one goes no further.</summary>
    static decimal Sum(IReadOnlyCollection<Report> reports, string path)
    {
        var (row, column) = (path[..path.LastIndexOf('.')], path[(path.LastIndexOf('.') + 1)..]);
        string[] parts = (path.Split('.')[0], column) switch
        {
            ("requests", "total") => applicants,
            ("review", "total") => ["upheld", "corrected", "otherResult", "pending"],
            _ => [column],
        };
        return parts.Sum(part => reports.Sum(r => Value(r, $"{row}.{part}"))) - (path == Issued ? 1 : 0);
    }

    static decimal Value(Report report, string path) => report.Figures[report.Form.FindCell(path)!]!.Value;

    static JsonNode Line(JsonNode roster, string unit) => roster["units"]!.AsArray().Single(u => (string?)u!["unit"] == unit)!;

    /// <summary>Everybody who is registered: the invented county of the samples, two departments more, and the neighbours.</summary>
    static List<(string Code, string Body)> Units() =>
    [
        ("99", """{"name":"演示省","kind":"province"}"""),
        ("9901", """{"name":"演示市","kind":"prefecture"}"""),
        ("9902", """{"name":"邻市","kind":"prefecture"}"""),
        .. Repository.Files("samples/units", "990101*.json").Select(f => (Path.GetFileNameWithoutExtension(f), Repository.Read(f))),
        (Merged, """{"name":"旅游发展中心","kind":"department"}"""),
        ("990102", """{"name":"邻县","kind":"county"}"""),
        ("990102001", """{"name":"河东街道","kind":"street"}"""),
        ("990201", """{"name":"远县","kind":"county"}"""),
        ("990201001", """{"name":"河西街道","kind":"street"}"""),
    ];

    /// <summary>A report of ordinary numbers that adds up and fits to last year; another one for each unit.</summary>
    Report Ordinary(string unit)
    {
        var n = Array.IndexOf([.. townships, .. departments], unit);
        var carriedIn = unit == Heir ? 3 : 0;
        var (people, business, partly, carriedOut) = (3 + (n % 3), n % 4 == 0 ? 1 : 0, n % 3 == 0 ? 1 : 0, n % 5 == 0 ? 1 : 0);
        return Report.Zero("2021")
            .WithRow("disclosure.normativeDocuments", n % 3, 0, 10 + n)
            .With("disclosure.licences.decisions", 200 + (n * 37 % 150))
            .With(Penalties, 10 + (n * 7 % 25))
            .With("disclosure.fees.amount", n % 4 == 0 ? 12.5m + (n / 10m) : 0)
            .WithRow("requests.received", people, business, 0, 0, 0, 0, people + business)
            .WithRow("requests.carriedIn", carriedIn, 0, 0, 0, 0, 0, carriedIn)
            .WithRow("requests.granted", people + carriedIn - partly - carriedOut, business, 0, 0, 0, 0, people + carriedIn - partly - carriedOut + business)
            .WithRow("requests.partlyGranted", partly, 0, 0, 0, 0, 0, partly)
            .WithRow("requests.total", people + carriedIn - carriedOut, business, 0, 0, 0, 0, people + carriedIn - carriedOut + business)
            .WithRow("requests.carriedOut", carriedOut, 0, 0, 0, 0, 0, carriedOut)
            .WithRow("review.reconsideration", n % 6 == 0 ? 1 : 0, 0, 0, 0, n % 6 == 0 ? 1 : 0);
    }

    /// <summary>Six reports as they must not be, and the rule that says so.</summary>
    List<(string Unit, Report Wrong, string Rule)> Mistakes() =>
    [
        ("990101-sfj", Ordinary("990101-sfj").With("requests.unavailable.notHeld.total", 2), "H1"),
        ("990101-czj", Ordinary("990101-czj").With("requests.total.naturalPerson", 9), "V1"),
        ("990101-jyj", Ordinary("990101-jyj").WithRow("requests.carriedOut", 7, 0, 0, 0, 0, 0, 7), "V2"),
        ("990101-mzj", Ordinary("990101-mzj").With("review.litigationDirect.total", 1), "T4"),
        ("990101-slj", Ordinary("990101-slj").Without("disclosure.licences.decisions"), "N"),
        ("990101-jtj", RealReports.Wanjinshan2021, "F"),
    ];
}
