using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Aggregator.Forms;

namespace Aggregator.Submissions;

/// <summary>
/// Writes a submission's JSON for a report that came in another shape, so that what is stored and read again later is the same
/// for all: every cell in the form's order, a missing one as null. <see cref="SubmissionReader"/> judges dates, addresses and texts.
/// </summary>
public static class SubmissionWriter
{
    static readonly JsonWriterOptions options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly FiguresConverter figuresConverter = new();

    /// <summary>The body.</summary>
    /// <param name="unit">Unit code.</param>
    /// <param name="figures">The numbers.</param>
    /// <param name="prose">The texts, in the order of <see cref="Form.Prose"/>.</param>
    /// <param name="publishedAt">Day of publication as stated.</param>
    /// <param name="publishedUrl">Address of publication as stated.</param>
    /// <param name="filedAt">When it was filed as stated; left out if null.</param>
    public static byte[] Write(
        string unit, Figures figures, IReadOnlyList<string?> prose, string? publishedAt, string? publishedUrl, string? filedAt)
    {
        var body = new ArrayBufferWriter<byte>(8192);
        using (var json = new Utf8JsonWriter(body, options))
        {
            json.WriteStartObject();
            json.WriteString("unit", unit);
            json.WriteString("form", figures.Form.Code);
            json.WritePropertyName("figures");
            figuresConverter.Write(json, figures, JsonSerializerOptions.Default);
            json.WriteStartObject("prose");
            foreach (var (section, text) in figures.Form.Prose.Zip(prose))
            {
                json.WriteString(section.Code, text);
            }

            json.WriteEndObject();
            json.WriteString("publishedAt", publishedAt);
            json.WriteString("publishedUrl", publishedUrl);
            if (filedAt is not null)
            {
                json.WriteString("filedAt", filedAt);
            }

            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }
}
