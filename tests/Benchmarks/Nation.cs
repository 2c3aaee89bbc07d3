using System.Buffers.Text;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Aggregator.Database;
using Aggregator.Testing;
using Npgsql;

namespace Aggregator.Benchmarks;

/// <summary>
/// A made-up nation beside the real one, as large: 1,400 counties of 30 units, each with a key of its own. Its codes can be
/// computed from a number, so that pgbench can go through the same units as the clients do.
/// </summary>
sealed class Nation
{
    /// <summary>Units in all.</summary>
    public const int Units = 42_000;

    /// <summary>Neighbours in time are not neighbours in the tables: the n-th report comes from unit n × Stride mod Units.</summary>
    public const int Stride = 7919;

    /// <summary>Units in one county.</summary>
    public const int UnitsPerCounty = 30;

    /// <summary>Code of the first county.</summary>
    public const int FirstCounty = 980_000;

    /// <summary>Number within its county of the first unit.</summary>
    public const int FirstUnit = 101;

    /// <summary>A county beside them with as many units as the largest has.</summary>
    public const string LargeCounty = "981499";

    /// <summary>How many.</summary>
    public const int LargeCountyUnits = 110;

    /// <summary>How often its first unit has filed.</summary>
    public const int LargeCountyRevisions = 5;

    const int FirstYear = 2021;
    const string Secret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

    const string Found = """
        insert into unit (code, name, kind, parent) values ('98', '基准省', 'province', '00');
        insert into unit (code, name, kind, parent)
        select (9800 + p)::text, '基准市' || p, 'prefecture', '98' from generate_series(0, 14) p;
        insert into unit (code, name, kind, parent)
        select (980000 + c)::text, '基准县' || c, 'county', (9800 + c / 100)::text from generate_series(0, 1399) c;
        insert into unit (code, name, kind, parent)
        select ((980000 + k / 30)::bigint * 1000 + 101 + k % 30)::text, '基准乡' || k, 'township', (980000 + k / 30)::text from generate_series(0, 41999) k;
        insert into api_key (id, role, scope, secret_sha256, created_by, created_at)
        select lpad(to_hex(k), 16, '0'), 'reporter', ((980000 + k / 30)::bigint * 1000 + 101 + k % 30)::text, sha256(convert_to(@secret, 'UTF8')), 'benchmark', now()
        from generate_series(0, 41999) k;
        insert into api_key (id, role, scope, secret_sha256, created_by, created_at)
        select lpad(to_hex(1000000 + c), 16, '0'), 'county', (980000 + c)::text, sha256(convert_to(@secret, 'UTF8')), 'benchmark', now() from generate_series(0, 1399) c;
        insert into api_key (id, role, scope, secret_sha256, created_by, created_at)
        values (lpad(to_hex(2000000), 16, '0'), 'viewer', '00', sha256(convert_to(@secret, 'UTF8')), 'benchmark', now()),
            (lpad(to_hex(2000001), 16, '0'), 'county', '981499', sha256(convert_to(@secret, 'UTF8')), 'benchmark', now());
        insert into unit (code, name, kind, parent) values ('981499', '基准大县', 'county', '9814');
        insert into unit (code, name, kind, parent)
        select (981499101 + k)::text, '基准乡' || k, 'township', '981499' from generate_series(0, 109) k
        """;

    const string Open = """
        insert into reporting_year (county, year, form, due_date, county_due_date)
        select (980000 + c)::text, @year, '2021', make_date(@year + 1, 1, 31), make_date(@year + 1, 3, 31) from generate_series(0, 1399) c;
        insert into filing (county, year, unit)
        select (980000 + k / 30)::text, @year, ((980000 + k / 30)::bigint * 1000 + 101 + k % 30)::text from generate_series(0, 41999) k;
        insert into total (division, year, form)
        select code, @year, '2021' from unit where code like '98%' and kind in ('province', 'prefecture', 'county') union all select '00', @year, '2021'
        """;

    const string OpenLargeCounty = """
        insert into reporting_year (county, year, form, due_date, county_due_date) values ('981499', 2020, '2021', '2050-01-31', '2050-03-31');
        insert into filing (county, year, unit) select '981499', 2020, (981499101 + k)::text from generate_series(0, 109) k;
        insert into total (division, year, form) select division, 2020, '2021' from unnest(array['981499', '9814', '98', '00']) division
        """;

    // What the checks, totals and rosters read of a report; its body is in the table, but they do not look at it.
    const string Plant = """
        insert into revision (county, year, unit, revision, outcome, form, figures, prose, findings, body, sha256, filed_at, received_at, late, actor, late_correction)
        select f.county, f.year, f.unit, 1, 'submitted', '2021', @figures, '{}', '[]', '{}', '', now(), now(), false, 'benchmark', false
        from filing f where f.year = any(@years) and f.county like '98%';
        update filing set status = 'submitted', revision = 1, filed_revision = 1, filed_at = now() where year = any(@years)
        """;

    const string MarkAll = """
        insert into stale_total (division, year) select division, year from total where year = any(@years) order by length(division) desc, division
        """;

    int years;

    Nation(string connectionString) => ConnectionString = connectionString;

    /// <summary>The owner's connection string.</summary>
    public string ConnectionString { get; }

    /// <summary>Process id of the database server.</summary>
    public int ServerProcess { get; private set; }

    /// <summary>Key of a viewer of everything.</summary>
    public static string ViewerKey { get; } = KeyOf(2_000_000);

    /// <summary>Key of the large county.</summary>
    public static string LargeCountyKey { get; } = KeyOf(2_000_001);

    /// <summary>A new database with the nation in it.</summary>
    public static async Task<Nation> FoundAsync(string connectionString)
    {
        await Migrator.MigrateAsync(connectionString, CancellationToken.None);
        var nation = new Nation(connectionString);
        await nation.ExecuteAsync(Found, ("secret", Secret));
        nation.ServerProcess = await nation.FindServerAsync();
        return nation;
    }

    /// <summary>Opens the next year in every county and leaves the server as every measurement finds it: vacuumed, with a checkpoint behind it.</summary>
    public async Task<int> OpenYearAsync()
    {
        var year = FirstYear + years++;
        await ExecuteAsync(Open, ("year", year));
        await ExecuteAsync("delete from stale_total");
        await ExecuteAsync("vacuum (analyze) unit, reporting_year, filing, revision, stale_total, total, audit, api_key");

        // CHECKPOINT is for superusers; copying a database by its files begins and ends with one.
        await ExecuteAsync("create database checkpoint template template0 strategy file_copy");
        await ExecuteAsync("drop database checkpoint");
        return year;
    }

    /// <summary>Opens a year in the large county; all its units have filed, the first one again and again. Its totals are planted.</summary>
    public async Task<int> OpenLargeCountyAsync(Uri address)
    {
        const int Year = 2020;
        await ExecuteAsync(OpenLargeCounty);
        using var client = new HttpClient { BaseAddress = address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", LargeCountyKey) } };
        for (var number = 0; number < LargeCountyUnits + LargeCountyRevisions - 1; number++)
        {
            byte[] report = [.. Body];
            Utf8Formatter.TryFormat(981_499_101 + (number < LargeCountyUnits ? number : 0), report.AsSpan(UnitOffset), out _);
            using var body = new ByteArrayContent(report) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var answer = await client.PostAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"/api/v1/counties/{LargeCounty}/years/{Year}/submissions"), UriKind.Relative), body);
            answer.EnsureSuccessStatusCode();
        }

        using var worker = AggregatorProcess.StartWorker(ConnectionString);
        await WaitUntilFreshAsync();
        await ExecuteAsync("vacuum (analyze) unit, reporting_year, filing, revision, stale_total, total, audit, api_key");
        return Year;
    }

    /// <summary>Files the report of every unit for these years, straight into the tables.</summary>
    public async Task PlantReportsAsync(List<int> planted)
    {
        var figures = Submissions.SubmissionReader.Read(Body).Value!.Figures.Values;
        await ExecuteAsync(Plant, ("figures", figures), ("years", planted.ToArray()));
        await ExecuteAsync("vacuum (analyze) unit, reporting_year, filing, revision, stale_total, total, audit, api_key");
    }

    /// <summary>Marks all totals of these years stale.</summary>
    public Task MarkAllAsync(List<int> stale) => ExecuteAsync(MarkAll, ("years", stale.ToArray()));

    /// <summary>Waits until no total is stale.</summary>
    public async Task WaitUntilFreshAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var stale = new NpgsqlCommand("select exists (select from stale_total)", connection);
        while ((bool)(await stale.ExecuteScalarAsync())!)
        {
            await Task.Delay(10);
        }
    }

    /// <summary>How many reports the nation's total includes.</summary>
    public static async Task<int> IncludedAsync(NpgsqlConnection connection, int year)
    {
        await using var command = new NpgsqlCommand("select included from total where division = '00' and year = $1", connection) { Parameters = { new() { Value = year } } };
        return (int)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The unit that the n-th report of a measurement comes from.</summary>
    public static int UnitAt(long number) => (int)(number * Stride % Units);

    /// <summary>County of a unit.</summary>
    public static int CountyOf(int unit) => FirstCounty + (unit / UnitsPerCounty);

    /// <summary>Code of a unit.</summary>
    public static int CodeOf(int unit) => (CountyOf(unit) * 1000) + FirstUnit + (unit % UnitsPerCounty);

    /// <summary>Key of a unit.</summary>
    public static string UnitKey(int unit) => KeyOf(unit);

    /// <summary>Key of a unit's county.</summary>
    public static string CountyKey(int unit) => KeyOf(1_000_000 + CountyOf(unit) - FirstCounty);

    /// <summary>
    /// A report that every unit hands in: correct, every kind of figure, 6 kB of prose that compresses as real prose does
    /// because hardly a sentence comes twice. Its unit has nine digits, for the caller to overwrite.
    /// </summary>
    public static byte[] Body { get; } = MakeBody();

    /// <summary>Where in the body the unit's code stands.</summary>
    public static int UnitOffset { get; } = Body.AsSpan().IndexOf("980000101"u8);

    /// <summary>The body of one unit.</summary>
    public static byte[] BodyOf(int unit)
    {
        byte[] body = [.. Body];
        Utf8Formatter.TryFormat(CodeOf(unit), body.AsSpan(UnitOffset), out _);
        return body;
    }

    static byte[] MakeBody()
    {
        var report = RandomReport.Consistent("2021", new Random(1)).ToJson("980000101");
        var prose = Prose.Write(new Random(1));
        report["prose"] = new System.Text.Json.Nodes.JsonObject { ["overview"] = prose[..1400], ["problems"] = prose[1400..1800], ["other"] = prose[1800..2000] };
        return Encoding.UTF8.GetBytes(report.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    static string KeyOf(int id) => $"agg_{id:x16}_{Secret}";

    /// <summary>The parent of our own backend.</summary>
    async Task<int> FindServerAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        var stat = await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{connection.ProcessID}/stat"));
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    async Task ExecuteAsync(string sql, params (string Name, object Value)[] parameters)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        await command.ExecuteNonQueryAsync();
    }
}
