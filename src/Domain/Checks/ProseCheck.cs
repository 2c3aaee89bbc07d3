using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Aggregator.Forms;

namespace Aggregator.Checks;

/// <summary>
/// Applies the rules that read a report's prose. What they find is for a person to look at: a sentence is quoted, and one that
/// can rightly be meant otherwise is explained instead of accused.
/// </summary>
public static partial class ProseCheck
{
    const int MaxRepeated = 5;

    /// <summary>No real sentence names one figure so often.</summary>
    const int MaxPassages = 20;

    /// <summary>Adds the breaches of TX (figures in words) and NAR (contents).</summary>
    /// <param name="figures">The report's figures.</param>
    /// <param name="prose">Its texts in the order of <see cref="Form.Prose"/>.</param>
    /// <param name="year">Report year, or null if it is not known.</param>
    /// <param name="settings">The installation's rule settings.</param>
    /// <param name="findings">Takes the breaches.</param>
    public static void Run(Figures figures, IReadOnlyList<string?> prose, int? year, RuleSettings settings, List<Finding> findings)
    {
        var form = figures.Form;
        ImmutableArray<ProseSection> sections = [.. form.Prose.Select((s, i) => new ProseSection(s, prose[i], [.. Sentence.Split(prose[i])]))];
        if (form.RuleOf(CheckType.Claims) is { } claims && settings.Of(claims) is { } weight)
        {
            CheckClaims(figures, sections, year, weight, findings);
            CheckParts(claims, sections, weight, findings);
            CheckRepeated(claims, sections, findings);
        }

        if (form.RuleOf(CheckType.Contents) is { } contents && settings.Of(contents) is { } severity)
        {
            foreach (var content in contents.Check.Contents)
            {
                CheckContent(contents, content, sections.Single(s => s.Section.Code == content.Section), severity, findings);
            }

            if (year is { } reported)
            {
                CheckYears(contents, sections, reported, severity, findings);
            }
        }
    }

    static void CheckClaims(Figures figures, ImmutableArray<ProseSection> sections, int? year, Severity severity, List<Finding> findings)
    {
        var candidates = (
            from section in sections
            from sentence in section.Sentences
            where sentence.Plain.AsSpan().ContainsAny(figures.Form.ClaimWords)
            select (Section: section, Sentence: sentence)).ToList();
        List<(ProseSection Section, Sentence Sentence, int Start, decimal Value)> said = [];
        foreach (var claim in figures.Form.Claims)
        {
            said.Clear();
            foreach (var (section, sentence) in candidates)
            {
                if (!claim.MayBeIn(sentence.Plain))
                {
                    continue;
                }

                foreach (var (start, value) in claim.FindIn(sentence.Plain).Take(MaxPassages))
                {
                    if (IsAboutThisYear(sentence.Plain, start, year))
                    {
                        said.Add((section, sentence, start, value));
                    }
                }
            }

            if (said.Count == 0 || Sum(figures, claim.Cells) is not { } expected
                || said.Exists(s => s.Value == expected) || said.Select(s => s.Value).Distinct().Sum() == expected)
            {
                continue;
            }

            var meant = claim.Gaps.Select(g => (Sum: Sum(figures, g.Cells), g.Reason)).Where(g => said.Exists(s => s.Value == g.Sum)).ToList();
            var (at, named) = meant is [{ Sum: var other }, ..] ? said.Select(s => (s, s.Value)).First(s => s.Value == other) : (said[0], said[0].Value);
            var cells = claim.Cells.Concat(claim.Gaps.SelectMany(g => g.Cells)).Select(c => c.Path).Distinct();
            findings.Add(new Finding(claim.Rule.Code, meant.Count > 0 ? Severity.Notice : severity, at.Section.Path, at.Section.Section.Heading,
                Figures.Text(expected), Figures.Text(named), [.. cells, at.Section.Path],
                $"文中“{at.Sentence.Quote(at.Start)}”写的{claim.Subject}是 {Figures.Text(named)}，表格中是 {Figures.Text(expected)}"
                    + (meant is [{ Reason: var reason }, ..]
                        ? $"；{Narrative.Fill(figures.Form, reason, places => Figures.Text(Sum(figures, [.. places])))}，两处相符，不必改动"
                        : "，请核对")));
        }
    }

    static decimal? Sum(Figures figures, ImmutableArray<Cell> cells) =>
        cells.Any(c => figures[c] is null) ? null : cells.Sum(c => figures[c]!.Value);

    /// <summary>Whether a passage speaks of the report year: no other year before it in its sentence, nor last year or a part of the year in its clause.</summary>
    static bool IsAboutThisYear(string sentence, int start, int? year)
    {
        var before = sentence.AsSpan(0, start);
        var clause = before[(before.LastIndexOfAny(",;:") + 1)..];
        if (clause.IndexOf("去年", StringComparison.Ordinal) >= 0 || clause.IndexOf("上年", StringComparison.Ordinal) >= 0
            || clause.IndexOf("比", StringComparison.Ordinal) >= 0 || clause.IndexOf("较", StringComparison.Ordinal) >= 0
            || clause.IndexOf("半年", StringComparison.Ordinal) >= 0 || clause.IndexOf("季度", StringComparison.Ordinal) >= 0)
        {
            return false;
        }

        foreach (var match in Year().EnumerateMatches(before))
        {
            if (year is { } reported && int.Parse(before.Slice(match.Index, 4), CultureInfo.InvariantCulture) != reported)
            {
                return false;
            }
        }

        return true;
    }

    static void CheckParts(Rule rule, ImmutableArray<ProseSection> sections, Severity severity, List<Finding> findings)
    {
        foreach (var section in sections)
        {
            foreach (var (sentence, total, sum, counter) in PartSums.Find(section.Sentences))
            {
                findings.Add(new Finding(rule.Code, severity, section.Path, section.Section.Heading, Figures.Text(sum), Figures.Text(total), [section.Path],
                    $"文中“{sentence.Quote()}”：总数写的是 {Figures.Text(total)} {counter}，所列各项相加是 {Figures.Text(sum)} {counter}，请核对"));
            }
        }
    }

    static void CheckRepeated(Rule rule, ImmutableArray<ProseSection> sections, List<Finding> findings)
    {
        foreach (var (first, second) in RepeatedFigures.Find(sections).Take(MaxRepeated))
        {
            findings.Add(new Finding(rule.Code, Severity.Notice, first.Section.Path, first.Section.Section.Heading,
                Figures.Text(first.Value), Figures.Text(second.Value), [.. new[] { first.Section.Path, second.Section.Path }.Distinct()],
                $"文中前后写的“{first.Thing}”数量不同：{Figures.Text(first.Value)} {first.Counter}（“{first.Sentence.Quote(first.Start)}”）、"
                    + $"{Figures.Text(second.Value)} {second.Counter}（“{second.Sentence.Quote(second.Start)}”）；如指同一事项，请核对"));
        }
    }

    static void CheckContent(Rule rule, ContentFile content, ProseSection section, Severity severity, List<Finding> findings)
    {
        var message = section.Sentences switch
        {
            [] => "没有内容；没有需要报告的，也应写明",
            [var only] when !content.MayBeNone && NothingToReport.Says(only.Plain) => "只写了“无”，应写明具体情况",
            _ when content.Mentions is [_, ..] words && !words.Any(Says) => content.Missing,
            _ => null,
        };
        if (message is not null)
        {
            Add($"{section.Section.Heading}：{message}");
            return;
        }

        // A heading shortens a topic from the left: 政府信息公开平台建设 is often just 平台建设.
        string[] untold = [.. section.Section.Topics.Where(t => !Says(t[^Math.Min(4, t.Length)..]))];
        if (untold.Length > 0)
        {
            Add($"{section.Section.Heading}：没有写到{string.Join('、', untold)}{(untold.Length > 1 ? $"这{untold.Length}个方面" : "")}");
        }

        bool Says(string word) => section.Sentences.Any(s => s.Plain.Contains(word, StringComparison.Ordinal));

        void Add(string sentence) => findings.Add(new Finding(rule.Code, severity, section.Path, section.Section.Heading, null, null, [section.Path], sentence));
    }

    static void CheckYears(Rule rule, ImmutableArray<ProseSection> sections, int year, Severity severity, List<Finding> findings)
    {
        foreach (var section in sections)
        {
            var dated = section.Sentences.Where(s => s.Plain.Contains("20", StringComparison.Ordinal)).ToList();
            // 2023年收到21件，2024年收到95件 compares.
            var opening = dated.Where(s => !s.Plain.Contains($"{year}年", StringComparison.Ordinal) || Opening().Match(s.Plain) is { Success: true } o && YearOf(o) == year)
                .Select(s => (Sentence: s, Match: Opening().Match(s.Plain))).Where(o => o.Match.Success).ToList();
            if (opening.Count > 0 && opening.TrueForAll(o => YearOf(o.Match) != year && YearOf(o.Match) != year + 1))
            {
                Add(section, opening[0].Sentence, YearOf(opening[0].Match), year, $"说的是{YearOf(opening[0].Match)}年，本报告是{year}年度的");
            }

            foreach (var sentence in dated)
            {
                if (Period().Match(sentence.Plain) is { Success: true } period && YearOf(period) != year)
                {
                    Add(section, sentence, YearOf(period), year, $"写的统计期限是{YearOf(period)}年，本报告是{year}年度的");
                }
                else if (Intention().Match(sentence.Plain) is { Success: true } plan && YearOf(plan) <= year)
                {
                    Add(section, sentence, YearOf(plan), year + 1, $"写的是今后的打算，年份却是{YearOf(plan)}年，是否应为{year + 1}年");
                }
            }
        }

        void Add(ProseSection section, Sentence sentence, int found, int expected, string what) =>
            findings.Add(new Finding(rule.Code, severity, section.Path, section.Section.Heading, $"{expected}", $"{found}", [section.Path],
                $"文中“{sentence.Quote()}”{what}，请核对"));
    }

    static int YearOf(Match match) => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"20\d\d(?=年)", RegexOptions.CultureInvariant)]
    private static partial Regex Year();

    [GeneratedRegex(@"^(?:\(?[一二三四五六七八九十\d]{1,2}[\)、.])?(20\d\d)年度?(?:以来|来|中)?,", RegexOptions.CultureInvariant)]
    private static partial Regex Opening();

    [GeneratedRegex(@"期限[^\d]{0,6}(20\d\d)年1月1日", RegexOptions.CultureInvariant)]
    private static partial Regex Period();

    [GeneratedRegex(@"(20\d\d)年(?:度|里|中)?,?(?:我[镇乡局委办县市区]|我街道|我单位|本单位|本机关)?,?(?:将|拟|计划|打算)", RegexOptions.CultureInvariant)]
    private static partial Regex Intention();
}

/// <summary>A section of prose, taken apart.</summary>
/// <param name="Section">The section.</param>
/// <param name="Text">Its text, or null.</param>
/// <param name="Sentences">Its sentences.</param>
public sealed record ProseSection(Section Section, string? Text, ImmutableArray<Sentence> Sentences)
{
    /// <summary>How a finding names the section.</summary>
    public string Path { get; } = $"prose.{Section.Code}";
}
