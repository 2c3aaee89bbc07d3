using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Aggregator.Fuzz.Tests;

/// <summary>Says what is wrong with an answer.</summary>
sealed partial class Judge(World world)
{
    static readonly byte[] mark = Encoding.ASCII.GetBytes(World.Mark);

    // What no caller has any business to see: our language, our libraries, our database, our folders.
    static readonly string[] internals = ["   at ", "Exception", "Npgsql", "System.", "Microsoft.", "Aggregator.", "Dapper", "PostgreSQL", "postgres", "SQLSTATE", "/src/", "/tmp/", ".cs:", "password_hash", "sha256)"];

    /// <summary>Every code that a refusal has had, and how often.</summary>
    public ConcurrentDictionary<string, int> Codes { get; } = new();

    /// <summary>What is wrong, if anything.</summary>
    public IEnumerable<string> Faults(Request request, Answer? answer)
    {
        if (answer is null)
        {
            return request.IsWhole ? ["hung up without an answer"] : [];
        }

        // The server itself refuses what is no HTTP before any of our code runs.
        var isOurs = answer.Header("Content-Security-Policy").Length > 0;
        return (isOurs ? OfOurs(request, answer) : OfServer(answer)).Concat(Leaks(request, answer));
    }

    static IEnumerable<string> OfServer(Answer answer)
    {
        if (answer.Status is not (400 or 404 or 408 or 411 or 413 or 414 or 417 or 431 or 501 or 505) || answer.Body.Length > 0)
        {
            yield return $"{answer.Status} without the headers that every answer has";
        }
    }

    IEnumerable<string> OfOurs(Request request, Answer answer)
    {
        if (answer.Status >= 500)
        {
            yield return $"{answer.Status}";
        }

        if (answer.Header("X-Content-Type-Options") != "nosniff" || answer.Header("X-Frame-Options") != "DENY" || answer.Header("Server").Length > 0)
        {
            yield return "headers that protect are missing";
        }

        if (answer.Header("Set-Cookie") is { Length: > 0 } cookie && (!cookie.Contains("httponly", StringComparison.OrdinalIgnoreCase) || !cookie.Contains("samesite", StringComparison.OrdinalIgnoreCase)))
        {
            yield return $"a cookie that scripts or other sites can use: {cookie}";
        }

        if (answer.Header("Location") is { Length: > 0 } location && !(location.StartsWith('/') && !location.StartsWith("//", StringComparison.Ordinal) && !location.StartsWith("/\\", StringComparison.Ordinal)))
        {
            yield return $"leads elsewhere: {location}";
        }

        if (answer.Status == 200 && request.Caller.Role is not null && answer.Header("Cache-Control") is "" && answer.Body.Length > 0
            && !request.Endpoint.Path.StartsWith("/swagger", StringComparison.Ordinal) && !request.Endpoint.Path.StartsWith("/openapi", StringComparison.Ordinal) && !request.Endpoint.Path.EndsWith('z'))
        {
            yield return "an answer to a caller that says nothing about caching";
        }

        if (answer.Status < 400 || !request.HasAnswerBody)
        {
            yield break;
        }

        var (type, text) = (answer.Header("Content-Type"), answer.Text);
        foreach (var name in internals.Where(i => text.Contains(i, StringComparison.Ordinal)))
        {
            // What was sent may be told back to its sender, and a page names the agencies' own things.
            if (!Encoding.UTF8.GetString(request.Bytes).Contains(name, StringComparison.Ordinal))
            {
                yield return $"names what is inside: {name}";
            }
        }

        if (type.StartsWith("text/html", StringComparison.Ordinal))
        {
            if (Encoding.ASCII.GetString(request.Bytes, 0, 20).Contains(" /api/", StringComparison.OrdinalIgnoreCase) && !request.Endpoint.Path.EndsWith(".html", StringComparison.Ordinal))
            {
                yield return "a page where the API should refuse";
            }

            yield break;
        }

        if (!type.StartsWith("application/problem+json", StringComparison.Ordinal))
        {
            yield return $"refused without problem details: {type}";
            yield break;
        }

        JsonNode? problem = null;
        try
        {
            problem = JsonNode.Parse(answer.Body);
        }
        catch (JsonException)
        {
        }

        if (problem?["code"] is not { } code || !Code().IsMatch((string)code!) || (int?)problem["status"] != answer.Status
            || !Chinese().IsMatch((string?)problem["detail"] ?? "") || problem["traceId"] is null || problem["errors"] is not JsonArray)
        {
            yield return "problem details that are not whole";
        }
        else if ((string)code! == "internal_error" && answer.Status < 500)
        {
            yield return "says that it failed, with the status of a refusal";
        }
        else
        {
            Codes.AddOrUpdate((string)code!, 1, (_, n) => n + 1);
        }
    }

    IEnumerable<string> Leaks(Request request, Answer answer)
    {
        foreach (var text in Parts(answer).Append(Encoding.UTF8.GetBytes(string.Join('\n', answer.Headers.Select(h => h.Value)))))
        {
            for (var at = text.AsSpan().IndexOf(mark); at >= 0; at = Next(text, at))
            {
                var secret = world.Secrets[int.Parse(Encoding.ASCII.GetString(text, at + mark.Length, 4), System.Globalization.CultureInfo.InvariantCulture)];
                if (!secret.MayBeReadBy(request.Caller))
                {
                    yield return $"leaks {secret.Kind} of {secret.Owner}";
                    yield break;
                }
            }
        }

        static int Next(byte[] text, int at)
        {
            var next = text.AsSpan(at + 1).IndexOf(mark);
            return next < 0 ? -1 : at + 1 + next;
        }
    }

    /// <summary>The body, or what is packed in it.</summary>
    static IEnumerable<byte[]> Parts(Answer answer)
    {
        if (answer.Body is not [0x50, 0x4B, ..])
        {
            yield return answer.Body;
            yield break;
        }

        using var archive = new ZipArchive(new MemoryStream(answer.Body));
        foreach (var entry in archive.Entries)
        {
            using var content = entry.Open();
            using var copy = new MemoryStream();
            content.CopyTo(copy);
            yield return copy.ToArray();
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]*$")]
    private static partial Regex Code();

    [GeneratedRegex(@"[\u4e00-\u9fff]")]
    private static partial Regex Chinese();
}
