using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Aggregator.Jobs;

/// <summary>
/// How long what is not a received fact is kept: settings <c>Retention:…</c>, whole days from 1. Reports, drafts, editions and the
/// audit are kept for ever.
/// </summary>
/// <param name="Keys">API keys after they have ended; <c>Retention:KeyDays</c>, 365. The audit goes on naming them.</param>
/// <param name="Deliveries">Events that a webhook has taken, or that were given up; <c>Retention:DeliveryDays</c>, 90.</param>
/// <param name="Runs">Runs of jobs that are over; <c>Retention:JobDays</c>, 90.</param>
/// <param name="Mails">Addresses and texts of mails; <c>Retention:MailDays</c>, 1,095. That a mail was sent is kept.</param>
public sealed record RetentionSettings(TimeSpan Keys, TimeSpan Deliveries, TimeSpan Runs, TimeSpan Mails)
{
    /// <summary>What holds where nothing is set.</summary>
    public static RetentionSettings Default { get; } = From(new ConfigurationBuilder().Build());

    /// <summary>The settings of a program's configuration; a value that is no such number stops its start.</summary>
    public static RetentionSettings From(IConfiguration configuration) =>
        new(Read(configuration, "KeyDays", 365), Read(configuration, "DeliveryDays", 90), Read(configuration, "JobDays", 90), Read(configuration, "MailDays", 1095));

    static TimeSpan Read(IConfiguration configuration, string name, int otherwise) => configuration[$"Retention:{name}"] switch
    {
        null => TimeSpan.FromDays(otherwise),
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= 36_500 => TimeSpan.FromDays(days),
        var text => throw new ArgumentException($"Retention:{name} is '{text}'; it takes a number of days from 1 to 36500.", nameof(configuration)),
    };
}
