using System.Diagnostics;
using System.Text.Json.Nodes;
using Aggregator.Access;
using Xunit;

namespace Aggregator.Testing;

/// <summary>A running system with the samples loaded by their own loader.</summary>
public sealed class LoadedSamples : IAsyncLifetime
{
    AggregatorProcess? worker;

    /// <summary>The running system.</summary>
    public RunningSystem System { get; } = new();

    /// <summary>What the loader writes to keys.json.</summary>
    public JsonObject Keys { get; private set; } = [];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await System.InitializeAsync();
        worker = AggregatorProcess.StartWorker(System.Database);
        var keys = Path.Combine(Directory.CreateTempSubdirectory("aggregator-keys-").FullName, "keys.json");
        var start = new ProcessStartInfo(
            Path.Combine(Repository.Root, "samples", "load.sh"),
            [System.Address.ToString().TrimEnd('/'), await System.KeyAsync(Role.Operator, ""), keys]);
        using var loader = Process.Start(start)!;
        await loader.WaitForExitAsync();
        if (loader.ExitCode != 0)
        {
            throw new InvalidOperationException("samples/load.sh failed.");
        }

        Keys = JsonNode.Parse(await File.ReadAllTextAsync(keys))!.AsObject();
        Directory.Delete(Path.GetDirectoryName(keys)!, recursive: true);
        await System.WaitUntilFreshAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        worker?.Dispose();
        await System.DisposeAsync();
    }
}
