using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Access;
using Aggregator.Database;
using Aggregator.Testing;
using Aggregator.Webhooks;
using Aggregator.Worker.Webhooks;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Aggregator.Worker.Tests.Webhooks;

/// <summary>Real HTTP to a receiver on loopback, which a setting allows; the clock is the test's.</summary>
public sealed class SendDeliveriesJobTests : IAsyncLifetime
{
    const string County = "360922";

    static readonly WebhookSettings loopback = new(AllowPrivateAddresses: true, AllowHttp: true);

    readonly FakeClock clock = FakeClock.InJanuary2022();
    TestDatabase? database;
    NpgsqlDataSource? worker;
    NpgsqlDataSource? api;

    DeliveryStore Deliveries => new(api!, clock);

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        worker = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.WorkerRole);
        api = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.ApiRole);
    }

    public async ValueTask DisposeAsync()
    {
        await worker!.DisposeAsync();
        await api!.DisposeAsync();
        await database!.DisposeAsync();
    }

    [Fact]
    public async Task A_receiver_with_hiccups_gets_the_event_signed_without_figures_or_names()
    {
        await using var receiver = await Receiver.StartAsync(500, 503, 204);
        var webhook = await RegisterAsync($"{receiver.Address}/events?token=x");
        await AcceptAsync(1);

        await SendDueAsync();

        receiver.Received.Count.ShouldBe(3);
        receiver.Received.Select(r => (r.Id, r.Body)).Distinct().Count().ShouldBe(1);
        var last = receiver.Received.Last();
        var body = JsonNode.Parse(last.Body)!.AsObject();
        body.Select(m => m.Key).ShouldBe(["id", "event", "at", "county", "year", "unit", "revision"]);
        ((string?)body["id"]).ShouldBe(last.Id);
        ((string?)body["event"]).ShouldBe("submission.accepted");
        ((string?)body["unit"]).ShouldBe("360922001");
        ((int?)body["revision"]).ShouldBe(7);
        last.Headers["Aggregator-Event"].ToString().ShouldBe("submission.accepted");

        // As a receiver would verify it.
        var signature = last.Headers["Aggregator-Signature"].ToString().Split(',').Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[1]);
        long.Parse(signature["t"], System.Globalization.CultureInfo.InvariantCulture).ShouldBe(clock.GetUtcNow().ToUnixTimeSeconds());
        using var mac = new HMACSHA256(Encoding.UTF8.GetBytes(webhook.Secret));
        signature["v1"].ShouldBe(Convert.ToHexStringLower(mac.ComputeHash(Encoding.UTF8.GetBytes($"{signature["t"]}.{last.Body}"))));

        var (delivery, attempts) = await OnlyAsync(webhook);
        (delivery.State, delivery.SentAt, delivery.NextAttemptAt).ShouldBe(("sent", clock.GetUtcNow(), null));
        attempts.Select(a => a.Status).ShouldBe([500, 503, 204]);
        await SendDueAsync();
        receiver.Received.Count.ShouldBe(3, "sent is sent");
    }

    [Fact]
    public async Task A_receiver_that_is_down_is_tried_less_and_less_often_for_three_days_and_gets_it_by_a_replay()
    {
        var webhook = await RegisterAsync(Receiver.Nowhere());
        await AcceptAsync(1);

        foreach (var minutes in (int[])[1, 2, 4])
        {
            await SendDueAsync();
            var (waiting, _) = await OnlyAsync(webhook);
            (waiting.State, waiting.NextAttemptAt).ShouldBe(("failed", clock.GetUtcNow().AddMinutes(minutes)));
            clock.Set(waiting.NextAttemptAt!.Value.AddTicks(-10));
            await SendDueAsync(); // a moment too early: nothing is sent
            clock.Set(waiting.NextAttemptAt.Value);
        }

        clock.Set(clock.GetUtcNow().AddDays(3));
        await SendDueAsync();
        var (given, attempts) = await OnlyAsync(webhook);
        (given.State, given.NextAttemptAt).ShouldBe(("given_up", null));
        attempts.Count.ShouldBe(4 * 3);
        attempts.ShouldAllBe(a => a.Status == null && a.Error!.StartsWith("没有连通", StringComparison.Ordinal));

        await using var receiver = await Receiver.StartAsync(200);
        await database!.ScalarAsync<int>($"update webhook set url = '{receiver.Address}'");
        (await Deliveries.ReplayAsync(Of(webhook), given.Id, "test", default)).ShouldBeTrue();
        await SendDueAsync();
        receiver.Received.Single().Id.ShouldBe(given.Id);
        (await OnlyAsync(webhook)).Delivery.State.ShouldBe("sent");
    }

    [Fact]
    public async Task A_slow_receiver_keeps_nobody_else_waiting()
    {
        using var release = new SemaphoreSlim(0);
        await using var slow = await Receiver.StartAsync(_ => release.WaitAsync());
        await using var quick = await Receiver.StartAsync(200);
        await RegisterAsync(slow.Address);
        await RegisterAsync(quick.Address);
        await AcceptAsync(20);

        var sending = SendDueAsync();
        await UntilAsync(() => quick.Received.Count == 20 && slow.Received.Count == 4);

        sending.IsCompleted.ShouldBeFalse();
        slow.Received.Count.ShouldBe(4, "no more than so many at once");
        release.Release(20);
        await sending;
        slow.Received.Select(r => r.Id).Distinct().Count().ShouldBe(20);
        (quick.Received.Count, slow.Received.Count).ShouldBe((20, 20));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.Redirect("/elsewhere", permanent: true);
            return Task.CompletedTask;
        });
        var webhook = await RegisterAsync($"{receiver.Address}/here");
        await AcceptAsync(1);

        await SendDueAsync();

        receiver.Received.Select(r => r.Path).ShouldBe(["/here"]);
        var (delivery, attempts) = await OnlyAsync(webhook);
        delivery.State.ShouldBe("failed");
        attempts.Select(a => a.Status).ShouldBe([301]);
    }

    [Fact]
    public async Task Two_workers_send_each_delivery_once()
    {
        await using var receiver = await Receiver.StartAsync(async context => await Task.Delay(5, context.RequestAborted));
        await RegisterAsync(receiver.Address);
        await AcceptAsync(60);
        await using var another = AggregatorDatabase.Open(database!.ConnectionString, AggregatorDatabase.WorkerRole);

        await Task.WhenAll(SendDueAsync(), SendDueAsync(another), SendDueAsync(), SendDueAsync(another));

        receiver.Received.Count.ShouldBe(60);
        receiver.Received.Select(r => r.Id).Distinct().Count().ShouldBe(60);
    }

    [Fact]
    public async Task What_a_dead_worker_had_taken_is_sent_by_another_one_later()
    {
        await using var receiver = await Receiver.StartAsync(200);
        var webhook = await RegisterAsync(receiver.Address);
        await AcceptAsync(1);
        (await new DeliveryStore(worker!, clock).ClaimAsync(new DueWebhook(webhook.Scope, webhook.Id), default)).ShouldNotBeNull();

        await SendDueAsync();
        receiver.Received.ShouldBeEmpty();
        clock.Set(clock.GetUtcNow().AddMinutes(5));
        await SendDueAsync();
        receiver.Received.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task A_private_address_is_refused_when_connecting_wherever_the_name_led_before(string host)
    {
        await using var receiver = await Receiver.StartAsync(200);
        var webhook = await RegisterAsync($"http://{host}:{new Uri(receiver.Address).Port}/");
        await AcceptAsync(1);

        await SendDueAsync(settings: new WebhookSettings(AllowPrivateAddresses: false, AllowHttp: true));

        receiver.Received.ShouldBeEmpty();
        var (delivery, attempts) = await OnlyAsync(webhook);
        delivery.State.ShouldBe("failed");
        attempts.ShouldAllBe(a => a.Error == "网址指向内网、本机或其他专用地址，没有连接");
    }

    [Fact]
    public async Task Without_TLS_nothing_is_sent_unless_a_setting_allows_it()
    {
        await using var receiver = await Receiver.StartAsync(200);
        var webhook = await RegisterAsync(receiver.Address);
        await AcceptAsync(1);

        await SendDueAsync(settings: new WebhookSettings(AllowPrivateAddresses: true, AllowHttp: false));

        receiver.Received.ShouldBeEmpty();
        (await OnlyAsync(webhook)).Attempts.ShouldAllBe(a => a.Error == "网址（url）应以 https:// 开头");
    }

    [Fact]
    public async Task Of_an_answer_the_beginning_is_kept_and_no_more_is_read()
    {
        var written = 0L;
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            var block = Encoding.UTF8.GetBytes("收到\0" + new string('x', 64_000));
            while (!context.RequestAborted.IsCancellationRequested && written < 1 << 30)
            {
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
                written += block.Length;
            }
        });
        var webhook = await RegisterAsync(receiver.Address);
        await AcceptAsync(1);

        await SendDueAsync();

        var (delivery, attempts) = await OnlyAsync(webhook);
        delivery.State.ShouldBe("sent");
        attempts.Single().Answer!.ShouldStartWith("收到 xxx");
        Encoding.UTF8.GetByteCount(attempts.Single().Answer!).ShouldBe(1024);
        written.ShouldBeLessThan(1 << 30);
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_webhook_that_has_ended()
    {
        await using var receiver = await Receiver.StartAsync(200);
        var webhook = await RegisterAsync(receiver.Address);
        await AcceptAsync(1);
        await new WebhookStore(api!, loopback, clock).DeleteAsync(Of(webhook), "test", default);

        await SendDueAsync();

        receiver.Received.ShouldBeEmpty();
    }

    async Task<IssuedWebhook> RegisterAsync(string url) =>
        (await new WebhookStore(api!, loopback, clock).CreateAsync(County, url, ["submission.accepted"], "test", default)).Value!;

    async Task AcceptAsync(int count)
    {
        await database!.ScalarAsync<int>($$"""
            insert into audit (county, at, actor, action, year, subject, detail)
            select '{{County}}', '{{clock.GetUtcNow():O}}', 'key', 'accept', 2021, '360922' || lpad(n::text, 3, '0'), '{"revision":7,"reason":null}' from generate_series(1, {{count}}) n
            """);
        await new AuditStore(worker!).SealAsync(default);
    }

    async Task SendDueAsync(NpgsqlDataSource? source = null, WebhookSettings? settings = null)
    {
        using var client = new WebhookClient(settings ?? loopback, clock);
        using var job = new SendDeliveriesJob(new DeliveryStore(source ?? worker!, clock), client, clock, NullLogger<SendDeliveriesJob>.Instance);
        await job.SendDueAsync(TestContext.Current.CancellationToken);
    }

    async Task<(Delivery Delivery, IReadOnlyList<DeliveryAttempt> Attempts)> OnlyAsync(IssuedWebhook webhook)
    {
        var delivery = (await Deliveries.ListAsync(Of(webhook), 0, 10, default)).Single();
        return (delivery, await Deliveries.ListAttemptsAsync(Of(webhook), delivery.Id, default));
    }

    Webhook Of(IssuedWebhook webhook) => new(webhook.Id, webhook.Scope, webhook.Url, [.. webhook.Events], "test", clock.GetUtcNow());

    static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(20);
        }

        condition().ShouldBeTrue();
    }
}
