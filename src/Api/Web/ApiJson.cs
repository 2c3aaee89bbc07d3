using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Checks;
using Aggregator.Api.Editions;
using Aggregator.Api.Forms;
using Aggregator.Api.Reminders;
using Aggregator.Api.Submissions;
using Aggregator.Api.Totals;
using Aggregator.Api.Units;
using Aggregator.Api.Webhooks;
using Aggregator.Api.Years;
using Aggregator.Checks;
using Aggregator.Editions;
using Aggregator.Jobs;
using Aggregator.Reminders;
using Aggregator.Submissions;
using Aggregator.Totals;
using Aggregator.Units;
using Aggregator.Webhooks;
using Aggregator.Years;
using Microsoft.AspNetCore.Mvc;

namespace Aggregator.Api.Web;

/// <summary>Everything that travels as JSON, with its serialization generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(ImmutableArray<RefusalError>))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(HealthStatus))]
[JsonSerializable(typeof(Readiness))]
[JsonSerializable(typeof(JobRun[]))]
[JsonSerializable(typeof(NewKey))]
[JsonSerializable(typeof(IssuedKey))]
[JsonSerializable(typeof(NewAccount))]
[JsonSerializable(typeof(AccountBody))]
[JsonSerializable(typeof(Account[]))]
[JsonSerializable(typeof(OneTimePassword))]
[JsonSerializable(typeof(SignInBody))]
[JsonSerializable(typeof(PasswordBody))]
[JsonSerializable(typeof(SessionState))]
[JsonSerializable(typeof(IReadOnlyList<SessionEntry>))]
[JsonSerializable(typeof(AuditEntry[]))]
[JsonSerializable(typeof(AuditCheck))]
[JsonSerializable(typeof(SealedLine))]
[JsonSerializable(typeof(NewWebhook))]
[JsonSerializable(typeof(IssuedWebhook))]
[JsonSerializable(typeof(Webhook[]))]
[JsonSerializable(typeof(Delivery[]))]
[JsonSerializable(typeof(DeliveryLog))]
[JsonSerializable(typeof(FormSummary[]))]
[JsonSerializable(typeof(FormDetail))]
[JsonSerializable(typeof(CheckResult))]
[JsonSerializable(typeof(UnitBody))]
[JsonSerializable(typeof(Unit[]))]
[JsonSerializable(typeof(YearBody))]
[JsonSerializable(typeof(ReportingYear))]
[JsonSerializable(typeof(RosterBody))]
[JsonSerializable(typeof(RosterBatchBody))]
[JsonSerializable(typeof(Roster))]
[JsonSerializable(typeof(RosterImport))]
[JsonSerializable(typeof(StepBody))]
[JsonSerializable(typeof(AcceptBody))]
[JsonSerializable(typeof(Batch))]
[JsonSerializable(typeof(WaiverBody))]
[JsonSerializable(typeof(ExplanationBody))]
[JsonSerializable(typeof(RosterLine))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(Revision))]
[JsonSerializable(typeof(RevisionEntry[]))]
[JsonSerializable(typeof(CurrentRevision))]
[JsonSerializable(typeof(RevisionChange[]))]
[JsonSerializable(typeof(BulkAnswer))]
[JsonSerializable(typeof(DocumentReceipt))]
[JsonSerializable(typeof(DocumentReading))]
[JsonSerializable(typeof(Prefill))]
[JsonSerializable(typeof(ConvertedReport))]
[JsonSerializable(typeof(IReadOnlyList<Finding>))]
[JsonSerializable(typeof(OutlierList))]
[JsonSerializable(typeof(DuplicateList))]
[JsonSerializable(typeof(Total))]
[JsonSerializable(typeof(CellBreakdown))]
[JsonSerializable(typeof(DivisionYear))]
[JsonSerializable(typeof(Comparison))]
[JsonSerializable(typeof(AdjustmentBody))]
[JsonSerializable(typeof(IReadOnlyList<Adjustment>))]
[JsonSerializable(typeof(CountyReport))]
[JsonSerializable(typeof(IReadOnlyList<Edition>))]
[JsonSerializable(typeof(EditionChanges))]
[JsonSerializable(typeof(NarrativeBody))]
[JsonSerializable(typeof(NarrativeSection))]
[JsonSerializable(typeof(HolidayYear))]
[JsonSerializable(typeof(CalendarBody))]
[JsonSerializable(typeof(ReminderLog))]
[JsonSerializable(typeof(Ladder))]
[JsonSerializable(typeof(StoredLadder))]
[JsonSerializable(typeof(ReminderPlan))]
[JsonSerializable(typeof(ReminderPreview))]
[JsonSerializable(typeof(SendBody))]
[JsonSerializable(typeof(SentReminders))]
[JsonSerializable(typeof(TestMailBody))]
sealed partial class ApiJson : JsonSerializerContext;
