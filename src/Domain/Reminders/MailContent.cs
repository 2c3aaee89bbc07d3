using System.Text;

namespace Aggregator.Reminders;

/// <summary>What a mail says, before it is laid out.</summary>
/// <param name="Subject">Subject.</param>
/// <param name="Greeting">To whom it speaks, such as <c>马步乡：</c>.</param>
/// <param name="Paragraphs">What it says.</param>
/// <param name="Facts">Label and value, one per line.</param>
/// <param name="Lists">Headed lists, such as who is missing.</param>
/// <param name="LinkLabel">What the link is for.</param>
/// <param name="Link">Where it leads.</param>
/// <param name="Contact">Whom to ask; null if the county names nobody.</param>
/// <param name="Issuer">Who sends it.</param>
/// <param name="Date">The day, in words.</param>
/// <param name="Urgent">Whether the due day is over.</param>
public sealed record MailContent(
    string Subject,
    string Greeting,
    IReadOnlyList<string> Paragraphs,
    IReadOnlyList<MailFact> Facts,
    IReadOnlyList<MailList> Lists,
    string LinkLabel,
    string Link,
    string? Contact,
    string Issuer,
    string Date,
    bool Urgent = false)
{
    /// <summary>What every mail ends with.</summary>
    public const string Footer = "本邮件由系统自动发送，请勿直接回复。如收件人有变动，请告知县级主管部门更新联系人。";

    /// <summary>The mail as plain text.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(Greeting).Append("\n\n");
        foreach (var paragraph in Paragraphs)
        {
            text.Append("　　").Append(paragraph).Append('\n');
        }

        text.Append('\n');
        foreach (var fact in Facts)
        {
            text.Append(fact.Label).Append('：').Append(fact.Value).Append('\n');
        }

        foreach (var list in Lists)
        {
            text.Append('\n').Append(list.Heading).Append('\n');
            foreach (var item in list.Items)
            {
                text.Append("  · ").Append(item).Append('\n');
            }
        }

        text.Append('\n').Append(LinkLabel).Append("：\n").Append(Link).Append("\n\n");
        if (Contact is not null)
        {
            text.Append("联系人：").Append(Contact).Append("\n\n");
        }

        return text.Append(Issuer).Append('\n').Append(Date).Append("\n\n----\n").Append(Footer).Append('\n').ToString();
    }
}

/// <summary>A label and what stands behind it.</summary>
public sealed record MailFact(string Label, string Value);

/// <summary>A heading and the lines below it.</summary>
public sealed record MailList(string Heading, IReadOnlyList<string> Items);
