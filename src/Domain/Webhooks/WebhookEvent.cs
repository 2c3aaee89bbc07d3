using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Aggregator.Access;

namespace Aggregator.Webhooks;

/// <summary>What an upper-level system is told: that something happened, and where to look. No figures, nobody's name.</summary>
/// <param name="Id">Names the event; the same in every try and every replay, so that a receiver can tell what it has had.</param>
/// <param name="Event">One of <see cref="Names"/>, or <c>ping</c>.</param>
/// <param name="At">When it happened.</param>
/// <param name="County">County; null for a ping.</param>
/// <param name="Year">Report year.</param>
/// <param name="Unit">Unit; null where the whole county is concerned.</param>
/// <param name="Revision">Revision that it is about.</param>
public sealed record WebhookEvent(string Id, string Event, DateTimeOffset At, string? County, int? Year, string? Unit, int? Revision)
{
    /// <summary>A test that somebody asked for; of no webhook's choosing.</summary>
    public const string Ping = "ping";

    const string Filed = "submission.filed";
    const string Returned = "submission.returned";
    const string Accepted = "submission.accepted";
    const string Published = "edition.published";

    /// <summary>Events that a webhook can choose.</summary>
    public static readonly ImmutableArray<string> Names = [Filed, Returned, Accepted, Published];

    /// <summary>The event that an audit line tells of, or null. This is the whole of what becomes an event.</summary>
    public static WebhookEvent? Of(string county, AuditLine line)
    {
        using var detail = JsonDocument.Parse(line.Detail ?? "{}");
        var name = line.Action switch
        {
            "submit" or "late_correction" or "load_history" => Filed,

            // A draft in which nothing hard is left is filed by the waiver.
            "waive" when detail.RootElement.TryGetProperty("filed", out var filed) && filed.ValueKind == JsonValueKind.True => Filed,
            "return" => Returned,
            "accept" => Accepted,
            "publish_year" or "replace_edition" => Published,
            _ => null,
        };
        return name is null ? null : new WebhookEvent(
            string.Create(CultureInfo.InvariantCulture, $"{county}-{line.Id}"), name, line.At, county, line.Year, line.Subject == county ? null : line.Subject,
            detail.RootElement.TryGetProperty("revision", out var revision) && revision.TryGetInt32(out var number) ? number : null);
    }

    /// <summary>The body that is sent and signed.</summary>
    public string ToBody() => JsonSerializer.Serialize(this, StoredJson.Readable.WebhookEvent);
}
