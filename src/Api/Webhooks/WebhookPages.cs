using Aggregator.Api.Access;
using Aggregator.Api.Web;
using Aggregator.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Aggregator.Api.Webhooks;

/// <summary>The pages on which a county looks after its webhooks, and an operator after all: who is told, and what came of it.</summary>
public static class WebhookPages
{
    const int LogLines = 100;

    /// <summary>Maps <c>…/webhooks</c>; the group says who is let in.</summary>
    public static void MapWebhookPages(this RouteGroupBuilder above)
    {
        var webhooks = above.MapGroup("/webhooks");
        webhooks.MapGet("", ShowAsync);
        webhooks.MapPost("", CreateAsync);
        webhooks.MapGet("/{id}", ShowOneAsync);
        webhooks.MapPost("/{id}/ping", PingAsync);
        webhooks.MapPost("/{id}/delete", DeleteAsync);
        webhooks.MapGet("/{id}/deliveries/{delivery}", ShowDeliveryAsync);
        webhooks.MapPost("/{id}/deliveries/{delivery}/replay", ReplayAsync);
    }

    /// <summary>Who is told of what.</summary>
    public static Task<IResult> ShowAsync([AsParameters] HolderSource source, WebhookStore webhooks, CancellationToken token, string after = "") =>
        RenderAsync(source, webhooks, null, after, token);

    /// <summary>Registers a webhook; its secret is on the answer and nowhere else.</summary>
    public static async Task<IResult> CreateAsync([AsParameters] HolderSource source, WebhookStore webhooks, CancellationToken token)
    {
        var form = await PageForms.ReadAsync(source.Context, token);
        var body = new NewWebhook(source.County ?? form["scope"].ToString().Trim(), form["url"].ToString().Trim(), [.. form["events"].OfType<string>()]);
        var created = await WebhookEndpoints.CreateAsync(body, source.Context, webhooks, token);
        return created.Result is IValueHttpResult<IssuedWebhook> { Value: { } issued }
            ? await RenderAsync(source, webhooks, issued, "", token)
            : await PageForms.AnswerAsync(source.Context, "webhook", created, "", source.Address, () => ShowAsync(source, webhooks, token));
    }

    /// <summary>What was sent to a webhook, newest first.</summary>
    public static Task<IResult> ShowOneAsync(
        [AsParameters] HolderSource source, string id, WebhookStore webhooks, DeliveryStore deliveries, CancellationToken token, long? before = null) =>
        WithAsync(source, id, webhooks, async (holder, webhook) =>
        {
            var log = await deliveries.ListLastAsync(webhook, before, LogLines + 1, token);
            return new RazorComponentResult<WebhookPage>(new
            {
                Holder = holder,
                Webhook = webhook,
                Names = await source.Units.ListNamesAsync([webhook.Scope], token),
                Log = log.Take(LogLines).ToList(),
                Older = log.Count > LogLines ? log[LogLines - 1].Seq : (long?)null,
            });
        }, token);

    /// <summary>Sends a test.</summary>
    public static async Task<IResult> PingAsync([AsParameters] HolderSource source, string id, WebhookStore webhooks, DeliveryStore deliveries, CancellationToken token) =>
        await PageForms.AnswerAsync(source.Context, "ping", await WebhookEndpoints.PingAsync(id, source.Context, webhooks, deliveries, token),
            "测试已放入队列，几秒内发出；请刷新本页查看结果。", $"{source.Address}/webhooks/{id}", () => ShowOneAsync(source, id, webhooks, deliveries, token));

    /// <summary>Ends a webhook.</summary>
    public static async Task<IResult> DeleteAsync([AsParameters] HolderSource source, string id, WebhookStore webhooks, CancellationToken token) =>
        await PageForms.AnswerAsync(source.Context, "delete", await WebhookEndpoints.DeleteAsync(id, source.Context, webhooks, token),
            "回调已删除，还没有送达的不再投递。", $"{source.Address}/webhooks", () => ShowAsync(source, webhooks, token));

    /// <summary>A delivery with all that was tried.</summary>
    public static Task<IResult> ShowDeliveryAsync(
        [AsParameters] HolderSource source, string id, string delivery, WebhookStore webhooks, DeliveryStore deliveries, CancellationToken token) =>
        WithAsync(source, id, webhooks, async (holder, webhook) => await deliveries.FindAsync(webhook, delivery, token) is { } found
            ? new RazorComponentResult<DeliveryPage>(new { Holder = holder, Webhook = webhook, Delivery = found, Attempts = await deliveries.ListAttemptsAsync(webhook, delivery, token) })
            : RefusalPage.Of(WebhookEndpoints.DeliveryNotFound().ProblemDetails, $"{source.Address}/webhooks/{id}"), token);

    /// <summary>Sends a delivery once more.</summary>
    public static async Task<IResult> ReplayAsync(
        [AsParameters] HolderSource source, string id, string delivery, WebhookStore webhooks, DeliveryStore deliveries, CancellationToken token) =>
        await PageForms.AnswerAsync(source.Context, "replay", await WebhookEndpoints.ReplayAsync(id, delivery, source.Context, webhooks, deliveries, token),
            "已重新放入队列，几秒内投递；编号和内容不变。", $"{source.Address}/webhooks/{id}/deliveries/{delivery}",
            () => ShowDeliveryAsync(source, id, delivery, webhooks, deliveries, token));

    static async Task<IResult> RenderAsync(HolderSource source, WebhookStore webhooks, IssuedWebhook? issued, string after, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var holder, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        var listed = await webhooks.ListAsync(source.County, after, Paging.Size, token);
        return new RazorComponentResult<WebhooksPage>(new
        {
            Holder = holder,
            Webhooks = listed,
            Names = await source.Units.ListNamesAsync(listed.Select(w => w.Scope), token),
            Issued = issued,
        });
    }

    /// <summary>A page about a webhook that is there and that the caller may handle, as the endpoints see it.</summary>
    static async Task<IResult> WithAsync(HolderSource source, string id, WebhookStore webhooks, Func<Holder, Webhook, Task<RazorComponentResult>> page, CancellationToken token)
    {
        if (!(await source.FindAsync(token)).Is(out var holder, out var refusal))
        {
            return RefusalPage.Of(source.Context, refusal);
        }

        var shown = await WebhookEndpoints.WithAsync<RazorComponentResult>(id, source.Context, webhooks, async webhook => await page(holder, webhook), token);
        return shown.Result is ProblemHttpResult { ProblemDetails: var problem } ? RefusalPage.Of(problem, $"{source.Address}/webhooks") : shown.Result;
    }
}
