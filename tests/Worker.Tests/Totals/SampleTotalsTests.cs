using System.Globalization;
using System.Text.Json.Nodes;
using Aggregator.Access;
using Aggregator.Forms;
using Aggregator.Testing;
using Npgsql;

namespace Aggregator.Worker.Tests.Totals;

/// <summary>The whole way of the samples: sent by the loader, kept, checked, added up.</summary>
public sealed class SampleTotalsTests(LoadedSamples samples) : IClassFixture<LoadedSamples>
{
    [Theory]
    [InlineData(2020)]
    [InlineData(2021)]
    [InlineData(2022)]
    public async Task The_demonstration_countys_totals_equal_a_plain_sum_over_the_bodies_as_received(int year)
    {
        var form = Form.ForYear(year)!;
        var clerk = await samples.System.ClientAsync(Role.County, "990101");
        var figures = (await clerk.TotalsAsync("990101", year))["figures"]!;

        foreach (var cell in form.Cells)
        {
            Number(cell.Path.Split('.').Aggregate(figures, (node, name) => node[name]!)).ShouldBe(await PlainSumAsync(cell.Path, year), cell.Path);
        }
    }

    [Fact]
    public async Task The_contributions_to_each_cell_add_up_to_it_and_name_their_revision()
    {
        var clerk = await samples.System.ClientAsync(Role.County, "990101");
        foreach (var cell in Form.Find("2021")!.Cells)
        {
            var breakdown = JsonNode.Parse(await clerk.GetStringAsync($"/api/v1/counties/990101/years/2022/totals/cells/{cell.Path}"))!;
            var contributions = breakdown["contributions"]!.AsArray();
            contributions.Count.ShouldBe(46);
            contributions.Sum(c => Number(c!["value"]!)).ShouldBe(Number(breakdown["value"]!), cell.Path);
            contributions.ShouldAllBe(c => (int)c!["revision"]! == 1);
        }
    }

    [Theory]
    [InlineData("360922", 2021, 17, 1)]
    [InlineData("360982", 2021, 19, 1)]
    [InlineData("220623", 2020, 8, 1)]
    [InlineData("141029", 2021, 11, 0)]
    [InlineData("230523", 2021, 10, 0)]
    [InlineData("320813", 2023, 10, 0)]
    [InlineData("320813", 2024, 10, 1)]
    [InlineData("990101", 2020, 47, 47)]
    [InlineData("990101", 2022, 47, 46)]
    public async Task A_report_with_hard_findings_is_not_counted_and_nobody_is_forgotten(string county, int year, int expected, int included)
    {
        var clerk = await samples.System.ClientAsync(Role.County, county);
        var totals = await clerk.TotalsAsync(county, year);

        ((int?)totals["units"]!["expected"]).ShouldBe(expected);
        ((int?)totals["units"]!["included"]).ShouldBe(included);
        totals["units"]!["missing"]!.AsArray().Count.ShouldBe(expected - included);
        ((bool?)totals["complete"]).ShouldBe(expected == included);
    }

    [Theory]
    [InlineData("141029", 2021, "141029-zfb", "H1 H1 V2")]
    [InlineData("230523", 2021, "230523203", "F")]
    [InlineData("320813", 2023, "320813-qzb", "T4 T4")]
    [InlineData("320813", 2024, "320813-qzb", "")]
    [InlineData("360922", 2021, "360922201", "")]
    public async Task The_real_reports_have_the_findings_that_arithmetic_says(string county, int year, string unit, string rules)
    {
        var clerk = await samples.System.ClientAsync(Role.County, county);
        var revision = JsonNode.Parse(await clerk.GetStringAsync($"/api/v1/counties/{county}/years/{year}/submissions/{unit}"))!;

        string.Join(' ', revision["findings"]!.AsArray().Where(f => (string?)f!["severity"] == "hard").Select(f => (string?)f!["rule"])).ShouldBe(rules);
        ((string?)revision["status"]).ShouldBe(rules.Length == 0 ? "submitted" : "draft");
    }

    [Fact]
    public async Task A_stated_time_of_filing_is_audited()
    {
        var audited = await samples.System.Database.ScalarAsync<long>("select count(*) from audit where action = 'load_history'");
        var filed = await samples.System.Database.ScalarAsync<long>("select count(*) from revision where outcome = 'submitted'");
        audited.ShouldBe(filed);
    }

    [Fact]
    public async Task Levels_above_add_up_what_lies_below()
    {
        var viewer = await samples.System.ClientAsync(Role.Viewer, "00");
        var prefecture = await viewer.TotalsAsync("3609", 2021);
        var nation = await viewer.TotalsAsync("00", 2021);

        ((int?)prefecture["units"]!["expected"]).ShouldBe(17 + 19);
        ((int?)prefecture["figures"]!["disclosure"]!["normativeDocuments"]!["issued"]).ShouldBe(28);
        ((int?)nation["units"]!["expected"]).ShouldBe(17 + 19 + 11 + 10 + 47);
        ((bool?)nation["complete"]).ShouldBe(false);
    }

    /// <summary>A cell's total by other means: text of the stored bodies, added by PostgreSQL.</summary>
    async Task<decimal> PlainSumAsync(string path, int year)
    {
        await using var connection = new NpgsqlConnection(samples.System.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("""
            select sum((convert_from(body, 'UTF8')::json #>> string_to_array('figures.' || @path, '.'))::numeric)
            from revision r
            where county = '990101' and year = @year and outcome = 'submitted'
                and revision = (select max(revision) from revision n where (n.county, n.year, n.unit) = (r.county, r.year, r.unit) and outcome = 'submitted')
            """, connection);
        command.Parameters.AddWithValue("path", path);
        command.Parameters.AddWithValue("year", year);
        return (decimal)(await command.ExecuteScalarAsync())!;
    }

    static decimal Number(JsonNode node) => decimal.Parse(node.ToString(), CultureInfo.InvariantCulture);
}
