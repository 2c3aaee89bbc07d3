using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Aggregator.Webhooks;

namespace Aggregator.Worker.Webhooks;

/// <summary>
/// Sends one delivery once. It follows no redirect and no proxy, looks names up itself and connects to the very address that it
/// has checked, so that a name cannot lead elsewhere between the two.
/// </summary>
sealed class WebhookClient : IDisposable
{
    const int MaxAnswerBytes = 1024;

    static readonly TimeSpan timeout = TimeSpan.FromSeconds(10);

    readonly WebhookSettings settings;
    readonly TimeProvider time;
    readonly HttpClient http;

    /// <summary>A client of its own connections.</summary>
    public WebhookClient(WebhookSettings settings, TimeProvider time)
    {
        (this.settings, this.time) = (settings, time);
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>Sends it, and says what came of it; whatever the receiver does is an answer and no exception.</summary>
    public async Task<DeliveryAttempt> SendAsync(ClaimedDelivery delivery, CancellationToken token)
    {
        var (at, began) = (time.GetUtcNow(), time.GetTimestamp());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(timeout);
        int? status = null;
        string? answer = null, error = null;
        try
        {
            // What the settings allowed when it was registered, they may not allow now.
            if (WebhookAddress.Fault(delivery.Url, settings) is { } fault)
            {
                error = fault;
            }
            else
            {
                using var request = RequestOf(delivery, at);
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                status = (int)response.StatusCode;
                answer = await BeginningAsync(response, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            error = $"{timeout.TotalSeconds:0} 秒内没有完整应答";
        }
        catch (HttpRequestException e)
        {
            error = e.InnerException is AddressForbiddenException ? "网址指向内网、本机或其他专用地址，没有连接" : $"没有连通（{e.HttpRequestError}）";
        }
        catch (IOException)
        {
            error = "应答没有传完";
        }

        return new DeliveryAttempt(at, (int)time.GetElapsedTime(began).TotalMilliseconds, status, answer, error);
    }

    static HttpRequestMessage RequestOf(ClaimedDelivery delivery, DateTimeOffset at)
    {
        var body = Encoding.UTF8.GetBytes(delivery.Body);
        var request = new HttpRequestMessage(HttpMethod.Post, delivery.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.Add("Content-Type", "application/json; charset=utf-8");
        request.Headers.Add("User-Agent", "Aggregator");
        request.Headers.Add("Aggregator-Delivery", delivery.Id);
        request.Headers.Add("Aggregator-Event", delivery.Event);
        request.Headers.Add("Aggregator-Signature", Sign(delivery.Secret, at, body));
        return request;
    }

    static string Sign(string secret, DateTimeOffset at, byte[] body)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{seconds}."), .. body];
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed);
        return $"t={seconds},v1={Convert.ToHexStringLower(mac)}";
    }

    /// <summary>The first bytes of an answer as a text that the database can hold.</summary>
    static async Task<string> BeginningAsync(HttpResponseMessage response, CancellationToken token)
    {
        var bytes = new byte[MaxAnswerBytes];
        await using var stream = await response.Content.ReadAsStreamAsync(token);
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, token);
        return string.Concat(Encoding.UTF8.GetString(bytes, 0, length).Select(c => char.IsControl(c) ? ' ' : c));
    }

    async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken token)
    {
        var addresses = await WebhookAddress.ResolveAsync(context.DnsEndPoint.Host, settings, token) ?? throw new AddressForbiddenException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    sealed class AddressForbiddenException : IOException;
}
