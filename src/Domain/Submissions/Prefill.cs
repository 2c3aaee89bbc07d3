using System.Text.Json.Serialization;
using Aggregator.Checks;
using Aggregator.Forms;

namespace Aggregator.Submissions;

/// <summary>What a unit's report can begin with, going by its report of the year before.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Year">Report year.</param>
/// <param name="Form">Form of the year.</param>
/// <param name="Figures">The cells that last year's report decides; the others are left out.</param>
/// <param name="From">Where it comes from.</param>
/// <param name="Cells">Every cell that last year's report says something about.</param>
public sealed record Prefill(
    string Unit,
    int Year,
    string Form,
    [property: JsonConverter(typeof(KnownFiguresConverter))] Figures Figures,
    PrefillSource From,
    IReadOnlyList<PrefillCell> Cells)
{
    /// <summary>
    /// Reads the form's rules across years the other way round: where a cell follows from last year's alone it is filled in, where
    /// this year's cells have a say in it, last year's part is a reference.
    /// </summary>
    public static Prefill Of(string unit, int year, Form form, LastYear last)
    {
        var figures = new Figures(form);
        var cells = new List<PrefillCell>();
        foreach (var balance in form.YearBalances)
        {
            var before = balance.Expected.Single(t => t.OfLastYear).Cell;
            var number = last[before];
            if (balance.IsOpening)
            {
                figures.Values[balance.At.Index] = number;
            }

            var known = last.Figures.Form.FindCell(before.Path) is not null;
            cells.Add(new PrefillCell(balance.At.Path, balance.At.Name, balance.IsOpening ? number : null, balance.IsOpening ? null : number,
                known ? last.PathOf(before) : null, Reason(balance, last, before, known, number)));
        }

        var own = last.Sources.FirstOrDefault(s => s.Unit == unit)?.Revision;
        return new Prefill(unit, year, form.Code, figures, new PrefillSource(last.Year, own, [.. last.Sources.Where(s => s.Unit != unit)]), cells);
    }

    static string Reason(YearBalance balance, LastYear last, Cell before, bool known, decimal? number) => (known, number) switch
    {
        (false, _) => $"{last.Year}年度报告用的是{last.Figures.Form.Code}年格式，没有“{before.Name}”，无从参照，请据实填写",
        (_, null) => $"{last.Year}年度报告的“{before.Name}”未填，请据实填写",
        _ when balance.IsOpening => $"{last.Year}年度报告的“{before.Name}”为 {Figures.Text(number)}{last.OfSeveral}",
        _ => $"{last.Year}年度报告的“{before.Name}”为 {Figures.Text(number)}{last.OfSeveral}，仅供核对：{balance.Rule.Text}",
    };
}

/// <summary>Where a prefill comes from.</summary>
/// <param name="Year">Last year.</param>
/// <param name="Revision">The unit's own revision that counts; null if only units merged into it reported.</param>
/// <param name="Merged">Revisions of the units merged into it, which are added.</param>
public sealed record PrefillSource(int Year, int? Revision, IReadOnlyList<SourceRevision> Merged);

/// <summary>A cell that last year's report says something about.</summary>
/// <param name="Path">Cell path.</param>
/// <param name="Label">The cell in words.</param>
/// <param name="Value">What to fill in; null if that is for the unit to say.</param>
/// <param name="Reference">Last year's number to check against; null where there is a value, or nothing to refer to.</param>
/// <param name="From">Last year's cell, such as <c>2020:requests.carriedOut.total</c>; null if last year's form has none.</param>
/// <param name="Reason">Why, in Chinese.</param>
public sealed record PrefillCell(string Path, string Label, decimal? Value, decimal? Reference, string? From, string Reason);
