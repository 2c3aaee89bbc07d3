using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests.Checks;

public sealed class OutliersTests
{
    const string Penalties = "disclosure.penalties.decisions";

    static readonly Form form = Form.Find("2021")!;

    [Fact]
    public void A_number_far_off_the_peers_is_found_and_does_not_accuse_them()
    {
        // The mean of these is 1,009 and the standard deviation 3,160: by those, one wrong number would look almost usual.
        var outlier = Find([.. Towns(Penalties, 5, 7, 8, 9, 10, 11, 12, 13, 15), Filed("360922200", "township", Report.Zero("2021").With(Penalties, 10_000))])
            .ShouldHaveSingleItem();

        (outlier.Unit, outlier.Path, outlier.Value, outlier.Median, outlier.Mad, outlier.Peers, outlier.LastYear)
            .ShouldBe(("360922200", Penalties, 10_000m, 10m, 2m, 9, null));
        outlier.Why.ShouldBe([OutlierReason.Peers]);
        outlier.Distance.ShouldBe(99.9m);
        outlier.Label.ShouldBe("行政处罚 · 本年处理决定数量");
        outlier.Message.ShouldBe("行政处罚 · 本年处理决定数量：为 10000，本县 9 个同类单位的中位数为 10，相差悬殊，请核实");
    }

    [Fact]
    public void Fewer_than_eight_peers_say_nothing()
    {
        var far = Filed("360922200", "township", Report.Zero("2021").With(Penalties, 10_000));

        Find([.. Towns(Penalties, 0, 0, 0, 0, 0, 0, 0), far]).ShouldBeEmpty();
        Find([.. Towns(Penalties, 0, 0, 0, 0, 0, 0, 0, 0), far]).ShouldHaveSingleItem().Peers.ShouldBe(8);
    }

    [Fact]
    public void Only_a_like_kind_is_a_peer()
    {
        FiledReport[] towns = [.. Towns(Penalties, 1, 1, 1, 1, 1, 1, 1, 1, 1)];

        Find([.. towns, Filed("360922-gaj", "department", Report.Zero("2021").With(Penalties, 10_000))]).ShouldBeEmpty();
        Find([.. towns, Filed("360922400", "other", Report.Zero("2021").With(Penalties, 10_000))]).ShouldBeEmpty();
        Find([.. towns, Filed("360922001", "street", Report.Zero("2021").With(Penalties, 10_000))]).ShouldHaveSingleItem();
    }

    [Fact]
    public void Peers_without_a_number_and_in_another_form_are_not_counted()
    {
        FiledReport[] others =
        [
            .. Towns(Penalties, 1, 1, 1, 1, 1, 1, 1),
            Filed("360922150", "town", Report.Zero("2021").Without(Penalties)),
            Filed("360922151", "town", Report.Zero("2019")),
            Filed("360922152", "town", null),
        ];

        Find([.. others, Filed("360922200", "township", Report.Zero("2021").With(Penalties, 10_000))]).ShouldBeEmpty();
    }

    [Fact]
    public void A_jump_against_its_own_last_year_needs_no_peers()
    {
        var outlier = Find(
        [
            Filed("320813-qzb", "department", RealReports.Hongze2024) with { Year = 2022 },
            Filed("320813-qzb", "department", RealReports.Hongze2023) with { Year = 2021 },
        ]).ShouldHaveSingleItem();

        (outlier.Value, outlier.LastYear, outlier.Median, outlier.Mad, outlier.Peers).ShouldBe((9487m, 550m, null, null, 0));
        outlier.Why.ShouldBe([OutlierReason.LastYear]);
        outlier.Distance.ShouldBe(3.45m);
        outlier.Message.ShouldBe("行政许可 · 本年处理决定数量：为 9487，2021年度为 550，相差悬殊，请核实");
    }

    [Fact]
    public void Both_reasons_make_one_line_and_the_farthest_stands_first()
    {
        var far = Filed("360922200", "township", Report.Zero("2021").With(Penalties, 10_000));
        var farther = Filed("360922201", "township", Report.Zero("2021").With("disclosure.fees.amount", 59_237.2449m));
        var outliers = Find([.. Towns(Penalties, 0, 0, 0, 0, 0, 0, 0, 0, 0), far, far with { Year = 2021, Figures = Report.Zero("2021").With(Penalties, 20).Figures }, farther]);

        outliers.Select(o => $"{o.Unit} {o.Path} {o.Distance} {string.Join('+', o.Why)}").ShouldBe(
        [
            "360922201 disclosure.fees.amount 592.37 Peers",
            $"360922200 {Penalties} 100 LastYear+Peers",
        ]);
    }

    [Fact]
    public void A_steady_unit_shows_its_last_year_so_that_a_clerk_can_pass_over_it()
    {
        var steady = Filed("360922200", "township", Report.Zero("2021").With(Penalties, 10_000));

        var outlier = Find([.. Towns(Penalties, 0, 0, 0, 0, 0, 0, 0, 0), steady, steady with { Year = 2021 }]).ShouldHaveSingleItem();

        outlier.Why.ShouldBe([OutlierReason.Peers]);
        outlier.LastYear.ShouldBe(10_000);
    }

    [Fact]
    public void Switched_off_it_finds_nothing()
    {
        Outliers.Find(form, 2022, [.. Towns(Penalties, 0, 0, 0, 0, 0, 0, 0, 0, 100_000)], new RuleSettings([new("OUT", "off")])).ShouldBeEmpty();
    }

    [Fact]
    public void The_order_of_the_reports_does_not_matter_and_adding_a_fixed_number_to_all_changes_no_distance()
    {
        Seeded.Run(100, random =>
        {
            decimal[] numbers = [.. Enumerable.Range(0, 9 + random.Next(30)).Select(_ => random.Next(20) == 0 ? random.Next(1_000_000) : random.Next(200))];
            FiledReport[] reports = [.. Towns(Penalties, numbers)];
            var outliers = Find(reports);

            Find([.. reports.OrderBy(_ => random.Next())]).Select(Line).ShouldBe(outliers.Select(Line));
            Find([.. Towns(Penalties, [.. numbers.Select(n => n + 1000)])]).Select(o => (o.Unit, o.Distance)).ShouldBe(outliers.Select(o => (o.Unit, o.Distance)));
        });

        static string Line(Outlier o) => $"{o.Unit} {o.Path} {o.Value} {o.Median} {o.Mad} {o.Peers} {o.Distance}";
    }

    [Fact]
    public void The_median_of_an_even_number_is_the_mean_of_the_two_in_the_middle()
    {
        var outlier = Find([.. Towns(Penalties, 8, 1, 7, 2, 6, 3, 5, 4), Filed("360922200", "township", Report.Zero("2021").With(Penalties, 10_000))]).ShouldHaveSingleItem();

        (outlier.Median, outlier.Mad).ShouldBe((4.5m, 2m));
    }

    static IReadOnlyList<Outlier> Find(FiledReport[] reports) => Outliers.Find(form, 2022, reports, RuleSettings.Default);

    static IEnumerable<FiledReport> Towns(string path, params decimal[] numbers) =>
        numbers.Select((n, i) => Filed($"3609221{i:00}", "town", Report.Zero("2021").With(path, n)));

    static FiledReport Filed(string unit, string kind, Report? report) => new(2022, unit, unit, kind, [], report is null ? null : 1, report?.Figures);
}
