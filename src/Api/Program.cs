using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using Aggregator;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Checks;
using Aggregator.Api.Editions;
using Aggregator.Api.Forms;
using Aggregator.Api.Installation;
using Aggregator.Api.Jobs;
using Aggregator.Api.Reminders;
using Aggregator.Api.Submissions;
using Aggregator.Api.Totals;
using Aggregator.Api.Units;
using Aggregator.Api.Web;
using Aggregator.Api.Webhooks;
using Aggregator.Api.Years;
using Aggregator.Checks;
using Aggregator.Database;
using Aggregator.Editions;
using Aggregator.Installation;
using Aggregator.Jobs;
using Aggregator.Reminders;
using Aggregator.Submissions;
using Aggregator.Totals;
using Aggregator.Units;
using Aggregator.Webhooks;
using Aggregator.Years;

var builder = WebApplication.CreateBuilder(args);

builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = SubmissionReader.MaxBodyBytes;

    // Who sends a byte now and then holds a connection no longer than this; a body has to come faster than 240 bytes a second.
    kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
    kestrel.Limits.MaxConcurrentConnections = 10_000;
});
builder.Services.ConfigureHttpJsonOptions(options =>
{
    options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
    options.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
    options.SerializerOptions.AllowDuplicateProperties = false;
    options.SerializerOptions.PropertyNameCaseInsensitive = false;
    options.SerializerOptions.RespectNullableAnnotations = true;
    options.SerializerOptions.RespectRequiredConstructorParameters = true;
    options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
});

builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(RuleSettings.From(builder.Configuration));
builder.Services.AddSingleton(ScoringTable.From(builder.Configuration));
builder.Services.AddSingleton(services => AggregatorDatabase.Open(
    services.GetRequiredService<IConfiguration>().GetConnectionString(AggregatorDatabase.ConnectionName)
        ?? throw new InvalidOperationException("Set ConnectionStrings__Aggregator to the PostgreSQL database."),
    AggregatorDatabase.ApiRole));
builder.Services.AddSingleton<AuditStore>();
builder.Services.AddSingleton(WebhookSettings.From(builder.Configuration));
builder.Services.AddSingleton<WebhookStore>();
builder.Services.AddSingleton<DeliveryStore>();
builder.Services.AddSingleton<UnitStore>();
builder.Services.AddSingleton<YearStore>();
builder.Services.AddSingleton<RosterStore>();
builder.Services.AddSingleton<SubmissionStore>();
builder.Services.AddSingleton<TypingStore>();
builder.Services.AddSingleton<WorkflowStore>();
builder.Services.AddSingleton<WaiverStore>();
builder.Services.AddSingleton<LastYearStore>();
builder.Services.AddSingleton<ProseStore>();
builder.Services.AddSingleton<BulkStore>();
builder.Services.AddSingleton<TotalStore>();
builder.Services.AddSingleton<DivisionStore>();
builder.Services.AddSingleton<AdjustmentStore>();
builder.Services.AddSingleton<ReportStore>();
builder.Services.AddSingleton<EditionStore>();
builder.Services.AddSingleton<NarrativeStore>();
builder.Services.AddSingleton(MailSettings.Read(builder.Configuration));
builder.Services.AddSingleton(DueDateSettings.Read(builder.Configuration));
builder.Services.AddSingleton<CalendarStore>();
builder.Services.AddSingleton<LadderStore>();
builder.Services.AddSingleton<MailStore>();
builder.Services.AddSingleton<ReminderStore>();
builder.Services.AddSingleton<JobRunStore>();
builder.Services.AddSingleton<JobStreams>();
builder.Services.AddSingleton<WorkerStore>();
builder.Services.AddSingleton<InstallationStore>();
builder.Services.AddSingleton<StaleTotalNotifier>();
builder.Services.AddHostedService(services => services.GetRequiredService<StaleTotalNotifier>());

builder.Services.AddPages();
builder.Services.AddProblems();
builder.Services.AddCallers(builder.Configuration);
builder.Services.AddContractDocument();
builder.Services.AddOutputCache();
builder.Services.AddTelemetry("aggregator-api");

var app = builder.Build();

app.UseResponseCompression();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.Use(TraceNames.AddAsync);
app.Use(SecurityHeaders.AddAsync);
app.Use(Problems.RefuseNulAsync);
app.UseSwaggerUI(page =>
{
    page.SwaggerEndpoint("/openapi/v1.json", "Aggregator v1");
    page.DocumentTitle = "Aggregator API";
});
app.UseAuthentication();
app.UseRateLimiter();
app.Use(Problems.RefuseLargeAsync);
app.Use(SessionGuard.CheckAsync);
app.UseAuthorization();
app.Use(JsonBody.RefuseOthersAsync);
app.Use(EntityTags.HandleAsync);
app.UseOutputCache();

app.MapStart();
app.MapOpenApi("/openapi/{documentName:regex(^v1$)}.json")
    .CacheOutput(policy => policy.Expire(TimeSpan.FromDays(1)).SetVaryByQuery([]).SetVaryByHost(false));
app.MapHealth();
app.MapSignInPages();
app.MapScript();
app.MapUnitPages();
app.MapYearPages();
app.MapDivisionPages();
app.MapInstallationPages();

var api = app.MapGroup("/api/v1");
api.MapForms();
api.MapUnits();
api.MapKeys();
api.MapInstallationAudit();
api.MapWebhooks();
api.MapJobs();
api.MapAccounts();
api.MapSessions();
api.MapDivisions();
api.MapDivisionTotals();
api.MapCalendar();

var county = api.MapGroup("/counties/{county}");
county.MapAudit();
county.MapYears();

var year = county.MapGroup("/years/{year:int}");
year.MapRoster();
year.MapSubmissions();
year.MapWorkflow();
year.MapWaivers();
year.MapOutliers();
year.MapDuplicates();
year.MapBulk();
year.MapTotals();
year.MapAdjustments();
year.MapReport();
year.MapNarrative();
year.MapEditions();
year.MapOfficialDocuments();
year.MapReminders();

await app.RunAsync();

/// <summary>The Api host; named so that tests can start it.</summary>
public partial class Program;
