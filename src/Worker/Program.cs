using Aggregator.Access;
using Aggregator.Checks;
using Aggregator.Database;
using Aggregator.Reminders;
using Aggregator.Totals;
using Aggregator.Worker;
using Aggregator.Worker.Access;
using Aggregator.Worker.Reminders;
using Aggregator.Worker.Totals;
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
builder.Services.AddSingleton(MailSettings.Read(builder.Configuration));
builder.Services.AddSingleton<RosterStore>();
builder.Services.AddSingleton<CalendarStore>();
builder.Services.AddSingleton<MailStore>();
builder.Services.AddSingleton<ReminderStore>();
builder.Services.AddSingleton<MailClient>();
builder.Services.AddSingleton<DunningLetterOf>((_, _, _, _) => Task.FromResult<MailFile?>(null));
builder.Services.AddHostedService<RefreshTotalsJob>();
builder.Services.AddHostedService<SealAuditJob>();
builder.Services.AddSchedule();

return await Commands.RunAsync(args, builder, connectionString);
