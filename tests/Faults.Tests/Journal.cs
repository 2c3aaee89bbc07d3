using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Aggregator.Faults.Tests;

/// <summary>A report that was sent, and what came back.</summary>
/// <param name="Unit">Its unit.</param>
/// <param name="Key">Its Idempotency-Key.</param>
/// <param name="Body">The bytes.</param>
sealed record Sent(string Unit, string Key, byte[] Body)
{
    /// <summary>SHA-256 of the bytes.</summary>
    public byte[] Sha256 { get; } = SHA256.HashData(Body);

    /// <summary>The first answer that came whole, 201 or 422 with a draft; null while there is none.</summary>
    public Answer? Answer { get; set; }

    /// <summary>Whether it was refused, so that nothing may be kept of it.</summary>
    public bool Refused { get; set; }
}

/// <summary>An answer without what differs from call to call.</summary>
/// <param name="Status">201 or 422.</param>
/// <param name="Body">Its JSON without <c>traceId</c>.</param>
sealed record Answer(int Status, JsonObject Body)
{
    /// <summary>Number of the revision that was acknowledged.</summary>
    public int Revision => (int)Body["revision"]!;

    /// <summary>Whether two answers say the same.</summary>
    public bool Says(Answer other) => Status == other.Status && JsonNode.DeepEquals(Body, other.Body);
}

/// <summary>What was sent for one county's year, and what was acknowledged. It is the tester's, and no fault reaches it.</summary>
sealed class Journal(string county, IReadOnlyList<string> units)
{
    /// <summary>Its county.</summary>
    public string County => county;

    /// <summary>Its units.</summary>
    public IReadOnlyList<string> Units => units;

    /// <summary>Reports by their Idempotency-Key.</summary>
    public ConcurrentDictionary<string, Sent> Reports { get; } = new();

    /// <summary>Reports given up without an answer that are there all the same.</summary>
    public int Whole { get; set; }

    /// <summary>Reports given up without an answer that are not there.</summary>
    public int Absent { get; set; }

    /// <summary>Drafts whose waiver was acknowledged.</summary>
    public ConcurrentBag<(string Unit, int Revision)> Waived { get; } = [];
}

/// <summary>What happened on the way, for the report.</summary>
sealed class Counts
{
    /// <summary>Requests, repeated ones included.</summary>
    public int Requests;

    /// <summary>Those that brought no answer, or one that says to try again.</summary>
    public int Failed;

    /// <summary>Reports that were acknowledged.</summary>
    public int Acknowledged;

    /// <summary>Waivers that were acknowledged.</summary>
    public int Waived;

    /// <summary>Reports given up without an answer, later found whole, or found absent.</summary>
    public int Whole, Absent;

    /// <summary>Acknowledged answers that were asked for once more.</summary>
    public int Replayed;

    /// <summary>What must not happen; the first of it in words.</summary>
    public ConcurrentQueue<string> Defects { get; } = new();
}
