using System.Collections.Immutable;
using Aggregator.Access;

namespace Aggregator.Submissions;

/// <summary>
/// The life of a report: missing → draft → submitted → returned → submitted → accepted. This table is the whole of it.
/// </summary>
/// <param name="Action">What is done, as in the address and in the audit.</param>
/// <param name="From">States in which it can be done.</param>
/// <param name="To">State after it.</param>
/// <param name="Right">Who may do it.</param>
/// <param name="NeedsReason">Whether it takes a reason that the other side reads.</param>
/// <param name="WhenPublished">Whether a late correction needs it: it can be taken in a published year, whose figures stay.</param>
/// <param name="Label">The step in words.</param>
public sealed record Workflow(string Action, ImmutableArray<string> From, string To, Right Right, bool NeedsReason, bool WhenPublished, string Label)
{
    /// <summary>A report without hard findings comes in. One that has them stays or becomes a draft.</summary>
    public static readonly Workflow Submit = new("submit", ["missing", "draft", "submitted", "returned"], "submitted", Right.FileReport, false, true, "报送");

    /// <summary>The unit takes its report back before it is accepted; it is not filed any more.</summary>
    public static readonly Workflow Withdraw = new("withdraw", ["submitted"], "draft", Right.FileReport, false, false, "撤回");

    /// <summary>The county sends a report back to be corrected; its figures stop counting.</summary>
    public static readonly Workflow Return = new("return", ["submitted"], "returned", Right.ReviewReport, true, true, "退回");

    /// <summary>The county accepts a report; nothing changes it from here on.</summary>
    public static readonly Workflow Accept = new("accept", ["submitted"], "accepted", Right.ReviewReport, false, true, "审核通过");

    /// <summary>The county opens an accepted report again.</summary>
    public static readonly Workflow Reopen = new("reopen", ["accepted"], "submitted", Right.ReviewReport, true, true, "重新打开");

    /// <summary>All steps.</summary>
    public static readonly ImmutableArray<Workflow> Steps = [Submit, Withdraw, Return, Accept, Reopen];

    /// <summary>Why the step cannot be taken from a state, with what can.</summary>
    public Refusal Refuse(string status)
    {
        var possible = string.Join('、', Steps.Where(s => s.From.Contains(status)).Select(s =>
            s.Right == Right.ReviewReport ? $"{s.Label}（县级主管部门）" : s.Label));
        return new Refusal(RefusalKind.Conflict, "illegal_step", $"这份报告现在是“{LabelOf(status)}”，不能{Label}；现在可以：{possible}。");
    }

    /// <summary>A state in words.</summary>
    public static string LabelOf(string status) => status switch
    {
        "missing" => "未报",
        "draft" => "草稿",
        "submitted" => "已报送",
        "returned" => "已退回",
        "accepted" => "已审核通过",
        "exempt" => "免报",
        _ => status,
    };
}
