using Aggregator.Forms;

namespace Aggregator.Documents.Writing;

/// <summary>A finding's weight in words.</summary>
public static class FindingText
{
    /// <summary>错误, 警告 or 提示.</summary>
    public static string Of(Severity severity) => severity switch
    {
        Severity.Hard => "错误",
        Severity.Warning => "警告",
        _ => "提示",
    };
}
