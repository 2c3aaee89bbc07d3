using Aggregator.Forms;

namespace Aggregator.Submissions;

/// <summary>A report as a unit handed it in, understood but not yet checked.</summary>
/// <param name="Unit">Code of the reporting unit.</param>
/// <param name="Figures">The numbers.</param>
/// <param name="Prose">The texts, in the order of <see cref="Form.Prose"/>; null where one was left out.</param>
/// <param name="PublishedAt">Day of publication on the unit's site, if published.</param>
/// <param name="PublishedUrl">Where it is published.</param>
/// <param name="FiledAt">When it was filed, stated by a county that loads past years; null for now.</param>
/// <param name="Body">The body as received, byte for byte.</param>
/// <param name="Document">What the body is if it is no JSON but a file that the report was read from; such a report is a draft.</param>
public sealed record Submission(
    string Unit,
    Figures Figures,
    string?[] Prose,
    DateOnly? PublishedAt,
    string? PublishedUrl,
    DateTimeOffset? FiledAt,
    ReadOnlyMemory<byte> Body,
    ReceivedDocument? Document = null);

/// <summary>A file that a report was read from.</summary>
/// <param name="MediaType">Media type, as its content shows it.</param>
/// <param name="FileName">What the sender calls it, if anything.</param>
/// <param name="Reading">How it was read, as JSON.</param>
public sealed record ReceivedDocument(string MediaType, string? FileName, string Reading);

/// <summary>A body byte for byte as it was received.</summary>
/// <param name="Body">The bytes.</param>
/// <param name="MediaType">Media type.</param>
/// <param name="FileName">What the sender calls it, if it is a file.</param>
public sealed record ReceivedBody(byte[] Body, string MediaType, string? FileName);
