using System.Globalization;
using System.Text.Json;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests.Forms;

public sealed class FiguresTests
{
    [Theory]
    [InlineData("2019", 200)]
    [InlineData("2021", 198)]
    [InlineData("2021", 0)]
    public void An_array_of_another_length_than_the_form_is_a_bug_and_throws(string form, int length)
    {
        Should.Throw<ArgumentException>(() => new Figures(Form.Find(form)!, new decimal?[length]));
    }

    [Fact]
    public void New_figures_are_missing_not_zero()
    {
        new Figures(Form.Find("2021")!).Values.ShouldAllBe(v => v == null);
    }

    [Fact]
    public void Known_figures_leave_out_what_is_missing()
    {
        var options = new JsonSerializerOptions { Converters = { new KnownFiguresConverter() } };
        var figures = Report.Blank("2021").With("requests.carriedIn.total", 3).With("requests.carriedIn.other", 0).With("disclosure.fees.amount", 1.5m).Figures;

        JsonSerializer.Serialize(figures, options).ShouldBe(
            """{"disclosure":{"fees":{"amount":"1.5"}},"requests":{"carriedIn":{"other":0,"total":3}}}""");
        JsonSerializer.Serialize(Report.Blank("2021").Figures, options).ShouldBe("{}");
    }

    [Fact]
    public void A_number_is_found_by_its_cell()
    {
        var figures = Report.Blank("2021").With("review.reconsideration.pending", 7).Figures;

        figures[figures.Form.FindCell("review.reconsideration.pending")!].ShouldBe(7);
        figures.Values.Count(v => v is not null).ShouldBe(1);
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("1.0", "1")]
    [InlineData("100", "100")]
    [InlineData("59237.2449", "59237.2449")]
    [InlineData("59237.2400", "59237.24")]
    [InlineData("-3", "-3")]
    [InlineData("0.0000000000000000000000000001", "0.0000000000000000000000000001")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    public void A_number_prints_exactly_and_without_superfluous_zeros(string number, string text)
    {
        Figures.Text(decimal.Parse(number, CultureInfo.InvariantCulture)).ShouldBe(text);
    }

    [Fact]
    public void Zero_has_no_sign_and_missing_prints_as_nothing()
    {
        Figures.Text(decimal.Negate(0.0m)).ShouldBe("0");
        Figures.Text(null).ShouldBe("");
    }

    [Fact]
    public void Figures_are_written_as_the_nested_object_of_the_contract()
    {
        var report = Report.Zero("2021")
            .WithRow("disclosure.normativeDocuments", 9, 0, 38)
            .With("disclosure.penalties.decisions", 1)
            .With("disclosure.fees.amount", 59237.2449m)
            .Without("review.litigationDirect.pending");

        var json = JsonSerializer.Serialize(report.Figures);

        json.ShouldBe(report.ToJson("360922201")["figures"]!.ToJsonString());
        json.ShouldStartWith("""
            {"disclosure":{"rules":{"issued":0,"repealed":0,"inForce":0},"normativeDocuments":{"issued":9,"repealed":0,"inForce":38},"licences":{"decisions":0},"penalties":{"decisions":1},"coerciveMeasures":{"decisions":0},"fees":{"amount":"59237.2449"}},"requests":{"received":{"naturalPerson":0,
            """.TrimEnd());
        json.ShouldContain("""
            "litigationDirect":{"upheld":0,"corrected":0,"otherResult":0,"pending":null,"total":0}
            """.Trim());
    }

    [Fact]
    public void A_whole_number_is_written_without_a_fraction_however_it_was_computed()
    {
        var json = JsonSerializer.Serialize(Report.Zero("2021").With("disclosure.penalties.decisions", 1.00m).Figures);

        json.ShouldContain("""
            "penalties":{"decisions":1}
            """.Trim());
    }

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void Figures_are_read_back_as_they_were_written(string code)
    {
        var figures = RandomReport.Consistent(code, new Random(7)).Figures;
        figures.Values[3] = null;
        var json = JsonSerializer.Serialize(figures);

        var read = JsonSerializer.Deserialize<Figures>(json)!;

        read.Form.ShouldBeSameAs(figures.Form);
        read.Values.ShouldBe(figures.Values);
        JsonSerializer.Serialize(read).ShouldBe(json);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"disclosure":{}}""")]
    public void What_no_form_has_is_not_read(string json) =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Figures>(json));
}
