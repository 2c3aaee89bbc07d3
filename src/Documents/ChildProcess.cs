using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Aggregator.Documents;

/// <summary>What a program left behind.</summary>
/// <param name="ExitCode">0 if all went well; negative if it was killed because it took too long or wrote too much.</param>
/// <param name="Output">What it wrote to its standard output.</param>
/// <param name="Errors">The beginning of what it wrote to its standard error.</param>
sealed record ProcessResult(int ExitCode, byte[] Output, string Errors);

/// <summary>
/// Runs programs of the machine on files that come from outside: without a shell, bounded in time, memory and output, each in a
/// folder of its own that is removed afterwards, and no more at once than there are processors.
/// </summary>
static class ChildProcess
{
    const int MaxErrorBytes = 4000;

    static readonly SemaphoreSlim places = new(Environment.ProcessorCount);

    /// <summary>Where a program lies, or null if it is not installed.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Where(folder => folder.StartsWith('/')).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Does something in a new folder that only this user can look into, and removes it.</summary>
    public static async Task<T> InFolderAsync<T>(Func<string, Task<T>> work, CancellationToken token)
    {
        await places.WaitAsync(token);
        var folder = Directory.CreateTempSubdirectory("aggregator-");
        try
        {
            return await work(folder.FullName);
        }
        finally
        {
            places.Release();
            Remove(folder);
        }
    }

    /// <summary>Runs a program. The processes that it starts end with it.</summary>
    public static async Task<ProcessResult> RunAsync(
        string program, IEnumerable<string> arguments, string folder, ProcessLimits limits, CancellationToken token)
    {
        var start = new ProcessStartInfo("prlimit")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[$"--as={limits.MemoryBytes}", $"--cpu={limits.ProcessorSeconds}", "--core=0", $"--fsize={limits.FileBytes}", program])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["HOME"] = folder;
        start.Environment["TMPDIR"] = folder;
        start.Environment["LC_ALL"] = "C.UTF-8";

        // LibreOffice takes and gives back a gigabyte while it starts. In large pages that takes a third of the time, and no more memory.
        start.Environment["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(token);
        timeout.CancelAfter(limits.Time);
        try
        {
            process.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput.BaseStream, limits.OutputBytes, limits.OutputBytes, timeout);
            var errors = ReadAsync(process.StandardError.BaseStream, limits.OutputBytes, MaxErrorBytes, timeout);
            await Task.WhenAll(output, errors, process.WaitForExitAsync(timeout.Token));
            return new ProcessResult(process.ExitCode, await output, Encoding.UTF8.GetString(await errors));
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return new ProcessResult(-1, [], "");
        }
        finally
        {
            End(process);
        }
    }

    /// <summary>What a program writes: at most so much, else it is ended, and of that the first bytes.</summary>
    static async Task<byte[]> ReadAsync(Stream stream, int maxBytes, int keptBytes, CancellationTokenSource timeout)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[81_920];
        var read = 0L;
        for (int count; (count = await stream.ReadAsync(buffer, timeout.Token)) > 0;)
        {
            read += count;
            kept.Write(buffer, 0, Math.Min(count, keptBytes - (int)kept.Length));
            if (read > maxBytes)
            {
                await timeout.CancelAsync();
            }
        }

        return kept.ToArray();
    }

    static void End(Process process)
    {
        if (process.HasExited)
        {
            return;
        }

        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(5));
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself.
        }
    }

    static void Remove(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A process that is just dying still writes; the system's own cleaning of the temporary folder takes the rest.
        }
    }
}

/// <summary>What a program may use.</summary>
/// <param name="Time">How long it may run.</param>
/// <param name="ProcessorSeconds">Processor time of each process.</param>
/// <param name="MemoryBytes">Address space of each process.</param>
/// <param name="FileBytes">Size of a file that it writes.</param>
/// <param name="OutputBytes">What it may write to standard output.</param>
sealed record ProcessLimits(TimeSpan Time, int ProcessorSeconds, long MemoryBytes, long FileBytes, int OutputBytes);
