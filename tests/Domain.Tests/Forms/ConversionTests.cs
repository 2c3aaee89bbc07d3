using System.Reflection;
using System.Text.Json;
using Aggregator.Forms;

namespace Aggregator.Domain.Tests.Forms;

public sealed class ConversionTests
{
    static readonly Form old = Form.Find("2019")!;
    static readonly Form now = Form.Find("2021")!;
    static readonly Conversion conversion = Conversion.Find(old, now)!;

    [Fact]
    public void Every_cell_of_the_old_form_is_carried_or_dropped()
    {
        var carried = conversion.Moves.Where(m => m.Action == CellAction.Carried).Select(m => m.From!).ToHashSet();
        var dropped = conversion.Moves.Where(m => m.Action == CellAction.Dropped).Select(m => m.From!).ToList();

        dropped.ShouldBeUnique();
        dropped.Where(carried.Contains).ShouldBeEmpty();
        old.Cells.Except(carried).Except(dropped).Select(c => c.Path).ShouldBeEmpty();
        conversion.Moves.Select(m => m.From).OfType<Cell>().Except(old.Cells).ShouldBeEmpty();
    }

    [Fact]
    public void Every_cell_of_the_new_form_is_filled_or_blank_once()
    {
        conversion.Moves.Where(m => m.Action != CellAction.Dropped).Select(m => m.To).ShouldBe(now.Cells);
        conversion.Moves.Where(m => m.Action == CellAction.LeftBlank).ShouldAllBe(m => m.From == null && m.Value == null);
        conversion.Moves.Where(m => m.Action == CellAction.Carried).ShouldAllBe(m => m.From != null);
        conversion.Moves.Where(m => m.Action == CellAction.Dropped).ShouldAllBe(m => m.To == null);
    }

    [Fact]
    public void Each_has_a_reason_in_Chinese()
    {
        conversion.Moves.ShouldAllBe(m => m.Reason.Count(c => c >= '\u4e00' && c <= '\u9fff') >= 6);
    }

    [Fact]
    public void Tables_three_and_four_are_carried_cell_by_cell_with_the_one_row_of_other_outcomes_in_the_third()
    {
        foreach (var move in conversion.Moves.Where(m => m.To?.Section.Code is "requests" or "review"))
        {
            move.Action.ShouldBe(CellAction.Carried, move.To!.Path);
            var (from, value) = move.To.Row.Code switch
            {
                "otherOutcome.notCorrected" or "otherOutcome.feeUnpaid" => ($"requests.otherOutcome.{move.To.Column.Code}", (decimal?)0),
                "otherOutcome.other" => ($"requests.otherOutcome.{move.To.Column.Code}", null),
                _ => (move.To.Path, null),
            };
            (move.From!.Path, move.Value).ShouldBe((from, value));
        }
    }

    [Fact]
    public void What_does_not_mean_the_same_is_not_carried()
    {
        conversion.Moves.Where(m => m.To?.Section.Code == "disclosure").Select(m => $"{m.From?.Path ?? m.Action.ToString()} → {m.To!.Path}").ShouldBe(
        [
            "disclosure.rules.created → disclosure.rules.issued",
            "LeftBlank → disclosure.rules.repealed",
            "LeftBlank → disclosure.rules.inForce",
            "disclosure.normativeDocuments.created → disclosure.normativeDocuments.issued",
            "LeftBlank → disclosure.normativeDocuments.repealed",
            "LeftBlank → disclosure.normativeDocuments.inForce",
            "disclosure.licences.decisions → disclosure.licences.decisions",
            "disclosure.penalties.decisions → disclosure.penalties.decisions",
            "disclosure.coerciveMeasures.decisions → disclosure.coerciveMeasures.decisions",
            "LeftBlank → disclosure.fees.amount",
        ]);
        conversion.Moves.Where(m => m.To is null).Select(m => m.From!.Row.Code).Distinct()
            .ShouldBe(["rules", "normativeDocuments", "licences", "otherServices", "penalties", "coerciveMeasures", "fees", "procurement"]);
    }

    [Fact]
    public void There_is_no_way_back()
    {
        Conversion.Find(now, old).ShouldBeNull();
        Conversion.Find(now, now).ShouldBeNull();
    }

    [Theory]
    [InlineData("review.*", "review.reconsideration.*")]
    [InlineData("disclosure.procurement.*", "disclosure.procurement.items")]
    [InlineData("disclosure.fees.amount", "disclosure.licences.decisions")]
    [InlineData("requests.otherOutcome.feeUnpaid.*", "requests.otherOutcome.other.*")]
    [InlineData("requests.granted.*", "requests.nothing.*")]
    public void A_file_that_forgets_a_cell_or_names_one_twice_does_not_load(string pattern, string wrong)
    {
        using var stream = typeof(Form).Assembly.GetManifestResourceStream("Forms.2019-to-2021.json")!;
        var text = new StreamReader(stream).ReadToEnd();
        Load(text);

        Should.Throw<TargetInvocationException>(() => Load(text.Replace($"\"{pattern}\"", $"\"{wrong}\"", StringComparison.Ordinal)))
            .InnerException.ShouldBeOfType<InvalidDataException>();
    }

    static void Load(string json)
    {
        var fileType = typeof(Form).Assembly.GetType("Aggregator.Forms.ConversionFile")!;
        var context = (System.Text.Json.Serialization.JsonSerializerContext)typeof(Form).Assembly.GetType("Aggregator.Forms.FormFileJson")!
            .GetProperty("Default", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        Activator.CreateInstance(typeof(Conversion), BindingFlags.NonPublic | BindingFlags.Instance, null, [JsonSerializer.Deserialize(json, fileType, context)], null);
    }
}
