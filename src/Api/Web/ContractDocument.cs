using System.Text.Json.Nodes;
using Aggregator.Api.Access;
using Aggregator.Documents.Reading;
using Aggregator.Forms;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Aggregator.Api.Web;

/// <summary>An endpoint whose body is a submission in any of the forms.</summary>
sealed record SubmissionBody(bool Required);

/// <summary>An endpoint whose body is a sheet with many units' figures.</summary>
sealed record SheetBody;

/// <summary>An endpoint whose body is a form with a file.</summary>
sealed record FileBody;

/// <summary>The OpenAPI document: what the code says, and what only the forms know.</summary>
static class ContractDocument
{
    /// <summary>Declares that the body is a submission.</summary>
    public static RouteHandlerBuilder AcceptsSubmission(this RouteHandlerBuilder endpoint, bool required = true) =>
        endpoint.WithMetadata(new SubmissionBody(required));

    /// <summary>Declares that the body is a sheet.</summary>
    public static RouteHandlerBuilder AcceptsSheet(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new SheetBody());

    /// <summary>Declares that the body is a form with a file.</summary>
    public static RouteHandlerBuilder AcceptsFile(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new FileBody());

    /// <summary>Adds the document <c>v1</c>.</summary>
    public static void AddContractDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer(DescribeAsync);
        options.AddOperationTransformer(DescribeOperationAsync);
    });

    static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken token)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Aggregator",
            Version = "v1",
            Description = "政府信息公开工作年度报告：报送、审核、汇总。Units file their yearly figures, every arithmetic rule is checked at once, counties and the levels above are added up.",
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        var components = document.Components ??= new OpenApiComponents();
        (components.Schemas ??= new Dictionary<string, IOpenApiSchema>())["Problem"] = ProblemSchema();
        foreach (var form in Form.All)
        {
            components.Schemas[SchemaName(form)] = Convert(FormSchema.Of(form));
        }

        (components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>())["key"] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "API key: agg_…",
        };
        components.SecuritySchemes["session"] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Cookie,
            Name = "agg_session",
            Description = $"A person's session: POST /session sets the cookie (over https its name is __Host-agg_session). Every request other than GET also carries {SessionGuard.HeaderName}.",
        };
        return Task.CompletedTask;
    }

    static Task DescribeOperationAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken token)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "Refused: problem details (RFC 9457)",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference("Problem", context.Document) },
            },
        };
        if (!metadata.OfType<Microsoft.AspNetCore.Authorization.IAllowAnonymous>().Any() && context.Description.RelativePath!.StartsWith("api/", StringComparison.Ordinal))
        {
            operation.Security = [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", context.Document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("session", context.Document)] = [] }];
        }

        if (metadata.OfType<RequiredRight>().FirstOrDefault() is { } required)
        {
            operation.Description = $"{operation.Description}\n\nRight: {required.Right}.".Trim();
        }

        if (metadata.OfType<SubmissionBody>().FirstOrDefault() is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = body.Required,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new()
                    {
                        Schema = new OpenApiSchema { OneOf = [.. Form.All.Select(f => new OpenApiSchemaReference(SchemaName(f), context.Document))] },
                        Examples = Form.All.ToDictionary(f => f.Code, f => (IOpenApiExample)new OpenApiExample { Summary = f.Title, Value = SubmissionExample.Of(f) }),
                    },
                },
            };
            if (context.Description.RelativePath!.EndsWith("/submissions", StringComparison.Ordinal))
            {
                (operation.Parameters ??= []).Add(Header("Idempotency-Key", "Same key, same answer."));
                operation.Parameters.Add(Header("If-Match", "The revision that the caller has seen, quoted: \"3\"; 412 if there is a newer one."));
            }
        }

        if (metadata.OfType<SheetBody>().Any())
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "The filled-in template: one row for each unit, one column for each cell path; at most 500 rows and 8 MB.",
                Content = BulkSheet.MediaTypes.ToDictionary(type => type, _ => new OpenApiMediaType
                {
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                }),
            };
            (operation.Parameters ??= []).Add(Header("Idempotency-Key", "Same key, same answer."));
        }

        if (metadata.OfType<FileBody>().Any())
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "The report as .docx, .doc, .wps, .rtf, .odt, .html, .txt, .xlsx or .pdf with a text layer, told by its content; at most 20 MB.",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["multipart/form-data"] = new()
                    {
                        Schema = new OpenApiSchema
                        {
                            Type = JsonSchemaType.Object,
                            Required = new HashSet<string> { "file" },
                            Properties = new Dictionary<string, IOpenApiSchema> { ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
                        },
                    },
                },
            };
            (operation.Parameters ??= []).Add(Header("Idempotency-Key", "Same key, same answer."));
            operation.Parameters.Add(Header("If-Match", "The revision that the caller has seen, quoted: \"3\"; 412 if there is a newer one."));
        }

        return Task.CompletedTask;
    }

    static string SchemaName(Form form) => $"Submission{form.Code}";

    static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    static OpenApiSchema ProblemSchema() => Convert(new JsonObject
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["type"] = new JsonObject { ["type"] = "string" },
            ["title"] = new JsonObject { ["type"] = "string" },
            ["status"] = new JsonObject { ["type"] = "integer" },
            ["code"] = new JsonObject { ["type"] = "string", ["description"] = "Stable code for programs" },
            ["detail"] = new JsonObject { ["type"] = "string", ["description"] = "Chinese sentence for people" },
            ["traceId"] = new JsonObject { ["type"] = "string" },
            ["errors"] = new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject
                    {
                        ["path"] = new JsonObject { ["type"] = "string", ["description"] = "JSON path or cell path" },
                        ["code"] = new JsonObject { ["type"] = "string" },
                        ["detail"] = new JsonObject { ["type"] = "string" },
                    },
                    ["required"] = new JsonArray("path", "code", "detail"),
                },
            },
        },
        ["required"] = new JsonArray("status", "code", "detail", "traceId", "errors"),
    });

    /// <summary>The part of JSON Schema that the forms use, as the OpenAPI library's own type.</summary>
    static OpenApiSchema Convert(JsonObject json)
    {
        var schema = new OpenApiSchema();
        foreach (var (name, value) in json)
        {
            switch (name)
            {
                case "type":
                    schema.Type = (value is JsonArray types ? types : [value!.DeepClone()]).Aggregate(default(JsonSchemaType), (all, t) => all | TypeOf(t!.GetValue<string>()));
                    break;
                case "title":
                    schema.Title = value!.GetValue<string>();
                    break;
                case "description":
                    schema.Description = value!.GetValue<string>();
                    break;
                case "pattern":
                    schema.Pattern = value!.GetValue<string>();
                    break;
                case "format":
                    schema.Format = value!.GetValue<string>();
                    break;
                case "const":
                    schema.Const = value!.GetValue<string>();
                    break;
                case "minimum":
                    schema.Minimum = value!.ToJsonString();
                    break;
                case "maxLength":
                    schema.MaxLength = value!.GetValue<int>();
                    break;
                case "required":
                    schema.Required = value!.AsArray().Select(r => r!.GetValue<string>()).ToHashSet();
                    break;
                case "additionalProperties":
                    schema.AdditionalPropertiesAllowed = value!.GetValue<bool>();
                    break;
                case "items":
                    schema.Items = Convert(value!.AsObject());
                    break;
                case "properties":
                    schema.Properties = value!.AsObject().ToDictionary(p => p.Key, p => (IOpenApiSchema)Convert(p.Value!.AsObject()));
                    break;
            }
        }

        return schema;
    }

    static JsonSchemaType TypeOf(string type) => type switch
    {
        "string" => JsonSchemaType.String,
        "number" => JsonSchemaType.Number,
        "integer" => JsonSchemaType.Integer,
        "object" => JsonSchemaType.Object,
        "array" => JsonSchemaType.Array,
        _ => JsonSchemaType.Null,
    };
}
