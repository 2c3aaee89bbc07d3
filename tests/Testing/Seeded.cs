namespace Aggregator.Testing;

/// <summary>Runs a property over many random cases. The same seed gives the same case, and a failure names its seed.</summary>
public static class Seeded
{
    /// <summary>Runs the property for <paramref name="cases"/> seeds, beginning with <paramref name="first"/>.</summary>
    public static void Run(int cases, Action<Random> property, int first = 1)
    {
        for (var seed = first; seed < first + cases; seed++)
        {
            try
            {
                property(new Random(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Failed with seed {seed}; repeat it alone with Seeded.Run(1, …, first: {seed}). {e.Message}", e);
            }
        }
    }
}
