using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
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
/// <para>
/// It is asked for seldom, and so mostly by a process that has not done it often: its three loops are compiled to the end when they are
/// first needed, which the runtime would do after some twenty counties.
/// </para>
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

        var sections = form.Prose.Select(section => (Section: section, Texts: TextsOf(section, reports))).ToList();
        var numbers = new PassageNumbers(sections.Select(s => s.Texts.Sum(t => t.Text.Length)).DefaultIfEmpty().Max());
        return [.. sections.SelectMany(s => Find(s.Section, year, s.Texts, rule, severity, likeness, numbers))];
    }

    static List<(FiledProse Report, string Text)> TextsOf(Section section, IReadOnlyCollection<FiledProse> reports) =>
        [.. reports.Where(r => r.ProseOf(section) is not null).Select(r => (r, Cut(r.ProseOf(section)!)))];

    static List<Duplicate> Find(
        Section section, int year, List<(FiledProse Report, string Text)> filed, Rule rule, Severity severity, Likeness likeness, PassageNumbers numbers)
    {
        numbers.Clear();
        Passages[] all = [.. filed.Select(f => Passages.Of(f.Report, f.Text, likeness.Characters, numbers))];
        LeaveOutBoilerplate(all, year, numbers.Count);
        Passages[] texts = [.. all.Where(p => p.Own.Length >= likeness.Shortest)];
        var owners = new Owners(texts, numbers.Count);
        var marks = new int[numbers.Count];
        return [.. Enumerable.Range(0, texts.Length).Where(i => texts[i].Report.Year == year)
            .Select(i => (Text: texts[i], Like: Like(i, texts, owners, likeness.Share)))
            .Where(t => t.Like.Count > 0)
            .OrderByDescending(t => t.Like[0].Share).ThenBy(t => t.Text.Report.Unit, StringComparer.Ordinal)
            .Select((t, i) => Tell(section, rule, severity, t.Text, t.Like[0].Of, (int)(t.Like[0].Share * 100), t.Like.Count - 1, t.Text.LongestIn(t.Like[0].Of, marks, (i + 1) * 2)))];
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
            text.Keep(units, ofYear.Length / 2);
        }
    }

    /// <summary>The texts that are like one, the most alike first. It costs what is shared, and not a look at every pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static List<Copy> Like(int one, Passages[] texts, Owners owners, decimal share)
    {
        var shared = new int[texts.Length];
        foreach (var number in texts[one].Own)
        {
            foreach (var owner in owners.Of(number))
            {
                shared[owner]++;
            }
        }

        var copies = new List<Copy>();
        for (var i = 0; i < texts.Length; i++)
        {
            var shorter = Math.Min(texts[one].Own.Length, texts[i].Own.Length);
            if (shared[i] >= share * shorter && MayCopy(texts[one], texts[i]))
            {
                copies.Add(new Copy(texts[i], (decimal)shared[i] / shorter));
            }
        }

        return [.. copies.OrderByDescending(c => c.Share).ThenBy(c => c.Of.Report.Unit, StringComparer.Ordinal)];
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

    /// <summary>A text that another is like, and how much of the shorter of them both have.</summary>
    sealed record Copy(Passages Of, decimal Share);

    /// <summary>
    /// Gives each passage a number, from 0 in each section. A dictionary would do, but for keys and values like these its code is compiled
    /// in each process anew; and memory is the other cost of looking for copies, so it is had once for all sections.
    /// </summary>
    /// <param name="most">How many passages a section has at most.</param>
    sealed class PassageNumbers(int most)
    {
        const ulong Spread = 11400714819323198485;

        /// <summary>One more than the number of a passage whose hash leads here.</summary>
        readonly int[] slots = new int[BitOperations.RoundUpToPowerOf2((uint)most + ((uint)most / 2) + 2)];
        readonly ulong[] hashes = new ulong[most];
        readonly int[] lastTexts = new int[most];
        int text;

        public int Count { get; private set; }

        public void Clear()
        {
            Array.Clear(slots);
            Count = 0;
        }

        public void NextText() => text++;

        /// <summary>The number of a passage, and whether the text has it for the first time.</summary>
        public int Find(ulong hash, out bool isFirst)
        {
            var at = (int)(unchecked(hash * Spread) >> (64 - BitOperations.Log2((uint)slots.Length)));
            while (slots[at] > 0 && hashes[slots[at] - 1] != hash)
            {
                at = at + 1 < slots.Length ? at + 1 : 0;
            }

            if (slots[at] == 0)
            {
                hashes[Count] = hash;
                lastTexts[Count] = 0;
                slots[at] = ++Count;
            }

            var number = slots[at] - 1;
            isFirst = lastTexts[number] != text;
            lastTexts[number] = text;
            return number;
        }
    }

    /// <summary>Which texts have a passage.</summary>
    sealed class Owners
    {
        readonly int[] ends;
        readonly int[] owners;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public Owners(Passages[] texts, int passages)
        {
            ends = new int[passages + 1];
            foreach (var text in texts)
            {
                foreach (var number in text.Own)
                {
                    ends[number + 1]++;
                }
            }

            for (var number = 1; number <= passages; number++)
            {
                ends[number] += ends[number - 1];
            }

            // Each of them is where a passage's owners begin, until the last of these has its place.
            owners = new int[ends[passages]];
            for (var i = 0; i < texts.Length; i++)
            {
                foreach (var number in texts[i].Own)
                {
                    owners[ends[number]++] = i;
                }
            }
        }

        /// <summary>Their places among the texts.</summary>
        public ReadOnlySpan<int> Of(int number) => owners.AsSpan((number == 0 ? 0 : ends[number - 1])..ends[number]);
    }

    /// <summary>A text as the set of its passages, each a number that all texts know it by.</summary>
    sealed class Passages
    {
        const ulong Base = 1099511628211;

        readonly string text;
        readonly int[] sequence;
        readonly int[] own;
        int count;

        Passages(FiledProse report, string text, int[] sequence, int[] own) =>
            (Report, this.text, this.sequence, this.own, count) = (report, text, sequence, own, own.Length);

        public FiledProse Report { get; }

        /// <summary>Each passage once, boilerplate left out.</summary>
        public ReadOnlySpan<int> Own => own.AsSpan(0, count);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static Passages Of(FiledProse report, string text, int length, PassageNumbers numbers)
        {
            Span<int> places = stackalloc int[text.Length];
            places = places[..FindLetters(text, places)];
            Span<int> own = stackalloc int[Math.Max(0, places.Length - length + 1)];
            var sequence = new int[own.Length];
            var count = 0;
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
                    sequence[i - length + 1] = own[count] = numbers.Find(hash, out var isFirst);
                    count += isFirst ? 1 : 0;
                }
            }

            return new Passages(report, text, sequence, own[..count].ToArray());
        }

        /// <summary>Leaves out what more units have than so many.</summary>
        public void Keep(int[] units, int most)
        {
            var kept = 0;
            foreach (var number in Own)
            {
                own[kept] = number;
                kept += units[number] <= most ? 1 : 0;
            }

            count = kept;
        }

        /// <summary>Where its letters stand, and how many they are: what is neither blank nor punctuation nor a digit, which a copier changes.</summary>
        static int FindLetters(string text, Span<int> places)
        {
            var count = 0;
            for (var i = 0; i < text.Length; i++)
            {
                places[count] = i;
                count += char.IsLetter(text[i]) ? 1 : 0;
            }

            return count;
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

            Span<int> places = stackalloc int[text.Length];
            places = places[..FindLetters(text, places)];
            var from = places[start];
            var to = places[Math.Min(places.Length - 1, start + length + (places.Length - sequence.Length) - 1)] + 1;
            return to - from <= LongestPassage ? text[from..to] : $"{text[from..(from + LongestPassage)]}…";
        }
    }
}
