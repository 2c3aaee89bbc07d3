using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Aggregator.Jobs;

/// <summary>One run of a job.</summary>
/// <param name="Id">Its number; later runs have higher ones.</param>
/// <param name="Job">Which job, such as <c>recheck_totals</c>.</param>
/// <param name="Key">What the run is for, used once: for a job of the clock the instant that it was due.</param>
/// <param name="County">County that it is about; null for the whole installation.</param>
/// <param name="State"><c>queued</c>, <c>running</c>, <c>done</c> or <c>failed</c>.</param>
/// <param name="QueuedAt">When it was asked for.</param>
/// <param name="QueuedBy">The caller who asked, or <c>clock</c>.</param>
/// <param name="StartedAt">When it last began.</param>
/// <param name="EndedAt">When it was over.</param>
/// <param name="Worker">The worker that is or was on it.</param>
/// <param name="Attempts">How often it was begun; more than once if workers died on it.</param>
/// <param name="Done">Parts that are done, of <paramref name="Total"/>.</param>
/// <param name="Total">Parts that there are; null until that is known.</param>
/// <param name="Counts">What came of it, counted.</param>
/// <param name="Remarks">What a person should look at, in Chinese; at most a hundred.</param>
/// <param name="Error">Why it failed; never with secrets or figures.</param>
/// <param name="RetryOf">The failed run that this one repeats.</param>
public sealed record JobRun(
    long Id,
    string Job,
    string Key,
    string? County,
    string State,
    DateTimeOffset QueuedAt,
    string QueuedBy,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    string? Worker,
    int Attempts,
    int Done,
    int? Total,
    IReadOnlyDictionary<string, long> Counts,
    IReadOnlyList<string> Remarks,
    string? Error,
    long? RetryOf)
{
    /// <summary>The job in words.</summary>
    public string Label => JobNames.LabelOf(Job);

    /// <summary>Whether nothing more will happen to it.</summary>
    [JsonIgnore]
    public bool IsOver => State is "done" or "failed";
}

/// <summary>What came of a run.</summary>
/// <param name="Counts">Counted, by name.</param>
/// <param name="Remarks">What a person should look at, in Chinese.</param>
public sealed record JobResult(IReadOnlyDictionary<string, long> Counts, IReadOnlyList<string> Remarks)
{
    /// <summary>One count and nothing to remark.</summary>
    public static JobResult Of(string name, long count) => new(new Dictionary<string, long> { [name] = count }, []);
}

/// <summary>Says how far a run is: parts done, of how many.</summary>
public delegate Task ReportProgress(int done, int total);

/// <summary>Names of jobs.</summary>
public static class JobNames
{
    /// <summary>Writes down whose due day has passed.</summary>
    public const string MarkOverdue = "mark_overdue";

    /// <summary>Adds up every open year again from the bodies as received.</summary>
    public const string RecheckTotals = "recheck_totals";

    /// <summary>Deletes what retention does not keep.</summary>
    public const string CleanUp = "clean_up";

    /// <summary>Builds an edition.</summary>
    public const string BuildEdition = "build_edition";

    /// <summary>Takes a sheet with many units' figures in.</summary>
    public const string ImportBulk = "import_bulk";

    /// <summary>Jobs that the clock starts; they can be paused, and run again when they have failed.</summary>
    public static readonly ImmutableArray<string> OfTheClock = [MarkOverdue, RecheckTotals, CleanUp];

    /// <summary>A job in words.</summary>
    public static string LabelOf(string job) => job switch
    {
        MarkOverdue => "登记逾期未报",
        RecheckTotals => "核对汇总数据",
        CleanUp => "清理过期记录",
        BuildEdition => "生成定稿",
        ImportBulk => "批量报送",
        _ => job,
    };
}
