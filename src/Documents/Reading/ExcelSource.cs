using System.Text.RegularExpressions;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Reads an Excel file that holds a report. Each run of lines without a blank one between them is a table; lines with a single
/// text before or after its cells are headings and paragraphs.
/// </summary>
static partial class ExcelSource
{
    const int MaxLines = 5000;

    /// <summary>Reads the workbook whose main part is given.</summary>
    public static SourceDocument Read(OfficePackage package, string main)
    {
        var draft = new SourceDraft();
        try
        {
            foreach (var sheet in ExcelSheet.ReadSheets(package, main, MaxLines + 1))
            {
                if (sheet.Lines.Count > MaxLines)
                {
                    throw UnreadableException.TooComplex($"的工作表超过 {MaxLines} 行");
                }

                AddSheet(draft, sheet);
            }
        }
        catch (UnreadableException e) when (e.Refusal.Code == "too_many_columns")
        {
            throw UnreadableException.TooComplex($"的工作表超过 {SheetLine.MaxColumns} 列");
        }

        return draft.Build(ExcelSheet.MediaType);
    }

    static void AddSheet(SourceDraft draft, SheetContent sheet)
    {
        var merged = sheet.Merges.Select(Merge.Parse).OfType<Merge>().ToLookup(m => m.Row);
        var fields = new List<List<SourceField>>();
        var covered = new Dictionary<int, List<Merge>>();
        var last = 0;
        foreach (var line in sheet.Lines)
        {
            if (line.Row > last + 1 && !covered.ContainsKey(line.Row - 1))
            {
                AddRun(draft, fields);
                covered.Clear();
            }

            foreach (var merge in merged.Where(m => m.Key > last && m.Key <= line.Row).SelectMany(m => m))
            {
                for (var row = merge.Row; row < merge.Row + Math.Min(merge.Height, MaxLines); row++)
                {
                    (covered.TryGetValue(row, out var list) ? list : covered[row] = []).Add(merge);
                }
            }

            fields.Add(FieldsOf(draft, line, covered.GetValueOrDefault(line.Row) ?? []));
            last = line.Row;
        }

        AddRun(draft, fields);
    }

    static List<SourceField> FieldsOf(SourceDraft draft, SheetLine line, List<Merge> merges)
    {
        var fields = new List<SourceField>();
        for (var column = 0; column < Math.Max(line.Cells.Length, merges.Select(m => m.Column + m.Width).DefaultIfEmpty().Max()); column++)
        {
            draft.Expect(0, column);
            if (merges.Find(m => m.Column <= column && column < m.Column + m.Width) is not { } merge)
            {
                fields.Add(new SourceField(line.Row, column, 1, 1, line[column].Text ?? ""));
            }
            else if ((merge.Row, merge.Column) == (line.Row, column))
            {
                fields.Add(new SourceField(line.Row, column, merge.Height, merge.Width, line[column].Text ?? ""));
            }
        }

        return fields;
    }

    static void AddRun(SourceDraft draft, List<List<SourceField>> lines)
    {
        var first = lines.FindIndex(l => !IsText(l));
        var end = lines.FindLastIndex(l => !IsText(l)) + 1;
        first = first < 0 ? lines.Count : first;
        AddParagraphs(draft, lines.Take(first));
        if (first < end)
        {
            // Blank lines within a merged cell are no lines here: rows are counted by the lines that there are.
            var rows = lines[first..end].Select(l => l.Select(f => f.Row).FirstOrDefault()).ToList();
            draft.AddTable(lines[first..end].SelectMany((line, i) => line.Select(f => f with
            {
                Row = i,
                RowSpan = Math.Max(1, rows.Count(r => r >= f.Row && r < f.Row + f.RowSpan)),
            })), null);
        }

        AddParagraphs(draft, lines.Skip(Math.Max(first, end)));
        lines.Clear();
    }

    static void AddParagraphs(SourceDraft draft, IEnumerable<List<SourceField>> lines)
    {
        foreach (var text in lines.SelectMany(l => l).SelectMany(f => f.Text.ReplaceLineEndings("\n").Split('\n')))
        {
            draft.AddParagraph(text, null);
        }
    }

    /// <summary>A line with nothing but one text, over one row.</summary>
    static bool IsText(List<SourceField> line) => line.Count(f => !string.IsNullOrWhiteSpace(f.Text)) <= 1 && line.TrueForAll(f => f.RowSpan == 1);

    /// <summary>Merged cells; row from 1 as in the sheet, column from 0.</summary>
    sealed partial record Merge(int Row, int Column, int Height, int Width)
    {
        public static Merge? Parse(string address)
        {
            var match = Address().Match(address);
            if (!match.Success)
            {
                return null;
            }

            var (left, top, right, bottom) = (ColumnOf(match.Groups[1].Value), Number(match.Groups[2].Value), ColumnOf(match.Groups[3].Value), Number(match.Groups[4].Value));
            return top > bottom || left > right || left >= SourceDraft.MaxColumns ? null : new Merge(top, left, bottom - top + 1, Math.Min(right + 1, SourceDraft.MaxColumns) - left);
        }

        static int Number(string digits) => int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);

        static int ColumnOf(string letters) => letters.Aggregate(0, (sum, letter) => (sum * 26) + letter - 'A' + 1) - 1;

        [GeneratedRegex("^([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})$")]
        private static partial Regex Address();
    }
}
