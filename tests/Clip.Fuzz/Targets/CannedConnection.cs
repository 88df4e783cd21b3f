namespace Clip.Fuzz.Targets;

/// <summary>A connection to a server that sends the same bytes whatever it is asked, and hangs up.</summary>
internal sealed class CannedConnection(byte[] answer) : Stream
{
    private readonly MemoryStream _answer = new(answer);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A handler whose connections answer in turn; the last answer is that of all further ones.</summary>
    public static SocketsHttpHandler CreateHandler(IReadOnlyList<byte[]> answers)
    {
        var next = 0;
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new CannedConnection(answers[Math.Min(next++, answers.Count - 1)])),
        };
    }

    public override int Read(byte[] buffer, int offset, int count) => _answer.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => _answer.Read(buffer);

    public override void Write(byte[] buffer, int offset, int count)
    {
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
