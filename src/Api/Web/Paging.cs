using System.Globalization;

namespace Aggregator.Api.Web;

/// <summary>Lists are read in pages: <c>?after=</c> a key, and <c>Link: rel="next"</c> while there is more.</summary>
static class Paging
{
    /// <summary>Most lines of one page.</summary>
    public const int Size = 200;

    /// <summary>Cuts a list that was read with one line too many, and links the next page.</summary>
    public static IReadOnlyList<T> Page<T, TKey>(HttpContext context, IReadOnlyList<T> rows, Func<T, TKey> key)
    {
        if (rows.Count <= Size)
        {
            return rows;
        }

        var page = rows.Take(Size).ToList();
        var after = Uri.EscapeDataString(Convert.ToString(key(page[^1]), CultureInfo.InvariantCulture)!);
        var others = context.Request.Query.Where(q => q.Key != "after").Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(q.Value!)}&");
        context.Response.Headers.Link = $"<{context.Request.Path}?{string.Concat(others)}after={after}>; rel=\"next\"";
        return page;
    }
}
