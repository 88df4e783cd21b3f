using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Clip.Shards.S3;

/// <summary>A store in a bucket of S3, or of a service with its protocol that knows conditional writes (<c>If-None-Match</c>, <c>If-Match</c>).</summary>
/// <remarks>
/// An object is there as a whole or not at all, so nothing needs renaming. Times are the service's, to the second. Source: Amazon S3 User Guide,
/// "Prevent object overwrites with conditional writes".
/// </remarks>
public sealed class S3ShardStore : IShardStore
{
    private readonly IAmazonS3 _client;
    private readonly string _bucket;
    private readonly string _prefix;
    private bool _knowsConditions;

    /// <summary>Creates the store.</summary>
    /// <param name="client">The client, which is borrowed.</param>
    /// <param name="bucket">The bucket, which exists.</param>
    /// <param name="prefix">What all keys begin with, such as a folder; empty for none.</param>
    public S3ShardStore(IAmazonS3 client, string bucket, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrEmpty(bucket);
        ArgumentNullException.ThrowIfNull(prefix);
        (_client, _bucket) = (client, bucket);
        _prefix = prefix.Trim('/') is { Length: > 0 } folder ? folder + "/" : "";
        Name = $"s3://{bucket}/{_prefix}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken = default)
    {
        var path = $".time-{Guid.NewGuid():N}";
        await PutAsync(path, new byte[] { 0 }, _ => { }, cancellationToken).ConfigureAwait(false);
        var entry = await FindAsync(path, cancellationToken).ConfigureAwait(false);
        await CallAsync(() => _client.DeleteObjectAsync(_bucket, _prefix + path, cancellationToken)).ConfigureAwait(false);
        return entry?.Modified ?? throw new IOException($"'{Name}' does not have what was written to it a moment ago.");
    }

    /// <inheritdoc/>
    public async Task<StoredEntry?> FindAsync(string path, CancellationToken cancellationToken = default)
    {
        var found = await TryAsync(() => _client.GetObjectMetadataAsync(_bucket, _prefix + path, cancellationToken)).ConfigureAwait(false);
        return found is null ? null : Describe(path, found.ContentLength, found.LastModified, found.ETag);
    }

    /// <inheritdoc/>
    public async Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        using var found = await TryAsync(() => _client.GetObjectAsync(_bucket, _prefix + path, cancellationToken)).ConfigureAwait(false);
        if (found is null)
            return null;
        using var bytes = new MemoryStream();
        await CallAsync(async () =>
        {
            await found.ResponseStream.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        return bytes.ToArray();
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredEntry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = new ListObjectsV2Request { BucketName = _bucket, Prefix = $"{_prefix}{folder}/", Delimiter = "/" };
        while (true)
        {
            var page = await CallAsync(() => _client.ListObjectsV2Async(request, cancellationToken)).ConfigureAwait(false);
            foreach (var found in page.S3Objects ?? [])
                yield return Describe(found.Key[_prefix.Length..], found.Size ?? 0, found.LastModified, found.ETag);
            if (page.IsTruncated is not true)
                yield break;
            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    /// <inheritdoc/>
    public async Task<StoredEntry?> TryCreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        if (!_knowsConditions)
            await RequireConditionsAsync(cancellationToken).ConfigureAwait(false);
        return await TryPutAsync(path, content, IfAbsent, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<StoredEntry?> TryReplaceAsync(StoredEntry entry, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        // The tag is one of the bytes, which a renewal does not change; the time is.
        if (await FindAsync(entry.Path, cancellationToken).ConfigureAwait(false) is not { } now || now.Version != entry.Version || now.Modified != entry.Modified)
            return null;
        return await TryPutAsync(entry.Path, content, request => request.IfMatch = entry.Version, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<StoredEntry?> TryRenewAsync(StoredEntry entry, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return TryPutAsync(entry.Path, content, request => request.IfMatch = entry.Version, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(StoredEntry entry, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (await ReadAsync(entry.Path, cancellationToken).ConfigureAwait(false) is { } bytes && content.Span.SequenceEqual(bytes))
            await CallAsync(() => _client.DeleteObjectAsync(_bucket, _prefix + entry.Path, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task CommitAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        // The length is known before the first byte is sent, and a failed write sends none.
        var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        await using var closed = file.ConfigureAwait(false);
        await write(file, cancellationToken).ConfigureAwait(false);
        file.Position = 0;
        await CallAsync(() => _client.PutObjectAsync(Request(path, file), cancellationToken)).ConfigureAwait(false);
    }

    // A service that ignores the condition answers as if each of several had created the entry: leases would hold nobody off, and embeddings of two models would mix.
    private async Task RequireConditionsAsync(CancellationToken cancellationToken)
    {
        var path = $".condition-{Guid.NewGuid():N}";
        try
        {
            await PutAsync(path, new byte[] { 0 }, IfAbsent, cancellationToken).ConfigureAwait(false);
            if (await TryPutAsync(path, new byte[] { 0 }, IfAbsent, cancellationToken).ConfigureAwait(false) is not null)
            {
                throw new IOException(
                    $"'{Name}' cannot be shared by workers: the service ignores conditional writes (If-None-Match). Amazon S3 knows them; update the service, or use a folder that all workers have.");
            }
            _knowsConditions = true;
        }
        finally
        {
            await CallAsync(() => _client.DeleteObjectAsync(_bucket, _prefix + path, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    private static void IfAbsent(PutObjectRequest request) => request.IfNoneMatch = "*";

    private async Task<StoredEntry?> TryPutAsync(string path, ReadOnlyMemory<byte> content, Action<PutObjectRequest> condition, CancellationToken cancellationToken)
    {
        try
        {
            await PutAsync(path, content, condition, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (e.InnerException is AmazonServiceException
        {
            StatusCode: HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict or HttpStatusCode.NotFound,
        })
        {
            return null;
        }
        return await FindAsync(path, cancellationToken).ConfigureAwait(false);
    }

    private async Task PutAsync(string path, ReadOnlyMemory<byte> content, Action<PutObjectRequest> condition, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content.ToArray());
        var request = Request(path, stream);
        condition(request);
        await CallAsync(() => _client.PutObjectAsync(request, cancellationToken)).ConfigureAwait(false);
    }

    // In one piece: not every service with this protocol knows Amazon's own form of chunks.
    private PutObjectRequest Request(string path, Stream content) => new()
    {
        BucketName = _bucket,
        Key = _prefix + path,
        InputStream = content,
        AutoCloseStream = false,
        UseChunkEncoding = false,
    };

    private static StoredEntry Describe(string path, long length, DateTime? modified, string tag) =>
        new(path, length, new DateTimeOffset((modified ?? DateTime.UnixEpoch).ToUniversalTime(), TimeSpan.Zero), tag);

    private async Task<T?> TryAsync<T>(Func<Task<T>> call)
        where T : class
    {
        try
        {
            return await CallAsync(call).ConfigureAwait(false);
        }
        catch (IOException e) when (e.InnerException is AmazonServiceException { StatusCode: HttpStatusCode.NotFound })
        {
            return null;
        }
    }

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw new IOException($"'{Name}': {e.Message}", e);
        }
    }
}
