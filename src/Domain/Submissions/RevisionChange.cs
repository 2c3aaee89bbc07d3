using Aggregator.Forms;

namespace Aggregator.Submissions;

/// <summary>What differs between a revision and the one before it.</summary>
/// <param name="Path">Cell path, or <c>prose.overview</c>, <c>form</c>, …</param>
/// <param name="Label">The same in words.</param>
/// <param name="From">Before; null for missing.</param>
/// <param name="To">After; null for missing.</param>
public sealed record RevisionChange(string Path, string Label, string? From, string? To)
{
    /// <summary>
    /// All differences, figures first. Between two forms the cells that both have are compared; to nothing, all that is filled in
    /// is a difference.
    /// </summary>
    public static IEnumerable<RevisionChange> Between(Revision? before, Revision after)
    {
        if (before?.Form != after.Form)
        {
            yield return new RevisionChange("form", "报告格式", before?.Form, after.Form);
        }

        foreach (var change in Between(before?.Figures, after.Figures))
        {
            yield return change;
        }

        foreach (var section in after.Figures.Form.Prose)
        {
            var (from, to) = (before?.Prose.GetValueOrDefault(section.Code), after.Prose[section.Code]);
            if (from != to)
            {
                yield return new RevisionChange($"prose.{section.Code}", section.Heading, from, to);
            }
        }

        if (before?.PublishedAt != after.PublishedAt)
        {
            yield return new RevisionChange("publishedAt", "公布日期", Text(before?.PublishedAt), Text(after.PublishedAt));
        }

        if (before?.PublishedUrl != after.PublishedUrl)
        {
            yield return new RevisionChange("publishedUrl", "公布网址", before?.PublishedUrl, after.PublishedUrl);
        }
    }

    /// <summary>The cells that differ. Between two forms those that both have are compared.</summary>
    public static IEnumerable<RevisionChange> Between(Figures? before, Figures after)
    {
        foreach (var cell in after.Form.Cells)
        {
            var from = before?.Form == after.Form ? before[cell] : before?.Form.FindCell(cell.Path) is { } same ? before[same] : null;
            if (from != after[cell])
            {
                yield return new RevisionChange(cell.Path, cell.Name, Text(from), Text(after[cell]));
            }
        }
    }

    static string? Text(decimal? value) => value is null ? null : Figures.Text(value);

    static string? Text(DateOnly? value) => value?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
