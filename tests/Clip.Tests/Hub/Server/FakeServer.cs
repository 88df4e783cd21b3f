using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Clip.Tests.Hub.Server;

/// <summary>An HTTP server on a port of its own that can break connections, hold bytes back and lie.</summary>
public sealed class FakeServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, port: 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<FakeRequest> _requests = new();
    private readonly Func<FakeRequest, FakeResponse> _answer;

    public FakeServer(Func<FakeRequest, FakeResponse> answer, string host = "127.0.0.1")
    {
        _answer = answer;
        _listener.Start();
        Address = $"http://{host}:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _ = AcceptAsync();
    }

    /// <summary>Its address, without a slash at the end.</summary>
    public string Address { get; }

    /// <summary>Answers instead of the server's own answer, unless null.</summary>
    public Func<FakeRequest, FakeResponse?>? Override { get; set; }

    /// <summary>The requests so far, in order.</summary>
    public IReadOnlyList<FakeRequest> Requests => [.. _requests];

    /// <summary>How many requests asked for a body.</summary>
    public int Gets => _requests.Count(request => request.Method == "GET");

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
            var first = (await reader.ReadLineAsync())!.Split(' ');
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (await reader.ReadLineAsync() is { Length: > 0 } line)
                headers[line[..line.IndexOf(':')]] = line[(line.IndexOf(':') + 1)..].Trim();
            var request = new FakeRequest(first[0], first[1], headers);
            _requests.Enqueue(request);
            await SendAsync(stream, request, Override?.Invoke(request) ?? _answer(request));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client went away.
        }
    }

    private async Task SendAsync(NetworkStream stream, FakeRequest request, FakeResponse response)
    {
        var head = new StringBuilder($"HTTP/1.1 {response.Status} Fake\r\nConnection: close\r\nContent-Length: {response.Length ?? response.Body.Length}\r\n");
        foreach (var (name, value) in response.Headers)
            head.Append($"{name}: {value}\r\n");
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()));
        if (request.Method == "HEAD")
            return;

        var sent = response.Body.AsMemory(0, response.CutAfter ?? response.Body.Length);
        var before = response.HoldAfter ?? sent.Length;
        await stream.WriteAsync(sent[..before]);
        if (response.Hold is not null)
            await response.Hold.WaitAsync(_stop.Token);
        await stream.WriteAsync(sent[before..]);
    }
}
