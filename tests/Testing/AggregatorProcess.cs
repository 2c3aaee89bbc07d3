using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Aggregator.Testing;

/// <summary>The real Api or Worker in a process of its own, for tests that kill it.</summary>
public sealed class AggregatorProcess : IDisposable
{
    static readonly ConcurrentDictionary<string, Lazy<bool>> migrated = new();

    readonly Process process;

    AggregatorProcess(Process process) => this.process = process;

    /// <summary>Its process id.</summary>
    public int Id => process.Id;

    /// <summary>Starts a Worker, with variables of its environment if need be; it works as soon as it has connected.</summary>
    public static AggregatorProcess StartWorker(TestDatabase database, params (string Name, string Value)[] environment) =>
        StartWorker(database.ConnectionString, environment);

    /// <summary>Starts a Worker, with variables of its environment if need be; it works as soon as it has connected.</summary>
    public static AggregatorProcess StartWorker(string connectionString, params (string Name, string Value)[] environment)
    {
        // A test's database has our tables; those of the clock are made by the Worker's own command, as where it is installed.
        _ = migrated.GetOrAdd(connectionString, _ => new Lazy<bool>(() => Migrate(connectionString))).Value;
        return Start("Worker", connectionString, "", environment);
    }

    static bool Migrate(string connectionString)
    {
        using var migrate = Start("Worker", connectionString, "", [], "migrate");
        migrate.process.WaitForExit();
        return migrate.process.ExitCode == 0 ? true : throw new InvalidOperationException("The database could not be migrated.");
    }

    /// <summary>Starts an Api on a free port and waits until it is ready.</summary>
    public static Task<(AggregatorProcess Api, Uri Address)> StartApiAsync(TestDatabase database) => StartApiAsync(database.ConnectionString);

    /// <summary>Starts an Api on a free port and waits until it is ready.</summary>
    public static async Task<(AggregatorProcess Api, Uri Address)> StartApiAsync(
        string connectionString, params (string Name, string Value)[] environment)
    {
        var address = FreeAddress();
        var api = Start("Api", connectionString, address.ToString(), environment);
        await ReadyAsync(address, () => api.process.HasExited);
        return (api, address);
    }

    /// <summary>Waits until a program answers that it is ready.</summary>
    public static async Task ReadyAsync(Uri address, Func<bool> hasExited)
    {
        using var client = new HttpClient { BaseAddress = address };
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if ((await client.GetAsync("/readyz")).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (attempt < 1500 && !hasExited())
            {
                // Not listening yet.
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Ends it at once, as a power cut would (SIGKILL).</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        process.Dispose();
    }

    /// <summary>Asks it to end, as a service manager does (SIGTERM), and waits until it has; its exit code.</summary>
    public int Stop()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
        process.WaitForExit();
        return process.ExitCode;
    }

    static AggregatorProcess Start(
        string project, string connectionString, string urls, (string Name, string Value)[] environment, params string[] arguments)
    {
        // As published to AGGREGATOR_PROGRAMS, or else as built in the same configuration (Debug or Release) as the tests.
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var folder = Environment.GetEnvironmentVariable("AGGREGATOR_PROGRAMS") is { } programs
            ? Path.Combine(programs, project == "Api" ? "api" : "worker")
            : Path.Combine(Repository.Root, "src", project, "bin", framework.Parent!.Name, framework.Name);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, $"Aggregator.{project}.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        start.Environment["ConnectionStrings__Aggregator"] = connectionString;
        start.Environment["ASPNETCORE_URLS"] = urls;
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
            {
                Console.WriteLine(text);
            }
        };
        process.BeginOutputReadLine();
        return new AggregatorProcess(process);
    }

    /// <summary>An address on this machine where nobody listens.</summary>
    public static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));
    }
}
