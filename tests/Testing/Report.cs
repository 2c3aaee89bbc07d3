using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aggregator.Forms;

namespace Aggregator.Testing;

/// <summary>
/// A report as tests write it down: <c>Report.Zero("2021").With("disclosure.penalties.decisions", 1)</c>. Each step gives a new
/// report, so that a base can be shared. Builds the JSON body by itself, not with the product's own writer.
/// </summary>
public sealed class Report
{
    static readonly JsonSerializerOptions readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly decimal?[] values;

    Report(Form form, decimal?[] values) => (Form, this.values) = (form, values);

    /// <summary>The form.</summary>
    public Form Form { get; }

    /// <summary>A copy of the numbers.</summary>
    public Figures Figures => new(Form, [.. values]);

    /// <summary>A report with 0 in every cell (零报告).</summary>
    public static Report Zero(string form) => Of(Form.Find(form)!, _ => 0);

    /// <summary>A report with every cell missing.</summary>
    public static Report Blank(string form) => Of(Form.Find(form)!, _ => null);

    /// <summary>A report with the numbers that a function gives.</summary>
    public static Report Of(Form form, Func<Cell, decimal?> value) => new(form, [.. form.Cells.Select(value)]);

    /// <summary>The same with another number in a cell; null for missing.</summary>
    public Report With(string path, decimal? value)
    {
        decimal?[] changed = [.. values];
        changed[CellAt(path).Index] = value;
        return new Report(Form, changed);
    }

    /// <summary>The same with a cell missing.</summary>
    public Report Without(string path) => With(path, null);

    /// <summary>The same with all cells of a row, such as <c>requests.received</c>, in the order of the columns.</summary>
    public Report WithRow(string row, params decimal?[] numbers)
    {
        Cell[] cells = [.. Form.Cells.Where(c => $"{c.Section.Code}.{c.Row.Code}" == row)];
        if (cells.Length != numbers.Length)
        {
            throw new ArgumentException($"{row} has {cells.Length} cells in form {Form.Code}, not {numbers.Length}.", nameof(numbers));
        }

        return cells.Zip(numbers).Aggregate(this, (report, pair) => report.With(pair.First.Path, pair.Second));
    }

    /// <summary>The body that a unit sends: every cell spelled out, counts as numbers, amounts as strings.</summary>
    public JsonObject ToJson(string unit)
    {
        var figures = new JsonObject();
        foreach (var cell in Form.Cells)
        {
            var place = figures;
            var segments = cell.Path.Split('.');
            foreach (var segment in segments[..^1])
            {
                if (place[segment] is not JsonObject below)
                {
                    place[segment] = below = [];
                }

                place = below;
            }

            place[segments[^1]] = values[cell.Index] switch
            {
                null => null,
                { } number when cell.Column.Type == ColumnType.Amount => JsonValue.Create(Figures.Text(number)),
                { } number => JsonValue.Create(number),
            };
        }

        return new JsonObject
        {
            ["unit"] = unit,
            ["form"] = Form.Code,
            ["figures"] = figures,
            ["prose"] = new JsonObject
            {
                ["overview"] = "总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。",
                ["problems"] = "问题与改进。",
                ["other"] = "收取信息处理费0元。",
            },
            ["publishedAt"] = "2022-01-20",
            ["publishedUrl"] = "https://example.gov.cn/xxgk/2021.html",
        };
    }

    /// <summary>The body as text on one line.</summary>
    public string ToText(string unit) => ToJson(unit).ToJsonString(readable);

    /// <summary>The body as UTF-8.</summary>
    public byte[] ToBody(string unit) => Encoding.UTF8.GetBytes(ToText(unit));

    Cell CellAt(string path) => Form.FindCell(path) ?? throw new ArgumentException($"Form {Form.Code} has no cell {path}.", nameof(path));
}
