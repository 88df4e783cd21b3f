using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Web.Shared;

/// <summary>The body of a request as a stream that ends with an exception when the time is over.</summary>
/// <remarks>
/// A read that a token cancels stays begun for Kestrel, which logs an error when it then reads the rest of the body to keep the connection. Here
/// the pending read is taken back instead.
/// </remarks>
internal sealed class TimedBody : Stream
{
    private readonly PipeReader _reader;
    private readonly CancellationTokenSource _end;
    private readonly CancellationTokenRegistration _registration;

    /// <summary>Begins the time.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">The time for the whole body.</param>
    public TimedBody(HttpRequest request, TimeSpan limit)
    {
        _reader = request.BodyReader;
        _end = new CancellationTokenSource(limit);
        _registration = _end.Token.Register(_reader.CancelPendingRead);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="BadHttpRequestException">The time is over, or the server refuses the body.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            // The end of the connection ends the read as well, so it needs no token.
            var result = await _reader.ReadAsync(CancellationToken.None);
            var (available, isOver) = (result.Buffer, _end.IsCancellationRequested);
            var count = isOver ? 0 : (int)Math.Min(available.Length, buffer.Length);
            available.Slice(0, count).CopyTo(buffer.Span);
            _reader.AdvanceTo(available.GetPosition(count));
            if (isOver)
                throw new BadHttpRequestException("The body took too long to arrive.", StatusCodes.Status408RequestTimeout);
            if (count > 0 || result.IsCompleted)
                return count;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _registration.Dispose();
        _end.Dispose();
        base.Dispose(disposing);
    }
}
