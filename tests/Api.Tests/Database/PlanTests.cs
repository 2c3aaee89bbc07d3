using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Aggregator.Database;
using Aggregator.Testing;
using Npgsql;

namespace Aggregator.Api.Tests.Database;

/// <summary>
/// Every statement of every store, planned against three years of a nation of townships: whoever waits for an answer must not wait longer because
/// other counties have reported, or because years have passed.
/// </summary>
public sealed partial class PlanTests : IAsyncLifetime
{
    static readonly string[] large = ["unit", "api_key", "reporting_year", "filing", "revision", "total", "stale_total", "audit"];

    static readonly string[] partial = ["unit_merged", "audit_unsealed", "stale_total_above"];

    /// <summary>By jobs and commands, for which nobody waits, and by an operator who looks for a county.</summary>
    static readonly string[] mayScan = [
        "InstallationStore.SelectListed reads unit", "InstallationStore.SelectServed reads reporting_year",
        "OverdueStore.SelectCounties reads filing", "PersonalDataStore.Erase reads unit", "RecheckStore.SelectYears reads reporting_year",
        "ReminderStore.SelectYears reads filing", "ReminderStore.SelectYears reads reporting_year",
        "RetentionStore.DeleteKeys reads api_key", "TotalStore.MarkAll reads total"];

    /// <summary>Half a statement; what it begins is there as a whole.</summary>
    static readonly string[] pieces = ["DivisionStore.Standings", "SubmissionStore.InsertStart", "TotalStore.ClaimStart"];

    /// <summary>Types of parameters that a statement alone does not tell; the others are found out by PostgreSQL, and an array to unnest is one of texts.</summary>
    static readonly Dictionary<string, string> types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["now"] = "timestamptz",
        ["filedAt"] = "timestamptz",
        ["instants"] = "timestamptz[]",
        ["revisions"] = "int[]",
        ["ids"] = "bigint[]",
        ["AccountStore.CountTry.until"] = "timestamptz",
        ["AuditStore.WriteSeals.seqs"] = "bigint[]",
        ["AuditStore.WriteSeals.seals"] = "bytea[]",
        ["RosterStore.Upsert.late"] = "bool[]",
        ["BulkStore.InsertRun.rows"] = "int",
        ["BulkStore.InsertRun.kept"] = "int",
        ["DeliveryStore.InsertEvents.ids"] = "text[]",
        ["MailStore.WriteBounces.ids"] = "uuid[]",
    };

    const string Plant = """
        insert into reporting_year (county, year, form, due_date, county_due_date)
        select code, y, '2021', make_date(y + 1, 1, 31), make_date(y + 1, 3, 31) from unit, generate_series(2021, 2023) y where kind = 'county';
        insert into filing (county, year, unit, status, revision, filed_revision, filed_at)
        select left(code, 6), year, code, 'submitted', 1, 1, now() from unit u join reporting_year y on y.county = left(u.code, 6) where u.kind in ('street', 'town', 'township');
        insert into revision (county, year, unit, revision, outcome, form, figures, prose, findings, body, sha256, filed_at, received_at, late, actor, idempotency_key, late_correction)
        select county, year, unit, 1, 'submitted', '2021', '{1}', '{}', '[]', '', '', now(), now(), false, unit, year, false from filing;
        insert into audit (county, at, actor, action, year, subject) select county, now(), unit, 'submit', year, unit from filing;
        insert into api_key (id, role, scope, secret_sha256, created_by, created_at) select 'k' || code, 'reporter', code, '', '', now() from unit;
        insert into total (division, year, form) select code, y, '2021' from unit, generate_series(2021, 2023) y where kind in ('county', 'prefecture', 'province');
        insert into stale_total (division, year) select division, year from total;
        analyze
        """;

    TestDatabase? database;

    [Fact]
    public async Task No_request_reads_a_large_table_from_end_to_end()
    {
        await using var connection = new NpgsqlConnection(database!.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(connection, "set plan_cache_mode = force_generic_plan");
        var (planned, scans) = (0, new SortedSet<string>());
        foreach (var (name, sql) in Statements())
        {
            var plan = await PlanAsync(connection, sql, name);
            planned++;
            scans.UnionWith(Scans(plan, limited: false).Select(table => $"{name} reads {table}"));
        }

        planned.ShouldBeGreaterThan(120);
        scans.ShouldBe(mayScan.Order(StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await ExecuteAsync(connection, Plant);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => database?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The constants of the stores.</summary>
    static IEnumerable<(string Name, string Sql)> Statements() =>
        from type in typeof(AggregatorDatabase).Assembly.GetTypes()
        where type.Name.EndsWith("Store", StringComparison.Ordinal)
        from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
        where field is { IsLiteral: true } && field.FieldType == typeof(string)
        from sql in ((string)field.GetRawConstantValue()!).Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        let name = $"{type.Name}.{field.Name}"
        where Statement().IsMatch(sql) && !pieces.Contains(name)
        select (name, sql);

    /// <summary>The plan for any values at all.</summary>
    static async Task<JsonNode> PlanAsync(NpgsqlConnection connection, string sql, string statement)
    {
        var names = new List<string>();
        var numbered = Parameter().Replace(sql, match =>
        {
            var place = names.FindIndex(name => name.Equals(match.Groups[1].Value, StringComparison.OrdinalIgnoreCase));
            if (place < 0)
            {
                place = names.Count;
                names.Add(match.Groups[1].Value);
            }

            return $"${place + 1}";
        });
        string[] declared = [.. names.Select(name => types.GetValueOrDefault($"{statement}.{name}") ?? types.GetValueOrDefault(name)
            ?? (Regex.IsMatch(sql, $@"unnest\([^)]*@{name}\b(?!::)") ? "text[]" : "unknown"))];
        while (true)
        {
            try
            {
                await ExecuteAsync(connection, $"prepare planned{Listed(declared)} as {numbered}");
                break;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.IndeterminateDatatype && Number().Match(e.MessageText) is { Success: true } which)
            {
                declared[int.Parse(which.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1] = "text";
            }
            catch (PostgresException e)
            {
                throw new InvalidOperationException($"{statement} cannot be planned; if a type is missing, add it above.", e);
            }
        }

        await using var explain = new NpgsqlCommand($"explain (format json) execute planned{Listed([.. declared.Select(_ => "null")])}", connection);
        var plan = (string)(await explain.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        await ExecuteAsync(connection, "deallocate planned");
        return JsonNode.Parse(plan)![0]!["Plan"]!;
    }

    /// <summary>
    /// Large tables that are read from end to end, be it by way of an index. The first of an order is not that, nor what a partial index holds.
    /// </summary>
    static IEnumerable<string> Scans(JsonNode node, bool limited)
    {
        var (type, table) = ((string)node["Node Type"]!, (string?)node["Relation Name"]);
        if (large.Contains(table) && (type == "Seq Scan"
            || (type.StartsWith("Index", StringComparison.Ordinal) && node["Index Cond"] is null && !limited && !partial.Contains((string?)node["Index Name"]))))
        {
            yield return table!;
        }

        foreach (var below in node["Plans"]?.AsArray() ?? [])
        {
            foreach (var scan in Scans(below!, limited || type == "Limit"))
            {
                yield return scan;
            }
        }
    }

    static string Listed(string[] items) => items.Length == 0 ? "" : $"({string.Join(", ", items)})";

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("^(?:select|insert|update|delete|with) ")]
    private static partial Regex Statement();

    [GeneratedRegex("(?<!@)@([A-Za-z][A-Za-z0-9]*)")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\$(\d+)")]
    private static partial Regex Number();
}
