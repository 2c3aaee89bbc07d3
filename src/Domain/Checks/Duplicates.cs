using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Aggregator.Forms;

namespace Aggregator.Checks;

/// <summary>The texts of a report that counts.</summary>
/// <param name="Year">Report year.</param>
/// <param name="Unit">Unit code.</param>
/// <param name="Name">Its name.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Form">Its form.</param>
/// <param name="Prose">Its texts, in the order of <see cref="Form.Prose"/>.</param>
public sealed record FiledProse(int Year, string Unit, string Name, int Revision, Form Form, string?[] Prose);

/// <summary>A section of a report that is nearly the same as another one (雷同).</summary>
/// <param name="Rule">Code of the rule.</param>
/// <param name="Severity">How much it weighs.</param>
/// <param name="Path">The section: <c>prose.overview</c>.</param>
/// <param name="Label">Its heading.</param>
/// <param name="Unit">Unit code.</param>
/// <param name="Name">Name of the unit.</param>
/// <param name="Revision">The revision that counts.</param>
/// <param name="Like">Whose text is the most like it.</param>
/// <param name="Others">How many more are nearly the same.</param>
/// <param name="Share">How much of the shorter of the two texts stands in the other one, in percent; boilerplate left out.</param>
/// <param name="Passage">The longest passage that both have.</param>
/// <param name="Message">All of it in one Chinese sentence.</param>
public sealed record Duplicate(
    string Rule, Severity Severity, string Path, string Label, string Unit, string Name, int Revision,
    DuplicateOf Like, int Others, int Share, string Passage, string Message);

/// <summary>The other text.</summary>
/// <param name="Year">Report year: the same, or the one before for a unit's own.</param>
/// <param name="Unit">Unit code.</param>
/// <param name="Name">Name of the unit.</param>
/// <param name="Revision">The revision that counts.</param>
public sealed record DuplicateOf(int Year, string Unit, string Name, int Revision);

/// <summary>
/// Finds texts that are nearly the same, by the passages of a fixed length that they share: exact, order-free, and blind to
/// punctuation and digits. Passages that more than half of the units have are boilerplate and do not count.
/// </summary>
public static class Duplicates
{
    const int FewestForBoilerplate = 4;
    const int LongestPassage = 80;

    /// <summary>The duplicates of a year, section by section in the form's order, the most alike first.</summary>
    /// <param name="form">Form of the year.</param>
    /// <param name="year">Report year.</param>
    /// <param name="reports">Reports of the year and of the one before it.</param>
    /// <param name="settings">The installation's rule settings.</param>
    public static List<Duplicate> Find(Form form, int year, IReadOnlyCollection<FiledProse> reports, RuleSettings settings)
    {
        if (form.RuleOf(CheckType.Duplicate) is not { Check.Likeness: { } likeness } rule || settings.Of(rule) is not { } severity)
        {
            return [];
        }

        return [.. form.Prose.SelectMany(section => Find(section, year, reports, rule, severity, likeness))];
    }

    static IEnumerable<Duplicate> Find(
        Section section, int year, IReadOnlyCollection<FiledProse> reports, Rule rule, Severity severity, Likeness likeness)
    {
        Passages[] all = [.. reports.Select(r => Passages.Of(r, section, likeness.Characters)).OfType<Passages>()];
        var boilerplate = Boilerplate([.. all.Where(p => p.Report.Year == year)]);
        Passages[] texts = [.. all.Select(p => p.Without(boilerplate)).Where(p => p.Hashes.Count >= likeness.Shortest)];
        var owners = Owners(texts);
        return Enumerable.Range(0, texts.Length).Where(i => texts[i].Report.Year == year)
            .Select(i => (Text: texts[i], Like: Like(i, texts, owners, likeness.Share)))
            .Where(t => t.Like.Count > 0)
            .OrderByDescending(t => t.Like[0].Share).ThenBy(t => t.Text.Report.Unit, StringComparer.Ordinal)
            .Select(t => Tell(section, rule, severity, t.Text, t.Like[0].Other, (int)(t.Like[0].Share * 100), t.Like.Count - 1));
    }

    /// <summary>Passages that several texts have, and which. Nearly all have one owner, and need no list.</summary>
    static Dictionary<ulong, List<int>> Owners(Passages[] texts)
    {
        var first = new Dictionary<ulong, int>(texts.Sum(t => t.Hashes.Count));
        var owners = new Dictionary<ulong, List<int>>();
        for (var i = 0; i < texts.Length; i++)
        {
            foreach (var hash in texts[i].Hashes)
            {
                if (!first.TryAdd(hash, i))
                {
                    (CollectionsMarshal.GetValueRefOrAddDefault(owners, hash, out _) ??= [first[hash]]).Add(i);
                }
            }
        }

        return owners;
    }

    /// <summary>The texts that are like one, the most alike first. It costs what is shared, and not a look at every pair.</summary>
    static List<(Passages Other, decimal Share)> Like(int one, Passages[] texts, Dictionary<ulong, List<int>> owners, decimal share)
    {
        var shared = new int[texts.Length];
        foreach (var hash in texts[one].Hashes)
        {
            if (owners.TryGetValue(hash, out var others))
            {
                foreach (var other in others)
                {
                    shared[other]++;
                }
            }
        }

        return [.. texts.Select((other, i) => (Other: other, Share: (decimal)shared[i] / Math.Min(texts[one].Hashes.Count, other.Hashes.Count)))
            .Where(l => l.Share >= share && MayCopy(texts[one], l.Other))
            .OrderByDescending(l => l.Share).ThenBy(l => l.Other.Report.Unit, StringComparer.Ordinal)];
    }

    /// <summary>Other units' texts of the same year, and one's own of the year before.</summary>
    static bool MayCopy(Passages text, Passages other) =>
        other.Report.Year == text.Report.Year ? other.Report.Unit != text.Report.Unit : other.Report.Unit == text.Report.Unit;

    static HashSet<ulong> Boilerplate(Passages[] texts)
    {
        if (texts.Length < FewestForBoilerplate)
        {
            return [];
        }

        var units = new Dictionary<ulong, int>();
        foreach (var hash in texts.SelectMany(t => t.Hashes))
        {
            units[hash] = units.GetValueOrDefault(hash) + 1;
        }

        return [.. units.Where(u => u.Value * 2 > texts.Length).Select(u => u.Key)];
    }

    static Duplicate Tell(Section section, Rule rule, Severity severity, Passages text, Passages other, int share, int others)
    {
        var (own, like) = (text.Report, other.Report);
        var whose = like.Unit == own.Unit ? $"本单位{like.Year}年度的报告" : like.Name;
        var passage = text.LongestIn(other, LongestPassage);
        return new Duplicate(rule.Code, severity, $"prose.{section.Code}", section.Heading, own.Unit, own.Name, own.Revision,
            new DuplicateOf(like.Year, like.Unit, like.Name, like.Revision), others, share, passage,
            string.Create(CultureInfo.InvariantCulture,
                $"{own.Name}“{section.Heading}”与{whose}有{share}%的文字相同{(others > 0 ? $"，另与{others}份报告雷同" : "")}，如“{passage}”"));
    }

    /// <summary>A text as the set of its passages.</summary>
    sealed class Passages
    {
        readonly string text;
        readonly int[] places;
        readonly ulong[] sequence;

        Passages(FiledProse report, string text, int[] places, ulong[] sequence, HashSet<ulong> hashes) =>
            (Report, this.text, this.places, this.sequence, Hashes) = (report, text, places, sequence, hashes);

        public FiledProse Report { get; }

        public HashSet<ulong> Hashes { get; }

        public static Passages? Of(FiledProse report, Section section, int length)
        {
            var index = report.Form.Prose.Select(s => s.Code).ToList().IndexOf(section.Code);
            if (index < 0 || report.Prose[index] is not { } text)
            {
                return null;
            }

            // Only what is neither blank nor punctuation nor a digit: these are what a copier changes.
            int[] places = [.. Enumerable.Range(0, text.Length).Where(i => char.IsLetter(text[i]))];
            var sequence = new ulong[Math.Max(0, places.Length - length + 1)];
            for (var i = 0; i < sequence.Length; i++)
            {
                var hash = 14695981039346656037UL;
                for (var j = i; j < i + length; j++)
                {
                    hash = unchecked((hash ^ text[places[j]]) * 1099511628211UL);
                }

                sequence[i] = hash;
            }

            return new Passages(report, text, places, sequence, [.. sequence]);
        }

        public Passages Without(HashSet<ulong> boilerplate) =>
            boilerplate.Count == 0 ? this : new Passages(Report, text, places, sequence, [.. Hashes.Except(boilerplate)]);

        public string LongestIn(Passages other, int atMost)
        {
            var (start, length, run) = (0, 0, 0);
            for (var i = 0; i < sequence.Length; i++)
            {
                run = Hashes.Contains(sequence[i]) && other.Hashes.Contains(sequence[i]) ? run + 1 : 0;
                if (run > length)
                {
                    (start, length) = (i - run + 1, run);
                }
            }

            var from = places[start];
            var to = places[Math.Min(places.Length - 1, start + length + (places.Length - sequence.Length) - 1)] + 1;
            return to - from <= atMost ? text[from..to] : $"{text[from..(from + atMost)]}…";
        }
    }
}
