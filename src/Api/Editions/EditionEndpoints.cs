using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Submissions;
using Aggregator.Api.Totals;
using Aggregator.Api.Web;
using Aggregator.Editions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Editions;

/// <summary>Frozen county reports.</summary>
public static class EditionEndpoints
{
    /// <summary>Maps <c>…/editions</c>; the reports themselves are in <see cref="ReportEndpoints"/>.</summary>
    public static void MapEditions(this RouteGroupBuilder year)
    {
        var editions = year.MapGroup("/editions").WithTags("editions");
        editions.MapPost("", RequestAsync).WithName("requestEdition").RequireRight(Right.ManageCounty);
        editions.MapGet("", ListAsync).WithName("listEditions").RequireRight(Right.ReadDivision);
        editions.MapGet("/{number:int}", GetAsync).WithName("getEdition").RequireRight(Right.ReadDivision);
        editions.MapGet("/{number:int}/changes", GetChangesAsync).WithName("getEditionChanges").RequireRight(Right.ReadDivision);
    }

    /// <summary>Have the county's report frozen as it stands.</summary>
    /// <remarks>
    /// A worker builds it within seconds; Location says where to look. With an <c>Idempotency-Key</c>, the same key gets the same
    /// edition. Possible in every state of the year. Errors: <c>year_not_found</c>, <c>invalid_idempotency_key</c>.
    /// </remarks>
    public static async Task<Results<Accepted<Edition>, ProblemHttpResult>> RequestAsync(
        string county, int year, HttpContext context, EditionStore editions, StaleTotalNotifier stale, CancellationToken token)
    {
        if (SubmissionEndpoints.ReadIdempotencyKey(context.Request, out var key) is { } refusal)
        {
            return Problems.Of(refusal);
        }

        if (await editions.RequestAsync(county, year, key, context.Caller().Actor, token) is not { } number)
        {
            return Problems.YearNotFound(county, year);
        }

        stale.Signal();
        return TypedResults.Accepted($"/api/v1/counties/{county}/years/{year}/editions/{number}", await editions.FindAsync(county, year, number, token));
    }

    /// <summary>All editions of a year, oldest first.</summary>
    /// <remarks>Those after <c>?after=</c> a number, in pages of 200.</remarks>
    public static async Task<Ok<IReadOnlyList<Edition>>> ListAsync(
        string county, int year, HttpContext context, EditionStore editions, CancellationToken token, int after = 0) =>
        TypedResults.Ok(Paging.Page(context, await editions.ListAsync(county, year, after, Paging.Size + 1, token), e => e.Number));

    /// <summary>An edition: whether it is built, of what moment, how complete, and whether the published year stands by it.</summary>
    /// <remarks>Errors: <c>edition_not_found</c>.</remarks>
    public static async Task<Results<Ok<Edition>, ProblemHttpResult>> GetAsync(string county, int year, int number, EditionStore editions, CancellationToken token) =>
        await editions.FindAsync(county, year, number, token) is { } edition
            ? TypedResults.Ok(edition)
            : Problems.NotFound("edition_not_found", $"{year} 年度没有第 {number} 份定稿。");

    /// <summary>What came in since an edition was built: unit by unit, cell by cell, section by section.</summary>
    /// <remarks>
    /// Compared with what counts now, whatever the state of the year. Errors: <c>edition_not_found</c>, <c>edition_not_built</c>
    /// with Retry-After, <c>edition_failed</c>.
    /// </remarks>
    public static async Task<Results<Ok<EditionChanges>, ProblemHttpResult>> GetChangesAsync(
        string county, int year, int number, HttpContext context, EditionStore editions, CancellationToken token)
    {
        if ((await editions.ReadChangesAsync(county, year, number, token)).Is(out var changes, out var refusal))
        {
            return TypedResults.Ok(changes);
        }

        SayWhenToRetry(context.Response, refusal);
        return Problems.Of(refusal);
    }

    /// <summary>Whoever is too early for an edition is told when to come back.</summary>
    internal static void SayWhenToRetry(HttpResponse response, Refusal? refusal)
    {
        if (refusal is { Code: "edition_not_built" })
        {
            response.Headers.RetryAfter = "1";
        }
    }
}
