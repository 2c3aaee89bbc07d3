using System.Collections.Immutable;

namespace Aggregator.Forms;

/// <summary>One equation of a balance rule: the sum of some cells is expected to equal the sum of others.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="At">The cell that a breach is shown at.</param>
/// <param name="Expected">Cells whose sum is expected.</param>
/// <param name="Found">Cells whose sum is compared with it.</param>
/// <param name="Message">The sentence for a breach, with <c>{expected}</c> and <c>{found}</c> left open.</param>
public sealed record Balance(Rule Rule, Cell At, ImmutableArray<Cell> Expected, ImmutableArray<Cell> Found, string Message)
{
    /// <summary>Paths of every cell that the equation reads.</summary>
    public ImmutableArray<string> Paths { get; } = [.. Expected.Concat(Found).Select(c => c.Path)];

    internal static IEnumerable<Balance> Compile(Form form, Rule rule)
    {
        if (rule.Check is not { Type: CheckType.Balance, At: { } at, Message: { } message } check || YearBalance.SpansYears(check))
        {
            return [];
        }

        return Repetition.Of(form, check).Select(each =>
        {
            var cell = form.Match(each.Put(at)).Single();
            return new Balance(
                rule,
                cell,
                [.. check.Expected.SelectMany(p => form.Match(each.Put(p)))],
                [.. check.Found.SelectMany(p => form.Match(each.Put(p)))],
                Repetition.Named(message, cell));
        });
    }
}

/// <summary>One of the rows or columns for which a balance rule is repeated.</summary>
readonly record struct Repetition(string Placeholder, string Code)
{
    /// <summary>Every row or column that the rule names; one empty repetition for a rule that stands alone.</summary>
    public static IEnumerable<Repetition> Of(Form form, RuleCheck check)
    {
        return check switch
        {
            { EachRowOf: { } table } => TableWith(table).Rows.Select(r => new Repetition("{row}", r.Code)),
            { EachColumnOf: { } table } => TableWith(table).Columns.Select(c => new Repetition("{column}", c.Code)),
            _ => [new Repetition("", "")],
        };

        Table TableWith(string code) => form.Sections.SelectMany(s => s.Tables).Single(t => t.Code == code);
    }

    /// <summary>A pattern with the row or column put in.</summary>
    public string Put(string pattern) => Placeholder.Length == 0 ? pattern : pattern.Replace(Placeholder, Code, StringComparison.Ordinal);

    /// <summary>A sentence with row and column of a cell put in.</summary>
    public static string Named(string message, Cell cell) => message
        .Replace("{row}", cell.RowName, StringComparison.Ordinal).Replace("{column}", cell.ColumnName, StringComparison.Ordinal);
}

/// <summary>A rule with the cells that it reads one by one.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Cells">The cells.</param>
public sealed record CellSet(Rule Rule, ImmutableArray<Cell> Cells);
