using System.Net;
using Aggregator.Webhooks;
using Microsoft.Extensions.Configuration;

namespace Aggregator.Domain.Tests.Webhooks;

public sealed class WebhookAddressTests
{
    static readonly WebhookSettings strict = new(AllowPrivateAddresses: false, AllowHttp: false);

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.32.0.0", true)]
    [InlineData("100.63.255.255", true)]
    [InlineData("223.255.255.255", true)]
    [InlineData("2400:3200::1", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.255.254", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:0:7f00:1::", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd12::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fe80::1%2", false)]
    [InlineData("ff02::1", false)]
    public void Only_addresses_of_the_public_network_are_public(string address, bool expected) =>
        WebhookAddress.IsPublic(IPAddress.Parse(address)).ShouldBe(expected);

    [Theory]
    [InlineData("https://sjz.example.gov.cn/hooks?county=1", true)]
    [InlineData("https://8.8.8.8:8443/", true)]
    [InlineData("http://sjz.example.gov.cn/", false)]
    [InlineData("ftp://sjz.example.gov.cn/", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("sjz.example.gov.cn", false)]
    [InlineData("/hooks", false)]
    [InlineData("", false)]
    [InlineData("https://", false)]
    [InlineData("https://user:word@sjz.example.gov.cn/", false)]
    [InlineData("https://sjz.example.gov.cn/#x", false)]
    [InlineData("https://sjz.example.gov.cn/\r\nX: y", false)]
    [InlineData("https://sjz.example.gov.cn/\0", false)]
    public void An_address_is_https_and_names_nobody(string url, bool expected) => (WebhookAddress.Fault(url, strict) is null).ShouldBe(expected);

    [Fact]
    public void A_setting_allows_http_and_nothing_else()
    {
        WebhookAddress.Fault("http://sjz.example.gov.cn/", strict with { AllowHttp = true }).ShouldBeNull();
        WebhookAddress.Fault("ftp://sjz.example.gov.cn/", strict with { AllowHttp = true }).ShouldNotBeNull();
        WebhookAddress.Fault($"https://sjz.example.gov.cn/{new string('x', 2000)}", strict).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("0x7f.1")]
    [InlineData("2130706433")]
    public async Task However_a_private_address_is_written_it_is_found(string host)
    {
        var written = new Uri($"https://{host}/").DnsSafeHost;

        (await WebhookAddress.ResolveAsync(written, strict, default)).ShouldBeNull();
        (await WebhookAddress.ResolveAsync(written, strict with { AllowPrivateAddresses = true }, default)).ShouldNotBeNull();
    }

    [Fact]
    public void Nothing_is_allowed_unless_it_is_said()
    {
        WebhookSettings.From(Configuration([])).ShouldBe(strict);
        WebhookSettings.From(Configuration([new("Webhooks:AllowPrivateAddresses", "true")])).ShouldBe(strict with { AllowPrivateAddresses = true });
        Should.Throw<InvalidOperationException>(() => WebhookSettings.From(Configuration([new("Webhooks:AllowHttp", "maybe")])));
    }

    static IConfiguration Configuration(KeyValuePair<string, string?>[] values) => new ConfigurationBuilder().AddInMemoryCollection(values).Build();
}
