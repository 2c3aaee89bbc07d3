using Aggregator.Years;

namespace Aggregator.Domain.Tests.Years;

public sealed class YearStepTests
{
    [Fact]
    public void The_table_is_the_whole_life_of_a_year() =>
        YearStep.Steps.Select(s => $"{s.From} --{s.Action}--> {s.To}{(s.NeedsReason ? " (reason)" : "")}").ShouldBe(
        [
            "open --close_year--> closed",
            "closed --open_year--> open",
            "closed --publish_year--> published",
            "published --replace_edition--> published",
            "published --reopen_year--> closed (reason)",
            "published --reopen_year--> open (reason)",
        ]);

    [Fact]
    public void What_cannot_follow_is_refused_with_what_can()
    {
        foreach (var (from, to) in from a in ReportingYear.States from b in ReportingYear.States where YearStep.Find(a, b) is null select (a, b))
        {
            var refusal = YearStep.Refuse(from, to);
            (refusal.Code, refusal.Kind).ShouldBe(("illegal_step", RefusalKind.Conflict));
            var possible = YearStep.Steps.Where(s => s.From == from).ToList();
            possible.ShouldNotBeEmpty(from);
            possible.ShouldAllBe(s => refusal.Detail.Contains(s.Label, StringComparison.Ordinal));
        }
    }
}
