using System.Globalization;
using System.Text;

namespace Aggregator.Benchmarks;

/// <summary>What was measured, each figure beside its floor from the same run, as Markdown for docs/performance.md.</summary>
sealed class Table
{
    readonly List<string[]> rows = [];
    readonly List<string> notes = [];

    /// <summary>Adds a figure; ratio is null where there is no floor.</summary>
    public void Add(string figure, string floor, string measured, double? ratio, string aim) =>
        rows.Add([figure, floor, measured, ratio is { } r ? r.ToString(r < 10 ? "0.00" : "0", CultureInfo.InvariantCulture) : "–", aim]);

    /// <summary>Adds a line below the table.</summary>
    public void Note(string note) => notes.Add(note);

    /// <summary>Prints machine, table and notes.</summary>
    public void Print(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(Machine.Describe());
        output.WriteLine();
        string[][] all = [["figure", "floor", "measured", "ratio", "aim"], .. rows];
        int[] widths = [.. Enumerable.Range(0, 5).Select(i => all.Max(row => row[i].Length))];
        foreach (var (index, row) in all.Index())
        {
            output.WriteLine(Line(row, widths));
            if (index == 0)
            {
                output.WriteLine("|" + string.Join('|', widths.Select(w => new string('-', w + 2))) + "|");
            }
        }

        output.WriteLine();
        foreach (var note in notes)
        {
            output.WriteLine(note);
        }
    }

    static string Line(string[] row, int[] widths)
    {
        var line = new StringBuilder("|");
        foreach (var (cell, width) in row.Zip(widths))
        {
            line.Append(' ').Append(cell.PadRight(width)).Append(" |");
        }

        return line.ToString();
    }
}
