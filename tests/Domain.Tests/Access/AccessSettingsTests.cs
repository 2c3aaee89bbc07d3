using Aggregator.Access;
using Microsoft.Extensions.Configuration;

namespace Aggregator.Domain.Tests.Access;

public sealed class AccessSettingsTests
{
    [Fact]
    public void What_is_not_set_is_as_the_documents_say() =>
        AccessSettings.Default.ShouldBe(new AccessSettings(5, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(12), 30, 120_000, 30_000));

    [Fact]
    public void What_is_set_holds() =>
        From(("Access:Failures", "3"), ("Access:LockedMinutes", "60"), ("Access:IdleMinutes", "5"), ("Access:SessionHours", "1"), ("Access:SignInsPerMinute", "9"),
            ("Access:RequestsPerMinute", "600"), ("Access:AnonymousRequestsPerMinute", "60"))
            .ShouldBe(new AccessSettings(3, TimeSpan.FromHours(1), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), 9, 600, 60));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("never")]
    [InlineData("")]
    [InlineData("10000001")]
    public void A_value_that_is_no_number_stops_the_start(string value) =>
        Should.Throw<ArgumentException>(() => From(("Access:Failures", value))).Message.ShouldContain("Access:Failures");

    static AccessSettings From(params (string Name, string Value)[] settings) =>
        AccessSettings.From(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build());
}
