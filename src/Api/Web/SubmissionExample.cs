using System.Text.Json.Nodes;
using Aggregator.Forms;

namespace Aggregator.Api.Web;

/// <summary>An example body for the OpenAPI document: a small township's year in any form.</summary>
static class SubmissionExample
{
    /// <summary>Zero everywhere but for a few figures that agree with each other.</summary>
    public static JsonObject Of(Form form) => new()
    {
        ["unit"] = "360922201",
        ["form"] = form.Code,
        ["figures"] = Node(form.Root),
        ["prose"] = new JsonObject(form.Prose.Select(s => KeyValuePair.Create<string, JsonNode?>(s.Code, $"{s.Heading}……"))),
        ["publishedAt"] = $"{form.FirstYear + 1}-01-20",
        ["publishedUrl"] = "https://www.example.gov.cn/zwgk/nb/",
    };

    static JsonNode Node(CellNode node) => node.Cell is { } cell
        ? cell.Column.Type == ColumnType.Amount ? JsonValue.Create("12.5") : JsonValue.Create(Number(cell.Path))
        : new JsonObject(node.Children.Select(c => KeyValuePair.Create<string, JsonNode?>(c.Name, Node(c))));

    static int Number(string path) => path switch
    {
        "disclosure.penalties.decisions" => 1,
        "requests.received.naturalPerson" or "requests.received.total" => 2,
        "requests.granted.naturalPerson" or "requests.granted.total" => 2,
        "requests.total.naturalPerson" or "requests.total.total" => 2,
        _ => 0,
    };
}
