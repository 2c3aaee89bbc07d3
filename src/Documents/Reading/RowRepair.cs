using System.Collections.Immutable;
using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>Puts the fields of a damaged row under its heads where the form's arithmetic leaves exactly one way to do so.</summary>
static class RowRepair
{
    /// <summary>More fields missing or superfluous than this leave too many ways for one of them to mean anything.</summary>
    const int MaxDifference = 2;

    /// <summary>A value and its field for each slot, or null if no way or more than one satisfies every equation.</summary>
    /// <param name="form">The form.</param>
    /// <param name="known">What is known of all cells.</param>
    /// <param name="row">The row.</param>
    public static (decimal? Value, FoundField? Field)[]? Solve(Form form, decimal?[] known, FoundRow row)
    {
        var (slots, fields) = (row.Slots, row.Fields);
        if (fields.Length == 0 || slots.Any(s => s is null) || Math.Abs(fields.Length - slots.Length) > MaxDifference)
        {
            return null;
        }

        var places = slots.Select(s => s!.Index).ToHashSet();
        Balance[] balances = [.. form.Balances.Where(b => b.Expected.Concat(b.Found).Any(c => places.Contains(c.Index)))];
        (decimal? Value, FoundField? Field)[]? solution = null;
        foreach (var arrangement in Arrangements(fields, slots.Length))
        {
            if (Satisfying(balances, known, slots, arrangement) is { } values)
            {
                if (solution is not null && !solution.Select(v => v.Value).SequenceEqual(values.Select(v => v.Value)))
                {
                    return null;
                }

                solution ??= values;
            }
        }

        return solution;
    }

    /// <summary>Every way to leave out superfluous fields, or to leave slots without one.</summary>
    static IEnumerable<FoundField?[]> Arrangements(ImmutableArray<FoundField> fields, int slots)
    {
        var longer = Math.Max(fields.Length, slots);
        foreach (var gaps in Gaps(longer, Math.Abs(fields.Length - slots)))
        {
            if (fields.Length > slots)
            {
                yield return [.. fields.Where((_, i) => !gaps.Contains(i)).Select(f => (FoundField?)f)];
            }
            else
            {
                var next = 0;
                yield return [.. Enumerable.Range(0, slots).Select(i => gaps.Contains(i) ? null : (FoundField?)fields[next++])];
            }
        }
    }

    static IEnumerable<int[]> Gaps(int length, int count) => count == 1
        ? Enumerable.Range(0, length).Select(i => new[] { i })
        : from i in Enumerable.Range(0, length) from j in Enumerable.Range(i + 1, length - i - 1) select new[] { i, j };

    static (decimal? Value, FoundField? Field)[]? Satisfying(Balance[] balances, decimal?[] known, ImmutableArray<Cell?> slots, FoundField?[] arrangement)
    {
        decimal?[] values = [.. known];
        var open = new HashSet<int>();
        for (var i = 0; i < slots.Length; i++)
        {
            var cell = slots[i]!;
            values[cell.Index] = arrangement[i] is { } field ? NumberText.Parse(field.Text, cell.Column).Value : null;
            if (arrangement[i] is null)
            {
                open.Add(cell.Index);
            }
        }

        for (var progress = true; progress;)
        {
            progress = false;
            foreach (var balance in balances)
            {
                Cell[] missing = [.. balance.Expected.Concat(balance.Found).Where(c => values[c.Index] is null).Take(2)];
                if (missing is [var only] && open.Remove(only.Index))
                {
                    var difference = Sum(balance.Expected, values) - Sum(balance.Found, values);
                    values[only.Index] = balance.Found.Contains(only) ? difference : -difference;
                    progress = true;
                }
            }
        }

        var isSatisfied = open.Count == 0 && balances.All(b =>
            b.Expected.Concat(b.Found).Any(c => values[c.Index] is null) || Sum(b.Expected, values) == Sum(b.Found, values));
        return isSatisfied && slots.All(s => s!.Column.Type != ColumnType.Count || values[s.Index] is null or >= 0)
            ? [.. slots.Select((s, i) => (values[s!.Index], arrangement[i]))]
            : null;
    }

    static decimal Sum(ImmutableArray<Cell> cells, decimal?[] values) => cells.Sum(c => values[c.Index] ?? 0);
}
