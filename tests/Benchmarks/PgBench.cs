using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Aggregator.Benchmarks;

/// <summary>PostgreSQL's own load program: the floor, because it does nothing but send SQL.</summary>
sealed partial class PgBench(string program, string connectionString)
{
    /// <summary>
    /// A statement with Npgsql's parameters as pgbench writes it: every mention is a parameter by itself there, hence the types,
    /// which are those that Npgsql sends. What has no value is null, which pgbench cannot send.
    /// </summary>
    public static string Statement(string sql, IReadOnlyDictionary<string, string> types, params string[] absent) =>
        Parameter().Replace(sql, match => absent.Contains(match.Groups[1].Value) ? "null" : $":{match.Groups[1].Value}::{types[match.Groups[1].Value]}") + ";\n";

    /// <summary>Runs a script with a role of the product, prepared, by so many clients; gives the processor seconds it used as well.</summary>
    public (LoadResult Result, double Cpu) Run(string script, IReadOnlyDictionary<string, string> variables, string role, int clients, TimeSpan duration)
    {
        var folder = Directory.CreateTempSubdirectory("aggregator-pgbench");
        try
        {
            var file = Path.Combine(folder.FullName, "script.sql");
            File.WriteAllText(file, script);
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.FullName };
            foreach (var argument in (string[])["-n", "-M", "prepared", "-f", file, "-c", Text(clients), "-j", Text(Math.Min(clients, Environment.ProcessorCount)),
                "-T", Text((int)duration.TotalSeconds), "-l", "-h", settings.Host!, "-p", Text(settings.Port), "-U", settings.Username!, settings.Database!])
            {
                start.ArgumentList.Add(argument);
            }

            foreach (var (name, value) in variables)
            {
                start.ArgumentList.Insert(0, $"{name}={value}");
                start.ArgumentList.Insert(0, "-D");
            }

            start.Environment["PGOPTIONS"] = $"-c role={role} -c timezone=UTC";
            var before = CpuTime.OfEndedChildren();
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            var rate = Rate().Match(output);
            if (process.ExitCode != 0 || !rate.Success)
            {
                throw new InvalidOperationException($"pgbench failed: {errors.Result}");
            }

            List<double> times = [.. folder.EnumerateFiles("pgbench_log.*").SelectMany(f => File.ReadLines(f.FullName))
                .Select(line => int.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture) / 1000.0)];
            return (LoadResult.Of(times, double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture)), CpuTime.OfEndedChildren() - before);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("@([A-Za-z0-9]+)")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"tps = ([0-9.]+) \(without")]
    private static partial Regex Rate();
}
