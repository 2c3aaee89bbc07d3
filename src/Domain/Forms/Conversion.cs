using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aggregator.Forms;

/// <summary>
/// What becomes of each cell when a report is put from one form into another. Read from <c>2019-to-2021.json</c>: which cells mean
/// the same is the law's business, not the program's.
/// </summary>
public sealed class Conversion
{
    /// <summary>Every known conversion.</summary>
    public static ImmutableArray<Conversion> All { get; } = [Load("2019-to-2021")];

    Conversion(ConversionFile file)
    {
        From = Form.Find(file.From) ?? throw new InvalidDataException($"No form {file.From}.");
        To = Form.Find(file.To) ?? throw new InvalidDataException($"No form {file.To}.");
        var moves = file.Steps.SelectMany(Compile).ToList();
        var dropped = moves.Where(m => m.To is null).ToList();
        var gone = dropped.Select(m => m.From!).ToFrozenSet();
        var used = moves.Where(m => m.To is not null).Select(m => m.From).OfType<Cell>().ToFrozenSet();
        if (gone.Count != dropped.Count || From.Cells.Any(c => gone.Contains(c) == used.Contains(c)))
        {
            throw new InvalidDataException($"{file.From}-to-{file.To}: a cell of {file.From} is neither carried nor dropped, or more than that.");
        }

        if (!moves.Select(m => m.To).OfType<Cell>().OrderBy(c => c.Index).SequenceEqual(To.Cells))
        {
            throw new InvalidDataException($"{file.From}-to-{file.To}: a cell of {file.To} is named not once.");
        }

        Moves = [.. moves.Where(m => m.To is not null).OrderBy(m => m.To!.Index), .. dropped.OrderBy(m => m.From!.Index)];
    }

    /// <summary>The form that a report is in.</summary>
    public Form From { get; }

    /// <summary>The form that it is put into.</summary>
    public Form To { get; }

    /// <summary>Every cell of the new form in its order, then the cells of the old form that have no place there.</summary>
    public ImmutableArray<CellMove> Moves { get; }

    /// <summary>The conversion from one form to another, or null.</summary>
    public static Conversion? Find(Form from, Form to) => All.FirstOrDefault(c => c.From == from && c.To == to);

    /// <summary>
    /// The old cells whose sum means the same as the sum of new ones, or null where there are none: a cell that was put into
    /// several is comparable with all of them together, and with no single one.
    /// </summary>
    public ImmutableArray<Cell>? SameAs(IReadOnlyCollection<Cell> cells)
    {
        CellMove[] moves = [.. Moves.Where(m => m.To is { } to && cells.Contains(to))];
        Cell[] sources = [.. moves.Select(m => m.From).OfType<Cell>().Distinct()];
        return moves.All(m => m.From is not null) && Moves.All(m => m.To is null || m.From is null || !sources.Contains(m.From) || cells.Contains(m.To)) ? [.. sources] : null;
    }

    IEnumerable<CellMove> Compile(ConversionStep step) => step.Action switch
    {
        CellAction.LeftBlank => step.To.SelectMany(To.Match).Select(to => new CellMove(null, to, step.Action, null, step.Reason, step.Advice)),
        CellAction.Dropped => step.From.SelectMany(From.Match).Select(from => new CellMove(from, null, step.Action, null, step.Reason, step.Advice)),
        _ => step.From.Zip(step.To).Concat(step.Cells.Select(same => (same, same))).SelectMany(pair => Pair(pair.Item1, pair.Item2))
            .Select(pair => new CellMove(pair.From, pair.To, step.Action, step.Value, step.Reason, step.Advice)),
    };

    /// <summary>What <c>*</c> stood for on one side stands for itself on the other.</summary>
    IEnumerable<(Cell From, Cell To)> Pair(string from, string to)
    {
        var (head, tail) = (from.IndexOf('*', StringComparison.Ordinal), from.Length - from.IndexOf('*', StringComparison.Ordinal) - 1);
        return From.Match(from).Select(cell =>
            (cell, To.Match(head < 0 ? to : to.Replace("*", cell.Path[head..^tail], StringComparison.Ordinal)).Single()));
    }

    static Conversion Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Forms.{name}.json")!;
        return new Conversion(JsonSerializer.Deserialize(stream, FormFileJson.Default.ConversionFile)!);
    }
}

/// <summary>What becomes of one cell.</summary>
/// <param name="From">Cell of the old form; null for a cell that the old form does not have.</param>
/// <param name="To">Cell of the new form; null for a cell that has no place there.</param>
/// <param name="Action">What is done.</param>
/// <param name="Value">A fixed number to carry instead of the old cell's, once that cell is filled.</param>
/// <param name="Reason">Why, in Chinese.</param>
/// <param name="Advice">What the unit should do, if anything.</param>
public sealed record CellMove(Cell? From, Cell? To, CellAction Action, decimal? Value, string Reason, string? Advice)
{
    /// <summary>Reason and advice, as a unit reads them that converts its report.</summary>
    public string Explanation => Advice is null ? Reason : $"{Reason}，{Advice}";
}

/// <summary>What is done with a cell when the form changes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CellAction>))]
public enum CellAction
{
    /// <summary>Filled from the old report.</summary>
    [JsonStringEnumMemberName("carried")]
    Carried,

    /// <summary>Left for the unit to fill in.</summary>
    [JsonStringEnumMemberName("left_blank")]
    LeftBlank,

    /// <summary>Not taken over.</summary>
    [JsonStringEnumMemberName("dropped")]
    Dropped,
}
