using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Aggregator.Documents.Writing;

/// <summary>
/// A Word document in the layout of GB/T 9704—2012: A4, margins 37/26/35/28 mm, 22 lines of 28 characters, line pitch 28 pt, and
/// the fonts by which an office knows its own. They are named even where they are not installed; the font table says what may
/// stand in for them.
/// </summary>
sealed class OfficialPaper
{
    /// <summary>Width of the text in twentieths of a point: 156 mm.</summary>
    public const int TextWidth = 8844;

    /// <summary>Width of the text of a landscape page: 225 mm.</summary>
    public const int LandscapeWidth = 12756;

    /// <summary>Fonts of titles, first-level heads, second-level heads, body and page numbers.</summary>
    public const string TitleFont = "方正小标宋简体", HeadFont = "黑体", SubheadFont = "楷体_GB2312", BodyFont = "仿宋_GB2312", NumberFont = "宋体";

    const string LatinFont = "Times New Roman";
    const string Author = "政府信息公开年度报告汇总系统";

    // Twentieths of a point.
    const int LinePitch = 560;

    // 28 characters of 16 pt are 2 mm wider than a line. A grid of characters would close them up in Word, but LibreOffice gives a
    // character that is wider than a field of the grid two fields, so they are set closer by themselves.
    const int CharacterPitch = -5;

    readonly Body body = new();
    readonly Comments comments = new();
    readonly string title;
    readonly string? mark;

    /// <param name="title">Title for the document's properties.</param>
    /// <param name="mark">A mark at the head of every page that the office has to remove; null for none.</param>
    public OfficialPaper(string title, string? mark) => (this.title, this.mark) = (XmlText.Plain(title), mark);

    /// <summary>A title; where its parts do not fit into one line, each has a line of its own.</summary>
    public void Title(params string[] parts)
    {
        // 20 characters of 22 pt fill a line; digits are half as wide.
        var width = parts.Sum(part => part.Sum(c => char.IsAscii(c) ? 0.5 : 1));
        foreach (var line in width <= 20 ? [string.Concat(parts)] : parts)
        {
            Add("GwTitle", line);
        }

        Blank();
    }

    /// <summary>A first-level head.</summary>
    public void Head(string text, bool newPage = false)
    {
        var paragraph = Add("GwHead", text);
        if (newPage)
        {
            paragraph.ParagraphProperties!.PageBreakBefore = new PageBreakBefore();
        }
    }

    /// <summary>A second-level head.</summary>
    public void Subhead(string text) => Add("GwSubhead", text);

    /// <summary>A paragraph of body text, with a comment if there is something to say about it.</summary>
    public void Text(string text, string? comment = null)
    {
        var paragraph = Add("Normal", text);
        if (comment is not null)
        {
            var id = $"{comments.ChildElements.Count}";
            comments.AppendChild(new Comment(new Paragraph(new ParagraphProperties(new ParagraphStyleId { Val = "GwNote" }), RunOf(comment)))
            {
                Id = id,
                Author = Author,
                Initials = "汇",
            });

            // At the beginning: behind a full stop that hangs in the margin, LibreOffice gives the mark a line of its own.
            paragraph.InsertAfter(new Run(new CommentReference { Id = id }), paragraph.ParagraphProperties);
        }
    }

    /// <summary>A paragraph without first-line indent: 主送机关, 附件1.</summary>
    public void Flush(string text, bool isHead = false, bool newPage = false)
    {
        var paragraph = Add(isHead ? "GwFlushHead" : "GwFlush", text);
        if (newPage)
        {
            paragraph.ParagraphProperties!.PageBreakBefore = new PageBreakBefore();
        }
    }

    /// <summary>A remark for the office, in 【】 and marked, to be replaced or removed before the document goes out.</summary>
    public void Todo(string text) =>
        body.AppendChild(new Paragraph(Style("Normal"), new Run(new RunProperties(new Highlight { Val = HighlightColorValues.Yellow }), TextOf($"【{text}】"))));

    /// <summary>What is annexed (附件说明), which with what follows does not stand on a page without a line of the text.</summary>
    public void Annexes(params string[] titles)
    {
        Last().KeepNext = new KeepNext();
        Blank();
        for (var i = 0; i < titles.Length; i++)
        {
            Last().KeepNext = new KeepNext();
            Text($"{(i == 0 ? "附件：" : "　　　")}{(titles.Length > 1 ? $"{i + 1}．" : "")}{titles[i]}");
        }

        ParagraphProperties Last() => body.Elements<Paragraph>().Last().ParagraphProperties!;
    }

    /// <summary>Who issues it, and when: 落款.</summary>
    public void Sign(string issuer, string date)
    {
        // It does not stand alone on a page.
        body.Elements<Paragraph>().Last().ParagraphProperties!.KeepNext = new KeepNext();
        Add("GwFlush", "").ParagraphProperties!.KeepNext = new KeepNext();
        Add("GwSign", issuer);
        Add("GwSign", date);
    }

    /// <summary>An empty line.</summary>
    public void Blank() => Add("GwFlush", "");

    /// <summary>What comes after the tables of a page, in small print.</summary>
    public void Note(string text) => Add("GwNote", text);

    /// <summary>
    /// A table. Rows do not break across pages and the head repeats. The fields of a row are those that begin in it; what
    /// reaches down from above is not repeated.
    /// </summary>
    /// <param name="widths">Widths of the columns, in twentieths of a point.</param>
    /// <param name="rows">Fields, row by row.</param>
    /// <param name="headRows">How many rows from the top repeat on each page.</param>
    /// <param name="together">The rows stay on one page if there is one that takes them.</param>
    public void Table(int[] widths, IEnumerable<IEnumerable<PaperField>> rows, int headRows = 1, bool together = false)
    {
        var table = body.AppendChild(new Table(
            new TableProperties(
                new TableWidth { Width = $"{widths.Sum()}", Type = TableWidthUnitValues.Dxa },
                new TableJustification { Val = TableRowAlignmentValues.Center },
                Borders(),
                new TableLayout { Type = TableLayoutValues.Fixed },
                new TableCellMarginDefault(
                    new TableCellLeftMargin { Width = 40, Type = TableWidthValues.Dxa },
                    new TableCellRightMargin { Width = 40, Type = TableWidthValues.Dxa })),
            new TableGrid(widths.Select(w => new GridColumn { Width = $"{w}" }))));
        var below = new (int Rows, int Columns)[widths.Length];
        PaperField[][] all = [.. rows.Select(r => r.ToArray())];
        for (var i = 0; i < all.Length; i++)
        {
            table.AppendChild(RowOf(all[i], widths, below, i < headRows, together && i < all.Length - 1));
        }
    }

    /// <summary>From here on to the next turn, or the end, pages stand or lie.</summary>
    public void EndSection(bool landscape) =>
        body.AppendChild(new Paragraph(new ParagraphProperties(new ParagraphStyleId { Val = "GwNote" }, SectionOf(landscape, first: !body.Descendants<SectionProperties>().Any()))));

    /// <summary>The file.</summary>
    public byte[] Save(bool landscape = false)
    {
        body.AppendChild(SectionOf(landscape, first: !body.Descendants<SectionProperties>().Any()));
        using var bytes = new MemoryStream();
        using (var document = WordprocessingDocument.Create(bytes, WordprocessingDocumentType.Document))
        {
            var main = document.AddMainDocumentPart();
            document.ChangeIdOfPart(main, "rId1");
            main.AddNewPart<StyleDefinitionsPart>("rIdStyles").Styles = PaperStyles.Styles();
            main.AddNewPart<FontTablePart>("rIdFonts").Fonts = PaperStyles.Fonts();
            main.AddNewPart<DocumentSettingsPart>("rIdSettings").Settings = new Settings(
                new Zoom { Percent = "100" },
                new EvenAndOddHeaders(),
                new CharacterSpacingControl { Val = CharacterSpacingValues.CompressPunctuation },
                new Compatibility(new CompatibilitySetting { Name = CompatSettingNameValues.CompatibilityMode, Uri = "http://schemas.microsoft.com/office/word", Val = "15" }),
                new ThemeFontLanguages { Val = "en-US", EastAsia = "zh-CN" });
            main.AddNewPart<FooterPart>("rIdOdd").Footer = FooterOf(JustificationValues.Right);
            main.AddNewPart<FooterPart>("rIdEven").Footer = FooterOf(JustificationValues.Left);
            if (mark is not null)
            {
                main.AddNewPart<HeaderPart>("rIdMark").Header = new Header(new Paragraph(Style("GwMark"), RunOf(mark)));
            }

            if (comments.HasChildren)
            {
                main.AddNewPart<WordprocessingCommentsPart>("rIdComments").Comments = comments;
            }

            main.Document = new Document(body);
            var properties = document.AddCoreFilePropertiesPart();
            document.ChangeIdOfPart(properties, "rId2");
            using var writer = new StreamWriter(properties.GetStream(FileMode.Create));
            writer.Write($"""<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{System.Security.SecurityElement.Escape(title)}</dc:title><dc:creator>{Author}</dc:creator><dc:language>zh-CN</dc:language></cp:coreProperties>""");
        }

        return Package.WithoutTime(bytes);
    }

    Paragraph Add(string style, string text) => body.AppendChild(new Paragraph(Style(style), RunOf(text)));

    static ParagraphProperties Style(string id) => new(new ParagraphStyleId { Val = id });

    static Run RunOf(string text) => new(TextOf(text));

    static Text TextOf(string text) => new(XmlText.Plain(text)) { Space = SpaceProcessingModeValues.Preserve };

    static TableBorders Borders() => new(
        Line<TopBorder>(), Line<LeftBorder>(), Line<BottomBorder>(), Line<RightBorder>(), Line<InsideHorizontalBorder>(), Line<InsideVerticalBorder>());

    static T Line<T>()
        where T : BorderType, new() => new() { Val = BorderValues.Single, Size = 4, Space = 0, Color = "000000" };

    static TableRow RowOf(PaperField[] fields, int[] widths, (int Rows, int Columns)[] below, bool isHead, bool keep)
    {
        var properties = new TableRowProperties(new CantSplit(), new TableRowHeight { Val = 320, HeightType = HeightRuleValues.AtLeast });
        if (isHead)
        {
            properties.AppendChild(new TableHeader());
        }

        var row = new TableRow(properties);
        var next = 0;
        for (var column = 0; column < widths.Length;)
        {
            var isContinued = below[column].Rows > 0;
            var field = isContinued ? new PaperField("") : fields[next++];
            var span = isContinued ? below[column].Columns : field.Columns;
            var reach = isContinued ? below[column].Rows - 1 : field.Rows - 1;
            below[column] = (reach, span);
            var cell = new TableCellProperties { TableCellWidth = new TableCellWidth { Width = $"{widths.AsSpan(column, span).ToArray().Sum()}", Type = TableWidthUnitValues.Dxa } };
            if (span > 1)
            {
                cell.GridSpan = new GridSpan { Val = span };
            }

            if (isContinued || reach > 0)
            {
                cell.VerticalMerge = new VerticalMerge { Val = isContinued ? MergedCellValues.Continue : MergedCellValues.Restart };
            }

            cell.TableCellVerticalAlignment = new TableCellVerticalAlignment { Val = TableVerticalAlignmentValues.Center };
            row.AppendChild(new TableCell(cell, FieldOf(field, keep)));
            column += span;
        }

        return row;
    }

    static Paragraph FieldOf(PaperField field, bool keep)
    {
        var properties = Style(field.IsHead ? "GwTableHead" : "GwTable");
        if (keep)
        {
            properties.KeepNext = new KeepNext();
        }

        if (field.IsText)
        {
            properties.Justification = new Justification { Val = JustificationValues.Left };
        }

        var run = RunOf(field.Text);
        if (field.Size is { } size)
        {
            run.RunProperties = new RunProperties(new FontSize { Val = $"{size}" }, new FontSizeComplexScript { Val = $"{size}" });
        }

        return new Paragraph(properties, run);
    }

    SectionProperties SectionOf(bool landscape, bool first)
    {
        var section = new SectionProperties();
        if (first)
        {
            // Later sections inherit them.
            if (mark is not null)
            {
                section.Append(
                    new HeaderReference { Type = HeaderFooterValues.Default, Id = "rIdMark" },
                    new HeaderReference { Type = HeaderFooterValues.Even, Id = "rIdMark" });
            }

            section.Append(
                new FooterReference { Type = HeaderFooterValues.Default, Id = "rIdOdd" },
                new FooterReference { Type = HeaderFooterValues.Even, Id = "rIdEven" });
        }

        section.Append(
            landscape ? new PageSize { Width = 16838, Height = 11906, Orient = PageOrientationValues.Landscape } : new PageSize { Width = 11906, Height = 16838 },
            landscape
                ? new PageMargin { Top = 1588, Right = 2098, Bottom = 1474, Left = 1984, Header = 851, Footer = 850, Gutter = 0 }
                : new PageMargin { Top = 2098, Right = 1474, Bottom = 1984, Left = 1588, Header = 851, Footer = 1304, Gutter = 0 },
            landscape ? new DocGrid { Type = DocGridValues.Default } : new DocGrid { Type = DocGridValues.Lines, LinePitch = 579 });
        return section;
    }

    static Footer FooterOf(JustificationValues side) => new(new Paragraph(
        new ParagraphProperties(
            new ParagraphStyleId { Val = "GwPageNumber" },
            new Indentation { Left = "280", Right = "280" },
            new Justification { Val = side }),
        RunOf("— "),
        new SimpleField(RunOf("1")) { Instruction = "PAGE" },
        RunOf(" —")));

    /// <summary>Styles and fonts.</summary>
    static class PaperStyles
    {
        public static Styles Styles() => new(
            new DocDefaults(new RunPropertiesDefault(new RunPropertiesBaseStyle(
                new RunFonts { Ascii = LatinFont, HighAnsi = LatinFont, EastAsia = BodyFont, ComplexScript = LatinFont },
                new Kern { Val = 2 },
                new FontSize { Val = "32" },
                new FontSizeComplexScript { Val = "32" },
                new Languages { Val = "en-US", EastAsia = "zh-CN", Bidi = "ar-SA" })), new ParagraphPropertiesDefault()),
            Style("Normal", "Normal", BodyFont, 32, Indented(), new Spacing { Val = CharacterPitch }),
            Style("GwTitle", "公文标题", TitleFont, 44, [new SnapToGrid { Val = false }, Pitch(680), Centred()]),
            Style("GwHead", "一级标题", HeadFont, 32, [new KeepNext(), .. Indented(), new OutlineLevel { Val = 0 }]),
            Style("GwSubhead", "二级标题", SubheadFont, 32, [new KeepNext(), .. Indented(), new OutlineLevel { Val = 1 }]),
            Style("GwFlush", "顶格正文", BodyFont, 32, [Pitch(LinePitch)], new Spacing { Val = CharacterPitch }),
            Style("GwFlushHead", "附件标识", HeadFont, 32, [new KeepNext(), Pitch(LinePitch)]),
            Style("GwSign", "落款", BodyFont, 32, [new KeepNext(), Pitch(LinePitch), new Indentation { Right = "640", RightChars = 200 }, new Justification { Val = JustificationValues.Right }]),
            Style("GwTable", "表格", BodyFont, 21, [new SnapToGrid { Val = false }, Pitch(260), Centred()]),
            Style("GwTableHead", "表头", HeadFont, 21, [new SnapToGrid { Val = false }, Pitch(260), Centred()]),
            Style("GwNote", "附注", BodyFont, 21, [new SnapToGrid { Val = false }, Pitch(300)]),
            Style("GwPageNumber", "页码", NumberFont, 28, [new SnapToGrid { Val = false }]),
            Style("GwMark", "未完整标记", HeadFont, 24, [new SnapToGrid { Val = false }, Centred()], new Color { Val = "C00000" }));

        public static Fonts Fonts() => new(
            FontOf(TitleFont, "方正小标宋_GBK"), FontOf(HeadFont, "SimHei"), FontOf(SubheadFont, "楷体"), FontOf(BodyFont, "仿宋"), FontOf(NumberFont, "SimSun"),
            FontOf(LatinFont, null));

        static Font FontOf(string name, string? alternative)
        {
            var font = new Font { Name = name };
            if (alternative is not null)
            {
                font.Append(new AltName { Val = alternative }, new FontCharSet { Val = "86" });
            }

            return font;
        }

        static Style Style(string id, string name, string font, int halfPoints, OpenXmlElement[] paragraph, OpenXmlElement? more = null)
        {
            var run = new StyleRunProperties(new RunFonts { Ascii = LatinFont, HighAnsi = LatinFont, EastAsia = font });
            if (more is not null)
            {
                run.AppendChild(more);
            }

            run.Append(new FontSize { Val = $"{halfPoints}" }, new FontSizeComplexScript { Val = $"{halfPoints}" });
            var style = new Style(new StyleName { Val = name }) { Type = StyleValues.Paragraph, StyleId = id };
            if (id == "Normal")
            {
                style.Default = true;
            }

            style.Append(new PrimaryStyle(), new StyleParagraphProperties(paragraph), run);
            return style;
        }

        static OpenXmlElement[] Indented() =>
            [Pitch(LinePitch), new Indentation { FirstLine = "640", FirstLineChars = 200 }, new Justification { Val = JustificationValues.Both }];

        static SpacingBetweenLines Pitch(int twips) => new() { Line = $"{twips}", LineRule = LineSpacingRuleValues.Exact };

        static Justification Centred() => new() { Val = JustificationValues.Center };
    }
}

/// <summary>A field of a table in a Word document.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Columns">Width in columns.</param>
/// <param name="Rows">Height in rows.</param>
/// <param name="IsHead">A head, not content.</param>
/// <param name="IsText">Begins at the left instead of standing in the middle.</param>
/// <param name="Size">Font size in half points where it is not the table's.</param>
sealed record PaperField(string Text, int Columns = 1, int Rows = 1, bool IsHead = false, bool IsText = false, int? Size = null);
