using System.Globalization;
using Aggregator.Access;
using Aggregator.Api.Web;
using Aggregator.Years;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Access;

/// <summary>The page on which a county looks after the keys of its units' programs, and an operator after all keys.</summary>
public static class KeyPages
{
    /// <summary>Maps <c>…/keys</c>; the group says who is let in.</summary>
    public static void MapKeyPages(this RouteGroupBuilder above)
    {
        var keys = above.MapGroup("/keys");
        keys.MapGet("", ShowAsync);
        keys.MapPost("", CreateAsync);
        keys.MapPost("/{id}/revoke", RevokeAsync);
    }

    /// <summary>Which programs may call.</summary>
    public static Task<IResult> ShowAsync([AsParameters] HolderSource source, KeyStore keys, CancellationToken token, string after = "") =>
        RenderAsync(source, keys, null, after, token);

    /// <summary>Makes a key; it is on the answer and nowhere else.</summary>
    public static async Task<IResult> CreateAsync([AsParameters] HolderSource source, KeyStore keys, CancellationToken token)
    {
        var form = await PageForms.ReadAsync(source.Context, token);
        var (role, last) = (source.County is null ? form["role"].ToString() : Roles.Name(Role.Reporter), form["expiresAt"].ToString());
        var ends = DateOnly.TryParseExact(last, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day);
        IResult result = ends || last.Length == 0
            ? await KeyEndpoints.CreateAsync(new NewKey(role, form["scope"].ToString().Trim(), ends ? ChinaTime.EndOf(day) : null), source.Context, keys, token)
            : Problems.Of(Refusal.Invalid("expiresAt", "invalid_expiry", "最后一天应为日期，如 2027-03-31"));
        return (result as INestedHttpResult)?.Result is IValueHttpResult<IssuedKey> { Value: { } issued }
            ? await RenderAsync(source, keys, issued, "", token)
            : await PageForms.AnswerAsync(source.Context, "key", result, "", source.Address, () => ShowAsync(source, keys, token));
    }

    /// <summary>Ends a key.</summary>
    public static async Task<IResult> RevokeAsync([AsParameters] HolderSource source, string id, KeyStore keys, AdmittedKeys admitted, CancellationToken token) =>
        await PageForms.AnswerAsync(source.Context, "key", await KeyEndpoints.RevokeAsync(id, source.Context, keys, admitted, token),
            $"密钥 {id} 已吊销，用它的程序随即不能再调用。", $"{source.Address}/keys", () => ShowAsync(source, keys, token));

    static async Task<IResult> RenderAsync(HolderSource source, KeyStore keys, IssuedKey? issued, string after, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var holder, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        var listed = await keys.ListAsync(source.County, after, Paging.Size, token);
        return new RazorComponentResult<KeysPage>(new
        {
            Holder = holder,
            Keys = listed,
            Names = await source.Units.ListNamesAsync(listed.Select(k => k.Scope), token),
            Issued = issued,
        });
    }
}
