using System.Net.Sockets;
using System.Text;

namespace WebApi.Tests.Support;

/// <summary>A connection over which a test sends what no client would.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client = new();

    public static async Task<RawConnection> OpenAsync(WebApiHost host)
    {
        var connection = new RawConnection();
        await connection._client.ConnectAsync(host.Client.BaseAddress!.Host, host.Client.BaseAddress.Port);
        return connection;
    }

    /// <summary>The beginning of a request.</summary>
    public static string Head(string path, string headers) => $"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n\r\n";

    public Task SendAsync(string text) => _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    /// <summary>The answer, from its status line to the end of the connection, which may be a reset where a body is not sent to its end.</summary>
    public async Task<string> ReceiveAsync()
    {
        var (answer, buffer) = (new StringBuilder(), new byte[4096]);
        try
        {
            while (await _client.GetStream().ReadAsync(buffer).AsTask().WithinLimit() is > 0 and var count)
                answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (IOException)
        {
        }
        return answer.ToString();
    }

    public void Dispose() => _client.Dispose();
}
