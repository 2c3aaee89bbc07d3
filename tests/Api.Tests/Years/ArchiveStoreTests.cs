using System.IO.Compression;
using System.Text;
using Aggregator.Access;
using Aggregator.Checks;
using Aggregator.Database;
using Aggregator.Testing;
using Aggregator.Totals;
using Aggregator.Years;

namespace Aggregator.Api.Tests.Years;

/// <summary>A county's year goes into a file and comes out of it in another installation as it was.</summary>
public sealed class ArchiveStoreTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    // Everything that was received or frozen, without what each installation numbers itself.
    static readonly string[] tables = ["filing", "revision", "waiver", "adjustment", "narrative", "ladder", "bulk_file", "edition", "reporting_year"];

    [Fact]
    public async Task A_published_year_is_the_same_in_another_installation_and_its_total_is_added_up_there()
    {
        var (county, archive) = await ArchiveOfPublishedYearAsync();
        await using var other = await TestDatabase.CreateAsync();
        await using var owner = AggregatorDatabase.Open(other.ConnectionString);
        await using var worker = AggregatorDatabase.Open(other.ConnectionString, AggregatorDatabase.WorkerRole);

        var imported = await new ArchiveStore(owner, api.Clock).ImportAsync(new MemoryStream(archive), TestContext.Current.CancellationToken);

        imported.Refusal.ShouldBeNull();
        foreach (var table in tables)
        {
            var rows = $"select string_agg((to_jsonb(t) - 'id')::text, E'\\n' order by (to_jsonb(t) - 'id')::text) from {table} t where county = '{county.Code}'";
            (await other.ScalarAsync<string>(rows)).ShouldBe((await api.Database.ScalarAsync<string>(rows)).ShouldNotBeNull(table), table);
        }

        var totals = new TotalStore(worker, RuleSettings.Default, api.Clock);
        while (await totals.RefreshNextAsync(TestContext.Current.CancellationToken))
        {
        }

        const string Total = "select (figures, expected, included, missing, sources, source_revisions)::text from total where division = '{0}'";
        (await other.ScalarAsync<string>(string.Format(null, Total, county.Code))).ShouldBe(await api.Database.ScalarAsync<string>(string.Format(null, Total, county.Code)));
        (await new RecheckStore(worker, totals).CheckAsync(new CountyYear(county.Code, 2021), TestContext.Current.CancellationToken)).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_audit_goes_on_with_the_other_installations_own_chain_and_nobody_is_told_again()
    {
        var (county, archive) = await ArchiveOfPublishedYearAsync();
        await using var other = await TestDatabase.CreateAsync();
        await using var owner = AggregatorDatabase.Open(other.ConnectionString);
        await other.ScalarAsync<int>($"insert into audit (county, at, actor, action, subject) values ('{county.Code}', now(), 'x', 'create_key', 'y')");
        await using var worker = AggregatorDatabase.Open(other.ConnectionString, AggregatorDatabase.WorkerRole);
        var audit = new AuditStore(worker);
        await audit.SealAsync(TestContext.Current.CancellationToken);

        (await new ArchiveStore(owner, api.Clock).ImportAsync(new MemoryStream(archive), TestContext.Current.CancellationToken)).Refusal.ShouldBeNull();
        await audit.SealAsync(TestContext.Current.CancellationToken);

        var check = await audit.VerifyAsync(county.Code, api.Clock.GetUtcNow(), TestContext.Current.CancellationToken);
        (check.Whole, check.Unsealed).ShouldBe((true, 0));
        const string Lines = "select string_agg(concat_ws(' ', at, actor, action, subject, detail), E'\\n' order by seq) from audit where year = 2021 and action <> 'import_year' and county = '{0}'";
        (await other.ScalarAsync<string>(string.Format(null, Lines, county.Code))).ShouldBe((await api.Database.ScalarAsync<string>(string.Format(null, Lines, county.Code))).ShouldNotBeNull());
        (await other.ScalarAsync<string>("select detail->>'sha256' from audit where action = 'import_year'"))
            .ShouldBe(await api.Database.ScalarAsync<string>($"select encode(sha256, 'hex') from audit where county = '{county.Code}' order by seq desc limit 1"));
        (await other.ScalarAsync<long>("select count(*) from mail")).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_there_is_never_overwritten()
    {
        var (_, archive) = await ArchiveOfPublishedYearAsync();
        await using var owner = AggregatorDatabase.Open(api.Database.ConnectionString);
        var before = await api.StoredAsync();

        var refused = await new ArchiveStore(owner, api.Clock).ImportAsync(new MemoryStream(archive), TestContext.Current.CancellationToken);

        refused.Refusal!.Code.ShouldBe("year_exists");
        (await api.StoredAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("revisions.ndjson", "archive_damaged")]
    [InlineData("files/", "archive_damaged")]
    [InlineData("audit.ndjson", "archive_damaged")]
    [InlineData("manifest.json", "not_an_archive")]
    public async Task One_changed_byte_anywhere_keeps_all_of_it_out(string entry, string code)
    {
        var (county, archive) = await ArchiveOfPublishedYearAsync();
        await using var other = await TestDatabase.CreateAsync();
        await using var owner = AggregatorDatabase.Open(other.ConnectionString);

        var refused = await new ArchiveStore(owner, api.Clock).ImportAsync(Changed(archive, entry), TestContext.Current.CancellationToken);

        refused.Refusal!.Code.ShouldBe(code);
        (await other.ScalarAsync<long>($"select count(*) from reporting_year where county = '{county.Code}'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_line_of_the_audit_that_was_changed_together_with_the_manifest_breaks_its_chain()
    {
        var (_, archive) = await ArchiveOfPublishedYearAsync();
        await using var other = await TestDatabase.CreateAsync();
        await using var owner = AggregatorDatabase.Open(other.ConnectionString);

        var refused = await new ArchiveStore(owner, api.Clock).ImportAsync(Forged(archive), TestContext.Current.CancellationToken);

        refused.Refusal!.Detail.ShouldContain("审计链在第");
    }

    async Task<(TestCounty County, byte[] Archive)> ArchiveOfPublishedYearAsync()
    {
        var county = await api.OpenCountyAsync();
        await (await county.Clerk.FileAsync(county.Year, county.Units[0], RealReports.Geshan2021)).ShouldBeAsync(201);
        await (await county.Clerk.FileAsync(county.Year, county.Units[1], RealReports.XiangningOffice2021)).ShouldBeAsync(422);
        foreach (var rule in (string[])["H1", "V2"])
        {
            await (await county.Clerk.PostAsync($"{county.Year}/submissions/{county.Units[1]}/findings/{rule}/waive", """{"reason":"原文如此"}""".AsJson())).ShouldBeAsync(200);
        }

        (await county.Clerk.PutAsync($"{county.Year}/totals/adjustments/disclosure.normativeDocuments.issued", """{"delta":-1,"reason":"联合发文"}""".AsJson())).EnsureSuccessStatusCode();
        (await county.Clerk.PutAsync($"{county.Year}/narrative/problems", """{"text":"写的话"}""".AsJson())).EnsureSuccessStatusCode();
        await api.Database.ScalarAsync<int>($"""
            insert into ladder values ('{county.Code}', 2021, 1, jsonb_build_object(), 'x', now());
            insert into bulk_file values ('{county.Code}', 2021, sha256('a,b'), 'text/csv', 'a,b', now(), 'x')
            """);
        await api.PublishAsync(county);
        await api.SealAuditAsync();
        await using var owner = AggregatorDatabase.Open(api.Database.ConnectionString);
        using var file = new MemoryStream();
        (await new ArchiveStore(owner, api.Clock).ExportAsync(county.Code, 2021, file, TestContext.Current.CancellationToken)).Refusal.ShouldBeNull();
        return (county, file.ToArray());
    }

    /// <summary>One byte of the first entry with such a name is another one.</summary>
    static MemoryStream Changed(byte[] archive, string entry)
    {
        var changed = new MemoryStream();
        changed.Write(archive);
        using (var zip = new ZipArchive(changed, ZipArchiveMode.Update, leaveOpen: true))
        {
            var found = zip.Entries.First(e => e.FullName.StartsWith(entry, StringComparison.Ordinal));
            if (entry == "manifest.json")
            {
                found.Delete();
            }
            else
            {
                using var content = found.Open();
                content.Seek(-2, SeekOrigin.End);
                content.WriteByte((byte)'#');
            }
        }

        return changed;
    }

    /// <summary>An actor's name in the audit is another one, and the manifest agrees.</summary>
    static MemoryStream Forged(byte[] archive)
    {
        var forged = new MemoryStream();
        forged.Write(archive);
        using (var zip = new ZipArchive(forged, ZipArchiveMode.Update, leaveOpen: true))
        {
            string Text(string name)
            {
                using var reader = new StreamReader(zip.GetEntry(name)!.Open());
                return reader.ReadToEnd();
            }

            void Put(string name, string text)
            {
                zip.GetEntry(name)!.Delete();
                using var content = zip.CreateEntry(name).Open();
                content.Write(Encoding.UTF8.GetBytes(text));
            }

            static string Digest(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));

            var audit = Text("audit.ndjson");
            var other = audit.Replace("\"action\":\"submit\"", "\"action\":\"accept\"", StringComparison.Ordinal);
            other.ShouldNotBe(audit);
            Put("audit.ndjson", other);
            Put("manifest.json", Text("manifest.json").Replace(Digest(audit), Digest(other), StringComparison.Ordinal));
        }

        return forged;
    }
}
