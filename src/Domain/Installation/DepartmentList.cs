using Aggregator.Units;

namespace Aggregator.Installation;

/// <summary>A county's departments as somebody has pasted them: one name on each line.</summary>
public static class DepartmentList
{
    /// <summary>Most names at once.</summary>
    public const int MostNames = 200;

    /// <summary>
    /// The departments that are new, each with the next free number as its code's suffix. Numbers and dots that a list has before
    /// its names are left out, and so is who is there already. Refusals: <c>invalid_unit</c>.
    /// </summary>
    public static Outcome<Unit[]> Read(string county, string text, IReadOnlyCollection<Unit> known)
    {
        string[] names = [.. text.Split('\n').Select(Name).Where(n => n.Length > 0).Distinct()];
        if (names.Length > MostNames || names.FirstOrDefault(n => n.Length > 100 || n.Any(char.IsControl)) is not null)
        {
            return Refusal.Invalid("names", "invalid_unit", $"每行一个单位名称，不超过 100 字，一次最多 {MostNames} 个");
        }

        var last = known.Select(u => u.Code.Length > 7 && int.TryParse(u.Code.AsSpan(7), out var number) && u.Code[6] == '-' ? number : 0).DefaultIfEmpty().Max();
        return (Unit[])[.. names.Except(known.Select(u => u.Name))
            .Select((name, i) => new Unit($"{county}-{last + i + 1:000}", name, "department", county, [], null, null, null, VerticallyManaged: false))];
    }

    static string Name(string line) => line.Trim().TrimStart("0123456789.．、,，)）(（ \t".ToCharArray()).Trim();
}
