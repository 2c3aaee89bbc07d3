using System.Net.Sockets;
using System.Text;

namespace Aggregator.Api.Tests.Web;

/// <summary>Who sends a byte now and then, or none, does not hold a connection for long.</summary>
public sealed class SlowSenderTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("GET /api/v1/forms HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")]
    [InlineData("POST /api/v1/forms/2021/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")]
    [InlineData("POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin=")]
    public async Task Is_hung_up_on(string beginning)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(api.Address.Host, api.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning));

        // Generous for a machine that does other things besides; without limits it would be for ever.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var answer = new byte[12];
        var read = await stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, limit.Token);

        Encoding.ASCII.GetString(answer, 0, read).ShouldBeOneOf("", "HTTP/1.1 408", "HTTP/1.1 400");
    }
}
