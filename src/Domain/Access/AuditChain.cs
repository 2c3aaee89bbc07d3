using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Aggregator.Access;

/// <summary>
/// The seal of an audit line: SHA-256 over the seal before it and the line's own words. Who changes, removes or inserts a line
/// breaks every seal from there on.
/// </summary>
public static class AuditChain
{
    /// <summary>What the first line of a county follows.</summary>
    public static readonly byte[] Start = new byte[SHA256.HashSizeInBytes];

    /// <summary>The seal of a line that follows another seal.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> before, string county, long seq, AuditLine line)
    {
        // Every field is followed by a character that none of them contains, so that no two lines read the same.
        var words = string.Join('\u001f', county, Number(seq), Number(line.Id), Instant(line.At),
            line.Actor, line.Action, line.Year is { } year ? Number(year) : "", line.Subject, line.Detail ?? "");
        var text = Encoding.UTF8.GetBytes(words);
        return SHA256.HashData([.. before, .. text]);
    }

    /// <summary>An instant as it is sealed: UTC, seven decimals, <c>2022-01-20T10:00:00.0000000+00:00</c>.</summary>
    public static string Instant(DateTimeOffset at) => at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A sealed line as it is exported: the very texts that were sealed, so that anybody can compute the seal again.</summary>
/// <param name="County">County; empty for the installation's own lines.</param>
/// <param name="Seq">Number in the chain, from 1 without a gap.</param>
/// <param name="Id">Position in the list.</param>
/// <param name="At">When, as in <see cref="AuditChain.Instant"/>.</param>
/// <param name="Actor">Who.</param>
/// <param name="Action">What.</param>
/// <param name="Year">Report year, if it concerns one.</param>
/// <param name="Subject">Unit, county or key.</param>
/// <param name="Detail">Particulars, the JSON as text; null for none.</param>
/// <param name="Sha256">The seal, lower-case hex.</param>
public sealed record SealedLine(
    string County, long Seq, long Id, string At, string Actor, string Action, int? Year, string Subject, string? Detail, string Sha256);

/// <summary>What a check of a county's audit found.</summary>
/// <param name="Whole">No seal is broken and no line has been left unsealed.</param>
/// <param name="Sealed">Number of sealed lines that hold.</param>
/// <param name="Unsealed">Lines that wait for their seal; normal for some seconds.</param>
/// <param name="BrokenAt">Number in the chain at which it breaks first: a line was changed, removed or inserted there.</param>
/// <param name="UnsealedSince">When the oldest unsealed line was written, if that is longer ago than sealing takes.</param>
/// <param name="Head">Seal of the last line that holds, lower-case hex; keep it elsewhere to notice a cut-off end.</param>
public sealed record AuditCheck(bool Whole, long Sealed, long Unsealed, long? BrokenAt, DateTimeOffset? UnsealedSince, string Head);
