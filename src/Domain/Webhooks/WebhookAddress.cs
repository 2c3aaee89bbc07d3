using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace Aggregator.Webhooks;

/// <summary>What an installation allows as a webhook's address.</summary>
/// <param name="AllowPrivateAddresses">Setting <c>Webhooks:AllowPrivateAddresses</c>: also addresses inside the own network.</param>
/// <param name="AllowHttp">Setting <c>Webhooks:AllowHttp</c>: also without TLS.</param>
public sealed record WebhookSettings(bool AllowPrivateAddresses, bool AllowHttp)
{
    /// <summary>The settings of a program's configuration; a word that is neither true nor false stops the start.</summary>
    public static WebhookSettings From(IConfiguration configuration) => new(
        configuration.GetValue("Webhooks:AllowPrivateAddresses", false), configuration.GetValue("Webhooks:AllowHttp", false));
}

/// <summary>
/// Where webhooks may go. Whoever registers one makes the Worker send requests, so it must not reach what only the Worker can
/// reach. Asked when a webhook is registered, and again at each connection, for a name may point elsewhere by then.
/// </summary>
public static class WebhookAddress
{
    const int MaxLength = 2000;

    static readonly ImmutableArray<IPNetwork> globalUnicast = [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("2000::/3")];

    // IANA's registries of special-purpose addresses, and multicast; whatever IPv6 is outside of 2000::/3 is none of the above.
    static readonly ImmutableArray<IPNetwork> special = [
        .. ((string[])[
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]).Select(IPNetwork.Parse)];

    /// <summary>Whether an address is one of the public network.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return globalUnicast.Any(network => network.Contains(plain)) && !special.Any(network => network.Contains(plain));
    }

    /// <summary>Why an address cannot be a webhook's, or null. Its name is not looked up.</summary>
    public static string? Fault(string url, WebhookSettings settings) =>
        url.Length > MaxLength || url.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0
            ? $"网址（url）应为不超过 {MaxLength} 字的完整网址"
        : uri.Scheme != Uri.UriSchemeHttps && !(settings.AllowHttp && uri.Scheme == Uri.UriSchemeHttp) ? "网址（url）应以 https:// 开头"
        : uri.UserInfo.Length > 0 || uri.Fragment.Length > 0 ? "网址（url）不能带用户名、密码或“#”部分"
        : null;

    /// <summary>Where a name leads; null if any of its addresses is one that may not be connected to.</summary>
    /// <exception cref="SocketException">The name leads nowhere.</exception>
    public static async Task<IPAddress[]?> ResolveAsync(string host, WebhookSettings settings, CancellationToken token)
    {
        var addresses = await Dns.GetHostAddressesAsync(host, token);
        return settings.AllowPrivateAddresses || Array.TrueForAll(addresses, IsPublic) ? addresses : null;
    }
}
