using Aggregator.Totals;

namespace Aggregator.Testing;

/// <summary>What a Worker does, one total after the other.</summary>
public static class AnyTotal
{
    /// <summary>Brings a stale total up to date, of a county if there is one; false if there is nothing to do.</summary>
    public static async Task<bool> RefreshNextAsync(this TotalStore totals, CancellationToken token) =>
        await totals.RefreshNextCountyAsync(token) || await totals.RefreshNextAboveAsync(token);
}
