using System.ComponentModel;
using System.Diagnostics;

namespace Aggregator.Documents;

/// <summary>What an external program answered.</summary>
/// <param name="ExitCode">0 for success; -1 if it took too long and was ended.</param>
/// <param name="Output">What it wrote to its standard output.</param>
sealed record ExternalProgram(int ExitCode, byte[] Output)
{
    /// <summary>Runs a program to its end, or ends it with all of its children; null if it is not installed.</summary>
    public static async Task<ExternalProgram?> RunAsync(ProcessStartInfo start, ReadOnlyMemory<byte> input, TimeSpan patience, CancellationToken token)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            return null;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(patience);
        try
        {
            using var output = new MemoryStream();
            await Task.WhenAll(
                WriteAsync(process, input, limit.Token),
                process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token),
                process.StandardError.BaseStream.CopyToAsync(Stream.Null, limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return new ExternalProgram(process.ExitCode, output.ToArray());
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return new ExternalProgram(-1, []);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    static async Task WriteAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken token)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, token);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without reading everything; its exit code says the rest.
        }
    }
}
