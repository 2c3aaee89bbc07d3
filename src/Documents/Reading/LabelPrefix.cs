using System.Collections.Frozen;

namespace Aggregator.Documents.Reading;

/// <summary>
/// A text that grows piece by piece and may become a label: tells cheaply when it no longer can, so that a long run of text costs
/// no more than its length.
/// </summary>
sealed class LabelPrefix(string[] cores, FrozenDictionary<char, int[]> coresWith)
{
    /// <summary>Letters of a number in front, or of a unit in brackets.</summary>
    const int Beside = 5;

    readonly int[] shared = new int[cores.Length];
    int letters;

    /// <summary>Whether more text may still make it a label.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>Whether it may be a label as it is.</summary>
    public bool MayBeLabel { get; private set; }

    /// <summary>Adds folded text without white space.</summary>
    public void Add(string piece)
    {
        foreach (var c in piece)
        {
            if (char.IsLetter(c) || char.IsDigit(c))
            {
                letters++;
                foreach (var i in coresWith.GetValueOrDefault(c, []))
                {
                    shared[i]++;
                }
            }
        }

        (IsOpen, MayBeLabel) = (letters == 0, false);
        for (var i = 0; i < cores.Length; i++)
        {
            var slack = FormLabels.Allowed(cores[i].Length) + Beside;
            var fits = shared[i] + slack >= letters && letters <= cores[i].Length + slack;
            IsOpen |= fits;
            MayBeLabel |= fits && shared[i] + slack >= cores[i].Length;
        }
    }
}
