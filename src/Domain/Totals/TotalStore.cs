using System.Text.Json;
using Aggregator.Checks;
using Aggregator.Database;
using Aggregator.Forms;
using Aggregator.Units;
using Aggregator.Years;
using Dapper;
using Npgsql;

namespace Aggregator.Totals;

/// <summary>Totals of counties and of every level above them.</summary>
public sealed class TotalStore(NpgsqlDataSource database, RuleSettings rules, TimeProvider time)
{
    /// <summary>Channel on which the Api says that something is stale.</summary>
    public const string Channel = "stale_total";

    const string Columns = """
        t.division, t.year, t.form, t.revision, t.figures, t.expected, t.included, t.missing, t.sources, t.source_revisions,
        t.findings::text as findings, t.computed_at, t.late, t.filed_days, t.filed_counts
        """;

    const string IsLate = $"(is_late(f.filed_at, coalesce(f.due_date, y.due_date)) or {RosterStore.StaysLate})";

    const string FiledDay = "((f.filed_at at time zone 'Asia/Shanghai')::date - make_date(f.year + 1, 1, 1))";

    // The row lock makes this worker the only one on this total; the others skip to the next. What only readers ask for is not
    // looked up: to a claim among thousands of marks it would be most of the work. Of "= 6" PostgreSQL expects so few that it would
    // join and sort every mark for each claim.
    const string ClaimCounty = $"{ClaimStart} where length(s.division) >= 6 {ClaimEnd}";

    const string ClaimAbove = $"{ClaimStart} where length(s.division) < 6 {ClaimEnd}";

    const string ClaimStart = $"""
        select {Columns}, t.division as name, true as stale, null::int as published_edition
        from stale_total s join total t using (division, year)
        """;

    const string ClaimEnd = "order by s.id limit 1 for update of t skip locked";

    // After the lock and before the sources are read: a mark that arrives later stays, and so does its work.
    const string DeleteMarks = "delete from stale_total where division = @division and year = @year;";

    // A published year says what its edition says, whatever has come in since; who was late is no figure of the edition.
    const string SelectPublished = $$"""
        select e.figures, e.expected, e.included, e.missing, e.sources, e.source_revisions, e.findings::text as findings,
            coalesce(d.late, 0) as late, coalesce(d.filed_days, '{}') as filed_days, coalesce(d.filed_counts, '{}') as filed_counts
        from reporting_year y
        join edition e on e.county = y.county and e.year = y.year and e.number = y.published_edition
        left join lateral (
            select sum(n.late)::int as late, array_agg(n.day order by n.day) as filed_days, array_agg(n.filed order by n.day) as filed_counts
            from (
                select {{FiledDay}} as day, count(*)::int as filed, count(*) filter (where {{IsLate}})::int as late
                from filing f
                where f.county = y.county and f.year = y.year and f.expected and f.status in ('submitted', 'accepted')
                group by 1
            ) n
        ) d on true
        where y.county = @division and y.year = @year
        """;

    const string SelectPublishedAdjustments = """
        select adjustments::text from edition where county = @division and year = @year and number = @number
        """;

    const string SelectUnitSources = $$"""
        select f.unit as code, f.filed_revision as revision, r.figures, 1 as expected, 1 as included, true as complete,
            case when r.unit is not null and {{IsLate}} then 1 else 0 end as late,
            case when r.unit is null then '{}' else array[{{FiledDay}}] end as filed_days,
            case when r.unit is null then '{}' else array[1] end as filed_counts
        from reporting_year y
        join filing f using (county, year)
        left join revision r on r.county = f.county and r.year = f.year and r.unit = f.unit and r.revision = f.filed_revision
            and r.form = @form and f.status in ('submitted', 'accepted')
        where f.county = @division and f.year = @year and f.expected
        order by f.unit
        """;

    const string SelectDivisionSources = """
        select u.code as code, t.revision, t.figures, coalesce(t.expected, 0) as expected, coalesce(t.included, 0) as included,
            coalesce(t.late, 0) as late, coalesce(t.filed_days, '{}') as filed_days, coalesce(t.filed_counts, '{}') as filed_counts,
            coalesce(t.expected > 0 and t.included = t.expected and t.missing = '{}', false) as complete
        from unit u left join total t on t.division = u.code and t.year = @year and t.form = @form
        where u.parent = @division and u.kind in ('province', 'prefecture', 'county')
        order by u.code
        """;

    const string Update = """
        with written as (
            update total set figures = @figures::numeric[], expected = @expected, included = @included, missing = @missing, sources = @sources,
                source_revisions = @revisions, findings = @findings::jsonb, revision = revision + 1, computed_at = @now,
                late = @late, filed_days = @days, filed_counts = @counts
            where division = @division and year = @year
        )
        insert into stale_total (division, year) select @above, @year where @above::text is not null
        """;

    const string Select = $"""
        select {Columns}, coalesce(u.name, t.division) as name,
            exists (select from stale_total s where s.division = t.division and s.year = t.year) as stale, y.published_edition
        from total t
        left join unit u on u.code = t.division
        left join reporting_year y on y.county = t.division and y.year = t.year
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
    /// Brings the longest-stale county's total up to date and marks the level above if it changed; false if none is stale or others
    /// are on them. Safe to run any number of times at once, to repeat, and to be killed at any point.
    /// </summary>
    public Task<bool> RefreshNextCountyAsync(CancellationToken token) => RefreshNextAsync(ClaimCounty, token);

    /// <summary>The same for the totals of prefectures, provinces and the nation, which do not wait until every county is through.</summary>
    public Task<bool> RefreshNextAboveAsync(CancellationToken token) => RefreshNextAsync(ClaimAbove, token);

    async Task<bool> RefreshNextAsync(string claim, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        var before = await connection.QuerySingleOrDefaultAsync<TotalRow>(new CommandDefinition(claim, transaction: transaction, cancellationToken: token));
        if (before is null)
        {
            return false;
        }

        var (division, year) = (before.Division, before.Year);
        Count after;
        await using (var results = await connection.QueryMultipleAsync(
            new CommandDefinition($"{DeleteMarks} {SelectPublished}; {SourcesOf(before)}", ValuesOf(before), transaction, cancellationToken: token)))
        {
            // All is read: Dapper cancels what is left over, and the transaction with it.
            var published = await results.ReadSingleOrDefaultAsync<Count>();
            var counted = await AddAsync(results, before);
            after = published ?? counted;
        }

        if (!before.Says(after))
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
                    late = after.Late,
                    days = after.FiledDays,
                    counts = after.FiledCounts,
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
        await using var connection = await database.OpenToReadAsync(token);
        if (await ReadAsync(connection, division, year, token) is not { } row)
        {
            return null;
        }

        var total = row.ToTotal();
        return row.PublishedEdition is not { } edition ? total : total with
        {
            Published = new PublishedTotal(edition, Differing(row.Figures, (await CountAsync(connection, row, token)).Figures)),
        };
    }

    internal static Task<TotalRow?> ReadAsync(NpgsqlConnection connection, string division, int year, CancellationToken token) =>
        connection.QuerySingleOrDefaultAsync<TotalRow>(new CommandDefinition(Select, new { division, year }, cancellationToken: token));

    /// <summary>What counts now: the one place where a division is added up. A recheck brings the units' figures as it has read them again.</summary>
    internal async Task<Count> CountAsync(
        NpgsqlConnection connection, TotalRow total, CancellationToken token, IReadOnlyDictionary<string, decimal?[]>? reread = null)
    {
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(SourcesOf(total), ValuesOf(total), cancellationToken: token));
        return await AddAsync(results, total, reread);
    }

    /// <summary>Who contributed what to a cell, or null if there is no such total.</summary>
    public async Task<CellBreakdown?> BreakDownAsync(string division, int year, string path, CancellationToken token)
    {
        await using var connection = await database.OpenToReadAsync(token);
        if (await ReadAsync(connection, division, year, token) is not { } total || Form.Find(total.Form)!.FindCell(path) is not { } cell)
        {
            return null;
        }

        var rows = (await connection.QueryAsync<ContributionRow>(new CommandDefinition(
            UnitCode.IsCounty(division) ? SelectUnitContributions : SelectDivisionContributions,
            new { division, year, place = cell.Index + 1 },
            cancellationToken: token))).AsList();
        IReadOnlyList<Adjustment> adjustments = total.PublishedEdition is { } number
            ? JsonSerializer.Deserialize(
                (await connection.ExecuteScalarAsync<string>(
                    new CommandDefinition(SelectPublishedAdjustments, new { division, year, number }, cancellationToken: token)))!,
                StoredJson.Readable.IReadOnlyListAdjustment)!
            : await AdjustmentStore.ListAsync(connection, division, year, token);

        // Value and contributions come from one statement, so they belong together even while a worker writes.
        var (value, revision) = rows is [var first, ..] ? (first.TotalValue, first.TotalRevision) : (total.Figures?[cell.Index], total.Revision);
        return new CellBreakdown(cell.Path, cell.Name, cell.Column.Unit, value,
            Form.Find(total.Form)!.Computed.Any(b => b.Found[0] == cell),
            [.. rows.Select(r => new Contribution(r.Unit, r.Name, r.Revision, r.Value, r.FiledAt))],
            adjustments.SingleOrDefault(a => a.Path == path), revision);
    }

    static int Differing(decimal?[]? shown, decimal?[]? counted) =>
        (shown, counted) switch
        {
            ({ } a, { } b) => a.Zip(b).Count(pair => pair.First != pair.Second),
            (null, null) => 0,
            _ => (shown ?? counted)!.Count(value => value is not null),
        };

    /// <summary>Reads what a total is made of: its sources, and a county's adjustments.</summary>
    static string SourcesOf(TotalRow total) =>
        UnitCode.IsCounty(total.Division) ? $"{SelectUnitSources}; {AdjustmentStore.Select}" : SelectDivisionSources;

    static object ValuesOf(TotalRow total) => new { division = total.Division, county = total.Division, year = total.Year, form = total.Form };

    async Task<Count> AddAsync(SqlMapper.GridReader results, TotalRow total, IReadOnlyDictionary<string, decimal?[]>? reread = null)
    {
        var isCounty = UnitCode.IsCounty(total.Division);
        var sources = (await results.ReadAsync<Source>()).AsList();
        foreach (var source in sources.Where(s => s.Figures is not null))
        {
            source.Figures = reread?.GetValueOrDefault(source.Code) ?? source.Figures;
        }

        return Add(Form.Find(total.Form)!, isCounty, sources, isCounty ? (await results.ReadAsync<Adjustment>()).AsList() : []);
    }

    Count Add(Form form, bool isCounty, List<Source> sources, IReadOnlyList<Adjustment> adjustments)
    {
        Source[] included = [.. sources.Where(s => s.Figures is not null)];
        var sum = included.Length == 0 ? null : FigureSum.Of(form, included.Select(s => s.Figures!), adjustments);
        var filed = sources.SelectMany(s => s.FiledDays.Zip(s.FiledCounts)).GroupBy(f => f.First).OrderBy(f => f.Key).ToList();
        var scope = new CheckScope(isCounty ? CheckLevel.County : CheckLevel.Above, form, rules);
        return new Count(
            sum?.Values,
            sources.Sum(s => s.Expected),
            isCounty ? included.Length : sources.Sum(s => s.Included),
            [.. sources.Where(s => isCounty ? s.Figures is null : !s.Complete).Select(s => s.Code)],
            [.. included.Select(s => s.Code)],
            [.. included.Select(s => s.Revision!.Value)],
            JsonSerializer.Serialize(sum is null ? [] : FigureCheck.Run(sum, scope), StoredJson.Readable.IReadOnlyListFinding),
            sources.Sum(s => s.Late),
            [.. filed.Select(f => f.Key)],
            [.. filed.Select(f => f.Sum(n => n.Second))]);
    }

    /// <summary>What a total says, and what it is made of.</summary>
    internal sealed record Count(
        decimal?[]? Figures,
        int Expected,
        int Included,
        string[] Missing,
        string[] Sources,
        int[] SourceRevisions,
        string Findings,
        int Late,
        int[] FiledDays,
        int[] FiledCounts);

    /// <summary>A total as it is stored.</summary>
    internal sealed record TotalRow(
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
        string Findings,
        DateTimeOffset? ComputedAt,
        int Late,
        int[] FiledDays,
        int[] FiledCounts,
        string Name,
        bool Stale,
        int? PublishedEdition)
    {
        /// <summary>A total that did not change is not written, and wakes nobody above. Never computed is a change.</summary>
        public bool Says(Count count) => Revision > 0 && Expected == count.Expected && Included == count.Included
            && Missing.SequenceEqual(count.Missing) && Sources.SequenceEqual(count.Sources) && SourceRevisions.SequenceEqual(count.SourceRevisions)
            && Late == count.Late && FiledDays.SequenceEqual(count.FiledDays) && FiledCounts.SequenceEqual(count.FiledCounts)
            && (Figures ?? []).SequenceEqual(count.Figures ?? []) && Normal(Findings) == Normal(count.Findings);

        /// <summary>The same as it will be stored when it says something else.</summary>
        public TotalRow With(Count count, DateTimeOffset now) => Says(count) ? this : this with
        {
            Revision = Revision + 1,
            Figures = count.Figures,
            Expected = count.Expected,
            Included = count.Included,
            Missing = count.Missing,
            Sources = count.Sources,
            SourceRevisions = count.SourceRevisions,
            Findings = count.Findings,
            Late = count.Late,
            FiledDays = count.FiledDays,
            FiledCounts = count.FiledCounts,
            ComputedAt = now,
        };

        public Total ToTotal()
        {
            var form = Forms.Form.Find(Form)!;
            return new Total(Division, Name, Year, Form, Figures is null ? new Figures(form) : new Figures(form, Figures),
                new TotalUnits(Expected, Included, Missing), Expected > 0 && Included == Expected && Missing.Length == 0,
                JsonSerializer.Deserialize(Findings, StoredJson.Readable.IReadOnlyListFinding)!, Revision, ComputedAt, Stale);
        }

        /// <summary>jsonb comes back in an order and spacing of its own.</summary>
        static string Normal(string findings) => JsonSerializer.Serialize(
            JsonSerializer.Deserialize(findings, StoredJson.Readable.IReadOnlyListFinding)!, StoredJson.Readable.IReadOnlyListFinding);
    }

    sealed class Source
    {
        public string Code { get; init; } = "";

        public int? Revision { get; init; }

        public decimal?[]? Figures { get; set; }

        public int Expected { get; init; }

        public int Included { get; init; }

        public bool Complete { get; init; }

        public int Late { get; init; }

        public int[] FiledDays { get; init; } = [];

        public int[] FiledCounts { get; init; } = [];
    }

    sealed record ContributionRow(
        string Unit, string Name, int Revision, decimal? Value, DateTimeOffset? FiledAt, decimal? TotalValue, int TotalRevision);
}
