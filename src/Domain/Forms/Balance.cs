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
        if (rule.Check is not { Type: CheckType.Balance, At: { } at, Message: { } message } check)
        {
            return [];
        }

        var (placeholder, codes) = check switch
        {
            { EachRowOf: { } section } => ("{row}", TablesOf(section).SelectMany(t => t.Rows).Select(r => r.Code)),
            { EachColumnOf: { } section } => ("{column}", TablesOf(section).SelectMany(t => t.Columns).Select(c => c.Code)),
            _ => ("", [""]),
        };
        return codes.Select(code =>
        {
            var cell = form.Match(Put(at, code)).Single();
            return new Balance(
                rule,
                cell,
                [.. check.Expected.SelectMany(p => form.Match(Put(p, code)))],
                [.. check.Found.SelectMany(p => form.Match(Put(p, code)))],
                message.Replace("{row}", cell.RowName, StringComparison.Ordinal)
                    .Replace("{column}", cell.ColumnName, StringComparison.Ordinal));
        });

        string Put(string pattern, string code) =>
            placeholder.Length == 0 ? pattern : pattern.Replace(placeholder, code, StringComparison.Ordinal);

        ImmutableArray<Table> TablesOf(string section) => form.Sections.Single(s => s.Code == section).Tables;
    }
}

/// <summary>A rule with the cells that it reads one by one.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Cells">The cells.</param>
public sealed record CellSet(Rule Rule, ImmutableArray<Cell> Cells);
