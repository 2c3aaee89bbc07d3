using Aggregator.Editions;
using Aggregator.Forms;
using Aggregator.Years;

namespace Aggregator.Documents.Writing;

/// <summary>Writes a circular as a Word document, with the scores as its annex.</summary>
public static class CircularWord
{
    /// <summary>The file.</summary>
    public static byte[] Write(Circular circular)
    {
        var paper = new OfficialPaper(circular.Title, null);
        var (subject, kind) = (circular.Title.IndexOf("关于", StringComparison.Ordinal), circular.Title.IndexOf("报送情况", StringComparison.Ordinal));
        paper.Title(circular.Title[..subject], circular.Title[subject..kind], circular.Title[kind..]);
        paper.Flush(circular.Recipients);
        paper.Text(circular.Opening);
        foreach (var part in circular.Parts)
        {
            paper.Head(part.Heading!);
            foreach (var paragraph in part.Paragraphs)
            {
                paper.Text(paragraph);
            }
        }

        paper.Annexes("年度报告报送评分表");
        paper.Sign(circular.Issuer, ChinaTime.Text(circular.Date));

        paper.Flush("附件", isHead: true, newPage: true);
        paper.Title("年度报告报送评分表");
        paper.Table([560, 2400, 1750, 700, 2784, 650],
            [
                [.. ((string[])["序号", "单位", "报送日期", "问题", "扣分", "得分"]).Select(t => new PaperField(t, IsHead: true))],
                .. circular.Units.Select((u, i) => (IEnumerable<PaperField>)
                [
                    new($"{i + 1}"), new(u.Unit.Name, IsText: true),
                    new(u.Unit is { IsFiled: true, FiledAt: { } at } ? ChinaTime.Text(ChinaTime.DateOf(at)) : u.Unit.Standing),
                    new(u.OpenFindings == 0 ? "—" : $"{u.OpenFindings}处"),
                    new(u.Deductions.Count == 0 ? "—" : string.Join("；", u.Deductions.Select(d => $"{d.Text}−{Figures.Text(d.Points)}")), IsText: u.Deductions.Count > 0),
                    new(Figures.Text(u.Score)),
                ]),
            ]);
        paper.Note($"注：满分{Figures.Text(circular.Full)}分；“问题”指报告中尚未消除的校验问题。");
        return paper.Save();
    }
}
