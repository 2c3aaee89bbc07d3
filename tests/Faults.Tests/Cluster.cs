using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Aggregator.Faults.Tests;

/// <summary>
/// A durable PostgreSQL cluster that nobody else uses, on a small disk of its own where the machine lets us mount one. The
/// script that starts the product's clusters starts this one and its standby.
/// </summary>
sealed class Cluster : IAsyncDisposable
{
    const int DiskMegabytes = 1500;

    readonly string folder;
    readonly string disk;
    readonly SemaphoreSlim starting = new(1);
    string dir;
    int made;

    Cluster(string folder, string disk, bool hasDisk) => (this.folder, this.disk, HasDisk, dir) = (folder, disk, hasDisk, Path.Combine(disk, "0"));

    /// <summary>Whether it has a disk that can be filled without harm to others.</summary>
    public bool HasDisk { get; }

    /// <summary>Where the primary's files are.</summary>
    public string Folder => dir;

    /// <summary>Connection string of the owner, past all faults of the network.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>The socket of the server that is the primary now.</summary>
    public EndPoint Socket { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    /// <summary>A running cluster.</summary>
    public static async Task<Cluster> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("aggregator-faults-").FullName;
        await Shell.RunAsync("chmod", "711", folder);
        var disk = Directory.CreateDirectory(Path.Combine(folder, "disk")).FullName;
        var mounted = Environment.UserName == "root" && (await Shell.TryAsync("mount", "-t", "tmpfs", "-o", $"size={DiskMegabytes}m,mode=711", "aggregator-faults", disk)).Code == 0;
        var cluster = new Cluster(folder, disk, mounted);
        Directory.CreateDirectory(cluster.dir);
        await cluster.EnsureRunningAsync();
        return cluster;
    }

    /// <summary>What a service manager does: starts the server unless it runs.</summary>
    public async Task EnsureRunningAsync()
    {
        await starting.WaitAsync();
        try
        {
            await StartAsync(dir);
            ConnectionString = new NpgsqlConnectionStringBuilder(await Shell.RunAsync(Shell.Script("postgres.sh"), "url", dir, "aggregator")) { Pooling = false }.ConnectionString;
            Socket = SocketOf(ConnectionString);
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>SIGKILL for the server's head; its other processes end when they notice.</summary>
    public Task KillAsync() => Shell.SignalAsync("KILL", int.Parse(File.ReadLines(Path.Combine(dir, "data", "postmaster.pid")).First()));

    /// <summary>SIGKILL for one of its processes that serves a program; the server then throws out all others and recovers.</summary>
    public async Task KillBackendAsync()
    {
        await using var watcher = await ConnectAsync();
        await using var find = new NpgsqlCommand("select pid from pg_stat_activity where usename = current_user and pid <> pg_backend_pid() order by backend_start limit 1", watcher);
        if (await find.ExecuteScalarAsync() is not int pid)
        {
            return;
        }

        await Shell.SignalAsync("KILL", pid);
        await using var ping = new NpgsqlCommand("select 1", watcher);
        try
        {
            // Until the server has noticed; a moment earlier everything would seem to be ready.
            while (true)
            {
                await ping.ExecuteScalarAsync();
                await Task.Delay(5);
            }
        }
        catch (NpgsqlException)
        {
            // Thrown out with the others.
        }
    }

    /// <summary>Fills the disk to the last byte.</summary>
    public void FillDisk()
    {
        var chunk = new byte[1 << 16];
        using var ballast = new FileStream(Path.Combine(disk, "ballast"), FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                ballast.Write(chunk);
            }
        }
        catch (IOException)
        {
            // Full. The server may have freed a little in the meantime; the next call takes that as well.
        }
    }

    /// <summary>Makes room again.</summary>
    public void FreeDisk() => File.Delete(Path.Combine(disk, "ballast"));

    /// <summary>
    /// A standby is set up while the system works and follows it synchronously; then the primary is killed for good, and the standby takes its
    /// place. Gives the moment of the kill to whoever has to wait before it.
    /// </summary>
    public async Task FailOverAsync(Func<Task> beforeKill)
    {
        var (primary, standby) = (dir, Path.Combine(disk, $"{++made}"));
        Directory.CreateDirectory(standby);
        await Shell.RunAsync(await BinAsync("pg_basebackup"), "-D", Path.Combine(standby, "data"), "-R", "-c", "fast", "-d", $"host={Path.GetDirectoryName(Socket.ToString())} port=5432 user=aggregator_backup");
        if (Environment.UserName == "root")
        {
            await Shell.RunAsync("chown", "-R", "postgres", standby);
        }

        await StartAsync(standby);
        await SetAsync(primary, "synchronous_standby_names = '*'");
        await WaitForReplicaAsync("sync_state = 'sync' and state = 'streaming'");
        await beforeKill();
        await KillAsync();
        await AsServerAsync(await BinAsync("pg_ctl"), "promote", "-s", "-w", "-D", Path.Combine(standby, "data"));
        dir = standby;
        await EnsureRunningAsync();
        await Shell.RunAsync(Shell.Script("postgres.sh"), "stop", primary);
        Directory.Delete(primary, recursive: true);
    }

    /// <summary>Waits until whoever copies the log has all of it.</summary>
    public async Task WaitForLogAsync() => await WaitForReplicaAsync($"flush_lsn >= '{await ScalarAsync<string>("select pg_current_wal_flush_lsn()::text")}'");

    /// <summary>The server and its files are gone; what was copied takes its place, as of a time.</summary>
    public async Task RestoreAsync(string backup, string time)
    {
        await KillAsync();
        await Shell.RunAsync(Shell.Script("postgres.sh"), "stop", dir);
        Directory.Delete(dir, recursive: true);
        dir = Path.Combine(disk, $"{++made}");
        await Shell.RunAsync(Shell.Script("restore.sh"), backup, dir, time);
        await EnsureRunningAsync();
    }

    /// <summary>Runs SQL as the owner and gives the first value.</summary>
    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    /// <summary>A connection as the owner; a server that is just recovering by itself is waited for.</summary>
    public async Task<NpgsqlConnection> ConnectAsync()
    {
        for (var waiting = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            var connection = new NpgsqlConnection(ConnectionString);
            try
            {
                await connection.OpenAsync();
                return connection;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CannotConnectNow && waiting.Elapsed < TimeSpan.FromSeconds(30))
            {
                await connection.DisposeAsync();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        FreeDisk();
        foreach (var each in Directory.GetDirectories(disk))
        {
            await Shell.TryAsync(Shell.Script("postgres.sh"), "stop", each);
        }

        if (HasDisk)
        {
            await Shell.RunAsync("umount", disk);
        }

        Directory.Delete(folder, recursive: true);
    }

    async Task WaitForReplicaAsync(string condition)
    {
        await using var watcher = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Username = "aggregator_backup" }.ConnectionString);
        await watcher.OpenAsync();
        await using var count = new NpgsqlCommand($"select count(*) from pg_stat_replication where {condition}", watcher);
        while (await count.ExecuteScalarAsync() is not > 0L)
        {
            await Task.Delay(20);
        }
    }

    static async Task StartAsync(string dir)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (code, _, complaint) = await Shell.TryAsync(Shell.Script("postgres.sh"), "start", dir, "5432");
            if (code == 0)
            {
                return;
            }

            // As a service manager would: again and again.
            if (attempt == 60)
            {
                throw new InvalidOperationException($"PostgreSQL does not come back: {complaint}");
            }

            await Task.Delay(250);
        }
    }

    /// <summary>As a superuser would by ALTER SYSTEM; whoever runs the test may be none.</summary>
    static async Task SetAsync(string dir, string setting)
    {
        await File.AppendAllTextAsync(Path.Combine(dir, "data", "postgresql.auto.conf"), setting + "\n");
        await AsServerAsync(await BinAsync("pg_ctl"), "reload", "-s", "-D", Path.Combine(dir, "data"));
    }

    static Task<string> AsServerAsync(params string[] command) => Environment.UserName == "root"
        ? Shell.RunAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", .. command])
        : Shell.RunAsync(command[0], command[1..]);

    static async Task<string> BinAsync(string program) => Path.Combine(await Shell.RunAsync(Shell.Script("postgres.sh"), "bin"), program);

    static UnixDomainSocketEndPoint SocketOf(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return new UnixDomainSocketEndPoint($"{settings.Host}/.s.PGSQL.{settings.Port}");
    }
}
