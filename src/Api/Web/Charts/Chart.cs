using System.Collections.Immutable;
using System.Globalization;

namespace Aggregator.Api.Web.Charts;

/// <summary>
/// What a chart shows: numbers by row and column, and words. The drawing, the table behind it and the files are all made of
/// this, so none of them can say something else.
/// </summary>
/// <param name="Kind">How it is drawn.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Description">What there is to see, in a sentence, for who does not see it.</param>
/// <param name="Unit">Unit of measure.</param>
/// <param name="Corner">What the rows are.</param>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">The numbers.</param>
public sealed record Chart(
    ChartKind Kind, string Title, string Description, string Unit, string Corner, ImmutableArray<string> Columns, ImmutableArray<ChartRow> Rows)
{
    /// <summary>A column with a meaning of its own, such as the due day.</summary>
    public ChartMark? Mark { get; init; }

    /// <summary>A number as charts print it; a missing one is no zero.</summary>
    public static string Text(decimal? value) => value?.ToString("#,##0.####", CultureInfo.InvariantCulture) ?? "—";

    /// <summary>A difference, with its sign.</summary>
    public static string Change(decimal? value) => value switch { null => "—", 0 => "持平", > 0 => $"+{Text(value)}", _ => Text(value) };

    /// <summary>A place along an axis in per cent, as SVG takes it.</summary>
    internal static string Percent(decimal share) => $"{Number(share * 100)}%";

    /// <summary>A coordinate.</summary>
    internal static string Number(decimal value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}

/// <summary>A row of a chart's numbers: a line, a bar, or a line of fields.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Values">One for each column; null where there is none.</param>
/// <param name="Address">Page about it, if any.</param>
/// <param name="Unit">Unit of measure, if it is not the chart's.</param>
public sealed record ChartRow(string Name, ImmutableArray<decimal?> Values, string? Address = null, string? Unit = null);

/// <summary>A column that is marked.</summary>
/// <param name="Column">Its index.</param>
/// <param name="Text">What is written there.</param>
public sealed record ChartMark(int Column, string Text);

/// <summary>How a chart is drawn.</summary>
public enum ChartKind
{
    /// <summary>Each row is a line across the columns, all on one scale.</summary>
    Lines,

    /// <summary>Each row is a bar that the columns share.</summary>
    Shares,

    /// <summary>Each row is a small chart with a scale of its own.</summary>
    Multiples,

    /// <summary>Each number is a field, the darker the larger within its column.</summary>
    Heat,
}
