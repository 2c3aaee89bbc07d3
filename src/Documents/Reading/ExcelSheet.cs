using System.Globalization;
using System.Text;
using System.Xml;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Reads the worksheets of an Excel file into lines, as a stream and with bounds on everything: the file comes from outside and
/// may be made to harm.
/// </summary>
static class ExcelSheet
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    const int MaxMerges = 50_000;
    const int MaxFormats = 65_536;

    /// <summary>How a file of old Excel, or an encrypted one of any Excel, begins.</summary>
    public static ReadOnlySpan<byte> CompoundFile => [0xD0, 0xCF, 0x11, 0xE0];

    /// <summary>The first sheet. Refusals: <c>unsupported_excel</c>, <c>invalid_xlsx</c>, <c>file_too_complex</c>, <c>too_many_columns</c>.</summary>
    public static Outcome<List<SheetLine>> Read(ReadOnlyMemory<byte> content, int maxLines)
    {
        if (content.Span.StartsWith(CompoundFile))
        {
            return new Refusal(RefusalKind.Invalid, "unsupported_excel", "这是旧版 .xls 文件，或是加了密码的文件；请去掉密码并另存为 .xlsx。");
        }

        try
        {
            using var package = OfficePackage.Open(content);
            return package.Main is { } main && ReadSheets(package, main, maxLines).FirstOrDefault() is { } first ? first.Lines : Invalid("文件里没有工作表。");
        }
        catch (UnreadableException e)
        {
            return e.Refusal;
        }
        catch (Exception e) when (UnreadableException.IsOfTheFile(e))
        {
            return Invalid("文件打不开，不是完整、正确的 .xlsx 文件；请用 Excel 或 WPS 打开后重新保存。");
        }
    }

    /// <summary>The sheets that are not hidden, in order, each read when it is asked for and as far as the given number of lines.</summary>
    public static IEnumerable<SheetContent> ReadSheets(OfficePackage package, string main, int maxLines)
    {
        var (sheets, date1904) = ReadWorkbook(package, main);
        var texts = package.Related(main, "sharedStrings").FirstOrDefault() is { } strings ? ReadTexts(package, strings) : [];
        var dates = package.Related(main, "styles").FirstOrDefault() is { } styles ? ReadDateFormats(package, styles) : [];
        foreach (var part in sheets.Select(id => package.RelatedById(main, id)))
        {
            if (ReadSheet(package, part, texts, dates, date1904, maxLines) is { } sheet)
            {
                yield return sheet;
            }
        }
    }

    static Refusal Invalid(string detail) => new(RefusalKind.Invalid, "invalid_xlsx", detail);

    /// <summary>A sheet, or null for a sheet of another kind, such as a chart.</summary>
    static SheetContent? ReadSheet(OfficePackage package, string part, List<string> texts, List<bool> dates, bool date1904, int maxLines)
    {
        var lines = new List<SheetLine>();
        using var xml = package.OpenPart(part);
        if (xml.LocalName != "worksheet")
        {
            return null;
        }

        // Transitional and strict files differ in it, and no other may be mixed in.
        var main = xml.NamespaceURI;
        var row = 0;
        var merges = new List<string>();
        while (lines.Count < maxLines && xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element || xml.NamespaceURI != main)
            {
                continue;
            }

            if (xml.LocalName == "mergeCell" && merges.Count < MaxMerges)
            {
                merges.Add(xml.GetAttribute("ref") ?? "");
            }

            if (xml.LocalName != "row")
            {
                continue;
            }

            row = NextRow(xml, row);
            var cells = new List<SheetCell>();
            var next = 0;
            using var inner = xml.ReadSubtree();
            while (inner.ReadToFollowing("c", main))
            {
                var column = NextColumn(inner, next, row);
                next = column + 1;
                using var cell = inner.ReadSubtree();
                var read = ReadCell(cell, texts, dates, date1904);
                if (read.IsBlank)
                {
                    continue;
                }

                if (column >= SheetLine.MaxColumns)
                {
                    throw new UnreadableException(SheetLine.TooWide(row));
                }

                while (cells.Count < column)
                {
                    cells.Add(default);
                }

                cells.Add(read);
            }

            if (cells.Count > 0)
            {
                lines.Add(new SheetLine(row, [.. cells]));
            }
        }

        return new SheetContent(lines, merges);
    }

    /// <summary>Relationship ids of the sheets in order, and whether days are counted from 1904 (old Excel for Macintosh).</summary>
    static (List<string> Sheets, bool Date1904) ReadWorkbook(OfficePackage package, string workbook)
    {
        var sheets = new List<string>();
        var date1904 = false;
        using var xml = package.OpenPart(workbook);
        if (xml.LocalName != "workbook")
        {
            throw new InvalidDataException($"{xml.LocalName} instead of a workbook.");
        }

        while (xml.Read())
        {
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "workbookPr" })
            {
                date1904 = xml.GetAttribute("date1904") is "1" or "true";
            }
            else if (xml is { NodeType: XmlNodeType.Element, LocalName: "sheet" } && xml.GetAttribute("state") is null or "visible")
            {
                while (xml.MoveToNextAttribute())
                {
                    if (xml.LocalName == "id" && xml.NamespaceURI.EndsWith("/relationships", StringComparison.Ordinal))
                    {
                        sheets.Add(xml.Value);
                    }
                }
            }
        }

        return (sheets, date1904);
    }

    static List<string> ReadTexts(OfficePackage package, string part)
    {
        var texts = new List<string>();
        using var xml = package.OpenPart(part);
        var main = xml.NamespaceURI;
        while (xml.ReadToFollowing("si", main))
        {
            using var item = xml.ReadSubtree();
            texts.Add(ReadText(item));
        }

        return texts;
    }

    /// <summary>The text of a string item: its runs one after the other, without the phonetic guide.</summary>
    static string ReadText(XmlReader item)
    {
        var text = new StringBuilder();
        item.Read();
        for (var more = item.Read(); more;)
        {
            if (item is { NodeType: XmlNodeType.Element, LocalName: "rPh" })
            {
                item.Skip();
                more = !item.EOF;
            }
            else if (item is { NodeType: XmlNodeType.Element, LocalName: "t" })
            {
                text.Append(item.ReadElementContentAsString());
                more = !item.EOF;
            }
            else
            {
                more = item.Read();
            }
        }

        // How Excel spells a carriage return, which XML would drop.
        return text.Replace("_x000D_", "\r").ToString();
    }

    /// <summary>For each cell format, whether it shows a number as a date.</summary>
    static List<bool> ReadDateFormats(OfficePackage package, string part)
    {
        var formats = new List<bool>();
        var custom = new HashSet<int>();
        var inCells = false;
        using var xml = package.OpenPart(part);
        while (xml.Read() && formats.Count < MaxFormats)
        {
            if (xml.LocalName == "cellXfs" && xml.NodeType is XmlNodeType.Element or XmlNodeType.EndElement)
            {
                inCells = xml is { NodeType: XmlNodeType.Element, IsEmptyElement: false };
            }
            else if (xml is { NodeType: XmlNodeType.Element, LocalName: "numFmt" } && IsDate(xml.GetAttribute("formatCode") ?? ""))
            {
                custom.Add(Number(xml.GetAttribute("numFmtId")));
            }
            else if (inCells && xml is { NodeType: XmlNodeType.Element, LocalName: "xf" })
            {
                var id = Number(xml.GetAttribute("numFmtId") ?? "0");
                formats.Add(id is (>= 14 and <= 22) or (>= 27 and <= 36) or (>= 45 and <= 47) or (>= 50 and <= 58) || custom.Contains(id));
            }
        }

        return formats;
    }

    /// <summary>Whether a format code of the file's own has a day, month, year or hour outside quotes and brackets.</summary>
    static bool IsDate(string code)
    {
        var closing = '\0';
        for (var i = 0; i < code.Length; i++)
        {
            var c = code[i];
            if (closing != '\0')
            {
                closing = c == closing ? '\0' : closing;
            }
            else if (c is '"' or '[')
            {
                closing = c == '"' ? '"' : ']';
            }
            else if (c is '\\' or '_' or '*')
            {
                i++;
            }
            else if (char.ToLowerInvariant(c) is 'y' or 'm' or 'd' or 'h')
            {
                return true;
            }
        }

        return false;
    }

    static SheetCell ReadCell(XmlReader cell, List<string> texts, List<bool> dates, bool date1904)
    {
        cell.Read();
        var type = cell.GetAttribute("t") ?? "n";
        var style = Number(cell.GetAttribute("s") ?? "0");
        string? value = null;
        var formula = false;
        for (var more = !cell.IsEmptyElement && cell.Read(); more;)
        {
            if (cell is { NodeType: XmlNodeType.Element, LocalName: "v" })
            {
                value = cell.ReadElementContentAsString();
            }
            else if (cell is { NodeType: XmlNodeType.Element, LocalName: "is" })
            {
                using var item = cell.ReadSubtree();
                value = ReadText(item);
            }
            else
            {
                formula |= cell is { NodeType: XmlNodeType.Element, LocalName: "f" };
                cell.Read();
            }

            more = !cell.EOF;
        }

        if (string.IsNullOrEmpty(value))
        {
            return formula && type != "str" ? new SheetCell("（没有结果的公式）", SheetCellKind.Error) : default;
        }

        return type switch
        {
            "s" => new SheetCell(texts[Number(value)], SheetCellKind.Text),
            "str" or "inlineStr" => new SheetCell(value, SheetCellKind.Text),
            "b" => new SheetCell(value == "1" ? "TRUE" : "FALSE", SheetCellKind.Text),
            "e" => new SheetCell(value, SheetCellKind.Error),
            "d" => new SheetCell(value, SheetCellKind.Date),
            "n" => style < dates.Count && dates[style] ? Date(value, date1904) : new SheetCell(Exact(value), SheetCellKind.Number),
            _ => throw new InvalidDataException($"Cell type {type}."),
        };
    }

    /// <summary>
    /// Excel keeps 15 digits, shows 15 digits, and writes the binary number with 17: 59237.2449 stands in the file as
    /// 59237.244899999998. What the clerk has typed and sees is the number of 15 digits. One that is too large or too small
    /// for that stays as it is, and is refused later with its text.
    /// </summary>
    static string Exact(string value)
    {
        var number = double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture);
        return Math.Abs(number) is < 1e15 and > 1e-9 or 0
            ? ((decimal)number).ToString(CultureInfo.InvariantCulture)
            : number.ToString("R", CultureInfo.InvariantCulture);
    }

    static SheetCell Date(string value, bool date1904)
    {
        var days = double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture);
        var start = date1904 ? new DateTime(1904, 1, 1) : new DateTime(1899, 12, 30);
        if (days is not (>= 0 and < 2_958_466))
        {
            return new SheetCell(value, SheetCellKind.Date);
        }

        var instant = start.AddSeconds(Math.Round(days * 86_400));
        return new SheetCell(
            instant.ToString(instant.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
            SheetCellKind.Date);
    }

    static int NextRow(XmlReader xml, int previous)
    {
        var row = xml.GetAttribute("r") is { } stated ? Number(stated) : previous + 1;
        return row > previous ? row : throw new InvalidDataException($"Row {row} after row {previous}.");
    }

    /// <summary>Column from 0. Two cells in one place would leave open which one counts.</summary>
    static int NextColumn(XmlReader xml, int next, int row)
    {
        if (xml.GetAttribute("r") is not { } address)
        {
            return next;
        }

        var column = 0;
        var i = 0;
        for (; i < address.Length && char.IsAsciiLetterUpper(address[i]); i++)
        {
            column = checked((column * 26) + address[i] - 'A' + 1);
        }

        return column - 1 >= next && Number(address[i..]) == row
            ? column - 1
            : throw new InvalidDataException($"Cell {address} in row {row}, where column {next} comes next.");
    }

    static int Number(string? text) => int.Parse(text ?? "", NumberStyles.None, CultureInfo.InvariantCulture);
}
