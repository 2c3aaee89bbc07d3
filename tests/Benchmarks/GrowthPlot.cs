using System.Globalization;
using System.Text;

namespace Aggregator.Benchmarks;

/// <summary>Cost over number of reports, both axes logarithmic, so that a flat line is a cost that does not grow.</summary>
static class GrowthPlot
{
    const int Width = 720, Height = 420, Left = 60, Right = 200, Top = 20, Bottom = 50;
    const double FewestReports = 1e3, MostReports = 2e6, FewestPages = 1, MostPages = 1e4;

    static readonly string[] colours = ["#1b6ca8", "#b3461f", "#3f7d20", "#7a3e9d", "#8a6d00"];

    /// <summary>The picture.</summary>
    public static string Draw((string Request, double Reports, double Pages)[] points)
    {
        var svg = new StringBuilder();
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">""");
        Add($"""<title>Pages of PostgreSQL touched by one request</title><rect width="{Width}" height="{Height}" fill="white"/>""");
        for (var reports = FewestReports; reports <= MostReports; reports *= 10)
        {
            Add($"""<line x1="{X(reports):0}" x2="{X(reports):0}" y1="{Top}" y2="{Height - Bottom}" stroke="#ddd"/><text x="{X(reports):0}" y="{Height - Bottom + 18}" text-anchor="middle">{reports:#,0}</text>""");
        }

        for (var pages = FewestPages; pages <= MostPages; pages *= 10)
        {
            Add($"""<line x1="{Left}" x2="{Width - Right}" y1="{Y(pages):0}" y2="{Y(pages):0}" stroke="#ddd"/><text x="{Left - 8}" y="{Y(pages) + 4:0}" text-anchor="end">{pages:#,0}</text>""");
        }

        Add($"""<text x="{(Left + Width - Right) / 2}" y="{Height - 10}" text-anchor="middle">reports kept (1, 10, 100 % of the nation × 1, 3, 10 years)</text>""");
        Add($"""<text x="14" y="{Height / 2}" text-anchor="middle" transform="rotate(-90 14 {Height / 2})">pages touched by one request</text>""");
        foreach (var (request, colour) in points.GroupBy(p => p.Request).Zip(colours))
        {
            var line = request.OrderBy(p => p.Reports).ToArray();
            Add($"""<polyline fill="none" stroke="{colour}" stroke-width="2" points="{string.Join(' ', line.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.Reports):0.0},{Y(p.Pages):0.0}")))}"/>""");
            foreach (var point in line)
            {
                Add($"""<circle cx="{X(point.Reports):0.0}" cy="{Y(point.Pages):0.0}" r="3" fill="{colour}"/>""");
            }

            Add($"""<text x="{Width - Right + 10}" y="{Y(line[^1].Pages) + 4:0}" fill="{colour}">{request.Key}</text>""");
        }

        Add($"</svg>");
        return svg.ToString();

        void Add(FormattableString line) => svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }

    static double X(double reports) => Left + ((Width - Left - Right) * Math.Log(reports / FewestReports) / Math.Log(MostReports / FewestReports));

    static double Y(double pages) => Height - Bottom - ((Height - Top - Bottom) * Math.Log(pages / FewestPages) / Math.Log(MostPages / FewestPages));
}
