using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Webhooks;

/// <summary>What webhook to register.</summary>
/// <param name="Scope">Division whose counties it is told of; the nation is 00.</param>
/// <param name="Url">Where events are sent by POST.</param>
/// <param name="Events"><c>submission.filed</c>, <c>submission.returned</c>, <c>submission.accepted</c>, <c>edition.published</c>.</param>
public sealed record NewWebhook(string Scope, string Url, IReadOnlyList<string> Events);

/// <summary>A delivery with all that was tried.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="Attempts">Its tries, oldest first.</param>
public sealed record DeliveryLog(Delivery Delivery, IReadOnlyList<DeliveryAttempt> Attempts);

/// <summary>Telling upper-level systems what happened.</summary>
public static class WebhookEndpoints
{
    /// <summary>Maps <c>/webhooks</c>.</summary>
    public static void MapWebhooks(this RouteGroupBuilder api)
    {
        var webhooks = api.MapGroup("/webhooks").WithTags("webhooks").RequireAuthorization();
        webhooks.MapPost("", CreateAsync).WithName("createWebhook");
        webhooks.MapGet("", ListAsync).WithName("listWebhooks");
        webhooks.MapDelete("/{id}", DeleteAsync).WithName("deleteWebhook");
        webhooks.MapPost("/{id}/ping", PingAsync).WithName("pingWebhook");
        webhooks.MapGet("/{id}/deliveries", ListDeliveriesAsync).WithName("listDeliveries");
        webhooks.MapGet("/{id}/deliveries/{delivery}", GetDeliveryAsync).WithName("getDelivery");
        webhooks.MapPost("/{id}/deliveries/{delivery}/replay", ReplayAsync).WithName("replayDelivery");
    }

    /// <summary>Register a webhook; its secret is shown this once.</summary>
    /// <remarks>
    /// An operator for any division, a county for itself. Each event comes as <c>POST {id, event, at, county, year, unit, revision}</c> with
    /// <c>Aggregator-Delivery</c> (the id), <c>Aggregator-Event</c> and <c>Aggregator-Signature: t=&lt;unix&gt;,v1=&lt;hex&gt;</c>, the
    /// HMAC-SHA-256 of <c>t.body</c> under the secret; any 2xx within ten seconds takes it, redirects are not followed. What is not taken is
    /// tried again for three days, so the same id may come twice. Errors: <c>invalid_scope</c>, <c>invalid_events</c>,
    /// <c>invalid_url</c>, <c>private_address</c>, <c>unit_not_found</c>, <c>forbidden</c>.
    /// </remarks>
    public static async Task<Results<Created<IssuedWebhook>, ProblemHttpResult, ForbidHttpResult>> CreateAsync(
        NewWebhook body, HttpContext context, WebhookStore webhooks, CancellationToken token)
    {
        var caller = context.Caller();
        if (!MayHandle(caller, body.Scope))
        {
            return TypedResults.Forbid();
        }

        var created = await webhooks.CreateAsync(body.Scope, body.Url, body.Events, caller.Actor, token);
        return created.Is(out var webhook, out var refusal) ? TypedResults.Created($"/api/v1/webhooks/{webhook.Id}", webhook) : Problems.Of(refusal);
    }

    /// <summary>Registered webhooks: a county's own, or all for an operator.</summary>
    /// <remarks>In the order of their ids, in pages of 200.</remarks>
    public static async Task<Results<Ok<Webhook[]>, ForbidHttpResult>> ListAsync(
        HttpContext context, WebhookStore webhooks, CancellationToken token, string after = "")
    {
        var caller = context.Caller();
        if (caller.Role is not (Role.Operator or Role.County))
        {
            return TypedResults.Forbid();
        }

        var found = await webhooks.ListAsync(caller.Role == Role.Operator ? null : caller.Scope, after, Paging.Size + 1, token);
        return TypedResults.Ok(Paging.Page(context, found, w => w.Id).ToArray());
    }

    /// <summary>End a webhook; what waits for it is not sent any more.</summary>
    /// <remarks>Errors: <c>webhook_not_found</c> (also for one that the caller may not end).</remarks>
    public static Task<Results<NoContent, ProblemHttpResult, ForbidHttpResult>> DeleteAsync(
        string id, HttpContext context, WebhookStore webhooks, CancellationToken token) =>
        WithAsync<NoContent>(id, context, webhooks, async webhook =>
        {
            await webhooks.DeleteAsync(webhook, context.Caller().Actor, token);
            return TypedResults.NoContent();
        }, token);

    /// <summary>Send a test.</summary>
    /// <remarks>It is sent within seconds, like any event, whatever events were chosen; the answer says which delivery to look at. Errors: <c>webhook_not_found</c>.</remarks>
    public static Task<Results<Accepted<Delivery>, ProblemHttpResult, ForbidHttpResult>> PingAsync(
        string id, HttpContext context, WebhookStore webhooks, DeliveryStore deliveries, CancellationToken token) =>
        WithAsync<Accepted<Delivery>>(id, context, webhooks, async webhook =>
        {
            var ping = await deliveries.PingAsync(webhook, token);
            return TypedResults.Accepted($"/api/v1/webhooks/{id}/deliveries/{ping.Id}", ping);
        }, token);

    /// <summary>What was sent to a webhook, or waits for it.</summary>
    /// <remarks>After <c>?after=</c>, oldest first, in pages of 200. Errors: <c>webhook_not_found</c>.</remarks>
    public static Task<Results<Ok<Delivery[]>, ProblemHttpResult, ForbidHttpResult>> ListDeliveriesAsync(
        string id, HttpContext context, WebhookStore webhooks, DeliveryStore deliveries, CancellationToken token, long after = 0) =>
        WithAsync<Ok<Delivery[]>>(id, context, webhooks, async webhook =>
            TypedResults.Ok(Paging.Page(context, await deliveries.ListAsync(webhook, after, Paging.Size + 1, token), d => d.Seq).ToArray()), token);

    /// <summary>A delivery with every try: status, beginning of the answer, duration.</summary>
    /// <remarks>Errors: <c>webhook_not_found</c>, <c>delivery_not_found</c>.</remarks>
    public static Task<Results<Ok<DeliveryLog>, ProblemHttpResult, ForbidHttpResult>> GetDeliveryAsync(
        string id, string delivery, HttpContext context, WebhookStore webhooks, DeliveryStore deliveries, CancellationToken token) =>
        WithAsync<Ok<DeliveryLog>>(id, context, webhooks, async webhook =>
            await deliveries.FindAsync(webhook, delivery, token) is { } found
                ? TypedResults.Ok(new DeliveryLog(found, await deliveries.ListAttemptsAsync(webhook, delivery, token)))
                : DeliveryNotFound(), token);

    /// <summary>Send a delivery once more, whatever became of it.</summary>
    /// <remarks>The same id and the same body; only the signature has a new time. Errors: <c>webhook_not_found</c>, <c>delivery_not_found</c>.</remarks>
    public static Task<Results<Accepted<Delivery>, ProblemHttpResult, ForbidHttpResult>> ReplayAsync(
        string id, string delivery, HttpContext context, WebhookStore webhooks, DeliveryStore deliveries, CancellationToken token) =>
        WithAsync<Accepted<Delivery>>(id, context, webhooks, async webhook =>
            await deliveries.ReplayAsync(webhook, delivery, context.Caller().Actor, token)
                ? TypedResults.Accepted($"/api/v1/webhooks/{id}/deliveries/{delivery}", await deliveries.FindAsync(webhook, delivery, token))
                : DeliveryNotFound(), token);

    /// <summary>Answers about a webhook that is there and that the caller may handle.</summary>
    internal static async Task<Results<T, ProblemHttpResult, ForbidHttpResult>> WithAsync<T>(
        string id, HttpContext context, WebhookStore webhooks, Func<Webhook, Task<Results<T, ProblemHttpResult, ForbidHttpResult>>> answer, CancellationToken token)
        where T : IResult
    {
        var caller = context.Caller();
        if (caller.Role is not (Role.Operator or Role.County))
        {
            return TypedResults.Forbid();
        }

        return await webhooks.FindAsync(id, token) is { } webhook && MayHandle(caller, webhook.Scope)
            ? await answer(webhook)
            : Problems.NotFound("webhook_not_found", "没有这个回调，或者它已经删除。");
    }

    static bool MayHandle(Caller caller, string scope) => caller.Role == Role.Operator || caller.May(Right.ManageCounty, scope);

    internal static ProblemHttpResult DeliveryNotFound() => Problems.NotFound("delivery_not_found", "这个回调没有这一次投递。");
}
