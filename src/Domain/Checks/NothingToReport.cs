using System.Text.RegularExpressions;

namespace Aggregator.Checks;

/// <summary>Texts that say in so many words that there is nothing to say: 无 · 暂无 · 本单位无其他需要报告的事项 …</summary>
public static partial class NothingToReport
{
    /// <summary>Whether a text says just that.</summary>
    public static bool Says(string text) => None().IsMatch(Bare().Replace(text, ""));

    [GeneratedRegex(@"[\s\p{P}]")]
    private static partial Regex Bare();

    [GeneratedRegex("^(本单位|本部门|本机关|本局|本办|我单位|我局|我办|我镇|我乡|我街道)?(暂无|暂时没有|没有|无)(其他|其它)?(需要|需|应当|应)?(报告|说明)?的?(事项|内容|情况|问题)?$")]
    private static partial Regex None();
}
