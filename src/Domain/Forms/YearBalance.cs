using System.Collections.Immutable;

namespace Aggregator.Forms;

/// <summary>One equation between years: what a cell should hold, going by last year's report and by the other cells of this one.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="At">The cell that is compared.</param>
/// <param name="Expected">What adds up to the expected number.</param>
/// <param name="Message">The sentence for a breach, with <c>{expected}</c>, <c>{found}</c> and <c>{lastYear}</c> left open.</param>
public sealed record YearBalance(Rule Rule, Cell At, ImmutableArray<YearTerm> Expected, string Message)
{
    const string LastYear = "lastYear:";

    /// <summary>Whether the cell follows from last year's report alone, so that it can be filled in before anyone reports.</summary>
    public bool IsOpening { get; } = Expected.All(t => t.OfLastYear);

    internal static bool SpansYears(RuleCheck check) => check.Expected.Any(p => p.StartsWith(LastYear, StringComparison.Ordinal));

    internal static IEnumerable<YearBalance> Compile(Form form, Rule rule)
    {
        if (rule.Check is not { Type: CheckType.Balance, At: { } at, Message: { } message } check || !SpansYears(check))
        {
            return [];
        }

        if (check.Found is not [var found] || found != at)
        {
            throw new InvalidDataException($"Form {form.Code}: {rule.Code} spans years, so it compares the one cell that it is shown at.");
        }

        return Repetition.Of(form, check).Select(each =>
        {
            var cell = form.Match(each.Put(at)).Single();
            return new YearBalance(rule, cell, [.. check.Expected.Select(p => TermOf(each.Put(p)))], Repetition.Named(message, cell));
        });

        YearTerm TermOf(string pattern)
        {
            var (ofLastYear, subtracted) = (pattern.StartsWith(LastYear, StringComparison.Ordinal), pattern.StartsWith('-'));
            return new YearTerm(form.Match(pattern[(ofLastYear ? LastYear.Length : subtracted ? 1 : 0)..]).Single(), ofLastYear, subtracted);
        }
    }
}

/// <summary>A cell that an equation between years reads.</summary>
/// <param name="Cell">The cell in this year's form; last year's report has the cell with the same path, or none.</param>
/// <param name="OfLastYear">Read from last year's report.</param>
/// <param name="Subtracted">Subtracted instead of added.</param>
public readonly record struct YearTerm(Cell Cell, bool OfLastYear, bool Subtracted);
