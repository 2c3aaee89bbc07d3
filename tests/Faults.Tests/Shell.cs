using System.Diagnostics;
using Aggregator.Testing;

namespace Aggregator.Faults.Tests;

/// <summary>Runs a command to its end.</summary>
static class Shell
{
    /// <summary>Path of a script of the repository.</summary>
    public static string Script(string name) => Path.Combine(Repository.Root, "deploy", name);

    /// <summary>What it printed; throws with what it complained about if it failed.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (code, output, complaint) = await TryAsync(program, arguments);
        return code == 0 ? output.Trim() : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {complaint}");
    }

    /// <summary>The same for a command that may fail.</summary>
    public static async Task<(int Code, string Output, string Complaint)> TryAsync(string program, params string[] arguments)
    {
        // A server that stays behind keeps the pipes that it inherits, so they go to files.
        var (output, complaint) = (Path.GetTempFileName(), Path.GetTempFileName());
        try
        {
            using var process = Process.Start(new ProcessStartInfo("bash", ["-c", "out=$1 err=$2; shift 2; exec \"$@\" >\"$out\" 2>\"$err\" </dev/null", "bash", output, complaint, program, .. arguments]))!;
            await process.WaitForExitAsync();
            return (process.ExitCode, await File.ReadAllTextAsync(output), await File.ReadAllTextAsync(complaint));
        }
        finally
        {
            File.Delete(output);
            File.Delete(complaint);
        }
    }

    /// <summary>Sends a signal to a process; nothing happens if it has ended.</summary>
    public static Task SignalAsync(string signal, int process) => TryAsync("kill", $"-{signal}", $"{process}");
}
