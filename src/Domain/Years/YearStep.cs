using System.Collections.Immutable;

namespace Aggregator.Years;

/// <summary>
/// The life of a county's year: open → closed → published, and back. This table is the whole of it. What is published is taken
/// back only with a reason; a year that is merely closed is opened again without one, for nobody has relied on it yet.
/// </summary>
/// <param name="Action">What is done, as in the audit.</param>
/// <param name="From">State in which it can be done.</param>
/// <param name="To">State after it.</param>
/// <param name="NeedsReason">Whether it takes a reason, for the file.</param>
/// <param name="Label">The step in words.</param>
public sealed record YearStep(string Action, string From, string To, bool NeedsReason, string Label)
{
    /// <summary>Only units whose extension is not over can file from here on.</summary>
    public static readonly YearStep Close = new("close_year", "open", "closed", false, "截止");

    /// <summary>All units can file again.</summary>
    public static readonly YearStep Open = new("open_year", "closed", "open", false, "重新开放");

    /// <summary>The totals become what an edition says, and stay so.</summary>
    public static readonly YearStep Publish = new("publish_year", "closed", "published", false, "发布");

    /// <summary>Another edition takes the place of the published one.</summary>
    public static readonly YearStep Replace = new("replace_edition", "published", "published", false, "换发另一份定稿");

    /// <summary>The totals follow the reports again.</summary>
    public static readonly YearStep Retract = new("reopen_year", "published", "closed", true, "撤销发布、退回截止");

    /// <summary>The same, and all units can file again.</summary>
    public static readonly YearStep Reopen = new("reopen_year", "published", "open", true, "撤销发布、重新开放");

    /// <summary>All steps.</summary>
    public static readonly ImmutableArray<YearStep> Steps = [Close, Open, Publish, Replace, Retract, Reopen];

    /// <summary>The step between two states, if there is one.</summary>
    public static YearStep? Find(string from, string to) => Steps.FirstOrDefault(s => s.From == from && s.To == to);

    /// <summary>Why there is no step between two states, with those that there are.</summary>
    public static Refusal Refuse(string from, string to) => new(RefusalKind.Conflict, "illegal_step",
        $"这个年度现在是“{LabelOf(from)}”，不能直接变为“{LabelOf(to)}”；现在可以：{string.Join('、', Steps.Where(s => s.From == from).Select(s => s.Label))}。");

    /// <summary>A state in words.</summary>
    public static string LabelOf(string state) => state switch
    {
        "open" => "开放",
        "closed" => "截止",
        "published" => "已发布",
        _ => state,
    };
}
