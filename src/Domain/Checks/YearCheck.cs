using Aggregator.Forms;

namespace Aggregator.Checks;

/// <summary>Applies the rules across years: a report against what the unit reported the year before.</summary>
static class YearCheck
{
    /// <summary>Adds the breaches. A cell that is missing, or that last year's form does not have, cannot be checked.</summary>
    public static void Run(Figures figures, LastYear last, RuleSettings settings, List<Finding> findings)
    {
        foreach (var balance in figures.Form.YearBalances)
        {
            if (figures[balance.At] is { } found && Expected(balance, figures, last) is { } expected
                && expected != found && settings.Of(balance.Rule) is { } severity)
            {
                findings.Add(new Finding(balance.Rule.Code, severity, balance.At.Path, balance.At.Name, Figures.Text(expected), Figures.Text(found),
                    [.. balance.Expected.Select(t => t.OfLastYear ? last.PathOf(t.Cell) : t.Cell.Path), balance.At.Path],
                    Sentence(balance.Message, expected, found, last)));
            }
        }

        foreach (var (rule, cells) in figures.Form.Outliers)
        {
            if (rule.Check is not { LastYear: { } limits, Message: { } message } || settings.Of(rule) is not { } severity)
            {
                continue;
            }

            foreach (var cell in cells)
            {
                if (figures[cell] is { } found && last[cell] is { } before && limits.Distance(found, before) >= 1)
                {
                    findings.Add(new Finding(rule.Code, severity, cell.Path, cell.Name, null, Figures.Text(found), [cell.Path, last.PathOf(cell)],
                        Sentence(message.Replace("{cell}", cell.Name, StringComparison.Ordinal), before, found, last)));
                }
            }
        }
    }

    static decimal? Expected(YearBalance balance, Figures figures, LastYear last)
    {
        var sum = 0m;
        foreach (var term in balance.Expected)
        {
            if ((term.OfLastYear ? last[term.Cell] : figures[term.Cell]) is not { } value)
            {
                return null;
            }

            sum += term.Subtracted ? -value : value;
        }

        return sum;
    }

    static string Sentence(string message, decimal expected, decimal found, LastYear last) => message
        .Replace("{expected}", Figures.Text(expected), StringComparison.Ordinal)
        .Replace("{found}", Figures.Text(found), StringComparison.Ordinal)
        .Replace("{lastYear}", $"{last.Year}", StringComparison.Ordinal) + last.OfSeveral;
}
