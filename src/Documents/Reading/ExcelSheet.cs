using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Reads the first worksheet of an Excel file into lines, as a stream and with bounds on everything: the file comes from
/// outside and may be made to harm. Relationships to the outside are never followed, and no DTD is read.
/// </summary>
static class ExcelSheet
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    const int MaxParts = 256;

    /// <summary>Several times what 500 rows with their texts need.</summary>
    const long MaxUnpackedBytes = 48 << 20;

    const int MaxFormats = 65_536;

    /// <summary>How a file of old Excel, or an encrypted one of any Excel, begins.</summary>
    public static ReadOnlySpan<byte> CompoundFile => [0xD0, 0xCF, 0x11, 0xE0];

    /// <summary>Refusals: <c>unsupported_excel</c>, <c>invalid_xlsx</c>, <c>file_too_complex</c>, <c>too_many_columns</c>.</summary>
    public static Outcome<List<SheetLine>> Read(ReadOnlyMemory<byte> content, int maxLines)
    {
        if (content.Span.StartsWith(CompoundFile))
        {
            return new Refusal(RefusalKind.Invalid, "unsupported_excel", "这是旧版 .xls 文件，或是加了密码的文件；请去掉密码并另存为 .xlsx。");
        }

        try
        {
            var bytes = content.ToArray();
            if (Unpackable(bytes) is { } refusal)
            {
                return refusal;
            }

            using var document = SpreadsheetDocument.Open(new MemoryStream(bytes, writable: false), isEditable: false);
            return Read(document, maxLines);
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            return Invalid("文件打不开，不是完整、正确的 .xlsx 文件；请用 Excel 或 WPS 打开后重新保存。");
        }
    }

    /// <summary>
    /// What the libraries throw at a file that is not what it should be: as seen with 160,000 files that were changed at
    /// random, and unsupported or broken archives besides.
    /// </summary>
    static bool IsOfTheFile(Exception e) => e is XmlException or InvalidDataException or FormatException or InvalidOperationException
        or OpenXmlPackageException or ArgumentException or OverflowException or IOException or NotSupportedException or KeyNotFoundException;

    static Refusal Invalid(string detail) => new(RefusalKind.Invalid, "invalid_xlsx", detail);

    /// <summary>
    /// Unpacks everything once, into nothing: the sizes that the archive states are the sender's, only counting is proof. The
    /// SDK sees the same bytes afterwards.
    /// </summary>
    static Refusal? Unpackable(byte[] bytes)
    {
        using var archive = new ZipArchive(new MemoryStream(bytes, writable: false), ZipArchiveMode.Read);
        if (archive.Entries.Count > MaxParts)
        {
            return TooComplex($"含 {archive.Entries.Count} 个部件，最多 {MaxParts} 个");
        }

        var buffer = new byte[81_920];
        var total = 0L;
        foreach (var entry in archive.Entries)
        {
            using var part = entry.Open();
            for (int read; (read = part.Read(buffer)) > 0;)
            {
                total += read;
                if (total > MaxUnpackedBytes)
                {
                    return TooComplex($"解压后超过 {MaxUnpackedBytes >> 20} MB");
                }
            }
        }

        return null;

        static Refusal TooComplex(string what) => new(RefusalKind.Invalid, "file_too_complex", $"文件{what}；请只保留报送用的工作表，去掉图片和其他工作表后重新保存。");
    }

    static Outcome<List<SheetLine>> Read(SpreadsheetDocument document, int maxLines)
    {
        if (document.WorkbookPart is not { } workbook)
        {
            return Invalid("文件里没有工作簿。");
        }

        var (sheets, date1904) = ReadWorkbook(workbook);
        if (sheets.Select(id => workbook.GetPartById(id)).OfType<WorksheetPart>().FirstOrDefault() is not { } sheet)
        {
            return Invalid("文件里没有工作表。");
        }

        var texts = ReadTexts(workbook.SharedStringTablePart);
        var dates = ReadDateFormats(workbook.WorkbookStylesPart);
        var lines = new List<SheetLine>();
        using var xml = Open(sheet);

        // Transitional and strict files differ in it, and no other may be mixed in.
        var main = xml.NamespaceURI;
        var row = 0;
        while (lines.Count < maxLines && xml.ReadToFollowing("row", main))
        {
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
                    return SheetLine.TooWide(row);
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

        return lines;
    }

    static XmlReader Open(OpenXmlPart part)
    {
        var xml = XmlReader.Create(part.GetStream(FileMode.Open, FileAccess.Read), new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = MaxUnpackedBytes,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            CloseInput = true,
        });
        xml.MoveToContent();
        return xml;
    }

    /// <summary>Relationship ids of the sheets in order, and whether days are counted from 1904 (old Excel for Macintosh).</summary>
    static (List<string> Sheets, bool Date1904) ReadWorkbook(WorkbookPart workbook)
    {
        var sheets = new List<string>();
        var date1904 = false;
        using var xml = Open(workbook);
        while (xml.Read())
        {
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "workbookPr" })
            {
                date1904 = xml.GetAttribute("date1904") is "1" or "true";
            }
            else if (xml is { NodeType: XmlNodeType.Element, LocalName: "sheet" })
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

    static List<string> ReadTexts(SharedStringTablePart? part)
    {
        var texts = new List<string>();
        if (part is null)
        {
            return texts;
        }

        using var xml = Open(part);
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
    static List<bool> ReadDateFormats(WorkbookStylesPart? part)
    {
        var formats = new List<bool>();
        if (part is null)
        {
            return formats;
        }

        var custom = new HashSet<int>();
        var inCells = false;
        using var xml = Open(part);
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
