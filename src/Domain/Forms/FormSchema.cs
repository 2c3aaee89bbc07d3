using System.Text.Json.Nodes;

namespace Aggregator.Forms;

/// <summary>Derives the JSON Schema (2020-12) of a submission from a form.</summary>
public static class FormSchema
{
    /// <summary>The schema of a submission's body.</summary>
    public static JsonObject Of(Form form) => new()
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["title"] = form.Title,
        ["description"] = form.Basis,
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["unit"] = new JsonObject
            {
                ["type"] = "string",
                ["description"] = "单位代码：9 位区划代码，或 6 位县级代码加“-”和后缀",
                ["pattern"] = "^[0-9]{6}([0-9]{3}|-[a-z0-9-]{1,25})$",
            },
            ["form"] = new JsonObject { ["type"] = "string", ["const"] = form.Code, ["description"] = "报告格式" },
            ["figures"] = Node(form, form.Root),
            ["prose"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject(form.Prose.Select(s => KeyValuePair.Create<string, JsonNode?>(s.Code, new JsonObject
                {
                    ["type"] = new JsonArray("string", "null"),
                    ["title"] = s.Heading,
                    ["maxLength"] = Submissions.SubmissionReader.MaxTextLength,
                }))),
                ["additionalProperties"] = false,
            },
            ["publishedAt"] = new JsonObject { ["type"] = new JsonArray("string", "null"), ["format"] = "date", ["description"] = "公布日期" },
            ["publishedUrl"] = new JsonObject { ["type"] = new JsonArray("string", "null"), ["format"] = "uri", ["maxLength"] = 2000, ["description"] = "公布网址" },
            ["filedAt"] = new JsonObject
            {
                ["type"] = new JsonArray("string", "null"),
                ["format"] = "date-time",
                ["description"] = "报送时间，只有县级主管部门补录往年报告时可以写明",
            },
        },
        ["required"] = new JsonArray("unit", "form", "figures"),
        ["additionalProperties"] = false,
    };

    static JsonObject Node(Form form, CellNode node)
    {
        if (node.Cell is { } cell)
        {
            return Number(cell);
        }

        var schema = new JsonObject { ["type"] = "object" };
        if (form.Sections.FirstOrDefault(s => s.Code == node.Path) is { } section)
        {
            schema["title"] = section.Heading;
        }

        schema["properties"] = new JsonObject(node.Children.Select(c => KeyValuePair.Create<string, JsonNode?>(c.Name, Node(form, c))));
        schema["required"] = new JsonArray([.. node.Children.Select(c => JsonValue.Create(c.Name))]);
        schema["additionalProperties"] = false;
        return schema;
    }

    static JsonObject Number(Cell cell)
    {
        var schema = cell.Column.Type switch
        {
            ColumnType.Amount => new JsonObject { ["type"] = new JsonArray("string", "number"), ["pattern"] = @"^[0-9]{1,15}(\.[0-9]{1,4})?$", ["minimum"] = 0 },
            ColumnType.Change => new JsonObject { ["type"] = "integer" },
            _ => new JsonObject { ["type"] = "integer", ["minimum"] = 0 },
        };
        schema["title"] = cell.Name;
        schema["description"] = cell.Column.Unit;
        return schema;
    }
}
