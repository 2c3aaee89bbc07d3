using System.Collections.Immutable;
using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Reads a unit's report from a document: recognises its form, its sections and tables, and takes each figure from where row and
/// column meet. What cannot be told for certain is doubtful or null, and a remark says why.
/// </summary>
public static class ReportReader
{
    /// <summary>
    /// Reads a report. Refusals: <c>not_a_report</c> if neither a table nor two sections of any form were found; <c>several_reports</c>
    /// if there is another one with other figures.
    /// </summary>
    public static Outcome<ReportReading> Read(SourceDocument document)
    {
        var blocks = LostBreaks.Restore(document.Blocks);
        SourceParagraph[] paragraphs = [.. blocks.OfType<SourceParagraph>()];
        var counts = FormRecognition.Count(blocks);
        var form = counts.MaxBy(c => c.Own).Form;
        var sections = SectionSplitter.Split(form, blocks);
        var before = blocks.AsSpan()[..(sections.Count > 0 ? sections[0].Block : 0)];
        var (titleYear, unit) = ReportFacts.Title(before) is { Year: > 0 } title ? title : ReportFacts.Title(blocks.AsSpan());
        if (unit is null && ReportFacts.TitleOfHead(document.Head) is { Year: > 0 } head && (titleYear == 0 || head.Unit is not null))
        {
            (titleYear, unit) = head;
        }

        var period = ReportFacts.Period(paragraphs);
        int? year = titleYear > 0 ? titleYear : period?.From.Year;
        if (counts.All(c => c.Own == 0) && year is { } y && Form.ForYear(y) is { } ofYear && ofYear != form)
        {
            form = ofYear;
            sections = SectionSplitter.Split(form, blocks);
        }

        var finds = ReadTables(form, blocks, sections);
        var cells = FigureReading.Of(form, finds);
        if (cells.All(c => c.Text is null) && sections.Count < 2)
        {
            return new Refusal(RefusalKind.Unacceptable, "not_a_report",
                "没有认出政府信息公开工作年度报告：既没有法定的表格，也没有各部分的标题。请检查是否选错了文件。");
        }

        if (HoldsAnother(form, blocks, sections, cells))
        {
            return new Refusal(RefusalKind.Unacceptable, "several_reports", "文件里有不止一份年度报告，数据各不相同，无法确定要报送的是哪一份；请每份报告单独存为一个文件，再分别上传。");
        }

        var prose = SectionProse.Of(form, blocks, sections, unit);
        var (fee, feeRemark) = ReportFacts.Fee(prose[^1], form.Prose[^1].Code);
        var remarks = new List<ReadingRemark>();
        TellWhole(remarks, form, counts, titleYear, period, year, unit);
        foreach (var section in form.Prose.Where(p => sections.All(s => s.Section.Code != p.Code)))
        {
            remarks.Add(new ReadingRemark("section_missing", section.Code, $"没有找到“{section.Heading}”的标题，这一部分的文字没有读出", null));
        }

        remarks.AddRange(finds.Remarks);
        if (feeRemark is not null)
        {
            remarks.Add(feeRemark);
        }

        return new ReportReading(form, year, period, unit, new Figures(form, [.. cells.Select(c => c.Value)]), cells, prose,
            SectionProse.Topics(form, prose), fee, ReportFacts.PublishedAt(blocks, before.Length) ?? ReportFacts.PublishedAt([.. document.Head], 0), ReportFacts.Contacts(paragraphs), [.. remarks]);
    }

    /// <summary>
    /// Whether sections with tables come again before the first or after the last one, with other figures: reports of other years
    /// or units. The same report twice, as where a page is made for screen and print, is one.
    /// </summary>
    static bool HoldsAnother(Form form, ImmutableArray<SourceBlock> blocks, List<SectionStart> sections, ImmutableArray<CellReading> cells)
    {
        if (sections.Count == 0)
        {
            return false;
        }

        return ((ImmutableArray<SourceBlock>[])[blocks[..sections[0].Block], blocks[(sections[^1].Block + 1)..]]).Any(rest =>
            SectionSplitter.Split(form, rest) is var others && others.Count(s => !s.Section.Tables.IsEmpty) > 1
            && FigureReading.Of(form, ReadTables(form, rest, others)).Zip(cells).Any(c => c.First.Value is { } value && c.Second.Value != value));
    }

    static void TellWhole(List<ReadingRemark> remarks, Form form, List<(Form Form, int Own)> counts, int titleYear, ReportingPeriod? period, int? year, string? unit)
    {
        if (counts.All(c => c.Own == 0))
        {
            remarks.Add(new ReadingRemark("form_unclear", null, $"表格中没有某一格式特有的栏目，按{form.Code}年格式读取", null));
        }
        else if (counts.Where(c => c.Form != form).Sum(c => c.Own) > 0)
        {
            remarks.Add(new ReadingRemark("mixed_form", null, $"表格混用了不同年度的格式，按{form.Code}年格式读取，请核对", null));
        }

        if (year is { } y && Form.ForYear(y) is { } required && required != form)
        {
            remarks.Add(new ReadingRemark("form_of_other_year", null, $"{y}年度应使用{required.Code}年格式，文件用的是{form.Code}年格式", null));
        }

        if (year is null)
        {
            remarks.Add(new ReadingRemark("year_missing", null, "没有找到报告年度", null));
        }

        if (unit is null)
        {
            remarks.Add(new ReadingRemark("unit_missing", null, "没有找到单位名称", null));
        }

        if (titleYear > 0 && period is not null && (period.From.Year != titleYear || period.Until.Year != titleYear))
        {
            remarks.Add(new ReadingRemark("year_conflict", null,
                $"标题是{titleYear}年，统计期限是{period.From:yyyy-MM-dd}至{period.Until:yyyy-MM-dd}", null));
        }
    }

    /// <summary>Tables stand in their sections; where no section with tables was found, anywhere.</summary>
    static Finds ReadTables(Form form, ImmutableArray<SourceBlock> blocks, List<SectionStart> sections)
    {
        var finds = new Finds();
        var labels = FormLabels.Of(form);
        var grids = new GridTables(labels, finds);
        var flat = new FlatTables(labels, finds);
        var starts = sections.ToDictionary(s => s.Block, s => s.Section);
        var anywhere = !starts.Values.Any(s => !s.Tables.IsEmpty);
        var reads = anywhere;
        var caption = "";
        for (var i = 0; i < blocks.Length; i++)
        {
            if (starts.TryGetValue(i, out var section))
            {
                flat.Begin(section);
                caption = "";
                reads = anywhere || !section.Tables.IsEmpty;
                if (!anywhere)
                {
                    continue;
                }
            }

            if (!reads)
            {
                continue;
            }

            if (blocks[i] is SourceTable ragged && FlatTables.HasLostSpans(ragged))
            {
                flat.Read(ragged);
                caption = "";
            }
            else if (blocks[i] is SourceTable table)
            {
                flat.End();
                grids.Read(table, caption);
                caption = "";
            }
            else
            {
                flat.Read((SourceParagraph)blocks[i]);
                caption = string.IsNullOrWhiteSpace(((SourceParagraph)blocks[i]).Text) ? caption : ((SourceParagraph)blocks[i]).Text;
            }
        }

        flat.End();
        return finds;
    }
}
