using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests;

/// <summary>The glossary's tables of codes and labels say what the form files say, no more and no less.</summary>
public sealed class GlossaryTests
{
    static readonly string[] lines = Repository.Read("docs/glossary.md").Split('\n');

    [Fact]
    public void Sections() => Rows("### Sections").ShouldBe(
        from section in Form.All.SelectMany(f => f.Sections).DistinctBy(s => s.Code)
        let kind = section switch
        {
            { Tables.IsEmpty: false } => "tables",
            { Topics.IsEmpty: false } => $"prose, topics {string.Join('、', section.Topics)}",
            _ => "prose",
        }
        select Line($"`{section.Code}`", section.Heading, kind, FormsWith(f => f.Sections.Any(s => s.Code == section.Code && s.Heading == section.Heading))));

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void Tables_of_section_two(string code)
    {
        var form = Form.Find(code)!;
        var expected =
            from table in form.Sections.Single(s => s.Code == "disclosure").Tables
            from i in Enumerable.Range(0, Math.Max(table.Rows.Length, table.Columns.Length))
            let row = table.Rows.ElementAtOrDefault(i)
            let column = table.Columns.ElementAtOrDefault(i)
            select Line(i == 0 ? $"`{table.Code}`" : "", i == 0 ? table.Title : "", Code(row?.Code), row?.Label, Code(column?.Code), column?.Label, UnitOf(column));

        Rows($"### `disclosure`, form {code}").ShouldBe(expected);
        lines.ShouldContain($"{form.Title}, {form.Basis}; {form.Cells.Length} cells in all.");
    }

    [Theory]
    [InlineData("requests", "表三")]
    [InlineData("review", "表四")]
    public void Tables_of_sections_three_and_four(string section, string name)
    {
        Table[] tables = [.. Form.All.Select(f => f.Sections.Single(s => s.Code == section).Tables.Single())];

        tables.ShouldAllBe(table => table.Columns.SequenceEqual(tables[0].Columns), "the columns are told once for all forms");
        Rows($"### `{section}` ({name}): columns, both forms").ShouldBe(tables[0].Columns.Select(c => Line($"`{c.Code}`", c.Label, c.Group, UnitOf(c))));
        Rows($"### `{section}` ({name}): rows").ShouldBe(
            from row in tables.SelectMany(t => t.Rows).DistinctBy(r => r.Code)
            select Line($"`{row.Code}`", row.Label, string.Join(" · ", row.Groups), FormsWith(f => f.Cells.Any(c => c.Section.Code == section && c.Row.Code == row.Code && c.Row.Label == row.Label))),
            ignoreOrder: true);
    }

    [Fact]
    public void Rules()
    {
        var rows = Rows("## Rules");
        rows.Length.ShouldBe(Form.All.SelectMany(f => f.Rules).DistinctBy(r => r.Code).Count());
        foreach (var rule in Form.All.SelectMany(f => f.Rules))
        {
            var row = rows.Single(r => r.StartsWith($"| `{rule.Code}` | ", StringComparison.Ordinal));
            row.ShouldContain(rule.Text);
            row.ShouldContain(rule.Source);
        }
    }

    /// <summary>The lines of the first table below a heading, without its head.</summary>
    static string[] Rows(string heading)
    {
        lines.ShouldContain(heading);
        return [.. lines.SkipWhile(l => l != heading).SkipWhile(l => !l.StartsWith('|')).TakeWhile(l => l.StartsWith('|')).Skip(2)];
    }

    static string Line(params string?[] fields) => $"|{string.Concat(fields.Select(f => f is null or "" ? "  |" : $" {f} |"))}";

    static string Code(string? code) => code is null ? "" : $"`{code}`";

    static string FormsWith(Func<Form, bool> condition) => string.Join(", ", Form.All.Where(condition).Select(f => f.Code));

    static string UnitOf(Column? column) => column?.Type switch
    {
        null => "",
        ColumnType.Change => $"{column.Unit} (may be negative)",
        ColumnType.Amount => $"{column.Unit}, up to four decimals",
        _ => column.Unit,
    };
}
