namespace Aggregator.Units;

/// <summary>What came of one call for many units. Each stands for itself: what can be done is done, the others are named.</summary>
/// <param name="Done">Units for which it is done, in the order of the call.</param>
/// <param name="Refused">Units for which it is not, and why.</param>
public sealed record Batch(IReadOnlyList<string> Done, IReadOnlyList<RefusedUnit> Refused)
{
    /// <summary>Most units of one call; no county has as many.</summary>
    public const int MaxUnits = 1000;

    /// <summary>Tells those with a refusal from those without.</summary>
    public static Batch Of(IReadOnlyList<(string Unit, Refusal? Refusal)> outcomes) => new(
        [.. outcomes.Where(o => o.Refusal is null).Select(o => o.Unit)],
        [.. outcomes.Where(o => o.Refusal is not null).Select(o => new RefusedUnit(o.Unit, o.Refusal!.Code, o.Refusal.Detail))]);

    /// <summary>Why a list of units cannot be taken, if it cannot. Refusal: <c>invalid_body</c>.</summary>
    public static Refusal? RefuseList(IReadOnlyList<string?>? units) =>
        units is not { Count: > 0 and <= MaxUnits } || !units.All(u => u is not null && UnitCode.IsValid(u)) || units.Distinct().Count() < units.Count
            ? Refusal.Invalid("units", "invalid_body", $"units 应列出 1 至 {MaxUnits} 个单位的代码，不得重复")
            : null;
}

/// <summary>A unit for which it is not done.</summary>
/// <param name="Unit">Unit code.</param>
/// <param name="Code">Stable code.</param>
/// <param name="Detail">Chinese sentence.</param>
public sealed record RefusedUnit(string Unit, string Code, string Detail);
