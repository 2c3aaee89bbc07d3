using Aggregator.Access;
using Aggregator.Database;
using Aggregator.Testing;
using Aggregator.Webhooks;
using Npgsql;

namespace Aggregator.Domain.Tests.Webhooks;

public sealed class DeliveryStoreTests : IAsyncLifetime
{
    readonly FakeClock clock = FakeClock.InJanuary2022();
    TestDatabase? database;
    NpgsqlDataSource? worker;
    NpgsqlDataSource? api;

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

    [Theory]
    [InlineData("00", true)]
    [InlineData("36", true)]
    [InlineData("3609", true)]
    [InlineData("360922", true)]
    [InlineData("360923", false)]
    [InlineData("37", false)]
    public async Task Sealing_a_line_queues_its_event_for_the_webhooks_above_it(string scope, bool told)
    {
        var webhook = await RegisterAsync(scope, "submission.filed");
        await WriteAsync("submit", clock.GetUtcNow());

        await new AuditStore(worker!).SealAsync(default);

        (await ListAsync(webhook)).Select(d => (d.Event, d.State)).ShouldBe(told ? [("submission.filed", "queued")] : []);
    }

    [Fact]
    public async Task Only_events_that_were_chosen_and_happened_after_that_are_queued()
    {
        var webhook = await RegisterAsync("360922", "submission.returned");
        await WriteAsync("submit", clock.GetUtcNow());
        await WriteAsync("put_roster", clock.GetUtcNow());
        await WriteAsync("return", clock.GetUtcNow().AddSeconds(-1));
        await WriteAsync("return", clock.GetUtcNow());

        await new AuditStore(worker!).SealAsync(default);

        (await ListAsync(webhook)).Select(d => d.Id).ShouldBe(["360922-" + await database!.ScalarAsync<long>("select max(id) from audit")]);
    }

    [Fact]
    public async Task Many_workers_queue_each_event_once()
    {
        var webhook = await RegisterAsync("00", "submission.filed");
        for (var i = 0; i < 50; i++)
        {
            await WriteAsync("submit", clock.GetUtcNow());
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new AuditStore(worker!).SealAsync(default))));

        (await ListAsync(webhook)).Select(d => d.Id).Distinct().Count().ShouldBe(50);
        (await ListAsync(webhook)).Count.ShouldBe(50);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 16)]
    [InlineData(9, 256)]
    [InlineData(10, 360)]
    [InlineData(100, 360)]
    public void Pauses_grow_to_six_hours(int rounds, int minutes) => DeliveryStore.PauseAfter(rounds).ShouldBe(TimeSpan.FromMinutes(minutes));

    async Task<Webhook> RegisterAsync(string scope, params string[] events)
    {
        var store = new WebhookStore(api!, new WebhookSettings(AllowPrivateAddresses: true, AllowHttp: false), clock);
        var issued = (await store.CreateAsync(scope, "https://127.0.0.1/", events, "test", default)).Value!;
        return (await store.FindAsync(issued.Id, default))!;
    }

    Task<IReadOnlyList<Delivery>> ListAsync(Webhook webhook) => new DeliveryStore(api!, clock).ListAsync(webhook, 0, 100, default);

    async Task WriteAsync(string action, DateTimeOffset at) => await database!.ScalarAsync<int>($$"""
        insert into audit (county, at, actor, action, year, subject, detail) values ('360922', '{{at:O}}', 'key', '{{action}}', 2021, '360922201', '{"revision":3}')
        """);
}
