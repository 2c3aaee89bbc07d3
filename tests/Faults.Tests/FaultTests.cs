using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Aggregator.Faults.Tests;

/// <summary>
/// Whatever breaks while reports come in: what was acknowledged is there once, byte for byte, and counted once. A short run makes each
/// fault once; <c>tests/Faults/run.sh</c> makes hundreds, in an order that its seed decides.
/// </summary>
public sealed class FaultTests
{
    static readonly int count = Setting("AGGREGATOR_FAULTS_COUNT") ?? 0;
    static readonly int minutes = Setting("AGGREGATOR_FAULTS_MINUTES") ?? 60;
    static readonly int seed = Setting("AGGREGATOR_FAULTS_SEED") ?? 1;

    [Fact]
    public async Task What_was_acknowledged_is_kept_once_and_counted_once_whatever_breaks()
    {
        var running = Stopwatch.StartNew();
        var random = new Random(seed);
        var previous = Environment.GetEnvironmentVariable("AGGREGATOR_FAULTS_PREVIOUS") is { Length: > 0 } folder ? Release.In(folder) : null;
        var logs = Environment.GetEnvironmentVariable("AGGREGATOR_FAULTS_LOGS") ?? Directory.CreateTempSubdirectory("aggregator-faults-logs-").FullName;
        var made = new List<(string Name, TimeSpan Ready)>();
        await using var stage = await Stage.OpenAsync(random, previous ?? Release.Current, logs);
        var faults = Fault.For(stage, previous);
        Fault[] possible = [.. faults.Where(f => f.Missing is null)];
        var waiting = new Queue<Fault>(Shuffled(possible, random));
        while (count == 0 ? waiting.Count > 0 : made.Count < count && running.Elapsed.TotalMinutes < minutes)
        {
            var fault = waiting.TryDequeue(out var each) ? each : random.GetItems([.. possible.SelectMany(f => Enumerable.Repeat(f, f.Weight))], 1)[0];
            var (earlier, begun) = (stage.Counts.Defects.Count, running.Elapsed);
            var ready = await stage.UnderLoadAsync(() => fault.MakeAsync(stage, random));
            await stage.CheckAsync();
            made.Add((fault.Name, ready));
            Say($"{made.Count,4}  {fault.Name,-32} ready after {ready.TotalSeconds,6:0.00} s, checked after {(running.Elapsed - begun).TotalSeconds,6:0.0} s");
            foreach (var defect in stage.Counts.Defects.Skip(earlier))
            {
                Say($"      DEFECT {defect}");
            }
        }

        var collapses = stage.Programs.Sum(p => p.Collapses);
        Say(Report(made, faults, stage.Counts, collapses, running.Elapsed));
        stage.Counts.Defects.ShouldBeEmpty();
        collapses.ShouldBe(0, "a program has ended by itself");
        if (Environment.GetEnvironmentVariable("AGGREGATOR_FAULTS_LOGS") is null)
        {
            Directory.Delete(logs, recursive: true);
        }
    }

    static string Report(List<(string Name, TimeSpan Ready)> made, IReadOnlyList<Fault> faults, Counts counts, int collapses, TimeSpan time)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"\nFault report, seed {seed}, {time.TotalMinutes:0.0} minutes, {Environment.ProcessorCount} processors\n");
        text.AppendLine("| fault | injected | ready again, p50 | max |\n|---|---:|---:|---:|");
        foreach (var fault in faults)
        {
            TimeSpan[] times = [.. made.Where(m => m.Name == fault.Name).Select(m => m.Ready).Order()];
            text.AppendLine(fault.Missing is null
                ? Row(fault.Name, times)
                : $"| {fault.Name} | left out: {fault.Missing} | | |");
        }

        text.AppendLine(Row("all", [.. made.Select(m => m.Ready).Order()]));
        var lost = counts.Defects.Count(d => d.StartsWith("lost", StringComparison.Ordinal));
        var doubled = counts.Defects.Count(d => d.StartsWith("doubled", StringComparison.Ordinal));
        text.AppendLine(CultureInfo.InvariantCulture, $"""

            | | |
            |---|---:|
            | requests, repeated ones included | {counts.Requests} |
            | of these without an answer, or 503 | {counts.Failed} |
            | reports acknowledged | {counts.Acknowledged} |
            | waivers acknowledged | {counts.Waived} |
            | acknowledged and lost | {lost} |
            | kept twice | {doubled} |
            | given up without an answer: found whole / absent | {counts.Whole} / {counts.Absent} |
            | first answer given again | {counts.Replayed} |
            | programs that ended by themselves | {collapses} |
            | other defects | {counts.Defects.Count - lost - doubled} |
            """);
        return text.ToString();
    }

    static string Row(string name, TimeSpan[] times) => times.Length == 0 ? $"| {name} | 0 | | |" : string.Create(
        CultureInfo.InvariantCulture, $"| {name} | {times.Length} | {times[times.Length / 2].TotalSeconds:0.00} s | {times[^1].TotalSeconds:0.00} s |");

    static Fault[] Shuffled(Fault[] faults, Random random)
    {
        Fault[] copy = [.. faults];
        random.Shuffle(copy);
        return copy;
    }

    internal static void Say(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("AGGREGATOR_FAULTS_REPORT") is { Length: > 0 } file)
        {
            File.AppendAllText(file, line + "\n");
        }
    }

    static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
