using System.Globalization;
using System.Numerics;
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
public sealed record FiledProse(int Year, string Unit, string Name, int Revision, Form Form, string?[] Prose)
{
    /// <summary>The text of a section, which may be one of another form; null if there is none.</summary>
    public string? ProseOf(Section section)
    {
        for (var i = 0; i < Form.Prose.Length; i++)
        {
            if (Form.Prose[i].Code == section.Code)
            {
                return Prose[i];
            }
        }

        return null;
    }
}

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
/// punctuation and digits. Passages that more than half of the units have are boilerplate and do not count. Of a longer text the
/// first 10,000 characters are compared.
/// </summary>
public static class Duplicates
{
    const int FewestForBoilerplate = 4;
    const int LongestPassage = 80;

    /// <summary>A section has some thousand characters. A bound against a county of reports made to exhaust us.</summary>
    const int LongestText = 10_000;

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
        (FiledProse Report, string Text)[] filed = [.. reports.Where(r => r.ProseOf(section) is not null).Select(r => (r, Cut(r.ProseOf(section)!)))];
        var numbers = new PassageNumbers(filed.Sum(f => f.Text.Length));
        Passages[] all = [.. filed.Select(f => Passages.Of(f.Report, f.Text, likeness.Characters, numbers))];
        LeaveOutBoilerplate(all, year, numbers.Count);
        Passages[] texts = [.. all.Where(p => p.Own.Length >= likeness.Shortest)];
        var owners = Owners(texts, numbers.Count);
        var marks = new int[numbers.Count];
        return Enumerable.Range(0, texts.Length).Where(i => texts[i].Report.Year == year)
            .Select(i => (Text: texts[i], Like: Like(i, texts, owners, likeness.Share)))
            .Where(t => t.Like.Count > 0)
            .OrderByDescending(t => t.Like[0].Share).ThenBy(t => t.Text.Report.Unit, StringComparer.Ordinal)
            .Select((t, i) => Tell(section, rule, severity, t.Text, t.Like[0].Other, (int)(t.Like[0].Share * 100), t.Like.Count - 1, t.Text.LongestIn(t.Like[0].Other, marks, (i + 1) * 2)));
    }

    static string Cut(string text) => text[..Math.Min(text.Length, LongestText)];

    static void LeaveOutBoilerplate(Passages[] texts, int year, int passages)
    {
        Passages[] ofYear = [.. texts.Where(t => t.Report.Year == year)];
        if (ofYear.Length < FewestForBoilerplate)
        {
            return;
        }

        var units = new int[passages];
        foreach (var text in ofYear)
        {
            foreach (var number in text.Own)
            {
                units[number]++;
            }
        }

        foreach (var text in texts)
        {
            text.Own = Array.FindAll(text.Own, number => units[number] * 2 <= ofYear.Length);
        }
    }

    /// <summary>For each passage that several texts have, which. Nearly all have one owner, and need no list.</summary>
    static Dictionary<int, List<int>> Owners(Passages[] texts, int passages)
    {
        var first = new int[passages];
        var owners = new Dictionary<int, List<int>>();
        for (var i = 0; i < texts.Length; i++)
        {
            foreach (var number in texts[i].Own)
            {
                if (first[number] == 0)
                {
                    first[number] = i + 1;
                }
                else
                {
                    (CollectionsMarshal.GetValueRefOrAddDefault(owners, number, out _) ??= [first[number] - 1]).Add(i);
                }
            }
        }

        return owners;
    }

    /// <summary>The texts that are like one, the most alike first. It costs what is shared, and not a look at every pair.</summary>
    static List<(Passages Other, decimal Share)> Like(int one, Passages[] texts, Dictionary<int, List<int>> owners, decimal share)
    {
        var shared = new int[texts.Length];
        foreach (var number in texts[one].Own)
        {
            if (owners.TryGetValue(number, out var others))
            {
                foreach (var other in others)
                {
                    shared[other]++;
                }
            }
        }

        return [.. Enumerable.Range(0, texts.Length).Where(i => shared[i] > 0)
            .Select(i => (Other: texts[i], Share: (decimal)shared[i] / Math.Min(texts[one].Own.Length, texts[i].Own.Length)))
            .Where(l => l.Share >= share && MayCopy(texts[one], l.Other))
            .OrderByDescending(l => l.Share).ThenBy(l => l.Other.Report.Unit, StringComparer.Ordinal)];
    }

    /// <summary>Other units' texts of the same year, and one's own of the year before.</summary>
    static bool MayCopy(Passages text, Passages other) =>
        other.Report.Year == text.Report.Year ? other.Report.Unit != text.Report.Unit : other.Report.Unit == text.Report.Unit;

    static Duplicate Tell(Section section, Rule rule, Severity severity, Passages text, Passages other, int share, int others, string passage)
    {
        var (own, like) = (text.Report, other.Report);
        var whose = like.Unit == own.Unit ? $"本单位{like.Year}年度的报告" : like.Name;
        return new Duplicate(rule.Code, severity, $"prose.{section.Code}", section.Heading, own.Unit, own.Name, own.Revision,
            new DuplicateOf(like.Year, like.Unit, like.Name, like.Revision), others, share, passage,
            string.Create(CultureInfo.InvariantCulture,
                $"{own.Name}“{section.Heading}”与{whose}有{share}%的文字相同{(others > 0 ? $"，另与{others}份报告雷同" : "")}，如“{passage}”"));
    }

    /// <summary>
    /// Gives each passage a number. A dictionary would do, but for keys and values like these its code is compiled in each process anew,
    /// and as long as copies are looked for seldom that takes longer than the work.
    /// </summary>
    sealed class PassageNumbers(int most)
    {
        const ulong Spread = 11400714819323198485;

        readonly (ulong Hash, int Number, int LastText)[] slots = new (ulong, int, int)[BitOperations.RoundUpToPowerOf2((uint)most + ((uint)most / 2) + 2)];
        int text;

        public int Count { get; private set; }

        public void NextText() => text++;

        /// <summary>The number of a passage, and whether the text has it for the first time.</summary>
        public int Find(ulong hash, out bool isFirst)
        {
            var at = (int)(unchecked(hash * Spread) >> (64 - BitOperations.Log2((uint)slots.Length)));
            while (slots[at].LastText != 0 && slots[at].Hash != hash)
            {
                at = at + 1 < slots.Length ? at + 1 : 0;
            }

            ref var slot = ref slots[at];
            if (slot.LastText == 0)
            {
                (slot.Hash, slot.Number) = (hash, Count++);
            }

            isFirst = slot.LastText != text;
            slot.LastText = text;
            return slot.Number;
        }
    }

    /// <summary>A text as the set of its passages, each a number that all texts know it by.</summary>
    sealed class Passages
    {
        const ulong Base = 1099511628211;

        readonly string text;
        readonly int[] places;
        readonly int[] sequence;

        Passages(FiledProse report, string text, int[] places, int[] sequence, int[] own) =>
            (Report, this.text, this.places, this.sequence, Own) = (report, text, places, sequence, own);

        public FiledProse Report { get; }

        /// <summary>Each passage once, boilerplate left out.</summary>
        public int[] Own { get; set; }

        public static Passages Of(FiledProse report, string text, int length, PassageNumbers numbers)
        {
            var places = PlacesOfLetters(text);
            var sequence = new int[Math.Max(0, places.Length - length + 1)];
            var own = new List<int>(sequence.Length);
            var (hash, leaving) = (0UL, 1UL);
            numbers.NextText();
            for (var i = 0; i < places.Length; i++)
            {
                unchecked
                {
                    hash = (hash * Base) + text[places[i]];
                    leaving = i < length ? leaving * Base : leaving;
                    hash -= i < length ? 0 : leaving * text[places[i - length]];
                }

                if (i >= length - 1)
                {
                    var number = numbers.Find(hash, out var isFirst);
                    sequence[i - length + 1] = number;
                    if (isFirst)
                    {
                        own.Add(number);
                    }
                }
            }

            return new Passages(report, text, places, sequence, [.. own]);
        }

        /// <summary>Only what is neither blank nor punctuation nor a digit: these are what a copier changes.</summary>
        static int[] PlacesOfLetters(string text)
        {
            var places = new int[text.Length];
            var count = 0;
            for (var i = 0; i < text.Length; i++)
            {
                places[count] = i;
                count += char.IsLetter(text[i]) ? 1 : 0;
            }

            return places[..count];
        }

        /// <summary>The longest text that both have.</summary>
        /// <param name="other">The other one.</param>
        /// <param name="marks">A mark for each passage, lower than the next two.</param>
        /// <param name="mark">Marks what both have; the one before it, what the other has.</param>
        public string LongestIn(Passages other, int[] marks, int mark)
        {
            foreach (var number in other.Own)
            {
                marks[number] = mark - 1;
            }

            foreach (var number in Own)
            {
                marks[number] += marks[number] == mark - 1 ? 1 : 0;
            }

            var (start, length, run) = (0, 0, 0);
            for (var i = 0; i < sequence.Length; i++)
            {
                run = marks[sequence[i]] == mark ? run + 1 : 0;
                if (run > length)
                {
                    (start, length) = (i - run + 1, run);
                }
            }

            var from = places[start];
            var to = places[Math.Min(places.Length - 1, start + length + (places.Length - sequence.Length) - 1)] + 1;
            return to - from <= LongestPassage ? text[from..to] : $"{text[from..(from + LongestPassage)]}…";
        }
    }
}
