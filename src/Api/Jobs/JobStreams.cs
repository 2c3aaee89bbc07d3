using System.Collections.Concurrent;
using System.Text.Json;
using Aggregator.Jobs;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Aggregator.Api.Jobs;

/// <summary>Server-sent events of runs, and how many of them each caller has open on this server.</summary>
public sealed class JobStreams
{
    /// <summary>Enough for a person with a few pages; a connection costs a look into the database every second.</summary>
    public const int MostPerCaller = 4;

    static readonly TimeSpan look = TimeSpan.FromSeconds(1);
    static readonly TimeSpan heartbeat = TimeSpan.FromSeconds(15);
    static readonly TimeSpan longest = TimeSpan.FromMinutes(10);

    readonly ConcurrentDictionary<string, int> open = new();

    /// <summary>Counts a stream in; false if the caller has too many.</summary>
    public bool TryEnter(string actor)
    {
        if (open.AddOrUpdate(actor, 1, (_, count) => count + 1) <= MostPerCaller)
        {
            return true;
        }

        Leave(actor);
        return false;
    }

    /// <summary>Counts a stream out.</summary>
    public void Leave(string actor)
    {
        if (open.AddOrUpdate(actor, 0, (_, count) => count - 1) == 0)
        {
            open.TryRemove(new KeyValuePair<string, int>(actor, 0));
        }
    }

    /// <summary>Writes a run now and at every change, until it is over.</summary>
    internal static async Task WriteAsync(HttpContext context, JobRun run, JobRunStore runs, TimeProvider time, CancellationToken token)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back.
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        var (begun, quiet, number, last) = (time.GetTimestamp(), time.GetTimestamp(), 0, "");
        using var timer = new PeriodicTimer(look, time);
        while (true)
        {
            var text = JsonSerializer.Serialize(run, options.GetTypeInfo(typeof(JobRun)));
            if (text != last || time.GetElapsedTime(quiet) >= heartbeat)
            {
                await context.Response.WriteAsync(text != last ? $"id: {++number}\nevent: run\ndata: {text}\n\n" : ": \n\n", token);
                await context.Response.Body.FlushAsync(token);
                (last, quiet) = (text, time.GetTimestamp());
            }

            if (run.IsOver || time.GetElapsedTime(begun) >= longest)
            {
                return;
            }

            await timer.WaitForNextTickAsync(token);
            run = await runs.FindAsync(run.Id, token) ?? run;
        }
    }
}
