using Aggregator.Documents.Reading;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Documents.Tests.Reading;

/// <summary>
/// Thousands of damaged documents in both forms. What counts is that nothing is read wrong without a warning. More of them:
/// <c>READING_MUTATIONS=10000 dotnet test tests/Documents.Tests -c Release --filter FullyQualifiedName~MutationTests</c>; others:
/// with <c>READING_SEED=2000000</c> besides.
/// </summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    static readonly int documents = int.TryParse(Environment.GetEnvironmentVariable("READING_MUTATIONS"), out var n) ? n : 3000;

    static readonly int seed = int.TryParse(Environment.GetEnvironmentVariable("READING_SEED"), out var n) ? n : 1;

    [Fact]
    public void Layout_alone_leaves_nearly_every_figure_right() => Run(documents / 2, seed, 0, 0.99);

    [Fact]
    public void Nothing_is_read_wrong_without_a_warning_from_damaged_documents() => Run(documents - (documents / 2), seed + 1_000_000, 4, 0.95);

    void Run(int cases, int first, int damages, double floor)
    {
        var (right, warned, silent, needless) = (0L, 0L, 0L, 0L);
        var offenders = new List<string>();
        var current = first - 1;
        Dictionary<string, int> byKind = [];
        Seeded.Run(cases, random =>
        {
            current++;
            var (paper, style, names) = Draw(random, damages);
            var document = paper.Write(style);
            if (!ReportReader.Read(document).Is(out var reading, out _) || reading.Form != paper.Form)
            {
                warned += paper.Truth.Length;
                return;
            }

            var remarks = reading.Remarks.Select(r => r.Path).OfType<string>().ToHashSet();
            foreach (var cell in reading.Form.Cells)
            {
                var (read, truth) = (reading.Cells[cell.Index], paper.Truth[cell.Index]);
                var isWarned = read.Confidence != Confidence.Certain || remarks.Contains(cell.Path) || remarks.Contains($"{cell.Section.Code}.{cell.Row.Code}");
                if (truth.Fits(read.Value) && (isWarned || !truth.MustWarn))
                {
                    right++;
                    needless += isWarned ? 1 : 0;
                }
                else if (isWarned)
                {
                    warned++;
                    foreach (var name in names)
                    {
                        byKind[name] = byKind.GetValueOrDefault(name) + 1;
                    }
                }
                else
                {
                    silent++;
                    offenders.Add($"seed {current}, {cell.Path}: {Figures.Text(read.Value)} instead of {truth}; {style}, {string.Join(" + ", names)}");
                }
            }
        }, first);

        double all = right + warned + silent;
        output.WriteLine($"{cases} documents: right {right / all:P3} (with a warning {needless / all:P2}), wrong with a warning {warned / all:P3}, wrong without {silent}");
        output.WriteLine(string.Join('\n', byKind.OrderByDescending(k => k.Value).Take(40).Select(k => $"{k.Value,8} {k.Key}")));
        offenders.Take(20).ShouldBeEmpty();
        (right / all).ShouldBeGreaterThanOrEqualTo(floor);
    }

    static (PaperReport Paper, PaperStyle Style, List<string> Names) Draw(Random random, int damages)
    {
        var code = random.Next(2) == 0 ? "2019" : "2021";
        var figures = (random.Next(2) == 0 ? RandomReport.Consistent(code, random) : Sparse(code, random)).Figures;
        decimal?[] values = [.. figures.Values];
        if (random.Next(4) == 0)
        {
            // A unit's own mistake, to be read as it stands.
            values[random.Next(values.Length)] += random.Next(1, 5);
        }

        var paper = new PaperReport(figures.Form, c => values[c.Index], random) { Year = code == "2019" ? 2020 : 2021 };
        (string Name, Mutations.Mutation Apply)[] drawn =
        [
            .. random.GetItems(Mutations.Mild, random.Next(1, 5)),
            .. random.GetItems(Mutations.Heavy, damages == 0 ? 0 : random.Next(1, damages + 1)),
        ];

        // A copy is made of what has become of the original, and is not damaged apart from it.
        drawn = [.. drawn.DistinctBy(m => m.Name).OrderBy(m => m.Name == Mutations.Twice)];
        foreach (var (_, apply) in drawn)
        {
            apply(paper, random);
        }

        return (paper, (PaperStyle)random.Next(Enum.GetValues<PaperStyle>().Length), [.. drawn.Select(m => m.Name)]);
    }

    /// <summary>What most townships file: zeros and a few small numbers, among which a wrong reading is easily consistent.</summary>
    static Report Sparse(string code, Random random)
    {
        var form = Form.Find(code)!;
        var values = form.Cells.ToDictionary(c => c.Path, _ => random.Next(12) == 0 ? (decimal)random.Next(1, 40) : 0);
        foreach (var balance in form.Balances.Where(b => b.Rule.Code == "V2"))
        {
            values[balance.Paths.First(p => p.Contains("received", StringComparison.Ordinal))] = 0;
        }

        for (var round = 0; round < 2; round++)
        {
            foreach (var balance in form.Computed)
            {
                values[balance.Found[0].Path] = balance.Expected.Sum(c => values[c.Path]);
            }

            foreach (var column in form.Balances.Where(b => b.Rule.Code == "V2"))
            {
                var received = column.Paths.First(p => p.Contains("received", StringComparison.Ordinal));
                var carriedIn = column.Paths.First(p => p.Contains("carriedIn", StringComparison.Ordinal));
                values[carriedIn] = 0;
                values[received] = column.Found.Sum(c => values[c.Path]);
            }
        }

        return Report.Of(form, c => values[c.Path]);
    }
}
