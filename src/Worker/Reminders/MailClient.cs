using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Aggregator.Reminders;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Aggregator.Worker.Reminders;

/// <summary>What became of an attempt to send.</summary>
/// <param name="Delivered">Addresses for which the server took it.</param>
/// <param name="Refused">Addresses that it refused for good.</param>
/// <param name="Delayed">Addresses for which it says later.</param>
/// <param name="Words">What the server said about those.</param>
sealed record MailOutcome(IReadOnlyList<string> Delivered, IReadOnlyList<string> Refused, IReadOnlyList<string> Delayed, string? Words);

/// <summary>A file that goes with a mail.</summary>
/// <param name="Name">File name.</param>
/// <param name="MediaType">Media type.</param>
/// <param name="Content">Its bytes.</param>
sealed record MailFile(string Name, string MediaType, byte[] Content);

/// <summary>A connection that is opened when it is first needed, kept for the mails that follow, and opened anew after a failure.</summary>
sealed class MailConnection(Func<SmtpClient> open) : IDisposable
{
    SmtpClient? smtp;

    /// <summary>The connection.</summary>
    public SmtpClient Smtp => smtp ??= open();

    /// <summary>Hangs up.</summary>
    public void Abandon()
    {
        smtp?.Dispose();
        smtp = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Abandon();
}

/// <summary>The dunning letter (催办函) to a unit as a file; null where none can be made.</summary>
delegate Task<MailFile?> DunningLetterOf(string county, int year, string unit, CancellationToken token);

/// <summary>
/// Speaks SMTP. A server that does not answer is tried again at once, with jitter, and left alone for a while after several
/// failures; what the server says about a mail or an address is an outcome and no failure of it. One of them per process, so that
/// the circuit breaker knows all attempts.
/// </summary>
sealed class MailClient
{
    static readonly SmtpStatusCode[] aboutTheMail = [
        SmtpStatusCode.MailboxBusy, SmtpStatusCode.LocalErrorInProcessing, SmtpStatusCode.InsufficientStorage, SmtpStatusCode.MailboxUnavailable,
        SmtpStatusCode.UserNotLocalTryAlternatePath, SmtpStatusCode.ExceededStorageAllocation, SmtpStatusCode.MailboxNameNotAllowed, SmtpStatusCode.TransactionFailed];

    readonly MailSettings settings;
    readonly ResiliencePipeline pipeline;

    /// <summary>A client with the pauses of the product, or with shorter ones.</summary>
    public MailClient(MailSettings settings, TimeProvider time, TimeSpan? retryDelay = null)
    {
        this.settings = settings;
        var failed = new PredicateBuilder().Handle<SmtpException>().Handle<IOException>().Handle<TimeoutException>();
        pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = failed,
                MaxRetryAttempts = 2,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = retryDelay ?? TimeSpan.FromSeconds(2),
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = failed,
                FailureRatio = 0.8,
                MinimumThroughput = 5,
                SamplingDuration = TimeSpan.FromMinutes(5),
                BreakDuration = TimeSpan.FromMinutes(5),
                StateProvider = Breaker,
            })
            .Build();
    }

    /// <summary>Whether the server is being left alone.</summary>
    public CircuitBreakerStateProvider Breaker { get; } = new();

    /// <summary>A connection, for several mails one after the other.</summary>
    public MailConnection Connect() => new(() => new SmtpClient(settings.Host!, settings.Port)
    {
        EnableSsl = settings.StartTls,
        DeliveryFormat = SmtpDeliveryFormat.SevenBit,
        Credentials = settings.User is null ? null : new NetworkCredential(settings.User, settings.Password),
    });

    /// <summary>
    /// Sends one mail to those of its addresses that do not have it yet.
    /// </summary>
    /// <exception cref="BrokenCircuitException">The server is being left alone.</exception>
    /// <exception cref="SmtpException">The server does not answer, or speaks about something else than this mail.</exception>
    public async Task<MailOutcome> SendAsync(
        MailConnection connection, ClaimedMail mail, MailAddresses addresses, MailContent content, string html, MailFile? letter, CancellationToken token)
    {
        using var message = Message(mail, addresses, content, html, letter);
        string[] all = [.. message.To.Concat(message.CC).Select(a => a.Address)];
        return await pipeline.ExecuteAsync(async (m, stop) =>
        {
            try
            {
                // Cancelling does not end a wait for the server's answer; leaving it does.
                await connection.Smtp.SendMailAsync(m, CancellationToken.None).WaitAsync(settings.Timeout, stop);
                return new MailOutcome(all, [], [], null);
            }
            catch (TimeoutException)
            {
                connection.Abandon();
                throw new TimeoutException($"邮件服务器在 {settings.Timeout.TotalSeconds:0.#} 秒内没有答复");
            }
            catch (SmtpFailedRecipientsException e)
            {
                return Outcome(all, e.InnerExceptions);
            }
            catch (SmtpFailedRecipientException e)
            {
                return Outcome(all, [e]);
            }
            catch (SmtpException e) when (aboutTheMail.Contains(e.StatusCode))
            {
                var words = Words(e);
                return (int)e.StatusCode >= 500 ? new MailOutcome([], all, [], words) : new MailOutcome([], [], all, words);
            }
        }, message, token);
    }

    /// <summary>What the server said, as far as it can be had.</summary>
    public static string Words(Exception e)
    {
        var words = e.InnerException is null or TimeoutException ? e.Message : $"{e.Message} {e.InnerException.Message}";
        var code = e is SmtpException { StatusCode: not SmtpStatusCode.GeneralFailure } smtp ? $"{(int)smtp.StatusCode} " : "";
        return $"{code}{words}" is { Length: > 500 } text ? text[..500] : $"{code}{words}";
    }

    MailMessage Message(ClaimedMail mail, MailAddresses addresses, MailContent content, string html, MailFile? letter)
    {
        var message = new MailMessage
        {
            From = new MailAddress(settings.From, settings.FromName, Encoding.UTF8),
            Subject = content.Subject,
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
            Body = content.ToText(),
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.Base64,
        };
        message.Headers["Message-ID"] = $"<{mail.MessageId}@{settings.Domain}>";
        message.Headers["Auto-Submitted"] = "auto-generated";
        foreach (var address in addresses.To.Except(mail.Delivered))
        {
            message.To.Add(new MailAddress(address));
        }

        foreach (var address in addresses.Copies.Except(mail.Delivered))
        {
            message.CC.Add(new MailAddress(address));
        }

        var view = AlternateView.CreateAlternateViewFromString(html, Encoding.UTF8, MediaTypeNames.Text.Html);
        view.TransferEncoding = TransferEncoding.Base64;
        message.AlternateViews.Add(view);
        if (letter is not null)
        {
            message.Attachments.Add(new Attachment(new MemoryStream(letter.Content), letter.Name, letter.MediaType) { NameEncoding = Encoding.UTF8 });
        }

        return message;
    }

    static MailOutcome Outcome(string[] all, IEnumerable<SmtpFailedRecipientException> failures)
    {
        var byAddress = failures.ToLookup(f => (int)f.StatusCode >= 500, f => f.FailedRecipient?.Trim('<', '>') ?? "");
        string[] refused = [.. byAddress[true]], delayed = [.. byAddress[false]];
        return new MailOutcome([.. all.Except(refused).Except(delayed)], refused, delayed,
            string.Join("；", failures.Select(f => $"{f.FailedRecipient?.Trim('<', '>')}：{Words(f)}")));
    }
}
