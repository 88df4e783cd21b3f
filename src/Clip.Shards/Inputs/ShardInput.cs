using System.IO.Compression;
using Clip.Shared;

namespace Clip.Shards.Inputs;

/// <summary>Opens shards: files, commands, addresses of HTTP; packed by gzip or not.</summary>
/// <param name="open">Opens addresses of the caller's; null where it has none.</param>
internal sealed class ShardInput(Func<string, CancellationToken, Stream?>? open)
{
    private const int BufferSize = 1 << 16;

    private static readonly HttpClient Client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(10) })
    {
        // Of the headers; the body has limits of its own.
        Timeout = TimeSpan.FromMinutes(1),
    };

    /// <summary>Opens a shard.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    public Stream Open(string address, CancellationToken cancellationToken)
    {
        var stream = OpenPacked(address, cancellationToken);
        try
        {
            var magic = new byte[2];
            var count = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
            var isPacked = count == 2 && magic is [0x1F, 0x8B];
            if (stream.CanSeek)
                stream.Position = 0;
            else
                stream = new PrefixedStream(magic.AsMemory(0, count), stream);
            return isPacked ? new BufferedStream(new GZipStream(stream, CompressionMode.Decompress), BufferSize) : stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private Stream OpenPacked(string address, CancellationToken cancellationToken)
    {
        if (open?.Invoke(address, cancellationToken) is { } stream)
            return stream;
        if (address.StartsWith(Shard.Pipe, StringComparison.Ordinal))
            return new BufferedStream(new CommandStream(address[Shard.Pipe.Length..], cancellationToken), BufferSize);
        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps))
            return new BufferedStream(new ResumedHttpStream(Client, uri, cancellationToken), BufferSize);
        return RegularFile.OpenRead(address, BufferSize);
    }
}
