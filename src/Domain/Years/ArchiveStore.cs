using System.Data;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aggregator.Access;
using Aggregator.Units;
using Dapper;
using Npgsql;

namespace Aggregator.Years;

/// <summary>What an archive says about itself; its entry <c>manifest.json</c>.</summary>
/// <param name="Format"><see cref="ArchiveStore.Format"/>.</param>
/// <param name="County">County.</param>
/// <param name="Year">Report year.</param>
/// <param name="Version">Release that wrote it.</param>
/// <param name="ExportedAt">When.</param>
/// <param name="AuditHead">The end of the county's audit chain at that moment.</param>
/// <param name="Entries">Every other entry.</param>
public sealed record ArchiveManifest(
    string Format, string County, int Year, string Version, DateTimeOffset ExportedAt, AuditHead AuditHead, IReadOnlyList<ArchiveEntry> Entries);

/// <summary>An entry of an archive.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sha256">SHA-256 of its content, lower-case hex.</param>
/// <param name="Lines">Number of lines; null for a received file.</param>
public sealed record ArchiveEntry(string Name, string Sha256, int? Lines);

/// <summary>
/// One county's year as a file that another installation can read: docs/archive.md. It is read and written as the owner of the
/// database, for it holds what no program may change.
/// </summary>
public sealed class ArchiveStore(NpgsqlDataSource owner, TimeProvider time)
{
    /// <summary>The format, and its number.</summary>
    public const string Format = "aggregator-county-year/1";

    const string Manifest = "manifest.json";
    const string Audit = "audit.ndjson";

    const string OfYear = "t.county = @county and t.year = @year";

    // In the order in which they are read back. What is received as a file stands beside, once for each digest.
    static readonly Part[] parts =
    [
        new("units", "unit", "t.code = @county or t.code in (select unit from filing where county = @county and year = @year) or t.merged_into in (select unit from filing where county = @county and year = @year)", "t.code"),
        new("year", "reporting_year", OfYear, "t.year"),
        new("ladder", "ladder", OfYear, "t.year"),
        new("roster", "filing", OfYear, "t.unit"),
        new("revisions", "revision", OfYear, "t.unit, t.revision", File: "body"),
        new("sheets", "bulk_file", OfYear, "t.received_at", File: "content"),
        new("waivers", "waiver", OfYear, "t.id", Numbered: "id"),
        new("adjustments", "adjustment", OfYear, "t.path, t.revision"),
        new("narratives", "narrative", OfYear, "t.section, t.revision"),
        new("editions", "edition", OfYear, "t.number"),
    ];

    const string SelectChain = """
        select seq, id, at, actor, action, year, subject, detail::text as detail, sha256 from audit where county = @county and seq is not null order by seq
        """;

    const string SelectHead = "select seq, sha256 from audit where county = @county and seq is not null order by seq desc limit 1";

    const string SelectColumns = "select column_name::text from information_schema.columns where table_schema = 'public' and table_name = @table";

    const string SelectNumbers = "select nextval(pg_get_serial_sequence('audit', 'id')) from generate_series(1, @count)";

    const string InsertLine = """
        insert into audit (county, id, at, actor, action, year, subject, detail, seq, sha256) overriding system value
        values (@county, @id, @at, @actor, @action, @year, @subject, @detail::jsonb, @seq, @sha256)
        """;

    const string InsertOwnLine = """
        insert into audit (county, at, actor, action, year, subject, detail) values (@county, @now, 'console', @action, @year, @county,
            jsonb_build_object('sha256', @sha256::text, 'head', @head::text, 'lines', @lines::bigint))
        """;

    const string InsertTotals = """
        with totals as (
            insert into total (division, year, form) select d, @year, y.form from unnest(@divisions) d, reporting_year y where y.county = @county and y.year = @year
            on conflict do nothing
        )
        insert into stale_total (division, year) values (@county, @year)
        """;

    /// <summary>Writes a county's year, as it stands at one moment. Refusals: <c>year_not_found</c>, <c>audit_unsealed</c>.</summary>
    public async Task<Outcome<ArchiveManifest>> ExportAsync(string county, int year, Stream to, CancellationToken token)
    {
        var values = new { county, year };
        await using var connection = await owner.OpenConnectionAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, token);
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select exists (select from reporting_year t where " + OfYear + ")", values, transaction, cancellationToken: token)))
        {
            return new Refusal(RefusalKind.NotFound, "year_not_found", $"{county} 还没有开设 {year} 年度的报送。");
        }

        if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select exists (select from audit where county = @county and seq is null)", values, transaction, cancellationToken: token)))
        {
            return new Refusal(RefusalKind.Conflict, "audit_unsealed", "还有审计记录没有封存；后台进程（Worker）运行几秒之后再试。");
        }

        var entries = new List<ArchiveEntry>();
        var head = new AuditHead(0, Convert.ToHexStringLower(AuditChain.Start));
        using (var archive = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var part in parts)
            {
                var files = new List<(string Sha256, long Place)>();
                await using (var lines = new Entry(archive, $"{part.Name}.ndjson"))
                {
                    await foreach (var line in connection.QueryUnbufferedAsync<string>(part.SelectLines, values, transaction).WithCancellation(token))
                    {
                        await lines.WriteLineAsync(line, token);
                    }

                    entries.Add(lines.End());
                }

                if (part.File is not null)
                {
                    await foreach (var (sha256, content) in connection.QueryUnbufferedAsync<(byte[], byte[])>(part.SelectFiles, values, transaction).WithCancellation(token))
                    {
                        var name = FileName(Convert.ToHexStringLower(sha256));
                        if (!entries.Exists(e => e.Name == name))
                        {
                            await using var file = new Entry(archive, name, lines: false);
                            await file.WriteAsync(content, token);
                            entries.Add(file.End());
                        }
                    }
                }
            }

            await using (var lines = new Entry(archive, Audit))
            {
                await foreach (var row in connection.QueryUnbufferedAsync<ChainRow>(SelectChain, values, transaction).WithCancellation(token))
                {
                    head = new AuditHead(row.Seq, Convert.ToHexStringLower(row.Sha256));
                    await lines.WriteLineAsync(JsonSerializer.Serialize(row.ToSealed(county), StoredJson.Readable.SealedLine), token);
                }

                entries.Add(lines.End());
            }

            var manifest = new ArchiveManifest(Format, county, year, Release.Version, time.GetUtcNow(), head, entries);
            await using (var last = new Entry(archive, Manifest, lines: false))
            {
                await last.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(manifest, StoredJson.Readable.ArchiveManifest), token);
            }

            return manifest;
        }
    }

    /// <summary>
    /// Reads a county's year in, all or nothing, after every digest and seal has been checked. Refusals: <c>not_an_archive</c>,
    /// <c>newer_archive</c>, <c>archive_damaged</c>, <c>county_not_found</c>, <c>year_exists</c>.
    /// </summary>
    public async Task<Outcome<ArchiveManifest>> ImportAsync(Stream from, CancellationToken token)
    {
        try
        {
            using var archive = new ZipArchive(from, ZipArchiveMode.Read, leaveOpen: true);
            return !Verify(archive).Is(out var manifest, out var refusal) ? refusal : await InsertAsync(archive, manifest, token);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or FormatException or NullReferenceException)
        {
            return Damaged("读不出来");
        }
    }

    /// <summary>Every digest of the manifest, every received file under its own, and the whole chain of the audit.</summary>
    static Outcome<ArchiveManifest> Verify(ZipArchive archive)
    {
        if (archive.GetEntry(Manifest) is not { } first)
        {
            return new Refusal(RefusalKind.Invalid, "not_an_archive", "这不是年度档案文件：缺少 manifest.json。");
        }

        using var opened = first.Open();
        var manifest = JsonSerializer.Deserialize(opened, StoredJson.Readable.ArchiveManifest)!;
        if (manifest.Format != Format)
        {
            return new Refusal(RefusalKind.Unacceptable, "newer_archive", $"档案格式是“{manifest.Format}”，这一版只认“{Format}”。");
        }

        foreach (var entry in manifest.Entries)
        {
            if (archive.GetEntry(entry.Name) is not { } found || Digest(found) != entry.Sha256
                || (entry.Lines is null && entry.Name != FileName(entry.Sha256)))
            {
                return Damaged($"“{entry.Name}”与清单中的摘要（SHA-256）不符");
            }
        }

        var (seq, head) = (0L, AuditChain.Start);
        foreach (var line in Lines(archive, Audit).Select(l => JsonSerializer.Deserialize(l, StoredJson.Readable.SealedLine)!))
        {
            head = AuditChain.Seal(head, manifest.County, ++seq, LineOf(line));
            if (line.Seq != seq || Convert.ToHexStringLower(head) != line.Sha256)
            {
                return Damaged($"审计链在第 {seq} 条断开");
            }
        }

        return manifest.AuditHead == new AuditHead(seq, Convert.ToHexStringLower(head)) ? manifest : Damaged("审计链不完整");
    }

    async Task<Outcome<ArchiveManifest>> InsertAsync(ZipArchive archive, ArchiveManifest manifest, CancellationToken token)
    {
        var (county, year) = (manifest.County, manifest.Year);
        await using var connection = await owner.OpenConnectionAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        Task<T?> ScalarAsync<T>(string sql) => connection.ExecuteScalarAsync<T>(new CommandDefinition(sql, new { county, year }, transaction, cancellationToken: token));
        if (!await ScalarAsync<bool>("select exists (select from unit where code = @county and kind = 'county')"))
        {
            return new Refusal(RefusalKind.NotFound, "county_not_found", $"本系统没有代码为“{county}”的县。");
        }

        await ScalarAsync<int>("select 1 from unit where code = @county for update");
        if (await ScalarAsync<bool>("select exists (select from reporting_year t where " + OfYear + ")"))
        {
            return new Refusal(RefusalKind.Conflict, "year_exists", $"{county} 的 {year} 年度在本系统已有数据；导入不覆盖已有数据。");
        }

        foreach (var part in parts)
        {
            HashSet<string> columns = [.. await connection.QueryAsync<string>(new CommandDefinition(SelectColumns, new { table = part.Table }, transaction, cancellationToken: token))];
            foreach (var line in Lines(archive, $"{part.Name}.ndjson"))
            {
                using var row = JsonDocument.Parse(line);
                string[] given = [.. row.RootElement.EnumerateObject().Select(m => m.Name)];
                if (given.FirstOrDefault(g => !columns.Contains(g)) is { } unknown)
                {
                    return new Refusal(RefusalKind.Unacceptable, "newer_archive", $"档案来自较新的版本（{manifest.Version}）：本系统没有 {part.Table}.{unknown}；请先升级。");
                }

                if (part.Table != "unit" && (row.RootElement.GetProperty("county").GetString() != county || row.RootElement.GetProperty("year").GetInt32() != year))
                {
                    return Damaged($"{part.Name} 中有别的县或别的年度的数据");
                }

                var content = part.File is null ? null : Content(archive, row.RootElement.GetProperty("sha256").GetString()!["\\x".Length..]);
                await connection.ExecuteAsync(new CommandDefinition(part.Insert(given), new { line, content }, transaction, cancellationToken: token));
            }
        }

        if (Lines(archive, "year.ndjson").Select(l => JsonDocument.Parse(l).RootElement.GetProperty("published_edition")).Single() is { ValueKind: JsonValueKind.Number } edition)
        {
            await connection.ExecuteAsync(new CommandDefinition("update reporting_year t set published_edition = @number where " + OfYear, new { number = edition.GetInt32(), county, year }, transaction, cancellationToken: token));
        }

        await EnterLinesAsync(connection, transaction, archive, manifest, token);
        var divisions = new List<string>();
        for (string? division = county; division is not null; division = UnitCode.Above(division))
        {
            divisions.Add(division);
        }

        await connection.ExecuteAsync(new CommandDefinition(InsertTotals, new { county, year, divisions = divisions.ToArray() }, transaction, cancellationToken: token));
        await transaction.CommitAsync(token);
        return manifest;
    }

    /// <summary>
    /// The year's lines go on with this installation's own chain: sealed at once, for an unsealed one would be told to webhooks and
    /// by mail as if it had just happened. A line before them names the chain that they come from.
    /// </summary>
    async Task EnterLinesAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, ZipArchive archive, ArchiveManifest manifest, CancellationToken token)
    {
        var county = manifest.County;
        await connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(@SealingLock)", new { AuditStore.SealingLock }, transaction, cancellationToken: token));
        List<AuditLine> lines = [.. Lines(archive, Audit).Select(l => JsonSerializer.Deserialize(l, StoredJson.Readable.SealedLine)!).Where(l => l.Year == manifest.Year).Select(LineOf)];
        await connection.ExecuteAsync(new CommandDefinition(InsertOwnLine,
            new { county, now = time.GetUtcNow(), action = "import_year", year = manifest.Year, sha256 = manifest.AuditHead.Sha256, head = manifest.AuditHead.Seq.ToString(CultureInfo.InvariantCulture), lines = lines.Count },
            transaction, cancellationToken: token));
        var numbers = (await connection.QueryAsync<long>(new CommandDefinition(SelectNumbers, new { count = lines.Count }, transaction, cancellationToken: token))).Order().ToArray();
        var (seq, head) = await connection.QuerySingleOrDefaultAsync<(long, byte[]?)>(new CommandDefinition(SelectHead, new { county }, transaction, cancellationToken: token));
        head ??= AuditChain.Start;
        foreach (var (line, id) in lines.Zip(numbers, (line, id) => (line with { Id = id }, id)))
        {
            head = AuditChain.Seal(head, county, ++seq, line);
            await connection.ExecuteAsync(new CommandDefinition(InsertLine,
                new { county, id, at = line.At, actor = line.Actor, action = line.Action, year = line.Year, subject = line.Subject, detail = line.Detail, seq, sha256 = head },
                transaction, cancellationToken: token));
        }
    }

    static Refusal Damaged(string how) => new(RefusalKind.Unacceptable, "archive_damaged", $"档案不完整或被改动过：{how}。没有导入任何数据。");

    static string FileName(string sha256) => $"files/{sha256}";

    static AuditLine LineOf(SealedLine line) => new(
        line.Id, DateTimeOffset.Parse(line.At, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind), line.Actor, line.Action, line.Year, line.Subject, line.Detail);

    static string Digest(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    static byte[] Content(ZipArchive archive, string sha256)
    {
        using var content = (archive.GetEntry(FileName(sha256)) ?? throw new InvalidDataException(sha256)).Open();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    static IEnumerable<string> Lines(ZipArchive archive, string name)
    {
        using var reader = new StreamReader((archive.GetEntry(name) ?? throw new InvalidDataException(name)).Open(), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <summary>The rows of a table that belong to a county's year.</summary>
    /// <param name="Name">Name of its entry, without <c>.ndjson</c>.</param>
    /// <param name="Table">The table.</param>
    /// <param name="Where">Which rows.</param>
    /// <param name="Order">Their order.</param>
    /// <param name="File">The column with a received file, which stands in an entry of its own.</param>
    /// <param name="Numbered">The column that every installation numbers itself.</param>
    sealed record Part(string Name, string Table, string Where, string Order, string? File = null, string? Numbered = null)
    {
        public string SelectLines => $"select (to_jsonb(t) - '{File ?? Numbered ?? ""}')::text from {Table} t where {Where} order by {Order}";

        public string SelectFiles => $"select sha256, {File} from {Table} t where {Where} order by {Order}";

        /// <summary>Names of columns come from the catalogue of the database, so they can stand in the text.</summary>
        public string Insert(string[] columns)
        {
            var names = string.Join(", ", columns.Where(c => c != "published_edition"));
            return $"""
                insert into {Table} ({names}{(File is null ? "" : $", {File}")})
                select {names}{(File is null ? "" : ", @content")} from jsonb_populate_record(null::{Table}, @line::jsonb){(Table == "unit" ? " on conflict do nothing" : "")}
                """;
        }
    }

    sealed record ChainRow(long Seq, long Id, DateTimeOffset At, string Actor, string Action, int? Year, string Subject, string? Detail, byte[] Sha256)
    {
        public SealedLine ToSealed(string county) =>
            new(county, Seq, Id, AuditChain.Instant(At), Actor, Action, Year, Subject, Detail, Convert.ToHexStringLower(Sha256));
    }

    /// <summary>An entry that is being written, and its digest.</summary>
    sealed class Entry(ZipArchive archive, string name, bool lines = true) : IAsyncDisposable
    {
        readonly Stream content = archive.CreateEntry(name, CompressionLevel.Optimal).Open();
        readonly IncrementalHash sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int count;

        public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken token)
        {
            sha256.AppendData(bytes.Span);
            await content.WriteAsync(bytes, token);
        }

        public Task WriteLineAsync(string line, CancellationToken token)
        {
            count++;
            return WriteAsync(Encoding.UTF8.GetBytes(line + '\n'), token);
        }

        public ArchiveEntry End() => new(name, Convert.ToHexStringLower(sha256.GetHashAndReset()), lines ? count : null);

        public ValueTask DisposeAsync()
        {
            sha256.Dispose();
            return content.DisposeAsync();
        }
    }
}
