using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Finds rows of figures in tables that were flattened to lines: a label, and after it as many figures as the heads promise. What
/// is lost is where a blank stood, so a row is in order only if its figures are exactly as many as its heads.
/// </summary>
sealed class FlatTables(FormLabels labels, Finds finds)
{
    /// <summary>A flattened report has some 700 pieces, 2,000 with a blank after each letter; a bound against files made to exhaust us.</summary>
    const int MaxPieces = 8_000;

    /// <summary>And some 10,000 characters.</summary>
    const int MaxCharacters = 200_000;

    /// <summary>All heads of a table broken into single characters are fewer.</summary>
    const int MaxPending = 400;

    readonly List<FlatPiece> pending = [];
    readonly List<FlatPiece> run = [];
    readonly List<FlatHead> heads = [];
    (string Label, ImmutableArray<FoundField> Fields, List<FlatPiece> Run)? unfinished;
    readonly StringBuilder unknownHeads = new();
    Table? tableOfHeads;
    Section? section;
    bool headsOpen;
    bool cellOpen;
    bool hasRow;
    bool isFull;
    int pieces;
    int characters;

    /// <summary>Reads a line.</summary>
    public void Read(SourceParagraph paragraph)
    {
        if (FlatPiece.IsPageNumber(paragraph.Text) || FlatPiece.IsDrawn(paragraph.Text))
        {
            return;
        }

        if (FlatPiece.IsProse(paragraph.Text))
        {
            End();
            return;
        }

        characters += paragraph.Text.Length;
        if (TellsEnd(paragraph))
        {
            return;
        }

        foreach (var piece in FlatPiece.Split(paragraph, ref cellOpen))
        {
            pieces++;
            if (TellsEnd(paragraph))
            {
                return;
            }

            Take(piece);
        }
    }

    /// <summary>Whether there is more than a report can have, of which no more is read; tells so once.</summary>
    bool TellsEnd(SourceParagraph paragraph)
    {
        if (!isFull && (pieces > MaxPieces || characters > MaxCharacters))
        {
            isFull = true;
            finds.Remarks.Add(new ReadingRemark("too_long", null, "表格部分太长，只读取了前面的内容", paragraph.Where));
        }

        return isFull;
    }

    /// <summary>
    /// Whether a table's merged fields have become single ones, so that fields no longer stand below their heads: its rows are of
    /// many lengths, and no head has a blank before it that would keep its place.
    /// </summary>
    public static bool HasLostSpans(SourceTable table)
    {
        const int LeastLengths = 3;
        var rows = table.Fields.GroupBy(f => f.Row).Select(r => r.OrderBy(f => f.Column).Select(f => f.Text.Trim()).ToList()).ToList();
        rows.ForEach(r => r.RemoveRange(r.FindLastIndex(t => t.Length > 0) + 1, r.Count - r.FindLastIndex(t => t.Length > 0) - 1));
        return table.Fields.All(f => f is { RowSpan: 1, ColumnSpan: 1 }) && rows.DistinctBy(r => r.Count).Count() >= LeastLengths
            && rows.Where(r => !r.Exists(NumberText.LooksLikeFigure)).All(r => !r.Contains(""));
    }

    /// <summary>Reads a table whose fields do not stand below their heads.</summary>
    public void Read(SourceTable table)
    {
        foreach (var row in table.Fields.GroupBy(f => f.Row).OrderBy(r => r.Key))
        {
            Read(new SourceParagraph(string.Join('|', row.OrderBy(f => f.Column).Select(f => f.Text.Replace('|', ' '))) + "|",
                string.Create(CultureInfo.InvariantCulture, $"{table.Where}第{row.Key + 1}行")));
        }
    }

    /// <summary>Ends the section before, and begins one.</summary>
    public void Begin(Section next)
    {
        End();
        section = next;
    }

    /// <summary>Ends the table, at prose or at the end of a section.</summary>
    public void End()
    {
        EndRow();
        FinishLabel();
        var segments = LabelSequence.Split(labels, [.. pending.Select(p => p.Text)]);
        WarnOfRest(segments);
        foreach (var segment in segments)
        {
            AddBareRow(segment);
        }

        pending.Clear();
        heads.Clear();
        headsOpen = false;
        hasRow = false;
        cellOpen = false;
    }

    void Take(FlatPiece piece)
    {
        if (piece.Kind == FlatKind.Figure || (piece.Kind == FlatKind.Blank && (run.Count > 0 || (piece.IsBarred && pending.Count > 0))))
        {
            run.Add(piece);
        }
        else if (piece.Kind == FlatKind.Text)
        {
            // The number of a label that a line break has cut off: 4 and .保护第三方合法权益.
            var cut = piece.Text[0] is '.' or '、' && run is [.., { Kind: FlatKind.Figure, Text.Length: <= 2 } last] ? last.Text : "";
            run.RemoveRange(run.Count - Math.Min(cut.Length, 1), Math.Min(cut.Length, 1));
            EndRow();
            pending.Add(piece with { Text = cut + piece.Text });
            if (pending.Count > MaxPending)
            {
                pending.RemoveRange(0, MaxPending / 2);
            }
        }
    }

    void EndRow()
    {
        if (run.Count == 0)
        {
            return;
        }

        if (!run.Exists(p => p.Kind == FlatKind.Figure) && !IsBlankRow(LabelSequence.Split(labels, [.. pending.Select(p => p.Text)])))
        {
            run.Clear();
            return;
        }

        FinishLabel();
        var segments = LabelSequence.Split(labels, [.. pending.Select(p => p.Text)]);
        WarnOfRest(segments.Count > 1 || (segments.Count == 1 && (BeginsWithin(segments[0]) || HoldsNumeral(segments[0]))) ? segments : []);
        var fields = FlatPiece.Fields(run);
        var aside = HeadsOnly(segments) ?? WithoutHeads(segments, fields);
        headsOpen = false;
        var rowSeen = false;
        for (var i = 0; i < segments.Count; i++)
        {
            var segment = segments[i];
            if (i == segments.Count - 1 && aside is null)
            {
                AddRow(segment, fields, segment.First + segment.Count < pending.Count ? "标签后面还有序号" : null);
                unfinished = finds.Rows[^1] is { Row: null } or { Fit: Fit.Part } ? (segment.Text, fields, [.. run]) : null;
                break;
            }

            rowSeen |= segment.Match is { Number: > 0 } numbered && numbered.As(LabelKind.Row)?.Table.Layout == TableLayout.Grid;
            ReadHead(segment, rowSeen);
        }

        if (aside is not null)
        {
            AddSideBySide(aside, fields);
        }
        else if (segments.Count == 0)
        {
            finds.Rows.Add(new FoundRow(null, null, null, "", Fit.Exact, [], fields, null, null, run[0].Where));
        }

        pending.Clear();
        run.Clear();
        hasRow = true;
    }

    /// <summary>Whether empty cells alone are a row's: what follows other labels only fills up the line.</summary>
    bool IsBlankRow(List<Segment> segments) => segments is [.., { Match: { } match }]
        && (match.As(LabelKind.Row) is { Table.Layout: TableLayout.Grid } ? match.Number > 0 || !match.IsHead
            : HeadsOnly(segments) is { } table && run.Count >= table.Columns.Length * table.Rows.Length);

    /// <summary>
    /// Figures that stand beside the middle of a label of several lines come before its end. If what follows them makes it a label
    /// letter by letter, the row is that label's.
    /// </summary>
    void FinishLabel()
    {
        const int MostPieces = 40;
        if (unfinished is not var (label, fields, row))
        {
            return;
        }

        unfinished = null;
        for (var i = 0; i < Math.Min(pending.Count, MostPieces) && label.Length <= labels.LongestCore * 2; i++)
        {
            label += pending[i].Text;
            if (labels.Find(label) is { Fit: Fit.Exact } match && match.As(LabelKind.Row) is not null)
            {
                finds.Rows.RemoveAt(finds.Rows.Count - 1);
                var next = run.ToList();
                run.Clear();
                run.AddRange(row);
                AddRow(new Segment(match, label, 0, i + 1), fields);
                run.Clear();
                run.AddRange(next);
                pending.RemoveRange(0, i + 1);
                return;
            }
        }
    }

    /// <summary>The table whose blocks stand side by side, if the figures come right after its heads and not after a label.</summary>
    static Table? HeadsOnly(List<Segment> segments)
    {
        if (segments is not [.., { Match: { } last }])
        {
            return null;
        }

        return last.Labels.Where(l => l is { Kind: LabelKind.Column, Table.Layout: TableLayout.SideBySide }).Select(l => l.Table)
            .FirstOrDefault(table => segments.Count(s => s.Match?.As(LabelKind.Column, table) is not null) > table.Columns.Length / 2);
    }

    /// <summary>The only table of a section, if it has one row, its heads are lost, and the figures are exactly as many as it has cells.</summary>
    Table? WithoutHeads(List<Segment> segments, ImmutableArray<FoundField> fields) =>
        section?.Tables is [{ Layout: TableLayout.SideBySide } table] && Filled(fields, table.Rows.Length * table.Columns.Length).Length == table.Rows.Length * table.Columns.Length
            && segments.TrueForAll(s => s.Match?.As(LabelKind.Row) is not { Table.Layout: TableLayout.Grid }) ? table : null;

    void ReadHead(Segment segment, bool rowSeen)
    {
        var match = segment.Match;
        if (match?.As(LabelKind.Title) is not null)
        {
            heads.Clear();
            headsOpen = false;
        }
        else if (match is not null && !rowSeen
            && (match.IsHead || match.Labels.Any(l => l is { Kind: LabelKind.Row or LabelKind.RowGroup, Table.Layout: TableLayout.SideBySide })))
        {
            if (!headsOpen)
            {
                heads.Clear();
                tableOfHeads = null;
                headsOpen = true;
                unknownHeads.Clear();
            }

            var place = pending[segment.First];
            heads.Add(new FlatHead(match, segment.Text, place.Line, place.Place, place.IsTabbed));
        }
        else if (match is null)
        {
            unknownHeads.Append(headsOpen ? segment.Text : "");
            if (!headsOpen)
            {
                AddBareRow(segment);
            }
        }
        else
        {
            AddBareRow(segment);
        }
    }

    /// <summary>A label without a single figure.</summary>
    void AddBareRow(Segment segment)
    {
        if (segment.Match is null && pending[segment.First].IsField)
        {
            finds.Remarks.Add(new ReadingRemark("extra_row", null, $"表中有格式以外的一行：“{NumberText.Quote(segment.Text)}”，没有数据", pending[segment.First].Where));
        }

        if (segment.Match is { Fit: <= Fit.Near } match && match.As(LabelKind.Row) is { Table.Layout: TableLayout.Grid } row && !match.IsHead)
        {
            var slots = row.Table.Columns.Select(c => labels.CellAt(row.Section, row.Row!, c)).ToImmutableArray();
            finds.Rows.Add(new FoundRow(row.Table, row.Row, null, segment.Text, match.Fit, slots, [], "没有数据", null, pending[segment.First].Where));
        }
    }

    void AddRow(Segment segment, ImmutableArray<FoundField> fields, string? labelDoubt = null)
    {
        var where = pending[segment.First].Where;
        if (segment.Match is not { } match || (match.As(LabelKind.Row) ?? match.As(LabelKind.ForeignRow)) is not { } row)
        {
            finds.Rows.Add(new FoundRow(heads.Count > 0 ? heads[^1].Match.Labels[0].Table : null, null, null, segment.Text, Fit.Exact, [], Filled(fields, 0), null, null, where));
            return;
        }

        WarnOfNumeral(row, match);
        var (columns, doubt) = FlatHead.Order(heads, row.Table, unknownHeads.ToString(), Filled(fields, row.Table.Columns.Length).Length);
        tableOfHeads ??= row.Table;
        doubt ??= FoundRow.DoubtOfHeads(tableOfHeads, row.Table);
        var source = row.From is { } from ? FormLabels.Of(from) : labels;
        ImmutableArray<Cell?> slots = [.. columns.Select(c => source.CellAt(row.Section, row.Row!, c))];
        fields = Filled(fields, slots.Length);
        finds.Rows.Add(new FoundRow(row.Table, row.Row, row.From, segment.Text, match.Fit, slots, fields,
            Disorder(fields, slots), doubt ?? labelDoubt ?? Irregular(fields, true), where)
        {
            IsLoose = FlatPiece.IsLoose(run),
            Unit = heads.Where(h => h.Match.As(LabelKind.Column)?.Column!.Type == ColumnType.Amount).Select(h => NumberText.UnitOfHead(h.Text)).FirstOrDefault(),
        });
    }

    void AddSideBySide(Table table, ImmutableArray<FoundField> fields)
    {
        var own = heads.SelectMany(h => h.Match.Labels).FirstOrDefault(l => l.Table.Code == table.Code)?.Section ?? section!;
        var (cells, doubt) = FlatHead.Blocks(heads, table);
        ImmutableArray<Cell?> slots = [.. cells.Select(c => labels.CellAt(own, c.Row, c.Column))];
        fields = Filled(fields, slots.Length);
        while (fields.Length > slots.Length && fields[0].Text.Length == 0)
        {
            // What fills up the line of the heads, and the bar that begins the line of the figures.
            fields = fields.RemoveAt(0);
        }

        finds.Rows.Add(new FoundRow(table, null, null, own.Heading, Fit.Exact, slots, fields,
            Disorder(fields, slots), doubt ?? (unknownHeads.Length > 0 ? "表头中有不认识的文字" : Irregular(fields, false)), run[0].Where)
        {
            IsLoose = FlatPiece.IsLoose(run),
        });
    }

    static string? Disorder(ImmutableArray<FoundField> fields, ImmutableArray<Cell?> slots) =>
        fields.Length == slots.Length ? null : $"有{fields.Length}个数据，应为{slots.Length}个";

    /// <summary>Lines between bars are filled up with empty cells to the width of the table.</summary>
    static ImmutableArray<FoundField> Filled(ImmutableArray<FoundField> fields, int slots)
    {
        while (fields.Length > slots && fields[^1].Text.Length == 0)
        {
            fields = fields.RemoveAt(fields.Length - 1);
        }

        return fields;
    }

    /// <summary>Blank pieces may be cells or traces of merged ones, and the last may only fill up a line that lacks a cell.</summary>
    string? Irregular(ImmutableArray<FoundField> fields, bool isLabelled)
    {
        var last = run.FindLastIndex(p => p.Kind == FlatKind.Figure);
        return run.Take(Math.Max(last, 0)).Any(p => p is { Kind: FlatKind.Blank, IsBarred: false }) ? "数据之间有空白格"
            : last >= 0 && (fields is [.., { Text: "" }] || (!isLabelled && fields is [{ Text: "" }, ..])) ? "行首或行末有空白格"
            : null;
    }

    /// <summary>Text after the figures that is no label may be the rest of theirs, which then means something else.</summary>
    void WarnOfRest(List<Segment> segments)
    {
        const int LongestRest = 20;
        if (hasRow && segments is [{ Match: null or { Fit: Fit.Part } } rest, ..] && !pending[rest.First].IsField
            && (rest.Text.Length <= LongestRest || BeginsWithin(rest) || HoldsNumeral(rest)))
        {
            finds.Rows[^1] = finds.Rows[^1] with { Doubt = $"数据后面的文字“{rest.Text}”可能是标签的一部分" };
        }
    }

    /// <summary>Whether a label begins only after some other letters.</summary>
    static bool BeginsWithin(Segment segment) => segment.Match is { Fit: Fit.Part } match
        && LabelText.Of(segment.Text).Core is var core && match.Labels.Any(l => core.IndexOf(LabelText.Of(l.Text).Brief, StringComparison.Ordinal) > 0);

    /// <summary>Whether the number of a label stands within a text that is none.</summary>
    bool HoldsNumeral(Segment segment) => segment.Match is null && pending.Skip(segment.First + 1).Take(segment.Count - 1).Any(p => LabelText.Of(p.Text).Number > 0);

    /// <summary>The number of a label may stand on a line of its own, and then looks like the last figure of the row above.</summary>
    void WarnOfNumeral(Label row, LabelMatch match)
    {
        var number = LabelText.Of(row.Text).Number is > 0 and var own ? own.ToString(CultureInfo.InvariantCulture) : null;
        if (match.Number == 0 && finds.Rows is [.., { Fields: [.., { } last] } above] && last.Text.Trim() == number)
        {
            finds.Rows[^1] = above with { Doubt = $"最后一个数据{number}也可能是下一行的序号" };
        }
    }
}
