using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Aggregator.Testing;

namespace Aggregator.Faults.Tests;

/// <summary>The two programs of a release, as they were built.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Folder">Gives the folder of a program, <c>Api</c> or <c>Worker</c>.</param>
sealed record Release(string Name, Func<string, string> Folder)
{
    /// <summary>This build.</summary>
    public static Release Current { get; } = new("current", program =>
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(Repository.Root, "src", program, "bin", framework.Parent!.Name, framework.Name);
    });

    /// <summary>An earlier one, published into a folder.</summary>
    public static Release In(string folder) => new("previous", program => Path.Combine(folder, program));
}

/// <summary>An Api or a Worker and its service manager, which starts it again whenever it ends.</summary>
sealed class Program : IAsyncDisposable
{
    static readonly string? clockLibrary = CompileClock();

    readonly string kind;
    readonly string connectionString;
    readonly string clock = Path.GetTempFileName();
    readonly StreamWriter log;
    readonly Lock state = new();
    Process process;
    bool expected;
    bool disposed;

    public Program(string kind, Release release, string connectionString, string logFile)
    {
        (this.kind, Release, this.connectionString) = (kind, release, connectionString);
        log = new StreamWriter(logFile, append: true) { AutoFlush = true };
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}"));
        free.Stop();
        SetClock(TimeSpan.Zero);
        process = Start();
    }

    /// <summary>Whether the machine can make a program believe in another time (<c>clock.c</c>).</summary>
    public static bool HasClock => clockLibrary is not null;

    /// <summary>Where an Api listens.</summary>
    public Uri Address { get; }

    /// <summary>What runs now.</summary>
    public Release Release { get; private set; }

    /// <summary>How often it ended though nobody had made it.</summary>
    public int Collapses { get; private set; }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => EndAsync("KILL");

    /// <summary>SIGTERM, and then this release in its place.</summary>
    public Task ReplaceAsync(Release release)
    {
        Release = release;
        return EndAsync("TERM");
    }

    /// <summary>Stops it for a while without its noticing, as a machine that is moved.</summary>
    public async Task FreezeAsync(TimeSpan time)
    {
        var id = process.Id;
        await Shell.SignalAsync("STOP", id);
        await Task.Delay(time);
        await Shell.SignalAsync("CONT", id);
    }

    /// <summary>Sets its clock: so much before or after everybody else's.</summary>
    public void SetClock(TimeSpan ahead)
    {
        // In place, for the program has the file in its memory.
        using var file = new FileStream(clock, FileMode.Open, FileAccess.Write);
        file.Write(BitConverter.GetBytes((long)ahead.TotalSeconds));
    }

    /// <summary>Runs one of the Worker's commands with a release.</summary>
    public static async Task CommandAsync(Release release, string connectionString, params string[] words)
    {
        var (code, _, complaint) = await TryCommandAsync(release, connectionString, words);
        if (code != 0)
        {
            throw new InvalidOperationException($"{words[0]} failed: {complaint}");
        }
    }

    /// <summary>The same for one that may fail.</summary>
    public static Task<(int Code, string Output, string Complaint)> TryCommandAsync(Release release, string connectionString, params string[] words) => Shell.TryAsync(
        "env", [$"ConnectionStrings__Aggregator={connectionString}", "dotnet", Path.Combine(release.Folder("Worker"), "Aggregator.Worker.dll"), .. words]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (state)
        {
            (disposed, expected) = (true, true);
        }

        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        await log.DisposeAsync();
        File.Delete(clock);
    }

    async Task EndAsync(string signal)
    {
        Process ending;
        lock (state)
        {
            (ending, expected) = (process, true);
        }

        await Shell.SignalAsync(signal, ending.Id);
        while (ReferenceEquals(process, ending))
        {
            await Task.Delay(10);
        }
    }

    void Restart()
    {
        lock (state)
        {
            Collapses += expected ? 0 : 1;
            expected = false;
            if (!disposed)
            {
                process = Start();
            }
        }
    }

    Process Start()
    {
        var folder = Release.Folder(kind);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, $"Aggregator.{kind}.dll")])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__Aggregator"] = connectionString;
        start.Environment["ASPNETCORE_URLS"] = kind == "Api" ? Address.ToString() : "";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        if (clockLibrary is not null)
        {
            start.Environment["LD_PRELOAD"] = clockLibrary;
            start.Environment["CLOCK_AHEAD"] = clock;
        }

        var started = new Process { StartInfo = start, EnableRaisingEvents = true };
        started.OutputDataReceived += (_, line) => Write(line.Data);
        started.ErrorDataReceived += (_, line) => Write(line.Data);
        started.Exited += (_, _) => Restart();
        started.Start();
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        return started;
    }

    static string? CompileClock()
    {
        var (source, library) = (Path.Combine(Repository.Root, "tests", "Faults.Tests", "clock.c"), Path.Combine(AppContext.BaseDirectory, "clock.so"));
        return Shell.TryAsync("cc", "-shared", "-fPIC", "-O2", "-o", library, source).GetAwaiter().GetResult().Code == 0 ? library : null;
    }

    void Write(string? line)
    {
        if (line is { Length: > 0 })
        {
            lock (log)
            {
                if (!disposed)
                {
                    log.WriteLine(line);
                }
            }
        }
    }
}
