using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Aggregator;

/// <summary>An expected "no": why a request is not carried out, in words that a clerk understands.</summary>
/// <param name="Kind">What sort of refusal it is.</param>
/// <param name="Code">Stable code for programs, such as <c>invalid_body</c>.</param>
/// <param name="Detail">Chinese sentence for people.</param>
/// <param name="Errors">The single places that are wrong, if the refusal has any.</param>
public sealed record Refusal(RefusalKind Kind, string Code, string Detail, ImmutableArray<RefusalError> Errors)
{
    /// <summary>A refusal that has no places to point at.</summary>
    public Refusal(RefusalKind kind, string code, string detail)
        : this(kind, code, detail, [])
    {
    }
}

/// <summary>One place that is wrong.</summary>
/// <param name="Path">JSON path (<c>$.figures.review</c>) or cell path (<c>review.reconsideration.total</c>).</param>
/// <param name="Code">Stable code.</param>
/// <param name="Detail">Chinese sentence.</param>
public sealed record RefusalError(string Path, string Code, string Detail);

/// <summary>Sorts of refusal.</summary>
public enum RefusalKind
{
    /// <summary>The request cannot be understood.</summary>
    Invalid,

    /// <summary>The caller may not do this.</summary>
    Forbidden,

    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>The thing is not in a state that allows this.</summary>
    Conflict,

    /// <summary>The thing has changed since the caller read it.</summary>
    Stale,

    /// <summary>Understood, but its content breaks the rules.</summary>
    Unacceptable,

    /// <summary>The body is larger than allowed.</summary>
    TooLarge,

    /// <summary>The body is not in a media type or encoding that is read here.</summary>
    UnsupportedMedia,

    /// <summary>A program that this takes is not installed here.</summary>
    Unavailable,
}

/// <summary>Either a value or a refusal.</summary>
/// <typeparam name="T">The value.</typeparam>
public readonly struct Outcome<T>
    where T : class
{
    Outcome(T? value, Refusal? refusal) => (Value, Refusal) = (value, refusal);

    /// <summary>The value, unless refused.</summary>
    public T? Value { get; }

    /// <summary>The refusal, if there is one.</summary>
    public Refusal? Refusal { get; }

    /// <summary>Tells which of the two it is.</summary>
    public bool Is([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Refusal? refusal)
    {
        (value, refusal) = (Value, Refusal);
        return refusal is null;
    }

    /// <summary>A success.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>A refusal.</summary>
    public static implicit operator Outcome<T>(Refusal refusal) => new(null, refusal);
}
