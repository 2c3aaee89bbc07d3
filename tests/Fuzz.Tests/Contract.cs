using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Fuzz.Tests;

/// <summary>Something that can be called: an operation of the OpenAPI document, or a page.</summary>
/// <param name="Method">Method.</param>
/// <param name="Path">Pattern with <c>{names}</c>.</param>
/// <param name="Parameters">Names of its query parameters.</param>
/// <param name="Body">Schema of its JSON body, if it takes one.</param>
/// <param name="BodyType">Type of its body; nothing, if it takes none.</param>
sealed record Endpoint(string Method, string Path, IReadOnlyList<string> Parameters, JsonNode? Body, string BodyType)
{
    /// <summary>Whether it starts LibreOffice, poppler or a picture: a second is not much there.</summary>
    public bool Converts { get; } = Path.EndsWith(".pdf", StringComparison.Ordinal) || Path.EndsWith(".png", StringComparison.Ordinal) || Path.EndsWith("document", StringComparison.Ordinal);

    /// <summary>Whether it hashes a password.</summary>
    public bool Hashes { get; } = Method == "POST" && (Path.EndsWith("session", StringComparison.Ordinal) || Path.EndsWith("sign-in", StringComparison.Ordinal)
        || Path.EndsWith("password", StringComparison.Ordinal) || Path.EndsWith("reset", StringComparison.Ordinal) || Path.EndsWith("accounts", StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Path}";
}

/// <summary>Where a request goes.</summary>
/// <param name="World">The world.</param>
/// <param name="County">A county of it.</param>
/// <param name="Unit">A unit of the county, most times.</param>
sealed record Place(World World, string County, string Unit)
{
    /// <summary>Two times of three where the caller has something to do, or else anywhere.</summary>
    public static Place Of(World world, Caller caller, Random random)
    {
        string[] home = random.Next(3) == 0 ? [] : [.. world.Units.Where(u => u == caller.Scope || (caller.Role != Aggregator.Access.Role.Reporter && u.StartsWith(caller.Scope, StringComparison.Ordinal)))];
        var unit = Contract.Pick(random, home.Length == 0 ? world.Units : home);
        return new Place(world, unit[..6], random.Next(12) == 0 ? Contract.Pick(random, world.Units) : unit);
    }
}

/// <summary>What can be called: what the OpenAPI document says, and the pages of docs/authorization.md, which a test holds complete.</summary>
sealed partial class Contract
{
    readonly JsonNode document;

    Contract(JsonNode document) => this.document = document;

    /// <summary>Everything that can be called.</summary>
    public required IReadOnlyList<Endpoint> Endpoints { get; init; }

    /// <summary>Reads what an Api says about itself.</summary>
    public static async Task<Contract> ReadAsync(Uri api)
    {
        using var client = new HttpClient { BaseAddress = api };
        var document = JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json"))!;
        List<Endpoint> operations = [.. from path in document["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            let content = operation.Value!["requestBody"]?["content"]?.AsObject()
            select new Endpoint(operation.Key.ToUpperInvariant(), path.Key,
                [.. (operation.Value["parameters"]?.AsArray() ?? []).Where(p => (string?)p!["in"] == "query").Select(p => (string)p!["name"]!)],
                content?["application/json"]?["schema"], content?.First().Key ?? "")];
        var known = operations.Select(o => o.ToString()).ToHashSet();
        var pages = AddressLine().Matches(Repository.Read("docs/authorization.md"))
            .Select(m => new Endpoint(m.Groups[1].Value, RouteConstraint().Replace(m.Groups[2].Value, "{$1}"), [], null, m.Groups[1].Value == "POST" ? "application/x-www-form-urlencoded" : ""))
            .Where(e => !known.Contains(e.ToString()));
        return new Contract(document) { Endpoints = [.. operations, .. pages, new Endpoint("GET", "/swagger/index.html", [], null, ""), new Endpoint("GET", "/openapi/v1.json", [], null, "")] };
    }

    /// <summary>A body that fits a schema, as far as a schema tells; for names that say more, what they say.</summary>
    public JsonNode? Fitting(JsonNode schema, string name, Random random, Place place)
    {
        if (schema["oneOf"] is JsonArray oneOf && oneOf.Any(s => ((string?)s!["$ref"])?.Contains("Submission", StringComparison.Ordinal) == true))
        {
            var form = random.Next(6) == 0 ? "2019" : "2021";
            var report = random.Next(3) switch { 0 => Report.Zero(form), 1 => RandomReport.Consistent(form, random), _ => Report.Zero(form).With(Pick(random, Form.Find(form)!.Cells).Path, random.Next(1000)) };
            return report.ToJson(place.Unit);
        }

        if ((string?)schema["$ref"] is { } reference)
        {
            return Fitting(reference.Split('/')[1..].Aggregate(document, (node, part) => node[part]!), name, random, place);
        }

        if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray choices)
        {
            return Fitting(choices[random.Next(choices.Count)]!, name, random, place);
        }

        if (schema["enum"] is JsonArray values)
        {
            return values[random.Next(values.Count)]?.DeepClone();
        }

        var type = schema["type"] is JsonArray types ? types.Select(t => (string)t!).Last(t => t != "null") : (string?)schema["type"];
        switch (type)
        {
            case "object":
                var required = (schema["required"]?.AsArray() ?? []).Select(r => (string)r!).ToHashSet();
                return new JsonObject((schema["properties"]?.AsObject() ?? []).Where(p => required.Contains(p.Key) || random.Next(10) < 6)
                    .Select(p => KeyValuePair.Create(p.Key, Fitting(p.Value!, p.Key, random, place))));
            case "array":
                return new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Fitting(schema["items"]!, name, random, place))]);
            case "integer":
                return JsonValue.Create(name is "year" or "activeFrom" or "activeTo" ? 2015 + random.Next(15) : random.Next(-3, 40));
            case "number":
                return JsonValue.Create(random.Next(-5, 20));
            case "boolean":
                return JsonValue.Create(random.Next(2) == 0);
            default:
                return JsonValue.Create(Text(name, (string?)schema["format"], random, place));
        }
    }

    /// <summary>A text that fits a name.</summary>
    public static string Text(string name, string? format, Random random, Place place) => (name, format) switch
    {
        (_, "date") or ("dueDate" or "publishedAt", _) => Pick(random, ["2022-01-31", "2099-01-31", "2021-12-01"]),
        (_, "date-time") => Pick(random, ["2099-01-31T00:00:00Z", "2022-01-20T09:00:00+08:00"]),
        (_, "time") => "09:00:00",
        ("county", _) => place.County,
        ("unit" or "units", _) => place.Unit,
        ("division" or "parent" or "scope", _) => Pick(random, [place.County, place.Unit, place.County, place.County[..4], "36", "00"]),
        ("mergedInto", _) => "360922-fuzz",
        ("year", _) => Pick(random, ["2021", "2021", "2021", "2021", "2020", "2022", "2019"]),
        ("form", _) => Pick(random, ["2021", "2019"]),
        ("state", _) => Pick(random, ["open", "closed", "published", "missing", "submitted"]),
        ("step", _) => Pick(random, ["return", "accept", "reopen", "opening", "due", "1", "-1", "7"]),
        ("rule", _) => Pick(random, ["H1", "V1", "V2", "T4", "N", "R", "F", "X1", "TX", "NAR"]),
        ("path", _) => Pick(random, ["disclosure.penalties.decisions", "requests.received.total", "requests.total.total", "review.reconsideration.total", "disclosure.fees.amount"]),
        ("section", _) => Pick(random, ["overview", "problems", "other"]),
        ("role", _) => Pick(random, ["reporter", "county", "viewer", "operator"]),
        ("kind", _) => Pick(random, ["township", "town", "department", "county"]),
        ("login", _) => random.Next(2) == 0 ? Pick(random, place.World.Logins) : $"neu{random.Next(1_000_000)}",
        ("url" or "publishedUrl", _) => Pick(random, ["https://8.8.8.8/hook", "https://example.cn/x"]),
        ("events", _) => Pick(random, ["submission.filed", "edition.published"]),
        ("email" or "address", _) => $"a{random.Next(100)}@example.cn",
        ("id" or "revision" or "number" or "seen" or "after", _) => random.Next(3) == 0 ? Pick(random, place.World.Webhooks) : $"{random.Next(1, 6)}",
        ("job", _) => Pick(random, ["clean_up", "mark_overdue", "recheck_totals"]),
        ("do", _) => Pick(random, ["check", "zeros", "totals", "save", "file"]),
        ("dryRun" or "partial" or "expected", _) => Pick(random, ["true", "false"]),
        ("delivery", _) => $"{Guid.Empty:n}",
        ("returnUrl", _) => "/account",
        ("format", _) => Pick(random, ["a4", "wide", "phone"]),
        _ => "测试用的一句话。",
    };

    /// <summary>One of them.</summary>
    public static T Pick<T>(Random random, IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    [GeneratedRegex(@"(?m)^\| `([A-Z]+) (/[^`]*)` \|")]
    private static partial Regex AddressLine();

    [GeneratedRegex(@"\{(\w+)(?::[^}]*)?\}")]
    private static partial Regex RouteConstraint();
}
