using Aggregator.Editions;
using Aggregator.Years;

namespace Aggregator.Documents.Writing;

/// <summary>Writes a dunning letter as a Word document.</summary>
public static class DunningLetterWord
{
    /// <summary>The file.</summary>
    public static byte[] Write(DunningLetter letter)
    {
        var paper = new OfficialPaper(letter.Title, null);
        var half = letter.Title.IndexOf("政府信息公开", StringComparison.Ordinal);
        paper.Title(letter.Title[..half], letter.Title[half..]);
        paper.Flush(letter.Recipient);
        foreach (var paragraph in letter.Paragraphs)
        {
            paper.Text(paragraph);
        }

        paper.Sign(letter.Issuer, ChinaTime.Text(letter.Date));
        if (letter.Contact is null)
        {
            paper.Todo("联系人及电话");
        }
        else if (letter.Contact.Length > 0)
        {
            paper.Text($"（联系人：{letter.Contact}）");
        }

        return paper.Save();
    }
}
