using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Submissions;
using Aggregator.Testing;

namespace Aggregator.Benchmarks;

/// <summary>
/// Submissions over HTTP against pgbench with the same two statements and the same rows: what parsing, checking and answering
/// add to what the database does anyway. Runs alternate, and the medians count, because others may use the machine.
/// </summary>
sealed class SubmissionFigure(Nation nation, AggregatorProcess api, Uri address, PgBench pgbench)
{
    const int Clients = 16;
    static readonly TimeSpan duration = TimeSpan.FromSeconds(8);

    static readonly JsonSerializerOptions stored = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static readonly Dictionary<string, string> types = new()
    {
        ["County"] = "text",
        ["Year"] = "int",
        ["unit"] = "text",
        ["Actor"] = "text",
        ["IdempotencyKey"] = "text",
        ["outcome"] = "text",
        ["action"] = "text",
        ["form"] = "text",
        ["figures"] = "numeric[]",
        ["prose"] = "text[]",
        ["PublishedAt"] = "date",
        ["PublishedUrl"] = "text",
        ["findings"] = "text",
        ["body"] = "bytea",
        ["sha256"] = "bytea",
        ["filedAt"] = "timestamptz",
        ["now"] = "timestamptz",
        ["hard"] = "int",
        ["warning"] = "int",
        ["notice"] = "int",
    };

    /// <summary>Measures and reports.</summary>
    public async Task MeasureAsync(Table table, int rounds)
    {
        Console.WriteLine($"Submissions: {Nation.Body.Length} bytes each, {Clients} clients, runs of {duration.TotalSeconds} s; the first of each kind warms up.");
        List<Run> floor = [], counties = [], units = [], working = [];
        for (var round = 0; round <= rounds; round++)
        {
            floor.Add(RunPgBench(await nation.OpenYearAsync()).Print("pgbench"));
            counties.Add(RunHttp(await nation.OpenYearAsync(), Nation.CountyKey).Print("HTTP"));
            units.Add(RunHttp(await nation.OpenYearAsync(), Nation.UnitKey).Print("HTTP, every unit its own key"));
            using var worker = AggregatorProcess.StartWorker(nation.ConnectionString);
            working.Add(RunHttp(await nation.OpenYearAsync(), Nation.CountyKey).Print("HTTP, worker running"));
        }

        var least = Run.Median(floor);
        Add("submissions over HTTP", Run.Median(counties), "≥ 0.70");
        Add("the same, every unit with its own key", Run.Median(units), "–");
        Add("the same, worker running", Run.Median(working), "–");
        table.Add("processor time of a submission", $"{least.Cpu:0} µs", $"{Run.Median(counties).Cpu:0} µs", least.Cpu / Run.Median(counties).Cpu, "≥ 0.70");
        table.Add("p50 of submissions", $"{least.P50:0.0} ms", $"{Run.Median(counties).P50:0.0} ms", Run.Median(counties).P50 / least.P50, "–");
        table.Add("p99 of submissions", $"{least.P99:0.0} ms", $"{Run.Median(counties).P99:0.0} ms", Run.Median(counties).P99 / least.P99, "≤ 3");
        table.Note("While others use the machine, the rates say more about the scheduler (more processes get more of it); the ratio of processor times holds.");
        table.Note("");
        table.Note("Where the time goes, in µs of processor time for each submission:");
        foreach (var (name, run) in (IEnumerable<(string, Run)>)[("pgbench", least), ("HTTP", Run.Median(counties)), ("HTTP, own keys", Run.Median(units)), ("HTTP, worker", Run.Median(working))])
        {
            table.Note($"- {name}: PostgreSQL {run.Database:0}, Api {run.Api:0}, client {run.Client:0}; runs {string.Join(" ", run.All.Select(r => r.ToString("0", CultureInfo.InvariantCulture)))} /s");
        }

        void Add(string figure, Run run, string aim) =>
            table.Add(figure, $"{least.PerSecond:0} /s", $"{run.PerSecond:0} /s", run.PerSecond / least.PerSecond, aim);
    }

    Run RunHttp(int year, Func<int, string> key) => Run.Measure(nation.ServerProcess, api.Id,
        () => new HttpLoad(address).Run(Clients, duration, "201", () => (number, buffer) => WriteRequest(number, buffer, year, key)));

    Run RunPgBench(int year)
    {
        var submission = SubmissionReader.Read(Nation.Body).Value!;
        List<Finding> findings = FigureCheck.Run(submission.Figures, new CheckScope(CheckLevel.Unit, submission.Figures.Form, RuleSettings.Default));
        ProseCheck.Run(submission.Figures, submission.Prose, year, RuleSettings.Default, findings);
        var variables = new Dictionary<string, string>
        {
            ["n"] = "0",
            ["Year"] = year.ToString(CultureInfo.InvariantCulture),
            ["Actor"] = "0000000000000000",
            ["outcome"] = "submitted",
            ["action"] = "submit",
            ["form"] = submission.Figures.Form.Code,
            ["figures"] = $"{{{string.Join(',', submission.Figures.Values.Select(v => v?.ToString(CultureInfo.InvariantCulture) ?? "NULL"))}}}",
            ["prose"] = $"{{{string.Join(',', submission.Prose.Select(p => p is null ? "NULL" : $"\"{p}\""))}}}",
            ["PublishedAt"] = "2022-01-20",
            ["PublishedUrl"] = submission.PublishedUrl!,
            ["findings"] = JsonSerializer.Serialize(findings, stored),
            ["body"] = Encoding.UTF8.GetString(Nation.Body), // bytea's escape format: as long as the binary one, without a backslash in it
            ["sha256"] = @"\x" + Convert.ToHexStringLower(SHA256.HashData(Nation.Body)),
            ["filedAt"] = "2022-01-20 10:00:00.123456+00",
            ["now"] = "2022-01-20 10:00:00.123456+00",
            ["hard"] = "0",
            ["warning"] = Count(Severity.Warning),
            ["notice"] = Count(Severity.Notice),
        };
        var script = $"""
            \set IdempotencyKey :n * {Clients} + :client_id
            \set k :IdempotencyKey * {Nation.Stride} % {Nation.Units}
            \set County {Nation.FirstCounty} + :k / {Nation.UnitsPerCounty}
            \set unit :County * 1000 + {Nation.FirstUnit} + :k % {Nation.UnitsPerCounty}
            \set n :n + 1

            """ + PgBench.Statement(SubmissionStore.SelectContext, types) + PgBench.Statement(SubmissionStore.Insert, types, "IfRevision");
        return Run.Measure(nation.ServerProcess, null, () => pgbench.Run(script, variables, "aggregator_api", Clients, duration));

        string Count(Severity severity) => findings.Count(f => f.Severity == severity).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The n-th of all submissions of a measurement.</summary>
    public static int WriteRequest(long number, byte[] buffer, int year, Func<int, string> key)
    {
        var unit = Nation.UnitAt(number);
        Span<byte> head = buffer;
        if (!System.Text.Unicode.Utf8.TryWrite(head, CultureInfo.InvariantCulture,
            $"POST /api/v1/counties/{Nation.CountyOf(unit)}/years/{year}/submissions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key(unit)}\r\nIdempotency-Key: {number}\r\nContent-Type: application/json\r\nContent-Length: {Nation.Body.Length}\r\n\r\n",
            out var length))
        {
            throw new InvalidOperationException("The request is too long for its buffer.");
        }

        Nation.Body.CopyTo(head[length..]);
        Utf8Formatter.TryFormat(Nation.CodeOf(unit), head[(length + Nation.UnitOffset)..], out _);
        return length + Nation.Body.Length;
    }
}
