using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Aggregator.Documents.Reading;

/// <summary>A text or a table on its way into a <see cref="SourceDocument"/>.</summary>
abstract record DraftBlock;

/// <summary>A text; line breaks in it as <c>\n</c>.</summary>
sealed record DraftText(string Text) : DraftBlock;

/// <summary>A table whose cells may hold tables.</summary>
sealed record DraftTable(List<DraftCell> Cells) : DraftBlock;

/// <summary>A cell. Its height grows while the rows below are read.</summary>
sealed class DraftCell(int row, int column, int columnSpan, List<DraftBlock> blocks)
{
    public int Row => row;

    public int Column => column;

    public int RowSpan { get; set; } = 1;

    public int ColumnSpan { get; set; } = columnSpan;

    public List<DraftBlock> Blocks => blocks;
}

/// <summary>
/// Makes a <see cref="SourceDocument"/>: says where each block stands, dissolves tables that only lay out the page, and holds
/// everything within what a report can need.
/// </summary>
sealed class SourceDraft
{
    /// <summary>More columns than any table of a report has.</summary>
    public const int MaxColumns = 300;

    const int MaxRows = 5000;
    const int MaxBlocks = 20_000;
    const int MaxCells = 50_000;
    const int MaxCharacters = 2_000_000;

    readonly ImmutableArray<SourceBlock>.Builder blocks = ImmutableArray.CreateBuilder<SourceBlock>();
    int paragraphs;
    int tables;
    int cells;
    int characters;

    /// <summary>Counts a cell before it is made.</summary>
    public void Expect(int row, int column)
    {
        if (++cells > MaxCells || row >= MaxRows || column >= MaxColumns)
        {
            throw UnreadableException.TooComplex($"里的表格过大（最多 {MaxRows} 行、{MaxColumns} 列，共 {MaxCells} 格）");
        }
    }

    /// <summary>Adds texts and tables in reading order.</summary>
    public void Add(IEnumerable<DraftBlock> drafts)
    {
        foreach (var draft in drafts)
        {
            switch (draft)
            {
                case DraftText text:
                    foreach (var line in text.Text.Split('\n'))
                    {
                        AddParagraph(line, null);
                    }

                    break;
                case DraftTable table when table.Cells.Count == 1 || table.Cells.Exists(c => c.Blocks.Exists(b => b is DraftTable)):
                    foreach (var cell in table.Cells)
                    {
                        Add(cell.Blocks);
                    }

                    break;
                case DraftTable table:
                    AddTable(table.Cells.Select(c => new SourceField(c.Row, c.Column, c.RowSpan, c.ColumnSpan,
                        string.Join('\n', c.Blocks.Cast<DraftText>().Select(b => b.Text)))), null);
                    break;
            }
        }
    }

    /// <summary>Adds a paragraph, unless it is blank.</summary>
    public void AddParagraph(string text, string? where)
    {
        text = Clean(text);
        if (!string.IsNullOrWhiteSpace(text))
        {
            paragraphs++;
            Add(new SourceParagraph(text, where ?? string.Create(CultureInfo.InvariantCulture, $"第{paragraphs}段")));
        }
    }

    /// <summary>Adds a line as it stands; blank ones count.</summary>
    public void AddLine(string text)
    {
        paragraphs++;
        Add(new SourceParagraph(Clean(text), string.Create(CultureInfo.InvariantCulture, $"第{paragraphs}行")));
    }

    /// <summary>Adds a table, unless all of it is blank.</summary>
    public void AddTable(IEnumerable<SourceField> fields, string? where)
    {
        ImmutableArray<SourceField> cleaned = [.. fields.Select(f => f with { Text = Clean(f.Text).Trim('\n') }).OrderBy(f => f.Row).ThenBy(f => f.Column)];
        if (cleaned.Any(f => !string.IsNullOrWhiteSpace(f.Text)))
        {
            tables++;
            Add(new SourceTable(cleaned, where ?? string.Create(CultureInfo.InvariantCulture, $"第{tables}个表格")));
        }
    }

    /// <summary>The document.</summary>
    public SourceDocument Build(string mediaType) => new(mediaType, blocks.ToImmutable());

    void Add(SourceBlock block)
    {
        blocks.Add(block);
        if (blocks.Count > MaxBlocks)
        {
            throw UnreadableException.TooComplex($"超过 {MaxBlocks} 段");
        }
    }

    /// <summary>Without what cannot be seen: soft hyphens, zero-width and control characters.</summary>
    string Clean(string text)
    {
        characters += text.Length;
        if (characters > MaxCharacters)
        {
            throw UnreadableException.TooComplex($"的文字超过 {MaxCharacters} 字");
        }

        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') || !text.Any(IsInvisible))
        {
            return text;
        }

        var seen = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!IsInvisible(c))
            {
                seen.Append(c);
            }
        }

        return seen.ToString();
    }

    static bool IsInvisible(char c) => c is (< ' ' and not ('\t' or '\n')) or '\u007F' or '\u00AD' or (>= '\u200B' and <= '\u200F') or '\u2060' or '\uFEFF';
}
