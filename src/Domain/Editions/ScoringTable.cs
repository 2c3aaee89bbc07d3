using Microsoft.Extensions.Configuration;

namespace Aggregator.Editions;

/// <summary>
/// How a county's circular scores its units: points taken off a full score. The defaults are rules seen in several counties;
/// each is a setting, such as <c>Scoring:NotFiled</c>. A score does not fall below 0.
/// </summary>
/// <param name="Full">The score without a fault.</param>
/// <param name="NotFiled">Not filed although the due day is over.</param>
/// <param name="FiledLate">Filed after the due day.</param>
/// <param name="PublishedLate">Published by the unit after its due day (条例 article 49 has one day for both).</param>
/// <param name="ElementsMissing">Elements that the law wants are missing: rule NAR.</param>
/// <param name="CopiedText">Text nearly the same as another's: rule DUP.</param>
/// <param name="ReturnedNotFixed">Sent back and not filed again, on top of not filed.</param>
public sealed record ScoringTable(
    decimal Full = 10,
    decimal NotFiled = 5,
    decimal FiledLate = 2,
    decimal PublishedLate = 5,
    decimal ElementsMissing = 5,
    decimal CopiedText = 5,
    decimal ReturnedNotFixed = 5)
{
    /// <summary>The settings of a program; a word that is no number, or a negative one, stops its start.</summary>
    public static ScoringTable From(IConfiguration configuration)
    {
        var table = configuration.GetSection("Scoring").Get<ScoringTable>() ?? new ScoringTable();
        decimal[] points = [table.Full, table.NotFiled, table.FiledLate, table.PublishedLate, table.ElementsMissing, table.CopiedText, table.ReturnedNotFixed];
        return points.All(p => p >= 0) ? table : throw new ArgumentException("Scoring: no number may be negative.", nameof(configuration));
    }

    internal IEnumerable<Deduction> Deductions(ReportUnit unit, UnitReport? report, bool copied)
    {
        (bool Applies, decimal Points, string Text)[] rules =
        [
            (!unit.IsFiled && unit.Late, NotFiled, "逾期未报送"),
            (unit.IsFiled && unit.Late, FiledLate, "逾期报送"),
            (unit.PublishedAt > unit.DueDate, PublishedLate, "逾期公布"),
            (report?.Findings.Any(f => f.Rule == "NAR") == true, ElementsMissing, "要素缺失"),
            (copied, CopiedText, "内容雷同"),
            (unit.Status == "returned", ReturnedNotFixed, "退回后未改正"),
        ];
        return rules.Where(r => r is { Applies: true, Points: > 0 }).Select(r => new Deduction(r.Text, r.Points));
    }
}

/// <summary>Points taken off.</summary>
/// <param name="Text">Why.</param>
/// <param name="Points">How many.</param>
public sealed record Deduction(string Text, decimal Points);
