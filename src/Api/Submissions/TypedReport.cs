using System.Collections.Immutable;
using System.Globalization;
using Aggregator.Documents.Reading;
using Aggregator.Forms;
using Aggregator.Submissions;
using Aggregator.Totals;

namespace Aggregator.Api.Submissions;

/// <summary>
/// A report as a clerk has typed it. It holds texts, not numbers, so that a page can show again whatever was typed; what is no
/// number comes back with its field.
/// </summary>
/// <param name="Form">The form that is filled in.</param>
/// <param name="Cells">What stands in each field, in cell order.</param>
/// <param name="Prose">The texts, in the order of <see cref="Form.Prose"/>.</param>
/// <param name="PublishedAt">Day of publication, <c>2022-01-20</c>.</param>
/// <param name="PublishedUrl">Address of publication.</param>
/// <param name="Seen">Newest revision when the typing began; 0 for none.</param>
public sealed record TypedReport(Form Form, ImmutableArray<string> Cells, ImmutableArray<string> Prose, string PublishedAt, string PublishedUrl, int Seen)
{
    const string ProseField = "prose.";

    /// <summary>What a field of the page says of a cell.</summary>
    public string this[Cell cell] => Cells[cell.Index];

    /// <summary>The numbers; null where a field is empty or holds no number.</summary>
    public Figures Figures => new(Form, [.. Form.Cells.Select(c => Number(c).Value)]);

    /// <summary>A report to begin with.</summary>
    public static TypedReport Of(Figures figures, IEnumerable<string?> prose, DateOnly? publishedAt, string? publishedUrl, int seen) => new(
        figures.Form, [.. figures.Values.Select(v => Figures.Text(v))], [.. prose.Select(t => t ?? "")],
        publishedAt?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "", publishedUrl ?? "", seen);

    /// <summary>The same as it is kept while it is being typed.</summary>
    public Typing ToTyping(string actor, DateTimeOffset at) => new(Form.Code, Seen, [.. Cells], [.. Prose], PublishedAt, PublishedUrl, actor, at);

    /// <summary>What was being typed.</summary>
    public static TypedReport Of(Form form, Typing typing) => new(form, [.. typing.Cells], [.. typing.Prose], typing.PublishedAt, typing.PublishedUrl, typing.Seen);

    /// <summary>What the fields of the page say.</summary>
    public static TypedReport Read(Form form, IFormCollection fields) => new(
        form,
        [.. form.Cells.Select(c => fields[c.Path].ToString().Trim())],
        [.. form.Prose.Select(s => fields[ProseField + s.Code].ToString().ReplaceLineEndings("\n").Trim())],
        fields["publishedAt"].ToString().Trim(),
        fields["publishedUrl"].ToString().Trim(),
        int.TryParse(fields["seen"], NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : 0);

    /// <summary>The report that was meant, or the fields that hold no number. Refusals: <c>invalid_fields</c> and those of <see cref="SubmissionReader"/>.</summary>
    public Outcome<Submission> ToSubmission(string unit)
    {
        ImmutableArray<RefusalError> errors = [.. Form.Cells.Select(c => (Cell: c, Number: Number(c))).Where(n => n.Number.Problem is not null)
            .Select(n => new RefusalError(n.Cell.Path, "not_a_number", $"{n.Cell.Name}：{n.Number.Problem}"))];
        if (errors.Length > 0)
        {
            return new Refusal(RefusalKind.Invalid, "invalid_fields", $"有 {errors.Length} 格填的不是数字，没有保存；请先改正。", errors);
        }

        var read = SubmissionReader.Read(SubmissionWriter.Write(unit, Figures, [.. Prose.Select(NullIfEmpty)], NullIfEmpty(PublishedAt), NullIfEmpty(PublishedUrl), null));
        return read.Is(out var submission, out var refusal) ? submission
            : refusal with { Errors = [.. refusal.Errors.Select(e => e with { Path = e.Path.Replace("$.figures.", "", StringComparison.Ordinal).Replace("$.", "", StringComparison.Ordinal) })] };
    }

    /// <summary>The same with every total computed by the form's own equations, where something is there to add.</summary>
    public TypedReport WithTotals()
    {
        var sum = FigureSum.Of(Form, [Figures.Values]);
        var totals = Form.Computed.Select(b => b.Found[0].Index).ToHashSet();
        return this with { Cells = [.. Cells.Select((text, i) => totals.Contains(i) && sum.Values[i] is { } total ? Figures.Text(total) : text)] };
    }

    /// <summary>The same with 0 in every field that is empty.</summary>
    public TypedReport WithZeros() => this with { Cells = [.. Cells.Select(text => text.Length == 0 ? "0" : text)] };

    /// <summary>Clerks type as they write: with blanks, full-width digits and grouping. What is doubtful is asked back.</summary>
    (decimal? Value, string? Problem) Number(Cell cell) => Cells[cell.Index] switch
    {
        "" => (null, null),
        var text => NumberText.Parse(text, cell.Column) switch
        {
            { Confidence: Confidence.Certain, Value: { } value } => (value, null),
            { Oddity: { } oddity } => (null, oddity),
            _ => (null, $"“{text}”不是数字"),
        },
    };

    static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
