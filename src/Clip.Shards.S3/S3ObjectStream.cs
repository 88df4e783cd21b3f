using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Clip.Shared;

namespace Clip.Shards.S3;

/// <summary>An object, read part after part; a part that breaks off is asked for again.</summary>
internal sealed class S3ObjectStream : ReadOnlyStream
{
    private const int PartBytes = 8 << 20;

    // Beside the client's own tries, which end where the answer begins.
    private const int MostFailures = 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    private readonly IAmazonS3 _client;
    private readonly S3Address _address;
    private readonly CancellationToken _cancellationToken;
    private readonly long _length;
    private readonly string _tag;
    private long _position;
    private byte[] _part = [];
    private int _taken;

    /// <param name="client">The client.</param>
    /// <param name="address">The object.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    public S3ObjectStream(IAmazonS3 client, S3Address address, CancellationToken cancellationToken)
    {
        (_client, _address, _cancellationToken) = (client, address, cancellationToken);
        var found = Try(() => client.GetObjectMetadataAsync(address.Bucket, address.Key, cancellationToken));
        (_length, _tag) = (found.ContentLength, found.ETag);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_taken == _part.Length)
        {
            if (_position == _length)
                return 0;
            (_part, _taken) = (Try(ReadPartAsync), 0);
            _position += _part.Length;
        }
        var count = Math.Min(buffer.Length, _part.Length - _taken);
        _part.AsSpan(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }

    private async Task<byte[]> ReadPartAsync()
    {
        var part = new byte[Math.Min(PartBytes, _length - _position)];
        var request = new GetObjectRequest
        {
            BucketName = _address.Bucket,
            Key = _address.Key,
            ByteRange = new ByteRange(_position, _position + part.Length - 1),
            EtagToMatch = _tag,
        };
        using var found = await _client.GetObjectAsync(request, _cancellationToken).ConfigureAwait(false);
        if (found.ETag != _tag || found.ContentLength != part.Length)
            throw new InvalidDataException($"'{_address}' is another by now, or the service does not give parts of it.");
        await found.ResponseStream.ReadExactlyAsync(part, _cancellationToken).ConfigureAwait(false);
        return part;
    }

    private T Try<T>(Func<Task<T>> call)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return call().GetAwaiter().GetResult();
            }
            catch (AmazonServiceException e) when (e.StatusCode is HttpStatusCode.PreconditionFailed)
            {
                throw new InvalidDataException($"'{_address}' was replaced while it was read.", e);
            }
            catch (AmazonServiceException e) when (e.StatusCode is HttpStatusCode.NotFound)
            {
                throw new FileNotFoundException($"There is no '{_address}'.", _address.ToString(), e);
            }
            catch (AmazonServiceException e) when (e.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
            {
                throw new IOException($"'{_address}' may not be read with these credentials: {Describe(e)}", e);
            }
            catch (Exception e) when (e is IOException or AmazonServiceException or AmazonClientException or HttpRequestException or OperationCanceledException
                && !_cancellationToken.IsCancellationRequested)
            {
                if (failures > MostFailures || !IsTransient(e))
                    throw new IOException($"'{_address}' could not be read on from byte {_position:N0}: {Describe(e)}", e);
                _cancellationToken.WaitHandle.WaitOne(FirstPause * (1 << (failures - 1)));
                _cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    // What another try may mend: lost connections, silence, a service that is busy.
    private static bool IsTransient(Exception e) => e switch
    {
        AmazonServiceException { StatusCode: var code } => code is 0 or >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests,
        _ => e is not AmazonClientException,
    };

    private static string Describe(Exception e) => e is AmazonServiceException { ErrorCode: { Length: > 0 } code } ? $"{code}: {e.Message}" : e.Message;
}
