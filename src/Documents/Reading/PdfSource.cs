using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Reads the text layer of a PDF file by <c>pdftotext</c>, and the lines of its tables by <c>pdftocairo</c>: what stands between
/// ruled lines is a field, everything else is lines of text that are joined into paragraphs.
/// </summary>
static partial class PdfSource
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "application/pdf";

    const int MaxPages = 100;
    const int MaxWords = 50_000;

    /// <summary>Part of a page's height, at its top and bottom, where page numbers and running heads stand.</summary>
    const double Margin = 0.12;

    /// <summary>What Word leaves at both sides of a field's text, in points.</summary>
    const double Padding = 11.5;

    static readonly ProcessLimits textLimits = new(TimeSpan.FromSeconds(20), ProcessorSeconds: 1, MemoryBytes: 192 << 20, FileBytes: 1 << 20, OutputBytes: 8 << 20);
    static readonly ProcessLimits drawingLimits = textLimits with { ProcessorSeconds = 2, OutputBytes = 16 << 20 };

    /// <summary>Reads a file. Refusals: <c>pdf_reader_missing</c>, <c>no_text_layer</c>, <c>encrypted_file</c>, <c>damaged_file</c>, <c>file_too_complex</c>.</summary>
    public static async Task<Outcome<SourceDocument>> ReadAsync(ReadOnlyMemory<byte> content, CancellationToken token)
    {
        if (ChildProcess.Find("pdftotext") is not { } pdftotext || ChildProcess.Find("pdftocairo") is not { } pdftocairo)
        {
            return new Refusal(RefusalKind.Unavailable, "pdf_reader_missing",
                "读取 PDF 需要 poppler-utils，这台服务器上没有安装；请管理员运行 apt install poppler-utils，或者改传 Word 文件。");
        }

        return await ChildProcess.InFolderAsync<Outcome<SourceDocument>>(async folder =>
        {
            var file = Path.Combine(folder, "in.pdf");
            await File.WriteAllBytesAsync(file, content, token);
            string[] pages = ["-l", (MaxPages + 1).ToString(CultureInfo.InvariantCulture)];
            using var unneeded = CancellationTokenSource.CreateLinkedTokenSource(token);
            var drawing = ChildProcess.RunAsync(pdftocairo, [.. pages, "-svg", "-origpagesizes", file, "-"], folder, drawingLimits, unneeded.Token);
            try
            {
                if (!ReadText(await ChildProcess.RunAsync(pdftotext, [.. pages, "-tsv", "-enc", "UTF-8", file, "-"], folder, textLimits, token)).Is(out var read, out var refusal))
                {
                    return refusal;
                }

                // Without the drawing, which a page full of pictures may make too large, the words' places tell the columns.
                return (await drawing) is { ExitCode: 0, Output: var svg } ? Read(read, PdfRulings.Read(svg)) : Read(read, []);
            }
            finally
            {
                await unneeded.CancelAsync();
                await drawing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }, token);
    }

    static Outcome<List<PdfPage>> ReadText(ProcessResult text)
    {
        if (text.Errors.Contains("Incorrect password", StringComparison.Ordinal))
        {
            throw UnreadableException.Encrypted();
        }

        if (text.ExitCode != 0)
        {
            throw text.ExitCode is > 0 and < 128 ? UnreadableException.Damaged() : UnreadableException.TooComplex($"里的 PDF 页面过于复杂");
        }

        var read = ReadWords(Encoding.UTF8.GetString(text.Output));
        if (read.Count > MaxPages || read.Sum(p => p.Words.Count) > MaxWords)
        {
            throw UnreadableException.TooComplex($"超过 {MaxPages} 页或者 {MaxWords} 词");
        }

        if (!read.Exists(p => p.Words.Count > 0))
        {
            return new Refusal(RefusalKind.Invalid, "no_text_layer",
                "这份 PDF 里只有图片，没有文字（多半是扫描件），无法读取；请上传 Word 文件，或者由 Word 直接另存的 PDF。");
        }

        return read;
    }

    static List<PdfPage> ReadWords(string tsv)
    {
        var pages = new List<PdfPage>();
        foreach (var line in tsv.Split('\n').Skip(1))
        {
            var parts = line.Split('\t');
            if (parts.Length < 12 || !double.TryParse(parts[6], CultureInfo.InvariantCulture, out var left) || !double.TryParse(parts[7], CultureInfo.InvariantCulture, out var top)
                || !double.TryParse(parts[8], CultureInfo.InvariantCulture, out var width) || !double.TryParse(parts[9], CultureInfo.InvariantCulture, out var height))
            {
                continue;
            }

            if (parts[0] == "1")
            {
                pages.Add(new PdfPage(width, height, []));
            }
            else if (parts[0] == "5" && pages.Count > 0 && !string.IsNullOrWhiteSpace(parts[11]))
            {
                pages[^1].Words.Add(new PdfWord(left, top, left + width, top + height, parts[11]));
            }
        }

        return pages;
    }

    static SourceDocument Read(List<PdfPage> pages, List<List<Ruling>> rulings)
    {
        var draft = new SourceDraft();
        var layouts = pages.Select((page, i) => Layout(page, i < rulings.Count ? rulings[i] : [])).ToList();
        DropRunningHeads(pages, layouts);
        JoinTables(layouts);
        var body = layouts.SelectMany(l => l).OfType<PdfLine>().ToList();
        var (left, right) = body.Count == 0 ? (0, 0) : (Edge([.. body.Select(l => l.Left)], 0.05), Edge([.. body.Select(l => l.Right)], 0.95));
        var paragraph = new StringBuilder();
        PdfLine? last = null;
        var where = "";
        void End()
        {
            draft.AddParagraph(paragraph.ToString(), where);
            paragraph.Clear();
            last = null;
        }

        for (var page = 0; page < layouts.Count; page++)
        {
            var here = string.Create(CultureInfo.InvariantCulture, $"第{page + 1}页");
            var tables = 0;
            foreach (var item in layouts[page])
            {
                if (item is PdfLine line)
                {
                    if (last is null || !GoesOn(last, line, left, right))
                    {
                        End();
                        where = here;
                    }

                    paragraph.Append(Glue(paragraph.Length > 0 ? paragraph[^1] : ' ', line.Text[0])).Append(line.Text);
                    last = line;
                }
                else if (item is PdfTable table)
                {
                    End();
                    draft.AddTable(table.Texts.Select(t => new SourceField(t.Field.Row, t.Field.Column, t.Field.RowSpan, t.Field.ColumnSpan, t.Text)), string.Create(CultureInfo.InvariantCulture, $"{here}第{++tables}个表格"));
                }
            }
        }

        End();
        return draft.Build(MediaType);
    }

    /// <summary>Tables and lines of text of a page, from top to bottom.</summary>
    static List<PdfItem> Layout(PdfPage page, List<Ruling> rulings)
    {
        var grids = PdfGrid.Find(rulings);
        var within = grids.ToDictionary(g => g, _ => new List<PdfWord>());
        var outside = new List<PdfWord>();
        foreach (var word in page.Words)
        {
            // Of a table in a table's field the inner one counts.
            var grid = grids.LastOrDefault(g => g.Contains(word.Centre, word.Middle));
            // A long word may begin in a table and end beside it.
            foreach (var piece in grid is null ? [word] : Split(word, grid.Bars(word.Middle)))
            {
                (grid?.Contains(piece.Centre, piece.Middle) == true ? within[grid] : outside).Add(piece);
            }
        }

        var items = new List<PdfItem>(Lines(outside).Select(words => LineOf(words)));
        foreach (var (grid, words) in within.Where(g => g.Value.Count > 0))
        {
            if (grid.Fields.Count > 1)
            {
                var texts = words.ToLookup(w => grid.At(w.Centre, w.Middle));
                items.Add(new PdfTable(grid.Top, grid.Columns, [.. grid.Fields.Select(f => TextOf(f, [.. Lines(texts[f]).Select(l => LineOf(l))], grid.WidthOf(f)))]));
            }
            else
            {
                items.AddRange(Lines(words).Select(l => LineOf(l)));
            }
        }

        return [.. items.OrderBy(i => i.Top)];
    }

    /// <summary>A line that fills its field goes on in the next one, also within a number; others end there.</summary>
    static PdfText TextOf(PdfField field, List<PdfLine> lines, double width)
    {
        var text = new StringBuilder();
        var isFull = false;
        foreach (var line in lines)
        {
            text.Append(text.Length == 0 ? "" : !isFull ? "\n" : char.IsAsciiDigit(text[^1]) ? "" : Glue(text[^1], line.Text[0])).Append(line.Text);
            isFull = line.Right - line.Left + ((line.Right - line.Left) / line.Text.Length) > width - Padding;
        }

        return new PdfText(field, text.ToString(), isFull);
    }

    /// <summary>
    /// A table that goes on at the top of the next page with the same columns is one table, unless its head is repeated there, which
    /// makes it readable by itself. A row that the page break cuts becomes one row again.
    /// </summary>
    static void JoinTables(List<List<PdfItem>> layouts)
    {
        List<PdfItem>? before = null;
        foreach (var items in layouts.Where(l => l.Count > 0))
        {
            if (before?[^1] is PdfTable open && items[0] is PdfTable next && !open.HasHeadOf(next) && open.Join(next) is { } joined)
            {
                before[^1] = joined;
                items.RemoveAt(0);
            }

            before = items.Count == 0 ? before : items;
        }
    }

    /// <summary>Words of one height on the page, each line from left to right.</summary>
    static IEnumerable<List<PdfWord>> Lines(IEnumerable<PdfWord> words)
    {
        var line = new List<PdfWord>();
        var middle = 0.0;
        foreach (var word in words.OrderBy(w => w.Middle))
        {
            if (line.Count > 0 && word.Middle - middle > Math.Min(word.Height, line[^1].Height) / 2)
            {
                yield return [.. line.OrderBy(w => w.Left)];
                line.Clear();
            }

            line.Add(word);
            middle = line.Average(w => w.Middle);
        }

        if (line.Count > 0)
        {
            yield return [.. line.OrderBy(w => w.Left)];
        }
    }

    /// <summary>A gap of two characters is one between columns.</summary>
    static PdfLine LineOf(List<PdfWord> words)
    {
        var text = new StringBuilder(words[0].Text);
        for (var i = 1; i < words.Count; i++)
        {
            var gap = words[i].Left - words[i - 1].Right;
            text.Append(gap > 1.6 * words[i].Height ? "\t" : gap > 0.1 * words[i].Height ? Glue(text[^1], words[i].Text[0]) : "").Append(words[i].Text);
        }

        return new PdfLine(words.Min(w => w.Top), words[0].Left, words[^1].Right, words.Max(w => w.Height), text.ToString());
    }

    /// <summary>A word that runs across a line of the table is the words of two fields.</summary>
    static List<PdfWord> Split(PdfWord word, IEnumerable<double> bars)
    {
        var crossed = bars.Where(b => b > word.Left + 1 && b < word.Right - 1).ToList();
        if (crossed.Count == 0)
        {
            return [word];
        }

        var total = word.Text.Sum(Width);
        var position = 0.0;
        return word.Text.Select(c =>
            {
                var at = word.Left + ((word.Right - word.Left) * (position + (Width(c) / 2)) / total);
                position += Width(c);
                return (c, At: at);
            })
            .GroupBy(c => crossed.Count(b => b < c.At))
            .Select(g => new PdfWord(g.First().At - 0.5, word.Top, g.Last().At + 0.5, word.Bottom, string.Concat(g.Select(c => c.c)))).ToList();
    }

    static double Width(char c) => c < '\u2E80' ? 0.5 : 1;

    static string Glue(char before, char after) => char.IsAsciiLetterOrDigit(before) && char.IsAsciiLetterOrDigit(after) ? " " : "";

    /// <summary>
    /// A line that about fills the page goes on in the next one, unless that is indented, of another size, or begins as headings do.
    /// Numbers and Latin words are not broken, so that a full line may end some characters early.
    /// </summary>
    static bool GoesOn(PdfLine line, PdfLine next, double left, double right)
    {
        var em = next.Height * 0.7;
        return line.Right > right - (4 * em) && next.Left < left + em && Math.Abs(line.Height - next.Height) < 0.2 * line.Height
            && !line.Text.Contains('\t', StringComparison.Ordinal) && !next.Text.Contains('\t', StringComparison.Ordinal)
            && !Heading().IsMatch(next.Text);
    }

    static double Edge(List<double> positions, double share)
    {
        positions.Sort();
        return positions[(int)((positions.Count - 1) * share)];
    }

    /// <summary>Page numbers, and lines at the edge of the page that come on several pages.</summary>
    static void DropRunningHeads(List<PdfPage> pages, List<List<PdfItem>> layouts)
    {
        bool AtEdge(PdfLine line, int page) => line.Top < pages[page].Height * Margin || line.Top > pages[page].Height * (1 - Margin);
        var repeated = layouts.SelectMany((items, page) => items.OfType<PdfLine>().Where(l => AtEdge(l, page)).Select(l => Digits().Replace(l.Text, "0")).Distinct())
            .CountBy(text => text).Where(t => t.Value >= 2 && t.Value > pages.Count / 2).Select(t => t.Key).ToHashSet();
        for (var page = 0; page < layouts.Count; page++)
        {
            var at = page;
            layouts[page].RemoveAll(i => i is PdfLine line && AtEdge(line, at)
                && (PageNumber().IsMatch(line.Text) || (repeated.Contains(Digits().Replace(line.Text, "0")) && line == EdgeLine(layouts[at], line, pages[at].Height))));
        }
    }

    /// <summary>The first or last line of the page, whichever edge a line is at.</summary>
    static PdfItem? EdgeLine(List<PdfItem> items, PdfLine line, double height) => line.Top < height / 2 ? items.FirstOrDefault() : items.LastOrDefault();

    [GeneratedRegex(@"^[\s\-—–－―─·•.]*(第?\s*\d{1,3}\s*页?(\s*[/／，,共]+\s*\d{1,3}\s*页?)?)[\s\-—–－―─·•.]*$")]
    private static partial Regex PageNumber();

    [GeneratedRegex("^[（(]?[一二三四五六七八九十]+[）)、.．]")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^([（(]?[一二三四五六七八九十]+[）)、.．]|\d{1,2}[.．、])")]
    private static partial Regex Enumeration();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();

    sealed record PdfPage(double Width, double Height, List<PdfWord> Words);

    abstract record PdfItem(double Top);

    sealed record PdfLine(double Top, double Left, double Right, double Height, string Text) : PdfItem(Top);

    /// <summary>What stands in a field, and whether its last line fills it.</summary>
    sealed record PdfText(PdfField Field, string Text, bool IsFull)
    {
        public bool GoesOnIn(PdfText below) => IsFull && below.Text.Length > 0 && !Enumeration().IsMatch(below.Text);

        public bool HasDigit => Text.Any(char.IsAsciiDigit);
    }

    sealed record PdfTable(double Top, IReadOnlyList<double> Columns, List<PdfText> Texts) : PdfItem(Top)
    {
        int Height => Texts.Max(t => t.Field.Row + t.Field.RowSpan);

        public bool HasHeadOf(PdfTable other) => Head.SequenceEqual(other.Head);

        IEnumerable<string> Head => Texts.Where(t => t.Field.Row == 0).OrderBy(t => t.Field.Column).Select(t => t.Text);

        /// <summary>This table with the one at the top of the next page below it, or null if that one has other columns.</summary>
        public PdfTable? Join(PdfTable next)
        {
            var finer = Columns.Count >= next.Columns.Count ? Columns : next.Columns;
            if (OnColumns(finer) is not { } upper || next.OnColumns(finer) is not { } lower)
            {
                return null;
            }

            var height = Height;
            var cut = lower.Where(t => t.Field.Row == 0)
                .Select(t => (Below: t, At: upper.FindIndex(a => a.Field.Row + a.Field.RowSpan == height && (a.Field.Column, a.Field.ColumnSpan) == (t.Field.Column, t.Field.ColumnSpan)))).ToList();
            var isRowCut = cut.Exists(c => c.Below.Text.Length > 0) && cut.TrueForAll(c => c.Below.Text.Length == 0 || (c.At >= 0 && upper[c.At].GoesOnIn(c.Below)));

            // Of a head, some fields reach over the page break and others end there.
            var isHeadCut = !isRowCut && !cut.Exists(c => c.Below.HasDigit)
                && cut.Exists(c => c.At >= 0 && !upper[c.At].HasDigit && upper[c.At].GoesOnIn(c.Below));
            foreach (var (below, at) in cut.Where(c => c.At >= 0))
            {
                var above = upper[at];
                if (isRowCut || (isHeadCut && !above.HasDigit && (below.Text.Length == 0 || above.GoesOnIn(below))))
                {
                    upper[at] = above with
                    {
                        Field = above.Field with { RowSpan = above.Field.RowSpan + below.Field.RowSpan - (isRowCut ? 1 : 0) },
                        Text = above.Text + below.Text,
                        IsFull = below.IsFull,
                    };
                    lower.Remove(below);
                }
            }

            var shift = height - (isRowCut ? 1 : 0);
            return new PdfTable(Top, finer, [.. upper, .. lower.Where(t => !isRowCut || t.Field.Row > 0).Select(t => t with { Field = t.Field with { Row = t.Field.Row + shift } })]);
        }

        List<PdfText>? OnColumns(IReadOnlyList<double> finer)
        {
            int[] at = [.. Columns.Select(c => Enumerable.Range(0, finer.Count).FirstOrDefault(i => Math.Abs(finer[i] - c) < 3, -1))];
            return at[0] != 0 || at[^1] != finer.Count - 1 || at.Contains(-1) ? null
                : [.. Texts.Select(t => t with { Field = t.Field with { Column = at[t.Field.Column], ColumnSpan = at[t.Field.Column + t.Field.ColumnSpan] - at[t.Field.Column] } })];
        }
    }
}
