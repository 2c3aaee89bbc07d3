using System.Text;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Splits a run of text pieces into labels. A label may be broken into pieces by blanks, tabs or lines; it begins and ends where
/// a piece does.
/// </summary>
static class LabelSequence
{
    // What a reading of the run costs: labels as they are printed are preferred, and few of them; unknown text is a last resort.
    const int Exact = 10, Near = 30, Number = 5, Unknown = 100;

    /// <summary>The labels of a run in order; pieces that are no label stand between them, neighbours joined.</summary>
    public static List<Segment> Split(FormLabels labels, IReadOnlyList<string> pieces)
    {
        var best = new (int Cost, int From, LabelMatch? Match)[pieces.Count + 1];
        Array.Fill(best, (int.MaxValue, 0, null), 1, pieces.Count);
        var text = new StringBuilder();
        string[] plain = [.. pieces.Select(PlainText.Bare)];
        for (var i = 0; i < pieces.Count; i++)
        {
            var single = LabelText.OfBare(plain[i]);
            Offer(i, i + 1, single.Core.Length == 0 ? Number : Unknown, null);
            text.Clear();
            var prefix = labels.Begin();
            for (var j = i; j < pieces.Count && prefix.IsOpen; j++)
            {
                text.Append(plain[j]);
                prefix.Add(plain[j]);
                if (prefix.MayBeLabel && labels.Find(LabelText.OfBare(text.ToString())) is { Fit: <= Fit.Near } match)
                {
                    if (match.Fit == Fit.Exact || !IsBetterWithout(i, j, match))
                    {
                        Offer(i, j + 1, match.Fit == Fit.Exact ? Exact : Near, match);
                    }
                }
            }
        }

        var segments = new List<Segment>();
        for (var end = pieces.Count; end > 0; end = best[end].From)
        {
            var (_, from, match) = best[end];
            if (match is null && segments is [.., { Match: null } next])
            {
                segments[^1] = next with { First = from, Count = next.Count + end - from };
            }
            else
            {
                segments.Add(new Segment(match, "", from, end - from));
            }
        }

        segments.Reverse();
        for (var i = 0; i < segments.Count; i++)
        {
            var whole = string.Join("", pieces.Skip(segments[i].First).Take(segments[i].Count));
            segments[i] = segments[i] with { Text = whole, Match = segments[i].Match ?? Partly(labels, whole) };
        }

        segments.RemoveAll(s => s.Match is null && LabelText.Of(s.Text).Core.Length == 0);
        return segments;

        // What is left of the label before, or stands behind a head, is not swallowed because this label is long enough to bear it.
        bool IsBetterWithout(int from, int last, LabelMatch match)
        {
            var most = Math.Min(last - from, FormLabels.MostDiffering);
            return Enumerable.Range(1, most).Any(n => IsBetter(from + n, last, match))
                || (match.IsHead && Enumerable.Range(1, most).Any(n => IsBetter(from, last - n, match)));
        }

        bool IsBetter(int from, int last, LabelMatch match) =>
            labels.Find(LabelText.OfBare(string.Concat(plain[from..(last + 1)]))) is { } shorter
            && shorter.Distance < match.Distance && shorter.Labels.Intersect(match.Labels).Any();

        void Offer(int from, int to, int cost, LabelMatch? match)
        {
            cost += best[from].Cost;
            if (cost < best[to].Cost)
            {
                best[to] = (cost, from, match);
            }
        }
    }

    /// <summary>With an aside such as 行政处罚（罚款）, or a piece of a longer label.</summary>
    static LabelMatch? Partly(FormLabels labels, string text) => labels.Find(text) ?? labels.FindPart(text);
}

/// <summary>A piece of a run of labels.</summary>
/// <param name="Match">What it means, or null for text that is no label.</param>
/// <param name="Text">Its text.</param>
/// <param name="First">The first piece of the run.</param>
/// <param name="Count">How many pieces it takes.</param>
readonly record struct Segment(LabelMatch? Match, string Text, int First, int Count);
