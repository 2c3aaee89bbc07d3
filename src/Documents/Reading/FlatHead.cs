using System.Collections.Immutable;
using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>A head of a flattened table.</summary>
/// <param name="Match">What it is.</param>
/// <param name="Text">How it is written.</param>
/// <param name="Line">Its line.</param>
/// <param name="Place">Its place on the line, counted in tabs.</param>
/// <param name="IsTabbed">Whether tabs part the heads of its line.</param>
readonly record struct FlatHead(LabelMatch Match, string Text, string Line, int Place, bool IsTabbed)
{
    /// <summary>
    /// The columns from left to right, as far as flattened heads tell: those below a common head come after all heads of the
    /// line above. Any order but the form's own is doubtful.
    /// </summary>
    public static (ImmutableArray<Column> Columns, string? Doubt) Order(List<FlatHead> heads, Table table, string unknown, int figures)
    {
        var found = heads.Select(h => (Head: h, h.Match.As(LabelKind.Column, table)?.Column)).Where(h => h.Column is not null)
            .DistinctBy(h => h.Column!.Code).ToList();
        var columns = table.Columns;
        if (found.Count == 0)
        {
            return (columns, "没有认出各列的表头，按格式的次序读取");
        }

        if (found.Count < columns.Length)
        {
            var isInOrder = found.GroupBy(f => f.Column!.Group).All(g => g.Select(f => columns.IndexOf(f.Column!)) is var places && places.SequenceEqual(places.Order()));
            if (figures == columns.Length && isInOrder && ArePieces(unknown, columns.Except(found.Select(f => f.Column!))))
            {
                return (columns, null);
            }

            var isMissing = figures == found.Count && unknown.Length == 0;
            return isMissing
                ? ([.. found.Select(f => f.Column!)], "表中缺少列")
                : (columns, "有的表头没有认出，按格式的次序读取");
        }

        var doubt = unknown.Length > 0 ? "表头中有不认识的文字" : null;
        ImmutableArray<Column> byPlace = found.All(f => f.Head.IsTabbed) && found.DistinctBy(f => f.Head.Place).Count() == found.Count
            ? [.. found.OrderBy(f => f.Head.Place).Select(f => f.Column!)]
            : [];
        if (Same(byPlace, columns))
        {
            return (columns, doubt);
        }

        var groups = heads.Select((h, i) => (Text: h.Match.As(LabelKind.ColumnGroup, table)?.Text, Index: i)).Where(g => g.Text is not null).ToList();
        var streamed = found
            .OrderBy(f => f.Column!.Group is { } group ? groups.FindIndex(g => g.Text == group) is >= 0 and var g ? groups[g].Index : FirstOf(group) : heads.IndexOf(f.Head))
            .ThenBy(f => heads.IndexOf(f.Head)).Select(f => f.Column!).ToImmutableArray();
        return Same(streamed, columns)
            ? (columns, doubt)
            : (byPlace.IsEmpty ? streamed : byPlace, "各列的次序与格式不同");

        int FirstOf(string group) => heads.IndexOf(found.First(f => f.Column!.Group == group).Head);
    }

    /// <summary>
    /// Whether unknown heads are but pieces of those that are missing, torn apart in lines that go across the table: 商业 and 科研
    /// above 企业 and 机构.
    /// </summary>
    static bool ArePieces(string unknown, IEnumerable<Column> missing)
    {
        const int LeastOfEach = 2;
        var letters = LabelText.Of(unknown).Core.ToList();
        var count = letters.Count;
        var pieces = missing.Select(c => LabelText.Of(c.Label).Brief).ToList();
        return count > 0 && pieces.TrueForAll(p => p.Count(letters.Remove) >= Math.Min(LeastOfEach, p.Length)) && letters.Count == 0;
    }

    /// <summary>The cells below heads that stand side by side: each block's columns in turn.</summary>
    public static (ImmutableArray<(Row Row, Column Column)> Cells, string? Doubt) Blocks(List<FlatHead> heads, Table table)
    {
        Row[] rows = [.. heads.Select(h => h.Match.As(LabelKind.Row, table)?.Row).OfType<Row>()];
        Column[] columns = [.. heads.Select(h => h.Match.As(LabelKind.Column, table)?.Column).OfType<Column>()];
        var width = table.Columns.Length;
        if (rows.Length == 0 || rows.DistinctBy(r => r.Code).Count() != rows.Length || columns.Length != rows.Length * width
            || columns.Chunk(width).Any(c => c.DistinctBy(x => x.Code).Count() != width))
        {
            return ([.. table.Rows.SelectMany(r => table.Columns.Select(c => (r, c)))], "表头没有全部认出，按格式的次序读取");
        }

        var cells = columns.Select((column, i) => (rows[i / width], column)).ToImmutableArray();
        var isOrdered = columns.Chunk(width).All(c => Same(c, table.Columns)) && rows.Select(r => table.Rows.IndexOf(r)) is var order && order.SequenceEqual(order.Order());
        return (cells, isOrdered ? null : "表头的次序与格式不同");
    }

    static bool Same(IReadOnlyCollection<Column> a, IReadOnlyCollection<Column> b) => a.Select(c => c.Code).SequenceEqual(b.Select(c => c.Code));
}
