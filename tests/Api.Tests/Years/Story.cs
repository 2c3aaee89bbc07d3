using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Years;

/// <summary>
/// A story that is played by HTTP, and the document that tells it: of the calls that a reader is to see, what is typed and what is
/// answered. What differs from run to run is replaced by words that stay.
/// </summary>
sealed partial class Story(string title)
{
    const int Width = 120;

    static readonly JsonSerializerOptions readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Put together at the end, when all that has to be hidden is known; what is shown instead decides where a line ends.
    readonly List<Func<string>> parts = [() => $"# {title}\n"];
    readonly List<(string Value, string Shown)> hidden = [];
    readonly List<(string Address, string Name)> addresses = [];

    /// <summary>Adds words, or a heading.</summary>
    public void Say(string words) => parts.Add(() => $"\n{Stable(words.ReplaceLineEndings("\n"))}\n");

    /// <summary>Shows a word in place of a value that is another one in every run, wherever it stands.</summary>
    public void Hide(string value, string shown) => hidden.Add((value, shown));

    /// <summary>Shows a shell variable in place of the beginning of an address.</summary>
    public void Name(string address, string name) => addresses.Insert(0, (address, name));

    /// <summary>Writes down a call.</summary>
    public void Type(string command, Call call, string? into = null)
    {
        var address = addresses.Select(a => (a.Address, a.Name, Found: call.Address.StartsWith(a.Address, StringComparison.Ordinal))).First(a => a.Found);
        string?[] words =
        [
            command,
            call is { Method: "GET" } or { Method: "POST", File: not null } or { Method: "POST", Json: not null } ? null : $"-X {call.Method}",
            call.IfMatch is { } seen ? $"-H 'If-Match: \"{seen}\"'" : null,
            call switch
            {
                { File: { MediaType: null } file } => $"-F file=@{file.Name}",
                { File: { Content: null } file } => $"--json @{file.Name}",
                { File: { } file } => $"-H 'Content-Type: {file.MediaType}' --data-binary @{file.Name}",
                { Json: { } json } => $"--json '{json}'",
                _ => null,
            },
            call.Address.Contains('?', StringComparison.Ordinal) ? $"\"{address.Name}{call.Address[address.Address.Length..]}\"" : $"{address.Name}{call.Address[address.Address.Length..]}",
            into is null ? null : $">{into}",
        ];
        Say($"```bash\n{string.Join(' ', words.OfType<string>())}\n```");
    }

    /// <summary>Writes down an answer, as far as its members are to be kept: <c>units/990101-sfj/status</c>; all of it if none is named.</summary>
    public void Answer(HttpResponseMessage response, JsonNode? body, string[] keep)
    {
        var lines = new List<string> { $"{(int)response.StatusCode} {response.ReasonPhrase}" };
        if (response.RequestMessage!.Method != HttpMethod.Get)
        {
            lines.AddRange(response.Headers.Where(h => h.Key is "ETag" or "Location").Select(h => $"{h.Key}: {h.Value.Single()}"));
        }

        parts.Add(() => $"\n```\n{Stable(string.Join('\n', lines))}\n{(body is null ? "" : Excerpt(body, [.. keep.Select(k => k.Split('/'))], 0) + "\n")}```\n");
    }

    /// <summary>Fails if the document is not what was played; writes it if that is meant.</summary>
    public async Task ShouldBeAsync(string file)
    {
        var (actual, golden) = (string.Concat(parts.Select(p => p())), Path.Combine(Repository.Root, file));
        if (Environment.GetEnvironmentVariable("ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(golden, actual);
        }

        (File.Exists(golden) ? await File.ReadAllTextAsync(golden) : "")
            .ShouldBe(actual, $"{file} does not tell what happens any more. If it is meant, run this test once with ACCEPT=1 and commit the file.");
    }

    string Stable(string words) =>
        Hash().Replace(hidden.Aggregate(words, (shown, pair) => shown.Replace(pair.Value, pair.Shown, StringComparison.Ordinal)), "…");

    string Excerpt(JsonNode? node, string[][] keep, int indent) => (node, keep) switch
    {
        (JsonObject members, _) => Fold('{', '}', indent, Kept(members.Select(m => (m.Value, Names: new[] { m.Key }, Head: $"\"{m.Key}\":")), keep, indent)),
        (JsonArray items, _) => Fold('[', ']', indent, Kept(items.Select((item, i) => (item, Names(item, i), Head: "")), keep, indent)),
        _ => Stable(node?.ToJsonString(readable) ?? "null"),
    };

    /// <summary>An item of a list goes by its number, or by any text in it.</summary>
    static string[] Names(JsonNode? item, int number) =>
        [number.ToString(CultureInfo.InvariantCulture), .. (item as JsonObject)?.Where(m => m.Value?.GetValueKind() == JsonValueKind.String).Select(m => (string)m.Value!) ?? []];

    IEnumerable<string> Kept(IEnumerable<(JsonNode? Value, string[] Names, string Head)> parts, string[][] keep, int indent)
    {
        var leftOut = false;
        foreach (var (value, names, head) in parts)
        {
            string[][] below = [.. keep.Where(k => names.Contains(k[0])).Select(k => k[1..])];
            if (keep.Length > 0 && below.Length == 0)
            {
                leftOut = true;
                continue;
            }

            if (leftOut)
            {
                yield return "…";
            }

            leftOut = false;
            yield return head + Excerpt(value, [.. below.Where(k => k.Length > 0)], indent + 1);
        }

        if (leftOut)
        {
            yield return "…";
        }
    }

    /// <summary>As many parts on a line as go.</summary>
    static string Fold(char open, char close, int indent, IEnumerable<string> parts)
    {
        var folded = new StringBuilder().Append(open);
        var column = indent + 1;
        var first = true;
        foreach (var part in parts)
        {
            folded.Append(first ? "" : ",");
            var (last, broken) = (part[(part.LastIndexOf('\n') + 1)..], part.Contains('\n', StringComparison.Ordinal));
            if (!first && (broken || column + Columns(part) > Width))
            {
                folded.Append('\n').Append(' ', indent + 1);
                column = indent + 1;
            }

            folded.Append(part);
            column = broken ? Columns(last) : column + Columns(part) + 1;
            first = false;
        }

        return folded.Append(close).ToString();
    }

    /// <summary>A Chinese character is as wide as two Latin ones.</summary>
    static int Columns(string words) => words.Sum(c => c > '\u2E80' ? 2 : 1);

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Hash();
}

/// <summary>Somebody who calls.</summary>
/// <param name="Client">Speaks HTTP.</param>
/// <param name="Command">How the call begins in a shell.</param>
/// <param name="Story">Takes down what a reader is to see.</param>
sealed record Person(HttpClient Client, string Command, Story Story)
{
    /// <summary>Calls, and expects a status. The answer's JSON.</summary>
    public async Task<JsonNode> SendAsync(Call call, int status) => (await CallAsync(call, status)).Body!;

    /// <summary>The same, and a reader sees it: of the answer, the members that are named, or all.</summary>
    public async Task<JsonNode> TellAsync(Call call, int status, params string[] keep)
    {
        Story.Type(Command, call);
        var (response, body) = await CallAsync(call, status);
        Story.Answer(response, body, keep);
        return body!;
    }

    /// <summary>Reads what is no JSON; with a file's name, a reader sees that it is saved.</summary>
    public async Task<byte[]> SaveAsync(string address, string? file = null)
    {
        if (file is not null)
        {
            Story.Type(Command, Call.Get(address), file);
        }

        return await Client.GetByteArrayAsync(address);
    }

    async Task<(HttpResponseMessage Response, JsonNode? Body)> CallAsync(Call call, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Address) { Content = call.Content() };
        if (call.IfMatch is { } seen)
        {
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{seen}\"");
        }

        var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, $"{call.Method} {call.Address}: {text}");
        return (response, text.Length == 0 ? null : JsonNode.Parse(text));
    }
}

/// <summary>A file that goes along. Without content it is the JSON of the call; without a media type, a form has it.</summary>
sealed record Enclosure(string Name, byte[]? Content, string? MediaType);

/// <summary>What is asked of the Api.</summary>
sealed record Call(string Method, string Address, string? Json = null, Enclosure? File = null, int? IfMatch = null)
{
    public static Call Get(string address) => new("GET", address);

    public static Call Put(string address, string json) => new("PUT", address, json);

    public static Call Post(string address, string? json = null) => new("POST", address, json);

    /// <summary>Long JSON, which a reader has in a file.</summary>
    public Call From(string file) => this with { File = new Enclosure(file, null, "application/json") };

    public HttpContent? Content()
    {
        if (File is not { Content: { } bytes })
        {
            return Json?.AsJson();
        }

        var content = new ByteArrayContent(bytes);
        if (File.MediaType is null)
        {
            return new MultipartFormDataContent { { content, "file", File.Name } };
        }

        content.Headers.ContentType = new MediaTypeHeaderValue(File.MediaType);
        return content;
    }
}
