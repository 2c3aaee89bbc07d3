using System.Diagnostics;
using Npgsql;

namespace Aggregator.Faults.Tests;

/// <summary>Something that goes wrong.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Weight">How often it is drawn, against the others.</param>
/// <param name="MakeAsync">Does it, and gives a watch that was started when the harm was over: from then on nobody helps.</param>
/// <param name="Missing">What the machine lacks for it; null if it can be made.</param>
sealed record Fault(string Name, int Weight, Func<Stage, Random, Task<Stopwatch>> MakeAsync, string? Missing = null)
{
    /// <summary>All of them, for a stage.</summary>
    public static IReadOnlyList<Fault> For(Stage stage, Release? previous) =>
    [
        new("kill Api", 10, async (s, r) =>
        {
            await s.Apis[r.Next(2)].KillAsync();
            return Stopwatch.StartNew();
        }),
        new("kill Worker", 10, async (s, r) =>
        {
            await s.Workers[r.Next(2)].KillAsync();
            return Stopwatch.StartNew();
        }),
        new("kill all programs", 5, async (s, r) =>
        {
            await Task.WhenAll(s.Programs.Select(p => p.KillAsync()));
            return Stopwatch.StartNew();
        }),
        new("kill PostgreSQL", 10, async (s, r) =>
        {
            await s.Cluster.KillAsync();
            var over = Stopwatch.StartNew();
            await s.Cluster.EnsureRunningAsync();
            return over;
        }),
        new("kill a PostgreSQL backend", 8, async (s, r) =>
        {
            await s.Cluster.KillBackendAsync();
            return Stopwatch.StartNew();
        }),
        new("freeze a program", 6, async (s, r) =>
        {
            await r.GetItems([.. s.Programs], 1)[0].FreezeAsync(TimeSpan.FromMilliseconds(r.Next(300, 2000)));
            return Stopwatch.StartNew();
        }),
        new("cut connections", 10, (s, r) =>
        {
            s.Proxy.Cut();
            return Task.FromResult(Stopwatch.StartNew());
        }),
        new("lose answers, then cut", 10, (s, r) => InWeatherAsync(s, Weather.NoAnswers, r.Next(100, 1000))),
        new("silence, then cut", 8, (s, r) => InWeatherAsync(s, Weather.Silent, r.Next(300, 2500))),
        new("delay", 8, (s, r) => InWeatherAsync(s, Weather.Slow, r.Next(500, 2000), cut: false)),
        new("exhaust connections", 6, ExhaustAsync),
        new("disk full", 6, async (s, r) =>
        {
            var over = Stopwatch.StartNew();
            for (var until = r.Next(500, 2500); over.ElapsedMilliseconds < until; await Task.Delay(20))
            {
                s.Cluster.FillDisk();
            }

            s.Cluster.FreeDisk();
            over.Restart();
            await s.Cluster.EnsureRunningAsync();
            return over;
        }, stage.Cluster.HasDisk ? null : "may not mount a small disk"),
        new("clock jump", 8, async (s, r) =>
        {
            var jumping = r.GetItems([.. s.Programs], r.Next(1, 4));
            var hours = r.GetItems([-36, -1, 1, 5, 36, 400], 1)[0];
            Array.ForEach(jumping, p => p.SetClock(TimeSpan.FromHours(hours)));
            await Task.Delay(r.Next(300, 2500));
            Array.ForEach(jumping, p => p.SetClock(TimeSpan.Zero));
            return Stopwatch.StartNew();
        }, Program.HasClock ? null : "no C compiler"),
        new(previous is null ? "rolling restart" : "rolling change of version", 3, async (s, r) =>
        {
            var next = previous is null || s.Apis[0].Release == previous ? Release.Current : previous;
            await Program.CommandAsync(next, s.Cluster.ConnectionString, "migrate");
            foreach (var (api, worker) in s.Apis.Zip(s.Workers))
            {
                await api.ReplaceAsync(next);
                await s.WaitUntilReadyAsync();
                await worker.ReplaceAsync(next);
            }

            return Stopwatch.StartNew();
        }),
        new("primary dies, standby promoted", 3, async (s, r) =>
        {
            var over = new Stopwatch();
            await s.Cluster.FailOverAsync(async () =>
            {
                await Task.Delay(r.Next(100, 1000));
                over.Start();
            });
            s.Proxy.Cut();
            return over;
        }),
    ];

    static async Task<Stopwatch> InWeatherAsync(Stage stage, Weather weather, int milliseconds, bool cut = true)
    {
        stage.Proxy.Set(weather);
        await Task.Delay(milliseconds);
        if (cut)
        {
            stage.Proxy.Cut();
        }

        stage.Proxy.Set(Weather.Fair);
        return Stopwatch.StartNew();
    }

    /// <summary>Takes every connection that the server has left, while the programs have to connect anew.</summary>
    static async Task<Stopwatch> ExhaustAsync(Stage stage, Random random)
    {
        var taken = new List<NpgsqlConnection>();
        try
        {
            var (watch, time, refused) = (Stopwatch.StartNew(), random.Next(500, 2000), false);
            while (watch.ElapsedMilliseconds < time)
            {
                var connection = new NpgsqlConnection(stage.Cluster.ConnectionString);
                try
                {
                    await connection.OpenAsync();
                    taken.Add(connection);
                }
                catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.TooManyConnections)
                {
                    await connection.DisposeAsync();
                    if (!refused)
                    {
                        // What the programs lose now is taken before they can have it back.
                        stage.Proxy.Cut();
                        refused = true;
                    }
                }
            }
        }
        finally
        {
            foreach (var connection in taken)
            {
                await connection.DisposeAsync();
            }
        }

        return Stopwatch.StartNew();
    }
}
