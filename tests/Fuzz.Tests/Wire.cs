using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Aggregator.Fuzz.Tests;

/// <summary>What came back: the head as it stood on the wire, and the body without its chunks.</summary>
sealed record Answer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>A header's value, or nothing.</summary>
    public string Header(string name) => Headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>
/// HTTP/1.1 over a bare connection: sends exactly the bytes that it is given. No client library would send half of what a
/// hostile one does.
/// </summary>
sealed class Wire(Uri address) : IDisposable
{
    readonly byte[] buffer = new byte[1 << 16];
    TcpClient? client;
    int start, end;

    /// <summary>
    /// Sends a request and reads the answer; null if the server hung up instead. After a request that is not whole, the sending
    /// side is shut, so that nobody waits for the rest.
    /// </summary>
    public async Task<Answer?> SendAsync(ReadOnlyMemory<byte> request, bool hasBody, bool isWhole, CancellationToken token)
    {
        try
        {
            var fresh = client is null;
            while (true)
            {
                try
                {
                    return await TryAsync(request, hasBody, isWhole, token);
                }
                catch (IOException) when (!fresh)
                {
                    // A server may close an idle line at any time; that says nothing about this request.
                    Close();
                    fresh = true;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            Close();
            return null;
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    async Task<Answer> TryAsync(ReadOnlyMemory<byte> request, bool hasBody, bool isWhole, CancellationToken token)
    {
        if (client is null)
        {
            client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(address.Host, address.Port, token);
            (start, end) = (0, 0);
        }

        var stream = client.GetStream();
        var sending = SendAsync(stream, request, isWhole, token);
        var answer = await ReadAsync(stream, hasBody, token);
        if (!isWhole || !sending.IsCompletedSuccessfully || answer.Header("Connection").Contains("close", StringComparison.OrdinalIgnoreCase)
            || answer.Header("Content-Type").StartsWith("text/event-stream", StringComparison.Ordinal))
        {
            Close();
            await sending;
        }

        return answer;
    }

    async Task SendAsync(NetworkStream stream, ReadOnlyMemory<byte> request, bool isWhole, CancellationToken token)
    {
        try
        {
            await stream.WriteAsync(request, token);
            if (!isWhole)
            {
                client!.Client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or NullReferenceException)
        {
            // The server has answered before it had read everything, and hung up; the answer is what counts.
        }
    }

    async Task<Answer> ReadAsync(NetworkStream stream, bool hasBody, CancellationToken token)
    {
        int status;
        List<(string Name, string Value)> headers;
        do
        {
            status = int.Parse((await LineAsync(stream, token)).Split(' ')[1], CultureInfo.InvariantCulture);
            headers = [];
            while (await LineAsync(stream, token) is { Length: > 0 } line)
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                headers.Add((line[..colon], line[(colon + 1)..].Trim()));
            }
        }
        while (status is >= 100 and < 200);

        using var body = new MemoryStream();
        var head = new Answer(status, headers, []);
        if (!hasBody || status is 204 or 304 || head.Header("Content-Type").StartsWith("text/event-stream", StringComparison.Ordinal))
        {
            return head;
        }

        if (head.Header("Transfer-Encoding").Length > 0)
        {
            while (int.Parse((await LineAsync(stream, token)).Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var size)
            {
                await CopyAsync(stream, body, size, token);
                await LineAsync(stream, token);
            }

            await LineAsync(stream, token);
        }
        else if (head.Header("Content-Length") is { Length: > 0 } length)
        {
            await CopyAsync(stream, body, int.Parse(length, CultureInfo.InvariantCulture), token);
        }
        else
        {
            // HTTP/1.0: until the line is closed.
            body.Write(buffer, start, end - start);
            await stream.CopyToAsync(body, token);
        }

        return head with { Body = body.ToArray() };
    }

    async Task<string> LineAsync(NetworkStream stream, CancellationToken token)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (start == end)
            {
                await FillAsync(stream, token);
            }

            var at = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            line.Append(Encoding.UTF8.GetString(buffer, start, at < 0 ? end - start : at));
            start = at < 0 ? end : start + at + 1;
            if (at >= 0)
            {
                return line.ToString().TrimEnd('\r');
            }
        }
    }

    async Task CopyAsync(NetworkStream stream, MemoryStream body, int count, CancellationToken token)
    {
        while (count > 0)
        {
            if (start == end)
            {
                await FillAsync(stream, token);
            }

            var taken = Math.Min(count, end - start);
            body.Write(buffer, start, taken);
            (start, count) = (start + taken, count - taken);
        }
    }

    async Task FillAsync(NetworkStream stream, CancellationToken token)
    {
        (start, end) = (0, await stream.ReadAsync(buffer, token));
        if (end == 0)
        {
            throw new EndOfStreamException();
        }
    }

    void Close()
    {
        client?.Dispose();
        client = null;
    }
}
