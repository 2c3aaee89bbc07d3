using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Testing;
using Aggregator.Totals;

namespace Aggregator.Domain.Tests.Totals;

public sealed class FigureSumTests
{
    static readonly Form form = Form.Find("2021")!;

    [Fact]
    public void Nothing_added_up_is_missing_everywhere()
    {
        FigureSum.Of(form, []).Values.ShouldAllBe(v => v == null);
    }

    [Fact]
    public void A_plain_sum_is_what_a_real_city_published()
    {
        decimal[] units = [349, 933, 477, 301, 874, 216, 348, 55, 26, 12, 16];

        var sum = Sum(units.Select(u => Report.Zero("2021").With("requests.received.naturalPerson", u)));

        sum[Cell("requests.received.naturalPerson")].ShouldBe(3607);
        sum[Cell("requests.received.total")].ShouldBe(3607);
    }

    [Fact]
    public void Leaf_cells_are_added_and_totals_recomputed_from_them()
    {
        // The office counted two requests in 总计 only; the county must not publish a total that its own columns contradict.
        var sum = Sum([RealReports.XiangningOffice2021, RealReports.Hongze2023]);

        sum[Cell("disclosure.normativeDocuments.inForce")].ShouldBe(43);
        sum[Cell("requests.received.total")].ShouldBe(23);
        sum[Cell("requests.unavailable.notHeld.total")].ShouldBe(10);
        sum[Cell("requests.total.total")].ShouldBe(21);
        sum[Cell("review.reconsideration.total")].ShouldBe(11);
        Findings(sum).ShouldBe(["V2 requests.total.naturalPerson", "V2 requests.total.total"]);
    }

    [Fact]
    public void A_cell_missing_in_every_source_stays_missing_and_one_zero_makes_it_zero()
    {
        var blank = Report.Zero("2021").Without("disclosure.fees.amount").Without("disclosure.licences.decisions");

        var sum = Sum([blank, blank.With("disclosure.licences.decisions", 0)]);

        sum[Cell("disclosure.fees.amount")].ShouldBeNull();
        sum[Cell("disclosure.licences.decisions")].ShouldBe(0);
    }

    [Fact]
    public void A_missing_cell_of_one_source_does_not_hide_the_others()
    {
        Sum([Report.Zero("2021").Without("disclosure.fees.amount"), RealReports.Hongze2023])[Cell("disclosure.fees.amount")].ShouldBe(7730.28m);
    }

    [Fact]
    public void A_total_is_missing_only_if_all_of_its_leaves_are()
    {
        var blank = Report.Blank("2021").With("review.reconsideration.total", 5).With("review.litigationDirect.upheld", 2);

        var sum = Sum([blank]);

        sum[Cell("review.reconsideration.total")].ShouldBeNull();
        sum[Cell("review.litigationDirect.total")].ShouldBe(2);
        sum[Cell("requests.total.total")].ShouldBeNull();
    }

    [Fact]
    public void Amounts_are_added_exactly()
    {
        Sum(Enumerable.Repeat(Report.Zero("2021").With("disclosure.fees.amount", 0.1m), 10))[Cell("disclosure.fees.amount")].ShouldBe(1);
    }

    [Fact]
    public void Counts_go_beyond_32_bits()
    {
        Sum(Enumerable.Repeat(Report.Zero("2021").With("disclosure.licences.decisions", int.MaxValue), 1000))[Cell("disclosure.licences.decisions")]
            .ShouldBe(2_147_483_647_000);
    }

    [Fact]
    public void The_sources_are_left_as_they_were()
    {
        var source = RealReports.XiangningOffice2021.Figures;

        FigureSum.Of(form, [source.Values, source.Values]);

        source.Values.ShouldBe(RealReports.XiangningOffice2021.Figures.Values);
    }

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void The_sum_of_consistent_reports_is_consistent_and_adds_every_cell(string code)
    {
        Seeded.Run(500, random =>
        {
            var reports = Enumerable.Range(0, random.Next(1, 12)).Select(_ => RandomReport.Consistent(code, random).Figures).ToList();

            var sum = FigureSum.Of(Form.Find(code)!, reports.Select(r => r.Values));

            FigureCheck.Run(sum, new CheckScope(CheckLevel.County, sum.Form, RuleSettings.Default)).ShouldBeEmpty();
            sum.Values.ShouldBe(sum.Form.Cells.Select(c => reports.Sum(r => r[c])));
        });
    }

    [Fact]
    public void Leaf_cells_of_reports_with_gaps_and_wrong_totals_add_up_whatever_the_totals_say()
    {
        Seeded.Run(500, random =>
        {
            var reports = Enumerable.Range(0, random.Next(1, 8)).Select(_ => Careless(random)).ToList();

            var sum = FigureSum.Of(form, reports.Select(r => r.Values));

            foreach (var cell in form.Cells.Where(c => c.Column.Code != "total" && c.Row.Code != "total"))
            {
                var stated = reports.Where(r => r[cell] is not null).Select(r => r[cell]!.Value).ToList();
                sum[cell].ShouldBe(stated.Count == 0 ? null : stated.Sum(), cell.Path);
            }

            FigureCheck.Run(sum, new CheckScope(CheckLevel.Above, form, RuleSettings.Default)).Select(f => f.Rule).Intersect(["H1", "V1", "T4"]).ShouldBeEmpty();
        });
    }

    [Fact]
    public void The_order_of_the_sources_does_not_matter()
    {
        Seeded.Run(500, random =>
        {
            decimal?[][] reports = [.. Enumerable.Range(0, random.Next(2, 12)).Select(_ => Careless(random).Values)];
            var sum = FigureSum.Of(form, reports).Values;

            random.Shuffle(reports);

            FigureSum.Of(form, reports).Values.ShouldBe(sum);
        });
    }

    [Fact]
    public void Adding_sums_is_adding_everything_at_once()
    {
        Seeded.Run(500, random =>
        {
            decimal?[][] reports = [.. Enumerable.Range(0, random.Next(2, 12)).Select(_ => Careless(random).Values)];
            var cut = random.Next(reports.Length + 1);

            var counties = new[] { reports[..cut], reports[cut..] }.Select(part => FigureSum.Of(form, part).Values);

            FigureSum.Of(form, counties).Values.ShouldBe(FigureSum.Of(form, reports).Values);
        });
    }

    static Figures Careless(Random random)
    {
        var figures = RandomReport.Consistent("2021", random).Figures;
        for (var i = 0; i < figures.Values.Length; i++)
        {
            figures.Values[i] = random.Next(6) switch { 0 => null, 1 => random.Next(100), _ => figures.Values[i] };
        }

        return figures;
    }

    static Figures Sum(IEnumerable<Report> reports) => FigureSum.Of(form, reports.Select(r => r.Figures.Values));

    static Cell Cell(string path) => form.FindCell(path)!;

    static IEnumerable<string> Findings(Figures figures) =>
        FigureCheck.Run(figures, new CheckScope(CheckLevel.County, form, RuleSettings.Default)).Select(f => $"{f.Rule} {f.Path}");
}
