using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using Aggregator.Forms;

namespace Aggregator.Testing;

/// <summary>Fills in and takes apart sheets as a spreadsheet program would, not with the product's own reader and writer.</summary>
public static class Sheet
{
    static readonly XNamespace main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    /// <summary>What a clerk writes into the columns for a report.</summary>
    public static Dictionary<string, string> Values(this Report report)
    {
        var values = report.Form.Cells.ToDictionary(c => c.Path, c => Figures.Text(report.Figures[c]));
        values["overview"] = "总体情况正文，含“引号”、逗号, 和\n换行。";
        values["problems"] = "问题与改进。";
        values["publishedAt"] = "2022-01-20";
        return values;
    }

    /// <summary>A CSV file of rows.</summary>
    public static byte[] Csv(IEnumerable<IEnumerable<string>> rows, char separator = ',') => Encoding.UTF8.GetBytes(string.Concat(rows.Select(row =>
        string.Join(separator, row.Select(field => !field.Any(c => c is '"' or '\r' or '\n' or ',' or ';' or '\t') ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")) + "\r\n")));

    /// <summary>The columns of a form by hand: <c>unit</c>, <c>name</c>, the cells, the texts.</summary>
    public static string[] Head(string form) =>
        ["unit", "name", .. Form.Find(form)!.Cells.Select(c => c.Path), "overview", "problems", "other", "publishedAt", "publishedUrl", "filedAt"];

    /// <summary>A row for a unit.</summary>
    public static string[] Row(string unit, Report report, params (string Column, string Text)[] changes)
    {
        var values = report.Values();
        (values["unit"], values["name"]) = (unit, "");
        foreach (var (column, text) in changes)
        {
            values[column] = text;
        }

        return [.. Head(report.Form.Code).Select(column => values.GetValueOrDefault(column, ""))];
    }

    /// <summary>A CSV file with a head and rows.</summary>
    public static byte[] Csv(string form, params string[][] rows) => Csv([Head(form), .. rows]);

    /// <summary>The template with the rows of some units filled in, the others removed.</summary>
    public static byte[] FillCsv(byte[] template, IReadOnlyDictionary<string, Report> reports)
    {
        // The template's own fields have no line breaks, and no commas outside of its labels' quotes.
        var lines = Encoding.UTF8.GetString(template).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var head = lines[0].Split(',');
        var rows = lines[2..].Select(line => line.Split(',')).Where(f => reports.ContainsKey(f[0]))
            .Select(f => head.Select((column, i) => i < 2 ? f[i] : reports[f[0]].Values().GetValueOrDefault(column, "")));
        return [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(lines[0] + "\r\n" + lines[1] + "\r\n"), .. Csv(rows)];
    }

    /// <summary>The same for Excel.</summary>
    public static byte[] FillExcel(byte[] template, IReadOnlyDictionary<string, Report> reports)
    {
        using var stream = new MemoryStream();
        stream.Write(template);
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            var entry = archive.Entries.Single(e => e.FullName.Contains("worksheets/", StringComparison.Ordinal) && e.Name.EndsWith(".xml", StringComparison.Ordinal));
            XDocument sheet;
            using (var read = entry.Open())
            {
                sheet = XDocument.Load(read);
            }

            var rows = sheet.Descendants(main + "row").ToList();
            var columns = rows[0].Elements(main + "c").ToDictionary(c => c.Value, c => ((string)c.Attribute("r")!)[..^1]);
            foreach (var row in rows.Skip(2))
            {
                if (!reports.TryGetValue(row.Element(main + "c")!.Value, out var report))
                {
                    row.Remove();
                    continue;
                }

                foreach (var (column, letters) in columns)
                {
                    if (report.Values().TryGetValue(column, out var text) && text.Length > 0)
                    {
                        row.Add(report.Form.FindCell(column) is null ? TextCell($"{letters}{row.Attribute("r")!.Value}", text)
                            : new XElement(main + "c", new XAttribute("r", $"{letters}{row.Attribute("r")!.Value}"), new XElement(main + "v", text)));
                    }
                }
            }

            var name = entry.FullName;
            entry.Delete();
            using var write = archive.CreateEntry(name).Open();
            sheet.Save(write);
        }

        return stream.ToArray();
    }

    /// <summary>A cell with a text in it.</summary>
    public static XElement TextCell(string address, string text) => new(main + "c", new XAttribute("r", address), new XAttribute("t", "inlineStr"),
        new XElement(main + "is", new XElement(main + "t", new XAttribute(XNamespace.Xml + "space", "preserve"), text)));

    /// <summary>Cells of a row in letters and numbers, texts all of them.</summary>
    public static string TextCells(int row, IEnumerable<string> texts) => string.Concat(texts.Select((text, i) =>
        text.Length == 0 ? "" : TextCell($"{Letters(i)}{row}", text).ToString(SaveOptions.DisableFormatting)));

    /// <summary>The letters of a column, from 0.</summary>
    public static string Letters(int column) => (column < 26 ? "" : Letters((column / 26) - 1)) + (char)('A' + (column % 26));

    /// <summary>
    /// An Excel file whose worksheet holds the given XML in its rows. Parts given by name replace or join those of a plain file.
    /// </summary>
    public static byte[] Excel(string rows, CompressionLevel compression = CompressionLevel.Optimal, params (string Name, string Xml)[] parts)
    {
        const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const string Package = "http://schemas.openxmlformats.org/package/2006/";
        const string Type = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
        var files = new Dictionary<string, string>
        {
            ["[Content_Types].xml"] = $"""
                <Types xmlns="{Package}content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
                <Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{Type}sheet.main+xml"/>
                <Override PartName="/xl/worksheets/sheet1.xml" ContentType="{Type}worksheet+xml"/>
                <Override PartName="/xl/styles.xml" ContentType="{Type}styles+xml"/>
                <Override PartName="/xl/sharedStrings.xml" ContentType="{Type}sharedStrings+xml"/></Types>
                """,
            ["_rels/.rels"] = $"""
                <Relationships xmlns="{Package}relationships"><Relationship Id="rId1" Type="{Relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>
                """,
            ["xl/_rels/workbook.xml.rels"] = $"""
                <Relationships xmlns="{Package}relationships"><Relationship Id="rId1" Type="{Relations}/worksheet" Target="worksheets/sheet1.xml"/>
                <Relationship Id="rId2" Type="{Relations}/styles" Target="styles.xml"/>
                <Relationship Id="rId3" Type="{Relations}/sharedStrings" Target="sharedStrings.xml"/></Relationships>
                """,
            ["xl/workbook.xml"] = $"""
                <workbook xmlns="{main}" xmlns:r="{Relations}"><workbookPr/><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>
                """,
            ["xl/styles.xml"] = $"""
                <styleSheet xmlns="{main}"><numFmts count="2"><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;;@"/>
                <numFmt numFmtId="177" formatCode="[Red]0&quot;month&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
                <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="176"/><xf numFmtId="177"/></cellXfs></styleSheet>
                """,
            ["xl/sharedStrings.xml"] = $"""<sst xmlns="{main}"><si><r><t>1</t></r><r><t>2</t></r><rPh sb="0" eb="1"><t>9</t></rPh></si><si><t/></si></sst>""",
            ["xl/worksheets/sheet1.xml"] = $"""<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>""",
        };
        foreach (var (name, xml) in parts)
        {
            files[name] = xml;
        }

        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, xml) in files)
            {
                using var entry = archive.CreateEntry(name, compression).Open();
                entry.Write(Encoding.UTF8.GetBytes(xml));
            }
        }

        return stream.ToArray();
    }
}
