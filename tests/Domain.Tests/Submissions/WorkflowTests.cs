using Aggregator.Access;
using Aggregator.Submissions;

namespace Aggregator.Domain.Tests.Submissions;

public sealed class WorkflowTests
{
    static readonly string[] states = ["missing", "draft", "submitted", "returned", "accepted"];

    [Fact]
    public void The_table_is_the_whole_life_of_a_report()
    {
        var table = Workflow.Steps.SelectMany(s => s.From.Select(from => $"{from} --{s.Action}--> {s.To} ({s.Right})"));

        table.ShouldBe(
        [
            "missing --submit--> submitted (FileReport)",
            "draft --submit--> submitted (FileReport)",
            "submitted --submit--> submitted (FileReport)",
            "returned --submit--> submitted (FileReport)",
            "submitted --withdraw--> draft (FileReport)",
            "submitted --return--> returned (ReviewReport)",
            "submitted --accept--> accepted (ReviewReport)",
            "accepted --reopen--> submitted (ReviewReport)",
        ]);
    }

    [Fact]
    public void A_published_year_lets_be_done_what_a_late_correction_needs() =>
        Workflow.Steps.Where(s => s.WhenPublished).Select(s => s.Action).ShouldBe(["submit", "return", "accept", "reopen"]);

    [Fact]
    public void Every_state_can_be_left_and_a_refusal_says_how()
    {
        foreach (var state in states)
        {
            var possible = Workflow.Steps.Where(s => s.From.Contains(state)).ToList();
            possible.ShouldNotBeEmpty(state);
            foreach (var impossible in Workflow.Steps.Except(possible))
            {
                var refusal = impossible.Refuse(state);
                refusal.Code.ShouldBe("illegal_step");
                refusal.Kind.ShouldBe(RefusalKind.Conflict);
                possible.ShouldAllBe(s => refusal.Detail.Contains(s.Label, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Only_the_county_reviews()
    {
        var reporter = new Caller("k", Role.Reporter, "360922201");
        Workflow.Steps.Where(s => reporter.May(s.Right, "360922201")).Select(s => s.Action).ShouldBe(["submit", "withdraw"]);
        Workflow.Steps.Where(s => reporter.May(s.Right, "360922200")).ShouldBeEmpty();
        Workflow.Steps.ShouldAllBe(s => new Caller("k", Role.County, "360922").May(s.Right, "360922201"));
        Workflow.Steps.ShouldAllBe(s => !new Caller("k", Role.County, "360921").May(s.Right, "360922201"));
        Workflow.Steps.ShouldAllBe(s => !new Caller("k", Role.Viewer, "36").May(s.Right, "360922201"));
        Workflow.Steps.ShouldAllBe(s => !new Caller("k", Role.Operator, "").May(s.Right, "360922201"));
    }
}
