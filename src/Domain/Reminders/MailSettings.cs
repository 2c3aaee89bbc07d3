using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Aggregator.Reminders;

/// <summary>How an installation sends mail: the section <c>Mail</c> of the configuration. Without a host nothing is sent; mails wait.</summary>
/// <param name="Host">Mail server; null for none.</param>
/// <param name="Port">Its port; 587 unless set.</param>
/// <param name="StartTls">Whether the connection has to be encrypted (STARTTLS); true unless set.</param>
/// <param name="User">Name to log in with; null for none.</param>
/// <param name="Password">Password to log in with.</param>
/// <param name="From">Address of the sender.</param>
/// <param name="FromName">Name of the sender.</param>
/// <param name="PerMinute">Most mails of all workers in a minute.</param>
/// <param name="Timeout">How long one mail may take.</param>
/// <param name="QuietFrom">From when on reminders and digests wait until morning, in China.</param>
/// <param name="QuietUntil">Until when.</param>
/// <param name="GiveUpAfter">How long a mail is tried.</param>
/// <param name="PublicUrl">Address under which people reach the system.</param>
/// <param name="BounceMailbox">A mailbox file (mbox) into which bounces are delivered; null for none.</param>
public sealed record MailSettings(
    string? Host = null,
    int Port = 587,
    bool StartTls = true,
    string? User = null,
    string? Password = null,
    string From = "noreply@localhost.localdomain",
    string FromName = "政府信息公开年度报告汇总系统",
    int PerMinute = 60,
    TimeSpan Timeout = default,
    TimeOnly QuietFrom = default,
    TimeOnly QuietUntil = default,
    TimeSpan GiveUpAfter = default,
    string PublicUrl = "http://localhost:8080",
    string? BounceMailbox = null)
{
    /// <summary>Whether there is a mail server.</summary>
    public bool Configured => Host is not null;

    /// <summary>What comes after the @ in message ids.</summary>
    public string Domain => From[(From.LastIndexOf('@') + 1)..];

    /// <summary>The settings of a program; a wrong one stops its start.</summary>
    public static MailSettings Read(IConfiguration configuration)
    {
        var mail = configuration.GetSection("Mail");
        var settings = new MailSettings(
            Text(mail["Host"]),
            Number(mail, "Port", 587, 1, 65535),
            Flag(mail, "StartTls", true),
            Text(mail["User"]),
            Text(mail["Password"]),
            Text(mail["From"]) ?? "noreply@localhost.localdomain",
            Text(mail["FromName"]) ?? "政府信息公开年度报告汇总系统",
            Number(mail, "PerMinute", 60, 1, 10_000),
            TimeSpan.FromSeconds(Number(mail, "TimeoutSeconds", 60, 1, 600)),
            Clock(mail, "QuietFrom", new TimeOnly(20, 0)),
            Clock(mail, "QuietUntil", new TimeOnly(8, 0)),
            TimeSpan.FromHours(Number(mail, "GiveUpAfterHours", 120, 1, 24 * 30)),
            (Text(configuration["PublicUrl"]) ?? "http://localhost:8080").TrimEnd('/'),
            Text(mail["BounceMailbox"]));
        if (MailAddresses.Refuse(settings.From) is not null)
        {
            throw new ArgumentException($"Mail:From is '{settings.From}'; it takes an address such as report@example.gov.cn.", nameof(configuration));
        }

        if (settings.FromName.Any(char.IsControl))
        {
            throw new ArgumentException("Mail:FromName has control characters.", nameof(configuration));
        }

        return Uri.TryCreate(settings.PublicUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? settings
            : throw new ArgumentException($"PublicUrl is '{settings.PublicUrl}'; it takes an address such as https://report.example.gov.cn.", nameof(configuration));
    }

    /// <summary>Whether reminders and digests wait at a time of day in China.</summary>
    public bool IsQuiet(DateTimeOffset now)
    {
        var time = TimeOnly.FromTimeSpan(now.ToOffset(TimeSpan.FromHours(8)).TimeOfDay);
        return QuietFrom != QuietUntil && time.IsBetween(QuietFrom, QuietUntil);
    }

    static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    static int Number(IConfigurationSection mail, string name, int otherwise, int least, int most) =>
        Text(mail[name]) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw new ArgumentException($"Mail:{name} is '{text}'; it takes a number from {least} to {most}.", nameof(mail));

    static bool Flag(IConfigurationSection mail, string name, bool otherwise) =>
        Text(mail[name]) is not { } text ? otherwise
        : bool.TryParse(text, out var flag) ? flag
        : throw new ArgumentException($"Mail:{name} is '{text}'; it takes true or false.", nameof(mail));

    static TimeOnly Clock(IConfigurationSection mail, string name, TimeOnly otherwise) =>
        Text(mail[name]) is not { } text ? otherwise
        : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time
        : throw new ArgumentException($"Mail:{name} is '{text}'; it takes a time of day such as 20:00.", nameof(mail));
}
