using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Aggregator.Faults.Tests;

/// <summary>How the network between the programs and PostgreSQL behaves.</summary>
enum Weather
{
    /// <summary>Everything passes at once.</summary>
    Fair,

    /// <summary>Everything passes late.</summary>
    Slow,

    /// <summary>Nothing passes, and nobody is told.</summary>
    Silent,

    /// <summary>What the programs say arrives; the answers are lost.</summary>
    NoAnswers,
}

/// <summary>The network between the programs and PostgreSQL: a TCP port that leads to the server's socket.</summary>
sealed class Proxy : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly ConcurrentDictionary<Socket, byte> sockets = new();
    readonly Func<EndPoint> server;
    volatile TaskCompletionSource fair = new();
    volatile Weather weather;

    public Proxy(Func<EndPoint> server)
    {
        this.server = server;
        fair.SetResult();
        listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Its port.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Changes how the network behaves.</summary>
    public void Set(Weather next)
    {
        weather = next;
        if (next is Weather.Silent)
        {
            fair = new TaskCompletionSource();
        }
        else
        {
            fair.TrySetResult();
        }
    }

    /// <summary>Cuts every connection, as a firewall that forgets (RST).</summary>
    public void Cut()
    {
        foreach (var socket in sockets.Keys)
        {
            Drop(socket);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        listener.Dispose();
        Cut();
    }

    async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var client = await listener.AcceptSocketAsync();
                sockets[client] = 0;
                _ = ConnectAsync(client);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    async Task ConnectAsync(Socket client)
    {
        var upstream = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        sockets[upstream] = 0;
        try
        {
            await fair.Task;
            await upstream.ConnectAsync(server());
            await Task.WhenAny(PumpAsync(client, upstream, answers: false), PumpAsync(upstream, client, answers: true));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server is away; the client notices.
        }

        Drop(client);
        Drop(upstream);
    }

    async Task PumpAsync(Socket from, Socket to, bool answers)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.ReceiveAsync(buffer) is var count and > 0)
            {
                if (weather == Weather.Slow)
                {
                    await Task.Delay(50);
                }

                await fair.Task;
                if (answers && weather == Weather.NoAnswers)
                {
                    // A stream with a hole is none: this connection carries nothing more until it is cut.
                    while (weather == Weather.NoAnswers)
                    {
                        await Task.Delay(5);
                    }

                    return;
                }

                for (var sent = 0; sent < count; sent += await to.SendAsync(buffer.AsMemory(sent, count - sent)))
                {
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut, from one side or the other.
        }
    }

    void Drop(Socket socket)
    {
        if (sockets.TryRemove(socket, out _))
        {
            if (socket.AddressFamily == AddressFamily.InterNetwork)
            {
                socket.LingerState = new LingerOption(true, 0);
            }

            socket.Dispose();
        }
    }
}
