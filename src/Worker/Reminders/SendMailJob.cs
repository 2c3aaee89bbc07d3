using System.Net.Mail;
using Aggregator.Documents.Writing;
using Aggregator.Reminders;
using Polly.CircuitBreaker;

namespace Aggregator.Worker.Reminders;

/// <summary>
/// Sends what waits in the outbox. Any number may run at once; each mail is with one of them. A worker that dies between the
/// server's last word and ours leaves a mail that is sent a second time ten minutes later: SMTP has no way around it, and the
/// Message-ID, which is the same both times, lets mail programs and people recognise it.
/// </summary>
sealed partial class SendMailJob(
    MailStore mails, ReminderStore reminders, MailClient client, MailSettings settings, DunningLetterOf letterOf, TimeProvider time, ILogger<SendMailJob> logger)
{
    static readonly TimeSpan[] pauses = [
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4)];

    /// <summary>Sends until nothing is due, the limit per minute is reached, or the server is being left alone.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        if (!settings.Configured)
        {
            return;
        }

        using var connection = client.Connect();
        while (await mails.ClaimAsync(settings, token) is { } mail)
        {
            if (!await SendAsync(connection, mail, token))
            {
                return;
            }
        }
    }

    async Task<bool> SendAsync(MailConnection connection, ClaimedMail mail, CancellationToken token)
    {
        var letter = mail.Detail.AttachLetter ? await letterOf(mail.County, mail.Year, mail.Unit, token) : null;

        // Composing reads again who has filed: the last look before the mail leaves.
        var outgoing = await reminders.ComposeAsync(mail, letter is not null, token);
        if (outgoing.Content is not { } content)
        {
            await mails.WriteOutcomeAsync(mail, "cancelled", outgoing.Needless, mail.Delivered, null, token);
            return true;
        }

        var html = await MailHtml.WriteAsync(content);
        await mails.WriteContentAsync(mail, outgoing.Addresses, content.Subject, content.ToText(), html, token);
        if (outgoing.Addresses.To.Count == 0)
        {
            await mails.WriteOutcomeAsync(mail, "failed", "没有可用的电子邮件地址，请补充联系人后重试。", mail.Delivered, null, token);
            return true;
        }

        try
        {
            var outcome = await client.SendAsync(connection, mail, outgoing.Addresses, content, html, letter, token);
            string[] delivered = [.. mail.Delivered, .. outcome.Delivered];
            await (outcome switch
            {
                { Delayed.Count: > 0 } => DeferAsync(mail, outcome.Words, delivered, token),
                _ => mails.WriteOutcomeAsync(mail, delivered.Length > 0 ? "sent" : "failed", outcome.Words, delivered, null, token),
            });
            return true;
        }
        catch (BrokenCircuitException)
        {
            await mails.ReleaseAsync(mail, token);
            LeftAlone(logger, settings.Host!);
            return false;
        }
        catch (Exception e) when (e is SmtpException or IOException or TimeoutException)
        {
            var words = MailClient.Words(e);
            ServerFailed(logger, settings.Host!, words);
            await DeferAsync(mail, words, mail.Delivered, token);
            return true;
        }
    }

    async Task DeferAsync(ClaimedMail mail, string? words, IReadOnlyList<string> delivered, CancellationToken token)
    {
        var now = time.GetUtcNow();
        var giveUp = now - mail.CreatedAt > settings.GiveUpAfter;
        await mails.WriteOutcomeAsync(mail, giveUp ? "given_up" : "queued", words, delivered, now + pauses[Math.Min(mail.Attempts, pauses.Length) - 1], token);
    }

    [LoggerMessage(LogLevel.Warning, "The mail server {Host} does not take mail: {Words}")]
    static partial void ServerFailed(ILogger logger, string host, string words);

    [LoggerMessage(LogLevel.Warning, "The mail server {Host} is left alone for some minutes; mails wait")]
    static partial void LeftAlone(ILogger logger, string host);
}
