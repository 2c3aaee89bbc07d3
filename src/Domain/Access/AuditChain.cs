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
        var words = string.Join('\u001f', county, Number(seq), Number(line.Id), line.At.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
            line.Actor, line.Action, line.Year is { } year ? Number(year) : "", line.Subject, line.Detail ?? "");
        var text = Encoding.UTF8.GetBytes(words);
        return SHA256.HashData([.. before, .. text]);
    }

    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a check of a county's audit found.</summary>
/// <param name="Whole">No seal is broken and no line has been left unsealed.</param>
/// <param name="Sealed">Number of sealed lines that hold.</param>
/// <param name="Unsealed">Lines that wait for their seal; normal for some seconds.</param>
/// <param name="BrokenAt">Number in the chain at which it breaks first: a line was changed, removed or inserted there.</param>
/// <param name="UnsealedSince">When the oldest unsealed line was written, if that is longer ago than sealing takes.</param>
/// <param name="Head">Seal of the last line that holds, lower-case hex; keep it elsewhere to notice a cut-off end.</param>
public sealed record AuditCheck(bool Whole, long Sealed, long Unsealed, long? BrokenAt, DateTimeOffset? UnsealedSince, string Head);
