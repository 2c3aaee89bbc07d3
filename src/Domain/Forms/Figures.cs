using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aggregator.Forms;

/// <summary>The numbers of one report in the form's cell order. A missing cell is null, never zero.</summary>
[JsonConverter(typeof(FiguresConverter))]
public sealed class Figures
{
    /// <summary>Wraps an array that has one place for each cell of the form.</summary>
    public Figures(Form form, decimal?[] values)
    {
        if (values.Length != form.Cells.Length)
        {
            throw new ArgumentException($"{values.Length} figures for the {form.Cells.Length} cells of form {form.Code}.", nameof(values));
        }

        (Form, Values) = (form, values);
    }

    /// <summary>Figures with every cell missing.</summary>
    public Figures(Form form)
        : this(form, new decimal?[form.Cells.Length])
    {
    }

    /// <summary>The form.</summary>
    public Form Form { get; }

    /// <summary>The numbers in cell order.</summary>
    public decimal?[] Values { get; }

    /// <summary>The number in a cell.</summary>
    public decimal? this[Cell cell] => Values[cell.Index];

    /// <summary>How a number is printed: no superfluous zeros.</summary>
    public const string NumberFormat = "0.############################";

    /// <summary>A number as it is read on a page: grouped, a missing one as —, never as 0.</summary>
    public static string Grouped(decimal? value) => value?.ToString("#,##0.############################", CultureInfo.InvariantCulture) ?? "—";

    /// <summary>A number as it is printed: no superfluous zeros, a missing one as the empty string.</summary>
    public static string Text(decimal? value) => value?.ToString(NumberFormat, CultureInfo.InvariantCulture) ?? "";
}

/// <summary>Writes figures as the nested object of the contract: counts as numbers, amounts as strings.</summary>
public class FiguresConverter : JsonConverter<Figures>
{
    /// <summary>Whether a missing cell is written, as null.</summary>
    protected virtual bool WritesMissing => true;

    /// <summary>
    /// Reads what <see cref="Write"/> wrote with every cell: the form is the one whose cells they are, no two forms have the same.
    /// Bodies are not read here but by <see cref="Submissions.SubmissionReader"/>, which says where and why.
    /// </summary>
    public override Figures Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var root = JsonElement.ParseValue(ref reader);
        var form = Array.Find([.. Form.All], f => Fits(f.Root, root)) ?? throw new JsonException("These are the cells of no form.");
        return new Figures(form, [.. form.Cells.Select(c => Number(c.Path.Split('.').Aggregate(root, (node, name) => node.GetProperty(name))))]);
    }

    static bool Fits(CellNode node, JsonElement json) => node.Cell is not null
        ? json.ValueKind is JsonValueKind.Null or JsonValueKind.Number or JsonValueKind.String
        : json.ValueKind == JsonValueKind.Object && json.GetPropertyCount() == node.Children.Length
            && node.Children.All(child => json.TryGetProperty(child.Utf8Name.AsSpan(), out var below) && Fits(child, below));

    static decimal? Number(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number => json.GetDecimal(),
        _ => decimal.TryParse(json.GetString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number : throw new JsonException($"“{json.GetString()}” is no number."),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Figures value, JsonSerializerOptions options) =>
        WriteNode(writer, value, value.Form.Root);

    void WriteNode(Utf8JsonWriter writer, Figures figures, CellNode node)
    {
        if (node.Cell is { } cell)
        {
            if (figures[cell] is not { } number)
            {
                writer.WriteNullValue();
            }
            else if (cell.Column.Type == ColumnType.Amount)
            {
                writer.WriteStringValue(Figures.Text(number));
            }
            else
            {
                // Not WriteNumberValue: a count received as 1.0 would leave as 1.0, which a reader of whole numbers refuses.
                writer.WriteRawValue(Figures.Text(number), skipInputValidation: true);
            }

            return;
        }

        writer.WriteStartObject();
        foreach (var child in node.Children)
        {
            if (!WritesMissing && IsMissing(figures, child))
            {
                continue;
            }

            writer.WritePropertyName(child.Utf8Name.AsSpan());
            WriteNode(writer, figures, child);
        }

        writer.WriteEndObject();
    }

    static bool IsMissing(Figures figures, CellNode node) =>
        node.Cell is { } cell ? figures[cell] is null : node.Children.All(child => IsMissing(figures, child));
}

/// <summary>Writes only the cells that hold a number.</summary>
public sealed class KnownFiguresConverter : FiguresConverter
{
    /// <inheritdoc/>
    protected override bool WritesMissing => false;
}
