using System.Diagnostics;
using System.Net;
using System.Text;
using Aggregator.Access;
using Aggregator.Testing;
using Aggregator.Worker.Tests.Webhooks;

namespace Aggregator.Worker.Tests.Jobs;

/// <summary>Both programs as processes, and a real receiver of OTLP over HTTP. Names stand in its protobuf as they are.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Traces_and_metrics_arrive_by_OTLP_with_the_names_of_the_field()
    {
        await using var receiver = await Receiver.StartAsync(200);
        await using var database = await TestDatabase.CreateAsync();
        (string, string)[] otlp = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1000"), ("OTEL_BSP_SCHEDULE_DELAY", "500")];
        using var worker = AggregatorProcess.StartWorker(database, otlp);
        var (process, address) = await AggregatorProcess.StartApiAsync(database.ConnectionString, otlp);
        using var api = process;
        await FileAsync(database, address);

        string[] traces = ["aggregator-api", "aggregator-worker", "http.request.method", "http.route", "/api/v1/counties/{county}/years/{year:int}/submissions",
            "db.query.text", "postgresql", "mark_overdue"];
        string[] metrics = ["aggregator.submissions", "submitted", "aggregator.findings", "hard", "draft", "aggregator.stale.age", "aggregator.outbox.age", "webhook",
            "aggregator.job.duration", "http.server.request.duration", "db.client.operation.duration"];
        var watch = Stopwatch.StartNew();
        string[] missing;
        while ((missing = [.. traces.Where(name => !Arrived(receiver, "/v1/traces", name)), .. metrics.Where(name => !Arrived(receiver, "/v1/metrics", name))]).Length > 0
            && watch.Elapsed < TimeSpan.FromSeconds(30))
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{receiver.Received.Count} posts");
        missing.ShouldBeEmpty();
        receiver.Received.ShouldAllBe(r => r.Headers.ContentType.ToString() == "application/x-protobuf");
    }

    static bool Arrived(Receiver receiver, string path, string name) =>
        receiver.Received.Any(r => r.Path == path && r.Body.Contains(name, StringComparison.Ordinal));

    static async Task FileAsync(TestDatabase database, Uri address)
    {
        await using var source = Aggregator.Database.AggregatorDatabase.Open(database.ConnectionString, "aggregator_api");
        var key = (await new KeyStore(source, TimeProvider.System).CreateAsync(Role.County, "360922", null, "test", CancellationToken.None)).Value!.Key;
        using var clerk = new HttpClient { BaseAddress = address };
        clerk.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using var year = new StringContent("{}", Encoding.UTF8, "application/json");
        (await clerk.PutAsync("/api/v1/counties/360922/years/2021", year)).EnsureSuccessStatusCode();
        (await clerk.PostAsync("/api/v1/counties/360922/years/2021/roster/import", null)).EnsureSuccessStatusCode();
        foreach (var (penalties, status) in ((int, HttpStatusCode)[])[(1, HttpStatusCode.Created), (-1, HttpStatusCode.UnprocessableEntity)])
        {
            using var report = new ByteArrayContent(Report.Zero("2021").With("disclosure.penalties.decisions", penalties).ToBody("360922201"));
            report.Headers.ContentType = new("application/json");
            (await clerk.PostAsync("/api/v1/counties/360922/years/2021/submissions", report)).StatusCode.ShouldBe(status);
        }
    }
}
