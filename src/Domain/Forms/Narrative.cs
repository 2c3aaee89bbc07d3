using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Aggregator.Forms;

/// <summary>
/// What a county's report says about its figures in words. A text has places for figures: <c>{requests.granted.total}</c>, or
/// a sum, <c>{requests.refused.*.total}</c> or <c>{review.litigationDirect.total+review.litigationAfterReconsideration.total}</c>.
/// </summary>
/// <param name="Section">Code of the prose section that is written so.</param>
/// <param name="Parts">Its parts in order.</param>
public sealed partial record Narrative(string Section, ImmutableArray<NarrativePart> Parts)
{
    /// <summary>Where the items of a sentence stand in its text.</summary>
    public const string Items = "{items}";

    /// <summary>A text with what a function makes of each of its places, that is of the cells whose sum stands there.</summary>
    public static string Fill(Form form, string text, Func<Cell[], string> figure) =>
        Place().Replace(text, place => figure(CellsOf(form, place.Groups[1].Value)));

    /// <summary>The cells whose sum a place stands for.</summary>
    public static Cell[] CellsOf(Form form, string place) => [.. place.Split('+').SelectMany(form.Match)];

    /// <summary>Throws unless everything in braces is a cell, and the section is one of prose.</summary>
    public void Validate(Form form)
    {
        foreach (var part in Parts)
        {
            IEnumerable<string?> texts =
            [
                part.Heading, part.Opening, part.Zero,
                .. part.Sentences.Select(s => s.Zero),
                .. part.Sentences.Select(s => s.Items.IsEmpty ? s.Text : s.Text.Replace(Items, "", StringComparison.Ordinal)).Select(Filled),
                .. part.Sentences.SelectMany(s => s.Items).Select(Filled),
                .. part.Changes.Select(c => Filled($"{{{c.Of}}}")),
            ];
            if (texts.FirstOrDefault(t => t?.Contains('{', StringComparison.Ordinal) == true) is { } wrong)
            {
                throw new InvalidDataException($"Form {form.Code}: a place in “{wrong}” names no cell.");
            }
        }

        if (!form.Prose.Any(s => s.Code == Section))
        {
            throw new InvalidDataException($"Form {form.Code}: no section of prose {Section}.");
        }

        string Filled(string text) => Fill(form, text, _ => "");
    }

    [GeneratedRegex(@"\{(\w+\.[\w.*+]+)\}")]
    private static partial Regex Place();
}

/// <summary>A part of the narrative.</summary>
/// <param name="Heading">Its heading, without a number.</param>
/// <param name="Opening">What comes before the first sentence, if anything.</param>
/// <param name="Zero">What is said instead, opening included, if every figure in it is 0.</param>
/// <param name="Sentences">Its sentences in order.</param>
/// <param name="Changes">Figures that are compared with last year's.</param>
public sealed record NarrativePart(
    string Heading, string? Opening, string? Zero, ImmutableArray<NarrativeSentence> Sentences, ImmutableArray<NarrativeChange> Changes = default)
{
    /// <inheritdoc cref="NarrativePart" path="/param[@name='Changes']"/>
    public ImmutableArray<NarrativeChange> Changes { get; init; } = Changes.OrEmpty();
}

/// <summary>A figure whose change on last year is told.</summary>
/// <param name="Name">What it counts.</param>
/// <param name="Of">The cells that are added, as in a place but without the braces.</param>
public sealed record NarrativeChange(string Name, string Of);

/// <summary>A sentence. It is left out if one of its figures is missing.</summary>
/// <param name="Text">The sentence with its places.</param>
/// <param name="Zero">What is said instead if every figure in it is 0; the empty string leaves it out.</param>
/// <param name="Items">Clauses that stand at <c>{items}</c>, without those whose figure is 0; brackets left empty are dropped.</param>
public sealed record NarrativeSentence(string Text, string? Zero, ImmutableArray<string> Items)
{
    /// <inheritdoc cref="NarrativeSentence" path="/param[@name='Items']"/>
    public ImmutableArray<string> Items { get; init; } = Items.OrEmpty();
}
