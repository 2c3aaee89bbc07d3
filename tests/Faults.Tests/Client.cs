using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Aggregator.Testing;

namespace Aggregator.Faults.Tests;

/// <summary>
/// One of the clients: it files, corrects, and has findings waived, each time insisting until it has an answer, or giving up without
/// knowing what became of it. It goes from one Api to another as a balancer does.
/// </summary>
sealed class Client(IReadOnlyList<Uri> apis, Journal journal, string unit, string key, string countyKey, Random random, Counts counts) : IDisposable
{
    /// <summary>Report year of everything that is filed.</summary>
    public const int Year = 2021;

    readonly HttpClient http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2), PooledConnectionLifetime = TimeSpan.FromSeconds(20) })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    int next = random.Next(1000);

    /// <summary>One report, and what follows from it.</summary>
    public async Task WorkAsync(CancellationToken token)
    {
        var consistent = RandomReport.Consistent("2021", random);
        var withFinding = random.Next(4) == 0;
        var report = withFinding ? consistent.With("review.reconsideration.total", 77_777_777_777) : consistent;
        int? seen = random.Next(4) == 0 ? Newest() : null;
        var sent = new Sent(unit, $"{unit}-{Guid.NewGuid():n}", report.ToBody(unit));
        journal.Reports[sent.Key] = sent;
        await FileAsync(sent, seen, apis[next++ % apis.Count], giveUp: random.Next(8) == 0, token);
        if (withFinding && sent.Answer is { Status: 422 } draft && random.Next(3) > 0)
        {
            await WaiveAsync(draft.Revision, token);
        }
    }

    /// <summary>Files a report, at one Api first.</summary>
    public async Task FileAsync(Sent sent, int? seen, Uri api, bool giveUp, CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            if (await SendAsync(api, $"submissions", key, sent.Body, sent.Key, seen) is { } response)
            {
                var (status, body) = response;
                switch (status)
                {
                    case 201 or 422 when body["revision"] is not null:
                        sent.Answer = new Answer(status, body);
                        Interlocked.Increment(ref counts.Acknowledged);
                        return;
                    case 412 when seen is not null:
                        sent.Refused = true;
                        return;
                    case 409 when (string?)body["code"] == "busy":
                        break;
                    default:
                        counts.Defects.Enqueue($"filing {sent.Key} was answered with {status} {body.ToJsonString()}");
                        sent.Refused = true;
                        return;
                }
            }
            else if (giveUp)
            {
                return;
            }

            await Task.Delay(random.Next(50, 250), CancellationToken.None);
            api = apis[next++ % apis.Count];
        }
    }

    /// <summary>Asks once more for an answer that has been given; null if none comes.</summary>
    public async Task<Answer?> ReplayAsync(Sent sent)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (await SendAsync(apis[next++ % apis.Count], "submissions", key, sent.Body, sent.Key, null) is { } again)
            {
                return new Answer(again.Status, again.Body);
            }

            await Task.Delay(100);
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    int Newest() => journal.Reports.Values.Where(r => r.Unit == unit).Max(r => r.Answer?.Revision) ?? 0;

    async Task WaiveAsync(int revision, CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            var answer = await SendAsync(apis[next++ % apis.Count], $"submissions/{unit}/findings/T4/waive", countyKey, """{"reason":"原始台账如此，已核对。"}"""u8.ToArray(), null, null);
            if (answer is { Status: 200 } waived)
            {
                Interlocked.Increment(ref counts.Waived);
                journal.Waived.Add((unit, (int)waived.Body["revision"]!));
                return;
            }

            // Waived already by a request whose answer was lost, or somebody has filed again.
            if (answer is { Status: 404 or 412 })
            {
                return;
            }

            if (answer is { } other)
            {
                counts.Defects.Enqueue($"the waiver of {unit} {revision} was answered with {other.Status} {other.Body.ToJsonString()}");
                return;
            }

            await Task.Delay(random.Next(50, 250), CancellationToken.None);
        }
    }

    /// <summary>The answer; null if there was none, or one that says to try again.</summary>
    async Task<(int Status, JsonObject Body)?> SendAsync(Uri api, string path, string bearer, byte[] body, string? idempotencyKey, int? seen)
    {
        Interlocked.Increment(ref counts.Requests);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(api, $"/api/v1/counties/{journal.County}/years/{Year}/{path}"))
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        if (seen is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{seen}\"");
        }

        try
        {
            using var response = await http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable && JsonNode.Parse(text) is JsonObject json)
            {
                json.Remove("traceId");
                if (response.StatusCode != HttpStatusCode.InternalServerError)
                {
                    return ((int)response.StatusCode, json);
                }

                counts.Defects.Enqueue($"500 for {path}: {text}");
            }
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            // No answer, or half of one.
        }

        Interlocked.Increment(ref counts.Failed);
        return null;
    }
}
