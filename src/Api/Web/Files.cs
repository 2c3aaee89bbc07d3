using Aggregator.Documents.Writing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Aggregator.Api.Web;

/// <summary>Answers that are files.</summary>
static class Files
{
    /// <summary>
    /// The file, or why it cannot be made. Its tag is that of what it is converted from: a converter writes the time into its
    /// files, and who has the same already need not wait for it.
    /// </summary>
    public static async Task<Results<FileContentHttpResult, ProblemHttpResult>> SendAsync<T>(
        HttpRequest request, FileFormat<T> format, T content, string name, CancellationToken token)
    {
        var bytes = format.Write(content);
        var tag = new EntityTagHeaderValue(EntityTags.Of(bytes));
        if (format.Convert is { } convert && !request.GetTypedHeaders().IfNoneMatch.Any(t => t.Compare(tag, useStrongComparison: false)))
        {
            if (!(await convert(bytes, token)).Is(out var converted, out var refusal))
            {
                return Problems.Of(refusal);
            }

            bytes = converted;
        }

        return TypedResults.File(bytes, format.MediaType, name, entityTag: tag);
    }
}
