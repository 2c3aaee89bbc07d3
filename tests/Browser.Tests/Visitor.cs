using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Aggregator.Access;
using Aggregator.Testing;

namespace Aggregator.Browser.Tests;

/// <summary>A page that somebody waited for.</summary>
/// <param name="What">What was asked for.</param>
/// <param name="Milliseconds">From the question to the last byte, redirects included.</param>
sealed record Visit(string What, double Milliseconds);

/// <summary>A person at a browser, as the server sees one: a session, cookies, and forms with their tokens.</summary>
sealed partial class Visitor : IDisposable
{
    readonly HttpClient client;
    readonly ConcurrentBag<Visit> visits;
    string token = "";

    Visitor(HttpClient client, ConcurrentBag<Visit> visits) => (this.client, this.visits) = (client, visits);

    /// <summary>The page that is open.</summary>
    public string Page { get; private set; } = "";

    /// <summary>Its address.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Size of what was sent for it.</summary>
    public int Bytes { get; private set; }

    /// <summary>Whether it is a page at all.</summary>
    public bool IsPage { get; private set; }

    /// <summary>Somebody who has just signed in; nobody in particular without a role.</summary>
    public static async Task<Visitor> SignedInAsync(RunningSystem system, Role? role, string scope, ConcurrentBag<Visit> visits)
    {
        var cookies = new CookieContainer();
        if (role is { } known)
        {
            cookies.Add(system.Address, new Cookie("agg_session", await system.SessionAsync(known, scope)));
        }

        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies }) { BaseAddress = system.Address };
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        client.DefaultRequestHeaders.Add("Accept-Encoding", "br");
        return new Visitor(client, visits);
    }

    /// <summary>Opens a page.</summary>
    public Task OpenAsync(string address, string what) => TakeAsync(what, () => client.GetAsync(address));

    /// <summary>Sends a form of the page that is open.</summary>
    public Task SendAsync(string address, string what, IEnumerable<KeyValuePair<string, string>> fields) =>
        TakeAsync(what, () => client.PostAsync(address, new FormUrlEncodedContent([.. fields, new("antiforgery", token)])));

    /// <summary>Hands a file in on the page that is open.</summary>
    public Task SendFileAsync(string address, string what, byte[] file) => TakeAsync(what, () => client.PostAsync(address, new MultipartFormDataContent
    {
        { new StringContent(token), "antiforgery" },
        { new ByteArrayContent(file), "file", "年报.docx" },
    }));

    /// <summary>What stands in a hidden field.</summary>
    public string Field(string name) => Regex.Match(Page, $"name=\"{name}\" value=\"([^\"]*)\"").Groups[1].Value;

    /// <summary>Where the page leads on this site, queries included.</summary>
    public IEnumerable<string> Links => Link().Matches(Page).Select(m => new Uri(Address, WebUtility.HtmlDecode(m.Groups[1].Value)))
        .Where(a => a.Authority == Address.Authority).Select(a => a.PathAndQuery);

    /// <summary>Size of the script that the page asks for; style stands in the page.</summary>
    public async Task<int> ScriptBytesAsync() => Script().Match(Page) is { Success: true } script ? (await client.GetByteArrayAsync(script.Groups[1].Value)).Length : 0;

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    async Task TakeAsync(string what, Func<Task<HttpResponseMessage>> ask)
    {
        var watch = Stopwatch.StartNew();
        using var response = await ask();
        var sent = await response.Content.ReadAsByteArrayAsync();
        visits.Add(new Visit(what, watch.Elapsed.TotalMilliseconds));
        (Page, Address, Bytes) = (await TextAsync(response, sent), response.RequestMessage!.RequestUri!, sent.Length);
        token = Field("antiforgery") is { Length: > 0 } fresh ? fresh : token;
        IsPage = response.Content.Headers.ContentType?.MediaType == "text/html";
        ((int)response.StatusCode).ShouldBe(200, $"{what} {Address} {Paragraph().Match(Page).Value}");
    }

    static async Task<string> TextAsync(HttpResponseMessage response, byte[] sent)
    {
        var content = new MemoryStream(sent);
        using var text = new StreamReader(response.Content.Headers.ContentEncoding.Contains("br") ? new BrotliStream(content, CompressionMode.Decompress) : content);
        return await text.ReadToEndAsync();
    }

    [GeneratedRegex("<a [^>]*href=\"([^\"#]+)")]
    private static partial Regex Link();

    [GeneratedRegex("<script src=\"([^\"]+)")]
    private static partial Regex Script();

    [GeneratedRegex("<p>.*")]
    private static partial Regex Paragraph();
}
