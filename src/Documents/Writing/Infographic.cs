using System.Globalization;
using System.Text;
using System.Xml;
using Aggregator.Editions;
using Aggregator.Forms;
using Aggregator.Years;

namespace Aggregator.Documents.Writing;

/// <summary>
/// Draws the year in figures (图解) as one picture, upright or wide. What is shown follows from the form's narrative; each figure
/// names the cells that it is the sum of in <c>data-of</c>.
/// </summary>
public sealed class Infographic
{
    /// <summary>Media type of the picture.</summary>
    public const string MediaType = "image/svg+xml";

    const string Navy = "#12395b", Blue = "#1f6fb2", Pale = "#eaf2fa", Ink = "#22303c", Soft = "#5b6b7a", Paper = "#f3f6fa", Amber = "#e08a1e";
    const string Fonts = "'Microsoft YaHei','微软雅黑','PingFang SC','Source Han Sans SC','Noto Sans CJK SC','WenQuanYi Micro Hei',sans-serif";
    const double Gap = 28;

    static readonly string[] colours = [Blue, "#2fa39a", Amber, "#c8553d", "#7a6fb0", "#8a99a8"];

    readonly StringBuilder text = new();
    readonly XmlWriter svg;
    readonly CountyReport report;
    readonly Form form;

    Infographic(CountyReport report)
    {
        (this.report, form) = (report, report.Figures.Form);
        svg = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, IndentChars = " ", NewLineChars = "\n" });
    }

    /// <summary>The picture as SVG.</summary>
    /// <param name="report">The report.</param>
    /// <param name="wide">16:9 instead of A4 upright.</param>
    public static byte[] Write(CountyReport report, bool wide)
    {
        var picture = new Infographic(report);
        picture.Draw(wide);
        return Encoding.UTF8.GetBytes(picture.text.ToString());
    }

    void Draw(bool wide)
    {
        var (width, height, head) = wide ? (1920d, 1080d, 150d) : (1240d, 1754d, 210d);
        var title = XmlText.Plain($"{report.Title}图解");
        svg.WriteStartElement("svg", "http://www.w3.org/2000/svg");
        Attributes(("viewBox", $"0 0 {N(width)} {N(height)}"), ("width", N(width)), ("height", N(height)), ("font-family", Fonts), ("role", "img"), ("aria-label", title));
        svg.WriteElementString("title", title);
        Box(0, 0, width, height, Paper);
        Header(width, head, wide);

        var parts = form.Narrative.Parts;
        if (wide)
        {
            var half = (width - 120 - Gap) / 2;
            var (left, right, top) = (60d, 60 + half + Gap, head + Gap);
            Disclosure(parts[0], left, top, half, 400, 3);
            Review(parts[2], left, top + 400 + Gap, half, 400);
            Requests(parts[1], right, top, half, 610);
            Filing(right, top + 610 + Gap, half, 190);
        }
        else
        {
            var (left, full, top) = (60d, width - 120, head + Gap);
            Disclosure(parts[0], left, top, full, 250, 5);
            Requests(parts[1], left, top += 250 + Gap, full, 560);
            Review(parts[2], left, top += 560 + Gap, full, 330);
            Filing(left, top + 330 + Gap, full, 190);
        }

        Text(width / 2, height - 22, 17, $"数据由各单位年度报告汇总，截至{ChinaTime.Text(report.AsOf)}；“—”表示没有数据。", Soft, "middle");
        svg.WriteEndElement();
        svg.Flush();
    }

    void Header(double width, double height, bool wide)
    {
        Box(0, 0, width, height, Navy);
        Box(0, height - 8, width, 8, Amber);
        var subject = $"{report.Year}年政府信息公开工作年度报告";
        if (wide)
        {
            Text(60, 94, Fit($"{report.Name}{subject}", 1240, 52), $"{report.Name}{subject}", "#ffffff", "start", bold: true);
        }
        else
        {
            Text(60, 84, Fit(report.Name, 720, 46), report.Name, "#ffffff", "start", bold: true);
            Text(60, 150, Fit(subject, 800, 46), subject, "#ffffff", "start", bold: true);
        }

        var badge = report.Complete ? "图解" : $"图解 · 未完整 {report.Units.Included.Count}/{report.Units.Expected}";
        var size = report.Complete ? 200d : 330d;
        Box(width - 60 - size, (height - 70) / 2, size, 62, report.Complete ? Blue : "#c8553d", 31);
        Text(width - 60 - (size / 2), (height / 2) + 6, 28, badge, "#ffffff", "middle", bold: true);
    }

    void Disclosure(NarrativePart part, double x, double y, double width, double height, int inRow)
    {
        Panel(part.Heading, x, y, width, height);
        Cards(part.Changes, x + 24, y + 76, width - 48, height - 100, inRow);
    }

    void Requests(NarrativePart part, double x, double y, double width, double height)
    {
        Panel(part.Heading, x, y, width, height);
        Cards(part.Changes, x + 24, y + 76, width - 48, 140, part.Changes.Length);
        var first = Narrative.CellsOf(form, part.Changes[0].Of)[0];
        var top = y + 252;
        Applicants(first, x + 24, top, (width * 0.42) - 24, height - 268);
        Outcomes(part, x + (width * 0.44), top, (width * 0.56) - 24, height - 268);
    }

    /// <summary>Who asked: the columns of the row that the first figure stands in, those under one head together.</summary>
    void Applicants(Cell total, double x, double y, double width, double height)
    {
        (string Name, Cell[] Cells)[] groups = [.. form.Cells.Where(c => c.Table == total.Table && c.Row == total.Row && c != total)
            .GroupBy(c => c.Column.Group ?? c.Column.Label).Select(g => (g.Key, g.ToArray()))];
        Text(x, y + 8, 21, "申请人", Ink, "start", bold: true);
        var radius = Math.Min(width / 2, height - 110) / 2;
        var (cx, cy) = (x + (width / 2), y + 26 + radius);
        Ring(cx, cy, radius, [.. groups.Select(g => (double)(Sum(g.Cells) ?? 0))]);
        Figure(cx, cy + 6, Fit(Shown(Sum([total])), radius * 1.0, 40), [total], Ink, "middle");
        Text(cx, cy + 34, 17, total.Column.Unit, Soft, "middle");
        for (var i = 0; i < groups.Length; i++)
        {
            var line = cy + radius + 34 + (i * 34);
            Box(x + 8, line - 15, 16, 16, colours[i], 3);
            Text(x + 34, line, 20, groups[i].Name, Ink, "start");
            Figure(x + width - 8, line, 22, groups[i].Cells, Ink, "end");
        }
    }

    void Outcomes(NarrativePart part, double x, double y, double width, double height)
    {
        Text(x, y + 8, 21, "办理结果", Ink, "start", bold: true);
        (string Name, Cell[] Cells)[] items = [.. part.Sentences.First(s => !s.Items.IsEmpty).Items.Select(item =>
            (item[..item.IndexOf('{', StringComparison.Ordinal)], Narrative.CellsOf(form, item[(item.IndexOf('{', StringComparison.Ordinal) + 1)..item.IndexOf('}', StringComparison.Ordinal)])))];
        var most = Math.Max(1, items.Max(i => Sum(i.Cells) ?? 0));
        var step = (height - 24) / items.Length;
        for (var i = 0; i < items.Length; i++)
        {
            var line = y + 30 + (i * step);
            Text(x, line + (step * 0.5), 20, items[i].Name, Ink, "start");
            var room = width - 100 - Beside(items.Select(o => Sum(o.Cells)), 22);
            Box(x + 100, line + (step * 0.5) - 18, room, 22, Pale, 4);
            Box(x + 100, line + (step * 0.5) - 18, room * (double)((Sum(items[i].Cells) ?? 0) / most), 22, colours[0], 4);
            Figure(x + width, line + (step * 0.5), 22, items[i].Cells, Ink, "end");
        }
    }

    void Review(NarrativePart part, double x, double y, double width, double height)
    {
        Panel(part.Heading, x, y, width, height);
        var table = Narrative.CellsOf(form, part.Changes[0].Of)[0].Table;
        Cell[] totals = [.. form.Cells.Where(c => c.Table == table && form.Computed.Any(b => b.Found[0] == c))];
        string[] results = [.. form.Computed.Single(b => b.Found[0] == totals[0]).Expected.Select(c => c.Column.Label)];
        for (var i = 0; i < results.Length; i++)
        {
            var place = x + width - 24 - ((results.Length - i) * 118);
            Box(place, y + 30, 16, 16, colours[i], 3);
            Text(place + 24, y + 45, 18, results[i], Soft, "start");
        }

        var most = Math.Max(1, totals.Max(t => Sum([t]) ?? 0));
        var step = (height - 90) / totals.Length;
        for (var i = 0; i < totals.Length; i++)
        {
            var (line, name, room) = (y + 76 + (i * step), 190d, width - 48 - 190 - Beside(totals.Select(t => Sum([t])), 26));
            Text(x + 24, line + (step * 0.5) + 6, 20, totals[i].Row.Label, Ink, "start");
            Box(x + 24 + name, line + (step * 0.5) - 18, room, 36, Pale, 4);
            var at = x + 24 + name;
            foreach (var (cell, colour) in form.Computed.Single(b => b.Found[0] == totals[i]).Expected.Zip(colours))
            {
                var part1 = room * (double)((Sum([cell]) ?? 0) / most);
                Box(at, line + (step * 0.5) - 18, part1, 36, colour);
                if (part1 > Math.Max(40, (Shown(Sum([cell])).Length * 20 * 0.6) + 8))
                {
                    Figure(at + (part1 / 2), line + (step * 0.5) + 8, 20, [cell], "#ffffff", "middle");
                }

                at += part1;
            }

            Figure(x + width - 24, line + (step * 0.5) + 9, 26, [totals[i]], Ink, "end");
        }
    }

    void Filing(double x, double y, double width, double height)
    {
        Panel("年度报告报送情况", x, y, width, height);
        var units = report.Units;
        (string Name, int Count, string Colour)[] parts =
            [("按时报送", units.Included.Count - units.Late.Count, colours[1]), ("逾期报送", units.Late.Count, colours[2]), ("尚未计入", units.Missing.Count, colours[3])];
        var at = x + 24;
        foreach (var (part, i) in parts.Select((p, i) => (p, i)))
        {
            var share = (width - 48) * part.Count / Math.Max(1, units.Expected);
            Box(at, y + 76, share, 34, part.Colour);
            at += share;
            Box(x + 24 + (i * 200), y + 134, 16, 16, part.Colour, 3);
            Text(x + 48 + (i * 200), y + 149, 20, $"{part.Name} {part.Count} 个", Ink, "start");
        }

        Text(x + width - 24, y + 149, 20, $"应报送 {units.Expected} 个", Soft, "end");
    }

    void Panel(string title, double x, double y, double width, double height)
    {
        Box(x, y, width, height, "#ffffff", 14);
        Box(x, y + 22, 8, 34, Blue);
        Text(x + 24, y + 49, 28, title, Navy, "start", bold: true);
    }

    void Cards(IReadOnlyList<NarrativeChange> figures, double x, double y, double width, double height, int inRow)
    {
        var rows = (figures.Count + inRow - 1) / inRow;
        const double Space = 16;
        var h = (height - (Space * (rows - 1))) / rows;
        for (var i = 0; i < figures.Count; i++)
        {
            // The last row fills the width with what is left.
            var columns = Math.Min(inRow, figures.Count - (i / inRow * inRow));
            var w = (width - (Space * (columns - 1))) / columns;
            var (left, top) = (x + (i % inRow * (w + Space)), y + (i / inRow * (h + Space)));
            var cells = Narrative.CellsOf(form, figures[i].Of);
            Box(left, top, w, h, Pale, 10);
            var shown = Shown(Sum(cells));
            Figure(left + (w / 2), top + (h * 0.52), Fit(shown, w - 24, 46), cells, Blue, "middle");
            var name = $"{figures[i].Name}（{cells[0].Column.Unit}）";
            Text(left + (w / 2), top + (h * 0.52) + 38, Fit(name, w - 16, 20), name, Ink, "middle");
        }
    }

    /// <summary>A ring whose parts are as long as the numbers say; grey if there are none.</summary>
    void Ring(double cx, double cy, double radius, double[] values)
    {
        var (sum, start, thick) = (values.Sum(), -Math.PI / 2, radius * 0.3);
        var middle = radius - (thick / 2);
        Circle(cx, cy, middle, thick, "#dfe6ed", null);
        for (var i = 0; i < values.Length && sum > 0; i++)
        {
            var share = values[i] / sum;
            if (share > 0)
            {
                Circle(cx, cy, middle, thick, colours[i], (start, share));
                start += share * 2 * Math.PI;
            }
        }
    }

    void Circle(double cx, double cy, double radius, double thick, string colour, (double Start, double Share)? arc)
    {
        svg.WriteStartElement("circle");
        Attributes(("cx", N(cx)), ("cy", N(cy)), ("r", N(radius)), ("fill", "none"), ("stroke", colour), ("stroke-width", N(thick)));
        if (arc is { } part)
        {
            var round = 2 * Math.PI * radius;
            Attributes(("stroke-dasharray", $"{N(round * part.Share)} {N(round)}"), ("transform", $"rotate({N(part.Start * 180 / Math.PI)} {N(cx)} {N(cy)})"));
        }

        svg.WriteEndElement();
    }

    void Box(double x, double y, double width, double height, string fill, double round = 0)
    {
        svg.WriteStartElement("rect");
        Attributes(("x", N(x)), ("y", N(y)), ("width", N(width)), ("height", N(height)), ("fill", fill));
        if (round > 0)
        {
            Attributes(("rx", N(round)));
        }

        svg.WriteEndElement();
    }

    void Figure(double x, double y, double size, Cell[] cells, string fill, string anchor) =>
        Text(x, y, size, Shown(Sum(cells)), fill, anchor, bold: true, string.Join('+', cells.Select(c => c.Path)));

    void Text(double x, double y, double size, string what, string fill, string anchor, bool bold = false, string? of = null)
    {
        svg.WriteStartElement("text");
        Attributes(("x", N(x)), ("y", N(y)), ("font-size", N(size)), ("fill", fill), ("text-anchor", anchor));
        if (bold)
        {
            Attributes(("font-weight", "bold"));
        }

        if (of is not null)
        {
            Attributes(("data-of", of));
        }

        svg.WriteString(XmlText.Plain(what));
        svg.WriteEndElement();
    }

    void Attributes(params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        foreach (var (name, value) in attributes)
        {
            svg.WriteAttributeString(name, value);
        }
    }

    /// <summary>The largest size, up to a limit, at which a text fits; a Chinese character is as wide as it is high, a digit six tenths of it.</summary>
    static double Fit(string text, double width, double largest) => Math.Min(largest, width / Math.Max(1, text.Sum(c => char.IsAscii(c) ? 0.6 : 1)));

    /// <summary>The room that figures need beside their bars.</summary>
    static double Beside(IEnumerable<decimal?> figures, double size) => Math.Max(90, figures.Max(f => Shown(f).Length * size * 0.6) + 24);

    decimal? Sum(Cell[] cells) => cells.Any(c => report.Figures[c] is null) ? null : cells.Sum(c => report.Figures[c]);

    static string Shown(decimal? value) => value is null ? "—" : Forms.Figures.Text(value);

    static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
