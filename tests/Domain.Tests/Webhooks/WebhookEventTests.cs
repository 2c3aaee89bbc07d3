using Aggregator.Access;
using Aggregator.Testing;
using Aggregator.Webhooks;

namespace Aggregator.Domain.Tests.Webhooks;

public sealed class WebhookEventTests
{
    static readonly DateTimeOffset at = FakeClock.Shanghai(2022, 1, 20, 18, 0, 0).ToUniversalTime();

    [Theory]
    [InlineData("submit", "{\"revision\":2,\"late\":false}", "submission.filed")]
    [InlineData("load_history", "{\"revision\":2}", "submission.filed")]
    [InlineData("waive", "{\"revision\":2,\"filed\":true}", "submission.filed")]
    [InlineData("waive", "{\"revision\":2,\"filed\":false}", null)]
    [InlineData("waive", "{\"revision\":2}", null)]
    [InlineData("return", "{\"revision\":2,\"reason\":\"请核对\"}", "submission.returned")]
    [InlineData("accept", "{\"revision\":2}", "submission.accepted")]
    [InlineData("keep_draft", "{\"revision\":2}", null)]
    [InlineData("withdraw", "{\"revision\":2}", null)]
    [InlineData("create_key", null, null)]
    public void What_becomes_an_event(string action, string? detail, string? expected)
    {
        var told = WebhookEvent.Of("360922", new AuditLine(17, at, "key", action, 2021, "360922201", detail));

        told.ShouldBe(expected is null ? null : new WebhookEvent("360922-17", expected, at, "360922", 2021, "360922201", 2));
    }

    [Fact]
    public void A_publication_is_of_the_county_and_of_no_unit() =>
        WebhookEvent.Of("360922", new AuditLine(18, at, "key", "publish_year", 2021, "360922", null))!.ToBody()
            .ShouldBe("""{"id":"360922-18","event":"edition.published","at":"2022-01-20T10:00:00+00:00","county":"360922","year":2021,"unit":null,"revision":null}""");

    [Fact]
    public void Neither_the_actor_nor_the_reason_is_told()
    {
        var body = WebhookEvent.Of("360922", new AuditLine(17, at, "zhangsan", "return", 2021, "360922201", "{\"revision\":2,\"reason\":\"李四漏报\"}"))!.ToBody();

        body.ShouldNotContain("zhangsan");
        body.ShouldNotContain("李四");
    }
}
