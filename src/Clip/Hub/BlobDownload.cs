using System.Buffers;
using System.Net;
using System.Net.Http.Headers;

namespace Clip.Hub;

/// <summary>Fills a partial file with the content of a file of the Hub, from where it ends, until the hash is right.</summary>
internal sealed class BlobDownload : IDisposable
{
    private const int ReadBytes = 128 * 1024;

    // A download that got on by this much begins a new round of retries; with less, a server could keep it busy for ever.
    private const long MeaningfulBytes = 1 << 20;

    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(100);

    private readonly HubTransport _transport;
    private readonly HubErrors _errors;
    private readonly Uri _address;
    private readonly HubFile _file;
    private readonly FileStream _partial;
    private readonly TimeSpan _timeout;
    private readonly IProgress<HubProgress>? _progress;
    private readonly BlobHash _hash;
    private long _length;
    private long? _reported;

    /// <summary>Prepares the download; nothing is sent yet.</summary>
    /// <param name="transport">Sends the requests.</param>
    /// <param name="errors">Words the problems.</param>
    /// <param name="address">The file at the endpoint.</param>
    /// <param name="file">What the Hub announced.</param>
    /// <param name="partial">The partial file, open for this download alone; it stays the caller's.</param>
    /// <param name="timeout">How long to wait for the next bytes.</param>
    /// <param name="progress">Told how far the file has come.</param>
    public BlobDownload(
        HubTransport transport, HubErrors errors, Uri address, HubFile file, FileStream partial, TimeSpan timeout, IProgress<HubProgress>? progress)
    {
        _transport = transport;
        _errors = errors;
        _address = address;
        _file = file;
        _partial = partial;
        _timeout = timeout;
        _progress = progress;
        _hash = new BlobHash(file);
    }

    /// <summary>Downloads what is missing and verifies the whole; once more from the first byte if it is wrong.</summary>
    /// <exception cref="HubException">The content is wrong twice, the server cannot be reached or refuses, or the disk does.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await ReadExistingAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await FillAndVerifyAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HubException e) when (e.Kind == HubErrorKind.Damaged)
        {
            Restart();
            await FillAndVerifyAsync(cancellationToken).ConfigureAwait(false);
        }
        await WriteAsync(() => new ValueTask(Task.Run(() => _partial.Flush(flushToDisk: true), cancellationToken))).ConfigureAwait(false);
        Report(always: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private async Task FillAndVerifyAsync(CancellationToken cancellationToken)
    {
        var reached = _length;
        while (_length < _file.Size)
        {
            try
            {
                await _transport.RetryAsync(
                    async token =>
                    {
                        await ReceiveAsync(token).ConfigureAwait(false);
                        return true;
                    }, cancellationToken).ConfigureAwait(false);
            }
            catch (HubConnectionException) when (_length >= reached + MeaningfulBytes)
            {
                reached = _length;
            }
            catch (HubConnectionException e)
            {
                throw _errors.Unreachable(e, _file.Path);
            }
        }
        if (!_hash.IsComplete())
            throw Damaged($"has another hash than {_file.Etag}");
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        using var response = await _transport.GetAsync(_address, _length, cancellationToken).ConfigureAwait(false);
        var headers = response.Content.Headers;
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                if (_length > 0)
                    Restart();
                if (headers.ContentLength is { } announced && announced != _file.Size)
                    throw Damaged($"is announced with {announced:N0} bytes instead of {_file.Size:N0}");
                break;
            case HttpStatusCode.PartialContent when Continues(headers.ContentRange):
                break;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable when _length > 0:
                Restart();
                throw new HubConnectionException("The server does not continue where the download was interrupted.") { StatusCode = response.StatusCode };
            default:
                throw _errors.From(new HubAnswer(_address, response), _file.Path);
        }

        await CopyAsync(response, cancellationToken).ConfigureAwait(false);
    }

    private bool Continues(ContentRangeHeaderValue? range) =>
        range is { Unit: "bytes", From: { } from } && from == _length && (range.Length ?? _file.Size) == _file.Size;

    private async Task CopyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            while (true)
            {
                patience.CancelAfter(_timeout);
                var read = await ReadAsync(body, buffer, patience.Token, cancellationToken).ConfigureAwait(false);
                patience.CancelAfter(Timeout.InfiniteTimeSpan);
                if (read == 0 && _length < _file.Size)
                    throw new HubConnectionException($"The connection ended after {_length:N0} of {_file.Size:N0} bytes.");
                if (read == 0)
                    return;
                if (read > _file.Size - _length)
                    throw Damaged($"goes on after its {_file.Size:N0} bytes");

                await WriteAsync(() => _partial.WriteAsync(buffer.AsMemory(0, read), cancellationToken)).ConfigureAwait(false);
                _hash.Append(buffer.AsSpan(0, read));
                _length += read;
                Report(always: false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken patience, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer.AsMemory(0, ReadBytes), patience).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubConnectionException(
                $"No bytes came for {_timeout.TotalSeconds:0.###} seconds, after {_length:N0} of {_file.Size:N0}.", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new HubConnectionException($"The connection broke after {_length:N0} of {_file.Size:N0} bytes: {e.Message}", e);
        }
    }

    private async Task ReadExistingAsync(CancellationToken cancellationToken)
    {
        var existing = _partial.Length;
        if (existing > _file.Size)
        {
            Restart();
            existing = 0;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            while (_length < existing)
            {
                var part = buffer.AsMemory(0, (int)Math.Min(ReadBytes, existing - _length));
                await _partial.ReadExactlyAsync(part, cancellationToken).ConfigureAwait(false);
                _hash.Append(part.Span);
                _length += part.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        Report(always: true);
    }

    private void Restart()
    {
        _partial.SetLength(0);
        _hash.Restart();
        _length = 0;
    }

    private void Report(bool always)
    {
        if (_progress is null || (!always && _reported is { } last && TimeProvider.System.GetElapsedTime(last) < ReportInterval))
            return;
        _reported = always ? null : TimeProvider.System.GetTimestamp();
        _progress.Report(new HubProgress(_file.Path, _length, _file.Size));
    }

    private async Task WriteAsync(Func<ValueTask> write)
    {
        try
        {
            await write().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw _errors.Storage($"'{_file.Path}' could not be written to '{_partial.Name}' after {_length:N0} of {_file.Size:N0} bytes: {e.Message}", _file.Path, e);
        }
    }

    private HubException Damaged(string problem) => _errors.Create(
        HubErrorKind.Damaged, $"What the server sent for '{_file.Path}' {problem}, a second time, and was deleted.",
        "Look for a proxy in between that changes files, or try again later.", _file.Path);
}
