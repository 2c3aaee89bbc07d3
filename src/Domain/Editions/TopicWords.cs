using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Aggregator.Editions;

/// <summary>
/// Finds in a unit's overview what it says about each topic. Where the text has headings with topics, what follows a heading is
/// about its topic; otherwise a sentence is about the topics that it names, or else about what the sentence before it is about.
/// </summary>
static partial class TopicWords
{
    public static ImmutableArray<string> Of(string? text, ImmutableArray<string> topics)
    {
        string[] sentences = [.. Sentence().Matches(text ?? "").Select(m => m.Value.Trim()).Where(s => s.Length > 0)];
        int?[] headed = [.. sentences.Select(s => HeadingOf(s, topics))];
        var hasHeadings = headed.Count(h => h is not null) > 1;
        var words = new string[topics.Length];
        List<int> about = [];
        for (var i = 0; i < sentences.Length; i++)
        {
            List<int> named = hasHeadings
                ? headed[i] is { } heading ? [heading] : []
                : [.. Enumerable.Range(0, topics.Length).Where(t => sentences[i].Contains(KeyOf(topics[t]), StringComparison.Ordinal))];
            about = named.Count > 0 ? named : about;
            foreach (var topic in about)
            {
                words[topic] += hasHeadings && headed[i] is not null ? Heading().Replace(sentences[i], "") : sentences[i];
            }
        }

        return [.. words.Select(w => w ?? "")];
    }

    /// <summary>政府信息公开平台建设 is mostly called 平台建设.</summary>
    static string KeyOf(string topic) => topic.Replace("政府信息公开", "", StringComparison.Ordinal);

    static int? HeadingOf(string sentence, ImmutableArray<string> topics)
    {
        var heading = Heading().Match(sentence).Value;
        var topic = heading.Length == 0 ? -1 : topics.Select(KeyOf).ToList().FindIndex(t => heading.Contains(t, StringComparison.Ordinal));
        return topic < 0 ? null : topic;
    }

    [GeneratedRegex(@"[^。；！\r\n]+[。；！]?")]
    private static partial Regex Sentence();

    /// <summary>（一）主动公开情况。 · 1.主动公开： · 一是主动公开方面，</summary>
    [GeneratedRegex(@"^(（[一二三四五六七八九十]+）|[一二三四五六七八九十]+、|[0-9]+[.．、]|[一二三四五]是)[^。，,：:]{2,16}([。，,：:]|$)")]
    private static partial Regex Heading();
}
