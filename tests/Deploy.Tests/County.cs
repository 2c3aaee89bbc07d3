using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Access;
using Aggregator.Database;
using Aggregator.Testing;

namespace Aggregator.Deploy.Tests;

/// <summary>万载县 on some installation, with a year that is open.</summary>
static class County
{
    /// <summary>Address of the year.</summary>
    public const string Year = "/api/v1/counties/360922/years/2021";

    /// <summary>Three of its units.</summary>
    public static readonly string[] Units = ["360922100", "360922101", "360922201"];

    /// <summary>Opens the year; a client with a key of the county.</summary>
    public static async Task<HttpClient> OpenAsync(Uri address, string connectionString)
    {
        await using var database = AggregatorDatabase.Open(connectionString, AggregatorDatabase.ApiRole);
        var key = await new KeyStore(database, TimeProvider.System).CreateAsync(Role.County, "360922", null, "test", TestContext.Current.CancellationToken);
        var clerk = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
        clerk.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Value!.Key);
        (await clerk.PutAsync(Year, Json("{}"))).EnsureSuccessStatusCode();
        (await clerk.PostAsync($"{Year}/roster/import", null)).EnsureSuccessStatusCode();
        return clerk;
    }

    /// <summary>Hands a report in that says so many penalties.</summary>
    public static Task<HttpResponseMessage> FileAsync(this HttpClient client, string unit, int penalties, string? idempotencyKey = null)
    {
        var body = new ByteArrayContent(Report.Zero("2021").With("disclosure.penalties.decisions", penalties).ToBody(unit));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, $"{Year}/submissions") { Content = body };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return client.SendAsync(request);
    }

    /// <summary>The answer's JSON of a GET that must succeed.</summary>
    public static async Task<JsonObject> GetJsonAsync(this HttpClient client, string path) =>
        JsonNode.Parse(await client.GetStringAsync(path))!.AsObject();

    /// <summary>A JSON body.</summary>
    public static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
