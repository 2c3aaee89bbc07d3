using System.Text.Json.Nodes;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Years;

public sealed class RosterEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task An_import_brings_the_17_streets_towns_and_townships_of_Wanzai_and_no_other_kind()
    {
        const string Year = "/api/v1/counties/360922/years/2021";
        var clerk = await api.CountyAsync("360922");
        await clerk.PutAsync(Year, "{}".AsJson());

        var import = await (await clerk.PostAsync($"{Year}/roster/import", null)).ShouldBeAsync(200);

        ((int?)import["added"]).ShouldBe(17);
        var units = import["roster"]!["units"]!.AsArray();
        units.Count.ShouldBe(17);
        units.Select(u => (string?)u!["kind"]).Distinct().Order().ShouldBe(["street", "town", "township"]);
        units.Select(u => (string?)u!["unit"]).ShouldContain("360922201");
        (await api.Database.ScalarAsync<long>("select count(*) from unit where parent = '360922' and kind = 'other'")).ShouldBeGreaterThan(0);

        var again = await (await clerk.PostAsync($"{Year}/roster/import", null)).ShouldBeAsync(200);
        ((int?)again["added"]).ShouldBe(0);
        again["roster"]!["units"]!.AsArray().Count.ShouldBe(17);
    }

    [Fact]
    public async Task An_import_leaves_who_is_on_the_roster_as_is_and_leaves_out_who_has_been_merged_or_ended()
    {
        var county = await api.OpenCountyAsync();
        var (exempt, merged, ended) = (county.Units[0], county.Units[1], county.Units[2]);
        await county.Clerk.PutAsync($"{county.Year}/roster/{exempt}", """{"expected":false,"reason":"撤并"}""".AsJson());
        await county.Clerk.PutAsync($"/api/v1/units/{merged}", $$"""{"name":"甲","kind":"town","mergedInto":"{{exempt}}"}""".AsJson());
        await county.Clerk.PutAsync($"/api/v1/units/{ended}", """{"name":"乙","kind":"town","activeTo":2021}""".AsJson());
        var next = $"/api/v1/counties/{county.Code}/years/2022";
        await county.Clerk.PutAsync(next, "{}".AsJson());

        await county.Clerk.PostAsync($"{county.Year}/roster/import", null);
        await county.Clerk.PostAsync($"{next}/roster/import", null);

        ((string?)(await county.LineAsync(exempt))["status"]).ShouldBe("exempt");
        ((string?)(await county.LineAsync(ended))["status"]).ShouldBe("missing");
        var units = (await county.Clerk.GetJsonAsync($"{next}/roster"))["units"]!.AsArray().Select(u => (string?)u!["unit"]).ToList();
        units.ShouldContain(exempt);
        units.ShouldNotContain(merged);
        units.ShouldNotContain(ended);
    }

    [Fact]
    public async Task A_closed_unit_stays_on_past_rosters_is_exempt_from_later_ones_and_is_not_expected_again()
    {
        var county = await api.OpenCountyAsync();
        var (closed, filed, heir) = (county.Units[0], county.Units[1], county.Units[2]);
        var next = $"/api/v1/counties/{county.Code}/years/2022";
        await api.OpenYearAsync(county.Code, 2022);
        (await county.Clerk.FileAsync(next, filed, Report.Zero("2021"))).EnsureSuccessStatusCode();
        await county.Clerk.PutAsync($"/api/v1/units/{closed}", """{"name":"甲","kind":"town","activeTo":2021}""".AsJson());
        await county.Clerk.PutAsync($"/api/v1/units/{filed}", $$"""{"name":"乙","kind":"town","activeTo":2021,"mergedInto":"{{heir}}"}""".AsJson());

        ((string?)(await county.LineAsync(closed))["status"]).ShouldBe("missing", "2021 is still to be reported");
        var roster = await county.Clerk.GetJsonAsync($"{next}/roster");
        var line = roster["units"]!.AsArray().Single(u => (string?)u!["unit"] == closed)!;
        ((string?)line["status"]).ShouldBe("exempt");
        ((string?)line["reason"]).ShouldBe("已撤销，最后报告年度为 2021");
        ((string?)roster["units"]!.AsArray().Single(u => (string?)u!["unit"] == filed)!["status"]).ShouldBe("submitted", "what has come in stays");
        ((int?)roster["summary"]!["exempt"]).ShouldBe(1);
        ((int?)roster["summary"]!["missing"]).ShouldBe(county.Units.Count - 2);
        (await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit?subject={closed}&year=2022"))
            .Select(l => $"{l!["action"]} {l["detail"]!["reason"]}").ShouldBe(["put_roster 已撤销，最后报告年度为 2021"]);

        await (await county.Clerk.PutAsync($"{next}/roster/{closed}", "{}".AsJson())).ShouldRefuseAsync(409, "unit_not_active");
        (await county.Clerk.PutAsync($"{county.Year}/roster/{closed}", "{}".AsJson())).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task An_import_names_whom_it_has_left_out_and_why()
    {
        var county = await api.OpenCountyAsync();
        var (closed, merged, later) = (county.Units[0], county.Units[1], county.Units[2]);
        await county.Clerk.PutAsync($"/api/v1/units/{closed}", """{"name":"甲","kind":"town","activeTo":2021}""".AsJson());
        await county.Clerk.PutAsync($"/api/v1/units/{merged}", $$"""{"name":"乙","kind":"town","activeTo":2021,"mergedInto":"{{county.Units[3]}}"}""".AsJson());
        await county.Clerk.PutAsync($"/api/v1/units/{later}", """{"name":"丙","kind":"town","activeFrom":2023}""".AsJson());
        await county.Clerk.PutAsync($"/api/v1/counties/{county.Code}/years/2022", "{}".AsJson());

        var import = await (await county.Clerk.PostAsync($"/api/v1/counties/{county.Code}/years/2022/roster/import", null)).ShouldBeAsync(200);

        ((int?)import["added"]).ShouldBe(county.Units.Count - 3);
        import["leftOut"]!.AsArray().Select(u => $"{u!["unit"]} {u["name"]} {u["reason"]}").ShouldBe([
            $"{closed} 甲 已撤销，最后报告年度为 2021", $"{merged} 乙 已并入 {county.Units[3]}，最后报告年度为 2021", $"{later} 丙 自 2023 年度起报送"]);
    }

    [Fact]
    public async Task An_import_takes_along_who_was_expected_in_an_earlier_year_as_far_as_it_still_reports()
    {
        var county = await api.OpenCountyAsync();
        var (police, archive, tax, closed) = ($"{county.Code}-gaj", $"{county.Code}-daj", $"{county.Code}-swj", $"{county.Code}-nyj");
        foreach (var (unit, body) in new[]
        {
            (police, """{"name":"公安局","kind":"department"}"""), (archive, """{"name":"档案局","kind":"department"}"""),
            (tax, """{"name":"税务局","kind":"department"}"""), (closed, """{"name":"农业局","kind":"department"}"""),
        })
        {
            await county.Clerk.PutAsync($"/api/v1/units/{unit}", body.AsJson());
            await county.Clerk.PutAsync($"{county.Year}/roster/{unit}", "{}".AsJson());
        }

        await county.Clerk.PutAsync($"{county.Year}/roster/{police}", """{"dueDate":"2022-02-15","reason":"洪灾"}""".AsJson());
        await county.Clerk.PutAsync($"{county.Year}/roster/{tax}", """{"expected":false,"reason":"由市局报送"}""".AsJson());
        await county.Clerk.PutAsync($"/api/v1/units/{closed}", """{"name":"农业局","kind":"department","activeTo":2021}""".AsJson());
        var next = $"/api/v1/counties/{county.Code}/years/2022";
        await county.Clerk.PutAsync(next, "{}".AsJson());

        await (await county.Clerk.PostAsync($"{next}/roster/import?from=2019", null)).ShouldRefuseAsync(404, "year_not_found");
        var import = await (await county.Clerk.PostAsync($"{next}/roster/import?from=2021", null)).ShouldBeAsync(200);

        ((int?)import["added"]).ShouldBe(county.Units.Count + 2);
        import["leftOut"]!.AsArray().Select(u => $"{u!["unit"]} {u["reason"]}").ShouldBe([$"{closed} 已撤销，最后报告年度为 2021", $"{tax} 2021 年度免报，本年度须报送的请单独列入"]);
        import["roster"]!["units"]!.AsArray().Where(u => (string?)u!["kind"] == "department")
            .Select(u => $"{u!["unit"]} {u["status"]} {u["dueDate"]}").ShouldBe([$"{archive} missing 2023-01-31", $"{police} missing 2023-01-31"]);
        ((int?)(await (await county.Clerk.PostAsync($"{next}/roster/import?from=2021", null)).ShouldBeAsync(200))["added"]).ShouldBe(0);
    }

    [Fact]
    public async Task Many_units_are_extended_at_once_and_those_that_cannot_be_are_named_as_if_alone()
    {
        var county = await api.OpenCountyAsync();
        var (first, second, ended) = (county.Units[0], county.Units[1], county.Units[2]);
        await county.Clerk.PutAsync($"/api/v1/units/{ended}", """{"name":"乙","kind":"town","activeTo":2020}""".AsJson());

        var answer = await (await county.Clerk.PutAsync($"{county.Year}/roster",
            $$"""{"units":["{{second}}","{{ended}}","{{first}}","999999001","{{county.Code}}-none"],"dueDate":"2022-02-15","reason":"洪灾"}""".AsJson())).ShouldBeAsync(200);

        answer["done"]!.AsArray().Select(u => (string?)u).ShouldBe([second, first]);
        answer["refused"]!.AsArray().Select(r => $"{r!["unit"]} {r["code"]}").ShouldBe(
            [$"{ended} unit_not_active", "999999001 unit_not_found", $"{county.Code}-none unit_not_found"]);
        foreach (var unit in new[] { first, second })
        {
            var line = await county.LineAsync(unit);
            ((string?)line["dueDate"], (string?)line["reason"]).ShouldBe(("2022-02-15", "洪灾"));
        }

        ((string?)(await county.LineAsync(county.Units[3]))["dueDate"]).ShouldBe("2022-01-31");
        (await county.Clerk.GetListAsync($"/api/v1/counties/{county.Code}/audit?year=2021")).Where(l => l!["detail"]?["dueDate"] is not null && (string?)l["action"] == "put_roster")
            .Select(l => (string?)l!["subject"]).ShouldBe([first, second], ignoreOrder: true);

        var before = await api.StoredAsync();
        await (await county.Clerk.PutAsync($"{county.Year}/roster", $$"""{"units":["{{first}}"],"expected":false}""".AsJson())).ShouldRefuseAsync(400, "reason_required");
        await (await county.Clerk.PutAsync($"{county.Year}/roster", """{"units":[]}""".AsJson())).ShouldRefuseAsync(400, "invalid_body");
        await (await county.Clerk.PutAsync($"{county.Year}/roster", """{"units":["x"]}""".AsJson())).ShouldRefuseAsync(400, "invalid_body");
        await (await county.Clerk.PutAsync($"{county.Year}/roster", $$"""{"units":["{{first}}","{{first}}"]}""".AsJson())).ShouldRefuseAsync(400, "invalid_body");
        (await api.StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_past_year_that_is_loaded_as_a_whole_adds_nobody_late()
    {
        var county = await api.OpenCountyAsync(2020);
        var unit = $"{county.Code}-gaj";
        await county.Clerk.PutAsync($"/api/v1/units/{unit}", """{"name":"公安局","kind":"department"}""".AsJson());

        var line = await (await county.Clerk.PutAsync($"{county.Year}/roster/{unit}", "{}".AsJson())).ShouldBeAsync(200);

        line["addedReason"].ShouldBeNull();
        ((DateTimeOffset?)line["addedAt"]).ShouldBe(api.Clock.GetUtcNow());
    }

    [Fact]
    public async Task The_counts_agree_with_each_other_and_with_the_lines()
    {
        var county = await api.OpenCountyAsync();
        var units = county.Units;
        await county.Clerk.PutAsync($"{county.Year}/roster/{units[0]}", """{"expected":false,"reason":"撤并"}""".AsJson());
        await county.Clerk.FileAsync(county.Year, units[1], Report.Zero("2021")); // a zero report is a report
        await county.Clerk.FileAsync(county.Year, units[2], RealReports.Mabu2021);
        await county.Clerk.FileAsync(county.Year, units[3], Report.Zero("2021").With("requests.received.total", 1)); // a draft is none
        await api.Database.ScalarAsync<int>($"update filing set filed_at = '2022-02-01 00:00:00+08' where unit = '{units[2]}'");
        await api.Database.ScalarAsync<int>($"update filing set status = 'returned' where unit = '{units[4]}'");

        var roster = await county.Clerk.GetJsonAsync($"{county.Year}/roster");

        var summary = roster["summary"]!;
        int Count(string name) => (int)summary[name]!;
        Count("expected").ShouldBe(units.Count - 1);
        Count("filed").ShouldBe(2);
        Count("onTime").ShouldBe(1);
        Count("late").ShouldBe(1);
        Count("exempt").ShouldBe(1);
        Count("expected").ShouldBe(Count("filed") + Count("missing"));
        Count("filed").ShouldBe(Count("onTime") + Count("late"));
        ((decimal)summary["completeness"]!).ShouldBe(decimal.Round(2m / (units.Count - 1), 4));
        ((decimal)summary["timeliness"]!).ShouldBe(decimal.Round(1m / (units.Count - 1), 4));
        roster["units"]!.AsArray().Select(u => (string?)u!["unit"]).ShouldBe(units);
        roster["units"]!.AsArray().Take(5).Select(u => (string?)u!["status"]).ShouldBe(["exempt", "submitted", "submitted", "draft", "returned"]);
    }

    [Fact]
    public async Task A_roster_without_units_has_no_rates()
    {
        var clerk = await api.CountyAsync("360923");
        await clerk.PutAsync("/api/v1/counties/360923/years/2021", "{}".AsJson());

        var roster = await clerk.GetJsonAsync("/api/v1/counties/360923/years/2021/roster");

        roster["units"]!.AsArray().ShouldBeEmpty();
        roster["summary"]!["completeness"].ShouldBeNull();
        roster["summary"]!["timeliness"].ShouldBeNull();
    }

    [Fact]
    public async Task A_department_is_put_on_the_roster_after_it_is_registered()
    {
        var county = await api.OpenCountyAsync();
        var unit = $"{county.Code}-gaj";
        await (await county.Clerk.PutAsync($"{county.Year}/roster/{unit}", "{}".AsJson())).ShouldRefuseAsync(404, "unit_not_found");

        await county.Clerk.PutAsync($"/api/v1/units/{unit}", """{"name":"公安局","kind":"department"}""".AsJson());
        var line = await (await county.Clerk.PutAsync($"{county.Year}/roster/{unit}", "{}".AsJson())).ShouldBeAsync(200);

        ((string?)line["name"]).ShouldBe("公安局");
        ((string?)line["status"]).ShouldBe("missing");
        ((string?)line["dueDate"]).ShouldBe("2022-01-31");
    }

    [Fact]
    public async Task An_exemption_and_an_extension_are_kept_with_their_reason_and_taken_back()
    {
        var county = await api.OpenCountyAsync();
        var address = $"{county.Year}/roster/{county.Units[0]}";

        var exempt = await (await county.Clerk.PutAsync(address, """{"expected":false,"reason":" 由街道统一报送 "}""".AsJson())).ShouldBeAsync(200);
        ((string?)exempt["status"]).ShouldBe("exempt");
        ((string?)exempt["reason"]).ShouldBe("由街道统一报送");
        ((bool?)exempt["late"]).ShouldBe(false);

        var extended = await (await county.Clerk.PutAsync(address, """{"dueDate":"2022-02-15","reason":"洪灾"}""".AsJson())).ShouldBeAsync(200);
        ((string?)extended["status"]).ShouldBe("missing");
        ((string?)extended["dueDate"]).ShouldBe("2022-02-15");

        var plain = await (await county.Clerk.PutAsync(address, "{}".AsJson())).ShouldBeAsync(200);
        ((string?)plain["dueDate"]).ShouldBe("2022-01-31");
        plain["reason"].ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"expected":false}""", "reason_required", "$.reason")]
    [InlineData("""{"expected":false,"reason":"  "}""", "reason_required", "$.reason")]
    [InlineData("""{"expected":false,"reason":"501字"}""", "reason_required", "$.reason")]
    [InlineData("""{"expected":false,"reason":"撤并\u0000"}""", "reason_required", "$.reason")]
    [InlineData("""{"reason":"\u0000撤并"}""", "reason_required", "$.reason")]
    [InlineData("""{"dueDate":"2022-02-15"}""", "reason_required", "$.reason")]
    [InlineData("""{"dueDate":"2022-01-30","reason":"洪灾"}""", "invalid_due_date", "$.dueDate")]
    [InlineData("""{"dueDate":"2024-01-01","reason":"洪灾"}""", "invalid_due_date", "$.dueDate")]
    [InlineData("""{"dueDate":"9999-12-31","reason":"洪灾"}""", "invalid_due_date", "$.dueDate")]
    public async Task An_exemption_needs_a_reason_and_an_extension_a_later_day(string body, string code, string path)
    {
        var county = await api.OpenCountyAsync();
        var before = await api.StoredAsync();

        var problem = await (await county.Clerk.PutAsync($"{county.Year}/roster/{county.Units[0]}", body.Replace("501字", new string('字', 501), StringComparison.Ordinal).AsJson())).ShouldRefuseAsync(400, code);

        problem["errors"]!.AsArray().Select(e => (string?)e!["path"]).ShouldBe([path]);
        (await api.StoredAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Without_a_year_there_is_no_roster()
    {
        var clerk = await api.CountyAsync("360981");
        const string Roster = "/api/v1/counties/360981/years/2021/roster";

        await (await clerk.GetAsync(Roster)).ShouldRefuseAsync(404, "year_not_found");
        await (await clerk.PostAsync($"{Roster}/import", null)).ShouldRefuseAsync(404, "year_not_found");
        await (await clerk.PutAsync($"{Roster}/360981001", "{}".AsJson())).ShouldRefuseAsync(404, "year_not_found");
    }
}

/// <summary>These tests move the clock, so they have a server of their own.</summary>
public sealed class RosterOverdueTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Who_has_not_filed_is_overdue_from_the_first_instant_after_the_day()
    {
        api.Clock.Set(FakeClock.Shanghai(2022, 1, 20, 18, 0, 0));
        var county = await api.OpenCountyAsync();
        var units = county.Units;
        await county.Clerk.FileAsync(county.Year, units[0], Report.Zero("2021"));
        await county.Clerk.FileAsync(county.Year, units[1], Report.Zero("2021").With("requests.received.total", 1));
        await county.Clerk.PutAsync($"{county.Year}/roster/{units[2]}", """{"expected":false,"reason":"撤并"}""".AsJson());
        await county.Clerk.PutAsync($"{county.Year}/roster/{units[3]}", """{"dueDate":"2022-02-10","reason":"洪灾"}""".AsJson());

        api.Clock.Set(FakeClock.Shanghai(2022, 2, 1, 0, 0, 0).AddTicks(-10));
        var before = await county.Clerk.GetJsonAsync($"{county.Year}/roster");
        ((int?)before["summary"]!["overdue"]).ShouldBe(0);
        before["units"]!.AsArray().ShouldAllBe(u => !(bool)u!["late"]!);

        api.Clock.Set(FakeClock.Shanghai(2022, 2, 1, 0, 0, 0));
        var after = await county.Clerk.GetJsonAsync($"{county.Year}/roster");
        ((int?)after["summary"]!["overdue"]).ShouldBe(units.Count - 3);
        ((int?)after["summary"]!["late"]).ShouldBe(0);
        Late(after, units).ShouldBe([false, true, false, false, true]);

        api.Clock.Set(FakeClock.Shanghai(2022, 2, 11, 0, 0, 0));
        var much = await county.Clerk.GetJsonAsync($"{county.Year}/roster");
        ((int?)much["summary"]!["overdue"]).ShouldBe(units.Count - 2);
        Late(much, units).ShouldBe([false, true, false, true, true]);
    }

    [Fact]
    public async Task Who_is_added_after_the_due_day_needs_a_reason_that_stays_and_is_late_or_has_an_extension()
    {
        api.Clock.Set(FakeClock.Shanghai(2022, 1, 20, 18, 0, 0));
        var county = await api.OpenCountyAsync();
        var (unit, extended) = ($"{county.Code}-xzj", $"{county.Code}-sjj");
        await county.Clerk.PutAsync($"/api/v1/units/{unit}", """{"name":"行政审批局","kind":"department"}""".AsJson());
        await county.Clerk.PutAsync($"/api/v1/units/{extended}", """{"name":"数据局","kind":"department"}""".AsJson());
        await api.Database.ScalarAsync<int>($"delete from filing where unit = '{county.Units[0]}'");
        api.Clock.Set(FakeClock.Shanghai(2022, 2, 5, 9, 0, 0));

        await (await county.Clerk.PutAsync($"{county.Year}/roster/{unit}", "{}".AsJson())).ShouldRefuseAsync(400, "reason_required");
        var import = await (await county.Clerk.PostAsync($"{county.Year}/roster/import", null)).ShouldBeAsync(200);
        ((int?)import["added"]).ShouldBe(0);
        import["leftOut"]!.AsArray().Select(u => $"{u!["unit"]} {u["reason"]}").ShouldBe([$"{county.Units[0]} 本年度截止日已过，请单独列入并写明理由"]);

        (await county.Clerk.PutAsync($"{county.Year}/roster/{unit}", """{"reason":"新设机构，县编办〔2022〕3号"}""".AsJson())).EnsureSuccessStatusCode();
        (await county.Clerk.PutAsync($"{county.Year}/roster/{extended}", """{"dueDate":"2022-02-20","reason":"新设机构"}""".AsJson())).EnsureSuccessStatusCode();
        (await county.Clerk.PutAsync($"{county.Year}/roster/{unit}", "{}".AsJson())).EnsureSuccessStatusCode();

        var line = await county.LineAsync(unit);
        ((DateTimeOffset?)line["addedAt"]).ShouldBe(api.Clock.GetUtcNow());
        ((string?)line["addedReason"]).ShouldBe("新设机构，县编办〔2022〕3号");
        line["reason"].ShouldBeNull();
        ((bool?)line["late"]).ShouldBe(true);
        ((bool?)(await county.LineAsync(extended))["late"]).ShouldBe(false);
        (await county.LineAsync(county.Units[1]))["addedReason"].ShouldBeNull();
        var summary = (await county.Clerk.GetJsonAsync($"{county.Year}/roster"))["summary"]!;
        ((int?)summary["expected"]).ShouldBe(county.Units.Count + 1);
        ((int?)summary["overdue"]).ShouldBe(county.Units.Count);
    }

    static IEnumerable<bool> Late(JsonObject roster, IReadOnlyList<string> units) =>
        units.Take(5).Select(unit => (bool)roster["units"]!.AsArray().Single(u => (string?)u!["unit"] == unit)!["late"]!);
}
