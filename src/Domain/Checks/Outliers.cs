using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Aggregator.Forms;

namespace Aggregator.Checks;

/// <summary>A number that is far off; worth a look, and often right all the same.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Path">Cell path.</param>
/// <param name="Label">The cell in words.</param>
/// <param name="Value">The number.</param>
/// <param name="Why">What it is far off: its own last year, its peers, or both.</param>
/// <param name="LastYear">The unit's own number of last year, also where it is not the reason; null if there is none.</param>
/// <param name="Median">Median of the peers, also where they are not the reason; null if they are too few.</param>
/// <param name="Mad">Their median absolute deviation.</param>
/// <param name="Peers">How many other units of the county and of a like kind have a number there.</param>
/// <param name="Distance">How far off: 1 is the limit, 2 is twice the limit. The larger one of both reasons, two decimals.</param>
/// <param name="Message">The same in one Chinese sentence.</param>
public sealed record Outlier(
    string Unit,
    string Name,
    string Kind,
    string Path,
    string Label,
    decimal Value,
    ImmutableArray<OutlierReason> Why,
    decimal? LastYear,
    decimal? Median,
    decimal? Mad,
    int Peers,
    decimal Distance,
    string Message);

/// <summary>What a number is far off.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OutlierReason>))]
public enum OutlierReason
{
    /// <summary>The unit's own number of last year.</summary>
    [JsonStringEnumMemberName("lastYear")]
    LastYear,

    /// <summary>The county's other units of a like kind in the same year.</summary>
    [JsonStringEnumMemberName("peers")]
    Peers,
}

/// <summary>
/// Looks through a county's reports for numbers that are far off. Median and MAD instead of mean and standard deviation, for one
/// wrong number must not hide itself or accuse the others. All of it in decimal.
/// </summary>
public static class Outliers
{
    /// <summary>The numbers that are far off, the farthest first.</summary>
    /// <param name="form">Form of the year; a report in another form is left out.</param>
    /// <param name="year">The year.</param>
    /// <param name="reports">What the county's units filed for the year and for the one before.</param>
    /// <param name="settings">The installation's rule settings.</param>
    public static IReadOnlyList<Outlier> Find(Form form, int year, IReadOnlyList<FiledReport> reports, RuleSettings settings)
    {
        var found = new List<Outlier>();
        var before = LastYear.OfEach(year, reports);
        Filed[] filed = [.. reports.Where(r => r.Year == year && r.Figures?.Form == form)
            .Select(r => new Filed(r, r.Figures!, before.GetValueOrDefault(r.Unit)))];
        foreach (var (rule, cells) in form.Outliers)
        {
            if (settings.Of(rule) is null)
            {
                continue;
            }

            foreach (var cell in cells)
            {
                Filed[] ordered = [.. filed.Where(f => f.Figures[cell] is not null).OrderBy(f => f.Figures[cell])];
                Alike[] groups = [.. (rule.Check.Peers?.Kinds ?? []).Select(kinds =>
                    new Alike(kinds, [.. ordered.Where(f => kinds.Contains(f.Report.Kind)).Select(f => f.Figures[cell]!.Value)]))];
                found.AddRange(ordered.Select(one => Judge(rule.Check, cell, one, one.Figures[cell]!.Value, groups)).OfType<Outlier>());
            }
        }

        return [.. found.OrderByDescending(o => o.Distance).ThenBy(o => o.Unit, StringComparer.Ordinal).ThenBy(o => o.Path, StringComparer.Ordinal)];
    }

    static Outlier? Judge(RuleCheck check, Cell cell, Filed one, decimal value, Alike[] groups)
    {
        var before = one.Last?[cell];
        var alike = Array.Find(groups, g => g.Kinds.Contains(one.Report.Kind));
        var peers = alike?.Others ?? 0;
        var spread = check.Peers is { } limits && peers >= limits.AtLeast ? alike!.SpreadWithout(value) : default((decimal Median, decimal Mad)?);
        var jump = before is { } b && check.LastYear is { } jumps ? jumps.Distance(value, b) : 0;
        var apart = spread is var (median, mad) ? check.Peers!.Distance(value, median, mad) : 0;
        if (jump < 1 && apart < 1)
        {
            return null;
        }

        var reasons = new List<(OutlierReason Why, string Text)>();
        if (jump >= 1)
        {
            reasons.Add((OutlierReason.LastYear, $"{one.Last!.Year}年度为 {Figures.Text(before)}"));
        }

        if (apart >= 1)
        {
            reasons.Add((OutlierReason.Peers, $"本县 {peers} 个同类单位的中位数为 {Figures.Text(spread!.Value.Median)}"));
        }

        return new Outlier(one.Report.Unit, one.Report.Name, one.Report.Kind, cell.Path, cell.Name, value,
            [.. reasons.Select(r => r.Why)], before, spread?.Median, spread?.Mad, peers, decimal.Round(Math.Max(jump, apart), 2),
            $"{cell.Name}：为 {Figures.Text(value)}，{string.Join('，', reasons.Select(r => r.Text))}，相差悬殊，请核实");
    }

    /// <summary>The numbers of the units of a like kind, in order.</summary>
    sealed class Alike(ImmutableArray<string> kinds, decimal[] ordered)
    {
        readonly decimal[] others = new decimal[Math.Max(0, ordered.Length - 1)];
        readonly decimal[] apart = new decimal[Math.Max(0, ordered.Length - 1)];
        (decimal Value, (decimal, decimal) Spread)? last;

        /// <summary>Their kinds.</summary>
        public ImmutableArray<string> Kinds => kinds;

        /// <summary>How many others each of them has.</summary>
        public int Others => others.Length;

        /// <summary>How far the others are apart, for one of these numbers: the same for all who have it, and they are asked for one after the other.</summary>
        public (decimal Median, decimal Mad) SpreadWithout(decimal value)
        {
            if (last is not { } known || known.Value != value)
            {
                last = known = (value, FindSpreadWithout(Array.BinarySearch(ordered, value)));
            }

            return known.Spread;
        }

        (decimal Median, decimal Mad) FindSpreadWithout(int own)
        {
            ordered.AsSpan(0, own).CopyTo(others);
            ordered.AsSpan(own + 1).CopyTo(others.AsSpan(own));
            var median = Median(others);
            var above = Array.FindIndex(others, v => v >= median);
            for (var (i, below) = (0, above - 1); i < apart.Length; i++)
            {
                // From the middle outwards: whichever side is nearer.
                apart[i] = below < 0 || (above < others.Length && others[above] - median <= median - others[below])
                    ? others[above++] - median
                    : median - others[below--];
            }

            return (median, Median(apart));
        }

        /// <summary>The middle one of numbers in order; of an even number, the mean of the two in the middle.</summary>
        static decimal Median(decimal[] ordered)
        {
            var middle = ordered.Length / 2;
            return ordered.Length % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
        }
    }

    sealed record Filed(FiledReport Report, Figures Figures, LastYear? Last);
}
