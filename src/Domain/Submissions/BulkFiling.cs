using System.Collections.Immutable;
using Aggregator.Checks;

namespace Aggregator.Submissions;

/// <summary>A row of a sheet that has one row for each unit.</summary>
/// <param name="Row">Its number in the sheet, from 1.</param>
/// <param name="Unit">Unit code as it stands there; empty if it is missing.</param>
/// <param name="Name">Name as it stands there, if the sheet has names.</param>
/// <param name="Submission">The report, or null if the row could not be understood.</param>
/// <param name="Errors">Why it could not be understood.</param>
public sealed record BulkRow(int Row, string Unit, string? Name, Submission? Submission, ImmutableArray<RefusalError> Errors);

/// <summary>A sheet as it was uploaded.</summary>
/// <param name="Content">Byte for byte.</param>
/// <param name="MediaType">What the sender called it.</param>
public sealed record BulkFile(ReadOnlyMemory<byte> Content, string MediaType);

/// <summary>How far a sheet may be filed.</summary>
public enum BulkMode
{
    /// <summary>Everything, or nothing if a row is refused or has hard findings.</summary>
    AllOrNothing,

    /// <summary>Whatever can be filed, drafts included.</summary>
    Partial,

    /// <summary>Nothing; only tells what would come of it.</summary>
    DryRun,
}

/// <summary>What came, or would come, of a sheet.</summary>
/// <param name="Applied">Whether anything was stored.</param>
/// <param name="Rows">Every row.</param>
public sealed record BulkFiling(bool Applied, IReadOnlyList<FiledRow> Rows);

/// <summary>What came, or would come, of a row.</summary>
/// <param name="Row">Its number in the sheet.</param>
/// <param name="Unit">Unit code.</param>
/// <param name="Name">Name of the unit; as it stands in the sheet if there is no such unit.</param>
/// <param name="Status"><c>submitted</c>, <c>draft</c> (it has hard findings) or <c>refused</c>.</param>
/// <param name="Receipt">The receipt, if it was stored.</param>
/// <param name="Findings">Findings of its figures.</param>
/// <param name="Errors">Why it is refused.</param>
/// <param name="Warnings">What the county should look at, though it does not hinder the filing.</param>
public sealed record FiledRow(
    int Row,
    string Unit,
    string? Name,
    string Status,
    Receipt? Receipt,
    IReadOnlyList<Finding> Findings,
    ImmutableArray<RefusalError> Errors,
    ImmutableArray<RefusalError> Warnings);
