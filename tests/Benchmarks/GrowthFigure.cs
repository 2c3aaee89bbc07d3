using System.Diagnostics;
using System.Globalization;
using Aggregator.Checks;
using Aggregator.Database;
using Aggregator.Submissions;
using Aggregator.Totals;
using Aggregator.Years;
using Npgsql;

namespace Aggregator.Benchmarks;

/// <summary>
/// What one request costs as the nation and the years grow: pages that PostgreSQL touches for it, which does not depend on who
/// else is using the machine, and its time. The reports are short, so that ten years of a whole nation fit on a small disk; what
/// grows with their number is the same.
/// </summary>
static class GrowthFigure
{
    const int Counties = 2844;
    const int Units = 49;
    const int Times = 200;

    // Codes of six digits that no real county has; units of nine below them.
    const string Plant = """
        insert into reporting_year (county, year, form, due_date, county_due_date)
        select (700000 + c)::text, @year, '2021', make_date(@year + 1, 1, 31), make_date(@year + 1, 3, 31) from generate_series(0, @counties - 1) c;
        insert into filing (county, year, unit, status, revision, filed_revision, filed_at)
        select (700000 + c)::text, @year, (700000 + c)::text || (100 + u)::text, 'submitted', 1, 1, now() from generate_series(0, @counties - 1) c, generate_series(0, 48) u;
        insert into revision (county, year, unit, revision, outcome, form, figures, prose, findings, body, sha256, filed_at, received_at, late, actor, idempotency_key, late_correction)
        select county, year, unit, 1, 'submitted', '2021', @figures, '{无,无,无}', '[]', '', '', now(), now(), false, 'benchmark', unit, false from filing where year = @year;
        insert into audit (county, at, actor, action, year, subject) select county, now(), 'benchmark', 'submit', year, unit from filing where year = @year;
        insert into total (division, year, form, figures, expected, included, revision)
        select (700000 + c)::text, @year, '2021', @figures, 49, 49, 1 from generate_series(0, @counties - 1) c;
        """;

    const string FoundUnits = """
        insert into unit (code, name, kind, parent) select (700000 + c)::text, '县' || c, 'county', '7000' from generate_series(0, @counties - 1) c;
        insert into unit (code, name, kind, parent)
        select (700000 + c)::text || (100 + u)::text, '乡' || u, 'township', (700000 + c)::text from generate_series(0, @counties - 1) c, generate_series(0, 48) u
        """;

    /// <summary>Measures, prints the table with exponents, and draws <paramref name="plot"/>.</summary>
    public static async Task MeasureAsync(string connectionString, string plot)
    {
        var points = new List<(string Request, long Reports, double Pages, double Milliseconds)>();
        foreach (var percent in (int[])[1, 10, 100])
        {
            var counties = Math.Max(1, Counties * percent / 100);
            var database = new NpgsqlConnectionStringBuilder(connectionString) { Database = string.Create(CultureInfo.InvariantCulture, $"growth_{percent}") };
            await ExecuteAsync(connectionString, $"create database {database.Database}");
            await Migrator.MigrateAsync(database.ConnectionString, CancellationToken.None);
            await ExecuteAsync(database.ConnectionString, FoundUnits, ("counties", counties));
            var year = 2021;
            foreach (var years in (int[])[1, 3, 10])
            {
                for (; year < 2021 + years; year++)
                {
                    await ExecuteAsync(database.ConnectionString, Plant, ("counties", counties), ("year", year), ("figures", Figures));
                }

                await ExecuteAsync(database.ConnectionString, "vacuum (analyze)");
                foreach (var (request, run) in Requests)
                {
                    var (pages, milliseconds) = await CostAsync(database.ConnectionString, counties, year - 1, run);
                    points.Add((request, (long)counties * Units * years, pages, milliseconds));
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {percent,3} % × {years,2} years  {request,-22} {pages,7:0.0} pages {milliseconds,7:0.00} ms"));
                }
            }

            NpgsqlConnection.ClearAllPools();
            await ExecuteAsync(connectionString, $"drop database {database.Database} with (force)");
        }

        Print(points);
        await File.WriteAllTextAsync(plot, GrowthPlot.Draw([.. points.Select(p => (p.Request, (double)p.Reports, p.Pages))]));
    }

    static decimal?[] Figures { get; } = SubmissionReader.Read(Nation.Body).Value!.Figures.Values;

    static IEnumerable<(string Name, Func<NpgsqlDataSource, string, int, Task> Run)> Requests =>
    [
        ("file a report", async (database, county, year) =>
            (await new SubmissionStore(database, RuleSettings.Default, TimeProvider.System).FileAsync(
                SubmissionReader.Read(Nation.Body).Value! with { Unit = $"{county}100" }, new FilingRequest(county, year, "benchmark", false, null, null), default)).Is(out _, out _)),
        ("a county's totals", (database, county, year) => new TotalStore(database, RuleSettings.Default, TimeProvider.System).FindAsync(county, year, default)),
        ("a county's roster", (database, county, year) => new RosterStore(database).ReadAsync(county, year, TimeProvider.System.GetUtcNow(), default)),
        ("a unit's history", (database, county, year) =>
            new SubmissionStore(database, RuleSettings.Default, TimeProvider.System).ListAsync(county, year, $"{county}110", 0, 200, default)),
        ("both years of a county", (database, county, year) => new LastYearStore(database).ListAsync(county, year, default)),
    ];

    static async Task<(double Pages, double Milliseconds)> CostAsync(string connectionString, int counties, int year, Func<NpgsqlDataSource, string, int, Task> run)
    {
        var random = new Random(1);
        List<double> times = [];
        await using (var warm = AggregatorDatabase.Open(connectionString, AggregatorDatabase.ApiRole))
        {
            await OnceAsync(warm);
        }

        var before = await PagesAsync(connectionString);
        await using (var database = AggregatorDatabase.Open(connectionString, AggregatorDatabase.ApiRole))
        {
            for (var time = 0; time < Times; time++)
            {
                var clock = Stopwatch.StartNew();
                await OnceAsync(database);
                times.Add(clock.Elapsed.TotalMilliseconds);
            }
        }

        times.Sort();
        return ((await PagesAsync(connectionString) - before) / (double)Times, times[Times / 2]);

        Task OnceAsync(NpgsqlDataSource database) => run(database, (700_000 + random.Next(counties)).ToString(CultureInfo.InvariantCulture), year);
    }

    /// <summary>Pages touched so far. A connection says what it has touched when it ends, at the latest.</summary>
    static async Task<long> PagesAsync(string connectionString)
    {
        await Task.Delay(500);
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read + coalesce(toast_blks_hit + toast_blks_read, 0))::bigint from pg_statio_user_tables", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    static void Print(List<(string Request, long Reports, double Pages, double Milliseconds)> points)
    {
        Console.WriteLine();
        Console.WriteLine("| request | fewest reports | most reports | pages | exponent | time | exponent |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var request in points.GroupBy(p => p.Request))
        {
            var (first, last) = (request.MinBy(p => p.Reports), request.MaxBy(p => p.Reports));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {request.Key} | {first.Reports} | {last.Reports} | {first.Pages:0.0} → {last.Pages:0.0} | {Exponent(request.Select(p => ((double)p.Reports, p.Pages))):0.00} | {first.Milliseconds:0.00} → {last.Milliseconds:0.00} ms | {Exponent(request.Select(p => ((double)p.Reports, p.Milliseconds))):0.00} |"));
        }
    }

    /// <summary>b of the cost = a × reportsᵇ that fits best: 0 is flat, 1 grows with the number of reports.</summary>
    static double Exponent(IEnumerable<(double Reports, double Cost)> points)
    {
        (double X, double Y)[] logs = [.. points.Select(p => (Math.Log(p.Reports), Math.Log(p.Cost)))];
        var (x, y) = (logs.Average(p => p.X), logs.Average(p => p.Y));
        return logs.Sum(p => (p.X - x) * (p.Y - y)) / logs.Sum(p => (p.X - x) * (p.X - x));
    }

    static async Task ExecuteAsync(string connectionString, string sql, params (string Name, object Value)[] parameters)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 900 }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        await command.ExecuteNonQueryAsync();
    }
}
