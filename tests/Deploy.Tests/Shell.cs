using System.Diagnostics;
using Aggregator.Testing;

namespace Aggregator.Deploy.Tests;

/// <summary>Runs what an operator would run.</summary>
static class Shell
{
    /// <summary>Runs a command in the root of the repository; its output, or the failure with what it said.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;

        // A server that a script leaves behind keeps its standard error open; what counts is that the script has ended.
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAny(Task.WhenAll(output, errors), Task.Delay(TimeSpan.FromSeconds(2)));
        var said = (output.IsCompleted ? output.Result : "") + (errors.IsCompleted ? errors.Result : "");
        return process.ExitCode == 0 ? said.Trim() : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {said}");
    }

    /// <summary>Runs <c>deploy/postgres.sh</c>.</summary>
    public static Task<string> PostgresAsync(params string[] arguments) => RunAsync(Path.Combine(Repository.Root, "deploy", "postgres.sh"), arguments);

    /// <summary>An empty folder of the temp folder that other users may pass through.</summary>
    public static string NewFolder()
    {
        var folder = Directory.CreateTempSubdirectory("aggregator-deploy-").FullName;
        using var chmod = Process.Start("chmod", ["go+x", folder]);
        chmod.WaitForExit();
        return folder;
    }
}
