using Amazon.S3;

namespace Clip.Shards.S3;

/// <summary>Reads shards from buckets, for <see cref="ShardEmbedderOptions.Open"/>: <c>s3://bucket/00017.tar</c>.</summary>
public sealed class S3ShardInput
{
    private readonly IAmazonS3 _client;

    /// <summary>Creates the input.</summary>
    /// <param name="client">The client, which is borrowed.</param>
    public S3ShardInput(IAmazonS3 client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
    }

    /// <summary>Opens an object. It is read in parts of 8 MiB, each asked for again where a connection breaks.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <returns>Null for an address that is not one of S3.</returns>
    /// <exception cref="IOException">There is no such object, or it may not be read.</exception>
    public Stream? Open(string address, CancellationToken cancellationToken) =>
        S3Address.Is(address) ? new S3ObjectStream(_client, S3Address.Parse(address), cancellationToken) : null;
}
