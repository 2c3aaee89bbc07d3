using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests.Checks;

public sealed class LastYearTests
{
    const string Path = "disclosure.penalties.decisions";

    static readonly FiledReport own2020 = Filed(2020, "360922201", null, 1, Report.Zero("2019").With(Path, 5));
    static readonly FiledReport own2021 = Filed(2021, "360922201", null, null, null);
    static readonly FiledReport merged2020 = Filed(2020, "360922202", "360922201", 3, Report.Zero("2019").With(Path, 7).WithRow("requests.carriedOut", 1, 0, 0, 0, 0, 0, 1));

    [Fact]
    public void It_is_the_units_own_report_of_the_year_before()
    {
        var last = Of(own2020, own2021, Filed(2020, "360922299", null, 1, Report.Zero("2019").With(Path, 99)))!;

        last.Year.ShouldBe(2020);
        Value(last).ShouldBe(5);
        last.Sources.ShouldBe([new SourceRevision("360922201", 1)]);
        last.PathOf(Cell).ShouldBe($"2020:{Path}");
    }

    [Fact]
    public void Who_filed_nothing_has_no_last_year()
    {
        Of().ShouldBeNull();
        Of(own2021).ShouldBeNull();
        Of(own2020 with { Revision = null, Figures = null }).ShouldBeNull();
    }

    [Fact]
    public void Units_merged_into_it_are_added_and_named()
    {
        var last = Of(merged2020, own2020, own2021)!;

        Value(last).ShouldBe(12);
        last[Form.Find("2021")!.FindCell("requests.carriedOut.total")!].ShouldBe(1);
        last.Sources.ShouldBe([new SourceRevision("360922201", 1), new SourceRevision("360922202", 3)]);
    }

    [Fact]
    public void A_unit_that_came_into_being_by_merger_has_the_last_year_of_those_it_was_made_of()
    {
        Value(Of(merged2020, Filed(2020, "360922203", "360922201", 1, Report.Zero("2019").With(Path, 1)))!).ShouldBe(8);
    }

    [Fact]
    public void A_unit_that_still_reports_by_itself_this_year_is_not_added()
    {
        // Merged later: correcting the report of a year in which both reported must not compare with the sum.
        Value(Of(own2020, merged2020, Filed(2021, "360922202", "360922201", null, null))!).ShouldBe(5);
    }

    [Fact]
    public void Mergers_are_followed_from_unit_to_unit()
    {
        var far2020 = Filed(2020, "360922203", "360922202 360922201", 1, Report.Zero("2019").With(Path, 100));

        Value(Of(own2020, own2021, merged2020, far2020)!).ShouldBe(112);
        Value(Of(own2020, own2021, far2020)!).ShouldBe(105, "the one on the way reported nothing of its own");
        Value(Of(own2020, own2021, merged2020, far2020, Filed(2021, "360922202", "360922201", null, null))!).ShouldBe(5, "the one on the way still reports, with what it took over");
        Value(Of(own2020, own2021, merged2020, far2020, Filed(2021, "360922203", "360922202 360922201", null, null))!).ShouldBe(12);
    }

    [Fact]
    public void Half_a_sum_is_no_sum()
    {
        Of(own2020, merged2020 with { Revision = null, Figures = null }).ShouldBeNull();
        Of(own2020 with { Revision = null, Figures = null }, merged2020).ShouldBeNull();
        Of(own2020, Filed(2020, "360922202", "360922201", 1, Report.Zero("2021"))).ShouldBeNull();
    }

    [Fact]
    public void A_cell_that_last_years_form_does_not_have_is_missing()
    {
        Of(own2020)![Form.Find("2021")!.FindCell("disclosure.rules.inForce")!].ShouldBeNull();
    }

    static Cell Cell => Form.Find("2021")!.FindCell(Path)!;

    static decimal? Value(LastYear last) => last[Cell];

    /// <summary>Asked for by itself, and with all others that report.</summary>
    static LastYear? Of(params FiledReport[] reports)
    {
        var last = LastYear.Of("360922201", 2021, reports);
        var same = LastYear.OfEach(2021, [own2021, .. reports]).GetValueOrDefault("360922201");
        same?.Sources.ShouldBe(last!.Sources);
        same?.Figures.Values.ShouldBe(last!.Figures.Values);
        (same is null).ShouldBe(last is null);
        return last;
    }

    static FiledReport Filed(int year, string unit, string? mergedInto, int? revision, Report? report) =>
        new(year, unit, unit, "township", mergedInto is null ? [] : mergedInto.Split(' '), revision, report?.Figures);
}
