using System.Text;
using Aggregator.Access;
using Aggregator.Checks;
using Aggregator.Database;
using Aggregator.Submissions;
using Aggregator.Testing;
using Aggregator.Totals;
using Npgsql;

namespace Aggregator.Api.Tests.Database;

/// <summary>
/// Every schema that there has been is brought to this release while the programs of its time go on working, and they go on
/// working afterwards, so that a release can be taken back. docs/upgrading.md says which migrations keep it so.
/// </summary>
public sealed class UpgradeTests
{
    static readonly string[] scripts = [.. typeof(Migrator).Assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    // What the first program did for a submission, word for word in effect: it knows no column that came later.
    const string FileAsOfOld = """
        with filed as (
            update filing f set revision = f.revision + 1, status = 'submitted', filed_revision = f.revision + 1,
                filed_at = coalesce(f.filed_at, now()), hard = 0, warning = 0, notice = 0
            from reporting_year y
            where f.county = '360922' and f.year = 2021 and f.unit = @unit and f.expected and y.county = f.county and y.year = f.year and y.state = 'open'
            returning f.revision, is_late(coalesce(f.filed_at, now()), coalesce(f.due_date, y.due_date)) as late
        ), kept as (
            insert into revision (county, year, unit, revision, outcome, form, figures, prose, findings, body, sha256, filed_at, received_at, late, actor)
            select '360922', 2021, @unit, revision, 'submitted', '2021', @figures, array['', '', ''], '[]', @body, sha256(@body), now(), now(), late, 'old' from filed
        ), stale as (
            insert into stale_total (division, year) select '360922', 2021 from filed
        ), audited as (
            insert into audit (county, at, actor, action, year, subject, detail)
            select '360922', now(), 'old', 'submit', 2021, @unit, jsonb_build_object('revision', revision, 'filedAt', now(), 'late', late) from filed
        )
        select revision from filed
        """;

    const string Kept = "select string_agg(concat_ws(' ', unit, revision, encode(sha256, 'hex'), encode(sha256(body), 'hex')), ',' order by unit, revision) from revision where actor = 'old'";

    public static TheoryData<int> Released => [.. Enumerable.Range(2, scripts.Length - 2)];

    [Theory]
    [MemberData(nameof(Released))]
    public async Task A_released_schema_is_brought_to_this_release_under_load(int released)
    {
        await using var database = await OldAsync(released);
        var filed = 0;
        using var enough = new CancellationTokenSource();
        await using var old = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.ApiRole);
        var load = Enumerable.Range(1, 4).Select(n => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                (await FileAsync(old, $"360922-d{n}")).ShouldNotBeNull();
                Interlocked.Increment(ref filed);
            }
        })).ToArray();
        while (Volatile.Read(ref filed) < 20)
        {
            await Task.Delay(5);
        }

        var applied = await Migrator.MigrateAsync(database.ConnectionString, TestContext.Current.CancellationToken);

        applied.ShouldBe(scripts[released..]);
        var afterwards = Volatile.Read(ref filed) + 20;
        while (Volatile.Read(ref filed) < afterwards)
        {
            (await Task.WhenAny([.. load, Task.Delay(5)])).IsFaulted.ShouldBeFalse("the old programs go on");
        }

        await enough.CancelAsync();
        await Task.WhenAll(load);
        (await database.ScalarAsync<long>("select count(*) from revision")).ShouldBe(filed);
        (await database.ScalarAsync<long>("select count(*) from audit where action = 'submit'")).ShouldBe(filed);
        await CurrentProgramsWorkAsync(database, filed);
    }

    [Fact]
    public async Task A_migration_that_has_to_wait_for_a_reader_keeps_nobody_waiting_behind_it()
    {
        await using var database = await OldAsync(Array.IndexOf(scripts, "0015_create_job_run.sql"));
        await using var old = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.ApiRole);
        await using var reader = new NpgsqlConnection(database.ConnectionString);
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        await using var reading = await reader.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var read = new NpgsqlCommand("select (select count(*) from revision), (select count(*) from stale_total), (select count(*) from session)", reader, reading);
        await read.ExecuteScalarAsync(TestContext.Current.CancellationToken);

        var migrating = Migrator.MigrateAsync(database.ConnectionString, TestContext.Current.CancellationToken);
        while (!await database.ScalarAsync<bool>("select exists (select from pg_locks where not granted and mode = 'AccessExclusiveLock')"))
        {
            migrating.IsCompleted.ShouldBeFalse();
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await FileAsync(old, "360922-d1");

        migrating.IsCompleted.ShouldBeFalse("it waits for the reader, the report did not");
        await reading.CommitAsync(TestContext.Current.CancellationToken);
        (await migrating).ShouldNotBeEmpty();
    }

    /// <summary>A database as that many migrations left it, with reports in it.</summary>
    static async Task<TestDatabase> OldAsync(int migrations)
    {
        var database = await TestDatabase.CreateEmptyAsync();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        var sql = new StringBuilder("create table migration (name text primary key, sha256 bytea not null, applied_at timestamptz not null default now());");
        foreach (var script in scripts[..migrations])
        {
            sql.Append(Read(script, out var sha256)).Append($";insert into migration values ('{script}', '\\x{sha256}');");
        }

        const string Divisions = "divisions-2023.tsv.gz";
        _ = Read(Divisions, out var divisions);
        sql.Append($"""
            insert into migration values ('{Divisions}', '\x{divisions}');
            insert into unit (code, name, kind, parent) values ('360922', '万载县', 'county', '3609');
            insert into unit (code, name, kind, parent) select '360922-d' || n, '部门' || n, 'department', '360922' from generate_series(1, 5) n;
            insert into reporting_year (county, year, form, due_date, county_due_date) values ('360922', 2021, '2021', '2022-01-31', '2022-03-31');
            insert into total (division, year, form) values ('360922', 2021, '2021');
            insert into filing (county, year, unit) select '360922', 2021, code from unit where kind = 'department';
            """);
        await using var command = new NpgsqlCommand(sql.ToString(), connection);
        await command.ExecuteNonQueryAsync();
        return database;
    }

    static async Task<object?> FileAsync(NpgsqlDataSource database, string unit)
    {
        var report = RandomReport.Consistent("2021", Random.Shared);
        await using var command = database.CreateCommand(FileAsOfOld);
        command.Parameters.AddWithValue("unit", unit);
        command.Parameters.AddWithValue("figures", report.Figures.Values.ToArray());
        command.Parameters.AddWithValue("body", report.ToBody(unit));
        return await command.ExecuteScalarAsync();
    }

    /// <summary>This release reads what was filed before, files on it, adds it up and seals it.</summary>
    static async Task CurrentProgramsWorkAsync(TestDatabase database, int filed)
    {
        var token = TestContext.Current.CancellationToken;
        var before = await database.ScalarAsync<string>(Kept);
        await using var api = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.ApiRole);
        await using var worker = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.WorkerRole);
        var submissions = new SubmissionStore(api, RuleSettings.Default, TimeProvider.System);
        (await submissions.FindAsync("360922", 2021, "360922-d1", null, token)).ShouldNotBeNull().Status.ShouldBe("submitted");
        var body = Report.Zero("2021").ToBody("360922-d5");
        SubmissionReader.Read(body).Is(out var submission, out _).ShouldBeTrue();
        (await submissions.FileAsync(submission!, new FilingRequest("360922", 2021, "new", false, "key", null), token)).Value.ShouldNotBeNull().Revision.ShouldBe(1);
        var totals = new TotalStore(worker, RuleSettings.Default, TimeProvider.System);
        while (await totals.RefreshNextAsync(token))
        {
        }

        (await new RecheckStore(worker, totals).CheckAsync(new CountyYear("360922", 2021), token)).Differences.ShouldBeEmpty();
        var audit = new AuditStore(worker);
        while (await audit.SealAsync(token) > 0)
        {
        }

        (await audit.VerifyAsync("360922", TimeProvider.System.GetUtcNow(), token)).Sealed.ShouldBe(filed + 1);
        var hashes = (await database.ScalarAsync<string>(Kept)).ShouldNotBeNull();
        hashes.ShouldBe(before);
        foreach (var words in hashes.Split(',').Select(line => line.Split(' ')))
        {
            words[3].ShouldBe(words[2], "the body is what was hashed when it came");
        }
    }

    static string Read(string name, out string sha256)
    {
        using var bytes = new MemoryStream();
        typeof(Migrator).Assembly.GetManifestResourceStream(name)!.CopyTo(bytes);
        sha256 = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes.ToArray()));
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
