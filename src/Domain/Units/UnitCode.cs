namespace Aggregator.Units;

/// <summary>
/// Codes of divisions and reporting units. Divisions have the national ones: 2 digits (province), 4 (prefecture),
/// 6 (county), 9 (township level). A county department has its county's 6 digits, "-" and a suffix of the county's choice.
/// The nation is <c>00</c>. A code begins with the code of every level above it.
/// </summary>
public static class UnitCode
{
    /// <summary>The nation, above all provinces.</summary>
    public const string Nation = "00";

    const int MaxLength = 32;

    /// <summary>Whether it is the code of a unit that files reports: township level or county department.</summary>
    public static bool IsValid(string? code) => code switch
    {
        _ when IsTownshipLevel(code) => true,
        { Length: > 7 and <= MaxLength } when code[6] == '-' && IsDigits(code.AsSpan(0, 6)) => IsSuffix(code.AsSpan(7)),
        _ => false,
    };

    /// <summary>Whether it is the code of a township, town, street or what else stands at their level.</summary>
    public static bool IsTownshipLevel(string? code) => code is { Length: 9 } && IsDigits(code);

    /// <summary>Whether it is the code of a division above the township level.</summary>
    public static bool IsDivision(string? code) => code is { Length: 2 or 4 or 6 } && IsDigits(code);

    /// <summary>Whether it is a county's code.</summary>
    public static bool IsCounty(string? code) => code is { Length: 6 } && IsDigits(code);

    /// <summary>The county that a unit belongs to; of what is too short for a code, all of it.</summary>
    public static string CountyOf(string unit) => unit[..Math.Min(6, unit.Length)];

    /// <summary>The level above a division: county → prefecture → province → nation → null.</summary>
    public static string? Above(string division) => division switch
    {
        { Length: 6 } => division[..4],
        { Length: 4 } => division[..2],
        Nation => null,
        _ => Nation,
    };

    /// <summary>The level above any unit or division; null for the nation.</summary>
    public static string? ParentOf(string code) => code.Length > 6 ? CountyOf(code) : Above(code);

    /// <summary>Whether <paramref name="code"/> is the division <paramref name="scope"/> or lies below it.</summary>
    public static bool IsWithin(string code, string scope) => scope == Nation || code.StartsWith(scope, StringComparison.Ordinal);

    static bool IsDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    static bool IsSuffix(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }
}
