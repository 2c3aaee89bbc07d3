using System.Text.Json;
using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Units;
using Dapper;
using Npgsql;

namespace Aggregator.Totals;

/// <summary>Totals of counties and of every level above them.</summary>
public sealed class TotalStore(NpgsqlDataSource database, RuleSettings rules, TimeProvider time)
{
    /// <summary>Channel on which the Api says that something is stale.</summary>
    public const string Channel = "stale_total";

    // The row lock makes this worker the only one on this total; the others skip to the next.
    const string Claim = """
        select t.division, t.year, t.form, t.revision, t.figures, t.expected, t.included, t.missing, t.sources, t.source_revisions, t.findings::text as findings
        from stale_total s join total t using (division, year)
        order by s.id limit 1
        for update of t skip locked
        """;

    // After the lock and before the sources are read: a mark that arrives later stays, and so does its work.
    const string DeleteMarks = "delete from stale_total where division = @division and year = @year";

    const string SelectUnitSources = """
        select f.unit as code, f.filed_revision as revision, r.figures, 1 as expected, 1 as included, true as complete
        from filing f
        left join revision r on r.county = f.county and r.year = f.year and r.unit = f.unit and r.revision = f.filed_revision
            and r.form = @form and f.status in ('submitted', 'accepted')
        where f.county = @division and f.year = @year and f.expected
        order by f.unit
        """;

    const string SelectDivisionSources = """
        select u.code as code, t.revision, t.figures, coalesce(t.expected, 0) as expected, coalesce(t.included, 0) as included,
            coalesce(t.expected > 0 and t.included = t.expected and t.missing = '{}', false) as complete
        from unit u left join total t on t.division = u.code and t.year = @year and t.form = @form
        where u.parent = @division and u.kind in ('province', 'prefecture', 'county')
        order by u.code
        """;

    const string Update = """
        with written as (
            update total set figures = @figures::numeric[], expected = @expected, included = @included, missing = @missing, sources = @sources,
                source_revisions = @revisions, findings = @findings::jsonb, revision = revision + 1, computed_at = @now
            where division = @division and year = @year
        )
        insert into stale_total (division, year) select @above, @year where @above::text is not null
        """;

    const string Select = """
        select t.division, coalesce(u.name, t.division) as name, t.year, t.form, t.figures, t.expected, t.included, t.missing,
            t.findings::text as findings, t.revision, t.computed_at,
            exists (select from stale_total s where s.division = t.division and s.year = t.year) as stale
        from total t left join unit u on u.code = t.division
        where t.division = @division and t.year = @year
        """;

    const string SelectUnitContributions = """
        select s.unit, coalesce(u.name, s.unit) as name, s.revision, r.figures[@place] as value, r.filed_at, t.figures[@place] as total_value, t.revision as total_revision
        from total t
        cross join lateral unnest(t.sources, t.source_revisions) as s (unit, revision)
        join revision r on r.county = t.division and r.year = t.year and r.unit = s.unit and r.revision = s.revision
        left join unit u on u.code = s.unit
        where t.division = @division and t.year = @year
        order by s.unit
        """;

    const string SelectDivisionContributions = """
        select s.unit, coalesce(u.name, s.unit) as name, b.revision, b.figures[@place] as value, null::timestamptz as filed_at, t.figures[@place] as total_value, t.revision as total_revision
        from total t
        cross join lateral unnest(t.sources, t.source_revisions) as s (unit, revision)
        join total b on b.division = s.unit and b.year = t.year
        left join unit u on u.code = s.unit
        where t.division = @division and t.year = @year
        order by s.unit
        """;

    const string MarkAll = """
        insert into stale_total (division, year) select division, year from total order by length(division) desc, division
        """;

    /// <summary>
    /// Brings the longest-stale total up to date and marks the level above if it changed; false if none is stale or others are
    /// on them. Safe to run in any number of workers, to repeat, and to be killed at any point.
    /// </summary>
    public async Task<bool> RefreshNextAsync(CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        var before = await connection.QuerySingleOrDefaultAsync<TotalRow>(new CommandDefinition(Claim, transaction: transaction, cancellationToken: token));
        if (before is null)
        {
            return false;
        }

        var (division, year, form) = (before.Division, before.Year, Form.Find(before.Form)!);
        var isCounty = UnitCode.IsCounty(division);
        await connection.ExecuteAsync(new CommandDefinition(DeleteMarks, new { division, year }, transaction, cancellationToken: token));
        var sources = (await connection.QueryAsync<Source>(new CommandDefinition(
            isCounty ? SelectUnitSources : SelectDivisionSources, new { division, year, form = form.Code }, transaction, cancellationToken: token))).AsList();
        var adjustments = !isCounty ? [] : await connection.QueryAsync<Adjustment>(
            new CommandDefinition(AdjustmentStore.Select, new { county = division, year }, transaction, cancellationToken: token));
        var after = Add(before, form, isCounty, sources, adjustments);
        if (!after.SameAs(before))
        {
            await connection.ExecuteAsync(new CommandDefinition(
                Update,
                new
                {
                    division,
                    year,
                    figures = after.Figures,
                    expected = after.Expected,
                    included = after.Included,
                    missing = after.Missing,
                    sources = after.Sources,
                    revisions = after.SourceRevisions,
                    findings = after.Findings,
                    now = time.GetUtcNow(),
                    above = UnitCode.Above(division),
                },
                transaction,
                cancellationToken: token));
        }

        await transaction.CommitAsync(token);
        return true;
    }

    /// <summary>Marks all totals stale, so that they are computed again from the received reports.</summary>
    public async Task<int> MarkAllAsync(CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.ExecuteAsync(new CommandDefinition(MarkAll, cancellationToken: token));
    }

    /// <summary>The total of a division, or null if no county below it has opened the year.</summary>
    public async Task<Total?> FindAsync(string division, int year, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var row = await connection.QuerySingleOrDefaultAsync<StoredTotal>(new CommandDefinition(Select, new { division, year }, cancellationToken: token));
        return row?.ToTotal();
    }

    /// <summary>Who contributed what to a cell, or null if there is no such total.</summary>
    public async Task<CellBreakdown?> BreakDownAsync(string division, int year, string path, CancellationToken token)
    {
        if (await FindAsync(division, year, token) is not { } total || total.Figures.Form.FindCell(path) is not { } cell)
        {
            return null;
        }

        await using var connection = await database.OpenConnectionAsync(token);
        var rows = (await connection.QueryAsync<ContributionRow>(new CommandDefinition(
            UnitCode.IsCounty(division) ? SelectUnitContributions : SelectDivisionContributions,
            new { division, year, place = cell.Index + 1 },
            cancellationToken: token))).AsList();

        var adjustments = await connection.QueryAsync<Adjustment>(
            new CommandDefinition(AdjustmentStore.Select, new { county = division, year }, cancellationToken: token));

        // Value and contributions come from one statement, so they belong together even while a worker writes.
        var (value, revision) = rows is [var first, ..] ? (first.TotalValue, first.TotalRevision) : (total.Figures[cell], total.Revision);
        return new CellBreakdown(cell.Path, cell.Name, cell.Column.Unit, value,
            total.Figures.Form.Computed.Any(b => b.Found[0] == cell),
            [.. rows.Select(r => new Contribution(r.Unit, r.Name, r.Revision, r.Value, r.FiledAt))],
            adjustments.SingleOrDefault(a => a.Path == path), revision);
    }

    TotalRow Add(TotalRow before, Form form, bool isCounty, List<Source> sources, IEnumerable<Adjustment> adjustments)
    {
        Source[] included = [.. sources.Where(s => s.Figures is not null)];
        var sum = included.Length == 0 ? null : FigureSum.Of(form, included.Select(s => s.Figures!), adjustments);
        var scope = new CheckScope(isCounty ? CheckLevel.County : CheckLevel.Above, form, rules);
        return before with
        {
            Figures = sum?.Values,
            Expected = sources.Sum(s => s.Expected),
            Included = isCounty ? included.Length : sources.Sum(s => s.Included),
            Missing = [.. sources.Where(s => isCounty ? s.Figures is null : !s.Complete).Select(s => s.Code)],
            Sources = [.. included.Select(s => s.Code)],
            SourceRevisions = [.. included.Select(s => s.Revision!.Value)],
            Findings = JsonSerializer.Serialize(sum is null ? [] : FigureCheck.Run(sum, scope), StoredJson.Readable.IReadOnlyListFinding),
        };
    }

    sealed class Source
    {
        public string Code { get; init; } = "";

        public int? Revision { get; init; }

        public decimal?[]? Figures { get; init; }

        public int Expected { get; init; }

        public int Included { get; init; }

        public bool Complete { get; init; }
    }

    sealed record TotalRow(
        string Division,
        int Year,
        string Form,
        int Revision,
        decimal?[]? Figures,
        int Expected,
        int Included,
        string[] Missing,
        string[] Sources,
        int[] SourceRevisions,
        string Findings)
    {
        /// <summary>A total that did not change is not written, and wakes nobody above. Never computed is a change.</summary>
        public bool SameAs(TotalRow other) => other.Revision > 0 && Expected == other.Expected && Included == other.Included
            && Missing.SequenceEqual(other.Missing) && Sources.SequenceEqual(other.Sources) && SourceRevisions.SequenceEqual(other.SourceRevisions)
            && (Figures ?? []).SequenceEqual(other.Figures ?? []) && Findings == Normal(other.Findings);

        /// <summary>jsonb comes back in an order and spacing of its own.</summary>
        static string Normal(string findings) => JsonSerializer.Serialize(
            JsonSerializer.Deserialize(findings, StoredJson.Readable.IReadOnlyListFinding)!, StoredJson.Readable.IReadOnlyListFinding);
    }

    sealed record StoredTotal(
        string Division,
        string Name,
        int Year,
        string Form,
        decimal?[]? Figures,
        int Expected,
        int Included,
        string[] Missing,
        string Findings,
        int Revision,
        DateTimeOffset? ComputedAt,
        bool Stale)
    {
        public Total ToTotal()
        {
            var form = Forms.Form.Find(Form)!;
            return new Total(Division, Name, Year, Form, Figures is null ? new Figures(form) : new Figures(form, Figures),
                new TotalUnits(Expected, Included, Missing), Expected > 0 && Included == Expected && Missing.Length == 0,
                JsonSerializer.Deserialize(Findings, StoredJson.Readable.IReadOnlyListFinding)!, Revision, ComputedAt, Stale);
        }
    }

    sealed record ContributionRow(
        string Unit, string Name, int Revision, decimal? Value, DateTimeOffset? FiledAt, decimal? TotalValue, int TotalRevision);
}
