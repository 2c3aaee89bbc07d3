using System.Diagnostics;
using Aggregator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Aggregator.Benchmarks;

/// <summary>An ASP.NET Core program that does nothing: it answers with a constant. What ours takes beyond it, ours is answerable for.</summary>
static class Floor
{
    const string Tag = "\"constant\"";

    /// <summary>Serves <c>/readyz</c>, and <c>/constant/{bytes}</c> with an entity tag, until it is killed.</summary>
    public static Task ServeAsync(string address)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add(address);
        var constant = Array.Empty<byte>();
        app.MapGet("/readyz", () => "ok");
        app.MapGet("/constant/{bytes:int}", IResult (int bytes, HttpContext context) =>
        {
            context.Response.Headers.ETag = Tag;
            if (context.Request.Headers.IfNoneMatch == Tag)
            {
                return Results.StatusCode(StatusCodes.Status304NotModified);
            }

            if (constant.Length != bytes)
            {
                constant = new byte[bytes];
                Array.Fill(constant, (byte)' ');
            }

            return Results.Bytes(constant, "application/json");
        });
        return app.RunAsync();
    }

    /// <summary>Starts it in a process of its own.</summary>
    public static async Task<(Process Process, Uri Address)> StartAsync()
    {
        var address = AggregatorProcess.FreeAddress();
        var process = Process.Start("dotnet", [typeof(Floor).Assembly.Location, "floor", address.ToString()]);
        await AggregatorProcess.ReadyAsync(address, () => process.HasExited);
        return (process, address);
    }
}
