using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Aggregator.Testing;

/// <summary>A real SMTP server in a process of its own, whose moods tests set.</summary>
public sealed class SmtpProcess : IDisposable
{
    readonly Process process;
    readonly BlockingCollection<JsonNode> answers = [];
    int commands;

    SmtpProcess(Process process) => this.process = process;

    /// <summary>Where it listens, on loopback.</summary>
    public int Port { get; private set; }

    /// <summary>What it has taken, in order.</summary>
    public ConcurrentQueue<ReceivedMail> Mails { get; } = [];

    /// <summary>What else has happened: connections, logins.</summary>
    public ConcurrentQueue<JsonNode> Events { get; } = [];

    /// <summary>
    /// Starts one: <c>plain</c>, one that offers STARTTLS (<c>tls</c>), one that wants a login (<c>auth</c>; any user, <c>secret</c>), or both
    /// (<c>tls-auth</c>). Its certificate is its own, which nobody trusts, unless it is given one.
    /// </summary>
    public static SmtpProcess Start(string kind = "plain", TestCertificate? certificate = null)
    {
        string[] files = certificate is null ? [] : [certificate.Key, certificate.Certificate];
        var start = new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tests", "Smtp", "server.js"), kind, .. files])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var server = new SmtpProcess(Process.Start(start)!);
        server.process.OutputDataReceived += (_, line) => server.Hear(line.Data);
        server.process.BeginOutputReadLine();
        server.Port = (int)server.Take()["port"]!;
        return server;
    }

    /// <summary>Sets how it behaves, as <c>tests/Smtp/server.js</c> says.</summary>
    public void Mood(string json) => Command($$"""{"mood": {{json}}, """);

    /// <summary>Goes away, with all its connections.</summary>
    public void GoAway() => Command("""{"listen": false, """);

    /// <summary>Comes back on the same port.</summary>
    public void ComeBack() => Command("""{"listen": true, """);

    /// <summary>Waits until everything that it has said so far has been heard.</summary>
    public void Settle() => Command("{");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
        answers.Dispose();
    }

    void Command(string start)
    {
        lock (answers)
        {
            process.StandardInput.WriteLine($$"""{{start}}"n": {{++commands}}}""");
            process.StandardInput.Flush();
            if ((int?)Take()["ok"] != commands)
            {
                throw new InvalidOperationException("The SMTP server answers something else.");
            }
        }
    }

    void Hear(string? line)
    {
        if (line is not { Length: > 0 })
        {
            return;
        }

        var heard = JsonNode.Parse(line)!;
        switch ((string?)heard["event"])
        {
            case null:
                answers.Add(heard);
                break;
            case "mail":
                Mails.Enqueue(new ReceivedMail([.. heard["to"]!.AsArray().Select(t => (string)t!)], Encoding.ASCII.GetString(Convert.FromBase64String((string)heard["raw"]!))));
                break;
            default:
                Events.Enqueue(heard);
                break;
        }
    }

    JsonNode Take() => answers.TryTake(out var answer, TimeSpan.FromSeconds(20)) ? answer : throw new TimeoutException("The SMTP server says nothing.");
}

/// <summary>A mail as the server took it.</summary>
/// <param name="Recipients">Addresses of the envelope.</param>
/// <param name="Raw">Headers and body as they travelled.</param>
public sealed partial record ReceivedMail(IReadOnlyList<string> Recipients, string Raw)
{
    /// <summary>A header's value, unfolded and decoded; null if it is not there.</summary>
    public string? Header(string name) =>
        Regex.Match(Raw.Split("\r\n\r\n")[0], $@"^{name}:[ ]?([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", RegexOptions.Multiline | RegexOptions.IgnoreCase) is { Success: true } match
            ? Decode(match.Groups[1].Value) : null;

    /// <summary>Its subject.</summary>
    public string Subject => Header("Subject")!;

    /// <summary>The decoded part of a media type.</summary>
    public string Part(string mediaType)
    {
        var part = Raw.Split("\r\n--").Single(p => Regex.IsMatch(p.Split("\r\n\r\n")[0], $"Content-Type: *{Regex.Escape(mediaType)}", RegexOptions.IgnoreCase));
        return Encoding.UTF8.GetString(Convert.FromBase64String(part[part.IndexOf("\r\n\r\n", StringComparison.Ordinal)..].Trim()));
    }

    static string Decode(string value) => EncodedWord().Replace(BetweenWords().Replace(value, "$1"),
        m => Encoding.UTF8.GetString(Convert.FromBase64String(m.Groups[1].Value))).Replace("\r\n", "", StringComparison.Ordinal);

    [GeneratedRegex(@"=\?utf-8\?B\?([^?]*)\?=", RegexOptions.IgnoreCase)]
    private static partial Regex EncodedWord();

    [GeneratedRegex(@"(\?=)\s+(?==\?)")]
    private static partial Regex BetweenWords();
}
