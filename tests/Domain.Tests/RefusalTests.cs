namespace Aggregator.Domain.Tests;

public sealed class RefusalTests
{
    static readonly Refusal no = new(RefusalKind.Invalid, "invalid_body", "读不懂。");

    [Fact]
    public void An_outcome_is_either_a_value_or_a_refusal()
    {
        Outcome<string> yes = "value";
        Outcome<string> refused = no;

        yes.Is(out var value, out var none).ShouldBeTrue();
        (value, none).ShouldBe(("value", null));
        refused.Is(out var nothing, out var refusal).ShouldBeFalse();
        (nothing, refusal).ShouldBe((null, no));
    }

    [Fact]
    public void A_refusal_without_places_has_an_empty_list_of_them()
    {
        no.Errors.IsDefault.ShouldBeFalse();
        no.Errors.ShouldBeEmpty();
    }
}
