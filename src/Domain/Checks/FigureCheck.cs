using System.Collections.Immutable;
using Aggregator.Forms;

namespace Aggregator.Checks;

/// <summary>Applies the rules of a form to figures. The same for one unit and for a county's total.</summary>
public static class FigureCheck
{
    /// <summary>All breaches, in the order of the form's rules. A sum with a missing cell is left to rule N.</summary>
    public static List<Finding> Run(Figures figures, CheckScope scope)
    {
        var findings = new List<Finding>();
        CheckForm(figures, scope, findings);
        CheckValues(figures, scope, findings);
        CheckBalances(figures, scope, findings);
        CheckZeros(figures, scope, findings);
        if (scope.LastYear is { } last)
        {
            YearCheck.Run(figures, last, scope.Settings, findings);
        }

        return findings;
    }

    static void CheckForm(Figures figures, CheckScope scope, List<Finding> findings)
    {
        if (scope.Required is { } required && required != figures.Form
            && required.RuleOf(CheckType.Form) is { } rule && scope.Settings.Of(rule) is { } severity)
        {
            findings.Add(new Finding(rule.Code, severity, "form", "报告格式", required.Code, figures.Form.Code, [],
                $"本年度应使用{required.Code}年格式（{required.Basis}），报送的是{figures.Form.Code}年格式（{figures.Form.Basis}）"));
        }
    }

    static void CheckValues(Figures figures, CheckScope scope, List<Finding> findings)
    {
        foreach (var (rule, cells) in figures.Form.Values)
        {
            if (scope.Settings.Of(rule) is not { } severity)
            {
                continue;
            }

            foreach (var cell in cells)
            {
                if (Wrong(cell.Column.Type, figures[cell]) is var (expected, message))
                {
                    findings.Add(new Finding(rule.Code, severity, cell.Path, cell.Name, expected,
                        figures[cell] is { } found ? Figures.Text(found) : null, [cell.Path], $"{cell.Name}：{message}"));
                }
            }
        }
    }

    static (string Expected, string Message)? Wrong(ColumnType type, decimal? value) => (type, value) switch
    {
        (_, null) => ("数字", "未填；没有的应填0，空缺不等于0"),
        (ColumnType.Count, < 0) => ("不小于0的整数", $"为 {Figures.Text(value)}，件数、项数不能是负数"),
        (ColumnType.Amount, < 0) => ("不小于0的数", $"为 {Figures.Text(value)}，金额不能是负数"),
        (ColumnType.Amount, { } amount) => decimal.Round(amount, 4) == amount
            ? null
            : ("不超过四位小数", $"为 {Figures.Text(value)}，以万元计最多四位小数（精确到元）"),
        (_, { } whole) => decimal.IsInteger(whole) ? null : ("整数", $"为 {Figures.Text(value)}，应为整数"),
    };

    static void CheckBalances(Figures figures, CheckScope scope, List<Finding> findings)
    {
        foreach (var balance in figures.Form.Balances)
        {
            if (Sum(figures, balance.Expected) is { } expected && Sum(figures, balance.Found) is { } found
                && expected != found && scope.Settings.Of(balance.Rule) is { } severity)
            {
                var (expectedText, foundText) = (Figures.Text(expected), Figures.Text(found));
                var message = balance.Message.Replace("{expected}", expectedText, StringComparison.Ordinal)
                    .Replace("{found}", foundText, StringComparison.Ordinal);
                findings.Add(new Finding(balance.Rule.Code, severity, balance.At.Path, balance.At.Name,
                    expectedText, foundText, balance.Paths, message));
            }
        }
    }

    static void CheckZeros(Figures figures, CheckScope scope, List<Finding> findings)
    {
        foreach (var (rule, cells) in figures.Form.Zeros)
        {
            if (!HoldsAt(rule, scope.Level) || scope.Settings.Of(rule) is not { } severity)
            {
                continue;
            }

            foreach (var cell in cells)
            {
                if (figures[cell] is { } found && found != 0)
                {
                    findings.Add(new Finding(rule.Code, severity, cell.Path, cell.Name, "0", Figures.Text(found), [cell.Path],
                        $"{cell.Name}：为 {Figures.Text(found)}，应为 0；{rule.Text}"));
                }
            }
        }
    }

    static bool HoldsAt(Rule rule, CheckLevel level) => rule.Check.Levels.IsEmpty || rule.Check.Levels.Contains(level switch
    {
        CheckLevel.Unit => "unit",
        CheckLevel.County => "county",
        _ => "above",
    });

    static decimal? Sum(Figures figures, ImmutableArray<Cell> cells)
    {
        var sum = 0m;
        foreach (var cell in cells)
        {
            if (figures[cell] is not { } value)
            {
                return null;
            }

            sum += value;
        }

        return sum;
    }
}
