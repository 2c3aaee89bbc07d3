using Aggregator.Access;
using Aggregator.Api.Web;
using Aggregator.Api.Years;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Access;

/// <summary>The page on which a county looks after the accounts of its office and its units.</summary>
public static class AccountPages
{
    const int Most = 1000;

    /// <summary>Maps <c>…/accounts</c>.</summary>
    public static void MapAccountPages(this RouteGroupBuilder year)
    {
        var accounts = year.MapGroup("/accounts").RequireRight(Right.ManageCounty);
        accounts.MapGet("", ShowAsync);
        accounts.MapPost("", CreateAsync);
        accounts.MapPost("/missing", CreateMissingAsync);
        accounts.MapPost("/{login}/reset", ResetAsync);
        accounts.MapPost("/{login}/{wish:regex(^(disable|enable)$)}", PutAsync);
    }

    /// <summary>Who can sign in for the county and its units.</summary>
    public static Task<IResult> ShowAsync([AsParameters] YearSource source, AccountStore accounts, CancellationToken token) => RenderAsync(source, accounts, [], token);

    /// <summary>Makes an account; its one-time password is on the answer and nowhere else.</summary>
    public static async Task<IResult> CreateAsync([AsParameters] YearSource source, AccountStore accounts, CancellationToken token)
    {
        var form = await PageForms.ReadAsync(source.Context, token);
        var scope = form["scope"].ToString();
        var body = new NewAccount(form["login"].ToString(), form["name"].ToString(), Roles.Name(scope == source.County ? Role.County : Role.Reporter), scope);
        return await HandOutAsync(source, accounts, await AccountEndpoints.CreateAsync(body, source.Context, accounts, token), token);
    }

    /// <summary>Makes an account for each unit that has none: its code is the login name.</summary>
    public static async Task<IResult> CreateMissingAsync([AsParameters] YearSource source, AccountStore accounts, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var year, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        var have = (await accounts.ListAsync(source.County, "", Most, token)).Select(a => a.Scope).ToHashSet();
        var issued = new List<OneTimePassword>();
        foreach (var line in year.Roster.Units.Where(u => u.Expected && !have.Contains(u.Unit)))
        {
            var created = await accounts.CreateAsync(line.Unit, line.Name, Role.Reporter, line.Unit, source.Context.Caller().Actor, token);
            if (created.Value is { } password)
            {
                issued.Add(password);
            }
        }

        return await RenderAsync(source, accounts, issued, token);
    }

    /// <summary>Gives an account a new one-time password.</summary>
    public static async Task<IResult> ResetAsync([AsParameters] YearSource source, string login, AccountStore accounts, CancellationToken token) =>
        await HandOutAsync(source, accounts, await AccountEndpoints.ResetAsync(login, source.Context, accounts, token), token);

    /// <summary>Disables an account or enables it again.</summary>
    public static async Task<IResult> PutAsync([AsParameters] YearSource source, string login, string wish, AccountStore accounts, CancellationToken token)
    {
        var name = (await accounts.FindAsync(login, token))?.Name ?? login;
        return await PageForms.AnswerAsync(source.Context, "account",
            await AccountEndpoints.PutAsync(login, new AccountBody(name, wish == "disable"), source.Context, accounts, token),
            wish == "disable" ? $"账号 {login} 已停用，已登录的随即退出。" : $"账号 {login} 已启用。", $"{source.Address}/accounts", () => ShowAsync(source, accounts, token));
    }

    static async Task<IResult> HandOutAsync(YearSource source, AccountStore accounts, INestedHttpResult result, CancellationToken token) => result.Result switch
    {
        IValueHttpResult<OneTimePassword> { Value: { } issued } => await RenderAsync(source, accounts, [issued], token),
        var refused => await PageForms.AnswerAsync(source.Context, "account", refused, "", source.Address, () => ShowAsync(source, accounts, token)),
    };

    static async Task<IResult> RenderAsync(YearSource source, AccountStore accounts, IReadOnlyList<OneTimePassword> issued, CancellationToken token) =>
        (await source.FindAsync(token)).Is(out var year, out var refusal)
            ? new RazorComponentResult<AccountsPage>(new
            {
                County = year,
                Accounts = await accounts.ListAsync(source.County, "", Most, token),
                Issued = issued,
                source.Context.Caller().Actor,
            })
            : RefusalPage.Of(source.Context, refusal);
}
