using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Clip.Shards.Inputs;
using Clip.Shards.Reading;
using Clip.Shards.Tests.Support;

namespace Clip.Shards.Tests.Inputs;

/// <summary>Shards from commands and servers.</summary>
public sealed class ShardInputTests : IDisposable
{
    private readonly ShardFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("pipe:cat '{0}'", true)]
    [InlineData("pipe:head -c 3000 '{0}'", false)]
    [InlineData("pipe:cat '{0}'; exit 7", false)]
    [InlineData("pipe:exit 3", false)]
    [InlineData("pipe:no-such-command-anywhere 2>/dev/null", false)]
    public void Read_Command_IsAShardOnlyIfItSucceeds(string address, bool succeeds)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The commands are those of a Unix shell.");
        _files.Write(1);
        address = string.Format(System.Globalization.CultureInfo.InvariantCulture, address, _files.File("00000.tar"));

        if (succeeds)
            Assert.Equal(ShardFiles.Rows, Read(address).Count);
        else
            Assert.Throws<ShardException>(() => Read(address));
    }

    [Fact]
    public async Task Read_CommandThatHangs_EndsWhenCancelled()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The command is one of a Unix shell.");
        using var cancel = new CancellationTokenSource();
        var reading = Task.Run(() => new SampleReader(new ShardEmbedderOptions()).Read("pipe:echo; sleep 1000", cancel.Token).ToList());

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WithinLimit());
    }

    [Fact]
    public void Read_PackedFile_IsUnpacked()
    {
        using (var packed = new GZipStream(File.Create(_files.File("00000.tar.gz")), CompressionLevel.Fastest))
            packed.Write(ShardFiles.Whole(0));

        Assert.Equal(ShardFiles.Rows, Read(_files.File("00000.tar.gz")).Count);
        var bytes = File.ReadAllBytes(_files.File("00000.tar.gz"));
        File.WriteAllBytes(_files.File("00000.tar.gz"), bytes[..(bytes.Length / 2)]);
        Assert.Throws<ShardException>(() => Read(_files.File("00000.tar.gz")));
    }

    [Fact]
    public void Read_FileThatIsMissing_ThrowsShardException() =>
        Assert.Contains("nothing.tar", Assert.Throws<ShardException>(() => Read(_files.File("nothing.tar"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Read_ConnectionThatBreaks_GoesOnWhereItBroke()
    {
        var whole = ShardFiles.Whole(0);
        await using var server = new BreakingServer(whole, bytesPerAnswer: 1500, tag: _ => "\"1\"");
        using var client = new HttpClient();

        using var stream = new ResumedHttpStream(client, server.Address, CancellationToken.None, TimeSpan.FromMilliseconds(1));
        using var read = new MemoryStream();
        stream.CopyTo(read);

        Assert.Equal(whole, read.ToArray());
        Assert.True(server.Answers > whole.Length / 1500);
    }

    [Fact]
    public async Task Read_FileThatChangesMeanwhile_IsRefused()
    {
        await using var server = new BreakingServer(ShardFiles.Whole(0), bytesPerAnswer: 1500, tag: answer => $"\"{answer}\"");
        using var client = new HttpClient();

        using var stream = new ResumedHttpStream(client, server.Address, CancellationToken.None, TimeSpan.FromMilliseconds(1));

        Assert.Throws<InvalidDataException>(() => stream.CopyTo(Stream.Null));
    }

    [Fact]
    public async Task Read_MissingOnTheServer_ThrowsShardExceptionAtOnce()
    {
        await using var server = new BreakingServer(null, 0, _ => "\"1\"");

        Assert.Contains("404", Assert.Throws<ShardException>(() => Read(server.Address.ToString())).Message, StringComparison.Ordinal);
        Assert.Equal(1, server.Answers);
    }

    private static List<ShardSample> Read(string address) => [.. new SampleReader(new ShardEmbedderOptions()).Read(address, CancellationToken.None)];

    /// <summary>A server that ends each answer too early.</summary>
    private sealed class BreakingServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly byte[]? _content;
        private readonly int _bytesPerAnswer;
        private readonly Func<int, string> _tag;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _serving;
        private int _answers;

        public BreakingServer(byte[]? content, int bytesPerAnswer, Func<int, string> tag)
        {
            (_content, _bytesPerAnswer, _tag) = (content, bytesPerAnswer, tag);
            _listener.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/00000.tar");
            _serving = Task.Run(ServeAsync);
        }

        public Uri Address { get; }

        public int Answers => _answers;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _serving;
            _listener.Stop();
            _stop.Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var connection = await _listener.AcceptTcpClientAsync(_stop.Token);
                    await TryAnswerAsync(connection.GetStream());
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }

        private async Task TryAnswerAsync(NetworkStream stream)
        {
            try
            {
                await AnswerAsync(stream);
            }
            catch (IOException)
            {
                // Whoever asked has gone.
            }
        }

        private async Task AnswerAsync(NetworkStream stream)
        {
            var reader = new StreamReader(stream, Encoding.ASCII);
            var first = 0;
            while (await reader.ReadLineAsync() is { Length: > 0 } line)
            {
                if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
                    first = int.Parse(line["Range: bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture);
            }
            var tag = _tag(Interlocked.Increment(ref _answers));
            if (_content is null)
            {
                await stream.WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
                return;
            }
            var status = first == 0 ? "200 OK" : $"206 Partial Content\r\nContent-Range: bytes {first}-{_content.Length - 1}/{_content.Length}";
            var head = $"HTTP/1.1 {status}\r\nContent-Length: {_content.Length - first}\r\nETag: {tag}\r\nConnection: close\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
            await stream.WriteAsync(_content.AsMemory(first, Math.Min(_bytesPerAnswer, _content.Length - first)));
        }
    }
}
