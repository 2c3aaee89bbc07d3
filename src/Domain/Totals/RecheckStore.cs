using System.Data;
using System.Security.Cryptography;
using Aggregator.Submissions;
using Dapper;
using Npgsql;

namespace Aggregator.Totals;

/// <summary>A county's year that is added up anew.</summary>
public sealed record CountyYear(string County, int Year);

/// <summary>What a recheck of one county's year found.</summary>
/// <param name="Reports">Reports that were read again from their bodies.</param>
/// <param name="Differences">What differs, in Chinese and without figures.</param>
public sealed record Recheck(int Reports, IReadOnlyList<string> Differences);

/// <summary>Reads every report that counts again from the body as it was received, and compares: with the stored figures, and with the total.</summary>
public sealed class RecheckStore(NpgsqlDataSource database, TotalStore totals)
{
    const string SelectYears = "select county, year from reporting_year where state <> 'published' order by county, year";

    const string SelectReports = """
        select r.unit, r.revision, r.form, r.figures, r.body, r.sha256
        from filing f
        join revision r on r.county = f.county and r.year = f.year and r.unit = f.unit and r.revision = f.filed_revision
        where f.county = @County and f.year = @Year and f.expected and f.status in ('submitted', 'accepted') and r.media_type = 'application/json'
        order by r.unit
        """;

    /// <summary>Years whose totals follow the reports; a published one repeats its edition.</summary>
    public async Task<IReadOnlyList<CountyYear>> ListYearsAsync(CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return (await connection.QueryAsync<CountyYear>(new CommandDefinition(SelectYears, cancellationToken: token))).AsList();
    }

    /// <summary>Rechecks one county's year at one moment; its reports are read one after the other.</summary>
    public async Task<Recheck> CheckAsync(CountyYear year, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, token);
        var differences = new List<string>();
        var reread = new Dictionary<string, decimal?[]>();
        await foreach (var report in connection.QueryUnbufferedAsync<ReportRow>(SelectReports, year, transaction).WithCancellation(token))
        {
            var (figures, difference) = report.Read();
            reread[report.Unit] = figures;
            if (difference is not null)
            {
                differences.Add($"{year.County} {year.Year} 年度 {report.Unit} 第 {report.Revision} 稿：{difference}。");
            }
        }

        if (await TotalStore.ReadAsync(connection, year.County, year.Year, token) is { Stale: false } total
            && !total.Says(await totals.CountAsync(connection, total, token, reread)))
        {
            differences.Add($"{year.County} {year.Year} 年度：汇总数据与按报送原文重新汇总的结果不一致，已安排重新汇总。");
        }

        return new Recheck(reread.Count, differences);
    }

    sealed record ReportRow(string Unit, int Revision, string Form, decimal?[] Figures, byte[] Body, byte[] Sha256)
    {
        /// <summary>The figures that the body says, or the stored ones where it says none; and what is wrong.</summary>
        public (decimal?[] Figures, string? Difference) Read()
        {
            if (!SHA256.HashData(Body).AsSpan().SequenceEqual(Sha256))
            {
                return (Figures, "报送原文与收到时的摘要（SHA-256）不符");
            }

            if (!SubmissionReader.Read(Body).Is(out var submission, out var refusal))
            {
                return (Figures, $"报送原文无法读出（{refusal.Code}）");
            }

            if (submission.Figures.Form.Code != Form)
            {
                return (Figures, "报送原文的格式与入库的格式不同");
            }

            decimal?[] said = [.. submission.Figures.Values];
            var cells = said.Zip(Figures).Count(pair => pair.First != pair.Second);
            return (said, cells == 0 ? null : $"报送原文与入库数据有 {cells} 格不一致");
        }
    }
}
