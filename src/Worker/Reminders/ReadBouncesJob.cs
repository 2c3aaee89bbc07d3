using System.Text.RegularExpressions;
using Aggregator.Reminders;

namespace Aggregator.Worker.Reminders;

/// <summary>
/// Reads the mailbox file into which the mail server puts what comes back, and notes it beside the mail whose Message-ID it names.
/// The file is only read; noting a bounce twice changes nothing.
/// </summary>
sealed partial class ReadBouncesJob(MailStore mails, MailSettings settings)
{
    const int MaxWords = 500;

    /// <summary>Reads the whole file; there is none on most installations.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        if (settings.BounceMailbox is not { } file || !File.Exists(file))
        {
            return;
        }

        var bounces = Read(await File.ReadAllTextAsync(file, token), settings.Domain);
        if (bounces.Count > 0)
        {
            await mails.RecordBouncesAsync(bounces, token);
        }
    }

    /// <summary>Our message ids in the messages of a mailbox, with the words of the server that sent them back.</summary>
    internal static List<(Guid MessageId, string Words)> Read(string mailbox, string domain)
    {
        var found = new Dictionary<Guid, string>();
        foreach (var message in StartOfMessage().Split(mailbox.ReplaceLineEndings("\n")))
        {
            var words = Diagnostic().Match(message) is { Success: true } match ? Spaces().Replace(match.Groups[1].Value, " ").Trim() : "退信";
            foreach (var id in MessageIds().Matches(message).Where(m => m.Groups[2].Value == domain).Select(m => Guid.Parse(m.Groups[1].Value)))
            {
                found.TryAdd(id, words.Length > MaxWords ? words[..MaxWords] : words);
            }
        }

        return [.. found.Select(f => (f.Key, f.Value))];
    }

    [GeneratedRegex("^From ", RegexOptions.Multiline)]
    private static partial Regex StartOfMessage();

    [GeneratedRegex(@"^Diagnostic-Code:[ \t]*((?:.*)(?:\n[ \t].*)*)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Diagnostic();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@([^>\s]+)>")]
    private static partial Regex MessageIds();
}
