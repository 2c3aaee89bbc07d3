using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;

namespace Aggregator.Forms;

/// <summary>One cell of a form.</summary>
/// <param name="Index">Position in the form's cell order.</param>
/// <param name="Path">Address, such as <c>requests.refused.stateSecret.naturalPerson</c>.</param>
/// <param name="Section">Section that the cell stands in.</param>
/// <param name="Table">Table that the cell stands in.</param>
/// <param name="Row">Row of the cell.</param>
/// <param name="Column">Column of the cell.</param>
public sealed record Cell(int Index, string Path, Section Section, Table Table, Row Row, Column Column)
{
    /// <summary>The row in words, such as <c>（四）无法提供 1.本机关不掌握相关政府信息</c>.</summary>
    public string RowName { get; } = string.Join(' ', [.. Row.Groups.Where(g => g != Table.NamesOmit), Row.Label]);

    /// <summary>The column in words, such as <c>法人或其他组织 商业企业</c>.</summary>
    public string ColumnName { get; } = Column.Group is { } group ? $"{group} {Column.Label}" : Column.Label;

    /// <summary>Row and column in words.</summary>
    public string Name => $"{RowName} · {ColumnName}";
}

/// <summary>A level of the tree that a JSON body of figures spells out: either a cell or an object of nodes.</summary>
public sealed class CellNode
{
    CellNode(string name, string path, Cell? cell, ImmutableArray<CellNode> children)
    {
        Name = name;
        Path = path;
        Cell = cell;
        Children = children;
        Utf8Name = [.. Encoding.UTF8.GetBytes(name)];
        byName = children.ToFrozenDictionary(c => c.Name);
    }

    readonly FrozenDictionary<string, CellNode> byName;

    /// <summary>Member name within the parent; empty for the root.</summary>
    public string Name { get; }

    /// <summary>Path from the root.</summary>
    public string Path { get; }

    /// <summary>The member name as JSON spells it.</summary>
    public ImmutableArray<byte> Utf8Name { get; }

    /// <summary>The cell, or null for an object.</summary>
    public Cell? Cell { get; }

    /// <summary>Members in cell order.</summary>
    public ImmutableArray<CellNode> Children { get; }

    /// <summary>The member with a name, or null.</summary>
    public CellNode? Find(string name) => byName.GetValueOrDefault(name);

    internal static CellNode Build(ImmutableArray<Cell> cells) =>
        Build("", "", [.. cells.Select(c => (c, c.Path.Split('.')))], 0);

    static CellNode Build(string name, string path, ImmutableArray<(Cell Cell, string[] Segments)> cells, int depth)
    {
        if (cells is [var (only, segments)] && segments.Length == depth)
        {
            return new CellNode(name, path, only, []);
        }

        var children = cells.GroupBy(c => c.Segments[depth]).Select(group =>
            Build(group.Key, path.Length == 0 ? group.Key : $"{path}.{group.Key}", [.. group], depth + 1));
        return new CellNode(name, path, null, [.. children]);
    }
}
