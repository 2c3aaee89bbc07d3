using System.Collections.Immutable;
using System.Text;
using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>Tells which form a document is in, by the labels that only one form has.</summary>
static class FormRecognition
{
    /// <summary>Longer paragraphs are prose, which may speak of anything.</summary>
    const int MaxLabel = 60;

    /// <summary>All labels of a report are some thousand characters, with what flattened tables have between them some ten thousand.</summary>
    const int MaxText = 200_000;

    static readonly (Form Form, string[] Own)[] own = [.. Form.All.Select(form => (form, Own(form).ToArray()))];

    /// <summary>Each form with the number of its own labels that the document has.</summary>
    public static List<(Form Form, int Own)> Count(ImmutableArray<SourceBlock> blocks)
    {
        var text = new StringBuilder();
        foreach (var block in blocks)
        {
            foreach (var piece in block is SourceTable table ? table.Fields.Select(f => f.Text) : [((SourceParagraph)block).Text])
            {
                if (piece.Length <= MaxText - text.Length
                    && ((piece.Length <= MaxLabel && piece.AsSpan().TrimEnd() is not [.., '。' or '；' or '：']) || piece.Contains('\t', StringComparison.Ordinal) || PlainText.HasBars(piece) || FlatPiece.IsWholeTable(piece)))
                {
                    text.Append(PlainText.Bare(piece));
                }
            }
        }

        var all = LabelText.Of(text.ToString() is { Length: > 0 } found ? $"文{found}" : "").Core;
        return [.. own.Select(form => (form.Form, form.Own.Count(core => all.Contains(core, StringComparison.Ordinal))))];
    }

    /// <summary>Labels that no other form has, not even as a part of one.</summary>
    static IEnumerable<string> Own(Form form)
    {
        var others = Form.All.Where(f => f != form).SelectMany(Printed).ToHashSet();
        return Printed(form).Where(core => !others.Any(o => o.Contains(core, StringComparison.Ordinal)));
    }

    static IEnumerable<string> Printed(Form form) => form.Sections.SelectMany(s => s.Tables)
        .SelectMany(t => t.Rows.SelectMany(r => r.Groups.Append(r.Label)).Concat(t.Columns.Select(c => c.Label)).Append(t.Title ?? ""))
        .Select(text => LabelText.Of(text)).Select(l => l.Brief.Length > 0 ? l.Brief : l.Core).Where(c => c.Length > 0).Distinct();
}
