using Aggregator.Checks;
using Aggregator.Forms;

namespace Aggregator.Domain.Tests.Checks;

public sealed class DuplicatesTests
{
    static readonly Form form = Form.Find("2021")!;

    // Sentences without meaning, but each of its own: what counts is which characters stand in a row.
    static readonly string[] sentences = [.. Enumerable.Range(0, 60).Select(i =>
        string.Concat(Enumerable.Range(0, 30).Select(j => (char)('一' + ((i * 977) + (j * 131) + (i * j * 17)) % 5000))) + "。")];

    [Fact]
    public void A_copy_is_found_on_both_sides_with_a_passage_that_both_have()
    {
        var found = Find(Report("a", 0..10), Report("b", 0..10), Report("c", 20..30));

        found.Select(d => (d.Unit, d.Like.Unit, d.Share, d.Others)).ShouldBe([("a", "b", 100, 0), ("b", "a", 100, 0)]);
        found.ShouldAllBe(d => d.Rule == "DUP" && d.Severity == Severity.Warning && d.Path == "prose.overview");
        Text(0..10).ShouldContain(found[0].Passage.TrimEnd('…'));
        found[0].Message.ShouldContain("100%");
        found[0].Message.ShouldContain("单位b");
    }

    [Fact]
    public void Changed_punctuation_blanks_and_numbers_do_not_hide_a_copy()
    {
        var disguised = string.Join("\n 12", Text(0..10).Split('。').Select(s => s.Insert(s.Length / 2, " ，3")));

        Find(Report("a", 0..10), Of("b", 2021, disguised)).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(7, true)]
    [InlineData(5, false)]
    public void Texts_that_share_enough_are_alike(int shared, bool alike) =>
        (Find(Report("a", 0..10), Of("b", 2021, Text(0..shared) + Text(20..(30 - shared)))).Count > 0).ShouldBe(alike);

    [Fact]
    public void What_more_than_half_of_the_units_share_is_boilerplate()
    {
        FiledProse[] reports = [.. Enumerable.Range(0, 5).Select(i => Of($"u{i}", 2021, Text(0..10) + Text((10 + (i * 10))..(20 + (i * 10)))))];

        Find(reports).ShouldBeEmpty();
        Find(reports[..2]).Count.ShouldBe(0, "half of each is its own");
        Find([.. reports, Of("copier", 2021, Text(0..20))]).Select(d => d.Unit).ShouldBe(["copier", "u0"], ignoreOrder: true);
    }

    [Fact]
    public void A_unit_s_own_last_year_counts_and_others_last_year_does_not()
    {
        var own = Find(Report("a", 0..10), Of("a", 2020, Text(0..10))).ShouldHaveSingleItem();

        (own.Unit, own.Like.Year).ShouldBe(("a", 2020));
        own.Message.ShouldContain("本单位2020年度的报告");
        Find(Report("a", 0..10), Of("b", 2020, Text(0..10))).ShouldBeEmpty();
    }

    [Fact]
    public void Short_texts_say_nothing_and_others_are_counted()
    {
        Find(Report("a", 0..1), Report("b", 0..1)).ShouldBeEmpty();
        Find(Report("a", 0..5), Report("b", 0..5), Report("c", 0..5), Report("d", 6..11), Report("e", 12..17), Report("f", 18..23), Report("g", 24..30))
            .Select(d => (d.Unit, d.Like.Unit, d.Others)).ShouldBe([("a", "b", 1), ("b", "a", 1), ("c", "a", 1)]);
    }

    [Fact]
    public void Copies_are_those_that_a_comparison_of_every_pair_finds()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            FiledProse[] reports = [.. "abcdefgh".SelectMany(unit => new[] { 2020, 2021 }.Select(year =>
                Of(unit.ToString(), year, Any(random), Any(random))))];

            Find(reports).Select(d => (d.Path, d.Unit, d.Like.Unit, d.Like.Year, d.Share, d.Others)).ShouldBe([.. Compared(reports, 0), .. Compared(reports, 1)], $"seed {seed}");
        }

        static string Any(Random random) => string.Concat(Enumerable.Range(0, random.Next(2, 12)).Select(_ => sentences[random.Next(14)]));
    }

    [Fact]
    public void Of_a_text_longer_than_any_section_the_beginning_is_compared()
    {
        var random = new Random(1);
        var shared = Letters(10_000);

        Find(Of("a", 2021, shared + Letters(30_000)), Of("b", 2021, shared + Letters(30_000))).Select(d => d.Share).ShouldBe([100, 100]);

        string Letters(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => (char)random.Next('一', '龥')));
    }

    /// <summary>What the class says of itself, written out without regard for time.</summary>
    static IEnumerable<(string, string, string, int, int, int)> Compared(FiledProse[] reports, int section)
    {
        var all = reports.ToDictionary(r => r, r => string.Concat(r.Prose[section]!.Where(char.IsLetter)) is var letters
            ? Enumerable.Range(0, Math.Max(0, letters.Length - 11)).Select(i => letters.Substring(i, 12)).ToHashSet() : []);
        var ofYear = reports.Where(r => r.Year == 2021).ToList();
        var boilerplate = ofYear.SelectMany(r => all[r]).GroupBy(p => p).Where(g => g.Count() * 2 > ofYear.Count).Select(g => g.Key).ToHashSet();
        var own = all.Select(t => (Report: t.Key, Passages: t.Value.Except(boilerplate).ToHashSet())).Where(t => t.Passages.Count >= 60).ToList();
        return
            from text in own
            where text.Report.Year == 2021
            let like = (
                from other in own
                where other.Report.Year == 2021 ? other.Report.Unit != text.Report.Unit : other.Report.Unit == text.Report.Unit
                let share = (decimal)text.Passages.Intersect(other.Passages).Count() / Math.Min(text.Passages.Count, other.Passages.Count)
                where share >= 0.6m
                orderby share descending, other.Report.Unit
                select (other.Report, Share: share)).ToList()
            where like.Count > 0
            orderby like[0].Share descending, text.Report.Unit
            select ($"prose.{form.Prose[section].Code}", text.Report.Unit, like[0].Report.Unit, like[0].Report.Year, (int)(like[0].Share * 100), like.Count - 1);
    }

    [Fact]
    public void The_rule_can_be_switched_off() =>
        Duplicates.Find(form, 2021, [Report("a", 0..10), Report("b", 0..10)], new RuleSettings([new("DUP", "off")])).ShouldBeEmpty();

    static List<Duplicate> Find(params FiledProse[] reports) => Duplicates.Find(form, 2021, reports, RuleSettings.Default);

    static string Text(Range range) => string.Concat(sentences[range]);

    static FiledProse Report(string unit, Range range) => Of(unit, 2021, Text(range));

    static FiledProse Of(string unit, int year, string overview, string? next = null) => new(year, unit, $"单位{unit}", 1, form, [overview, next, "无"]);
}
