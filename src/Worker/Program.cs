using Aggregator;
using Aggregator.Access;
using Aggregator.Checks;
using Aggregator.Database;
using Aggregator.Editions;
using Aggregator.Jobs;
using Aggregator.Reminders;
using Aggregator.Totals;
using Aggregator.Units;
using Aggregator.Webhooks;
using Aggregator.Worker;
using Aggregator.Worker.Access;
using Aggregator.Worker.Editions;
using Aggregator.Worker.Reminders;
using Aggregator.Worker.Totals;
using Aggregator.Worker.Webhooks;
using Aggregator.Years;

var builder = Host.CreateApplicationBuilder(args);
var connectionString = builder.Configuration.GetConnectionString(AggregatorDatabase.ConnectionName);
if (string.IsNullOrEmpty(connectionString))
{
    Console.Error.WriteLine("Set ConnectionStrings__Aggregator to the PostgreSQL database.");
    return 2;
}

builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(RuleSettings.From(builder.Configuration));
builder.Services.AddSingleton(_ => AggregatorDatabase.Open(connectionString, AggregatorDatabase.WorkerRole));
builder.Services.AddSingleton<TotalStore>();
builder.Services.AddSingleton<AuditStore>();
builder.Services.AddSingleton<ReportStore>();
builder.Services.AddSingleton<EditionStore>();
builder.Services.AddSingleton(WebhookSettings.From(builder.Configuration));
builder.Services.AddSingleton<DeliveryStore>();
builder.Services.AddSingleton<WebhookClient>();
builder.Services.AddSingleton(MailSettings.Read(builder.Configuration));
builder.Services.AddSingleton<RosterStore>();
builder.Services.AddSingleton<CalendarStore>();
builder.Services.AddSingleton<MailStore>();
builder.Services.AddSingleton<ReminderStore>();
builder.Services.AddSingleton<MailClient>();
builder.Services.AddSingleton<UnitStore>();
builder.Services.AddSingleton(services => DunningLetterFile.From(services.GetRequiredService<ReportStore>(), services.GetRequiredService<UnitStore>()));
builder.Services.AddHostedService<RefreshTotalsJob>();
builder.Services.AddHostedService<SealAuditJob>();
builder.Services.AddHostedService<BuildEditionsJob>();
builder.Services.AddHostedService<SendDeliveriesJob>();
builder.Services.AddSingleton(AccessSettings.From(builder.Configuration));
builder.Services.AddSingleton(RetentionSettings.From(builder.Configuration));
builder.Services.AddSingleton<RetentionStore>();
builder.Services.AddSingleton<JobRunStore>();
builder.Services.AddSingleton<WorkerStore>();
builder.Services.AddSingleton<OverdueStore>();
builder.Services.AddSingleton<RecheckStore>();
builder.Services.AddTelemetry("aggregator-worker");
Schedule.Add(builder.Services);

return await Commands.RunAsync(args, builder, connectionString);
