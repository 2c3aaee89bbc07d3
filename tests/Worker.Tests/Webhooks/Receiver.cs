using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Aggregator.Worker.Tests.Webhooks;

/// <summary>What a receiver was sent.</summary>
sealed record Received(string Path, string Body, IHeaderDictionary Headers)
{
    public string Id => Headers["Aggregator-Delivery"].ToString();
}

/// <summary>A real HTTP server on loopback that answers as a test wants.</summary>
sealed class Receiver : IAsyncDisposable
{
    readonly WebApplication app;

    Receiver(WebApplication app) => this.app = app;

    public ConcurrentQueue<Received> Received { get; } = new();

    public string Address => app.Urls.Single();

    public static async Task<Receiver> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new Receiver(builder.Build());
        receiver.app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            receiver.Received.Enqueue(new Received(context.Request.Path, await reader.ReadToEndAsync(), new HeaderDictionary(context.Request.Headers.ToDictionary())));
            await answer(context);
        });
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>One that answers with these statuses in turn, the last one for ever.</summary>
    public static Task<Receiver> StartAsync(params int[] statuses)
    {
        var count = -1;
        return StartAsync(context =>
        {
            context.Response.StatusCode = statuses[Math.Min(Interlocked.Increment(ref count), statuses.Length - 1)];
            return Task.CompletedTask;
        });
    }

    /// <summary>An address at which nobody listens.</summary>
    public static string Nowhere()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
