using Aggregator.Access;
using CsvHelper;

namespace Aggregator.Documents.Writing;

/// <summary>
/// Writes a county's sealed audit lines as a table for people, line by line as they come. A text that a spreadsheet would take
/// for a formula is disarmed, so seals are to be recomputed from the NDJSON file.
/// </summary>
public static class AuditCsv
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "text/csv";

    // Without the byte-order mark Excel reads the file in the machine's own encoding and shows garbage for Chinese.
    static readonly CsvWriterOptions options = new() { WriteByteOrderMark = true, Injection = CsvInjection.Escape };

    /// <summary>Writes the file.</summary>
    public static async Task WriteAsync(Stream stream, IAsyncEnumerable<SealedLine> lines, CancellationToken token)
    {
        await using var csv = CsvWriter.Create(stream, options, leaveOpen: true);
        await csv.WriteRecordAsync(["county", "seq", "id", "at", "actor", "action", "year", "subject", "detail", "sha256"], token);
        await foreach (var line in lines.WithCancellation(token))
        {
            csv.WriteField(line.County);
            csv.WriteField(line.Seq, default);
            csv.WriteField(line.Id, default);
            csv.WriteField(line.At);
            csv.WriteField(line.Actor);
            csv.WriteField(line.Action);
            csv.WriteField(line.Year, default);
            csv.WriteField(line.Subject);
            csv.WriteField(line.Detail);
            csv.WriteField(line.Sha256);
            await csv.EndRecordAsync(token);
        }

        await csv.FlushAsync(token);
    }
}
