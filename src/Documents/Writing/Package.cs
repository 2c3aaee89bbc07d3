using System.IO.Compression;

namespace Aggregator.Documents.Writing;

/// <summary>Office packages whose bytes depend on their content only.</summary>
static class Package
{
    // ZIP counts from 1980; Office writes the same day.
    static readonly DateTimeOffset epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The same package without the moment of its making, which the packaging library notes beside each part.</summary>
    public static byte[] WithoutTime(MemoryStream package)
    {
        package.Position = 0;
        using var bytes = new MemoryStream((int)package.Length);
        using (var from = new ZipArchive(package, ZipArchiveMode.Read, leaveOpen: true))
        using (var to = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var part in from.Entries.OrderBy(e => e.FullName, StringComparer.Ordinal))
            {
                var copy = to.CreateEntry(part.FullName, CompressionLevel.Fastest);
                copy.LastWriteTime = epoch;
                using var source = part.Open();
                using var target = copy.Open();
                source.CopyTo(target);
            }
        }

        return bytes.ToArray();
    }
}
