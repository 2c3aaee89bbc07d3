using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;

namespace Aggregator.Forms;

/// <summary>
/// A statutory format of the annual report: its sections, tables, cells and rules. Read from
/// <c>2019.json</c> and <c>2021.json</c>; everything else (schema, checks, totals, reports, documents, pages) is derived from it.
/// </summary>
public sealed class Form
{
    /// <summary>Every known format, oldest first.</summary>
    public static ImmutableArray<Form> All { get; } = [Load("2019"), Load("2021")];

    readonly FrozenDictionary<string, Cell> cells;

    Form(FormFile file)
    {
        Code = file.Form;
        Title = file.Title;
        Basis = file.Basis;
        FirstYear = file.FirstYear;
        LastYear = file.LastYear;
        Sections = file.Sections;
        Rules = file.Rules;
        Prose = [.. Sections.Where(s => s.Tables.IsEmpty)];
        Cells = [.. AllCells(Sections)];
        cells = Cells.ToFrozenDictionary(c => c.Path);
        Root = CellNode.Build(Cells);
        Balances = [.. Rules.SelectMany(r => Balance.Compile(this, r))];
        Values = [.. Rules.Where(r => r.Check.Type == CheckType.Value).Select(r => new CellSet(r, CellsMatching(r)))];
        Zeros = [.. Rules.Where(r => r.Check.Type == CheckType.Zero).Select(r => new CellSet(r, CellsMatching(r)))];
        Outliers = [.. Rules.Where(r => r.Check.Type == CheckType.Outlier).Select(r => new CellSet(r, CellsMatching(r)))];
        YearBalances = [.. Rules.SelectMany(r => YearBalance.Compile(this, r))];
        Computed = [.. Balances.Where(b => b.Found.Length == 1)];
        Claims = [.. Rules.SelectMany(r => r.Check.Claims.Select(c => new Claim(this, r, c)))];
        ClaimWords = SearchValues.Create([.. Claims.Select(c => c.Word).Distinct()], StringComparison.Ordinal);
        Narrative = file.Narrative;
        Narrative.Validate(this);
    }

    /// <summary>Code of the format: the first report year that it applied to, <c>2019</c> or <c>2021</c>.</summary>
    public string Code { get; }

    /// <summary>Chinese title.</summary>
    public string Title { get; }

    /// <summary>The document that fixed the format.</summary>
    public string Basis { get; }

    /// <summary>First report year in which the format is in force.</summary>
    public int FirstYear { get; }

    /// <summary>Last report year, or null while it is in force.</summary>
    public int? LastYear { get; }

    /// <summary>The six sections in order.</summary>
    public ImmutableArray<Section> Sections { get; }

    /// <summary>The sections of prose in order; a submission keeps its texts in this order.</summary>
    public ImmutableArray<Section> Prose { get; }

    /// <summary>What a county's report says about its figures in words.</summary>
    public Narrative Narrative { get; }

    /// <summary>The arithmetic and format rules.</summary>
    public ImmutableArray<Rule> Rules { get; }

    /// <summary>All cells in the form's cell order: the order of every stored figures array.</summary>
    public ImmutableArray<Cell> Cells { get; }

    /// <summary>The cells as the tree that a JSON body spells out.</summary>
    public CellNode Root { get; }

    /// <summary>Every single equation that the balance rules demand within one report.</summary>
    public ImmutableArray<Balance> Balances { get; }

    /// <summary>Every single equation between a report and the one of the year before.</summary>
    public ImmutableArray<YearBalance> YearBalances { get; }

    /// <summary>The equations whose found side is one cell: totals, in the order in which they can be recomputed.</summary>
    public ImmutableArray<Balance> Computed { get; }

    /// <summary>Rules about the value of single cells.</summary>
    public ImmutableArray<CellSet> Values { get; }

    /// <summary>Rules that a cell is zero.</summary>
    public ImmutableArray<CellSet> Zeros { get; }

    /// <summary>Rules that a cell is not far off.</summary>
    public ImmutableArray<CellSet> Outliers { get; }

    /// <summary>Figures that the prose may name.</summary>
    public ImmutableArray<Claim> Claims { get; }

    /// <summary>Words without one of which a sentence names none of them.</summary>
    public SearchValues<string> ClaimWords { get; }

    /// <summary>The format with a code, or null.</summary>
    public static Form? Find(string? code)
    {
        foreach (var form in All)
        {
            if (form.Code == code)
            {
                return form;
            }
        }

        return null;
    }

    /// <summary>The format in force for a report year, or null before there was one.</summary>
    public static Form? ForYear(int year)
    {
        foreach (var form in All)
        {
            if (year >= form.FirstYear && year <= (form.LastYear ?? int.MaxValue))
            {
                return form;
            }
        }

        return null;
    }

    /// <summary>The cell at a path such as <c>requests.granted.total</c>, or null.</summary>
    public Cell? FindCell(string path) => cells.GetValueOrDefault(path);

    /// <summary>The only rule of a type whose presence the code relies on.</summary>
    public Rule? RuleOf(CheckType type) => Rules.FirstOrDefault(r => r.Check.Type == type);

    /// <summary>The cells that a pattern names; <c>*</c> stands for any rest of one or more segments.</summary>
    internal IEnumerable<Cell> Match(string pattern)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
        {
            return [FindCell(pattern) ?? throw new InvalidDataException($"Form {Code}: no cell {pattern}.")];
        }

        var (head, tail) = (pattern[..star], pattern[(star + 1)..]);
        Cell[] matched = [.. Cells.Where(c => c.Path.Length > head.Length + tail.Length
            && c.Path.StartsWith(head, StringComparison.Ordinal) && c.Path.EndsWith(tail, StringComparison.Ordinal))];
        return matched.Length > 0 ? matched : throw new InvalidDataException($"Form {Code}: no cell matches {pattern}.");
    }

    ImmutableArray<Cell> CellsMatching(Rule rule) => [.. rule.Check.Cells.SelectMany(Match)];

    static IEnumerable<Cell> AllCells(ImmutableArray<Section> sections)
    {
        var index = 0;
        foreach (var section in sections)
        {
            foreach (var table in section.Tables)
            {
                foreach (var row in table.Rows)
                {
                    foreach (var column in table.Columns)
                    {
                        yield return new Cell(index++, $"{section.Code}.{row.Code}.{column.Code}", section, table, row, column);
                    }
                }
            }
        }
    }

    static Form Load(string code)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Forms.{code}.json")!;
        return new Form(JsonSerializer.Deserialize(stream, FormFileJson.Default.FormFile)!);
    }
}
