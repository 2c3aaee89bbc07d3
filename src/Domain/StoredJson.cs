using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Aggregator.Access;
using Aggregator.Checks;
using Aggregator.Editions;
using Aggregator.Reminders;
using Aggregator.Totals;
using Aggregator.Units;
using Aggregator.Webhooks;
using Aggregator.Years;

namespace Aggregator;

/// <summary>JSON as it stands in jsonb columns.</summary>
[JsonSerializable(typeof(IReadOnlyList<Contact>))]
[JsonSerializable(typeof(IReadOnlyList<Finding>))]
[JsonSerializable(typeof(List<Waiver>))]
[JsonSerializable(typeof(CountyReport))]
[JsonSerializable(typeof(IReadOnlyList<Adjustment>))]
[JsonSerializable(typeof(WebhookEvent))]
[JsonSerializable(typeof(List<HolidayYear>))]
[JsonSerializable(typeof(Ladder))]
[JsonSerializable(typeof(MailDetail))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, long>))]
[JsonSerializable(typeof(ArchiveManifest))]
[JsonSerializable(typeof(SealedLine))]
sealed partial class StoredJson : JsonSerializerContext
{
    /// <summary>Chinese stays readable, also to who looks into the database.</summary>
    public static StoredJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
