using Aggregator.Forms;
using Microsoft.Extensions.Configuration;

namespace Aggregator.Checks;

/// <summary>
/// What an installation changes about the rules: setting <c>Rules:R</c> to <c>off</c>, <c>hard</c>, <c>warning</c> or
/// <c>notice</c> overrides the form file. R (no power to make rules) is an inference of the field, hence a setting.
/// </summary>
public sealed class RuleSettings
{
    readonly Dictionary<string, Severity?> overrides = [];

    /// <summary>No overrides.</summary>
    public static RuleSettings Default { get; } = new([]);

    /// <summary>Overrides by rule code; an unknown code or word stops the start of the program.</summary>
    public RuleSettings(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        foreach (var (code, value) in settings)
        {
            if (!Form.All.Any(f => f.Rules.Any(r => r.Code == code)))
            {
                throw new ArgumentException($"Rules:{code}: there is no such rule.", nameof(settings));
            }

            if (Form.All.Any(f => f.Rules.Any(r => r.Code == code && r.Check.Type == CheckType.Form)))
            {
                throw new ArgumentException($"Rules:{code} cannot be changed: figures of two forms cannot be added.", nameof(settings));
            }

            overrides[code] = value switch
            {
                "off" => null,
                "hard" => Severity.Hard,
                "warning" => Severity.Warning,
                "notice" => Severity.Notice,
                _ => throw new ArgumentException($"Rules:{code} is '{value}'; it takes off, hard, warning or notice.", nameof(settings)),
            };
        }
    }

    /// <summary>The overrides of a program's configuration.</summary>
    public static RuleSettings From(IConfiguration configuration) =>
        new(configuration.GetSection("Rules").GetChildren().Select(rule => KeyValuePair.Create(rule.Key, rule.Value)));

    /// <summary>The severity of a rule, or null if it is off.</summary>
    public Severity? Of(Rule rule) => overrides.TryGetValue(rule.Code, out var severity) ? severity : rule.Kind;
}

/// <summary>What is being checked, and against what.</summary>
/// <param name="Level">Whose figures they are.</param>
/// <param name="Required">The form that the report year demands, if a year is known.</param>
/// <param name="Settings">The installation's rule settings.</param>
/// <param name="LastYear">What the unit reported the year before; null leaves the rules across years out.</param>
public sealed record CheckScope(CheckLevel Level, Form? Required, RuleSettings Settings, LastYear? LastYear = null);

/// <summary>Whose figures are checked.</summary>
public enum CheckLevel
{
    /// <summary>One reporting unit.</summary>
    Unit,

    /// <summary>A county's total.</summary>
    County,

    /// <summary>The total of a prefecture, a province or the nation.</summary>
    Above,
}
