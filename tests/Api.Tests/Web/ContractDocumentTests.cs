using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aggregator.Testing;
using Microsoft.OpenApi;

namespace Aggregator.Api.Tests.Web;

/// <summary>The OpenAPI document is a golden file, so that a change of the contract shows in the diff.</summary>
public sealed class ContractDocumentTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Golden = "tests/Api.Tests/openapi.v1.json";

    static readonly JsonSerializerOptions readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_document_is_as_it_was_agreed()
    {
        var actual = $"{(await DocumentAsync()).ToJsonString(readable).ReplaceLineEndings("\n")}\n";
        var golden = Path.Combine(Repository.Root, Golden);
        if (Environment.GetEnvironmentVariable("ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(golden, actual);
        }

        if (!File.Exists(golden) || await File.ReadAllTextAsync(golden) != actual)
        {
            var copy = Path.Combine(AppContext.BaseDirectory, Path.GetFileName(Golden));
            await File.WriteAllTextAsync(copy, actual);
            Assert.Fail($"The contract has changed: compare {Golden} with {copy}. If it is meant, run this test once with ACCEPT=1 and commit the file.");
        }
    }

    /// <summary>Building it takes long and everybody may ask for it.</summary>
    [Fact]
    public async Task The_document_is_built_once_whatever_is_asked_beside_it()
    {
        await api.Anonymous().GetStringAsync("/openapi/v1.json");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/openapi/v1.json?x={Guid.NewGuid()}");
        request.Headers.Host = "other.example";

        var again = await api.Anonymous().SendAsync(request);

        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        again.Headers.Age.ShouldNotBeNull("it comes from what is kept");
        (await api.Anonymous().GetAsync("/openapi/v2.json")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_document_is_valid_OpenAPI_3_1()
    {
        var text = await api.Anonymous().GetStringAsync("/openapi/v1.json");

        var read = OpenApiDocument.Parse(text, "json");

        read.Diagnostic!.Errors.ShouldBeEmpty();
        read.Diagnostic.SpecificationVersion.ShouldBe(OpenApiSpecVersion.OpenApi3_1);
        ((string?)(await DocumentAsync())["openapi"]).ShouldStartWith("3.1.");
    }

    [Fact]
    public async Task Every_reference_leads_somewhere()
    {
        var document = await DocumentAsync();

        foreach (var reference in References(document))
        {
            reference[2..].Split('/').Aggregate((JsonNode?)document, (node, segment) => node?[segment.Replace("~1", "/", StringComparison.Ordinal)]).ShouldNotBeNull(reference);
        }
    }

    [Fact]
    public async Task Every_operation_has_a_name_a_summary_a_tag_and_says_how_it_refuses()
    {
        foreach (var (address, operation) in Operations(await DocumentAsync()))
        {
            ((string?)operation["summary"]).ShouldNotBeNullOrEmpty(address);
            operation["tags"].ShouldNotBeNull(address).AsArray().ShouldNotBeEmpty(address);
            operation["responses"]!["default"]!["content"]!["application/problem+json"].ShouldNotBeNull(address);
            if (address.StartsWith("/api", StringComparison.Ordinal))
            {
                ((string?)operation["operationId"]).ShouldNotBeNullOrEmpty(address);
            }
        }
    }

    [Fact]
    public async Task Every_example_of_a_submission_can_be_filed()
    {
        var examples = (
            from pair in Operations(await DocumentAsync())
            let body = pair.Operation["requestBody"]?["content"]?["application/json"]?["examples"]
            where body is not null
            from example in body.AsObject()
            select (pair.Address, Form: example.Key, Value: example.Value!["value"]!)).ToList();
        examples.Select(e => $"{e.Address} {e.Form}").Order(StringComparer.Ordinal).ShouldBe([
            "/api/v1/counties/{county}/years/{year}/submissions 2019",
            "/api/v1/counties/{county}/years/{year}/submissions 2021",
            "/api/v1/counties/{county}/years/{year}/submissions/{unit}/convert 2019",
            "/api/v1/counties/{county}/years/{year}/submissions/{unit}/convert 2021",
            "/api/v1/forms/{form}/check 2019",
            "/api/v1/forms/{form}/check 2021"]);

        foreach (var (_, form, value) in examples)
        {
            var result = await (await api.Anonymous().PostAsync($"/api/v1/forms/{form}/check", value.AsJson())).ShouldBeAsync(200);
            ((bool?)result["fileable"]).ShouldBe(true, result.ToJsonString());
        }
    }

    [Fact]
    public async Task The_example_of_the_year_is_really_filed()
    {
        await api.OpenYearAsync("360922", 2021);
        var example = (await DocumentAsync())["paths"]!["/api/v1/counties/{county}/years/{year}/submissions"]!["post"]!["requestBody"]!["content"]!["application/json"]!["examples"]!["2021"]!["value"]!;
        var reporter = await api.ReporterAsync((string)example["unit"]!);

        (await reporter.PostAsync("/api/v1/counties/360922/years/2021/submissions", example.AsJson())).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task The_Swagger_page_is_there_and_knows_the_document()
    {
        var start = await api.Anonymous().GetAsync("/");
        start.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await api.Anonymous().GetStringAsync(start.Headers.Location)).ShouldContain("href=\"/swagger\"");

        var page = await api.Anonymous().GetAsync("/swagger/index.html");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        (await api.Anonymous().GetStringAsync("/swagger/index.js")).ShouldContain("/openapi/v1.json");
    }

    async Task<JsonObject> DocumentAsync() => await api.Anonymous().GetJsonAsync("/openapi/v1.json");

    static IEnumerable<(string Address, JsonNode Operation)> Operations(JsonObject document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select (path.Key, operation.Value!);

    static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => m is { Key: "$ref", Value: JsonValue value } ? [value.GetValue<string>()] : References(m.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };
}
