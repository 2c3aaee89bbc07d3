using Aggregator.Checks;
using Aggregator.Documents.Reading;
using Aggregator.Editions;
using Aggregator.Forms;
using Aggregator.Units;
using Aggregator.Years;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using ExcelCell = DocumentFormat.OpenXml.Spreadsheet.Cell;
using ExcelColumn = DocumentFormat.OpenXml.Spreadsheet.Column;
using ExcelRow = DocumentFormat.OpenXml.Spreadsheet.Row;
using FormCell = Aggregator.Forms.Cell;

namespace Aggregator.Documents.Writing;

/// <summary>
/// Writes a county report as a workbook: the statutory tables, every unit's numbers with the sums as formulas, who filed when, and
/// the findings. Numbers are numbers, exactly as they were added up; a missing one is blank or —, never 0.
/// </summary>
public static class ReportExcel
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = ExcelSheet.MediaType;

    // The statutory tables have 6, 10 and 15 columns; 30 narrow ones serve them all.
    const int GridColumns = 30;

    // Longer ones Excel calls damaged.
    const int MaxText = 32_000;

    /// <summary>The file.</summary>
    public static byte[] Write(CountyReport report)
    {
        using var bytes = new MemoryStream();
        using (var document = SpreadsheetDocument.Create(bytes, SpreadsheetDocumentType.Workbook))
        {
            var workbook = document.AddWorkbookPart();
            document.ChangeIdOfPart(workbook, "rId1");
            workbook.AddNewPart<WorkbookStylesPart>("rIdStyles").Stylesheet = Styles();
            Page[] pages = [Tables(report), Matrix(report), Roster(report), Findings(report), Adjustments(report)];
            var sheets = new Sheets();
            var names = new DefinedNames();
            foreach (var (page, i) in pages.Select((p, i) => (p, (uint)i)))
            {
                workbook.AddNewPart<WorksheetPart>($"rIdSheet{i + 1}").Worksheet = page.Worksheet();
                sheets.AppendChild(new Sheet { Id = $"rIdSheet{i + 1}", SheetId = i + 1, Name = page.Name });
                if (page.HeadRows > 0)
                {
                    var columns = page.HeadColumns > 0 ? $"'{page.Name}'!$A:${Letters(page.HeadColumns - 1)}," : "";
                    names.AppendChild(new DefinedName($"{columns}'{page.Name}'!$1:${page.HeadRows}") { Name = "_xlnm.Print_Titles", LocalSheetId = i });
                }
            }

            workbook.Workbook = new Workbook(sheets, names);
        }

        return Package.WithoutTime(bytes);
    }

    static Page Tables(CountyReport report)
    {
        var form = report.Figures.Form;
        var page = new Page("法定表格", [.. Enumerable.Repeat(3.4, GridColumns)], Landscape: false);
        page.Merged(page.NextRow(), 0, GridColumns, 1, Style.Title, report.Title);
        if (!report.Complete)
        {
            page.Merged(page.NextRow(), 0, GridColumns, 1, Style.Mark, $"{report.Label}，数据只反映已计入的单位");
        }

        foreach (var section in form.Sections.Where(s => !s.Tables.IsEmpty))
        {
            page.NextRow();
            page.Merged(page.NextRow(), 0, GridColumns, 1, Style.Heading, section.Heading);
            var grid = TableGrid.Of(form, section);
            var starts = Starts(grid);
            foreach (var block in grid.Blocks)
            {
                foreach (var fields in block.Rows)
                {
                    var row = page.NextRow(Height(fields, starts));
                    foreach (var field in fields)
                    {
                        var (left, width) = (starts[field.Column], starts[field.Column + field.ColumnSpan] - starts[field.Column]);
                        if (field.Cell is { } cell)
                        {
                            page.Merged(row, left, width, 1, Style.Number, report.Figures[cell]);
                        }
                        else
                        {
                            page.Merged(row, left, width, field.RowSpan, field.Kind == GridCellKind.Row ? Style.Label : Style.Head, field.Text);
                        }
                    }
                }
            }
        }

        return page;
    }

    /// <summary>At which narrow column each column of a grid begins: values are equally wide, groups narrow, row heads take the rest.</summary>
    static int[] Starts(TableGrid grid)
    {
        const int Group = 2, Value = 3, Only = 6;
        var values = grid.ColumnCount - grid.StubColumns;
        if (grid.StubColumns <= 1)
        {
            var stub = grid.StubColumns * Only;
            return [.. Enumerable.Repeat(0, grid.StubColumns), .. Enumerable.Range(0, values + 1).Select(i => stub + (i * (GridColumns - stub) / values))];
        }

        var first = GridColumns - (values * Value);
        return [.. Enumerable.Range(0, grid.StubColumns).Select(i => i * Group), .. Enumerable.Range(0, values + 1).Select(i => first + (i * Value))];
    }

    /// <summary>A row is as high as its longest text; what reaches down several rows has their height.</summary>
    static double Height(IEnumerable<GridCell> fields, int[] starts) =>
        15 * Math.Max(1, fields.Where(f => f.RowSpan == 1).Max(f => Math.Ceiling(f.Text.Length * 2 / ((starts[f.Column + f.ColumnSpan] - starts[f.Column]) * 3.4))));

    static Page Matrix(CountyReport report)
    {
        var cells = report.Figures.Form.Cells;
        const int Names = 2;
        var page = new Page("单位明细", [14, 24, .. cells.Select(_ => 9.0)], Landscape: true) { HeadRows = 4, HeadColumns = Names };
        var head = Enumerable.Range(0, 4).Select(i => page.NextRow(i == 2 ? 60 : 30)).ToArray();
        page.Merged(head[0], 0, 1, 4, Style.Head, "单位代码");
        page.Merged(head[0], 1, 1, 4, Style.Head, "单位名称");
        Spans(page, head[0], cells, c => c.Section.Heading);
        Spans(page, head[1], cells, c => (c.Section, c.RowName), c => c.RowName);
        foreach (var cell in cells)
        {
            page.Put(head[2], Names + cell.Index, Style.Head, cell.ColumnName);
            page.Put(head[3], Names + cell.Index, Style.Path, cell.Path);
        }

        var names = report.Units.Included.ToDictionary(u => u.Code, u => u.Name);
        var top = page.Rows + 1;
        foreach (var unit in report.Reports)
        {
            var row = page.NextRow();
            page.Put(row, 0, Style.Label, unit.Unit);
            page.Put(row, 1, Style.Label, names[unit.Unit]);
            foreach (var cell in cells)
            {
                page.Put(row, Names + cell.Index, Style.Number, unit.Figures[cell.Index]);
            }
        }

        var bottom = page.Rows;
        var adjustments = report.Adjustments.ToDictionary(a => a.Path, a => a.Delta);
        var computed = report.Figures.Form.Computed.GroupBy(b => b.Found[0]).ToDictionary(b => b.Key, b => b.Last().Expected);
        var (sums, changes, totals) = (page.NextRow(), page.NextRow(), page.NextRow());
        foreach (var (row, text) in ((int, string)[])[(sums, "各单位合计"), (changes, "主管部门更正"), (totals, $"全{Area.Of(report.Name)}合计")])
        {
            page.Merged(row, 0, Names, 1, Style.Head, text);
        }

        foreach (var cell in cells)
        {
            var column = Letters(Names + cell.Index);
            var sum = report.Reports.Aggregate((decimal?)null, (s, r) => r.Figures[cell.Index] is { } value ? (s ?? 0) + value : s);
            decimal? delta = adjustments.TryGetValue(cell.Path, out var adjusted) ? adjusted : null;
            page.Put(sums, Names + cell.Index, Style.Number, sum, sum is null ? null : $"SUM({column}{top}:{column}{bottom})");
            page.Put(changes, Names + cell.Index, Style.Number, delta);
            var formula = computed.TryGetValue(cell, out var parts)
                ? $"SUM({string.Join(',', parts.Select(p => $"{Letters(Names + p.Index)}{totals}"))})"
                : $"SUM({column}{sums}:{column}{changes})";
            page.Put(totals, Names + cell.Index, Style.Number, report.Figures[cell], report.Figures[cell] is null ? null : formula);
        }

        return page;
    }

    /// <summary>One head above neighbours that have something in common.</summary>
    static void Spans<T>(Page page, int row, IReadOnlyList<FormCell> cells, Func<FormCell, T> shared, Func<FormCell, string>? text = null)
        where T : notnull
    {
        for (var i = 0; i < cells.Count;)
        {
            var width = cells.Skip(i).TakeWhile(c => shared(c).Equals(shared(cells[i]))).Count();
            page.Merged(row, 2 + i, width, 1, Style.Head, text?.Invoke(cells[i]) ?? $"{shared(cells[i])}");
            i += width;
        }
    }

    static Page Roster(CountyReport report) => List("报送情况", [14, 24, 22, 14, 20, 14, 10, 10, 30],
        ["单位代码", "单位名称", "情况", "期限", "报送时间", "公布日期", "退回次数", "计入稿次", "说明"],
        report.Roster.Select(u => (object?[])
        [
            u.Code, u.Name, u.Standing, u.Status == "exempt" ? null : ChinaTime.Text(u.DueDate), u.FiledAt is { } at ? ChinaTime.Text(at) : null,
            u.PublishedAt is { } day ? ChinaTime.Text(day) : null, (decimal)u.Returned, (decimal?)u.Revision, u.Reason,
        ]));

    static Page Findings(CountyReport report)
    {
        var names = report.Units.Included.ToDictionary(u => u.Code, u => u.Name);
        IEnumerable<(string Code, string Name, Finding Finding)> findings =
        [
            .. report.Findings.Select(f => (report.County, $"全{Area.Of(report.Name)}合计", f)),
            .. report.Reports.SelectMany(r => r.Findings.Select(f => (r.Unit, names[r.Unit], f))),
        ];
        return List("校验问题", [14, 24, 8, 8, 50, 14, 14, 80], ["单位代码", "单位名称", "规则", "类别", "数据", "应为", "实为", "问题"],
            findings.Select(f => (object?[])
                [f.Code, f.Name, f.Finding.Rule, FindingText.Of(f.Finding.Severity), f.Finding.Label, f.Finding.Expected, f.Finding.Found, f.Finding.Message]));
    }

    static Page Adjustments(CountyReport report) => List("主管部门更正", [50, 60, 14, 60, 22], ["路径", "数据", "增减", "理由", "时间"],
        report.Adjustments.Select(a => (object?[])[a.Path, report.Figures.Form.FindCell(a.Path)!.Name, a.Delta, a.Reason, ChinaTime.Text(a.At)]));

    static Page List(string name, double[] widths, string[] heads, IEnumerable<object?[]> lines)
    {
        var page = new Page(name, widths, Landscape: true) { HeadRows = 1 };
        var head = page.NextRow();
        for (var i = 0; i < heads.Length; i++)
        {
            page.Put(head, i, Style.Head, heads[i]);
        }

        foreach (var line in lines)
        {
            var row = page.NextRow();
            for (var i = 0; i < line.Length; i++)
            {
                page.Put(row, i, line[i] is decimal ? Style.Number : Style.Label, line[i]);
            }
        }

        return page;
    }

    static string Letters(int column) => SheetLine.Address(column, 1)[..^1];

    /// <summary>A sheet while it is being filled.</summary>
    sealed record Page(string Name, double[] Widths, bool Landscape)
    {
        readonly List<(ExcelRow Row, SortedDictionary<int, ExcelCell> Cells)> rows = [];
        readonly List<(int Row, int Column, int Width, int Height, Style Style)> spans = [];

        /// <summary>Rows at the top that stay in sight and are repeated in print.</summary>
        public int HeadRows { get; init; }

        /// <summary>The same for columns at the left.</summary>
        public int HeadColumns { get; init; }

        public int Rows => rows.Count;

        /// <summary>Number of a new row, from 1.</summary>
        public int NextRow(double? height = null)
        {
            var row = new ExcelRow { RowIndex = (uint)Rows + 1 };
            if (height is not null)
            {
                (row.Height, row.CustomHeight) = (height, true);
            }

            rows.Add((row, []));
            return Rows;
        }

        /// <summary>A text, a number, or nothing; a number may be what a formula has given.</summary>
        public void Put(int row, int column, Style style, object? value, string? formula = null)
        {
            var cell = new ExcelCell { CellReference = SheetLine.Address(column, row), StyleIndex = (uint)style };
            if (value is decimal number)
            {
                cell.CellFormula = formula is null ? null : new CellFormula(formula);
                cell.CellValue = new CellValue(Forms.Figures.Text(number));
            }
            else if (value is string text)
            {
                cell.DataType = CellValues.InlineString;
                cell.InlineString = new InlineString(new Text(XmlText.Plain(text.Length > MaxText ? text[..MaxText] : text)) { Space = SpaceProcessingModeValues.Preserve });
            }

            rows[row - 1].Cells[column] = cell;
        }

        /// <summary>A field over several columns of a row and, once all rows are there, down several rows.</summary>
        public void Merged(int row, int column, int width, int height, Style style, object? value)
        {
            Put(row, column, style, value ?? (style == Style.Number ? "—" : null));
            if (width > 1 || height > 1)
            {
                spans.Add((row, column, width, height, style));
            }
        }

        public Worksheet Worksheet()
        {
            // Every field of a span has the border, or it ends halfway.
            foreach (var span in spans)
            {
                for (var i = 1; i < span.Width * span.Height; i++)
                {
                    Put(span.Row + (i / span.Width), span.Column + (i % span.Width), span.Style, null);
                }
            }

            foreach (var (row, cells) in rows)
            {
                row.Append(cells.Values);
            }

            var sheet = new Worksheet(new SheetProperties(new PageSetupProperties { FitToPage = true }), new SheetViews(View()),
                new Columns(Widths.Select((w, i) => new ExcelColumn { Min = (uint)i + 1, Max = (uint)i + 1, Width = w, CustomWidth = true })), new SheetData(rows.Select(r => r.Row)));
            if (spans.Count > 0)
            {
                sheet.AppendChild(new MergeCells(spans.Select(s => new MergeCell
                {
                    Reference = $"{SheetLine.Address(s.Column, s.Row)}:{SheetLine.Address(s.Column + s.Width - 1, s.Row + s.Height - 1)}",
                })));
            }

            sheet.Append(
                new PrintOptions { HorizontalCentered = true },
                new PageMargins { Left = 0.8, Right = 0.6, Top = 1, Bottom = 0.8, Header = 0.4, Footer = 0.4 },
                new PageSetup
                {
                    PaperSize = 9,
                    Orientation = Landscape ? OrientationValues.Landscape : OrientationValues.Portrait,
                    FitToWidth = HeadColumns > 0 ? 0u : 1u,
                    FitToHeight = HeadColumns > 0 || !Landscape ? 1u : 0u,
                },
                new HeaderFooter(new OddFooter("&C— &P —")));
            return sheet;
        }

        SheetView View()
        {
            var view = new SheetView { WorkbookViewId = 0, ShowGridLines = HeadRows > 0 };
            if (HeadRows > 0)
            {
                view.AppendChild(new Pane
                {
                    HorizontalSplit = HeadColumns > 0 ? HeadColumns : null,
                    VerticalSplit = HeadRows,
                    TopLeftCell = SheetLine.Address(HeadColumns, HeadRows + 1),
                    ActivePane = HeadColumns > 0 ? PaneValues.BottomRight : PaneValues.BottomLeft,
                    State = PaneStateValues.Frozen,
                });
            }

            return view;
        }
    }

    /// <summary>Cell formats by their place in the style sheet.</summary>
    enum Style
    {
        Plain,
        Title,
        Mark,
        Heading,
        Head,
        Label,
        Number,
        Path,
    }

    static Stylesheet Styles() => new(
        new Fonts(
            FontOf("宋体", 10), FontOf("方正小标宋简体", 18), FontOf("黑体", 11, "FFC00000"), FontOf("黑体", 12), FontOf("黑体", 10), FontOf("Times New Roman", 10), FontOf("宋体", 7, "FF7F7F7F")),
        new Fills(new Fill(new PatternFill { PatternType = PatternValues.None }), new Fill(new PatternFill { PatternType = PatternValues.Gray125 })),
        new Borders(new Border(), new Border(
            new LeftBorder { Style = BorderStyleValues.Thin }, new RightBorder { Style = BorderStyleValues.Thin },
            new TopBorder { Style = BorderStyleValues.Thin }, new BottomBorder { Style = BorderStyleValues.Thin }, new DiagonalBorder())),
        new CellStyleFormats(new CellFormat()),
        new CellFormats(
            new CellFormat(),
            Format(1, 0, HorizontalAlignmentValues.Center),
            Format(2, 0, HorizontalAlignmentValues.Center),
            Format(3, 0, HorizontalAlignmentValues.Left),
            Format(4, 1, HorizontalAlignmentValues.Center),
            Format(0, 1, HorizontalAlignmentValues.Left),
            Format(5, 1, HorizontalAlignmentValues.Center),
            Format(6, 1, HorizontalAlignmentValues.Center)));

    static Font FontOf(string name, double size, string? color = null)
    {
        var font = new Font(new FontSize { Val = size });
        if (color is not null)
        {
            font.AppendChild(new Color { Rgb = color });
        }

        font.AppendChild(new FontName { Val = name });
        return font;
    }

    static CellFormat Format(uint font, uint border, HorizontalAlignmentValues align) =>
        new(new Alignment { Horizontal = align, Vertical = VerticalAlignmentValues.Center, WrapText = true })
        {
            FontId = font,
            BorderId = border,
            ApplyFont = true,
            ApplyBorder = border > 0,
            ApplyAlignment = true,
        };
}
