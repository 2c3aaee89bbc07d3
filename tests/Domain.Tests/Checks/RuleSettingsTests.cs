using Aggregator.Checks;
using Aggregator.Forms;

namespace Aggregator.Domain.Tests.Checks;

public sealed class RuleSettingsTests
{
    static readonly Rule rule = Form.Find("2021")!.Rules.Single(r => r.Code == "R");

    [Fact]
    public void Without_a_setting_the_form_file_decides()
    {
        RuleSettings.Default.Of(rule).ShouldBe(Severity.Hard);
        new RuleSettings([new("H1", "off")]).Of(rule).ShouldBe(Severity.Hard);
    }

    [Theory]
    [InlineData("hard", Severity.Hard)]
    [InlineData("warning", Severity.Warning)]
    [InlineData("notice", Severity.Notice)]
    [InlineData("off", null)]
    public void A_setting_overrides_the_form_file(string setting, Severity? severity)
    {
        new RuleSettings([new("R", setting)]).Of(rule).ShouldBe(severity);
    }

    [Theory]
    [InlineData("Q")]
    [InlineData("r")]
    [InlineData("")]
    public void A_setting_for_a_rule_that_does_not_exist_throws_and_names_it(string code)
    {
        Should.Throw<ArgumentException>(() => new RuleSettings([new(code, "off")])).Message.ShouldContain($"Rules:{code}:");
    }

    [Fact]
    public void The_form_of_the_year_is_not_up_for_setting()
    {
        Should.Throw<ArgumentException>(() => new RuleSettings([new("F", "warning")])).Message.ShouldContain("Rules:F");
    }

    [Theory]
    [InlineData("Off")]
    [InlineData("none")]
    [InlineData("false")]
    [InlineData("")]
    [InlineData(null)]
    public void A_word_that_is_not_a_severity_throws_and_says_what_is(string? word)
    {
        Should.Throw<ArgumentException>(() => new RuleSettings([new("R", word)])).Message.ShouldContain("off, hard, warning or notice");
    }
}
