namespace Aggregator.Documents.Reading;

/// <summary>A piece of text of a page, in points from its upper left corner.</summary>
readonly record struct PdfWord(double Left, double Top, double Right, double Bottom, string Text)
{
    public double Height => Bottom - Top;

    public double Middle => (Top + Bottom) / 2;

    public double Centre => (Left + Right) / 2;
}

/// <summary>A field of a ruled table.</summary>
readonly record struct PdfField(int Row, int Column, int RowSpan, int ColumnSpan);

/// <summary>A ruled table of a page: where its rows and columns are, and which of the places between its lines are one field.</summary>
sealed class PdfGrid
{
    /// <summary>Lines nearer than this are one line, drawn in pieces or twice.</summary>
    const double Tolerance = 2.5;

    const int MaxRows = 500;

    readonly double[] rows;
    readonly double[] columns;
    readonly int[,] fieldAt;
    readonly List<PdfField> fields = [];

    PdfGrid(double[] rows, double[] columns, List<Ruling> rulings)
    {
        (this.rows, this.columns) = (rows, columns);
        fieldAt = new int[rows.Length - 1, columns.Length - 1];
        Join(rulings);
    }

    /// <summary>Its fields.</summary>
    public IReadOnlyList<PdfField> Fields => fields;

    /// <summary>Where its columns begin, and the last one ends.</summary>
    public IReadOnlyList<double> Columns => columns;

    /// <summary>How wide a field is.</summary>
    public double WidthOf(PdfField field) => columns[field.Column + field.ColumnSpan] - columns[field.Column];

    /// <summary>Where it begins.</summary>
    public double Top => rows[0];

    /// <summary>Lines between columns at a height, left to right: where a word that runs across one is two words.</summary>
    public IEnumerable<double> Bars(double y)
    {
        var row = Place(rows, y);
        for (var column = 1; row >= 0 && column < columns.Length - 1; column++)
        {
            if (fieldAt[row, column - 1] != fieldAt[row, column])
            {
                yield return columns[column];
            }
        }
    }

    /// <summary>Whether a point is within it.</summary>
    public bool Contains(double x, double y) => Place(columns, x) >= 0 && Place(rows, y) >= 0;

    /// <summary>The field at a point within it.</summary>
    public PdfField At(double x, double y) => fields[fieldAt[Place(rows, y), Place(columns, x)]];

    /// <summary>The ruled tables of a page: lines that touch each other, directly or by others, make one.</summary>
    public static List<PdfGrid> Find(List<Ruling> rulings)
    {
        var lines = Merge(rulings);
        var grids = new List<PdfGrid>();
        var left = new LinkedList<Ruling>(lines);
        while (left.First is { } first)
        {
            left.RemoveFirst();
            var touching = new List<Ruling> { first.Value };
            for (var i = 0; i < touching.Count; i++)
            {
                for (var node = left.First; node is not null;)
                {
                    var next = node.Next;
                    if (Touch(touching[i], node.Value))
                    {
                        touching.Add(node.Value);
                        left.Remove(node);
                    }

                    node = next;
                }
            }

            var rows = Positions(touching, true);
            var columns = Positions(touching, false);
            if (rows.Length is >= 2 and <= MaxRows && columns.Length is >= 2 and <= SourceDraft.MaxColumns && rows.Length + columns.Length > 4)
            {
                grids.Add(new PdfGrid(rows, columns, touching));
            }
        }

        return [.. grids.OrderBy(g => g.Top)];
    }

    /// <summary>Pieces that lie on one line and touch become one; what crosses nothing later makes no table.</summary>
    static List<Ruling> Merge(List<Ruling> rulings)
    {
        var merged = new List<Ruling>();
        foreach (var line in rulings.GroupBy(r => r.IsLevel).SelectMany(g => Clusters(g.OrderBy(r => r.At))))
        {
            var at = line.Average(r => r.At);
            Ruling? current = null;
            foreach (var piece in line.OrderBy(r => r.From))
            {
                if (current is { } open && piece.From <= open.To + Tolerance)
                {
                    current = open with { To = Math.Max(open.To, piece.To) };
                }
                else
                {
                    merged.AddRange(current is { } done ? [done] : []);
                    current = piece with { At = at };
                }
            }

            merged.AddRange(current is { } last ? [last] : []);
        }

        return merged;
    }

    static IEnumerable<List<Ruling>> Clusters(IEnumerable<Ruling> ordered)
    {
        var cluster = new List<Ruling>();
        foreach (var ruling in ordered)
        {
            if (cluster.Count > 0 && ruling.At - cluster[0].At > Tolerance)
            {
                yield return cluster;
                cluster = [];
            }

            cluster.Add(ruling);
        }

        if (cluster.Count > 0)
        {
            yield return cluster;
        }
    }

    static bool Touch(Ruling a, Ruling b) => a.IsLevel != b.IsLevel
        && a.At >= b.From - Tolerance && a.At <= b.To + Tolerance && b.At >= a.From - Tolerance && b.At <= a.To + Tolerance;

    static double[] Positions(List<Ruling> lines, bool level) =>
        [.. Clusters(lines.Where(l => l.IsLevel == level).OrderBy(l => l.At)).Select(c => c.Average(l => l.At))];

    static int Place(double[] edges, double at)
    {
        var next = Array.FindIndex(edges, e => e > at);
        return next < 0 ? -1 : next - 1;
    }

    /// <summary>Two places with no line between them are one field, if that makes a rectangle.</summary>
    void Join(List<Ruling> lines)
    {
        var (height, width) = (rows.Length - 1, columns.Length - 1);
        var taken = new bool[height, width];
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                if (taken[row, column])
                {
                    continue;
                }

                var right = column + 1;
                while (right < width && !taken[row, right] && !HasLine(lines, false, columns[right], rows[row], rows[row + 1]))
                {
                    right++;
                }

                var bottom = row + 1;
                while (bottom < height && Enumerable.Range(column, right - column).All(c => !taken[bottom, c] && !HasLine(lines, true, rows[bottom], columns[c], columns[c + 1]))
                    && Enumerable.Range(column + 1, right - column - 1).All(c => !HasLine(lines, false, columns[c], rows[bottom], rows[bottom + 1])))
                {
                    bottom++;
                }

                for (var r = row; r < bottom; r++)
                {
                    for (var c = column; c < right; c++)
                    {
                        taken[r, c] = true;
                        fieldAt[r, c] = fields.Count;
                    }
                }

                fields.Add(new PdfField(row, column, bottom - row, right - column));
            }
        }
    }

    static bool HasLine(List<Ruling> lines, bool level, double at, double from, double to)
    {
        var middle = (from + to) / 2;
        return lines.Exists(l => l.IsLevel == level && Math.Abs(l.At - at) <= Tolerance && l.From <= middle && l.To >= middle);
    }
}
