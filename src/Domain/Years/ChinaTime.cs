using System.Globalization;

namespace Aggregator.Years;

/// <summary>
/// Instants as a clerk reads them. China has had one time without daylight saving since 1991, so the offset is fixed and no
/// time-zone database is needed.
/// </summary>
public static class ChinaTime
{
    static readonly TimeSpan offset = TimeSpan.FromHours(8);

    /// <summary>The day in China at an instant.</summary>
    public static DateOnly DateOf(DateTimeOffset instant) => DateOnly.FromDateTime(instant.ToOffset(offset).DateTime);

    /// <summary>A day such as <c>2022年1月31日</c>.</summary>
    public static string Text(DateOnly date) => date.ToString("yyyy'年'M'月'd'日'", CultureInfo.InvariantCulture);

    /// <summary>The last second of a day in China.</summary>
    public static DateTimeOffset EndOf(DateOnly day) => new(day, new TimeOnly(23, 59, 59), offset);

    /// <summary>The last minute of a day, as a due day is read: <c>1月31日 23:59</c>.</summary>
    public static string DueText(DateOnly date) => date.ToString("M'月'd'日 23:59'", CultureInfo.InvariantCulture);

    /// <summary>An instant of the last months such as <c>1月31日 09:05</c>.</summary>
    public static string ShortText(DateTimeOffset instant) => instant.ToOffset(offset).ToString("M'月'd'日' HH:mm", CultureInfo.InvariantCulture);

    /// <summary>An instant such as <c>2022年1月31日 09:05</c>.</summary>
    public static string Text(DateTimeOffset instant) =>
        instant.ToOffset(offset).ToString("yyyy'年'M'月'd'日' HH:mm", CultureInfo.InvariantCulture);
}
