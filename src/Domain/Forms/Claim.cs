using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Aggregator.Forms;

/// <summary>
/// A figure that the prose may name. Its patterns are matched in time linear in the text, so that no text can stall a check.
/// </summary>
public sealed class Claim
{
    // 余, 多 and the like between number and counter make it a rough number, which claims nothing exactly.
    const string Number = @"(\d+(?:\.\d+)?)";
    const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    readonly ImmutableArray<Regex> says;
    readonly ImmutableArray<Regex> saysNone;
    readonly ImmutableArray<Regex> patterns;
    readonly ImmutableArray<Regex> except;
    readonly Regex? about;

    internal Claim(Form form, Rule rule, ClaimFile file)
    {
        Rule = rule;
        (Subject, Word) = (file.Subject, file.Word);
        Cells = CellsOf(form, file.Figure);
        says = [.. file.Says.Select(p => new Regex(Expand(p), Options))];
        saysNone = [.. file.SaysNone.Select(p => new Regex(Expand(p), Options))];
        patterns = [.. says, .. saysNone];
        about = file.About is { } pattern ? new Regex(pattern, Options) : null;
        except = [.. new[] { rule.Check.Except, file.Except }.OfType<string>().Select(p => new Regex(p, Options))];
        Gaps = [.. file.Gaps.Select(g => (CellsOf(form, g.Figure), g.Reason))];
    }

    /// <summary>The rule.</summary>
    public Rule Rule { get; }

    /// <summary>What the figure counts, in words.</summary>
    public string Subject { get; }

    /// <summary>A word without which no passage names the figure.</summary>
    public string Word { get; }

    /// <summary>The cells that add up to the figure.</summary>
    public ImmutableArray<Cell> Cells { get; }

    /// <summary>Other figures that a text may rightly mean, with the reason.</summary>
    public ImmutableArray<(ImmutableArray<Cell> Cells, string Reason)> Gaps { get; }

    /// <summary>Whether <see cref="FindIn"/> may find something; almost always not, and then nothing is allocated.</summary>
    public bool MayBeIn(string sentence)
    {
        if (!sentence.Contains(Word, StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var pattern in patterns)
        {
            if (pattern.IsMatch(sentence))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Passages of a sentence, as <see cref="Checks.Sentence.Plain"/> has it, that name the figure: where, and the number.</summary>
    public IEnumerable<(int Start, decimal Value)> FindIn(string sentence)
    {
        var numbers = about?.IsMatch(sentence) == false ? [] : says;
        foreach (var match in numbers.SelectMany(p => p.Matches(sentence)).Where(Concerns))
        {
            var number = match.Groups[1].ValueSpan;
            if (number.Length <= 18)
            {
                var value = decimal.Parse(number, System.Globalization.CultureInfo.InvariantCulture);
                yield return (match.Index, match.Value.EndsWith('元') && !match.Value.EndsWith("万元", StringComparison.Ordinal) ? value / 10_000 : value);
            }
        }

        foreach (var match in saysNone.SelectMany(p => p.Matches(sentence)).Where(Concerns))
        {
            yield return (match.Index, 0);
        }
    }

    bool Concerns(Match match) => !except.Any(e => e.IsMatch(match.ValueSpan));

    static string Expand(string pattern) => pattern
        .Replace("{n}", Number + "(?:件|宗|起|份|例|个|项|条|次)", StringComparison.Ordinal)
        .Replace("{件}", Number + "(?:件|宗|起|份|例)", StringComparison.Ordinal)
        .Replace("{元}", Number + "(?:万元|元)", StringComparison.Ordinal)
        .Replace("~", @"[^,;:、\d]{0,12}", StringComparison.Ordinal);

    static ImmutableArray<Cell> CellsOf(Form form, string place)
    {
        ImmutableArray<Cell> found = [];
        Narrative.Fill(form, place, cells =>
        {
            found = [.. cells];
            return "";
        });
        return found.IsEmpty ? throw new InvalidDataException($"Form {form.Code}: “{place}” names no cell.") : found;
    }
}
