using Aggregator.Reminders;
using Aggregator.Testing;
using Microsoft.Extensions.Configuration;

namespace Aggregator.Domain.Tests.Reminders;

public sealed class MailSettingsTests
{
    [Fact]
    public void Without_settings_there_is_no_server_and_nights_are_quiet()
    {
        var settings = Read();

        settings.Configured.ShouldBeFalse();
        settings.IsQuiet(FakeClock.Shanghai(2022, 1, 20, 19, 59, 59)).ShouldBeFalse();
        settings.IsQuiet(FakeClock.Shanghai(2022, 1, 20, 20, 0, 0)).ShouldBeTrue();
        settings.IsQuiet(FakeClock.Shanghai(2022, 1, 21, 7, 59, 59)).ShouldBeTrue();
        settings.IsQuiet(FakeClock.Shanghai(2022, 1, 21, 8, 0, 0)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("Mail:Port", "0")]
    [InlineData("Mail:StartTls", "ja")]
    [InlineData("Mail:From", "汇总系统")]
    [InlineData("Mail:QuietFrom", "25:00")]
    [InlineData("Mail:PerMinute", "many")]
    [InlineData("PublicUrl", "report.example.gov.cn")]
    public void A_wrong_setting_stops_the_start_and_is_named(string name, string value) =>
        Should.Throw<ArgumentException>(() => Read((name, value))).Message.ShouldStartWith(name);

    [Theory]
    [InlineData(null, false)]
    [InlineData("true", true)]
    public void Due_dates_move_only_where_an_installation_says_so(string? setting, bool moves) =>
        DueDateSettings.Read(Configuration(("Calendar:MoveDueDates", setting))).Of(new DateOnly(2022, 1, 31), WorkCalendar.Known)
            .ShouldBe(moves ? new DateOnly(2022, 2, 7) : new DateOnly(2022, 1, 31));

    static MailSettings Read(params (string, string?)[] settings) => MailSettings.Read(Configuration(settings));

    static IConfiguration Configuration(params (string Name, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, s.Value))).Build();
}
