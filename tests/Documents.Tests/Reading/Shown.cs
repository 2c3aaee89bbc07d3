using Aggregator.Documents.Reading;

namespace Aggregator.Documents.Tests.Reading;

/// <summary>A source document as text that a test can compare.</summary>
static class Shown
{
    /// <summary>Reads a file that must be readable.</summary>
    public static async Task<SourceDocument> ReadAsync(byte[] file)
    {
        var outcome = await SourceFile.ReadAsync(file, TestContext.Current.CancellationToken);
        outcome.Refusal.ShouldBeNull();
        return outcome.Value!;
    }

    /// <summary>Reads a file that must be refused; gives the code.</summary>
    public static async Task<string?> RefusalAsync(byte[] file)
    {
        var refusal = (await SourceFile.ReadAsync(file, TestContext.Current.CancellationToken)).Refusal;
        refusal?.Detail.ShouldMatch(@"[\u4e00-\u9fff]");
        return refusal?.Code;
    }

    /// <summary>Each paragraph a line; each row of a table a line of its fields, with spans as <c>2x3</c> (rows × columns) before the text.</summary>
    public static string[] Show(this SourceDocument document) => [.. document.Blocks.SelectMany(block => block switch
    {
        SourceParagraph paragraph => [paragraph.Text],
        SourceTable table => table.Fields.GroupBy(f => f.Row).OrderBy(r => r.Key).Select(row => "| " + string.Join(" | ", row.OrderBy(f => f.Column).Select(Field))),
        _ => Enumerable.Empty<string>(),
    })];

    /// <summary>Fails where two fields of a table cover the same place.</summary>
    public static void ShouldNotOverlap(this SourceDocument document)
    {
        foreach (var table in document.Blocks.OfType<SourceTable>())
        {
            var places = table.Fields.SelectMany(f => from r in Enumerable.Range(f.Row, f.RowSpan) from c in Enumerable.Range(f.Column, f.ColumnSpan) select (r, c)).ToList();
            places.Distinct().Count().ShouldBe(places.Count);
        }
    }

    static string Field(SourceField field) =>
        $"{(field is { RowSpan: 1, ColumnSpan: 1 } ? "" : $"{field.RowSpan}x{field.ColumnSpan} ")}{field.Text.Replace("\n", "¶", StringComparison.Ordinal)}";
}
