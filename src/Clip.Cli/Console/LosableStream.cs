namespace Clip.Cli;

/// <summary>An output that may be lost: its first failure is told once, and what is written after it goes nowhere.</summary>
/// <remarks>
/// Writers do not throw, on whatever thread they write, so that a command ends in its own way: training with a checkpoint, a search with its
/// index.
/// </remarks>
/// <param name="inner">The output.</param>
/// <param name="onLost">Told about the failure.</param>
internal sealed class LosableStream(Stream inner, Action<IOException> onLost) : OutputStream
{
    private bool _isLost;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_isLost)
            return;
        try
        {
            inner.Write(buffer);
        }
        catch (IOException e)
        {
            Lose(e);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
        if (_isLost)
            return;
        try
        {
            inner.Flush();
        }
        catch (IOException e)
        {
            Lose(e);
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Flush();
        return Task.CompletedTask;
    }

    private void Lose(IOException error)
    {
        _isLost = true;
        onLost(error);
    }
}
