using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Aggregator.Access;

/// <summary>How patient sign-in is, how long a session lasts and how often one may call: settings <c>Access:…</c>, whole numbers from 1.</summary>
/// <param name="Failures">Wrong passwords in a row that lock an account; <c>Access:Failures</c>, 5.</param>
/// <param name="Locked">How long it stays locked; <c>Access:LockedMinutes</c>, 15.</param>
/// <param name="Idle">How long a session lasts without a request; <c>Access:IdleMinutes</c>, 30.</param>
/// <param name="Lifetime">How long a session lasts at most; <c>Access:SessionHours</c>, 12.</param>
/// <param name="SignInsPerMinute">Tries to sign in from one address within a minute; <c>Access:SignInsPerMinute</c>, 30.</param>
/// <param name="RequestsPerMinute">Requests of one key or account within a minute; <c>Access:RequestsPerMinute</c>, 120,000.</param>
/// <param name="AnonymousRequestsPerMinute">Requests from one address without either; <c>Access:AnonymousRequestsPerMinute</c>, 30,000.</param>
public sealed record AccessSettings(
    int Failures, TimeSpan Locked, TimeSpan Idle, TimeSpan Lifetime, int SignInsPerMinute, int RequestsPerMinute, int AnonymousRequestsPerMinute)
{
    /// <summary>What holds where nothing is set.</summary>
    public static AccessSettings Default { get; } = From(new ConfigurationBuilder().Build());

    /// <summary>The settings of a program's configuration; a value that is no such number stops its start.</summary>
    public static AccessSettings From(IConfiguration configuration) => new(
        Read(configuration, "Failures", 5),
        TimeSpan.FromMinutes(Read(configuration, "LockedMinutes", 15)),
        TimeSpan.FromMinutes(Read(configuration, "IdleMinutes", 30)),
        TimeSpan.FromHours(Read(configuration, "SessionHours", 12)),
        Read(configuration, "SignInsPerMinute", 30),
        Read(configuration, "RequestsPerMinute", 120_000),
        Read(configuration, "AnonymousRequestsPerMinute", 30_000));

    static int Read(IConfiguration configuration, string name, int otherwise) => configuration[$"Access:{name}"] switch
    {
        null => otherwise,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 10_000_000 => number,
        var text => throw new ArgumentException($"Access:{name} is '{text}'; it takes a whole number from 1 to 10000000.", nameof(configuration)),
    };
}
