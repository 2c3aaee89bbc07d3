using System.Diagnostics;
using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Submissions;

namespace Aggregator.Benchmarks;

/// <summary>Reading and checking one report against adding its 200 numbers.</summary>
static class CheckFigure
{
    /// <summary>Measures and reports.</summary>
    public static void Measure(Table table)
    {
        var submission = SubmissionReader.Read(Nation.Body).Value!;
        var figures = submission.Figures;
        var scope = new CheckScope(CheckLevel.Unit, Form.Find("2021"), RuleSettings.Default);
        var add = Time(() => Sum(figures));
        Add("check of one report", Time(() => FigureCheck.Run(figures, scope).Count), "≤ 20");
        Add("check of its prose", Time(() => CheckProse(submission)), "–");
        Add($"reading its body of {Nation.Body.Length / 1000.0:0.0} kB", Time(() => SubmissionReader.Read(Nation.Body).Value!.Prose.Length), "–");

        void Add(string figure, (double Nanoseconds, double Bytes) one, string aim) => table.Add(
            figure, $"{add.Nanoseconds / 1000:0.0} µs, {add.Bytes:0} B", $"{one.Nanoseconds / 1000:0.0} µs, {one.Bytes:0} B", one.Nanoseconds / add.Nanoseconds, aim);
    }

    static int CheckProse(Submission submission)
    {
        var findings = new List<Finding>();
        ProseCheck.Run(submission.Figures, submission.Prose, 2021, RuleSettings.Default, findings);
        return findings.Count;
    }

    static int Sum(Figures figures)
    {
        var sum = 0m;
        foreach (var value in figures.Values)
        {
            sum += value ?? 0;
        }

        return (int)(sum % 2);
    }

    /// <summary>Best of several, after the compiler has done its best.</summary>
    static (double Nanoseconds, double Bytes) Time(Func<int> work)
    {
        const int Times = 500;
        var (best, bytes, sink) = (double.MaxValue, 0.0, 0);
        for (var round = 0; round < 20; round++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Times; i++)
            {
                sink += work();
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Times);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)Times;
        }

        GC.KeepAlive(sink);
        return (best, bytes);
    }
}
