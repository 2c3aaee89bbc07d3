namespace Aggregator.Testing;

/// <summary>A clock that stands still until it is set.</summary>
public sealed class FakeClock(DateTimeOffset now) : TimeProvider
{
    DateTimeOffset now = now;

    /// <summary>The evening of 20 January 2022 in Shanghai: the units are busy with the reports of 2021.</summary>
    public static FakeClock InJanuary2022() => new(Shanghai(2022, 1, 20, 18, 0, 0));

    /// <summary>An instant by the wall clock of Shanghai.</summary>
    public static DateTimeOffset Shanghai(int year, int month, int day, int hour, int minute, int second) =>
        new(year, month, day, hour, minute, second, TimeSpan.FromHours(8));

    /// <summary>Sets the clock.</summary>
    public void Set(DateTimeOffset instant) => now = instant;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => now.ToUniversalTime();
}
