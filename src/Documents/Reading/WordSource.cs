using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Reads a Word file as a reader sees it: what is deleted, struck out, hidden or a field's instruction is not there, automatic numbers are,
/// text boxes follow the paragraph that they are anchored in, footnotes come last. Elements are told by their local names, which
/// are the same in strict and transitional files.
/// </summary>
sealed class WordSource
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

    readonly SourceDraft draft = new();
    readonly WordNumbering numbering;
    readonly Stack<bool> fields = new();
    readonly List<string> notes = [];
    string carried = "";

    WordSource(WordNumbering numbering) => this.numbering = numbering;

    /// <summary>Reads the document whose main part is given.</summary>
    public static SourceDocument Read(OfficePackage package, string main)
    {
        var source = new WordSource(WordNumbering.Read(LoadRelated(package, main, "styles"), LoadRelated(package, main, "numbering")));
        var blocks = new List<DraftBlock>();
        source.ReadBlocks(package.Load(main), blocks);
        source.draft.Add(blocks);
        source.ReadNotes("footnote", LoadRelated(package, main, "footnotes"));
        source.ReadNotes("endnote", LoadRelated(package, main, "endnotes"));
        return source.draft.Build(MediaType);
    }

    static XElement? LoadRelated(OfficePackage package, string main, string kind) =>
        package.Related(main, kind).FirstOrDefault() is { } part && package.Has(part) ? package.Load(part) : null;

    void ReadNotes(string kind, XElement? part)
    {
        var known = part?.Elements().ToLookup(n => $"{kind} {Value(n, "id")}");
        foreach (var note in notes.Where(n => n.StartsWith(kind, StringComparison.Ordinal)).ToList())
        {
            var blocks = new List<DraftBlock>();
            foreach (var found in known?[note] ?? [])
            {
                ReadBlocks(found, blocks);
            }

            foreach (var text in blocks.OfType<DraftText>())
            {
                draft.AddParagraph($"注：{text.Text.Trim()}", kind == "footnote" ? "脚注" : "尾注");
            }
        }
    }

    void ReadBlocks(XElement parent, List<DraftBlock> into)
    {
        foreach (var element in parent.Elements())
        {
            switch (element.Name.LocalName)
            {
                case "p":
                    ReadParagraph(element, into);
                    break;
                case "tbl":
                    into.Add(ReadTable(element));
                    break;
                case "altChunk":
                    throw new UnreadableException(new Refusal(RefusalKind.Invalid, "embedded_document",
                        "文件里嵌有另一份还没有并入正文的文件，读出来会缺内容；请用 Word 或 WPS 打开后另存，再重新上传。"));
                case "del" or "moveFrom" or "sectPr" or "tcPr" or "sdtPr" or "Fallback":
                    break;
                case "sdt" when IsPlaceholder(element):
                    break;
                default:
                    ReadBlocks(element, into);
                    break;
            }
        }
    }

    void ReadParagraph(XElement paragraph, List<DraftBlock> into)
    {
        var properties = Child(paragraph, "pPr");
        var text = new StringBuilder(carried);
        var boxes = new List<DraftBlock>();
        carried = "";
        ReadInline(paragraph, text, boxes);
        if (Child(Child(properties, "rPr"), "del") is not null)
        {
            // Its mark is deleted: the next paragraph goes on with it.
            carried = text.ToString();
        }
        else
        {
            // Word 2003 writes the number of a list beside it.
            var label = Value(Child(Child(properties, "listPr"), "t"), "val") ?? numbering.Next(properties);
            if (!string.IsNullOrWhiteSpace(text.ToString()))
            {
                into.Add(new DraftText(label + text));
            }
        }

        into.AddRange(boxes);
    }

    void ReadInline(XElement parent, StringBuilder text, List<DraftBlock> boxes)
    {
        foreach (var element in parent.Elements())
        {
            var name = element.Name.LocalName;
            switch (name)
            {
                case "t" when !fields.Contains(false):
                    text.Append(element.Value.ReplaceLineEndings(" "));
                    break;
                case "tab" or "ptab":
                    text.Append('\t');
                    break;
                case "br" or "cr":
                    text.Append('\n');
                    break;
                case "noBreakHyphen":
                    text.Append('-');
                    break;
                case "sym":
                    text.Append(Symbol(element));
                    break;
                case "fldChar":
                    ReadFieldMark(Value(element, "fldCharType"));
                    break;
                case "footnoteReference" or "endnoteReference":
                    notes.Add($"{name[..^"Reference".Length]} {Value(element, "id")}");
                    break;
                case "txbxContent":
                    ReadBlocks(element, boxes);
                    break;
                case "AlternateContent":
                    ReadInline(Child(element, "Choice") ?? element, text, boxes);
                    break;
                case "r" when IsHidden(element):
                case "sdt" when IsPlaceholder(element):
                case "t" or "pPr" or "rPr" or "sdtPr" or "del" or "moveFrom" or "delText" or "instrText" or "rt" or "Fallback":
                    break;
                case "r" when Value(Child(Child(element, "rPr"), "vertAlign"), "val") == "superscript":
                    var raised = new StringBuilder();
                    ReadInline(element, raised, boxes);
                    text.Append(PlainText.Raised(raised.ToString()));
                    break;
                default:
                    ReadInline(element, text, boxes);
                    break;
            }
        }
    }

    /// <summary>A field is an instruction, then a separator, then its result, and the result may hold fields; only results are seen.</summary>
    void ReadFieldMark(string? type)
    {
        if (type == "begin")
        {
            fields.Push(false);
        }
        else if (fields.TryPop(out _) && type == "separate")
        {
            fields.Push(true);
        }
    }

    DraftTable ReadTable(XElement table)
    {
        var cells = new List<DraftCell>();
        var above = new Dictionary<int, DraftCell>();
        var row = 0;
        foreach (var line in Wrapped(table, "tr"))
        {
            var properties = Child(line, "trPr");
            if (Child(properties, "del") is not null || IsOn(Child(properties, "hidden")))
            {
                continue;
            }

            var here = new Dictionary<int, DraftCell>();
            var column = Math.Max(0, Number(Child(properties, "gridBefore"), 0));
            DraftCell? left = null;
            foreach (var field in Wrapped(line, "tc"))
            {
                var format = Child(field, "tcPr");
                if (Child(format, "cellDel") is not null)
                {
                    continue;
                }

                var span = Math.Clamp(Number(Child(format, "gridSpan"), 1), 1, SourceDraft.MaxColumns);
                draft.Expect(row, column + span - 1);
                if (left is not null && IsContinued(Child(format, "hMerge") ?? Child(format, "hmerge")))
                {
                    left.ColumnSpan += span;
                }
                else if (IsContinued(Child(format, "vMerge") ?? Child(format, "vmerge")) && above.TryGetValue(column, out var upper) && upper.ColumnSpan == span)
                {
                    upper.RowSpan++;
                    here[column] = left = upper;
                }
                else
                {
                    var blocks = new List<DraftBlock>();
                    ReadBlocks(field, blocks);
                    cells.Add(here[column] = left = new DraftCell(row, column, span, blocks));
                }

                column += span;
            }

            above = here;
            row++;
        }

        return new DraftTable(cells);
    }

    /// <summary>Rows of a table or cells of a row, also those in content controls and the like.</summary>
    static IEnumerable<XElement> Wrapped(XElement parent, string name) => parent.Elements().SelectMany(e => e.Name.LocalName switch
    {
        var found when found == name => [e],
        "sdt" or "sdtContent" or "customXml" or "ins" or "moveTo" => Wrapped(e, name),
        _ => Enumerable.Empty<XElement>(),
    });

    /// <summary>Merged with the cell before: said by an element without value, or with this one.</summary>
    static bool IsContinued(XElement? merge) => merge is not null && Value(merge, "val") is null or "continue";

    /// <summary>Hidden, or struck out: what somebody deleted by hand.</summary>
    bool IsHidden(XElement run)
    {
        var properties = Child(run, "rPr");
        return IsOn(Child(properties, "strike")) || IsOn(Child(properties, "dstrike"))
            || (Child(properties, "vanish") is { } vanish ? IsOn(vanish) : numbering.HidesText(Value(Child(properties, "rStyle"), "val")));
    }

    /// <summary>"Click here to enter text": what a form shows until someone does.</summary>
    static bool IsPlaceholder(XElement control) => IsOn(Child(Child(control, "sdtPr"), "showingPlcHdr"));

    /// <summary>A character of a symbol font: known where it is one of Unicode's own, or a box that is ticked or not.</summary>
    static string Symbol(XElement symbol) => int.TryParse(Value(symbol, "char"), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code)
        ? (code, Value(symbol, "font")) switch
        {
            ( >= 0xD800 and < 0xE000, _) => "",
            ( < 0xE000 or (>= 0xF900 and < 0xFFFE), _) => ((char)code).ToString(),
            ( >= 0xF020 and < 0xF07F, "Symbol") => ((char)(code - 0xF000)).ToString(),
            (0xF052 or 0xF0FE, _) => "☑",
            (0xF0A3 or 0xF0A8 or 0xF06F, _) => "□",
            _ => "",
        }
        : "";

    internal static XElement? Child(XElement? parent, string name) => parent?.Elements().FirstOrDefault(e => e.Name.LocalName == name);

    internal static string? Value(XElement? element, string attribute) =>
        element?.Attributes().FirstOrDefault(a => a.Name.LocalName == attribute)?.Value;

    internal static int Number(XElement? element, int otherwise) =>
        int.TryParse(Value(element, "val"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    internal static bool IsOn(XElement? setting) => setting is not null && Value(setting, "val") is not ("0" or "false" or "off");
}
