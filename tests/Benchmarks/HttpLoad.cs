using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Aggregator.Benchmarks;

/// <summary>What a run of clients did.</summary>
/// <param name="PerSecond">Requests or transactions per second.</param>
/// <param name="P50">Median time of one, in milliseconds.</param>
/// <param name="P99">99th percentile, in milliseconds.</param>
/// <param name="Count">How many there were.</param>
sealed record LoadResult(double PerSecond, double P50, double P99, long Count)
{
    /// <summary>The result of a run by the times of its requests.</summary>
    public static LoadResult Of(List<double> milliseconds, double perSecond)
    {
        milliseconds.Sort();
        return new LoadResult(perSecond, milliseconds[milliseconds.Count / 2], milliseconds[(int)(milliseconds.Count * 0.99)], milliseconds.Count);
    }
}

/// <summary>
/// Clients, dealt out among the addresses, that keep their connection and each have one request under way. They share the processors with what they measure,
/// so each is a thread with a blocking socket and a request that is written over the last one: two system calls per request.
/// </summary>
sealed class HttpLoad(params Uri[] addresses)
{
    /// <summary>Writes the n-th request of all into a buffer; gives its length.</summary>
    public delegate int WriteRequest(long number, byte[] buffer);

    long answered;

    /// <summary>How many requests have been answered so far.</summary>
    public long Answered => Interlocked.Read(ref answered);

    /// <summary>Runs clients for some time, or until there were so many requests, as fast as they go or at a pace; every answer must have the status.</summary>
    public LoadResult Run(int clients, TimeSpan duration, string status, Func<WriteRequest> writer, long most = long.MaxValue, double perSecond = double.PositiveInfinity)
    {
        var times = new List<double>[clients];
        var failures = new List<string>();
        using var start = new Barrier(clients + 1);
        var expected = Encoding.ASCII.GetBytes($"HTTP/1.1 {status}");
        var clock = new Stopwatch();
        Thread[] threads = [.. Enumerable.Range(0, clients).Select(client => new Thread(() =>
        {
            var mine = times[client] = [];
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Connect(IPAddress.Loopback, addresses[client % addresses.Length].Port);
                var write = writer();
                var (request, answer) = (new byte[64 * 1024], new byte[512 * 1024]);
                start.SignalAndWait();
                for (long number = client; number < most && clock.Elapsed < duration; number += clients)
                {
                    if (TimeSpan.FromSeconds(number / perSecond) - clock.Elapsed is { Ticks: > 0 } early)
                    {
                        Thread.Sleep(early);
                    }

                    var length = write(number, request);
                    var sent = Stopwatch.GetTimestamp();
                    socket.Send(request, 0, length, SocketFlags.None);
                    var received = Receive(socket, answer);
                    mine.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                    if (!answer.AsSpan(0, received).StartsWith(expected))
                    {
                        throw new InvalidOperationException(Encoding.UTF8.GetString(answer, 0, received));
                    }

                    Interlocked.Increment(ref answered);
                }
            }
            catch (Exception e)
            {
                lock (failures)
                {
                    failures.Add(e.Message);
                }
            }
        }))];
        foreach (var thread in threads)
        {
            thread.Start();
        }

        clock.Start();
        start.SignalAndWait();
        clock.Restart();
        foreach (var thread in threads)
        {
            thread.Join();
        }

        clock.Stop();
        if (failures is [var first, ..])
        {
            throw new InvalidOperationException($"{failures.Count} clients failed, the first with: {first}");
        }

        List<double> all = [.. times.SelectMany(t => t)];
        return LoadResult.Of(all, all.Count / clock.Elapsed.TotalSeconds);
    }

    /// <summary>Reads one answer to its end; gives its length.</summary>
    static int Receive(Socket socket, byte[] answer)
    {
        var received = 0;
        while (true)
        {
            var read = socket.Receive(answer, received, answer.Length - received, SocketFlags.None);
            if (read == 0)
            {
                throw new InvalidOperationException("The server closed the connection.");
            }

            received += read;
            var text = answer.AsSpan(0, received);
            var head = text.IndexOf("\r\n\r\n"u8);
            if (head < 0)
            {
                continue;
            }

            var length = text[..head].IndexOf("Content-Length: "u8);
            if (length >= 0)
            {
                if (Utf8Parser.TryParse(text[(length + 16)..], out int body, out _) && received == head + 4 + body)
                {
                    return received;
                }
            }
            else if (text.EndsWith("\r\n0\r\n\r\n"u8) || text.StartsWith("HTTP/1.1 304"u8))
            {
                return received;
            }
        }
    }
}
