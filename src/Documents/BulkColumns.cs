using System.Collections.Immutable;
using Aggregator.Forms;

namespace Aggregator.Documents;

/// <summary>The columns of a sheet with many units' figures; what is written as a template is read by the same names.</summary>
static class BulkColumns
{
    /// <summary>Unit code.</summary>
    public const string Unit = "unit";

    /// <summary>Name of the unit, for people.</summary>
    public const string Name = "name";

    /// <summary>Day of publication.</summary>
    public const string PublishedAt = "publishedAt";

    /// <summary>Address of publication.</summary>
    public const string PublishedUrl = "publishedUrl";

    /// <summary>When it was filed, for past years.</summary>
    public const string FiledAt = "filedAt";

    /// <summary>The label of the first column, by which the row of labels is recognised.</summary>
    public const string UnitLabel = "单位代码";

    /// <summary>The columns in order: unit, name, every cell, the texts, publication and filing.</summary>
    public static ImmutableArray<string> Of(Form form) =>
        [Unit, Name, .. form.Cells.Select(c => c.Path), .. form.Prose.Select(s => s.Code), PublishedAt, PublishedUrl, FiledAt];

    /// <summary>The same in words.</summary>
    public static ImmutableArray<string> LabelsOf(Form form) =>
    [
        UnitLabel, "单位名称", .. form.Cells.Select(c => c.Name), .. form.Prose.Select(s => s.Heading),
        "公布日期（如 2022-01-20）", "公布网址", "报送时间（只在补录往年时填，如 2022-01-20T10:12:00+08:00）",
    ];
}
