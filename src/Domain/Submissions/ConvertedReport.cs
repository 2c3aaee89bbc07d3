using Aggregator.Checks;
using Aggregator.Forms;

namespace Aggregator.Submissions;

/// <summary>A report put into another form: a proposal, which somebody completes and files, or not.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Form">The form that it is in now.</param>
/// <param name="Figures">The numbers; null where somebody has to fill them in.</param>
/// <param name="Prose">Texts by section, unchanged.</param>
/// <param name="PublishedAt">Day of publication, unchanged.</param>
/// <param name="PublishedUrl">Address of publication, unchanged.</param>
/// <param name="Cells">What became of each cell: those of the new form in their order, then those that have no place there.</param>
/// <param name="Findings">What the checks would say if it were filed like this.</param>
public sealed record ConvertedReport(
    string Unit,
    string Form,
    Figures Figures,
    IReadOnlyDictionary<string, string?> Prose,
    DateOnly? PublishedAt,
    string? PublishedUrl,
    IReadOnlyList<ConvertedCell> Cells,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>
    /// Proposes a report in the form that the scope requires. Refusals: <c>form_fits</c> if it is in that form, <c>no_conversion</c>.
    /// </summary>
    public static Outcome<ConvertedReport> Of(Submission report, CheckScope scope)
    {
        var (from, to) = (report.Figures.Form, scope.Required!);
        if (from == to)
        {
            return new Refusal(RefusalKind.Conflict, "form_fits", $"报告用的就是本年度的{to.Code}年格式，不需要转换。");
        }

        if (Conversion.Find(from, to) is not { } conversion)
        {
            return new Refusal(RefusalKind.Unacceptable, "no_conversion", $"{from.Code}年格式的报告不能转换成{to.Code}年格式，请按{to.Code}年格式重新填写。");
        }

        var figures = new Figures(to);
        var cells = conversion.Moves.Select(move => Put(move, report.Figures, figures)).ToList();
        var texts = from.Prose.Zip(report.Prose).ToDictionary(p => p.First.Code, p => p.Second);
        return new ConvertedReport(report.Unit, to.Code, figures, to.Prose.ToDictionary(s => s.Code, s => texts.GetValueOrDefault(s.Code)),
            report.PublishedAt, report.PublishedUrl, cells, FigureCheck.Run(figures, scope));
    }

    static ConvertedCell Put(CellMove move, Figures old, Figures figures)
    {
        var value = move.From is { } from ? old[from] : null;
        if (move.To is not { } to)
        {
            return new ConvertedCell(move.From!.Path, null, move.From.Name, move.Action, value, move.Explanation);
        }

        if (move.From is not null && value is null)
        {
            return new ConvertedCell(move.From.Path, to.Path, to.Name, CellAction.LeftBlank, null, $"原报告的“{move.From.Name}”未填，请据实填写；没有的填0");
        }

        figures.Values[to.Index] = move.From is null ? null : move.Value ?? value;
        return new ConvertedCell(move.From?.Path, to.Path, to.Name, move.Action, figures[to], move.Explanation);
    }
}

/// <summary>What became of a cell.</summary>
/// <param name="From">Path in the old form; null for a cell that it does not have.</param>
/// <param name="To">Path in the new form; null for a cell that has no place there.</param>
/// <param name="Label">The cell in words: the new form's, or the old one's if it was dropped.</param>
/// <param name="Action"><c>carried</c>, <c>left_blank</c> or <c>dropped</c>.</param>
/// <param name="Value">The number that was carried, or dropped; null for a blank.</param>
/// <param name="Reason">Why, in Chinese.</param>
public sealed record ConvertedCell(string? From, string? To, string Label, CellAction Action, decimal? Value, string Reason);
