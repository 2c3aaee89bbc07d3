using Aggregator.Documents.Writing;
using Aggregator.Editions;
using Aggregator.Forms;
using Aggregator.Testing;
using Aggregator.Totals;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using DocumentFormat.OpenXml.Wordprocessing;
using Paragraph = DocumentFormat.OpenXml.Wordprocessing.Paragraph;
using Table = DocumentFormat.OpenXml.Wordprocessing.Table;
using TableGrid = Aggregator.Forms.TableGrid;

namespace Aggregator.Documents.Tests.Writing;

public class ReportWordTests
{
    const string Golden = "tests/Documents.Tests/Writing/report-2021.txt";

    [Theory]
    [InlineData("2019", 5, 0)]
    [InlineData("2019", 3, 2)]
    [InlineData("2021", 40, 0)]
    [InlineData("2021", 7, 3)]
    [InlineData("2021", 0, 4)]
    public void Word_finds_nothing_to_repair(string form, int units, int missing)
    {
        for (var seed = 0; seed < 3; seed++)
        {
            using var document = Open(ReportWord.Write(SampleCounty.Random(form, units, seed, missing)));
            new OpenXmlValidator().Validate(document).Select(e => $"{e.Path?.XPath}: {e.Description}").ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task The_text_is_as_it_was_agreed()
    {
        using var document = Open(ReportWord.Write(Sample()));
        var actual = string.Concat(document.MainDocumentPart!.Document.Body!.Descendants<Paragraph>().Select(p => $"{p.InnerText}\n"));
        var golden = Path.Combine(Repository.Root, Golden);
        if (Environment.GetEnvironmentVariable("ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(golden, actual);
        }

        actual.ShouldBe(await File.ReadAllTextAsync(golden), "If it is meant, run this test once with ACCEPT=1 and commit the file.");
    }

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void The_statutory_tables_are_the_form_s_grids_with_the_county_s_figures(string code)
    {
        var report = SampleCounty.Random(code, 4, 11);
        using var document = Open(ReportWord.Write(report));
        Table[] tables = [.. document.MainDocumentPart!.Document.Body!.Elements<Table>()];
        var sections = report.Figures.Form.Sections.Where(s => !s.Tables.IsEmpty).ToArray();

        for (var i = 0; i < sections.Length; i++)
        {
            var grid = TableGrid.Of(report.Figures.Form, sections[i]);
            var top = 0;
            var expected = new List<(int Row, int Column, int Rows, int Columns, string Text)>();
            foreach (var block in grid.Blocks)
            {
                expected.AddRange(block.Rows.SelectMany(r => r).Select(f =>
                    (top + f.Row, f.Column, f.RowSpan, f.ColumnSpan, f.Cell is { } cell ? Figures.Text(report.Figures[cell]) : f.Text)));
                top += block.Rows.Length;
            }

            Fields(tables[i]).ShouldBe(expected, ignoreOrder: true);
            tables[i].Elements<TableRow>().ShouldAllBe(r => r.TableRowProperties!.Elements<CantSplit>().Any());
            var repeated = tables[i].Elements<TableRow>().Count(r => r.TableRowProperties!.Elements<TableHeader>().Any());
            repeated.ShouldBe(grid.Blocks is [var only] ? only.HeadRows : 0);
            tables[i].GetFirstChild<DocumentFormat.OpenXml.Wordprocessing.TableGrid>()!.Elements<GridColumn>().Sum(c => int.Parse(c.Width!)).ShouldBe(8844, "156 mm");
        }
    }

    [Fact]
    public void Pages_and_fonts_are_those_of_GB_T_9704()
    {
        using var document = Open(ReportWord.Write(Sample()));
        var main = document.MainDocumentPart!;
        var page = main.Document.Descendants<SectionProperties>().First();
        var (size, margin, grid) = (page.GetFirstChild<PageSize>()!, page.GetFirstChild<PageMargin>()!, page.GetFirstChild<DocGrid>()!);

        (size.Width!.Value, size.Height!.Value).ShouldBe((11906u, 16838u));
        (Millimetres(margin.Top!.Value), Millimetres((int)margin.Right!.Value), Millimetres(margin.Bottom!.Value), Millimetres((int)margin.Left!.Value)).ShouldBe((37, 26, 35, 28));
        ((16838 - margin.Top.Value - margin.Bottom.Value) / grid.LinePitch!.Value).ShouldBe(22, "lines on a page");
        var styles = main.StyleDefinitionsPart!.Styles!.Elements<Style>().ToDictionary(s => s.StyleId!.Value!, s => s.StyleRunProperties!);
        (Font(styles["GwTitle"]), Font(styles["GwHead"]), Font(styles["GwSubhead"]), Font(styles["Normal"]), Font(styles["GwPageNumber"])).ShouldBe(
            (("方正小标宋简体", "44"), ("黑体", "32"), ("楷体_GB2312", "32"), ("仿宋_GB2312", "32"), ("宋体", "28")));
        var pitch = 320 + styles["Normal"].GetFirstChild<Spacing>()!.Val!.Value;
        ((11906 - (int)margin.Left.Value - (int)margin.Right.Value) / pitch).ShouldBe(28, "characters on a line");
        main.StyleDefinitionsPart.Styles.Elements<Style>().First().StyleParagraphProperties!.SpacingBetweenLines!.Line!.Value.ShouldBe("560");
        main.FontTablePart!.Fonts.Elements<Font>().Select(f => f.Name!.Value).ShouldContain("仿宋_GB2312");
        main.FooterParts.Select(f => f.Footer.InnerText).ShouldAllBe(t => t == "— 1 —");
        main.DocumentSettingsPart!.Settings.Elements<EvenAndOddHeaders>().ShouldHaveSingleItem();
    }

    [Fact]
    public void Whose_words_a_paragraph_is_stands_in_a_comment()
    {
        using var document = Open(ReportWord.Write(Sample()));
        var main = document.MainDocumentPart!;

        var comments = main.WordprocessingCommentsPart!.Comments.Elements<Comment>().ToDictionary(c => c.Id!.Value!, c => c.InnerText);
        main.Document.Descendants<CommentReference>().Select(r => (comments[r.Id!], r.Ancestors<Paragraph>().Single().InnerText)).ShouldBe(
        [
            ("来源：马步乡（360922201），第2稿", "更新不及时。"), ("来源：马步乡（360922201），第2稿", "解读不多。"),
            ("来源：教育局（360922-edu），第2稿", "人手不足。"), ("来源：马步乡（360922201），第2稿", "收取信息处理费0元。"),
        ]);
        main.WordprocessingCommentsPart.Comments.Elements<Comment>().Select(c => c.Date is null).ShouldAllBe(none => none);
    }

    [Fact]
    public void Units_that_say_the_same_in_the_same_words_are_read_once()
    {
        var report = SampleCounty.Of("2021",
            SampleUnit.Filed("360922201", "马步乡") with { Problems = "人手不足。\n更新不及时。" },
            SampleUnit.Filed("360922202", "白水乡") with { Problems = "人手不足。" },
            SampleUnit.Filed("360922203", "三兴镇") with { Problems = "人手不足。\n更新不及时。" });
        using var document = Open(ReportWord.Write(report));

        var comments = document.MainDocumentPart!.WordprocessingCommentsPart!.Comments.Elements<Comment>().ToDictionary(c => c.Id!.Value!, c => c.InnerText);
        document.MainDocumentPart.Document.Descendants<CommentReference>().Select(r => (r.Ancestors<Paragraph>().Single().InnerText, comments[r.Id!]))
            .Where(p => p.InnerText.EndsWith('。') && p.InnerText is "人手不足。" or "更新不及时。").ShouldBe(
            [
                ("人手不足。", "来源：马步乡（360922201），第2稿；三兴镇（360922203），第2稿"), ("更新不及时。", "来源：马步乡（360922201），第2稿；三兴镇（360922203），第2稿"),
                ("人手不足。", "来源：白水乡（360922202），第2稿"),
            ]);
    }

    [Theory]
    [InlineData(1, 3004)]
    [InlineData(1_358_024_580, 2560)]
    public async Task Long_numbers_make_their_own_columns_wide_stay_in_one_line_and_leave_the_labels_room(long number, int label)
    {
        var report = SampleCounty.Of("2021", SampleUnit.Filed("360922201", "马步乡", Report.Zero("2021")
            .With("requests.received.naturalPerson", number).With("requests.received.total", number).With("review.litigationDirect.pending", number).Figures));
        using var document = Open(ReportWord.Write(report));
        Table[] tables = [.. document.MainDocumentPart!.Document.Body!.Elements<Table>()];

        int[] requests = Widths(tables[1]), review = Widths(tables[2]);
        requests.Sum().ShouldBe(8844);
        review.Sum().ShouldBe(8844);
        requests[2].ShouldBeGreaterThanOrEqualTo(label);
        foreach (var (widths, table) in new[] { (requests, tables[1]), (review, tables[2]) })
        {
            var size = table.Descendants<FontSize>().Select(s => double.Parse(s.Val!, System.Globalization.CultureInfo.InvariantCulture)).DefaultIfEmpty(21).Min();
            var longest = Fields(table).Where(f => f.Text.Length > 0 && f.Text.All(char.IsAsciiDigit)).ToList();
            longest.ShouldAllBe(f => f.Text.Length * size / 2 * 0.5 * 20 <= widths[f.Column] - 80, "a digit is half as wide as high");
        }

        var (pages, _) = await Poppler.ReadAsync((await LibreOffice.ConvertAsync(ReportWord.Write(report), "docx", "pdf", TestContext.Current.CancellationToken)).Value.ShouldNotBeNull());
        pages.ShouldBe(8, "the tables of requests are still on one page");

        static int[] Widths(Table table) => [.. table.GetFirstChild<DocumentFormat.OpenXml.Wordprocessing.TableGrid>()!.Elements<GridColumn>().Select(c => int.Parse(c.Width!, System.Globalization.CultureInfo.InvariantCulture))];
    }

    [Fact]
    public void An_incomplete_report_is_marked_on_every_page_and_at_its_head()
    {
        using var incomplete = Open(ReportWord.Write(Sample()));
        using var complete = Open(ReportWord.Write(SampleCounty.Random("2021", 2, 1)));

        incomplete.MainDocumentPart!.HeaderParts.ShouldHaveSingleItem().Header.InnerText.ShouldStartWith("未完整：2/3（");
        incomplete.MainDocumentPart.Document.InnerText.ShouldContain("【未完整：已报 2/3 个单位，");
        complete.MainDocumentPart!.HeaderParts.ShouldBeEmpty();
        complete.MainDocumentPart.Document.InnerText.ShouldNotContain("未完整");
    }

    [Fact]
    public void The_same_report_gives_the_same_bytes() =>
        ReportWord.Write(Sample()).ShouldBe(ReportWord.Write(Sample()));

    [Fact]
    public void What_no_XML_can_hold_is_left_out_of_every_file()
    {
        var unit = SampleUnit.Filed("360922201", "马步\u0001乡") with { Problems = "一\u000B二\uFFFE三\uD800四<b>&amp;", Rules = ["X\u0002"] };
        var report = SampleCounty.Of("2021", unit) with { Title = "万载县\u00032021年报告" };

        foreach (var format in FileFormats.Report)
        {
            Should.NotThrow(() => format.Write(report), format.Extension);
        }

        Infographic.Write(report, wide: true).ShouldNotBeEmpty();
        using var document = Open(ReportWord.Write(report));
        document.MainDocumentPart!.Document.InnerText.ShouldContain("一二三\uFFFD四<b>&amp;");
    }

    [Theory]
    [InlineData("topics")]
    [InlineData("reports")]
    [InlineData("adjustments")]
    [InlineData("lastYear")]
    public void An_edition_that_was_frozen_before_a_member_was_added_is_still_written_in_every_format(string member)
    {
        var options = new System.Text.Json.JsonSerializerOptions(System.Text.Json.JsonSerializerDefaults.Web);
        var stored = System.Text.Json.JsonSerializer.SerializeToNode(Sample(), options)!.AsObject();
        stored.Remove(member).ShouldBeTrue();

        var report = System.Text.Json.JsonSerializer.Deserialize<CountyReport>(stored, options)!;

        foreach (var format in FileFormats.Report)
        {
            format.Write(report).ShouldNotBeEmpty(format.Extension);
        }

        Infographic.Write(report, wide: false).ShouldNotBeEmpty();
    }

    [Fact]
    public void A_large_county_takes_little_memory()
    {
        var report = SampleCounty.Random("2021", 110, 5);
        ReportWord.Write(report);
        var before = GC.GetAllocatedBytesForCurrentThread();

        ReportWord.Write(report);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000_000);
    }

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public async Task LibreOffice_makes_a_PDF_with_the_same_figures(string code)
    {
        var report = SampleCounty.Random(code, 6, 3);

        var pdf = (await LibreOffice.ConvertAsync(ReportWord.Write(report), "docx", "pdf", TestContext.Current.CancellationToken)).Value.ShouldNotBeNull();

        var (pages, text) = await Poppler.ReadAsync(pdf);
        pages.ShouldBeInRange(11, 13);
        text.ShouldContain("三、收到和处理政府信息公开申请情况");
        var numbers = text.Split([' ', '\n', '\f', '\r'], StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        report.Figures.Form.Cells.Select(c => Figures.Text(report.Figures[c])).Where(f => !numbers.Contains(f)).ShouldBeEmpty();
    }

    internal static CountyReport Sample() => SampleCounty.Of("2021", null,
        [new Adjustment("disclosure.penalties.decisions", -2, "联合发文重复统计", 1, "key", new DateTimeOffset(2022, 2, 9, 0, 0, 0, TimeSpan.Zero))],
        SampleUnit.Filed("360922201", "马步乡", RealReports.Hongze2024.Figures) with
        {
            Overview = "主动公开方面，发布80条。平台建设方面，建成专栏。",
            Problems = "更新不及时。\n解读不多。",
            Other = "收取信息处理费0元。",
            Rules = ["X1"],
        },
        SampleUnit.Filed("360922-edu", "教育局", RealReports.Geshan2021.Figures) with { Late = true },
        SampleUnit.Missing("360922202", "白水乡") with { Late = true },
        SampleUnit.Missing("360922299", "园区管委会") with { Status = "exempt", Reason = "当年新设" });

    static WordprocessingDocument Open(byte[] bytes) => WordprocessingDocument.Open(new MemoryStream(bytes), false);

    static int Millimetres(int twips) => (int)Math.Round(twips / 56.6929);

    static (string?, string?) Font(StyleRunProperties run) => (run.RunFonts!.EastAsia!.Value, run.FontSize!.Val!.Value);

    /// <summary>The fields of a Word table with the rows and columns that they reach over.</summary>
    static List<(int Row, int Column, int Rows, int Columns, string Text)> Fields(Table table)
    {
        var fields = new List<(int Row, int Column, int Rows, int Columns, string Text)>();
        foreach (var (row, y) in table.Elements<TableRow>().Select((r, i) => (r, i)))
        {
            var x = 0;
            foreach (var cell in row.Elements<TableCell>())
            {
                var width = cell.TableCellProperties!.GridSpan?.Val?.Value ?? 1;
                if (cell.TableCellProperties.VerticalMerge is { } merge && merge.Val! == MergedCellValues.Continue)
                {
                    var above = fields.FindLastIndex(f => f.Column == x);
                    fields[above] = fields[above] with { Rows = fields[above].Rows + 1 };
                }
                else
                {
                    fields.Add((y, x, 1, width, cell.InnerText));
                }

                x += width;
            }
        }

        return fields;
    }
}
