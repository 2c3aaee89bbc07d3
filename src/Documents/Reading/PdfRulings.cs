using System.Globalization;
using System.Xml;

namespace Aggregator.Documents.Reading;

/// <summary>A straight line of a page, level or upright, in points from its upper left corner.</summary>
readonly record struct Ruling(bool IsLevel, double At, double From, double To);

/// <summary>
/// Finds the lines that tables are ruled with in the drawing of a PDF file as SVG. Programs draw them as strokes, as rectangles,
/// or as filled rectangles that are very thin.
/// </summary>
static class PdfRulings
{
    const double MaxThickness = 3;
    const double MinLength = 3;
    const int MaxRulings = 50_000;

    /// <summary>The lines of each page.</summary>
    public static List<List<Ruling>> Read(byte[] svg)
    {
        var pages = new List<List<Ruling>>();
        var hidden = 0;
        var count = 0;
        using var xml = XmlReader.Create(new MemoryStream(svg), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        xml.MoveToContent();
        while (xml.Read())
        {
            if (xml.LocalName is "defs" or "clipPath" or "mask" or "symbol" or "pattern" && !xml.IsEmptyElement)
            {
                hidden += xml.NodeType == XmlNodeType.Element ? 1 : xml.NodeType == XmlNodeType.EndElement ? -1 : 0;
            }
            else if (xml is { NodeType: XmlNodeType.Element, LocalName: "page" })
            {
                pages.Add([]);
            }
            else if (hidden == 0 && xml is { NodeType: XmlNodeType.Element, LocalName: "path" } && xml.GetAttribute("d") is { } path)
            {
                if (pages.Count == 0)
                {
                    // A single page has no element of its own.
                    pages.Add([]);
                }

                var style = xml.GetAttribute("style") ?? "";
                if (!style.Contains("opacity:0;", StringComparison.Ordinal) && count < MaxRulings)
                {
                    var before = pages[^1].Count;
                    Add(pages[^1], path, Matrix(xml.GetAttribute("transform")), !style.Contains("stroke:none", StringComparison.Ordinal) && style.Contains("stroke:", StringComparison.Ordinal));
                    count += pages[^1].Count - before;
                }
            }
        }

        return pages;
    }

    static void Add(List<Ruling> page, string path, double[] matrix, bool stroked)
    {
        foreach (var points in Subpaths(path, matrix))
        {
            var (left, right) = (points.Min(p => p.X), points.Max(p => p.X));
            var (top, bottom) = (points.Min(p => p.Y), points.Max(p => p.Y));
            if (bottom - top <= MaxThickness && right - left >= MinLength)
            {
                page.Add(new Ruling(true, (top + bottom) / 2, left, right));
            }
            else if (right - left <= MaxThickness && bottom - top >= MinLength)
            {
                page.Add(new Ruling(false, (left + right) / 2, top, bottom));
            }
            else if (stroked)
            {
                for (var i = 1; i < points.Count; i++)
                {
                    var (from, to) = (points[i - 1], points[i]);
                    if (Math.Abs(from.Y - to.Y) <= 1 && Math.Abs(from.X - to.X) >= MinLength)
                    {
                        page.Add(new Ruling(true, (from.Y + to.Y) / 2, Math.Min(from.X, to.X), Math.Max(from.X, to.X)));
                    }
                    else if (Math.Abs(from.X - to.X) <= 1 && Math.Abs(from.Y - to.Y) >= MinLength)
                    {
                        page.Add(new Ruling(false, (from.X + to.X) / 2, Math.Min(from.Y, to.Y), Math.Max(from.Y, to.Y)));
                    }
                }
            }
        }
    }

    /// <summary>Pieces of a path that consist of straight lines; curves are no rulings.</summary>
    static IEnumerable<List<(double X, double Y)>> Subpaths(string path, double[] m)
    {
        var points = new List<(double X, double Y)>();
        var numbers = new List<double>();
        var straight = true;
        foreach (var token in path.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (token)
            {
                case "M":
                    if (straight && points.Count > 1)
                    {
                        yield return points;
                    }

                    (points, straight) = ([], true);
                    break;
                case "Z" when points.Count > 0:
                    points.Add(points[0]);
                    break;
                case "C":
                    straight = false;
                    break;
                default:
                    if (double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                    {
                        numbers.Add(number);
                        if (numbers.Count == 2)
                        {
                            points.Add(((m[0] * numbers[0]) + (m[2] * numbers[1]) + m[4], (m[1] * numbers[0]) + (m[3] * numbers[1]) + m[5]));
                            numbers.Clear();
                        }
                    }

                    break;
            }
        }

        if (straight && points.Count > 1)
        {
            yield return points;
        }
    }

    static double[] Matrix(string? transform)
    {
        var inner = transform is not null && transform.StartsWith("matrix(", StringComparison.Ordinal) ? transform["matrix(".Length..].TrimEnd(')') : "1,0,0,1,0,0";
        double[] matrix = [.. inner.Split(',').Select(n => double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0)];
        return matrix.Length == 6 ? matrix : [1, 0, 0, 1, 0, 0];
    }
}
