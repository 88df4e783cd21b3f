using System.Net.Http.Headers;
using System.Net;
using Clip.Shared;

namespace Clip.Shards.Inputs;

/// <summary>A file of an HTTP server, read on from where a connection was lost.</summary>
/// <param name="client">The client.</param>
/// <param name="address">The file.</param>
/// <param name="cancellationToken">Ends reading.</param>
/// <param name="firstPause">The pause after a first failure, doubled with each other one in a row.</param>
internal sealed class ResumedHttpStream(HttpClient client, Uri address, CancellationToken cancellationToken, TimeSpan? firstPause = null) : ReadOnlyStream
{
    private const int MostFailures = 6;

    private static readonly TimeSpan UsualPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private HttpResponseMessage? _response;
    private Stream? _body;
    private long _position;
    private long? _length;
    private EntityTagHeaderValue? _tag;
    private int _failures;

    public override int Read(Span<byte> buffer)
    {
        var bytes = new byte[buffer.Length];
        while (true)
        {
            try
            {
                var count = ReadAsync(bytes).GetAwaiter().GetResult();
                bytes.AsSpan(0, count).CopyTo(buffer);
                _failures = 0;
                return count;
            }
            catch (Exception e) when (IsTransient(e) && !cancellationToken.IsCancellationRequested)
            {
                Disconnect();
                if (++_failures > MostFailures)
                    throw new IOException($"It could not be read on from byte {_position:N0} in {MostFailures} tries: {e.Message}", e);
                cancellationToken.WaitHandle.WaitOne((firstPause ?? UsualPause) * (1 << (_failures - 1)));
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Disconnect();
        base.Dispose(disposing);
    }

    private async Task<int> ReadAsync(Memory<byte> buffer)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Silence);
        _body ??= await OpenAsync(patience.Token).ConfigureAwait(false);
        var count = await _body.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
        if (count == 0 && buffer.Length > 0 && _position < _length)
            throw new HttpIOException(HttpRequestError.ResponseEnded, $"The answer ended after {_position:N0} of {_length:N0} bytes.");
        _position += count;
        return count;
    }

    private async Task<Stream> OpenAsync(CancellationToken cancelled)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (_position > 0)
        {
            request.Headers.Range = new RangeHeaderValue(_position, null);
            if (_tag is { IsWeak: false })
                request.Headers.IfRange = new RangeConditionHeaderValue(_tag);
        }
        _response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancelled).ConfigureAwait(false);
        if (!_response.IsSuccessStatusCode)
            throw new HttpRequestException($"The server answers {(int)_response.StatusCode} {_response.ReasonPhrase}.", null, _response.StatusCode);
        var body = await _response.Content.ReadAsStreamAsync(cancelled).ConfigureAwait(false);
        if (_position == 0)
        {
            (_length, _tag) = (_response.Content.Headers.ContentLength, _response.Headers.ETag);
            return body;
        }
        var range = _response.Content.Headers.ContentRange;
        var isRest = _response.StatusCode == HttpStatusCode.PartialContent && range?.From == _position && (_length is null || range.Length is null || range.Length == _length);
        if (!isRest || (_tag is not null && _response.Headers.ETag is { } tag && !tag.Equals(_tag)))
            throw new InvalidDataException($"The server does not give the rest from byte {_position:N0}: it cannot, or the file is another by now.");
        return body;
    }

    // What another try may mend: lost connections, silence, a server that is busy.
    private static bool IsTransient(Exception e) => e switch
    {
        HttpRequestException { StatusCode: { } code } => (int)code >= 500 || code is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests,
        HttpRequestException or HttpIOException or OperationCanceledException => true,
        InvalidDataException => false,
        _ => e is IOException,
    };

    private void Disconnect()
    {
        _body?.Dispose();
        _response?.Dispose();
        (_body, _response) = (null, null);
    }
}
