using System.Buffers.Text;
using System.Globalization;
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

    const int FirstYear = 2021;
    const string Secret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

    const string Found = """
        insert into unit (code, name, kind, parent) values ('98', '基准省', 'province', '00');
        insert into unit (code, name, kind, parent)
        select (9800 + p)::text, '基准市' || p, 'prefecture', '98' from generate_series(0, 13) p;
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
        values (lpad(to_hex(2000000), 16, '0'), 'viewer', '00', sha256(convert_to(@secret, 'UTF8')), 'benchmark', now())
        """;

    const string Open = """
        insert into reporting_year (county, year, form, due_date, county_due_date)
        select (980000 + c)::text, @year, '2021', make_date(@year + 1, 1, 31), make_date(@year + 1, 3, 31) from generate_series(0, 1399) c;
        insert into filing (county, year, unit)
        select (980000 + k / 30)::text, @year, ((980000 + k / 30)::bigint * 1000 + 101 + k % 30)::text from generate_series(0, 41999) k;
        insert into total (division, year, form)
        select code, @year, '2021' from unit where code like '98%' and kind in ('province', 'prefecture', 'county') union all select '00', @year, '2021'
        """;

    int years;

    Nation(string connectionString) => ConnectionString = connectionString;

    /// <summary>The owner's connection string.</summary>
    public string ConnectionString { get; }

    /// <summary>Process id of the database server.</summary>
    public int ServerProcess { get; private set; }

    /// <summary>Key of a viewer of everything.</summary>
    public static string ViewerKey { get; } = KeyOf(2_000_000);

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
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        await command.ExecuteNonQueryAsync();
    }
}
