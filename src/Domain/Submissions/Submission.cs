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
public sealed record Submission(
    string Unit,
    Figures Figures,
    string?[] Prose,
    DateOnly? PublishedAt,
    string? PublishedUrl,
    DateTimeOffset? FiledAt,
    ReadOnlyMemory<byte> Body);
