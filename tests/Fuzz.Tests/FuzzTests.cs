using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Aggregator.Fuzz.Tests;

/// <summary>
/// Thousands of requests, right ones and wrong ones, by everybody to everything, eight at once. Whatever comes, the Api answers: never with
/// a failure of its own, never with what belongs to another, never without saying why not. A short run with a fixed seed; the long
/// one is <c>run.sh</c>.
/// </summary>
public sealed class FuzzTests
{
    const int AtOnce = 8;

    /// <summary>After so many, what was planted is planted again.</summary>
    const int Season = 1_000;

    static readonly TimeSpan slow = TimeSpan.FromSeconds(1);

    /// <summary>Nobody waits longer for anything; on a machine that does other things besides.</summary>
    static readonly TimeSpan hung = TimeSpan.FromSeconds(60);

    static readonly int requests = Setting("FUZZ_REQUESTS", 3_500);
    static readonly TimeSpan longest = TimeSpan.FromMinutes(Setting("FUZZ_MINUTES", 600));
    static readonly int seed = Setting("FUZZ_SEED", 20_220_131);

    [Fact]
    public async Task Whatever_comes_is_answered_and_nothing_leaks()
    {
        await using var world = await World.StartAsync();
        var contract = await Contract.ReadAsync(world.Address);
        var run = new Run(world, contract);
        var watch = Stopwatch.StartNew();
        var memory = new List<long>();
        for (var first = Setting("FUZZ_FIRST", 0); first < requests && watch.Elapsed < longest; first += Season)
        {
            await run.SeasonAsync(first, Math.Min(Season, requests - first));
            await world.PlantAsync();
            memory.Add(ResidentMegabytes(world.ApiId));
            TestContext.Current.TestOutputHelper?.WriteLine($"{first + Season:n0}: {run.Faults.Count} faults, {watch.Elapsed:hh\\:mm\\:ss}, {memory[^1]} MB");
        }

        var slowOnes = await run.SlowAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(run.Report(watch.Elapsed, memory, slowOnes));

        run.Faults.GroupBy(f => (f.Fault, f.Request.Endpoint)).Select(g => $"{g.Count()}× {g.Key.Fault}: {Describe(g.First())}").ShouldBeEmpty();
        (await run.LostAsync()).ShouldBeEmpty("acknowledged and not stored");
        (await world.Database.ScalarAsync<long>("select count(*) from revision where sha256(body) <> sha256")).ShouldBe(0, "a body that is not what was received");
        (await world.Database.ScalarAsync<long>("""
            select count(*) from (select 1 from revision group by county, year, unit having count(*) <> max(revision)) holes
            """)).ShouldBe(0, "revisions with a hole");
        (await world.Database.ScalarAsync<long>("select count(*) from audit where county in ('360922', '360923') and seq is null and at < now() - interval '2 minutes'"))
            .ShouldBe(0, "audit lines without a seal");
        if (requests >= 50_000)
        {
            slowOnes.ShouldBeEmpty("answers that take more than a second, again and again");
            Median(memory[^(memory.Count / 4)..]).ShouldBeLessThan(Median(memory[(memory.Count / 4)..(memory.Count / 2)]) * 5 / 4, "memory grows");
        }
    }

    static string Describe((Request Request, Answer? Answer, string Fault) found) => $"""
        {found.Request.Endpoint} by {found.Request.Caller.Name}, number {found.Request.Number}
        {Short(Encoding.UTF8.GetString(found.Request.Bytes))}
        → {found.Answer?.Status} {Short(found.Answer?.Text ?? "")}
        """;

    static string Short(string text) => new([.. (text.Length <= 3_000 ? text : text[..3_000] + "…").Select(c => c is '\n' or >= ' ' ? c : '·')]);

    static long ResidentMegabytes(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").Single(l => l.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    static long Median(IEnumerable<long> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : 0;

    static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>What has been sent and found so far.</summary>
    sealed class Run(World world, Contract contract)
    {
        readonly Generator generator = new(world, contract, seed);
        readonly Judge judge = new(world);
        readonly ConcurrentQueue<(TimeSpan Took, Request Request)> times = new();
        readonly ConcurrentDictionary<int, int> statuses = new();
        readonly ConcurrentDictionary<(string, string), int> met = new();
        readonly ConcurrentBag<(string Unit, int Year, int Revision, string Sha256)> acknowledged = [];

        public ConcurrentQueue<(Request Request, Answer? Answer, string Fault)> Faults { get; } = new();

        /// <summary>Sends a run of numbers, eight at once.</summary>
        public async Task SeasonAsync(int first, int count)
        {
            var next = first - 1;
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
            {
                using var wire = new Wire(world.Address);
                while (Interlocked.Increment(ref next) is var number && number < first + count)
                {
                    await SendAsync(wire, generator.Make(number));
                }
            }));
        }

        async Task SendAsync(Wire wire, Request request)
        {
            var (answer, took) = await TimedAsync(wire, request);
            if (took >= hung)
            {
                Faults.Enqueue((request, null, "no answer"));
                return;
            }

            times.Enqueue((took, request));
            statuses.AddOrUpdate(answer?.Status ?? 0, 1, (_, n) => n + 1);
            met.AddOrUpdate((request.Endpoint.ToString(), request.Caller.Name), 1, (_, n) => n + 1);
            foreach (var fault in judge.Faults(request, answer))
            {
                Faults.Enqueue((request, answer, fault));
            }

            if (answer?.Status == 201 && request.Endpoint.ToString().EndsWith("/submissions", StringComparison.Ordinal) && JsonNode.Parse(answer.Body)! is var receipt)
            {
                acknowledged.Add(((string)receipt["unit"]!, (int)receipt["year"]!, (int)receipt["revision"]!, (string)receipt["sha256"]!));
            }

            // Who has signed out signs in again.
            if (request.Caller is { Role: not null, ByKey: false } && (answer?.Status == 401 || EndsSession(request.Endpoint)))
            {
                await world.RenewAsync(request.Caller);
            }
        }

        static bool EndsSession(Endpoint endpoint) => endpoint.ToString() is "POST /sign-out" or "DELETE /api/v1/session" or "DELETE /api/v1/sessions";

        static async Task<(Answer? Answer, TimeSpan Took)> TimedAsync(Wire wire, Request request)
        {
            var watch = Stopwatch.StartNew();
            using var limit = new CancellationTokenSource(hung);
            try
            {
                var answer = await wire.SendAsync(request.Bytes, request.HasAnswerBody, request.IsWhole, limit.Token);
                return (answer, watch.Elapsed);
            }
            catch (OperationCanceledException)
            {
                return (null, hung);
            }
        }

        /// <summary>Requests that took long, and take long again when nobody else asks; those that hash or convert do so by design.</summary>
        public async Task<List<string>> SlowAsync()
        {
            var found = new List<string>();
            using var wire = new Wire(world.Address);
            foreach (var (_, request) in times.Where(t => t.Took > slow && t.Request.Endpoint is { Converts: false, Hashes: false }))
            {
                var best = TimeSpan.MaxValue;
                for (var attempt = 0; attempt < 3 && best > slow; attempt++)
                {
                    best = new(Math.Min(best.Ticks, (await TimedAsync(wire, request)).Took.Ticks));
                }

                if (best > slow)
                {
                    found.Add(string.Create(CultureInfo.InvariantCulture, $"{best.TotalSeconds:0.0} s: {request.Endpoint} by {request.Caller.Name}, number {request.Number}"));
                }
            }

            return found;
        }

        /// <summary>Receipts whose revision is not stored as it was acknowledged.</summary>
        public async Task<List<string>> LostAsync()
        {
            var stored = (await world.Database.ScalarAsync<string[]>("select array_agg(concat_ws(' ', unit, year, revision, encode(sha256, 'hex'))) from revision") ?? []).ToHashSet();
            return [.. acknowledged.Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Unit} {a.Year} {a.Revision} {a.Sha256}")).Where(a => !stored.Contains(a))];
        }

        /// <summary>The figures, for docs/reliability.md.</summary>
        public string Report(TimeSpan took, List<long> memory, List<string> slowOnes)
        {
            var sorted = times.Where(t => !t.Request.Endpoint.Converts && !t.Request.Endpoint.Hashes).Select(t => t.Took.TotalMilliseconds).Order().ToList();
            double At(double share) => sorted[(int)(share * (sorted.Count - 1))];
            return string.Create(CultureInfo.InvariantCulture, $"""
                | figure | value |
                |---|---|
                | seed | {seed} |
                | requests, eight at once | {times.Count:n0} in {took.TotalMinutes:0} min |
                | endpoints × callers met | {met.Count:n0} of {contract.Endpoints.Count * world.Callers.Count:n0} |
                | answered 2xx, 3xx, 4xx, 5xx | {Class(2):n0}, {Class(3):n0}, {Class(4):n0}, {Class(5):n0} |
                | not HTTP, hung up on | {Class(0):n0} |
                | codes of refusals | {judge.Codes.Count:n0} |
                | reports acknowledged, lost | {acknowledged.Count:n0}, {(LostAsync().Result).Count:n0} |
                | leaks | {Faults.Count(f => f.Fault.StartsWith("leaks", StringComparison.Ordinal)):n0} of {world.Secrets.Count} planted texts |
                | other faults | {Faults.Count(f => !f.Fault.StartsWith("leaks", StringComparison.Ordinal)):n0} |
                | answer in ms: median, 99 %, 99.9 % | {At(.5):0.0}, {At(.99):0}, {At(.999):0} |
                | over 1 s, and again when asked alone | {sorted.Count(t => t > slow.TotalMilliseconds):n0}, {slowOnes.Count:n0} |
                | the Api's memory, MB: at a quarter, half, end | {memory[memory.Count / 4]}, {memory[memory.Count / 2]}, {memory[^1]} |

                {string.Join('\n', statuses.OrderBy(s => s.Key).Select(s => $"{s.Key}: {s.Value}"))}
                {string.Join(' ', judge.Codes.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value}"))}
                {string.Join('\n', slowOnes)}
                """);

            int Class(int hundreds) => statuses.Where(s => s.Key / 100 == hundreds).Sum(s => s.Value);
        }
    }
}
