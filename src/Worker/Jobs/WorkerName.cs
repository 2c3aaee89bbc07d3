using System.Globalization;
using System.Security.Cryptography;

namespace Aggregator.Worker.Jobs;

/// <summary>What this process is called among the workers; no other ever has the same name.</summary>
/// <param name="Text">Machine, process id and four random bytes.</param>
sealed record WorkerName(string Text)
{
    public static WorkerName New() => new(string.Create(
        CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}"));
}
