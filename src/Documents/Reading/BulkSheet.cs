using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Aggregator.Forms;
using Aggregator.Submissions;

namespace Aggregator.Documents.Reading;

/// <summary>
/// A sheet with many units' figures: one row for each unit, one column for each cell path. Read as strictly as a submission's
/// JSON, whose reader has the last word on every row.
/// </summary>
public sealed partial class BulkSheet
{
    /// <summary>Most rows of one sheet; the largest county on record has some 110 units.</summary>
    public const int MaxRows = 500;

    /// <summary>Largest file, in bytes.</summary>
    public const int MaxFileBytes = 8 << 20;

    const int MaxErrors = 100;

    /// <summary>More than this may not fit a decimal exactly; <see cref="SubmissionReader"/> takes as many.</summary>
    const int MaxDigits = 24;

    readonly FrozenDictionary<string, int> columns;

    BulkSheet(Form form, FrozenDictionary<string, int> columns, ImmutableArray<BulkRow> rows)
    {
        this.columns = columns;
        Form = form;
        Rows = rows;
    }

    /// <summary>The form whose cells the columns are.</summary>
    public Form Form { get; }

    /// <summary>The rows that are not blank, in the sheet's order.</summary>
    public ImmutableArray<BulkRow> Rows { get; }

    /// <summary>Media types that are read.</summary>
    public static ImmutableArray<string> MediaTypes { get; } = [CsvSheet.MediaType, ExcelSheet.MediaType];

    /// <summary>
    /// Reads a file. Refusals: <c>empty_file</c>, <c>invalid_columns</c> (with one error for each column), <c>no_rows</c>,
    /// <c>too_many_rows</c>, and those of the file formats. What is wrong in a row is kept with the row.
    /// </summary>
    /// <param name="content">The file.</param>
    /// <param name="mediaType">One of <see cref="MediaTypes"/>.</param>
    /// <param name="expected">The year's form; the columns decide which one it is.</param>
    public static Outcome<BulkSheet> Read(ReadOnlyMemory<byte> content, string mediaType, Form expected)
    {
        if (content.IsEmpty)
        {
            return Refused("empty_file", "文件是空的；请下载批量报送模板，填好后上传。");
        }

        // The two heads, the rows, and one more to know that there are too many.
        const int MaxLines = MaxRows + 3;
        var read = mediaType == CsvSheet.MediaType ? CsvSheet.Read(content, MaxLines) : ExcelSheet.Read(content, MaxLines);
        if (!read.Is(out var lines, out var refusal))
        {
            return refusal;
        }

        if (lines is not [var head, .. var body])
        {
            return Refused("empty_file", "文件里没有内容；请下载批量报送模板，填好后上传。");
        }

        if (!ReadHead(head, body, expected, out var form).Is(out var columns, out refusal))
        {
            return refusal;
        }

        if (body is [var labels, ..] && labels[columns[BulkColumns.Unit]].Text == BulkColumns.UnitLabel)
        {
            body = body[1..];
        }

        return body.Count switch
        {
            0 => Refused("no_rows", "文件里只有表头，没有一行数据。"),
            > MaxRows => Refused("too_many_rows", $"数据超过 {MaxRows} 行；一个文件最多 {MaxRows} 个单位，请分开上传。"),
            _ => new BulkSheet(form, columns, ReadRows(form, columns, head.Cells.Length, body)),
        };
    }

    /// <summary>An error of a row with the column's name, and its place such as <c>F12</c>.</summary>
    public (RefusalError Error, string Cell) Locate(int row, RefusalError error)
    {
        var column = error.Path;
        foreach (var prefix in (ReadOnlySpan<string>)["$.figures.", "$.prose.", "$."])
        {
            if (column.StartsWith(prefix, StringComparison.Ordinal))
            {
                column = column[prefix.Length..];
                break;
            }
        }

        // A finding may be about the whole report, not one cell of it: then the row's head stands for it.
        var index = columns.GetValueOrDefault(column, columns[BulkColumns.Unit]);
        return (error with { Path = column }, SheetLine.Address(index, row));
    }

    static Refusal Refused(string code, string detail) => new(RefusalKind.Invalid, code, detail);

    static Outcome<FrozenDictionary<string, int>> ReadHead(SheetLine head, List<SheetLine> body, Form expected, out Form form)
    {
        string[] names = [.. head.Cells.Select(c => c.Text?.Trim() ?? "")];
        form = Form.All.OrderByDescending(f => names.Count(n => f.FindCell(n) is not null)).ThenByDescending(f => f == expected).First();
        var known = BulkColumns.Of(form).ToFrozenSet();
        var columns = new Dictionary<string, int>();
        var errors = new List<RefusalError>();
        for (var i = 0; i < names.Length; i++)
        {
            var address = SheetLine.Address(i, head.Row);
            if (names[i].Length == 0)
            {
                if (body.Find(l => !l[i].IsBlank) is { } line)
                {
                    errors.Add(new RefusalError(address, "unnamed_column", $"{address} 没有列名，而下面第 {line.Row} 行有内容"));
                }
            }
            else if (!known.Contains(names[i]))
            {
                errors.Add(new RefusalError(address, "unknown_column", $"{address}：{form.Code}年格式没有“{Shorten(names[i])}”这一列"));
            }
            else if (!columns.TryAdd(names[i], i))
            {
                errors.Add(new RefusalError(address, "duplicate_column", $"{address}：“{names[i]}”出现了两次，不知道以哪一列为准"));
            }
        }

        if (!columns.ContainsKey(BulkColumns.Unit))
        {
            return new Refusal(RefusalKind.Invalid, "invalid_columns",
                $"第 {head.Row} 行应为列名（{BulkColumns.Unit}、{form.Cells[0].Path} 等），没有找到 {BulkColumns.Unit} 列；请下载批量报送模板，不要改动第一行。",
                [new RefusalError(BulkColumns.Unit, "missing_column", $"缺少 {BulkColumns.Unit}（单位代码）列")]);
        }

        errors.AddRange(form.Cells.Where(c => !columns.ContainsKey(c.Path))
            .Select(c => new RefusalError(c.Path, "missing_column", $"缺少 {c.Path}（{c.Name}）列")));
        return errors.Count == 0
            ? columns.ToFrozenDictionary()
            : new Refusal(RefusalKind.Invalid, "invalid_columns", $"表头有 {errors.Count} 处不对，第一处：{errors[0].Detail}。请下载批量报送模板，不要改动第一行。",
                [.. errors.Take(MaxErrors)]);
    }

    static ImmutableArray<BulkRow> ReadRows(Form form, FrozenDictionary<string, int> columns, int width, List<SheetLine> lines)
    {
        var unitColumn = columns[BulkColumns.Unit];
        var places = lines.Where(l => !l[unitColumn].IsBlank).ToLookup(l => l[unitColumn].Text!, l => l.Row);
        return
        [
            .. lines.Select(line =>
            {
                var row = new RowReader(form, columns, line).Read(width);
                int[] others = [.. places[row.Unit].Where(r => r != line.Row)];
                return others.Length == 0 ? row : row with
                {
                    Submission = null,
                    Errors = [new RefusalError(BulkColumns.Unit, "duplicate_unit", $"“{row.Unit}”在第 {string.Join('、', others)} 行又出现，不知道以哪一行为准"), .. row.Errors],
                };
            }),
        ];
    }

    /// <summary>Reads one row.</summary>
    sealed class RowReader(Form form, FrozenDictionary<string, int> columns, SheetLine line)
    {
        readonly List<RefusalError> errors = [];

        public BulkRow Read(int width)
        {
            var unit = Text(BulkColumns.Unit) ?? "";
            var name = Text(BulkColumns.Name)?.Trim();

            // With one separator too many every figure stands in the wrong place, so nothing else is said about such a row.
            if (line.Cells.Length > width)
            {
                var address = SheetLine.Address(width, line.Row);
                return new BulkRow(line.Row, unit, name, null, [new RefusalError(BulkColumns.Unit, "too_many_fields",
                    $"这一行比表头多出 {line.Cells.Length - width} 列（从 {address} 起），后面的数可能都错了位；常见原因：数字里有千分位逗号，或文字里的逗号没有放在引号内")]);
            }

            string?[] prose = [.. form.Prose.Select(s => Text(s.Code))];
            var (publishedAt, publishedUrl, filedAt) = (Date(BulkColumns.PublishedAt), Text(BulkColumns.PublishedUrl), Text(BulkColumns.FiledAt));
            var figures = new decimal?[form.Cells.Length];
            foreach (var cell in form.Cells)
            {
                figures[cell.Index] = Number(cell);
            }

            if (unit.Length == 0)
            {
                Error(BulkColumns.Unit, "missing_unit", "缺少单位代码");
            }
            else if (errors.Count == 0 && Array.TrueForAll(figures, f => f is null) && Array.TrueForAll(prose, p => p is null))
            {
                Error(BulkColumns.Unit, "empty_row", "这一行没有填任何数字；单位尚未报来的，请删去这一行；确实全部为零的，请逐格填 0");
            }

            var body = SubmissionWriter.Write(unit, new Figures(form, figures), prose, publishedAt, publishedUrl, filedAt);
            if (!SubmissionReader.Read(body).Is(out var submission, out var refusal) && unit.Length > 0)
            {
                errors.AddRange(refusal.Errors.IsEmpty ? [new RefusalError(BulkColumns.Unit, refusal.Code, refusal.Detail.TrimEnd('。'))] : refusal.Errors);
            }

            return new BulkRow(line.Row, unit, name, errors.Count == 0 ? submission : null, [.. errors.Take(MaxErrors)]);
        }

        SheetCell Cell(string column) => columns.TryGetValue(column, out var index) ? line[index] : default;

        /// <summary>A text as it stands there; null for a blank one.</summary>
        string? Text(string column)
        {
            var cell = Cell(column);
            if (cell.Kind == SheetCellKind.Error)
            {
                Error(column, "excel_error", $"这一格是 Excel 的错误值“{Shorten(cell.Text!)}”");
                return null;
            }

            return cell.IsBlank ? null : cell.Text;
        }

        /// <summary>Excel turns what looks like a date into one, and writes it as 2022/1/20 when it saves a CSV file.</summary>
        string? Date(string column)
        {
            var text = Text(column);
            return text is not null && DateOnly.TryParseExact(text, "yyyy/M/d", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                : text;
        }

        decimal? Number(Cell of)
        {
            var cell = Cell(of.Path);
            if (Text(of.Path) is not { } text)
            {
                return null;
            }

            if (cell.Kind == SheetCellKind.Date)
            {
                Error(of.Path, "date_as_number", $"{of.Name}：这一格是日期“{Shorten(text)}”（Excel 会把“1-2”这样的内容变成日期），应为数字");
                return null;
            }

            if (!PlainNumber().IsMatch(text))
            {
                Error(of.Path, "not_a_number", $"{of.Name}：“{Shorten(text)}”不是数字{Hint(text)}");
                return null;
            }

            // What decimal would round is refused here, what is too large is refused by the reader of the body.
            if (text.Count(char.IsAsciiDigit) > MaxDigits)
            {
                Error(of.Path, "number_out_of_range", $"{of.Name}：“{Shorten(text)}”太大或位数太多，整数部分最多 15 位");
                return null;
            }

            return decimal.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        }

        void Error(string column, string code, string detail) => errors.Add(new RefusalError(column, code, detail));

        static string Hint(string text) => text switch
        {
            _ when text.Any(c => c is >= '０' and <= '９') => "，请改用半角数字",
            _ when text.Contains(',', StringComparison.Ordinal) || text.Contains('，', StringComparison.Ordinal) => "，请去掉千分位逗号",
            _ when text.Trim() is "/" or "\\" or "-" or "—" or "——" or "无" or "空" => "；没有的请填 0",
            _ when PlainNumber().IsMatch(text.Trim()) => "，请去掉前后的空格",
            _ when ScientificNumber().IsMatch(text) => "，请不要用科学记数法",
            _ => "，请只填数字，说明写在文字部分",
        };
    }

    static string Shorten(string text)
    {
        var shown = text.Length <= 40 ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[39]) ? 39 : 40), "…");
        return string.Concat(shown.Select(c => char.IsControl(c) ? '\uFFFD' : c));
    }

    [GeneratedRegex(@"^-?[0-9]+(\.[0-9]+)?\z")]
    private static partial Regex PlainNumber();

    [GeneratedRegex(@"^-?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+\z")]
    private static partial Regex ScientificNumber();
}
