using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Aggregator.Submissions;

namespace Aggregator.Editions;

/// <summary>What came in since an edition was built: in the edition → what counts now.</summary>
/// <param name="Edition">Number of the edition.</param>
/// <param name="BuiltAt">When it was built.</param>
/// <param name="Units">Units whose report or duty to report is not what it was.</param>
/// <param name="Cells">Cells of the county's total that are different, corrections by the county included.</param>
/// <param name="Sections">Sections whose words are different.</param>
public sealed record EditionChanges(
    int Edition,
    DateTimeOffset BuiltAt,
    IReadOnlyList<UnitChange> Units,
    IReadOnlyList<RevisionChange> Cells,
    IReadOnlyList<SectionChange> Sections)
{
    /// <summary>Whether the report would be another one if it were built now.</summary>
    [JsonIgnore]
    public bool Any => Units.Any(u => u.Counts) || Cells.Count > 0 || Sections.Count > 0;

    /// <summary>Compares an edition with the report as it would be, both as of the edition's day.</summary>
    public static EditionChanges Between(int edition, DateTimeOffset builtAt, CountyReport before, CountyReport now)
    {
        var was = Everybody(before).ToDictionary(u => u.Code);
        return new EditionChanges(
            edition,
            builtAt,
            [.. Everybody(now).OrderBy(u => u.Code, StringComparer.Ordinal).Select(u => UnitChange.Of(was.GetValueOrDefault(u.Code), u)).OfType<UnitChange>()],
            [.. RevisionChange.Between(before.Figures, now.Figures)],
            [.. before.Sections.Zip(now.Sections).Where(pair => !Words(pair.First).SequenceEqual(Words(pair.Second)))
                .Select(pair => new SectionChange(pair.First.Code, pair.First.Heading))]);
    }

    static IEnumerable<ReportUnit> Everybody(CountyReport report) => report.Units.Included.Concat(report.Units.Missing).Concat(report.Units.Exempt);

    static IEnumerable<string?> Words(ReportSection section) => section.Parts.SelectMany(p => p.Paragraphs.Prepend(p.Heading));
}

/// <summary>A unit that is not what it was.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Name">Name.</param>
/// <param name="What"><c>filed · revised · returned · withdrawn · exempted · expected · reopened · accepted</c>.</param>
/// <param name="Label">The same in words.</param>
/// <param name="From">Revision that is in the edition; null if none is.</param>
/// <param name="To">Revision that counts now; null if none does.</param>
public sealed record UnitChange(string Unit, string Name, string What, string Label, int? From, int? To)
{
    static readonly ImmutableDictionary<string, string> labels = new Dictionary<string, string>
    {
        ["filed"] = "新报送",
        ["revised"] = "有新稿",
        ["returned"] = "已退回",
        ["withdrawn"] = "已撤回",
        ["exempted"] = "改为免报",
        ["expected"] = "新列为应报",
        ["reopened"] = "重新打开",
        ["accepted"] = "审核通过",
    }.ToImmutableDictionary();

    /// <summary>Whether the county's figures or their completeness depend on it.</summary>
    [JsonIgnore]
    public bool Counts => What is not ("reopened" or "accepted");

    /// <summary>What has become of a unit, or null if nothing has.</summary>
    internal static UnitChange? Of(ReportUnit? before, ReportUnit now)
    {
        var what = (before, now) switch
        {
            ({ Status: not "exempt" }, { Status: "exempt" }) => "exempted",
            (null or { Revision: null }, { Revision: not null }) => "filed",
            (null or { Status: "exempt" }, { Status: not "exempt" }) => "expected",
            ({ Revision: not null }, { Revision: null }) => now.Status == "returned" ? "returned" : "withdrawn",
            _ when before?.Revision != now.Revision => "revised",
            ({ Status: "accepted" }, { Status: "submitted" }) => "reopened",
            ({ Status: "submitted" }, { Status: "accepted" }) => "accepted",
            _ => null,
        };
        return what is null ? null : new UnitChange(now.Code, now.Name, what, labels[what], before?.Revision, now.Revision);
    }
}

/// <summary>A section whose words are different.</summary>
/// <param name="Section">Code of the section.</param>
/// <param name="Heading">Its heading.</param>
public sealed record SectionChange(string Section, string Heading);
