using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Aggregator.Api.Web;

/// <summary>The condition <c>If-Match: "revision"</c>: do it only if nobody has changed it since.</summary>
static class IfMatch
{
    /// <summary>The revision that the caller has seen; null without a condition. Refusal: <c>invalid_if_match</c>.</summary>
    public static bool Read(HttpRequest request, out int? revision, [NotNullWhen(false)] out Refusal? refusal)
    {
        (revision, refusal) = (null, null);
        var match = request.Headers.IfMatch.ToString();
        if (match.Length == 0 || match == "*")
        {
            return true;
        }

        if (match is ['"', .. var number, '"'] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var seen))
        {
            revision = seen;
            return true;
        }

        refusal = new Refusal(RefusalKind.Invalid, "invalid_if_match", "If-Match 应为带引号的稿次，如 \"3\"。");
        return false;
    }
}
