using Aggregator.Forms;

namespace Aggregator.Totals;

/// <summary>Adds figures up: leaf cells are added, total cells recomputed from them by the form's own equations.</summary>
public static class FigureSum
{
    /// <summary>
    /// The sum, with the county's corrections of leaf cells. A cell that is missing in every source stays missing; overflow throws,
    /// because no real figure reaches it.
    /// </summary>
    public static Figures Of(Form form, IEnumerable<decimal?[]> sources, IEnumerable<Adjustment>? adjustments = null)
    {
        var sum = new Figures(form);
        foreach (var source in sources)
        {
            for (var i = 0; i < source.Length; i++)
            {
                if (source[i] is { } value)
                {
                    sum.Values[i] = (sum.Values[i] ?? 0) + value;
                }
            }
        }

        foreach (var adjustment in adjustments ?? [])
        {
            if (form.FindCell(adjustment.Path) is { } cell)
            {
                sum.Values[cell.Index] = (sum[cell] ?? 0) + adjustment.Delta;
            }
        }

        foreach (var balance in form.Computed)
        {
            decimal? total = null;
            foreach (var cell in balance.Expected)
            {
                if (sum[cell] is { } value)
                {
                    total = (total ?? 0) + value;
                }
            }

            sum.Values[balance.Found[0].Index] = total;
        }

        return sum;
    }
}
